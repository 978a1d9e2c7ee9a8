"""Concerns as staff have them: the queue by what is due, one at a time, and who has read which."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from fitness.concern.concern import Concern
from fitness.concern.state import ConcernState
from fitness.fence import Capacity, look_as
from fitness.notice_template import NoticeKind
from register.account import Account
from register.assessment import people
from register.kit.clock import months_after
from register.kit.db import Base, code
from register.kit.errors import NotFound
from register.kit.jobs import every
from register.kit.post import Message, MessageState
from register.person import Person, survivor, with_merged

PAGE = 50
NEVER = date.max
OPEN = [state for state in ConcernState if state.open]


class What(StrEnum):
    """Of a concern, was read."""

    CONCERN = "concern"
    DOCUMENT = "document"


class ConcernRead(Base):
    """Only added."""

    __tablename__ = "concern_read"
    __table_args__ = (Index("concern_read_concern_id_id_ix", "concern_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    concern_id: Mapped[UUID] = mapped_column(ForeignKey("concern.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    what: Mapped[What] = mapped_column(code(What, "what"))
    at: Mapped[datetime]

    account: Mapped[Account] = relationship(lazy="raise")


@dataclass(frozen=True)
class QueuePage:
    rows: Sequence[Concern]
    next: UUID | None


async def queue(
    session: AsyncSession, reader: Account, *, after: UUID | None = None
) -> QueuePage:
    """What is due first stands first; what has no day comes last, the oldest first."""
    await look_as(session, Capacity.STAFF, reader.id)
    due = func.coalesce(Concern.due_on, NEVER)
    key = (due, Concern.sent_at, Concern.id)
    found = select(Concern).where(Concern.state.in_(OPEN))
    if after:
        last = select(*key).where(Concern.id == after)
        found = found.where(tuple_(*key) > last.scalar_subquery())
    rows = list(await session.scalars(found.order_by(*key).limit(PAGE + 1)))
    return QueuePage(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


async def settled(
    session: AsyncSession, reader: Account, *, after: UUID | None = None
) -> QueuePage:
    """What intake is done with, the latest first."""
    await look_as(session, Capacity.STAFF, reader.id)
    key = (Concern.settled_at, Concern.id)
    found = select(Concern).where(Concern.settled_at.is_not(None))
    if after:
        last = select(*key).where(Concern.id == after)
        found = found.where(tuple_(*key) < last.scalar_subquery())
    newest = (column.desc() for column in key)
    rows = list(await session.scalars(found.order_by(*newest).limit(PAGE + 1)))
    return QueuePage(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


async def concern_for(
    session: AsyncSession, reader: Account, reference: str, *, lock: bool = False
) -> Concern:
    """Raises NotFound, and of what is about the reader."""
    await look_as(session, Capacity.STAFF, reader.id)
    found = select(Concern).where(
        Concern.reference == reference, Concern.state != ConcernState.DRAFT
    )
    if lock:
        found = found.with_for_update().execution_options(populate_existing=True)
    concern = await session.scalar(found)
    if concern is None:
        raise NotFound
    return concern


def note_reading(
    session: AsyncSession,
    concern: Concern,
    reader: Account,
    *,
    now: datetime,
    what: What = What.CONCERN,
) -> None:
    session.add(
        ConcernRead(concern_id=concern.id, account_id=reader.id, what=what, at=now)
    )


async def readings_of(session: AsyncSession, concern: Concern) -> list[ConcernRead]:
    """The latest first."""
    found = await session.scalars(
        select(ConcernRead)
        .where(ConcernRead.concern_id == concern.id)
        .options(joinedload(ConcernRead.account))
        .order_by(ConcernRead.id.desc())
        .limit(PAGE)
    )
    return list(found)


async def who_may_be_meant(
    session: AsyncSession, reader: Account, typed: str
) -> list[Person]:
    """Whoever is or was on the register and is called so, or has that number; also where the register does not show them."""
    found = (await people(session, reader, typed=typed)).rows
    ids = {await survivor(session, person.id) for person in found if person.number}
    own = await _own_persons(session, reader)
    rows = select(Person).where(Person.id.in_(ids), Person.id.not_in(own))
    return list(await session.scalars(rows.order_by(Person.name_key, Person.id)))


async def person_meant(session: AsyncSession, reader: Account, number: str) -> Person:
    """Raises NotFound for a number that is nobody's, and for the reader's own."""
    found = await session.scalar(select(Person).where(Person.number == number))
    if found is None or found.id in await _own_persons(session, reader):
        raise NotFound
    return await session.get_one(Person, await survivor(session, found.id))


async def _own_persons(session: AsyncSession, reader: Account) -> list[UUID]:
    """Whoever the reader is, and was before a merge."""
    if reader.person_id is None:
        return []
    return await with_merged(session, await survivor(session, reader.person_id))


async def unreached(session: AsyncSession, concern: Concern) -> set[str]:
    """Which of its letters did not arrive."""
    kinds = {
        NoticeKind.CONCERN_ACKNOWLEDGED: "acknowledged",
        NoticeKind.CONCERN_SIGNPOSTED: "signposted",
    }
    keys = {concern.key_of(kind): name for kind, name in kinds.items()}
    failed = await session.scalars(
        select(Message.key).where(
            Message.key.in_(keys), Message.state == MessageState.FAILED
        )
    )
    return {keys[key] for key in failed}


@every(hours=1)
async def take_back_what_did_not_arrive(session: AsyncSession, _: datetime) -> None:
    """An acknowledgement that left by itself and came to nobody is owed again, unless one of us has made up for it."""
    await look_as(session, Capacity.SERVICE)
    lost = select(Message.key).where(
        Message.state == MessageState.FAILED,
        Message.key.startswith(Concern.KEY_OF_ACKNOWLEDGEMENT),
    )
    own_key = func.concat(Concern.KEY_OF_ACKNOWLEDGEMENT, Concern.id)
    owed = await session.scalars(
        select(Concern)
        .where(
            Concern.state.in_(OPEN),
            Concern.acknowledged_at == Concern.sent_at,
            own_key.in_(lost),
        )
        .with_for_update(skip_locked=True)
    )
    for concern in owed:
        concern.acknowledged_at = None


def is_old(last_on: date | None, *, today: date, months: int) -> bool:
    """Whether what happened lies further back than the rules look without a public interest."""
    return last_on is not None and months_after(last_on, months) < today
