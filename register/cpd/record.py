"""A record of learning: what it was, what was learnt and what children have of it; changed freely until a renewal cites it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Text,
    delete,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.sql.elements import ColumnElement

from register.cpd.acts import LearningEvent
from register.cpd.alike import NEARLY, percent_alike, sketch_of
from register.kit import files
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.kit.files import StoredFile
from register.kit.security.sealing import seal, unseal
from register.kit.uploads import Received
from register.person import Person
from register.process import Process

TABLE, COLUMN = "learning_record", "sealed"
COMPARED = 50
"""Records that share most with a new one, and so are compared with it."""


class LearningKind(StrEnum):
    COURSE = "course"
    QUALIFICATION = "qualification"
    CONFERENCE = "conference"
    READING = "reading"
    SUPERVISION = "supervision"
    SHADOWING = "shadowing"
    PRACTICE = "practice"
    """Learning from one's own work, or from something that happened."""
    TEACHING = "teaching"
    OTHER = "other"


class With(StrEnum):
    """With whom learning was talked over, or who is asked to reflect on it."""

    PEER = "peer"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    MENTOR = "mentor"


class Lack(StrEnum):
    """What a record still needs before it counts."""

    KINDS = "kinds"
    DAYS = "days"
    LEARNT = "learnt"
    REFLECTION = "reflection"
    STANDARDS = "standards"


class RecordFrozen(Refused):
    def __init__(self) -> None:
        super().__init__(
            "You have renewed with this record, so it cannot be changed any more."
        )


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """As the registrant wrote it."""

    title: str
    learnt: str = ""
    impact: str = ""
    """On children, where there is any."""
    reflection: str = ""
    discussed: str = ""
    """What came of talking it over."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """All that a record says."""

    words: Words
    kinds: tuple[LearningKind, ...] = ()
    first_on: date | None = None
    last_on: date | None = None
    standards: tuple[str, ...] = ()
    """Codes of the rules."""
    safeguarding: bool = False
    leadership: bool = False
    discussed_with: With | None = None
    discussed_on: date | None = None

    @property
    def lacks(self) -> list[Lack]:
        there = {
            Lack.KINDS: bool(self.kinds),
            Lack.DAYS: self.first_on is not None,
            Lack.LEARNT: bool(self.words.learnt),
            Lack.REFLECTION: bool(self.words.reflection),
            Lack.STANDARDS: bool(self.standards),
        }
        return [lack for lack, is_there in there.items() if not is_there]


class LearningRecord(Base):
    __tablename__ = TABLE

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    year_end: Mapped[date]
    """The last day of the registration year in which its last day falls."""
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    first_on: Mapped[date | None]
    last_on: Mapped[date | None]
    standards: Mapped[list[str]] = mapped_column(ARRAY(Text))
    safeguarding: Mapped[bool]
    leadership: Mapped[bool]
    discussed_with: Mapped[With | None] = mapped_column(code(With))
    discussed_on: Mapped[date | None]
    sealed: Mapped[bytes]
    """Its words: people write of their work with children."""
    complete: Mapped[bool]
    sketch: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    """By which texts that are nearly the same are noticed; empty until it is complete."""
    begun_at: Mapped[datetime]
    written_at: Mapped[datetime]
    frozen_at: Mapped[datetime | None]
    """When a renewal was finished that cites it."""
    version: Mapped[int] = mapped_column(default=1)

    person: Mapped[Person] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("first_on <= last_on", name="days"),
        CheckConstraint(
            "(first_on is null) = (last_on is null) and last_on <= year_end",
            name="year",
        ),
        CheckConstraint("frozen_at is null or complete", name="frozen"),
        CheckConstraint(
            "(discussed_with is null) = (discussed_on is null)", name="discussed"
        ),
        Index(None, "person_id", "year_end"),
        Index("learning_record_sketch", "sketch", postgresql_using="gin"),
        Index("learning_record_year_ix", "year_end", "id"),
    )

    @classmethod
    async def begin(
        cls,
        session: AsyncSession,
        person_id: UUID,
        told: Told,
        *,
        year_end: date,
        by: Process,
    ) -> Self:
        record = cls(id=uuid4(), person_id=person_id, begun_at=by.at)
        record._take(told, year_end, by)
        session.add(record)
        await session.flush()
        await notice_alike(session, record, now=by.at)
        return record

    async def write(
        self, session: AsyncSession, told: Told, *, year_end: date, by: Process
    ) -> None:
        """Raises RecordFrozen. What changes nothing writes nothing."""
        self.must_be_open()
        if told == self.told and year_end == self.year_end:
            return
        self._take(told, year_end, by)
        await session.flush()
        await notice_alike(session, self, now=by.at)

    def _take(self, told: Told, year_end: date, by: Process) -> None:
        self.year_end = year_end
        self.kinds, self.standards = list(told.kinds), list(told.standards)
        self.first_on, self.last_on = told.first_on, told.last_on
        self.safeguarding, self.leadership = told.safeguarding, told.leadership
        self.discussed_with, self.discussed_on = told.discussed_with, told.discussed_on
        self.complete = not told.lacks
        self.sketch = sketch_of(_compared(told.words)) if self.complete else []
        self.written_at = by.at
        self.sealed = seal(
            msgspec.json.encode(told.words),
            table=TABLE,
            column=COLUMN,
            row=str(self.id),
        )
        by.tell(
            LearningEvent.WRITTEN,
            person_id=self.person_id,
            record=self.id,
            complete=self.complete,
        )

    async def remove(self, session: AsyncSession, *, by: Process) -> None:
        """With all that was sent with it or said of it, whose requests have ended; raises RecordFrozen."""
        self.must_be_open()
        by.tell(LearningEvent.REMOVED, person_id=self.person_id, record=self.id)
        await self.forget(session)

    async def forget(self, session: AsyncSession) -> None:
        for sent in await documents_of(session, self.id):
            await session.delete(sent)
            await session.flush()
            await files.forget(session, sent.file)
        await session.delete(self)
        await session.flush()

    def freeze(self, *, by: Process) -> None:
        self.frozen_at = self.frozen_at or by.at

    def must_be_open(self) -> None:
        if self.frozen:
            raise RecordFrozen

    @hybrid_property
    def frozen(self) -> bool:
        return self.frozen_at is not None

    @frozen.inplace.expression
    @classmethod
    def _frozen_in_sql(cls) -> ColumnElement[bool]:
        return cls.frozen_at.is_not(None)

    @property
    def words(self) -> Words:
        plain = unseal(self.sealed, table=TABLE, column=COLUMN, row=str(self.id))
        return msgspec.json.decode(plain, type=Words)

    @property
    def told(self) -> Told:
        return Told(
            words=self.words,
            kinds=tuple(LearningKind(kind) for kind in self.kinds),
            first_on=self.first_on,
            last_on=self.last_on,
            standards=tuple(self.standards),
            safeguarding=self.safeguarding,
            leadership=self.leadership,
            discussed_with=self.discussed_with,
            discussed_on=self.discussed_on,
        )

    @property
    def lacks(self) -> list[Lack]:
        return self.told.lacks


def _compared(words: Words) -> str:
    """What is one's own: several people may go to one course, and call it the same."""
    return f"{words.learnt} {words.impact} {words.reflection}"


async def record_of(
    session: AsyncSession,
    person_id: UUID | None,
    record_id: UUID,
    *,
    lock: bool = False,
) -> LearningRecord:
    """One of somebody's own; raises NotFound."""
    found = (
        select(LearningRecord)
        .where(LearningRecord.id == record_id)
        .options(joinedload(LearningRecord.person))
    )
    if lock:
        found = found.with_for_update(of=LearningRecord).execution_options(
            populate_existing=True
        )
    record = await session.scalar(found)
    if record is None or record.person_id != person_id:
        raise NotFound
    return record


async def records_of(
    session: AsyncSession, person_id: UUID
) -> Sequence[LearningRecord]:
    """The latest year first, and in a year the latest learning; what has no day yet comes before."""
    found = await session.scalars(
        select(LearningRecord)
        .where(LearningRecord.person_id == person_id)
        .order_by(
            LearningRecord.year_end.desc(),
            LearningRecord.last_on.desc().nulls_first(),
            LearningRecord.begun_at.desc(),
            LearningRecord.id,
        )
    )
    return found.all()


# Documents


class LearningDocument(Base):
    """What shows that it took place, such as a certificate."""

    __tablename__ = "learning_document"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    record_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_record.id"), index=True
    )
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    added_at: Mapped[datetime]

    file: Mapped[StoredFile] = relationship(lazy="raise")


async def documents_of(
    session: AsyncSession, record_id: UUID
) -> Sequence[LearningDocument]:
    """The newest first."""
    found = await session.scalars(
        select(LearningDocument)
        .where(LearningDocument.record_id == record_id)
        .options(joinedload(LearningDocument.file))
        .order_by(LearningDocument.added_at.desc(), LearningDocument.id)
    )
    return found.all()


async def document_of(
    session: AsyncSession, record_id: UUID, document_id: UUID
) -> LearningDocument:
    """Raises NotFound."""
    for sent in await documents_of(session, record_id):
        if sent.id == document_id:
            return sent
    raise NotFound


async def attach(
    session: AsyncSession,
    record: LearningRecord,
    received: Received,
    *,
    owner: UUID,
    by: Process,
) -> None:
    """Raises RecordFrozen."""
    record.must_be_open()
    stored = await files.keep(session, received, owner=owner, now=by.at)
    sent = LearningDocument(
        id=uuid4(), record_id=record.id, file_id=stored.id, added_at=by.at
    )
    session.add(sent)
    by.tell(
        LearningEvent.DOCUMENT_SENT,
        person_id=record.person_id,
        record=record.id,
        document=sent.id,
    )


async def detach(
    session: AsyncSession,
    record: LearningRecord,
    document: LearningDocument,
    *,
    by: Process,
) -> None:
    """Raises RecordFrozen."""
    record.must_be_open()
    by.tell(
        LearningEvent.DOCUMENT_REMOVED,
        person_id=record.person_id,
        record=record.id,
        document=document.id,
    )
    await session.delete(document)
    await session.flush()
    await files.forget(session, document.file)


# Texts that are nearly the same


class LearningAlike(Base):
    """Two records of which one may be copied from the other, or from where the other was."""

    __tablename__ = "learning_alike"

    record_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_record.id", ondelete="CASCADE"), primary_key=True
    )
    """The one that was written later."""
    other_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_record.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
    )
    percent: Mapped[int]
    noticed_at: Mapped[datetime]

    record: Mapped[LearningRecord] = relationship(lazy="raise", foreign_keys=record_id)
    other: Mapped[LearningRecord] = relationship(lazy="raise", foreign_keys=other_id)

    __table_args__ = (
        CheckConstraint("record_id <> other_id", name="two"),
        CheckConstraint("percent between 1 and 100", name="percent"),
        Index("learning_alike_latest", "noticed_at", "record_id"),
    )


async def notice_alike(
    session: AsyncSession, record: LearningRecord, *, now: datetime
) -> None:
    """Of everybody's records, which say nearly the same as this one says now."""
    await session.execute(
        delete(LearningAlike).where(
            (LearningAlike.record_id == record.id)
            | (LearningAlike.other_id == record.id)
        )
    )
    if not record.sketch:
        return
    one = func.unnest(LearningRecord.sketch).column_valued("one")
    shared = select(func.count(one)).where(one.in_(record.sketch))
    others = await session.execute(
        select(LearningRecord.id, LearningRecord.sketch)
        .where(
            LearningRecord.id != record.id,
            LearningRecord.sketch.overlap(array(record.sketch, type_=BigInteger)),
        )
        .order_by(
            shared.correlate(LearningRecord).scalar_subquery().desc(), LearningRecord.id
        )
        .limit(COMPARED)
    )
    for other_id, sketch in others.all():
        percent = percent_alike(record.sketch, sketch)
        if percent >= NEARLY:
            session.add(
                LearningAlike(
                    record_id=record.id,
                    other_id=other_id,
                    percent=percent,
                    noticed_at=now,
                )
            )
    await session.flush()


@dataclass(frozen=True)
class Likeness:
    """As seen from one of the two records."""

    other: LearningRecord
    percent: int


async def alike(session: AsyncSession, record: LearningRecord) -> list[Likeness]:
    """What is nearly the same, the most alike first; whose it is the caller looks at before showing it."""
    rows = await session.scalars(
        select(LearningAlike)
        .where(
            (LearningAlike.record_id == record.id)
            | (LearningAlike.other_id == record.id)
        )
        .options(
            joinedload(LearningAlike.record).joinedload(LearningRecord.person),
            joinedload(LearningAlike.other).joinedload(LearningRecord.person),
        )
        .order_by(LearningAlike.percent.desc(), LearningAlike.noticed_at)
    )
    return [
        Likeness(row.other if row.record_id == record.id else row.record, row.percent)
        for row in rows
    ]
