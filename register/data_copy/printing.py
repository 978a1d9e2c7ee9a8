"""The copy as a PDF that people read."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from register.data_copy.gathering import Shelf
from register.kit import paper
from register.kit.forms import written
from register.kit.pages import moment


def printed(shelves: Sequence[Shelf], *, made_at: datetime) -> bytes:
    """Characters that none of our faces has stand as their code points; the JSON holds them as they are."""
    html = paper.html_of(
        "register/data_copy/printed.html",
        made_at=made_at,
        shelves=shelves,
        lines=lines,
    )
    return paper.render(html)


def lines(record: dict[str, Any]) -> list[tuple[str, str]]:
    """What is told of a record, in words; what is in it and empty is left out."""
    return [
        (name.replace("_", " ").capitalize(), _words(value))
        for name, value in record.items()
        if value not in (None, "", [], {}) and name != "id"
    ]


def _words(value: Any) -> str:  # noqa: PLR0911 - a kind of value a line
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return str(moment(value))
    if isinstance(value, date):
        return written(value)
    if isinstance(value, StrEnum):
        return value.value.replace("_", " ").replace(":", ": ").capitalize()
    if isinstance(value, dict):
        return "; ".join(f"{name}: {said}" for name, said in lines(value))
    if isinstance(value, list | tuple):
        return " – ".join(map(_words, value))
    return str(value)
