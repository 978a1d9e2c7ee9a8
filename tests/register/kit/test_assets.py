import pytest

from register.kit.assets import MarkLeft, rebranded, without_map


def test_a_style_sheet_loses_the_typeface_and_the_crest_of_government():
    css = (
        "@font-face{font-family:GDS Transport;src:url(/assets/fonts/bold.woff2)}"
        ".a{font-family:GDS Transport,arial,sans-serif}"
        ".b{background:url(/assets/images/govuk-crest.svg)}"
    )

    ours = rebranded(css)

    assert (
        ours
        == '.a{font-family:"Helvetica Neue",Helvetica,Arial,sans-serif}.b{background:none}'
    )


def test_an_icon_is_found_beside_the_sheet_that_shows_it():
    assert (
        rebranded(".a{background:url(/assets/images/icon-x.svg)}")
        == ".a{background:url(images/icon-x.svg)}"
    )


@pytest.mark.parametrize(
    "css",
    [
        ".a{font:700 1rem GDS Transport}",
        ".a{background:url(/assets/images/govuk-crown.png)}",
    ],
)
def test_a_mark_in_a_new_guise_stops_the_build(css):
    with pytest.raises(MarkLeft):
        rebranded(css)


@pytest.mark.parametrize(
    "comment", ["/*# sourceMappingURL=x.css.map */", "//# sourceMappingURL=x.js.map\n"]
)
def test_the_source_map_is_not_named(comment):
    assert without_map("a{}" + comment) == "a{}\n"
