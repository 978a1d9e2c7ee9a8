"""What we print: one frame for all and one style, to which the template of a paper adds its own.

Tagged PDF, and the same bytes for the same facts. A certificate has the frame and a style of its own.
"""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, Template

from register.kit.pages import environment
from register.kit.pdf import CannotPrint, Renderer

STYLE = Path(__file__).parent / "templates" / "paper.css"


def html_of(name: str, /, *, made_at: datetime, **known: Any) -> str:
    """A paper by the name of its template, which extends kit/paper.html; `made_at` is the document's own time."""
    return template(name).render(made_at=made_at.astimezone(UTC), **known)


def render(html: str) -> bytes:
    """Characters that none of our faces has stand as their code points."""
    try:
        return _renderer().render(html)
    except CannotPrint as refusal:
        codes = {ord(c): f"[U+{ord(c):04X}]" for c in refusal.characters}
        return _renderer().render(html.translate(codes))


def template(name: str) -> Template:
    """Also for the words that pages use: they are names of its module."""
    return _environment(name.partition("/")[0]).get_template(name)


@cache
def _environment(package: str) -> Environment:
    return environment(*{"register", package})


@cache
def _renderer() -> Renderer:
    return Renderer(STYLE.read_text("utf-8"))
