"""Printing: what every document of ours holds to, whatever it says."""

from io import BytesIO

import page
import pikepdf
import pydyf
import pypdfium2
import pytest

from register.kit import pdf
from register.kit.pdf import CannotPrint, Renderer, base_direction, missing_libraries

STYLE = """@page { size: A5; margin: 20mm }
body { font-family: "EB Garamond", Amiri, "Noto Serif Hebrew" }"""

ARCHIVE = page.ValidationProfile.PDF_A_3A
ACCESSIBLE = page.ValidationProfile.PDF_UA_1


def square():
    drawn = pydyf.Stream()
    drawn.rectangle(10, 10, 100, 100)
    drawn.stroke()
    return drawn


@pytest.fixture(scope="module")
def renderer():
    return Renderer(STYLE, square())


def document(body, *, title="A letter"):
    return f"""<!DOCTYPE html><html lang="en-GB"><head><title>{title}</title>
<meta name="dcterms.created" content="2027-03-10T10:00:00Z"></head><body>{body}</body></html>"""


def text_of(printed, number=0):
    return pypdfium2.PdfDocument(printed)[number].get_textpage().get_text_bounded()


def faults(printed):
    return [
        (fault.rule_id, fault.message)
        for profile in (ARCHIVE, ACCESSIBLE)
        for fault in page.validate_pdf_bytes(printed, profile=profile).failures
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Ngozi Adébáyò Wiśniewska",
        "Ọlọ́runtóbi Ṣẹ́gun",
        "Đặng Thị Hương",
        "Γιώργος Παπαδόπουλος",
        "Ирина Петрова",
        "Siân O’Neill-Ffrench",
        "فاطمة بنت محمد الزهراء",
        "מרים בת־אל כהן",
    ],
)
def test_a_document_is_fit_for_archives_and_for_screen_readers(renderer, name):
    printed = renderer.render(document(f"<h1>Dear reader</h1><p>{name}</p>"))

    assert faults(printed) == []


@pytest.mark.parametrize(
    "name", ["Ọláyínká Wiśniewska", "Παπαδόπουλος", "Петрова", "Đặng"]
)
def test_a_name_can_be_searched_for_and_copied(renderer, name):
    printed = renderer.render(document(f"<p>{name}</p>"))

    assert name in text_of(printed)


def test_marks_stacked_on_a_letter_have_a_name_each(renderer):
    printed = renderer.render(document("<p dir=rtl>مُحَمَّدٌ</p><p dir=rtl>שִׁמְעוֹן</p>"))

    assert faults(printed) == []


@pytest.mark.parametrize("name", ["王小明", "Ngozi 🏠", "ᬅᬓ᭄ᬱᬭ"])
def test_characters_that_no_face_has_are_refused_by_name(renderer, name):
    with pytest.raises(CannotPrint) as refusal:
        renderer.render(document(f"<p>{name}</p>"))

    assert set(refusal.value.characters) <= set(name)
    assert refusal.value.characters[0] in str(refusal.value)


def test_nothing_is_set_in_a_face_of_the_machine(renderer):
    printed = renderer.render(document("<p style='font-family: DejaVu Sans'>Hello</p>"))

    with pikepdf.open(BytesIO(printed)) as opened:
        fonts = [str(o.BaseFont) for o in opened.objects if is_font(o)]
    assert fonts
    assert not any("DejaVu" in font for font in fonts)


def is_font(found):
    return isinstance(found, pikepdf.Dictionary) and found.get("/Type") == "/Font"


def test_the_same_document_makes_the_same_bytes(renderer):
    html = document("<p>Once</p>")

    assert renderer.render(html) == renderer.render(html)


def test_a_document_fetches_nothing(renderer, tmp_path):
    (tmp_path / "secret.txt").write_text("canary")
    picture = f'<img alt="A picture" src="file://{tmp_path}/secret.txt">'
    sheet = '<link rel="stylesheet" href="http://127.0.0.1:9/style.css">'

    printed = renderer.render(document(f"{picture}{sheet}<p>Calm</p>"))

    assert "Calm" in text_of(printed)
    assert b"canary" not in printed


def test_the_paper_lies_beneath_every_page_and_is_kept_once(renderer):
    pages = "<p>One</p><p style='break-before: page'>Two</p>"

    printed = renderer.render(document(pages))

    with pikepdf.open(BytesIO(printed)) as opened:
        shown = [str(p.Resources.XObject.Paper0.objgen) for p in opened.pages]
        assert len(shown) == 2
        assert len(set(shown)) == 1
        first = opened.pages[0].Contents.read_bytes()
    assert first.startswith(b"/Artifact BMC q /Paper0 Do Q EMC")
    assert faults(printed) == []


def test_later_pages_have_the_later_paper():
    renderer = Renderer(STYLE, square(), pydyf.Stream())
    pages = "<p>One</p>" + "<p style='break-before: page'>More</p>" * 2

    printed = renderer.render(document(pages))

    with pikepdf.open(BytesIO(printed)) as opened:
        papers = [leaf.Contents.read_bytes().split()[3] for leaf in opened.pages]
    assert papers == [b"/Paper0", b"/Paper1", b"/Paper1"]


def test_the_first_version_that_keeps_its_promise_is_printed(renderer):
    foot = '<p id="foot">Signed</p>'
    wide, small = (
        document(f"<p style='height: {height}mm'>{height}</p>{foot}")
        for height in (300, 30)
    )

    printed = renderer.render(wide, small, wide, first_page="foot")

    assert "30" in text_of(printed)
    assert "Signed" in text_of(printed)


def test_where_no_version_fits_the_last_is_printed(renderer):
    foot = '<p id="foot">Signed</p>'
    wide = document(f"<p style='height: 300mm'>Wide</p>{foot}")
    wider = document(f"<p style='height: 400mm'>Wider</p>{foot}")

    printed = renderer.render(wide, wider, first_page="foot")

    assert "Wider" in text_of(printed)


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("Smith", "ltr"),
        ("محمد Smith", "rtl"),
        ("123 כהן", "rtl"),
        ("Smith محمد", "ltr"),
        ("123", "ltr"),
        ("", "ltr"),
    ],
)
def test_the_first_letter_gives_a_name_its_direction(text, direction):
    assert base_direction(text) == direction


def test_a_library_that_is_not_there_is_named_by_its_package(monkeypatch):
    monkeypatch.setitem(pdf.LIBRARIES, "libnowhere.so.9", "libnowhere9")

    assert missing_libraries() == ["libnowhere9"]
