"""The certificate on paper: one page, or two where restrictions fill the first."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

import segno

from register.certificate.engraving import annex, face
from register.certificate.record import Record
from register.certificate.serial import grouped
from register.kit import paper
from register.kit.pdf import Renderer, base_direction

NAME_SIZES = ((38, "large"), (56, "medium"), (90, "small"))
"""Up to so many characters a name is set in that size; "least" beyond."""

INLINE_WORDS = 900
"""Characters of restrictions, beyond which the first page has no room for them."""


@dataclass(frozen=True)
class Layout:
    name_size: str
    direction: str
    tight: bool
    annex: bool
    """The restrictions stand on a page of their own."""


@dataclass(frozen=True)
class QrCode:
    """Dark modules as runs along the rows of a grid that is `width` modules wide."""

    width: int
    path: str


def print_certificate(
    record: Record,
    *,
    serial: str,
    as_at: datetime,
    issued_at: datetime,
    public_url: str,
    registrar: str,
) -> bytes:
    """The PDF; the same facts make the same bytes."""
    address = f"{public_url.rstrip('/')}/verify/{grouped(serial)}"
    roomy, *tighter = [
        paper.html_of(
            "register/certificates/printed.html",
            made_at=issued_at,
            record=record,
            serial=grouped(serial),
            as_at=as_at,
            issued_at=issued_at,
            address=address,
            registrar=registrar,
            qr=qr_code(address),
            layout=layout,
        )
        for layout in _layouts(record)
    ]
    return _renderer().render(roomy, *tighter, first_page="foot")


def _layouts(record: Record) -> list[Layout]:
    """From the roomiest to the one that takes any record."""
    size = next((s for most, s in NAME_SIZES if len(record.name) <= most), "least")
    words = sum(len(restriction.text or "") for restriction in record.restrictions)
    return [
        Layout(name_size, base_direction(record.name), tight, annex)
        for name_size, tight, annex in (
            (size, False, False),
            (size, True, False),
            (size, False, True),
            ("least", True, bool(record.restrictions)),
        )
        if (annex and record.restrictions) or (not annex and words <= INLINE_WORDS)
    ]


def qr_code(text: str) -> QrCode:
    # A mask chosen beforehand: weighing all eight takes five times as long, and
    # readers take any.
    code = segno.make_qr(text, error="m", boost_error=False, mask=3)
    rows = [list(row) for row in code.matrix]
    runs = [
        f"M{start} {y}h{length}v1h-{length}z"
        for y, row in enumerate(rows)
        for start, length in _runs(row)
    ]
    return QrCode(width=len(rows), path="".join(runs))


def _runs(row: list[int]) -> list[tuple[int, int]]:
    """Where the dark runs of a row begin, and how long they are."""
    edges = [
        x for x, (a, b) in enumerate(zip([0, *row], [*row, 0], strict=True)) if a != b
    ]
    return [(a, b - a) for a, b in zip(edges[::2], edges[1::2], strict=True)]


@cache
def _renderer() -> Renderer:
    style = files("register").joinpath("templates/certificates/printed.css")
    return Renderer(style.read_text("utf-8"), face(), annex())
