"""What is withheld is gone: from what a bundle says, from what anybody finds in it, and from all that stands in it unpacked."""

import subprocess
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

from fitness.docket.document import MadeFrom, Matter
from fitness.docket.looking import found_in, pages_of
from fitness.investigation.allegation import Alleged
from register.kit.cleaning import MediaType, cleaned
from tests.fitness.docketing import (
    add,
    add_file,
    built,
    raw,
    scanned,
    texts,
    withhold,
)
from tests.fitness.finding import draw, make_told

CHILD = "Zebedee"
KEPT = "Marmalade"
"""What must stay to be read, so that a test does not pass because everything is gone."""
HERE = [[0, 0, 1000, 500]]


@pytest.fixture
async def case(session):
    case, _ = await make_told(session)
    return case


def said_by_pdftotext(content, tmp_path):
    file = tmp_path / "bundle.pdf"
    file.write_bytes(content)
    done = subprocess.run(
        ["pdftotext", file, "-"], check=True, capture_output=True, text=True
    )
    return done.stdout


def checked_by_qpdf(content, tmp_path):
    """Fails where it warns."""
    file = tmp_path / "bundle.pdf"
    file.write_bytes(content)
    done = subprocess.run(
        ["qpdf", "--check", file], check=True, capture_output=True, text=True
    )
    return done.stdout


def is_gone(content, *words):
    unpacked = raw(content)
    for word in words:
        assert word.encode() not in unpacked
        assert word.encode().hex().encode() not in unpacked.lower()
        assert word not in " ".join(texts(content))
    assert KEPT in " ".join(texts(content))


async def bundle_without(session, case, content, places=HERE, *, page=1, pdf=True):
    """Of a document of which something is withheld on one page; as it was taken in, made harmless first."""
    kind = MediaType.PDF if pdf else MediaType.PNG
    document = await add_file(session, case, await cleaned(content, kind), kind=kind)
    await withhold(session, case, document, places, page=page)
    return await built(session, case)


async def test_a_page_of_which_words_are_withheld_becomes_a_picture(session, case):
    content = scanned([f"{CHILD} Quill came"], [f"{KEPT} came"])

    bundle = await bundle_without(session, case, content)

    is_gone(bundle, CHILD, "Quill")
    with pikepdf.open(BytesIO(bundle)) as pdf:
        page = pdf.pages[1]
        assert list(page.Resources.XObject.keys()) == ["/Leaf"]
        assert page.Resources.XObject.Leaf.Subtype == Name.Image
        assert Name.Annots not in page.obj
        (figure,) = pdf.Root.StructTreeRoot.K[0].K[1].K[0:1]
        assert Name.Figure == figure.S
        assert "tells who a child is" in str(figure.Alt)


async def test_the_places_are_painted_over_and_nothing_else(session, case):
    document = await add_file(session, case, scanned([f"{CHILD} came", "and left"]))
    (place,), (beside,) = [
        (await found_in(document, words))[1] for words in (CHILD, "and left")
    ]
    await withhold(session, case, document, [place], page=1)

    with pikepdf.open(BytesIO(await built(session, case))) as pdf:
        held = pikepdf.PdfImage(pdf.pages[1].Resources.XObject.Leaf).as_pil_image()

    assert darkest_and_lightest(held, place)[1] < 40
    darkest, lightest = darkest_and_lightest(held, beside)
    assert darkest < 100
    assert lightest > 240


def darkest_and_lightest(picture, place):
    left, top, right, bottom = place
    across, down = picture.width / 1000, picture.height / 1000
    box = (left * across + 2, top * down + 2, right * across - 2, bottom * down - 2)
    return picture.convert("L").crop(tuple(map(int, box))).getextrema()


async def test_of_a_page_withheld_whole_stays_why(session, case):
    content = scanned([f"{CHILD} came"], [KEPT])

    bundle = await bundle_without(session, case, content, [])

    is_gone(bundle, CHILD)
    assert "[withheld: tells who a child is]" in texts(bundle)[1]


async def test_what_pages_share_does_not_keep_what_was_withheld_of_one(session, case):
    """Scanners name the picture of every page with every page."""

    def share(pdf):
        drawn = [
            pdf.make_stream(
                f"BT /F1 12 Tf 20 20 Td ({words}) Tj ET".encode(),
                Type=Name.XObject,
                Subtype=Name.Form,
                BBox=Array([0, 0, 500, 500]),
                Resources=pdf.pages[0].obj.Resources,
            )
            for words in (f"{CHILD} is drawn", f"{KEPT} is drawn")
        ]
        shared = Dictionary(
            Font=pdf.pages[0].obj.Resources.Font,
            XObject=Dictionary(P1=drawn[0], P2=drawn[1]),
        )
        for number, page in enumerate(pdf.pages, start=1):
            page.obj.Resources = shared
            page.obj.Contents = pdf.make_stream(f"/P{number} Do".encode())

    bundle = await bundle_without(session, case, scanned([""], [""], change=share))

    is_gone(bundle, CHILD)


async def test_nothing_of_an_upload_comes_along_but_its_drawing(session, case):
    def hide(pdf):
        page = pdf.pages[1].obj
        page.Annots = Array(
            [
                pdf.make_indirect(
                    Dictionary(
                        Type=Name.Annot,
                        Subtype=Name.Text,
                        Rect=Array([10, 10, 30, 30]),
                        Contents=String(f"{CHILD} noted"),
                        F=2,
                    )
                )
            ]
        )
        page.PieceInfo = Dictionary(App=Dictionary(Private=String(f"{CHILD} saved")))
        page.Metadata = pdf.make_stream(f"<x>{CHILD}</x>".encode())
        page.Thumb = pdf.make_stream(
            f"{CHILD} small".encode(), Width=1, Height=1, BitsPerComponent=8
        )
        pdf.docinfo.Subject = String(f"About {CHILD}")
        with pdf.open_metadata() as xmp:
            xmp["dc:title"] = f"{CHILD} titled"
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem(f"{CHILD} marked", 1))
        pdf.attachments["note.txt"] = f"{CHILD} attached".encode()
        pdf.Root.Names.JavaScript = Dictionary(
            Names=Array([String("a"), Dictionary(S=Name.JavaScript, JS=String(CHILD))])
        )

    content = scanned(["One"], [f"{KEPT} came"], change=hide)

    bundle = await bundle_without(session, case, content)

    is_gone(bundle, CHILD)


async def test_what_a_layer_hides_is_not_shown_by_taking_the_layer_away(session, case):
    def layer(pdf):
        group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Notes")))
        pdf.Root.OCProperties = Dictionary(
            OCGs=Array([group]), D=Dictionary(OFF=Array([group]))
        )
        page = pdf.pages[0].obj
        page.Resources.Properties = Dictionary(L1=group)
        page.Contents = pdf.make_stream(
            b"/OC /L1 BDC " + page.Contents.read_bytes() + b" EMC"
        )

    await add_file(session, case, scanned([f"{CHILD} hidden"], change=layer))
    await add_file(session, case, scanned([KEPT]))

    is_gone(await built(session, case), CHILD)


async def test_notes_that_show_are_kept_as_they_show(session, case):
    """A stamp on a page is part of what somebody reads."""

    def stamp(pdf):
        look = pdf.make_stream(
            f"BT /F1 12 Tf 2 5 Td ({KEPT} stamped) Tj ET".encode(),
            Type=Name.XObject,
            Subtype=Name.Form,
            BBox=Array([0, 0, 200, 20]),
            Resources=pdf.pages[0].obj.Resources,
        )
        pdf.pages[0].obj.Annots = Array(
            [
                pdf.make_indirect(
                    Dictionary(
                        Type=Name.Annot,
                        Subtype=Name.Stamp,
                        Rect=Array([100, 100, 300, 120]),
                        AP=Dictionary(N=look),
                        F=4,
                    )
                )
            ]
        )

    await add_file(session, case, scanned(["One"], change=stamp))

    assert f"{KEPT} stamped" in texts(await built(session, case))[1]


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
async def test_words_are_found_however_a_page_is_turned(session, case, rotate):
    content = scanned([f"{CHILD} came"], rotate=rotate)
    document = await add_file(session, case, content)
    places = (await found_in(document, CHILD))[1]
    drawn = pypdfium2.PdfDocument(content)[0].render(scale=1).to_pil().convert("L")
    ink = drawn.point(lambda dot: 255 * (dot < 128)).getbbox()

    left, top, right, bottom = places[0]

    along = (ink[0] / drawn.width * 1000, ink[1] / drawn.height * 1000)
    ends = (ink[2] / drawn.width * 1000, ink[3] / drawn.height * 1000)
    assert left <= ends[0] and right >= along[0]  # noqa: PT018 - they overlap
    assert top <= ends[1] and bottom >= along[1]  # noqa: PT018
    corner = {
        0: (left, along[0]),
        90: (top, along[1]),
        180: (right, ends[0]),
        270: (bottom, ends[1]),
    }
    said, drawn_at = corner[rotate]
    assert abs(said - drawn_at) < 8


async def test_of_a_picture_the_dots_are_painted_over(session, case):
    white = Image.new("RGB", (600, 800), "white")
    white.paste((200, 0, 0), (0, 0, 300, 800))
    made = BytesIO()
    white.save(made, "PNG", pnginfo=None)
    await add_file(session, case, scanned([KEPT]))

    bundle = await bundle_without(
        session, case, made.getvalue(), [[0, 0, 500, 1000]], pdf=False
    )

    with pikepdf.open(BytesIO(bundle)) as pdf:
        held = pikepdf.PdfImage(pdf.pages[2].Resources.XObject.Leaf).as_pil_image()
    assert held.size == (600, 800)
    assert max(held.convert("RGB").getpixel((150, 400))) < 30
    assert min(held.convert("RGB").getpixel((450, 400))) > 240


async def test_of_our_own_the_words_are_never_written(session, case):
    await draw(session, case, Alleged(f"You struck {CHILD}\nQuill, {KEPT}."))
    await draw(
        session, case, Alleged("Then you left.", place=f"The room of {CHILD} Quill")
    )
    document = await add(session, case, Matter(MadeFrom.ALLEGATIONS))
    await withhold(session, case, document, document.paper.places_of(f"{CHILD} quill"))

    bundle = await built(session, case)

    is_gone(bundle, CHILD, "Quill")
    said = " ".join(" ".join(texts(bundle)).split())
    assert f"You struck [withheld: tells who a child is], {KEPT}." in said
    assert "The room of [withheld: tells who a child is]." in said


@pytest.mark.long
async def test_pdftotext_finds_none_of_it_either(session, case, tmp_path):
    content = scanned([f"{CHILD} came"], [KEPT])

    said = said_by_pdftotext(await bundle_without(session, case, content), tmp_path)

    assert CHILD not in said
    assert KEPT in said


@pytest.mark.long
async def test_qpdf_finds_no_fault(session, case, tmp_path):
    content = scanned([f"{CHILD} came"], [KEPT])

    said = checked_by_qpdf(await bundle_without(session, case, content), tmp_path)

    assert "No syntax or stream encoding errors found" in said


async def test_every_page_on_which_words_stand_is_found(session, case):
    content = scanned([f"{CHILD} came"], ["Nobody"], [f"with {CHILD.upper()}"])
    document = await add_file(session, case, content)

    assert await pages_of(document) == 3
    assert list(await found_in(document, CHILD)) == [1, 3]
    assert list(await found_in(document, CHILD, page=3)) == [3]
    assert await found_in(document, CHILD, page=2) == {}
    assert await found_in(document, CHILD, page=9) == {}
