"""Hearings: one machine for all that a panel hears, from its listing to the moment at which it is decided.

A day that is changed has to be told anew. Whoever was there when it was changed has been told, and nobody else has.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from fitness.case import Case, CaseEventKind, CaseText, say
from fitness.hearing.application import InterimApplication, application_waiting
from fitness.hearing.kind import (
    Attendance,
    HearingState,
    Kind,
    Privacy,
    PrivateFor,
)
from fitness.numbers import next_number
from fitness.order import CaseOrder
from register.kit.clock import day_of
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.process import Process


class HearingOver(Refused):
    def __init__(self) -> None:
        super().__init__("This hearing has been decided or vacated already.")


class BegunAlready(Refused):
    def __init__(self) -> None:
        super().__init__("This hearing has begun already.")


class NotBegun(Refused):
    def __init__(self) -> None:
        super().__init__("This hearing has not begun yet.")


class ListedAlready(Refused):
    def __init__(self) -> None:
        super().__init__("A hearing of this kind is listed in this case already.")


class NothingToHear(Refused):
    def __init__(self) -> None:
        super().__init__(
            "There is nothing for such a hearing to decide: nobody applied for an interim order, no order is in force "
            "that it could review, or nobody asks to be restored."
        )


class PastDay(Refused):
    def __init__(self) -> None:
        super().__init__(
            "A hearing begins later than now, and its last day is not before its first."
        )


class WhyPrivate(Refused):
    def __init__(self) -> None:
        super().__init__(
            "What is heard in private needs a reason, and what is not has none."
        )


class Hearing(Base):
    __tablename__ = "hearing"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"))
    number: Mapped[int]
    kind: Mapped[Kind] = mapped_column(code(Kind, "kind"))
    state: Mapped[HearingState] = mapped_column(code(HearingState, "state"))
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    application_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("interim_application.id")
    )
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_order.id"))
    """Which is reviewed."""
    set_at: Mapped[datetime]
    """When its day became what it is."""
    starts_at: Mapped[datetime]
    last_on: Mapped[date]
    remote: Mapped[bool]
    place_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """The address, or how to join."""
    privacy: Mapped[Privacy] = mapped_column(code(Privacy, "privacy"))
    private_because: Mapped[PrivateFor | None] = mapped_column(
        code(PrivateFor, "private_because")
    )
    told_in_the_room: Mapped[bool] = mapped_column(default=False)
    """Of its day, as it was adjourned: the registrant was there."""
    begun_at: Mapped[datetime | None]
    attendance: Mapped[Attendance | None] = mapped_column(
        code(Attendance, "attendance")
    )
    decided_at: Mapped[datetime | None]
    """The moment of the last signature, whatever the day for which it was listed."""
    version: Mapped[int] = mapped_column(default=1)

    process: Mapped[Process] = relationship(lazy="raise")
    place: Mapped[CaseText | None] = relationship(lazy="raise")
    application: Mapped[InterimApplication | None] = relationship(lazy="raise")
    order: Mapped[CaseOrder | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint(
            "(state = 'decided') = (decided_at is not null)", name="decided"
        ),
        CheckConstraint(
            "last_on >= (starts_at at time zone 'Europe/London')::date", name="days"
        ),
        CheckConstraint(
            "(kind in ('interim_review', 'order_review')) = (order_id is not null)",
            name="reviewed",
        ),
        CheckConstraint(
            "(kind = 'interim_order') = (application_id is not null)", name="applied"
        ),
        CheckConstraint(
            "(privacy = 'public') = (private_because is null)", name="private"
        ),
        CheckConstraint(
            "(begun_at is null) = (attendance is null) and begun_at >= starts_at and decided_at >= begun_at "
            "and (state <> 'decided' or begun_at is not null)",
            name="begun",
        ),
        Index(
            "hearing_one_open",
            "case_id",
            "kind",
            unique=True,
            postgresql_where="state in ('listed', 'adjourned')",
        ),
        Index(None, "starts_at"),
    )

    @classmethod
    async def list_one(
        cls,
        session: AsyncSession,
        case: Case,
        kind: Kind,
        *,
        starts_at: datetime,
        last_on: date,
        remote: bool,
        place: str,
        privacy: Privacy = Privacy.PUBLIC,
        private_because: PrivateFor | None = None,
        order: CaseOrder | None = None,
        by: Process,
    ) -> Self:
        """`order`: which is to be reviewed. Raises NotNow, NothingToHear, ListedAlready, PastDay or WhyPrivate."""
        case.must_be(*kind.stages)
        earlier = await hearings_of(session, case.id)
        if any(one.kind is kind and one.state.open for one in earlier):
            raise ListedAlready
        if case.hears_restoration != (kind is Kind.RESTORATION):
            raise NothingToHear
        application = await _to_be_heard(session, case, kind, order, earlier, by=by)
        if (privacy is Privacy.PUBLIC) != (private_because is None):
            raise WhyPrivate
        hearing = cls(
            id=uuid4(),
            case_id=case.id,
            number=await next_number(session, cls.number, cls.case_id, case.id),
            kind=kind,
            state=HearingState.LISTED,
            process=by,
            application=application,
            order=order,
            remote=remote,
            place=say(session, case.id, place, by=by),
            privacy=privacy,
            private_because=private_because,
            told_in_the_room=False,
        )
        hearing._set(starts_at, last_on, by=by)
        session.add(hearing)
        hearing.tell(
            session, case, CaseEventKind.HEARING_LISTED, by=by, on=day_of(starts_at)
        )
        await session.flush()
        return hearing

    def _set(self, starts_at: datetime, last_on: date, *, by: Process) -> None:
        if starts_at <= by.at or last_on < day_of(starts_at):
            raise PastDay
        self.starts_at, self.last_on, self.set_at = starts_at, last_on, by.at

    @property
    def first_on(self) -> date:
        return day_of(self.starts_at)

    @property
    def attended(self) -> bool:
        """By the registrant, or somebody for them, as it began."""
        return self.attendance is not None and self.attendance.attends

    def must_be_open(self) -> None:
        if not self.state.open:
            raise HearingOver

    def must_have_begun(self) -> None:
        """And not be over yet."""
        self.must_be_open()
        if self.begun_at is None:
            raise NotBegun

    def must_not_have_begun(self) -> None:
        self.must_be_open()
        if self.begun_at is not None:
            raise BegunAlready

    def move(
        self,
        session: AsyncSession,
        case: Case,
        words: str,
        *,
        starts_at: datetime,
        last_on: date,
        by: Process,
    ) -> None:
        """To another day. It begins anew then; raises HearingOver or PastDay."""
        self.must_be_open()
        self._set(starts_at, last_on, by=by)
        self.told_in_the_room = self.begun_at is not None and self.attended
        self.state, self.begun_at, self.attendance = HearingState.ADJOURNED, None, None
        self.tell(
            session,
            case,
            CaseEventKind.HEARING_ADJOURNED,
            by=by,
            on=self.first_on,
            text=say(session, case.id, words, by=by).id,
        )

    def drop(
        self, session: AsyncSession, case: Case, words: str, *, by: Process
    ) -> None:
        """What was applied for is not heard: it is to be applied for again. Raises HearingOver."""
        self.must_be_open()
        self.state = HearingState.VACATED
        self.begun_at = self.attendance = None
        if self.application:
            self.application.ended_at = by.at
        self.tell(
            session,
            case,
            CaseEventKind.HEARING_VACATED,
            by=by,
            text=say(session, case.id, words, by=by).id,
        )

    def tell(
        self,
        session: AsyncSession,
        case: Case,
        kind: CaseEventKind,
        *,
        by: Process,
        **facts: object,
    ) -> None:
        case.tell(session, kind, by=by, hearing=self.number, **facts)


async def _to_be_heard(
    session: AsyncSession,
    case: Case,
    kind: Kind,
    order: CaseOrder | None,
    earlier: Sequence[Hearing],
    *,
    by: Process,
) -> InterimApplication | None:
    """Raises NothingToHear."""
    if kind.reviews:
        if (
            order is None
            or not kind.reviewable(order.measure)
            or not order.in_force(by.at)
        ):
            raise NothingToHear
        return None
    if order is not None:
        raise NothingToHear
    if kind is Kind.INTERIM_ORDER:
        waiting = await application_waiting(session, case.id)
        if waiting is None:
            raise NothingToHear
        return waiting
    # Of an order that waits until its decision is served, another panel would make a second.
    if any(
        one.kind is kind and one.decided_at and one.decided_at >= case.stage_since
        for one in earlier
    ):
        raise NothingToHear
    return None


WHOLE = (
    joinedload(Hearing.place),
    joinedload(Hearing.application).joinedload(InterimApplication.text),
    joinedload(Hearing.order).joinedload(CaseOrder.text),
)


async def hearings_of(session: AsyncSession, case_id: UUID) -> Sequence[Hearing]:
    """The latest first."""
    found = await session.scalars(
        select(Hearing)
        .where(Hearing.case_id == case_id)
        .options(*WHOLE)
        .order_by(Hearing.number.desc())
    )
    return found.all()


async def hearing_in(session: AsyncSession, case_id: UUID, number: int) -> Hearing:
    """Raises NotFound."""
    found: Hearing | None = await session.scalar(
        select(Hearing)
        .where(Hearing.case_id == case_id, Hearing.number == number)
        .options(*WHOLE)
    )
    if found is None:
        raise NotFound
    return found
