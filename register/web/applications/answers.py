"""What an applicant told us in a section, as rows and groups of rows, beside what they told us before."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from register.application.answers import Answers
from register.employment import Home

NOTHING: tuple[Any, ...] = (None, "", [])
NO_NONE = ("none", False)
"""Whoever lists something need not be told to have not said "none"."""
KEPT_FOR_US = frozenset({"id", "home_id", "accepted_id", "outcomes"})


@dataclass(frozen=True)
class Row:
    name: str
    value: Any
    changed: bool = False
    was: Any = None


@dataclass(frozen=True)
class Group:
    """One of several: a post, a qualification."""

    rows: list[Row]
    home_id: UUID | None = None
    new: bool = False


@dataclass(frozen=True)
class Told:
    rows: list[Row]
    groups: list[Group]
    gone: int = 0
    """How many of the several are not there any more."""
    home_id: UUID | None = None


def told(answers: Answers, before: Answers | None = None) -> Told:
    """The answers, each with what it was where the applicant has changed it."""
    several = [name for name in _names(answers) if _is_several(answers, name)]
    now = [item for name in several for item in getattr(answers, name)]
    earlier = [item for name in several for item in getattr(before, name, ())]
    keys = {_key(item) for item in now}
    return Told(
        rows=_rows(answers, before, leaving_out=several),
        groups=[_group(item, earlier, compared=before is not None) for item in now],
        gone=sum(_key(item) not in keys for item in earlier),
        home_id=getattr(answers, "home_id", None),
    )


def _group(
    item: msgspec.Struct, earlier: Iterable[msgspec.Struct], *, compared: bool
) -> Group:
    same = next((old for old in earlier if _key(old) == _key(item)), None)
    return Group(
        rows=_rows(item, same),
        home_id=getattr(item, "home_id", None),
        new=compared and same is None,
    )


def _rows(
    told: msgspec.Struct, before: Any, *, leaving_out: Iterable[str] = ()
) -> list[Row]:
    rows = []
    for name in _names(told):
        if name in KEPT_FOR_US or name in leaving_out:
            continue
        value, was = getattr(told, name), getattr(before, name, None)
        changed = before is not None and value != was
        if changed or (value not in NOTHING and (name, value) != NO_NONE):
            rows.append(Row(name, value, changed, was))
    return rows


def _names(told: msgspec.Struct) -> tuple[str, ...]:
    return told.__struct_fields__


def _is_several(told: msgspec.Struct, name: str) -> bool:
    value = getattr(told, name)
    return name in {"items", "gaps"} and isinstance(value, list)


def _key(item: Any) -> Any:
    """A gap has no id: it is the one that began that day."""
    return getattr(item, "id", None) or getattr(item, "since", None)


async def homes_of(session: AsyncSession, shown: Told) -> dict[UUID, Home]:
    """The homes that were looked up for what is shown."""
    ids = {shown.home_id, *(group.home_id for group in shown.groups)} - {None}
    if not ids:
        return {}
    found = await session.scalars(
        select(Home).options(joinedload(Home.provider)).where(Home.id.in_(ids))
    )
    return {home.id: home for home in found}
