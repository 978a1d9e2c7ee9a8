"""A decision on paper: what its page says, as it stood when it was printed."""

from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from fitness.publication.public import Shown
from register.kit.pages import environment
from register.kit.pdf import CannotPrint, Renderer


def paper_html(shown: Shown, *, address: str, now: datetime) -> str:
    template = _environment().get_template("fitness/publications/papers/decision.html")
    return str(
        template.render(
            shown=shown,
            published=shown.published,
            address=address,
            now=now,
            made_at=now.astimezone(UTC),
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
    style = files("fitness").joinpath("templates/publications/papers/printed.css")
    return Renderer(style.read_text("utf-8"))
