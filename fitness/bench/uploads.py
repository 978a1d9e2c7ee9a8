"""Uploads as cases have them: logs that were printed, some of which name whom nobody is to know, and papers that were scanned."""

from collections.abc import Iterable
from functools import cache
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageDraw

WITHHELD = "Zebedee Quill"
SIZE = 595, 842
DOTS = 1240, 1754
LINES = 48


def printed(numbers: Iterable[int], withheld: Iterable[int]) -> bytes:
    """Pages of text; those that are `withheld` name somebody in their third line."""
    hidden = frozenset(withheld)
    with pikepdf.new() as pdf:
        font = pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type1,
                BaseFont=Name.Helvetica,
                Encoding=Name.WinAnsiEncoding,
            )
        )
        for number in numbers:
            pdf.add_blank_page(page_size=SIZE)
            page = pdf.pages[-1].obj
            page.Resources = Dictionary(Font=Dictionary(F1=font))
            said = " ".join(
                f"({line}) Tj T*" for line in _lines(number, named=number in hidden)
            )
            page.Contents = pdf.make_stream(
                f"BT /F1 11 Tf 15 TL 60 780 Td {said} ET".encode()
            )
        return _saved(pdf)


def _lines(number: int, *, named: bool) -> list[str]:
    """Shift by shift, so that no two pages are alike."""
    lines = [
        f"{hour % 24:02}:{number % 60:02}  Entry {number}.{hour}: all rooms checked, nothing to add to the plan of care."
        for hour in range(LINES)
    ]
    if named:
        lines[2] = f"02:00  {WITHHELD} was awake and asked for somebody."
    return lines


def scanned(numbers: Iterable[int]) -> bytes:
    """Pages of dots, as a copier makes them; as copiers do, each page names the pictures of all."""
    with pikepdf.new() as pdf:
        drawn = {f"/P{number}": _drawn(pdf, number) for number in numbers}
        shared = pdf.make_indirect(Dictionary(XObject=Dictionary(drawn)))
        for name in drawn:
            pdf.add_blank_page(page_size=SIZE)
            page = pdf.pages[-1].obj
            page.Resources = shared
            page.Contents = pdf.make_stream(
                f"q {SIZE[0]} 0 0 {SIZE[1]} 0 0 cm {name} Do Q".encode()
            )
        return _saved(pdf)


@cache
def _paper() -> Image.Image:
    """Never quite white, as copiers see it."""
    return Image.effect_noise(DOTS, 10).convert("L").point(lambda dot: dot + 110)


def _drawn(pdf: pikepdf.Pdf, number: int) -> pikepdf.Object:
    paper = _paper().copy()
    pen = ImageDraw.Draw(paper)
    for nth, line in enumerate(_lines(number, named=False)):
        pen.text((120, 120 + 32 * nth), line, fill=20)
    made = BytesIO()
    paper.save(made, "JPEG", quality=50)
    return pdf.make_stream(
        made.getvalue(),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=DOTS[0],
        Height=DOTS[1],
        ColorSpace=Name.DeviceGray,
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
        Decode=Array([0, 1]),
    )


def _saved(pdf: pikepdf.Pdf) -> bytes:
    made = BytesIO()
    pdf.save(made)
    return made.getvalue()
