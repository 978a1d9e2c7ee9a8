"""Orders: what was decided about somebody's practice, from when until when, and how it came into the register and out of it.

What the public sees are the register's own facts. An order that may be appealed takes effect only once the time to appeal is
over, or the appeal is; until then nothing of it is in the register.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.sql.elements import ColumnElement

from fitness.case import Case, CaseEventKind, CaseText, say
from fitness.numbers import next_number
from fitness.order.measure import (
    MAY,
    Decided,
    Measure,
    NotATerm,
    NotTheirs,
    WordsNeeded,
    end_of_term,
)
from register.kit.clock import day_of, end_of, months_after
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.process import Process

A_DAY, A_MOMENT = timedelta(days=1), timedelta(microseconds=1)


class Ended(StrEnum):
    EXPIRED = "expired"
    REVOKED = "revoked"
    REPLACED = "replaced"
    """By another, as it was reviewed."""
    OVERTAKEN = "overtaken"
    """An interim order, by what was decided in the end."""
    QUASHED = "quashed"
    """On appeal."""


class OrderEnded(Refused):
    def __init__(self) -> None:
        super().__init__("This order has ended already.")


class NotInForce(Refused):
    def __init__(self) -> None:
        super().__init__("This order is not in force yet.")


class NotToBeExtended(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Only an interim order is extended by the court, and to a day after its last."
        )


class CaseOrder(Base):
    __tablename__ = "case_order"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"))
    number: Mapped[int]
    measure: Mapped[Measure] = mapped_column(code(Measure, "measure"))
    decided_by: Mapped[Decided] = mapped_column(code(Decided, "decided_by"))
    months: Mapped[int | None]
    made_at: Mapped[datetime]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """What the register says of it, in public."""
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_order.id"))
    """As it was reviewed: the other ends as this takes effect."""
    appeal_by: Mapped[date | None]
    """The last day; None where it cannot be appealed, or was agreed."""
    starts_at: Mapped[datetime]
    """Not before this moment; later where there is an appeal."""
    ends_at: Mapped[datetime | None]
    review_by: Mapped[date | None]
    in_force_at: Mapped[datetime | None]
    """From when it stands in the register; None while it does not yet."""
    ended_at: Mapped[datetime | None]
    because: Mapped[Ended | None] = mapped_column(code(Ended, "because"))
    version: Mapped[int] = mapped_column(default=1)

    process: Mapped[Process] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("(ended_at is null) = (because is null)", name="ended"),
        CheckConstraint(
            "(measure = 'removal_order') = (ends_at is null) and (ends_at is null or decided_by = 'court') = (months is null) "
            "and ends_at > starts_at",
            name="term",
        ),
        CheckConstraint(
            "(measure in ('interim_conditions', 'interim_suspension') or decided_by not in ('interim_panel', 'court')) "
            "and (measure not in ('interim_conditions', 'interim_suspension') "
            "or decided_by in ('interim_panel', 'panel', 'court'))",
            name="interim",
        ),
        CheckConstraint(
            "in_force_at >= starts_at and (appeal_by is null or starts_at > made_at)",
            name="force",
        ),
        Index(
            "case_order_waiting",
            "starts_at",
            postgresql_where="in_force_at is null and ended_at is null",
        ),
        Index("case_order_standing", "review_by", postgresql_where="ended_at is null"),
    )

    @classmethod
    async def make(
        cls,
        session: AsyncSession,
        case: Case,
        measure: Measure,
        *,
        months: int | None,
        words: str,
        decided: Decided,
        served_on: date | None = None,
        replaces: "CaseOrder | None" = None,
        by: Process,
    ) -> Self:
        """`served_on`: the day on which a decision that may be appealed counts as served; without it the order begins at once.
        `replaces`: the order that was reviewed; an interim order ends no later than what it replaces.

        Raises NotTheirs, NotATerm or WordsNeeded. It is not in the register yet: `reach.take_effect` brings it there.
        """
        rules = case.rule_set.rules
        if measure not in MAY[decided]:
            raise NotTheirs(measure)
        if (months or 0) not in (measure.terms(rules) or (0,)):
            raise NotATerm(measure, measure.terms(rules))
        if measure.worded and not words:
            raise WordsNeeded(measure)
        appeal_by = (
            served_on + timedelta(days=rules.order_appeal_days) if served_on else None
        )
        starts = end_of(appeal_by) if appeal_by else by.at
        order = cls(
            id=uuid4(),
            case_id=case.id,
            number=await next_number(session, cls.number, cls.case_id, case.id),
            measure=measure,
            decided_by=decided,
            months=months or None,
            made_at=by.at,
            process=by,
            text=say(session, case.id, words, by=by) if words else None,
            replaces_id=replaces.id if replaces else None,
            appeal_by=appeal_by,
            starts_at=starts,
            ends_at=end_of_term(starts, months) if months else None,
        )
        if replaces and measure.interim and order.ends_at and replaces.ends_at:
            order.ends_at = min(order.ends_at, replaces.ends_at)
        await order._enter(session, case, by=by)
        return order

    @classmethod
    async def extend(
        cls,
        session: AsyncSession,
        case: Case,
        order: Self,
        *,
        until: date,
        by: Process,
    ) -> Self:
        """As the court has ordered: the same measure goes on where it would have ended. Raises NotToBeExtended."""
        order.must_be_in_force(by.at)
        if not order.measure.interim or not order.last_day or until <= order.last_day:
            raise NotToBeExtended
        more = cls(
            id=uuid4(),
            case_id=case.id,
            number=await next_number(session, cls.number, cls.case_id, case.id),
            measure=order.measure,
            decided_by=Decided.COURT,
            made_at=by.at,
            process=by,
            text=order.text,
            replaces_id=order.id,
            starts_at=order.ends_at,
            ends_at=end_of(until),
        )
        await more._enter(session, case, by=by)
        return more

    async def _enter(self, session: AsyncSession, case: Case, *, by: Process) -> None:
        months = case.rule_set.rules.interim_review_months
        self.plan_review(months, since=self.starts_at)
        session.add(self)
        case.tell(
            session,
            CaseEventKind.ORDER_MADE,
            by=by,
            order=self.number,
            measure=self.measure,
            until=self.last_day,
        )
        await session.flush()

    def plan_review(self, interim_months: int, *, since: datetime) -> None:
        """An interim order every so many months, another before it ends; never after its last day."""
        if not self.measure.reviewed:
            return
        self.review_by = self.last_day
        if self.measure.interim and self.last_day:
            self.review_by = min(
                self.last_day, months_after(day_of(since), interim_months)
            )

    def start(self, starts: datetime) -> None:
        """Later than was meant: its term is as long as it was."""
        self.starts_at = starts
        if self.months:
            self.ends_at = end_of_term(starts, self.months)
            if self.review_by:
                self.review_by = self.last_day

    @property
    def last_day(self) -> date | None:
        return day_of(self.ends_at) - A_DAY if self.ends_at else None

    @property
    def ended_on(self) -> date | None:
        """The day of its last moment: what ends with a midnight ends with the day before."""
        return day_of(self.ended_at - A_MOMENT) if self.ended_at else None

    @hybrid_property
    def standing(self) -> bool:
        """Made, and not ended, whether or not it is in force yet."""
        return self.ended_at is None

    @standing.inplace.expression
    @classmethod
    def _standing_in_sql(cls) -> ColumnElement[bool]:
        return cls.ended_at.is_(None)

    @property
    def to_be_reviewed(self) -> bool:
        """There is a review left."""
        return self.standing and self.review_by is not None

    def in_force(self, now: datetime) -> bool:
        return (
            self.in_force_at is not None
            and self.in_force_at <= now
            and self.ended_at is None
            and (self.ends_at is None or now < self.ends_at)
        )

    def must_stand(self) -> None:
        if self.ended_at:
            raise OrderEnded

    def must_be_in_force(self, now: datetime) -> None:
        self.must_stand()
        if not self.in_force(now):
            raise NotInForce


async def orders_of(session: AsyncSession, case_id: UUID) -> Sequence[CaseOrder]:
    """The latest first, with their words."""
    found = await session.scalars(
        select(CaseOrder)
        .where(CaseOrder.case_id == case_id)
        .options(joinedload(CaseOrder.text))
        .order_by(CaseOrder.number.desc())
    )
    return found.all()


async def order_in(session: AsyncSession, case_id: UUID, number: int) -> CaseOrder:
    """Raises NotFound."""
    found = await session.scalar(
        select(CaseOrder)
        .where(CaseOrder.case_id == case_id, CaseOrder.number == number)
        .options(joinedload(CaseOrder.text))
    )
    if found is None:
        raise NotFound
    return found
