"""Applications for an interim order: whoever investigates says why the public or the registrant cannot wait."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from fitness.case import Case, CaseEventKind, CaseText, say
from fitness.hearing.kind import GOING_ON
from fitness.investigation.evidence import CaseEvidence
from fitness.numbers import next_number
from fitness.order import CaseOrder
from register.kit.db import Base
from register.kit.errors import Refused
from register.process import Process


class AppliedAlready(Refused):
    def __init__(self) -> None:
        super().__init__("An application waits to be heard already.")


class InterimOrderStands(Refused):
    def __init__(self) -> None:
        super().__init__(
            "An interim order is in force already. New evidence is heard when it is reviewed."
        )


class NotInTheLog(Refused):
    def __init__(self, labels: Collection[str]) -> None:
        self.labels = labels
        super().__init__(
            f"The evidence log of this case does not have {', '.join(sorted(labels))}."
        )


class InterimApplication(Base):
    __tablename__ = "interim_application"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"))
    number: Mapped[int]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    applied_at: Mapped[datetime]
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    evidence: Mapped[list[Any]]
    """Labels of the evidence log: E1, E2."""
    ended_at: Mapped[datetime | None]
    """Heard, or vacated with its hearing."""

    process: Mapped[Process] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        Index(
            "interim_application_one",
            "case_id",
            unique=True,
            postgresql_where="ended_at is null",
        ),
    )

    @classmethod
    async def make(
        cls,
        session: AsyncSession,
        case: Case,
        words: str,
        *,
        evidence: Collection[str] = (),
        by: Process,
    ) -> Self:
        """`evidence`: labels of the log. Raises NotNow, OnlyRestoration, AppliedAlready, InterimOrderStands or NotInTheLog."""
        case.must_be(*GOING_ON)
        case.must_not_restore()
        if await application_waiting(session, case.id):
            raise AppliedAlready
        standing = await session.scalars(
            select(CaseOrder).where(CaseOrder.case_id == case.id, CaseOrder.standing)
        )
        if any(order.measure.interim for order in standing):
            raise InterimOrderStands
        application = cls(
            id=uuid4(),
            case_id=case.id,
            number=await next_number(session, cls.number, cls.case_id, case.id),
            process=by,
            applied_at=by.at,
            text=say(session, case.id, words, by=by),
            evidence=await _logged(session, case, evidence),
        )
        session.add(application)
        case.tell(
            session,
            CaseEventKind.INTERIM_APPLIED,
            by=by,
            application=application.number,
        )
        await session.flush()
        return application


async def _logged(
    session: AsyncSession, case: Case, labels: Collection[str]
) -> list[str]:
    """In the order of the log."""
    found = await session.scalars(
        select(CaseEvidence)
        .where(CaseEvidence.case_id == case.id)
        .order_by(CaseEvidence.number)
    )
    known = [one.label for one in found]
    if unknown := set(labels) - set(known):
        raise NotInTheLog(unknown)
    return [label for label in known if label in labels]


async def application_waiting(
    session: AsyncSession, case_id: UUID
) -> InterimApplication | None:
    """To be heard."""
    found: InterimApplication | None = await session.scalar(
        select(InterimApplication)
        .where(
            InterimApplication.case_id == case_id,
            InterimApplication.ended_at.is_(None),
        )
        .options(joinedload(InterimApplication.text))
    )
    return found
