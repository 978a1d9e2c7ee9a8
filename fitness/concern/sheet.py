"""The sheet on which an employer sees whom they must tell, why, and when they did; nothing else that was told is on it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from fitness.concern.telling import ConcernDuty
from register.kit.pages import environment
from register.kit.pdf import CannotPrint, Renderer


def sheet_html(reference: str, rows: Sequence[ConcernDuty], *, now: datetime) -> str:
    """As it stood on the day on which it was printed."""
    template = _environment().get_template("fitness/concerns/papers/sheet.html")
    return str(
        template.render(
            reference=reference, rows=rows, now=now, made_at=now.astimezone(UTC)
        )
    )


def render(html: str) -> bytes:
    """Characters that none of our faces has stand as their code points."""
    try:
        return _renderer().render(html)
    except CannotPrint as refusal:
        codes = {ord(c): f"[U+{ord(c):04X}]" for c in refusal.characters}
        return _renderer().render(html.translate(codes))


@cache
def _environment() -> Any:
    return environment("register", "fitness")


@cache
def _renderer() -> Renderer:
    style = files("fitness").joinpath("templates/concerns/papers/printed.css")
    return Renderer(style.read_text("utf-8"))
