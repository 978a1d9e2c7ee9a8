"""Enquiries: what somebody with an account writes to us and what we answer, kept as one thread that both sides read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.sql.elements import ColumnElement

from register.account import Account
from register.kit import files
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.kit.files import StoredFile
from register.kit.post import post
from register.kit.security.sealing import seal, unseal
from register.kit.uploads import Received
from register.person import Person
from register.process import Process

TABLE, COLUMN = "enquiry_message", "sealed"


class EnquiryAct(StrEnum):
    WRITE = "enquiry:write"
    ANSWER = "enquiry:answer"
    SETTLE = "enquiry:settle"


class EnquiryEvent(StrEnum):
    WRITTEN = "enquiry:written"
    ANSWERED = "enquiry:answered"
    SETTLED = "enquiry:settled"


class EnquirySubject(StrEnum):
    APPLICATION = "application"
    REGISTRATION = "registration"
    DETAILS = "details"
    FEES = "fees"
    CERTIFICATE = "certificate"
    SERVICE = "service"
    OTHER = "other"


class EnquiryState(StrEnum):
    WAITING = "waiting"
    ANSWERED = "answered"
    READ = "read"
    """We have read it, and it needed no answer."""


class WrittenAlready(Refused):
    def __init__(self) -> None:
        super().__init__("You have sent us this message already. We will answer it.")


class NothingToAnswer(Refused):
    def __init__(self) -> None:
        super().__init__("Nothing in this thread waits for an answer.")


class Enquiry(Base):
    """A thread, begun by the owner of an account."""

    __tablename__ = "enquiry"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    subject: Mapped[EnquirySubject] = mapped_column(code(EnquirySubject))
    begun_at: Mapped[datetime]
    waiting_since: Mapped[datetime | None]
    """When the first message came of those that nobody has answered."""
    answered_at: Mapped[datetime | None]
    """When we last answered."""
    version: Mapped[int] = mapped_column(default=1)

    account: Mapped[Account] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        Index(
            "enquiry_waiting",
            "waiting_since",
            "id",
            postgresql_where="waiting_since is not null",
        ),
    )

    @classmethod
    async def begin(
        cls,
        session: AsyncSession,
        account: Account,
        subject: EnquirySubject,
        words: str,
        *,
        file: Received | None,
        by: Process,
    ) -> Self:
        """Raises WrittenAlready."""
        await _must_be_new(session, account.id, words)
        enquiry = cls(
            id=uuid4(), account_id=account.id, subject=subject, begun_at=by.at
        )
        session.add(enquiry)
        await session.flush()
        await enquiry._write(session, account, words, file=file, by=by)
        return enquiry

    async def add(
        self,
        session: AsyncSession,
        account: Account,
        words: str,
        *,
        file: Received | None,
        by: Process,
    ) -> None:
        """The owner of the account goes on; raises WrittenAlready."""
        await _must_be_new(session, account.id, words)
        await self._write(session, account, words, file=file, by=by)

    async def _write(
        self,
        session: AsyncSession,
        account: Account,
        words: str,
        *,
        file: Received | None,
        by: Process,
    ) -> None:
        message = EnquiryMessage.of(self, words, from_us=False, by=by)
        if file:
            stored = await files.keep(session, file, owner=account.id, now=by.at)
            message.file_id = stored.id
        session.add(message)
        self.waiting_since = self.waiting_since or by.at
        self._tell(EnquiryEvent.WRITTEN, account, by)

    @hybrid_property
    def waiting(self) -> bool:
        return self.waiting_since is not None

    @waiting.inplace.expression
    @classmethod
    def _waiting_in_sql(cls) -> ColumnElement[bool]:
        return cls.waiting_since.is_not(None)

    @property
    def state(self) -> EnquiryState:
        if self.waiting:
            return EnquiryState.WAITING
        return EnquiryState.ANSWERED if self.answered_at else EnquiryState.READ

    async def answer(self, session: AsyncSession, words: str, *, by: Process) -> None:
        """The person is told that an answer waits, not what it says. Raises NothingToAnswer."""
        self._end_wait()
        message = EnquiryMessage.of(self, words, from_us=True, by=by)
        session.add(message)
        self.answered_at = by.at
        account = await session.get_one(Account, self.account_id)
        self._tell(EnquiryEvent.ANSWERED, account, by)
        await post(
            session,
            to=account.email,
            letter="enquiry_answered",
            context={"enquiry": self},
            key=f"enquiry_answered:{message.id}",
            person_id=account.person_id,
            now=by.at,
        )

    async def settle(self, session: AsyncSession, *, by: Process) -> None:
        """It needs no answer; raises NothingToAnswer."""
        self._end_wait()
        account = await session.get_one(Account, self.account_id)
        self._tell(EnquiryEvent.SETTLED, account, by)

    def _end_wait(self) -> None:
        if not self.waiting:
            raise NothingToAnswer
        self.waiting_since = None

    def _tell(self, event: EnquiryEvent, account: Account, by: Process) -> None:
        by.tell(
            event, person_id=account.person_id, enquiry=self.id, subject=self.subject
        )


class EnquiryMessage(Base):
    """As it was sent: sealed, since people write of their health here too, and only added."""

    __tablename__ = TABLE

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    enquiry_id: Mapped[UUID] = mapped_column(ForeignKey("enquiry.id"), index=True)
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    from_us: Mapped[bool]
    sealed: Mapped[bytes]
    sent_at: Mapped[datetime]
    file_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("stored_file.id"), unique=True
    )

    process: Mapped[Process] = relationship(lazy="raise")
    file: Mapped[StoredFile | None] = relationship(lazy="raise")

    @classmethod
    def of(cls, enquiry: Enquiry, words: str, *, from_us: bool, by: Process) -> Self:
        message = cls(
            id=uuid4(),
            enquiry_id=enquiry.id,
            process=by,
            from_us=from_us,
            sent_at=by.at,
        )
        message.sealed = seal(
            words.encode(), table=TABLE, column=COLUMN, row=str(message.id)
        )
        return message

    @property
    def words(self) -> str:
        return unseal(
            self.sealed, table=TABLE, column=COLUMN, row=str(self.id)
        ).decode()


async def _must_be_new(session: AsyncSession, account_id: UUID, words: str) -> None:
    """The second of two clicks waits here for the first. Raises WrittenAlready."""
    await session.execute(
        select(Account.id)
        .where(Account.id == account_id)
        .with_for_update(key_share=True)
    )
    waiting = await session.scalars(
        select(EnquiryMessage)
        .join(Enquiry, EnquiryMessage.enquiry_id == Enquiry.id)
        .where(
            Enquiry.account_id == account_id,
            Enquiry.waiting,
            EnquiryMessage.sent_at >= Enquiry.waiting_since,
        )
    )
    if any(message.words == words for message in waiting):
        raise WrittenAlready


async def messages_of(
    session: AsyncSession, enquiry_id: UUID
) -> Sequence[EnquiryMessage]:
    """The oldest first."""
    found = await session.scalars(
        select(EnquiryMessage)
        .where(EnquiryMessage.enquiry_id == enquiry_id)
        .options(joinedload(EnquiryMessage.file))
        .order_by(EnquiryMessage.sent_at, EnquiryMessage.id)
    )
    return found.all()


async def own_enquiries(session: AsyncSession, account: Account) -> Sequence[Enquiry]:
    """The newest first."""
    found = await session.scalars(
        select(Enquiry)
        .where(Enquiry.account_id == account.id)
        .order_by(Enquiry.begun_at.desc(), Enquiry.id)
    )
    return found.all()


async def own_enquiry(
    session: AsyncSession, account: Account, enquiry_id: UUID, *, lock: bool = False
) -> Enquiry:
    """Raises NotFound for somebody else's."""
    found = select(Enquiry).where(
        Enquiry.account_id == account.id, Enquiry.id == enquiry_id
    )
    return await _one(session, found, lock=lock)


PAGE = 50


@dataclass(frozen=True)
class Written:
    """An enquiry, with who wrote it; somebody who has not applied has no record yet."""

    enquiry: Enquiry
    account: Account
    person: Person | None

    @property
    def name(self) -> str:
        return (self.person.name if self.person else "") or self.account.email


@dataclass(frozen=True)
class EnquiryPage:
    rows: Sequence[Written]
    next: UUID | None


async def enquiries_waiting(
    session: AsyncSession, reader: Account, *, after: UUID | None = None
) -> EnquiryPage:
    """What nobody has answered, the one that waits longest first."""
    since, id_ = Enquiry.waiting_since, Enquiry.id
    found = _shown_to(reader).where(Enquiry.waiting)
    if after:
        last = select(since, id_).where(id_ == after)
        found = found.where(tuple_(since, id_) > last.scalar_subquery())
    rows = await session.execute(found.order_by(since, id_).limit(PAGE + 1))
    shown = [Written(*row) for row in rows]
    onward = shown[PAGE - 1].enquiry.id if len(shown) > PAGE else None
    return EnquiryPage(shown[:PAGE], onward)


async def enquiries_of(
    session: AsyncSession, reader: Account, person_id: UUID
) -> list[Enquiry]:
    """All that somebody has written, for staff, the newest first."""
    found = _shown_to(reader).where(Account.person_id == person_id)
    rows = await session.execute(found.order_by(Enquiry.begun_at.desc(), Enquiry.id))
    return [Written(*row).enquiry for row in rows]


async def enquiry_for(
    session: AsyncSession, reader: Account, enquiry_id: UUID, *, lock: bool = False
) -> Written:
    """For staff; raises NotFound, and of their own."""
    found = _shown_to(reader).where(Enquiry.id == enquiry_id)
    if lock:
        found = found.with_for_update(of=Enquiry)
    row = (await session.execute(found)).one_or_none()
    if row is None:
        raise NotFound
    return Written(*row)


def _shown_to(reader: Account) -> Select[Enquiry, Account, Person]:
    return (
        select(Enquiry, Account, Person)
        .join(Enquiry.account)
        .outerjoin(Person, Account.person_id == Person.id)
        .where(Enquiry.account_id != reader.id)
    )


async def _one(session: AsyncSession, found: Select[Enquiry], *, lock: bool) -> Enquiry:
    if lock:
        found = found.with_for_update().execution_options(populate_existing=True)
    enquiry = await session.scalar(found)
    if enquiry is None:
        raise NotFound
    return enquiry
