"""Whom else an employer has told, and when: a row a body, which they keep, print and send with their concern."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from fitness.concern.referral import Because, Duty, duties
from fitness.concern.state import Body
from fitness.concern.told import Answers, facts_in
from register.kit.db import Base, code
from register.kit.security.sealing import seal, unseal


@dataclass(frozen=True)
class ToldTo:
    """On which day, and whom there or under which number of theirs."""

    on: date
    whom: str = ""


class ConcernDuty(Base):
    """A body that must be told, why, and whether it was."""

    __tablename__ = "concern_duty"

    concern_id: Mapped[UUID] = mapped_column(
        ForeignKey("concern.id", ondelete="CASCADE"), primary_key=True
    )
    body: Mapped[Body] = mapped_column(code(Body, "body"), primary_key=True)
    because: Mapped[list[Any]]
    told_on: Mapped[date | None]
    sealed: Mapped[bytes | None]

    __table_args__ = (
        CheckConstraint("sealed is null or told_on is not null", name="told"),
    )

    @property
    def reasons(self) -> list[Because]:
        return [Because(code) for code in self.because]

    @property
    def whom(self) -> str:
        return unseal(self.sealed, **self._place).decode() if self.sealed else ""

    def tell(self, told: ToldTo | None) -> None:
        self.told_on = told.on if told else None
        self.sealed = (
            seal(told.whom.encode(), **self._place) if told and told.whom else None
        )

    @property
    def _place(self) -> Mapping[str, str]:
        row = f"{self.concern_id}:{self.body}"
        return {"table": "concern_duty", "column": "sealed", "row": row}


async def record(
    session: AsyncSession,
    concern_id: UUID,
    due: Sequence[Duty],
    told: Mapping[Body, ToldTo],
) -> None:
    """Instead of what was recorded before."""
    await session.execute(
        delete(ConcernDuty).where(ConcernDuty.concern_id == concern_id)
    )
    for duty in due:
        row = ConcernDuty(
            concern_id=concern_id, body=duty.body, because=list(duty.because)
        )
        row.tell(told.get(duty.body))
        session.add(row)
    await session.flush()


async def recorded(session: AsyncSession, concern_id: UUID) -> list[ConcernDuty]:
    """The most pressing first."""
    found = await session.scalars(
        select(ConcernDuty)
        .where(ConcernDuty.concern_id == concern_id)
        .execution_options(populate_existing=True)
    )
    order = list(Body)
    return sorted(found, key=lambda row: order.index(row.body))


def due_by(answers: Answers) -> list[Duty]:
    """Nothing until an employer has answered all that decides it, and never of anybody else."""
    facts = facts_in(answers)
    return duties(facts) if facts else []


def agrees(rows: Sequence[ConcernDuty], due: Sequence[Duty]) -> bool:
    """Whether what is recorded is still what the answers oblige to: they may have been changed since."""
    return {row.body: tuple(row.reasons) for row in rows} == {
        duty.body: duty.because for duty in due
    }
