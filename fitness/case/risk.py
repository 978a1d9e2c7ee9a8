"""How great the risk is that somebody poses, as it was rated each time: a rating is never changed, only followed by another."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from fitness.case.acts import CaseEventKind
from fitness.case.case import Case
from fitness.case.history import CaseText, say
from fitness.case.state import Stage
from register.kit.db import Base
from register.process import Process

SCALE = range(1, 6)
"""From hardly to almost certain, and from slight to grave."""
MEDIUM_FROM, HIGH_FROM = 6, 12


class Level(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class CaseRisk(Base):
    __tablename__ = "case_risk"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    rated_at: Mapped[datetime]
    likelihood: Mapped[int]
    """That it happens (again), from 1 to 5."""
    harm: Mapped[int]
    """That it would do to a child, from 1 to 5."""
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )

    process: Mapped[Process] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("likelihood between 1 and 5", name="likelihood"),
        CheckConstraint("harm between 1 and 5", name="harm"),
    )

    @property
    def score(self) -> int:
        return self.likelihood * self.harm

    @property
    def level(self) -> Level:
        return level_of(self.score)

    @classmethod
    def rate(
        cls,
        session: AsyncSession,
        case: Case,
        *,
        likelihood: int,
        harm: int,
        words: str,
        by: Process,
    ) -> Self:
        """Raises NotNow once the case is closed."""
        case.must_be(*(stage for stage in Stage if stage is not Stage.CLOSED))
        risk = cls(
            id=uuid4(),
            case_id=case.id,
            process=by,
            rated_at=by.at,
            likelihood=likelihood,
            harm=harm,
            text=say(session, case.id, words, by=by),
        )
        session.add(risk)
        case.tell(session, CaseEventKind.RISK_RATED, by=by, score=risk.score)
        return risk


def level_of(score: int) -> Level:
    if score >= HIGH_FROM:
        return Level.HIGH
    return Level.MEDIUM if score >= MEDIUM_FROM else Level.LOW


async def risks_of(session: AsyncSession, case_id: UUID) -> Sequence[CaseRisk]:
    """Every rating, the latest first, with its words."""
    found = await session.scalars(
        select(CaseRisk)
        .where(CaseRisk.case_id == case_id)
        .options(joinedload(CaseRisk.text))
        .order_by(CaseRisk.rated_at.desc(), CaseRisk.id)
    )
    return found.all()
