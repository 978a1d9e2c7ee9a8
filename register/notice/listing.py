"""Notices as staff and those on whom they were served find them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, joinedload

from register.account import Account
from register.kit.errors import NotFound
from register.kit.security import codes
from register.notice.notice import CODE_LENGTH, WHOLE, Notice, hash_of
from register.proposal import Proposal
from register.request import Request

PAGE = 50


@dataclass(frozen=True)
class NoticePage:
    rows: Sequence[Notice]
    next: UUID | None


async def open_notices(
    session: AsyncSession, reader: Account, *, after: UUID | None = None
) -> NoticePage:
    """Those on which nothing is decided, the one with the earliest last day first."""
    found = (
        _shown_to(reader)
        .join(Notice.request)
        .options(
            contains_eager(Notice.request),
            joinedload(Notice.person),
            joinedload(Notice.message),
        )
        .where(Notice.open)
        .order_by(Request.due_on, Notice.id)
        .limit(PAGE + 1)
    )
    if after:
        last = (
            select(Request.due_on, Notice.id)
            .join(Notice.request)
            .where(Notice.id == after)
        )
        found = found.where(tuple_(Request.due_on, Notice.id) > last.scalar_subquery())
    rows = list(await session.scalars(found))
    return NoticePage(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


async def notice_for(
    session: AsyncSession, reader: Account, notice_id: UUID, *, lock: bool = False
) -> Notice:
    """For staff; raises NotFound, and of what is about the reader."""
    return await _one(session, _shown_to(reader).where(Notice.id == notice_id), lock)


async def own_notice(
    session: AsyncSession,
    person_id: UUID | None,
    notice_id: UUID,
    *,
    lock: bool = False,
) -> Notice:
    """For whom it was served on; raises NotFound."""
    found = select(Notice).where(Notice.person_id == person_id, Notice.id == notice_id)
    return await _one(session, found, lock)


async def own_notices(session: AsyncSession, person_id: UUID) -> Sequence[Notice]:
    """The newest first."""
    found = await session.scalars(
        select(Notice)
        .where(Notice.person_id == person_id)
        .options(*WHOLE)
        .order_by(Notice.sent_at.desc(), Notice.id)
    )
    return found.all()


async def notice_by_code(
    session: AsyncSession, typed: str, *, lock: bool = False
) -> Notice:
    """For whoever holds the letter; raises NotFound, and NoticeEnded once it is decided."""
    code = codes.read(typed, CODE_LENGTH)
    if code is None:
        raise NotFound
    found = select(Notice).where(Notice.code_hash == hash_of(code))
    notice = await _one(session, found, lock)
    notice.must_be_open()
    return notice


async def not_served(session: AsyncSession, officer: Account) -> Sequence[Notice]:
    """Those that the officer proposed and that did not arrive."""
    found = await session.scalars(
        astray(officer)
        .join(Notice.proposal)
        .where(Proposal.proposer_id == officer.id)
        .options(joinedload(Notice.person))
        .order_by(Notice.sent_at, Notice.id)
        .limit(PAGE)
    )
    return found.all()


def astray(reader: Account) -> Select[Notice]:
    """Notices that did not arrive, and so wait to be served again."""
    return _shown_to(reader).where(Notice.open, Notice.not_served)


def _shown_to(reader: Account) -> Select[Notice]:
    found = select(Notice)
    if reader.person_id:
        found = found.where(Notice.person_id != reader.person_id)
    return found


async def _one(session: AsyncSession, found: Select[Notice], lock: bool) -> Notice:
    notice: Notice | None = await session.scalar(found.options(*WHOLE))
    if notice is None:
        raise NotFound
    if lock:
        # Only these columns: the facts of its entry, which may be loaded already, stay as they are.
        await session.refresh(
            notice,
            ["outcome", "ended_at", "code_hash", "message_id", "version"],
            with_for_update=True,
        )
        await session.refresh(notice.request)
    return notice
