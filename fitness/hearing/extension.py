"""Extensions: an interim order goes on for longer than the rules allow as the court has ordered, and not otherwise."""

from datetime import date
from typing import Self
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fitness.case import Case, CaseEventKind, CaseText, say
from fitness.order import CaseOrder
from register.kit.clock import day_of
from register.kit.db import Base
from register.kit.errors import Refused
from register.process import Process


class ExtendedAlready(Refused):
    def __init__(self) -> None:
        super().__init__("This order has been extended already.")


class CourtLater(Refused):
    def __init__(self) -> None:
        super().__init__("The court’s order cannot be of a day that has not come.")


class CourtExtension(Base):
    """The court's order, by which one of ours goes on."""

    __tablename__ = "court_extension"

    order_id: Mapped[UUID] = mapped_column(
        ForeignKey("case_order.id"), primary_key=True
    )
    """That goes on where the other ends."""
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    ordered_on: Mapped[date]
    """By the court."""
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """The court, and its number."""

    process: Mapped[Process] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise")

    @classmethod
    async def record(
        cls,
        session: AsyncSession,
        case: Case,
        order: CaseOrder,
        words: str,
        *,
        ordered_on: date,
        until: date,
        by: Process,
    ) -> Self:
        """Raises CourtLater, ExtendedAlready, OrderEnded, NotInForce or NotToBeExtended."""
        if ordered_on > day_of(by.at):
            raise CourtLater
        if await session.scalar(
            select(CaseOrder.id)
            .where(CaseOrder.replaces_id == order.id, CaseOrder.standing)
            .limit(1)
        ):
            raise ExtendedAlready
        more = await CaseOrder.extend(session, case, order, until=until, by=by)
        text = say(session, case.id, words, by=by)
        extension = cls(
            order_id=more.id,
            case_id=case.id,
            ordered_on=ordered_on,
            process=by,
            text=text,
        )
        session.add(extension)
        case.tell(
            session,
            CaseEventKind.ORDER_EXTENDED,
            by=by,
            order=order.number,
            until=until,
            text=text.id,
        )
        await session.flush()
        return extension
