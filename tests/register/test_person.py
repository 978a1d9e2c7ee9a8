"""How names are compared: as somebody types them who has no accents on the keyboard and does not know the spelling."""

import pytest

from register.person import fold


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Siân", "sian"),
        ("Nguyễn", "nguyen"),
        ("Øyvind Ħabib Ɓala", "oyvind habib bala"),
        ("Straße", "strasse"),
        ("Smith-Jones", "smith jones"),
        ("J.R. de  la Cruz", "jr de la cruz"),
    ],
)
def test_accents_capitals_and_hyphens_make_no_difference(name, folded):
    assert fold(name) == folded


@pytest.mark.parametrize(
    "apostrophe",
    [
        "'",
        "\N{RIGHT SINGLE QUOTATION MARK}",
        "\N{LEFT SINGLE QUOTATION MARK}",
        "\N{MODIFIER LETTER APOSTROPHE}",
        "\N{ACUTE ACCENT}",
        "`",
    ],
)
def test_whatever_is_typed_for_an_apostrophe_is_one(apostrophe):
    assert fold(f"O{apostrophe}Brien") == "obrien"


def test_hebrew_marks_and_invisible_joiners_part_no_word():
    assert fold("ג\N{HEBREW PUNCTUATION GERESH}ורג") == fold("ג'ורג")
    assert fold("علی\N{ZERO WIDTH NON-JOINER}رضا") == fold("علیرضا")
