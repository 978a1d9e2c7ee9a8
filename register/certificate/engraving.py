"""The ornament of a certificate: frame, watermark and seal, as banknotes have them.

Everything is made of one short wave that is drawn again and again, moved or turned by
one step. The repeats are the same bytes, so the whole of it packs into a few kilobytes.
"""

import math
from cmath import exp
from collections.abc import Callable

import pydyf

WIDTH, HEIGHT = 297, 210
MILLIMETRE = 72 / 25.4

PAPER = "fdfcf8"
NAVY = "1d3a63"
STEEL = "7a95ba"
GOLD = "a8873c"
PALE_GOLD = "d2bd8a"
WATERMARK = "e8edf3"

Curve = Callable[[float], complex]


def face() -> pydyf.Stream:
    """The first page: A4 on its side, in points."""
    page = annex()
    _seal(page, 148.5, 40.5)
    return page


def annex() -> pydyf.Stream:
    """Any further page, which has no seal. Drawn in millimetres from here on."""
    page = pydyf.Stream()
    page.set_matrix(MILLIMETRE, 0, 0, MILLIMETRE, 0, 0)
    _colour(page, PAPER, stroke=False)
    page.rectangle(0, 0, WIDTH, HEIGHT)
    page.fill()
    page.set_line_join(1)
    _watermark(page, 148.5, 108)
    _frame(page)
    return page


def _watermark(page: pydyf.Stream, x: float, y: float) -> None:
    _colour(page, WATERMARK)
    page.set_line_width(0.22)
    for radius, swing, lobes in ((50, 6.5, 32), (35.5, 5.5, 24), (21.5, 5, 16)):
        _ring(page, (x, y), radius, swing, lobes, strands=6)


def _frame(page: pydyf.Stream) -> None:
    inset = 13.8
    _band(page, inset)
    _colour(page, NAVY)
    page.set_line_width(0.9)
    _rectangle(page, 9.5)
    page.set_line_width(0.25)
    _rectangle(page, 10.6)
    _rectangle(page, 17)
    page.set_line_width(0.3)
    _rectangle(page, 18.1)
    for x in (inset, WIDTH - inset):
        for y in (inset, HEIGHT - inset):
            _corner(page, x, y)


def _band(page: pydyf.Stream, inset: float) -> None:
    """Whole waves on each side, so that all four meet the corners alike."""
    half = 3.6
    for centre_x, centre_y, length, turn in (
        (WIDTH / 2, inset, WIDTH, 0),
        (WIDTH / 2, HEIGHT - inset, WIDTH, 0),
        (inset, HEIGHT / 2, HEIGHT, 90),
        (WIDTH - inset, HEIGHT / 2, HEIGHT, 90),
    ):
        along = length - 2 * (inset + half)
        page.push_state()
        page.set_matrix(*_turned(turn), centre_x, centre_y)
        page.set_matrix(1, 0, 0, 1, -along / 2, 0)
        _waves(page, along, round(along / 7.2), colour=PALE_GOLD, swing=1.5, strands=2)
        _waves(page, along, round(along / 4.8), colour=STEEL, swing=2.5, strands=6)
        page.pop_state()


def _waves(
    page: pydyf.Stream,
    along: float,
    count: int,
    *,
    colour: str,
    swing: float,
    strands: int,
) -> None:
    step = along / count
    page.push_state()
    _colour(page, colour)
    page.set_line_width(0.16)
    for _ in range(count):
        for strand in range(strands):
            phase = 2 * math.pi * strand / strands
            _trace(page, _sine(step, swing, phase), step)
        page.stroke()
        page.set_matrix(1, 0, 0, 1, step, 0)
    page.pop_state()


def _corner(page: pydyf.Stream, x: float, y: float) -> None:
    _colour(page, PAPER, stroke=False)
    _colour(page, NAVY)
    page.set_line_width(0.3)
    page.rectangle(x - 3.6, y - 3.6, 7.2, 7.2)
    page.fill_and_stroke()
    page.set_line_width(0.2)
    _ring(page, (x, y), 1.9, 0.9, 8, strands=2)
    _colour(page, GOLD)
    _ring(page, (x, y), 0.5, 0.3, 4, strands=2)


def _seal(page: pydyf.Stream, x: float, y: float) -> None:
    _colour(page, PAPER, stroke=False)
    _circle(page, x, y, 13.6)
    page.fill()
    _colour(page, GOLD)
    page.set_line_width(0.2)
    _ring(page, (x, y), 11.8, 1.7, 24, strands=4)
    page.set_line_width(0.45)
    _circle(page, x, y, 9.4)
    page.stroke()
    page.set_line_width(0.18)
    _circle(page, x, y, 8.7)
    page.stroke()
    _house(page, x, y - 0.4)


def _house(page: pydyf.Stream, x: float, y: float) -> None:
    """The sign of the register: a house whose door stands open, beneath a sun."""
    page.push_state()
    page.set_matrix(1, 0, 0, 1, x, y)
    page.set_line_width(0.5)
    page.set_line_cap(1)
    _line(page, (-5.4, 0.2), (0, 4.4), (5.4, 0.2))
    _line(page, (-4.1, 0.6), (-4.1, -4.4), (4.1, -4.4), (4.1, 0.6))
    page.set_line_width(0.35)
    _line(page, (-1.3, -4.4), (-1.3, -1.3), (1.3, -1.3), (1.3, -4.4))
    _line(page, (-1.3, -4.4), (-2.7, -4.9), (-2.7, -1.0), (-1.3, -1.3))
    page.pop_state()
    page.set_line_width(0.28)
    _ring(page, (x, y + 0.9), 0.75, 0.28, 6, strands=2)


def _ring(
    page: pydyf.Stream,
    centre: tuple[float, float],
    radius: float,
    swing: float,
    lobes: int,
    *,
    strands: int,
) -> None:
    """One lobe, turned about the centre until the ring closes."""
    step = 2 * math.pi / lobes
    page.push_state()
    page.set_matrix(1, 0, 0, 1, *centre)
    for _ in range(lobes):
        for strand in range(strands):
            phase = 2 * math.pi * strand / strands
            _trace(page, _rosette(radius, swing, lobes, phase), step)
        page.stroke()
        page.set_matrix(*_turned(math.degrees(step)), 0, 0)
    page.pop_state()


def _sine(period: float, swing: float, phase: float) -> Curve:
    return lambda t: complex(t, swing * math.sin(2 * math.pi * t / period + phase))


def _rosette(radius: float, swing: float, lobes: int, phase: float) -> Curve:
    return lambda t: (radius + swing * math.cos(lobes * t + phase)) * exp(1j * t)


def _trace(page: pydyf.Stream, curve: Curve, end: float, pieces: int = 6) -> None:
    """The curve from 0 to `end` as Bézier pieces that leave and arrive along it."""
    step = end / pieces
    page.move_to(*_point(curve(0)))
    for piece in range(pieces):
        start, stop = piece * step, (piece + 1) * step
        page.curve_to(
            *_point(curve(start) + _slope(curve, start) * step / 3),
            *_point(curve(stop) - _slope(curve, stop) * step / 3),
            *_point(curve(stop)),
        )


def _slope(curve: Curve, t: float) -> complex:
    return (curve(t + 1e-5) - curve(t - 1e-5)) / 2e-5


def _point(place: complex) -> tuple[float, float]:
    return round(place.real, 3), round(place.imag, 3)


def _turned(degrees: float) -> tuple[float, float, float, float]:
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return cosine, sine, -sine, cosine


def _circle(page: pydyf.Stream, x: float, y: float, radius: float) -> None:
    _trace(page, lambda t: complex(x, y) + radius * exp(1j * t), 2 * math.pi, 8)
    page.close()


def _line(
    page: pydyf.Stream, start: tuple[float, float], *on: tuple[float, float]
) -> None:
    page.move_to(*start)
    for point in on:
        page.line_to(*point)
    page.stroke()


def _rectangle(page: pydyf.Stream, inset: float) -> None:
    page.rectangle(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset)
    page.stroke()


def _colour(page: pydyf.Stream, colour: str, *, stroke: bool = True) -> None:
    red, green, blue = (round(value / 255, 4) for value in bytes.fromhex(colour))
    page.set_color_rgb(red, green, blue, stroke=stroke)
