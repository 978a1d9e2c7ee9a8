"""The evidence log: what was found, from whom, of which day, and whether the registrant may see it."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from fitness.case import Case, CaseEventKind, CaseText, Stage, say
from fitness.investigation.witness import Witness
from fitness.numbers import next_number
from register.kit import files
from register.kit.clock import day_of
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.kit.files import StoredFile
from register.kit.uploads import Received
from register.process import Process


class Source(StrEnum):
    """Who is outside the register and has to do with a case: whom evidence comes from, and who is asked for it."""

    EMPLOYER = "employer"
    REGISTRANT = "registrant"
    REFERRER = "referrer"
    """Whoever raised the concern."""
    WITNESS = "witness"
    POLICE = "police"
    LADO = "lado"
    OFSTED = "ofsted"
    DBS = "dbs"
    REGULATOR = "regulator"
    """Another one."""
    COURT = "court"
    EXPERT = "expert"
    OURSELVES = "ourselves"
    OTHER = "other"


class Level(StrEnum):
    OPEN = "open"
    """The registrant may see it once it is disclosed."""
    STAFF = "staff"
    SENSITIVE = "sensitive"
    """Of somebody's health, or of somebody else than the registrant."""


class Kept(StrEnum):
    """Why it is kept from the registrant."""

    HEALTH = "health"
    THIRD_PARTY = "third_party"
    CHILD = "child"
    """It would tell who a child is."""
    REFERRER = "referrer"
    """It would tell who raised the concern."""
    LEGAL_ADVICE = "legal_advice"
    POLICE = "police"
    """It would get in the way of what the police do."""
    NOT_RELEVANT = "not_relevant"

    @property
    def level(self) -> Level:
        sensitive = {Kept.HEALTH, Kept.THIRD_PARTY, Kept.CHILD, Kept.REFERRER}
        return Level.SENSITIVE if self in sensitive else Level.STAFF


class AfterItCame(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Evidence cannot be of a day after the one on which we received it, nor be received after today."
        )


class DisclosedAlready(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The registrant has been given this already, so it cannot be kept from them any more."
        )


class CaseEvidence(Base):
    """A file, or a thing that is described. What it is never changes; who may see it may."""

    __tablename__ = "case_evidence"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"))
    number: Mapped[int]
    source: Mapped[Source] = mapped_column(code(Source, "source"))
    witness_id: Mapped[UUID | None] = mapped_column(ForeignKey("witness.id"))
    dated_on: Mapped[date | None]
    """The day of which it tells; None where nobody knows."""
    received_on: Mapped[date]
    logged_at: Mapped[datetime]
    kept: Mapped[Kept | None] = mapped_column(code(Kept, "kept"))
    """None where it is open to the registrant."""
    file_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("stored_file.id"), unique=True
    )
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """What it is, in words that the registrant reads where it is disclosed."""

    witness: Mapped[Witness | None] = relationship(lazy="raise")
    file: Mapped[StoredFile | None] = relationship(lazy="raise")
    process: Mapped[Process] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("(source = 'witness') = (witness_id is not null)", name="said"),
        CheckConstraint("dated_on <= received_on", name="order"),
    )

    @property
    def label(self) -> str:
        return f"E{self.number}"

    @property
    def level(self) -> Level:
        return self.kept.level if self.kept else Level.OPEN

    @classmethod
    async def log(
        cls,
        session: AsyncSession,
        case: Case,
        words: str,
        *,
        source: Source,
        witness: Witness | None = None,
        dated_on: date | None,
        received_on: date,
        kept: Kept | None,
        file: Received | None = None,
        by: Process,
    ) -> Self:
        """A file counts towards what we keep for the case. Raises NotNow or AfterItCame."""
        case.must_be(Stage.INVESTIGATION)
        if received_on > day_of(by.at) or (dated_on or received_on) > received_on:
            raise AfterItCame
        stored = (
            await files.keep(session, file, owner=case.id, now=by.at) if file else None
        )
        item = cls(
            id=uuid4(),
            case_id=case.id,
            number=await next_number(session, cls.number, cls.case_id, case.id),
            source=source,
            witness=witness,
            dated_on=dated_on,
            received_on=received_on,
            logged_at=by.at,
            kept=kept,
            file=stored,
            process=by,
            text=say(session, case.id, words, by=by),
        )
        session.add(item)
        case.tell(
            session,
            CaseEventKind.EVIDENCE_LOGGED,
            by=by,
            evidence=item.label,
            level=item.level,
        )
        return item

    def keep(
        self,
        session: AsyncSession,
        case: Case,
        because: Kept | None,
        *,
        words: str,
        disclosed: bool,
        by: Process,
    ) -> None:
        """From the registrant, or no longer; raises NotNow or DisclosedAlready."""
        case.must_be(Stage.INVESTIGATION)
        if disclosed:
            raise DisclosedAlready
        self.kept = because
        case.tell(
            session,
            CaseEventKind.EVIDENCE_RESTRICTED,
            by=by,
            evidence=self.label,
            level=self.level,
            text=say(session, case.id, words, by=by).id,
        )


async def evidence_of(session: AsyncSession, case_id: UUID) -> Sequence[CaseEvidence]:
    """All that the reader may see, in the order of their numbers."""
    found = await session.scalars(
        select(CaseEvidence)
        .where(CaseEvidence.case_id == case_id)
        .options(
            joinedload(CaseEvidence.text),
            joinedload(CaseEvidence.file),
            joinedload(CaseEvidence.witness),
        )
        .order_by(CaseEvidence.number)
    )
    return found.all()


async def evidence_in(
    session: AsyncSession, case_id: UUID, number: int, *, lock: bool = False
) -> CaseEvidence:
    """Raises NotFound."""
    found = (
        select(CaseEvidence)
        .where(CaseEvidence.case_id == case_id, CaseEvidence.number == number)
        .options(joinedload(CaseEvidence.file))
    )
    item = await session.scalar(
        found.with_for_update(of=CaseEvidence) if lock else found
    )
    if item is None:
        raise NotFound
    return item
