"""Holds of an investigation: while one lasts its target stands still, and the days that the law gives run on."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from fitness.case import Case, CaseEventKind, CaseText, Stage, say
from register.kit.clock import day_of
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.process import Process


class HeldFor(StrEnum):
    """What has to be waited for."""

    POLICE = "police"
    COURT = "court"
    OTHER_BODY = "other_body"
    """A LADO, the DBS, Ofsted, an employer or another regulator."""
    HEALTH = "health"
    """The registrant cannot take part."""
    WITNESS = "witness"
    LEGAL_ADVICE = "legal_advice"


class HeldAlready(Refused):
    def __init__(self) -> None:
        super().__init__("This investigation is on hold already.")


class NotHeld(Refused):
    def __init__(self) -> None:
        super().__init__("This investigation is not on hold.")


class ReviewedBefore(Refused):
    def __init__(self) -> None:
        super().__init__("A hold must be looked at again on a day after today.")


class InvestigationHold(Base):
    __tablename__ = "investigation_hold"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    because: Mapped[HeldFor] = mapped_column(code(HeldFor, "because"))
    told: Mapped[bool]
    """Whether the registrant may know of it: it must not warn somebody of what the police are about to do."""
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    """The last day of it."""
    review_on: Mapped[date]
    """The last day on which it is to be looked at again."""
    began_at: Mapped[datetime]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )

    process: Mapped[Process] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("from_on <= until_on", name="order"),
        CheckConstraint("review_on > from_on", name="review"),
        Index(
            "investigation_hold_one_open",
            "case_id",
            unique=True,
            postgresql_where="until_on is null",
        ),
    )

    @classmethod
    async def begin(
        cls,
        session: AsyncSession,
        case: Case,
        because: HeldFor,
        *,
        words: str,
        told: bool,
        review_on: date,
        by: Process,
    ) -> Self:
        """Raises NotNow, HeldAlready or ReviewedBefore."""
        case.must_be(Stage.INVESTIGATION)
        if await hold_of(session, case.id):
            raise HeldAlready
        if review_on <= day_of(by.at):
            raise ReviewedBefore
        hold = cls(
            id=uuid4(),
            case_id=case.id,
            because=because,
            told=told,
            from_on=day_of(by.at),
            review_on=review_on,
            began_at=by.at,
            process=by,
            text=say(session, case.id, words, by=by),
        )
        session.add(hold)
        case.tell(session, CaseEventKind.HELD, by=by, because=because, until=review_on)
        return hold

    def review(
        self,
        session: AsyncSession,
        case: Case,
        words: str,
        *,
        review_on: date,
        by: Process,
    ) -> None:
        """It goes on, to be looked at again later; raises NotHeld or ReviewedBefore."""
        if self.until_on:
            raise NotHeld
        if review_on <= day_of(by.at):
            raise ReviewedBefore
        self.review_on = review_on
        text = say(session, case.id, words, by=by)
        case.tell(
            session,
            CaseEventKind.HOLD_REVIEWED,
            by=by,
            until=review_on,
            text=text.id,
        )

    def end(
        self, session: AsyncSession, case: Case, words: str, *, by: Process
    ) -> None:
        """Today is its last day; raises NotHeld."""
        if self.until_on:
            raise NotHeld
        self.until_on = day_of(by.at)
        text = say(session, case.id, words, by=by)
        case.tell(session, CaseEventKind.HOLD_ENDED, by=by, text=text.id)

    def review_due(self, today: date) -> bool:
        return self.until_on is None and self.review_on <= today


async def hold_of(
    session: AsyncSession, case_id: UUID, *, lock: bool = False
) -> InvestigationHold | None:
    """The one that lasts."""
    found = select(InvestigationHold).where(
        InvestigationHold.case_id == case_id, InvestigationHold.until_on.is_(None)
    )
    hold: InvestigationHold | None = await session.scalar(
        found.with_for_update() if lock else found
    )
    return hold


async def holds_of(session: AsyncSession, case_id: UUID) -> Sequence[InvestigationHold]:
    """All that the reader may know of, the latest first."""
    found = await session.scalars(
        select(InvestigationHold)
        .where(InvestigationHold.case_id == case_id)
        .options(joinedload(InvestigationHold.text))
        .order_by(InvestigationHold.began_at.desc(), InvestigationHold.id)
    )
    return found.all()
