"""The watch list as those may see it who may; each reading is written down, and nobody reads of themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from register.account import Account, StaffRole
from register.application import Application, ApplicationState
from register.kit.errors import NotFound
from register.matching import WatchAct, WatchEvent, WatchHit, WatchItem
from register.process import Process

READ_WATCH_LIST = frozenset(
    {StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR, StaffRole.AUDITOR}
)
PAGE = 50


@dataclass(frozen=True)
class WatchPage:
    hits: Sequence[WatchHit]
    """Those that wait for somebody to look, on the first page only."""
    items: Sequence[WatchItem]
    next: UUID | None


async def watch_page(
    session: AsyncSession, reader: Account, *, after: UUID | None = None, now: datetime
) -> WatchPage:
    """A page of those on the list, by name."""
    _read(session, reader, now=now)
    lines = select(WatchItem).where(WatchItem.current)
    if after:
        last = select(WatchItem.name_key, WatchItem.id).where(WatchItem.id == after)
        lines = lines.where(
            tuple_(WatchItem.name_key, WatchItem.id) > last.scalar_subquery()
        )
    found = await session.scalars(
        lines.order_by(WatchItem.name_key, WatchItem.id).limit(PAGE + 1)
    )
    items = list(found)
    hits = (
        [] if after else await _hits(session, reader, WatchHit.dismissed_at.is_(None))
    )
    return WatchPage(
        hits, items[:PAGE], items[PAGE - 1].id if len(items) > PAGE else None
    )


async def item_for(
    session: AsyncSession, reader: Account, item_id: UUID, *, now: datetime
) -> WatchItem:
    """Raises NotFound."""
    item = await session.get(WatchItem, item_id)
    if not item:
        raise NotFound
    _read(session, reader, now=now, item=item.id)
    return item


async def hit_for(
    session: AsyncSession, reader: Account, hit_id: UUID, *, now: datetime
) -> WatchHit:
    """Raises NotFound, for who is the one that was found too."""
    found = await _hits(session, reader, WatchHit.id == hit_id)
    if not found:
        raise NotFound
    _read(session, reader, now=now, hit=hit_id)
    return found[0]


async def hits_shown(
    session: AsyncSession, reader: Account, person_id: UUID, *, now: datetime
) -> Sequence[WatchHit]:
    """What the watch list says of somebody, on pages that others read too: for them there is never anything."""
    if not reader.roles & READ_WATCH_LIST:
        return []
    found = await _hits(
        session, reader, and_(WatchHit.person_id == person_id, WatchHit.open)
    )
    for hit in found:
        _read(session, reader, now=now, hit=hit.id)
    return found


async def held_back(session: AsyncSession, person_id: UUID) -> Sequence[str]:
    """Which applications of theirs are paid for, and wait until what the list says is settled."""
    found = await session.scalars(
        select(Application.reference).where(
            Application.person_id == person_id,
            Application.state == ApplicationState.PAID,
        )
    )
    return found.all()


def _read(
    session: AsyncSession, reader: Account, *, now: datetime, **what: UUID
) -> None:
    """The one place at which the list is opened: it lets in or raises NotFound, and writes it down."""
    if not reader.roles & READ_WATCH_LIST:
        raise NotFound
    by = Process.begin(session, WatchAct.READ, now=now, actor=reader)
    by.tell(WatchEvent.WAS_READ, **what)


async def _hits(
    session: AsyncSession, reader: Account, wanted: ColumnElement[bool]
) -> Sequence[WatchHit]:
    found: Select[WatchHit] = (
        select(WatchHit)
        .options(
            joinedload(WatchHit.person),
            joinedload(WatchHit.item),
            joinedload(WatchHit.removed),
        )
        .where(wanted, hits_of_others(reader))
        .order_by(WatchHit.points.desc(), WatchHit.found_at, WatchHit.id)
        .limit(PAGE)
    )
    return (await session.scalars(found)).all()


def hits_of_others(reader: Account) -> ColumnElement[bool]:
    if reader.person_id is None:
        return true()
    return and_(
        WatchHit.person_id != reader.person_id,
        or_(WatchHit.removed_id.is_(None), WatchHit.removed_id != reader.person_id),
    )
