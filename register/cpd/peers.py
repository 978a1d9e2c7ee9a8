"""A peer's or supervisor's reflection: asked of whoever the registrant names, by a link, and given once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column

from register.account import Account
from register.by_link import (
    WHY,
    Answer,
    Closed,
    LinkClosed,
    request_in,
    token_of,
)
from register.cpd.record import Lack, LearningRecord, With, record_of
from register.kit.clock import day_of
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.kit.post import post
from register.kit.security.sealing import seal, unseal
from register.process import Process
from register.request import Outcome, Request, RequestKind
from register.rule_set import Rules

TABLE, COLUMN = "learning_peer", "sealed"
ASKED, ANSWERED, NOT_GIVEN = (
    "reflection_asked",
    "reflection_given",
    "reflection_not_given",
)
KIND = RequestKind.REFLECTION
NEEDED = frozenset(Lack) - {Lack.REFLECTION, Lack.STANDARDS}
"""What somebody must know of learning before they can reflect on it."""


class CannotReflect(StrEnum):
    DOES_NOT_KNOW = "does_not_know"
    """The registrant, or this learning."""
    NO_TIME = "no_time"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    NOT_AS_DESCRIBED = "not_as_described"
    OTHER = "other"


class NotToldYet(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Say what the learning was, when it took place and what you learnt before you ask somebody to reflect on it."
        )


class NotWaiting(Refused):
    def __init__(self) -> None:
        super().__init__("We are not waiting for anything from this person any more.")


class AskedAlready(Refused):
    def __init__(self) -> None:
        super().__init__("This person has been asked about this learning already.")


class Named(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    email: str


class Reflected(msgspec.Struct, frozen=True, kw_only=True, tag="reflected"):
    words: str
    name: str
    job: str


class Declined(msgspec.Struct, frozen=True, kw_only=True, tag="declined"):
    because: CannotReflect


class LearningPeer(Base):
    """Whom a registrant names, as they were named."""

    __tablename__ = TABLE

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    record_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_record.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[With] = mapped_column(code(With))
    sealed: Mapped[bytes]
    named_at: Mapped[datetime]

    @classmethod
    def of(
        cls, record: LearningRecord, role: With, named: Named, *, by: Process
    ) -> Self:
        peer = cls(id=uuid4(), record_id=record.id, role=role, named_at=by.at)
        peer.sealed = seal(
            msgspec.json.encode(named), table=TABLE, column=COLUMN, row=str(peer.id)
        )
        return peer

    @property
    def named(self) -> Named:
        plain = unseal(self.sealed, table=TABLE, column=COLUMN, row=str(self.id))
        return msgspec.json.decode(plain, type=Named)


class Reflection(Answer):
    """The registrant reads it too: it is about their learning, not about them."""

    __tablename__ = "learning_reflection"

    @property
    def said(self) -> Reflected | Declined:
        said: Reflected | Declined = self._said(Reflected | Declined)
        return said


@dataclass(frozen=True)
class PeerAsked:
    """Somebody who was asked to reflect, with what came of it."""

    peer: LearningPeer
    request: Request
    reflection: Reflection | None

    @property
    def given(self) -> Reflected | None:
        said = self.reflection.said if self.reflection else None
        return said if isinstance(said, Reflected) else None

    @property
    def declined(self) -> Declined | None:
        said = self.reflection.said if self.reflection else None
        return said if isinstance(said, Declined) else None

    def before(self, record: LearningRecord) -> bool:
        """Whether the record was changed after they had reflected on it."""
        return (
            self.reflection is not None
            and self.reflection.received_at < record.written_at
        )


async def peers_of(session: AsyncSession, record_id: UUID) -> list[PeerAsked]:
    """In the order in which they were asked."""
    rows = await session.execute(
        select(LearningPeer, Request, Reflection)
        .join(Request, Request.about_id == LearningPeer.id)
        .outerjoin(Reflection, Reflection.request_id == Request.id)
        .where(LearningPeer.record_id == record_id, Request.kind == KIND)
        .order_by(Request.asked_at, Request.id)
    )
    return [PeerAsked(*row) for row in rows]


async def reflected_on(session: AsyncSession, record_ids: Sequence[UUID]) -> set[UUID]:
    """Of these records, on which somebody has reflected by a link."""
    found = await session.scalars(
        select(LearningPeer.record_id)
        .join(Request, Request.about_id == LearningPeer.id)
        .where(
            LearningPeer.record_id.in_(record_ids),
            Request.kind == KIND,
            Request.outcome == Outcome.RECEIVED,
        )
    )
    return set(found)


async def ask_peer(
    session: AsyncSession,
    record: LearningRecord,
    role: With,
    named: Named,
    *,
    rules: Rules,
    by: Process,
) -> Request:
    """Raises RecordFrozen, NotToldYet or AskedAlready. Whoever was asked before and has not answered is asked no more."""
    record.must_be_open()
    if NEEDED & set(record.lacks):
        raise NotToldYet
    for asked in await peers_of(session, record.id):
        if asked.peer.named.email.casefold() == named.email.casefold() and (
            asked.request.open or asked.given
        ):
            raise AskedAlready
        if asked.request.open:
            asked.request.replace(by=by)
    peer = LearningPeer.of(record, role, named, by=by)
    session.add(peer)
    await session.flush()
    request = await Request.ask(
        session,
        KIND,
        person_id=record.person_id,
        about_id=peer.id,
        items=[],
        due_on=day_of(by.at) + timedelta(days=rules.cpd_reflection_due_days),
        by=by,
    )
    await write_to_peer(session, request, peer, ASKED, by=by)
    return request


async def take_back(
    session: AsyncSession, record: LearningRecord, peer_id: UUID, *, by: Process
) -> None:
    """The registrant does not want an answer any more; raises NotWaiting or RecordFrozen."""
    record.must_be_open()
    for asked in await peers_of(session, record.id):
        if asked.peer.id == peer_id and asked.request.open:
            asked.request.waive(by=by)
            return
    raise NotWaiting


async def ask_no_more(
    session: AsyncSession, record_ids: Sequence[UUID], *, by: Process
) -> None:
    """Links for these records end: they are gone, or a renewal cites them as they are."""
    waiting = await session.scalars(
        select(Request)
        .join(LearningPeer, Request.about_id == LearningPeer.id)
        .where(
            LearningPeer.record_id.in_(record_ids), Request.kind == KIND, Request.open
        )
    )
    for request in waiting.all():
        request.waive(by=by)


async def forget_peers(session: AsyncSession, record_id: UUID) -> None:
    """Who was named and what they said; that somebody was asked stays, without a name."""
    requests = (
        select(Request.id)
        .join(LearningPeer, Request.about_id == LearningPeer.id)
        .where(LearningPeer.record_id == record_id, Request.kind == KIND)
    )
    await session.execute(delete(Reflection).where(Reflection.request_id.in_(requests)))
    await session.execute(
        delete(LearningPeer).where(LearningPeer.record_id == record_id)
    )


async def write_to_peer(
    session: AsyncSession,
    request: Request,
    peer: LearningPeer,
    letter: str,
    *,
    by: Process,
) -> None:
    """The letter names nobody: an address that was mistyped would tell a stranger who is registered."""
    await post(
        session,
        to=peer.named.email,
        letter=letter,
        context={"token": token_of(request), "due_on": request.due_on},
        key=f"{letter}:{request.id}",
        now=by.at,
    )


async def write_to_registrant(
    session: AsyncSession,
    person_id: UUID,
    letter: str,
    *,
    of: Any,
    now: datetime,
    **context: Any,
) -> None:
    """To whoever has an account, once for each `of`."""
    account = await session.scalar(
        select(Account).where(Account.person_id == person_id)
    )
    if account is None:
        return
    await post(
        session,
        to=account.email,
        letter=letter,
        context=context,
        key=f"{letter}:{of}",
        person_id=person_id,
        now=now,
    )


# Whoever holds the link


@dataclass(frozen=True)
class Invited:
    """A request as the holder of its link may know it."""

    request: Request
    peer: LearningPeer
    record: LearningRecord

    async def reflect(
        self, session: AsyncSession, said: Reflected, *, by: Process
    ) -> None:
        self.request.receive(by=by)
        await self._keep(session, said, ANSWERED, by=by)

    async def decline(
        self, session: AsyncSession, said: Declined, *, by: Process
    ) -> None:
        self.request.decline(because=said.because, by=by)
        await self._keep(session, said, NOT_GIVEN, by=by)

    async def _keep(
        self,
        session: AsyncSession,
        said: Reflected | Declined,
        letter: str,
        *,
        by: Process,
    ) -> None:
        await session.flush()
        session.add(Reflection.of(self.request, said, by=by))
        await write_to_registrant(
            session,
            self.record.person_id,
            letter,
            of=self.request.id,
            now=by.at,
            record_id=self.record.id,
        )


async def invited(
    session: AsyncSession, token: str, *, now: datetime, lock: bool = False
) -> Invited:
    """Raises NotFound for what we never signed, LinkClosed where nobody waits. `lock`: two clicks meet here."""
    request_id = request_in(KIND, token, now=now)
    request = await session.get(
        Request, request_id, populate_existing=True, with_for_update=lock or None
    )
    if request is None or request.kind is not KIND or request.about_id is None:
        raise NotFound
    if request.outcome:
        raise LinkClosed(WHY[request.outcome])
    peer = await session.get(LearningPeer, request.about_id)
    if peer is None:
        raise LinkClosed(Closed.NOT_NEEDED)
    record = await session.get_one(
        LearningRecord, peer.record_id, options=[joinedload(LearningRecord.person)]
    )
    return Invited(request, peer, record)


async def peer_asked(
    session: AsyncSession, person_id: UUID | None, record_id: UUID, peer_id: UUID
) -> tuple[LearningRecord, PeerAsked]:
    """Raises NotFound for what is not the person's own."""
    record = await record_of(session, person_id, record_id)
    for asked in await peers_of(session, record.id):
        if asked.peer.id == peer_id:
            return record, asked
    raise NotFound
