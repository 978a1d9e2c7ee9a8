"""Appeals as they are read: the appellant's own, and the open ones by those who work on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from register.account import Account
from register.appeal.appeal import Appeal
from register.kit.errors import NotFound
from register.process import ProcessText

PAGE = 50


@dataclass(frozen=True)
class AppealPage:
    rows: Sequence[Appeal]
    next: UUID | None


async def open_appeals(
    session: AsyncSession, reader: Account, *, after: UUID | None = None
) -> AppealPage:
    """The oldest first; nobody reads of their own here."""
    found = (
        _shown_to(reader)
        .where(Appeal.waiting)
        .order_by(Appeal.lodged_at, Appeal.id)
        .limit(PAGE + 1)
    )
    if after:
        last = select(Appeal.lodged_at, Appeal.id).where(Appeal.id == after)
        found = found.where(
            tuple_(Appeal.lodged_at, Appeal.id) > last.scalar_subquery()
        )
    rows = list(await session.scalars(found))
    return AppealPage(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


async def appeal_for(
    session: AsyncSession, reader: Account, appeal_id: UUID, *, lock: bool = False
) -> Appeal:
    """Raises NotFound."""
    return await _one(session, _shown_to(reader), appeal_id, lock=lock)


async def own_appeal(
    session: AsyncSession, account: Account, appeal_id: UUID, *, lock: bool = False
) -> Appeal:
    """Raises NotFound."""
    return await _one(session, _of(account), appeal_id, lock=lock)


async def own_appeals(session: AsyncSession, account: Account) -> Sequence[Appeal]:
    """The newest first."""
    found = await session.scalars(_of(account).order_by(Appeal.lodged_at.desc()))
    return found.all()


async def appeals_of(session: AsyncSession, application_id: UUID) -> Sequence[Appeal]:
    """Against a decision on an application, the newest first."""
    found = await session.scalars(
        select(Appeal)
        .where(Appeal.application_id == application_id)
        .order_by(Appeal.lodged_at.desc())
    )
    return found.all()


async def reasons_of(session: AsyncSession, appeal: Appeal) -> str:
    """Why it was decided or turned away so, as the appellant reads it; empty where it was not, or the words were erased."""
    if appeal.reasons_id is None:
        return ""
    text = await session.get(ProcessText, appeal.reasons_id)
    return text.words if text else ""


async def _one(
    session: AsyncSession, found: Select[Appeal], appeal_id: UUID, *, lock: bool
) -> Appeal:
    found = found.where(Appeal.id == appeal_id)
    if lock:
        found = found.with_for_update(of=Appeal).execution_options(
            populate_existing=True
        )
    appeal = await session.scalar(found)
    if appeal is None:
        raise NotFound
    return appeal


def _of(account: Account) -> Select[Appeal]:
    return (
        select(Appeal)
        .options(joinedload(Appeal.person))
        .where(Appeal.account_id == account.id)
    )


def _shown_to(reader: Account) -> Select[Appeal]:
    found = select(Appeal).options(
        joinedload(Appeal.person), joinedload(Appeal.application)
    )
    found = found.where(Appeal.account_id != reader.id)
    if reader.person_id:
        found = found.where(Appeal.person_id != reader.person_id)
    return found
