"""Parallel proceedings: what the police, a LADO, the DBS, Ofsted or an employer do about the same, as far as we know."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from fitness.case import Case, CaseEventKind, CaseText, Stage, say
from fitness.numbers import next_number
from register.kit.clock import day_of
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.kit.security.sealing import seal, unseal
from register.process import Process

TABLE, COLUMN = "proceeding", "sealed_contact"


class ProceedingKind(StrEnum):
    POLICE = "police"
    COURT = "court"
    LADO = "lado"
    DBS = "dbs"
    OFSTED = "ofsted"
    EMPLOYER = "employer"
    REGULATOR = "regulator"
    """Another one."""
    OTHER = "other"


class ProceedingState(StrEnum):
    EXPECTED = "expected"
    OPEN = "open"
    WAITING = "waiting"
    """For a charge, a trial, a hearing or a decision."""
    OVER = "over"


class ProceedingOver(Refused):
    def __init__(self) -> None:
        super().__init__("These proceedings are over already.")


class CheckedBefore(Refused):
    def __init__(self) -> None:
        super().__init__("The next day to ask how they stand must be after today.")


class Proceeding(Base):
    """How it stands now; what was heard of it each time stands in the history of the case."""

    __tablename__ = TABLE

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"))
    number: Mapped[int]
    kind: Mapped[ProceedingKind] = mapped_column(code(ProceedingKind, "kind"))
    state: Mapped[ProceedingState] = mapped_column(code(ProceedingState, "state"))
    opened_on: Mapped[date | None]
    """None where nobody has told us."""
    known_at: Mapped[datetime]
    sealed_contact: Mapped[bytes]
    check_on: Mapped[date | None]
    """The next day on which we ask how it stands; None once it is over."""
    ended_on: Mapped[date | None]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """What was heard of it last; once it is over, how it came out."""

    process: Mapped[Process] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint(
            "(state = 'over') = (ended_on is not null) and (ended_on is null) = (check_on is not null)",
            name="over",
        ),
        CheckConstraint("opened_on <= ended_on", name="order"),
    )

    @property
    def label(self) -> str:
        return f"P{self.number}"

    @property
    def contact(self) -> str:
        return unseal(
            self.sealed_contact, table=TABLE, column=COLUMN, row=str(self.id)
        ).decode()

    @classmethod
    async def log(
        cls,
        session: AsyncSession,
        case: Case,
        words: str,
        *,
        kind: ProceedingKind,
        state: ProceedingState,
        opened_on: date | None,
        contact: str,
        check_on: date,
        by: Process,
    ) -> Self:
        """That we know of it; raises NotNow, CheckedBefore, or ProceedingOver for what we need not watch."""
        case.must_be(Stage.INVESTIGATION)
        if state is ProceedingState.OVER:
            raise ProceedingOver
        if check_on <= day_of(by.at):
            raise CheckedBefore
        proceeding = cls(
            id=uuid4(),
            case_id=case.id,
            number=await next_number(session, cls.number, cls.case_id, case.id),
            kind=kind,
            state=state,
            opened_on=opened_on,
            known_at=by.at,
            check_on=check_on,
            process=by,
            text=say(session, case.id, words, by=by),
        )
        proceeding.sealed_contact = seal(
            contact.encode(), table=TABLE, column=COLUMN, row=str(proceeding.id)
        )
        session.add(proceeding)
        case.tell(
            session,
            CaseEventKind.PROCEEDING_LOGGED,
            by=by,
            proceeding=proceeding.label,
            of=kind,
        )
        return proceeding

    def hear(
        self,
        session: AsyncSession,
        case: Case,
        words: str,
        *,
        state: ProceedingState,
        check_on: date | None = None,
        ended_on: date | None = None,
        by: Process,
    ) -> None:
        """How it stands: over since a day, or to be asked after on another. Raises NotNow, ProceedingOver or CheckedBefore."""
        case.must_be(Stage.INVESTIGATION)
        if self.state is ProceedingState.OVER:
            raise ProceedingOver
        if check_on and check_on <= day_of(by.at):
            raise CheckedBefore
        self.state, self.check_on, self.ended_on = state, check_on, ended_on
        self.text = say(session, case.id, words, by=by)
        case.tell(
            session,
            CaseEventKind.PROCEEDING_HEARD,
            by=by,
            proceeding=self.label,
            state=state,
            text=self.text.id,
        )

    def check_due(self, today: date) -> bool:
        return self.check_on is not None and self.check_on <= today


async def proceedings_of(session: AsyncSession, case_id: UUID) -> Sequence[Proceeding]:
    found = await session.scalars(
        select(Proceeding)
        .where(Proceeding.case_id == case_id)
        .options(joinedload(Proceeding.text))
        .order_by(Proceeding.number)
    )
    return found.all()
