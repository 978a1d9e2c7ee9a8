"""The program that reads one upload: counts its pages, finds words on them, shows them, and makes them anew for a bundle.

The upload comes in, what was asked for goes out. It imports nothing of ours: its parsers read what strangers sent. Whatever they
stumble over, the exit code is FAULTY and nothing has left.

A page of which something is withheld becomes a picture of what is left to see: no letter, no layer, nothing beneath. Of any other
page the drawing is kept and all else is left behind: what it is linked to, what is attached or noted, and who made it with what.
Places on a page are in thousandths of its width and height as it is shown, from the upper left.
"""

import json
import math
import resource
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image, ImageDraw, ImageOps
from pypdfium2 import raw

MEMORY = 1024**3
SECONDS = {"part": 300}
LOOKING = 40
"""Seconds for anything else: somebody waits for it."""
FAULTY = 3
MOST_PIXELS = 25_000_000
MOST_PAGES = 2000
DOTS, SHOWN_DOTS = 150, 100
"""To the inch: of a page that becomes a picture, and of one that is looked at."""
POINTS = 72
LETTER_ROOM = 2
"""Round what was found, for letters reach beyond the box that their font claims."""
A4 = (595.276, 841.89)
MARGINS = 28.35, 42.52
"""At the sides and above, and below, where the bundle writes its number."""
LEFT_BEHIND = (
    Name.Metadata,
    Name.PieceInfo,
    Name.StructParent,
    Name.StructParents,
    Name.AF,
    Name.Alternates,
    Name.OPI,
    Name.Measure,
    Name.PtData,
    Name.LastModified,
    Name.Thumb,
    Name.AA,
)
BOXES = (Name.TrimBox, Name.ArtBox, Name.BleedBox)
NAMED = ("Font", "XObject", "ExtGState", "ColorSpace", "Pattern", "Shading")
A_PICTURE = "A page as a picture, of which no text is held."
MARKED, HIDDEN = "#d4351c", "#0b0c0c"

Place = tuple[int, int, int, int]
Hidden = dict[int, dict[str, Any]]
"""By the number of the page: the places, or none for the whole of it, and what is told instead."""


class TooMany(Exception):
    """More pages than any bundle may have."""


def counted(pdf: pypdfium2.PdfDocument) -> int:
    if not 0 < len(pdf) <= MOST_PAGES:
        raise TooMany
    return len(pdf)


def found(page: pypdfium2.PdfPage, words: str) -> list[Place]:
    """Every place where they stand, each of several where they run over lines."""
    text = page.get_textpage()
    searcher = text.search(words, match_case=False)
    places = list[Place]()
    while hit := searcher.get_next():
        places += [
            _shown_place(page, text.get_rect(nth))
            for nth in range(text.count_rects(*hit))
        ]
    return places


def _shown_place(
    page: pypdfium2.PdfPage, box: tuple[float, float, float, float]
) -> Place:
    left, bottom, right, top = box
    one, other = _shown_point(page, left, top), _shown_point(page, right, bottom)
    xs, ys = sorted((one[0], other[0])), sorted((one[1], other[1]))
    return (
        max(xs[0] - LETTER_ROOM, 0),
        max(ys[0] - LETTER_ROOM, 0),
        min(xs[1] + LETTER_ROOM, 1000),
        min(ys[1] + LETTER_ROOM, 1000),
    )


def _shown_point(page: pypdfium2.PdfPage, x: float, y: float) -> tuple[int, int]:
    """Turned as the page is, and without what is cut off it."""
    across, down = raw.c_int(), raw.c_int()
    raw.FPDF_PageToDevice(page, 0, 0, 1000, 1000, 0, x, y, across, down)
    return across.value, down.value


def picture_of(page: pypdfium2.PdfPage, dots: int) -> Image.Image:
    """As much as anybody sees of it, forms and notes too."""
    width, height = page.get_size()
    scale = min(dots / POINTS, math.sqrt(MOST_PIXELS / (width * height)))
    drawn: Image.Image = page.render(scale=scale, rev_byteorder=True).to_pil()
    return drawn.convert("RGB")


def covered(
    picture: Image.Image, places: Iterable[Place] | None, *, marked: bool = False
) -> Image.Image:
    """The dots themselves are painted over; `marked`: only framed, for somebody to look at."""
    pen = ImageDraw.Draw(picture)
    across, down = picture.width / 1000, picture.height / 1000
    for left, top, right, bottom in [(0, 0, 1000, 1000)] if places is None else places:
        box = (
            math.floor(left * across),
            math.floor(top * down),
            min(math.ceil(right * across), picture.width - 1),
            min(math.ceil(bottom * down), picture.height - 1),
        )
        if marked:
            pen.rectangle(box, outline=MARKED, width=3)
        else:
            pen.rectangle(box, fill=HIDDEN)
    return picture


class Part:
    """The pages of a bundle that come of one upload, each with what is told of it to those who cannot see it."""

    def __init__(self) -> None:
        self.pdf = pikepdf.new()

    def add_picture(self, picture: Image.Image, told: str) -> None:
        """As dots alone."""
        made = BytesIO()
        picture.save(made, "JPEG", quality=75)
        image = self.pdf.make_stream(
            made.getvalue(),
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=picture.width,
            Height=picture.height,
            ColorSpace=Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=Name.DCTDecode,
        )
        paper = _paper(picture.width, picture.height)
        left, bottom, width, height = _fitted(picture.width, picture.height, paper)
        place = f"q {width:.3f} 0 0 {height:.3f} {left:.3f} {bottom:.3f} cm /Leaf Do Q"
        self._add(paper, image, place.encode(), told)

    def add_withheld(self, told: str) -> None:
        """A page of which nothing is left; the bundle writes on it why."""
        self.pdf.add_blank_page(page_size=A4)
        self.pdf.pages[-1].obj.Withheld = String(told)

    def add_drawing(self, form: Any) -> None:
        left, bottom, right, top = _upright(form)
        paper = _paper(right - left, top - bottom)
        x, y, width, _ = _fitted(right - left, top - bottom, paper)
        scale = width / (right - left)
        move = f"{scale:.5f} 0 0 {scale:.5f} {x - left * scale:.3f} {y - bottom * scale:.3f} cm"
        self._add(paper, form, f"q {move} /Leaf Do Q".encode())

    def _add(
        self, paper: tuple[float, float], drawn: Any, content: bytes, told: str = ""
    ) -> None:
        self.pdf.add_blank_page(page_size=paper)
        page = self.pdf.pages[-1].obj
        page.Resources = Dictionary(XObject=Dictionary(Leaf=drawn))
        page.Contents = self.pdf.make_stream(content)
        if told:
            page.Told = String(told)

    def saved(self) -> bytes:
        """Its number of pages, and the pages."""
        made = BytesIO()
        self.pdf.save(made, static_id=True)
        return len(self.pdf.pages).to_bytes(4) + made.getvalue()


def _paper(width: float, height: float) -> tuple[float, float]:
    return A4 if height >= width else (A4[1], A4[0])


def _fitted(
    width: float, height: float, paper: tuple[float, float]
) -> tuple[float, float, float, float]:
    """Left, bottom, width and height within the margins, never larger than life; in the middle, at the top."""
    room = paper[0] - 2 * MARGINS[0], paper[1] - MARGINS[0] - MARGINS[1]
    scale = min(room[0] / width, room[1] / height)
    wide, high = width * scale, height * scale
    return (paper[0] - wide) / 2, paper[1] - MARGINS[0] - high, wide, high


def _upright(form: Any) -> tuple[float, float, float, float]:
    """The box of a drawing once it is turned as it is shown."""
    box = pikepdf.Rectangle(Array(form.BBox))
    matrix = pikepdf.Matrix(Array(form.get(Name.Matrix, [1, 0, 0, 1, 0, 0])))
    turned = matrix.transform(box)
    if turned.width <= 0 or turned.height <= 0:
        raise ValueError
    return (
        float(turned.llx),
        float(turned.lly),
        float(turned.urx),
        float(turned.ury),
    )


def part_of_pdf(content: bytes, hidden: Hidden) -> bytes:
    seen = pypdfium2.PdfDocument(content)
    seen.init_forms()
    counted(seen)
    part = Part()
    with pikepdf.open(BytesIO(content)) as pdf:
        drawable = _made_drawable(pdf) and not (hidden and _borrows(pdf))
        for number, page in enumerate(pdf.pages, start=1):
            told = hidden.get(number)
            if told and told["places"] is None:
                part.add_withheld(told["told"])
            elif told:
                left = covered(picture_of(seen[number - 1], DOTS), told["places"])
                part.add_picture(left, told["told"])
            elif not (drawable and _added(part, page)):
                part.add_picture(picture_of(seen[number - 1], DOTS), A_PICTURE)
    if hidden:
        _forget_unused(part.pdf)
    return part.saved()


def _made_drawable(pdf: pikepdf.Pdf) -> bool:
    """Not where layers say what is seen: left behind, they would show what they hid."""
    if Name.OCProperties in pdf.Root:
        return False
    for page in pdf.pages:
        for box in BOXES:
            if box in page.obj:
                del page.obj[box]
    pdf.flatten_annotations("screen")
    for one in pdf.objects:
        if isinstance(one, Dictionary | Stream):
            for name in LEFT_BEHIND:
                if name in one:
                    del one[name]
    return True


def _added(part: Part, page: pikepdf.Page) -> bool:
    try:
        part.add_drawing(part.pdf.copy_foreign(page.as_form_xobject()))
    except (pikepdf.PdfError, ValueError, TypeError, ZeroDivisionError):
        return False
    return True


def _borrows(pdf: pikepdf.Pdf) -> bool:
    """Whether a drawing within a page takes from the page what it does not name: what is unused cannot be told then."""
    return any(
        isinstance(one, Stream)
        and one.get(Name.Subtype) == Name.Form
        and Name.Resources not in one
        for one in pdf.objects
    )


def _forget_unused(pdf: pikepdf.Pdf) -> None:
    """Pages often name what all of them draw together: what a picture has replaced must not stay with another page."""
    for one in pdf.objects:
        if isinstance(one, Stream) and Name.Resources in one:
            used = set(_names_in(one))
            one.Resources = Dictionary(
                {
                    f"/{kind}": Dictionary(
                        {
                            name: held
                            for name, held in one.Resources[f"/{kind}"].items()
                            if name in used
                        }
                    )
                    for kind in NAMED
                    if f"/{kind}" in one.Resources
                }
            )


def _names_in(stream: Stream) -> Iterator[str]:
    for step in pikepdf.parse_content_stream(stream):
        for operand in step.operands:
            if isinstance(operand, Name):
                yield str(operand)
            elif isinstance(operand, pikepdf.PdfInlineImage):
                yield str(operand.obj.get(Name.ColorSpace, ""))


def part_of_picture(content: bytes, hidden: Hidden) -> bytes:
    part = Part()
    told = hidden.get(1)
    if told and told["places"] is None:
        part.add_withheld(told["told"])
    else:
        picture = covered(_opened(content), told["places"] if told else ())
        part.add_picture(picture, told["told"] if told else A_PICTURE)
    return part.saved()


def _opened(content: bytes) -> Image.Image:
    with Image.open(BytesIO(content), formats=["JPEG", "PNG"]) as sent:
        upright = ImageOps.exif_transpose(sent)
        if upright.mode in {"RGBA", "LA", "P", "PA"}:
            white = Image.new("RGBA", upright.size, "white")
            upright = Image.alpha_composite(white, upright.convert("RGBA"))
        picture = upright.convert("RGB")
    most = math.sqrt(MOST_PIXELS / (picture.width * picture.height))
    if most < 1:
        picture = picture.resize(
            (int(picture.width * most), int(picture.height * most))
        )
    return picture


def shown(content: bytes, order: dict[str, Any]) -> bytes:
    """One page, with what is hidden painted over and what is about to be in a frame."""
    if order["pdf"]:
        pdf = pypdfium2.PdfDocument(content)
        pdf.init_forms()
        counted(pdf)
        picture = picture_of(pdf[order["page"] - 1], SHOWN_DOTS)
    else:
        picture = _opened(content)
        picture.thumbnail((1200, 1200))
    covered(picture, order["hidden"])
    covered(picture, order["marked"], marked=True)
    made = BytesIO()
    picture.save(made, "PNG")
    return made.getvalue()


def looked_up(content: bytes, order: dict[str, Any]) -> bytes:
    """How many pages there are, and where the words stand on each of those asked for: on all where none is named."""
    if not order["pdf"]:
        return json.dumps({"pages": 1, "places": {}}).encode()
    pdf = pypdfium2.PdfDocument(content)
    pages = counted(pdf)
    asked = range(1, pages + 1) if order["page"] is None else [order["page"]]
    places = {}
    if order["words"]:
        for number in asked:
            if 0 < number <= pages and (at := found(pdf[number - 1], order["words"])):
                places[number] = at
    return json.dumps({"pages": pages, "places": places}).encode()


def carried_out(content: bytes, order: dict[str, Any]) -> bytes:
    if order["do"] == "look up":
        return looked_up(content, order)
    if order["do"] == "show":
        return shown(content, order)
    hidden = {int(page): told for page, told in order["hidden"].items()}
    make = part_of_pdf if order["pdf"] else part_of_picture
    return make(content, hidden)


def main(order: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    asked = json.loads(order)
    seconds = SECONDS.get(asked["do"], LOOKING)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    try:
        made = carried_out(sys.stdin.buffer.read(), asked)
    except Exception:  # noqa: BLE001 - as the module says
        sys.exit(FAULTY)
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main(sys.argv[1])
