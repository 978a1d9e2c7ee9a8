"""Appeals to the court against an order: it does not take effect while one is open, unless it had taken effect before."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from fitness.case import Case, CaseEventKind, CaseText, Stage, say
from fitness.order.order import CaseOrder, Ended
from fitness.order.reach import conclude, end, end_interim
from register.kit.clock import day_of, end_of
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.process import Process


class AppealOutcome(StrEnum):
    ALLOWED = "allowed"
    DISMISSED = "dismissed"
    REMITTED = "remitted"
    """To another panel."""
    WITHDRAWN = "withdrawn"

    @property
    def quashes(self) -> bool:
        return self in {AppealOutcome.ALLOWED, AppealOutcome.REMITTED}


class NotToBeAppealed(Refused):
    def __init__(self) -> None:
        super().__init__("There is no appeal to the court against this order.")


class TooLateToAppeal(Refused):
    def __init__(self, appeal_by: date) -> None:
        self.appeal_by = appeal_by
        super().__init__(
            "The time to appeal was over on that day. Only the court can let a late appeal in: record the day of its leave."
        )


class AppealedAlready(Refused):
    def __init__(self) -> None:
        super().__init__("An appeal against this order has been recorded already.")


class AppealEnded(Refused):
    def __init__(self) -> None:
        super().__init__("This appeal has ended already.")


class NotThen(Refused):
    def __init__(self) -> None:
        super().__init__(
            "It cannot be recorded for a day that has not come, or before the appeal was lodged."
        )


class OrderAppeal(Base):
    __tablename__ = "order_appeal"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("case_order.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    lodged_on: Mapped[date]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """The court's number, and what is appealed."""
    ended_on: Mapped[date | None]
    outcome: Mapped[AppealOutcome | None] = mapped_column(
        code(AppealOutcome, "outcome")
    )

    process: Mapped[Process] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint(
            "(ended_on is null) = (outcome is null) and ended_on >= lodged_on",
            name="ended",
        ),
        Index("order_appeal_once", "order_id", unique=True),
    )

    @classmethod
    async def lodge(
        cls,
        session: AsyncSession,
        case: Case,
        order: CaseOrder,
        *,
        on: date,
        words: str,
        by: Process,
    ) -> Self:
        """Raises OrderEnded, NotToBeAppealed, TooLateToAppeal, AppealedAlready or NotThen."""
        order.must_stand()
        if order.appeal_by is None:
            raise NotToBeAppealed
        if on > day_of(by.at) or on < day_of(order.made_at):
            raise NotThen
        if on > order.appeal_by:
            raise TooLateToAppeal(order.appeal_by)
        if await appeal_of(session, order):
            raise AppealedAlready
        appeal = cls(
            id=uuid4(),
            order_id=order.id,
            case_id=case.id,
            lodged_on=on,
            process=by,
            text=say(session, case.id, words, by=by),
        )
        session.add(appeal)
        case.tell(session, CaseEventKind.APPEAL_LODGED, by=by, order=order.number)
        await session.flush()
        return appeal

    async def end(
        self,
        session: AsyncSession,
        case: Case,
        order: CaseOrder,
        outcome: AppealOutcome,
        *,
        on: date,
        by: Process,
    ) -> None:
        """Allowed, the order never stands; remitted, another panel hears it; else it takes effect with the day after."""
        if self.ended_on:
            raise AppealEnded
        if not self.lodged_on <= on <= day_of(by.at):
            raise NotThen
        self.ended_on, self.outcome = on, outcome
        case.tell(
            session,
            CaseEventKind.APPEAL_ENDED,
            by=by,
            order=order.number,
            outcome=outcome,
        )
        if outcome.quashes:
            await end(session, case, order, on=by.at, because=Ended.QUASHED, by=by)
            await self._after(session, case, outcome, by=by)
        elif order.in_force_at is None:
            order.start(max(order.starts_at, end_of(on)))

    async def _after(
        self, session: AsyncSession, case: Case, outcome: AppealOutcome, *, by: Process
    ) -> None:
        """Until another panel has decided an interim order goes on; where nothing is left to decide it covers nothing."""
        if outcome is AppealOutcome.REMITTED:
            case.move(session, Stage.HEARING, by=by)
        else:
            await end_interim(session, case, by=by)
            await conclude(session, case, by=by)


async def appeal_of(session: AsyncSession, order: CaseOrder) -> OrderAppeal | None:
    found: OrderAppeal | None = await session.scalar(
        select(OrderAppeal)
        .where(OrderAppeal.order_id == order.id)
        .options(joinedload(OrderAppeal.text))
    )
    return found


async def appeals_in(
    session: AsyncSession, orders: Sequence[CaseOrder]
) -> dict[UUID, OrderAppeal]:
    """By the order."""
    found = await session.scalars(
        select(OrderAppeal)
        .where(OrderAppeal.order_id.in_([one.id for one in orders]))
        .options(joinedload(OrderAppeal.text))
    )
    return {one.order_id: one for one in found}
