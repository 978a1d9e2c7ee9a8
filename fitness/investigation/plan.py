"""The plan of an investigation: numbered steps, each with who takes it and until when."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from fitness.case import Case, CaseEventKind, CaseText, Stage, members, say
from fitness.numbers import next_number
from register.account import Account
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.process import Process


class StepEnd(StrEnum):
    DONE = "done"
    DROPPED = "dropped"
    """It is not needed after all."""


class NotOnThisCase(Refused):
    def __init__(self) -> None:
        super().__init__(
            "A step of the plan can only be given to somebody who works on the case."
        )


class StepEnded(Refused):
    def __init__(self) -> None:
        super().__init__("This step of the plan is done or dropped already.")


class PlanStep(Base):
    __tablename__ = "plan_step"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"))
    number: Mapped[int]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    """Who is to take it."""
    due_on: Mapped[date]
    ended_at: Mapped[datetime | None]
    ended_as: Mapped[StepEnd | None] = mapped_column(code(StepEnd, "ended_as"))
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )

    account: Mapped[Account] = relationship(lazy="raise")
    process: Mapped[Process] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("(ended_at is null) = (ended_as is null)", name="ended"),
    )

    @classmethod
    async def plan(
        cls,
        session: AsyncSession,
        case: Case,
        words: str,
        *,
        who: Account,
        due_on: date,
        by: Process,
    ) -> Self:
        """Raises NotNow or NotOnThisCase."""
        case.must_be(Stage.INVESTIGATION)
        if who.id not in {one.account_id for one in await members(session, case.id)}:
            raise NotOnThisCase
        step = cls(
            id=uuid4(),
            case_id=case.id,
            number=await next_number(session, cls.number, cls.case_id, case.id),
            account=who,
            due_on=due_on,
            process=by,
            text=say(session, case.id, words, by=by),
        )
        session.add(step)
        case.tell(session, CaseEventKind.STEP_PLANNED, by=by, step=step.number)
        return step

    def end(
        self, session: AsyncSession, case: Case, how: StepEnd, *, by: Process
    ) -> None:
        """Raises NotNow or StepEnded."""
        case.must_be(Stage.INVESTIGATION)
        if self.ended_at:
            raise StepEnded
        self.ended_at, self.ended_as = by.at, how
        case.tell(
            session, CaseEventKind.STEP_ENDED, by=by, step=self.number, outcome=how
        )

    def overdue(self, today: date) -> bool:
        return self.ended_at is None and self.due_on < today


async def plan_of(session: AsyncSession, case_id: UUID) -> Sequence[PlanStep]:
    """In the order of their numbers, with their words and who takes them."""
    found = await session.scalars(
        select(PlanStep)
        .where(PlanStep.case_id == case_id)
        .options(joinedload(PlanStep.text), joinedload(PlanStep.account))
        .order_by(PlanStep.number)
    )
    return found.all()
