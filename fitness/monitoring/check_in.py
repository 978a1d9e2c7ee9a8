"""Check-ins: what is to be shown by a day of how an order is kept, what came, and whether it was enough."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from fitness.case import Case, CaseEventKind, CaseText, say
from fitness.monitoring.reporter import Reporter, ReportsNoMore
from fitness.numbers import next_number
from fitness.order import CaseOrder
from register.kit import files
from register.kit.clock import day_of
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.kit.files import StoredFile
from register.kit.security.sealing import seal, unseal
from register.kit.uploads import Received
from register.process import Process

TABLE, COLUMN = "check_in_answer", "sealed"


class Judged(StrEnum):
    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"
    WAIVED = "waived"
    """It is not asked for any more."""

    @property
    def breaches(self) -> bool:
        return self is Judged.NOT_MET


class NotChecked(Refused):
    def __init__(self) -> None:
        super().__init__(
            "There is nothing to check in this order: it is a warning, advice or a removal."
        )


class NotByThen(Refused):
    def __init__(self, last_day: date) -> None:
        self.last_day = last_day
        super().__init__(
            "The last day must be after today, and not after the last day of the order."
        )


class JudgedAlready(Refused):
    def __init__(self) -> None:
        super().__init__("This check-in has been judged already.")


class NothingCame(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Nothing has come yet and there is still time, so nobody can say that it is met or not."
        )


class CheckIn(Base):
    __tablename__ = "check_in"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"))
    order_id: Mapped[UUID] = mapped_column(ForeignKey("case_order.id"), index=True)
    number: Mapped[int]
    reporter_id: Mapped[UUID | None] = mapped_column(ForeignKey("reporter.id"))
    """Who shows it; None: the registrant."""
    due_on: Mapped[date]
    set_at: Mapped[datetime]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    reminded_at: Mapped[datetime | None]
    judged: Mapped[Judged | None] = mapped_column(code(Judged, "judged"))
    judged_at: Mapped[datetime | None]
    judgement_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )

    process: Mapped[Process] = relationship(lazy="raise")
    reporter: Mapped[Reporter | None] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise", foreign_keys=text_id)
    judgement: Mapped[CaseText | None] = relationship(
        lazy="raise", foreign_keys=judgement_id
    )
    answers: Mapped[list["CheckInAnswer"]] = relationship(
        lazy="raise", order_by="CheckInAnswer.sent_at", viewonly=True
    )

    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("(judged is null) = (judged_at is null)", name="judged_when"),
        Index("check_in_due", "due_on", postgresql_where="judged is null"),
    )

    @property
    def label(self) -> str:
        return f"C{self.number}"

    @property
    def waits(self) -> bool:
        """For what is to be shown, or for somebody to judge it."""
        return self.judged is None

    def late(self, today: date) -> bool:
        return self.waits and not self.answers and today > self.due_on

    @classmethod
    async def set_one(
        cls,
        session: AsyncSession,
        case: Case,
        order: CaseOrder,
        words: str,
        *,
        due_on: date,
        of: Reporter | None = None,
        by: Process,
    ) -> Self:
        """Raises OrderEnded, NotChecked, NotByThen or ReportsNoMore."""
        order.must_stand()
        if not order.measure.reviewed or order.last_day is None:
            raise NotChecked
        if not day_of(by.at) < due_on <= order.last_day:
            raise NotByThen(order.last_day)
        if of and of.ended_at:
            raise ReportsNoMore
        check_in = cls(
            id=uuid4(),
            case_id=case.id,
            order_id=order.id,
            number=await next_number(session, cls.number, cls.case_id, case.id),
            reporter=of,
            due_on=due_on,
            set_at=by.at,
            process=by,
            text=say(session, case.id, words, by=by),
        )
        session.add(check_in)
        case.tell(
            session,
            CaseEventKind.CHECK_IN_SET,
            by=by,
            check_in=check_in.number,
            until=due_on,
        )
        return check_in

    async def answer(
        self,
        session: AsyncSession,
        case: Case,
        words: str,
        *,
        file: Received | None = None,
        came_on: date | None = None,
        by: Process,
    ) -> "CheckInAnswer":
        """Late ones are taken too, until it is judged. What came by post one of us writes down. Raises JudgedAlready."""
        if not self.waits:
            raise JudgedAlready
        answer = CheckInAnswer(
            id=uuid4(),
            case_id=case.id,
            check_in_id=self.id,
            process=by,
            sent_at=by.at,
            came_on=came_on,
            file=await files.keep(session, file, owner=case.id, now=by.at)
            if file
            else None,
        )
        answer.sealed = seal(
            words.encode(), table=TABLE, column=COLUMN, row=str(answer.id)
        )
        session.add(answer)
        case.tell(session, CaseEventKind.CHECK_IN_ANSWERED, by=by, check_in=self.number)
        return answer

    def judge(
        self,
        session: AsyncSession,
        case: Case,
        judged: Judged,
        words: str,
        *,
        by: Process,
    ) -> None:
        """Raises JudgedAlready or NothingCame."""
        if not self.waits:
            raise JudgedAlready
        in_time = day_of(by.at) <= self.due_on
        if judged is not Judged.WAIVED and not self.answers and in_time:
            raise NothingCame
        self.judged, self.judged_at = judged, by.at
        self.judgement = say(session, case.id, words, by=by)
        case.tell(
            session,
            CaseEventKind.CHECK_IN_JUDGED,
            by=by,
            check_in=self.number,
            judged=judged,
        )


class CheckInAnswer(Base):
    """As it came: sealed, and only added."""

    __tablename__ = TABLE

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    check_in_id: Mapped[UUID] = mapped_column(ForeignKey("check_in.id"), index=True)
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    sent_at: Mapped[datetime]
    came_on: Mapped[date | None]
    """The day on which it came otherwise than over these pages."""
    sealed: Mapped[bytes]
    file_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("stored_file.id"), unique=True
    )

    process: Mapped[Process] = relationship(lazy="raise")
    file: Mapped[StoredFile | None] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint(
            "came_on <= (sent_at at time zone 'Europe/London')::date", name="came"
        ),
    )

    @property
    def words(self) -> str:
        return unseal(
            self.sealed, table=TABLE, column=COLUMN, row=str(self.id)
        ).decode()


async def check_ins_of(session: AsyncSession, order: CaseOrder) -> Sequence[CheckIn]:
    """The earliest first, with all that came."""
    found = await session.scalars(
        select(CheckIn)
        .where(CheckIn.order_id == order.id)
        .options(
            joinedload(CheckIn.reporter),
            joinedload(CheckIn.text),
            joinedload(CheckIn.judgement),
            selectinload(CheckIn.answers).joinedload(CheckInAnswer.file),
        )
        .order_by(CheckIn.due_on, CheckIn.number)
        .execution_options(populate_existing=True)
    )
    return found.all()


async def check_in_of(session: AsyncSession, order: CaseOrder, number: int) -> CheckIn:
    """Raises NotFound."""
    for one in await check_ins_of(session, order):
        if one.number == number:
            return one
    raise NotFound
