"""A proposal answered on paper: signed and sent in, recorded by one member of staff, and confirmed or sent back by another."""

from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.sql.elements import ColumnElement

from fitness.case import Case, CaseEventKind, CaseText, say
from fitness.examination.conclusion import answer
from fitness.examination.disposal import Answer, Disposal
from fitness.examination.examination import Examination
from register.account import Account
from register.kit.clock import day_of
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.process import Process

ON_PAPER = (Answer.AGREED, Answer.VARIED, Answer.REFUSED)


class Checked(StrEnum):
    """What the second member of staff finds."""

    CONFIRMED = "confirmed"
    NOT_SO = "not_so"
    """The paper does not say that, or is not signed."""


class RecordedAlready(Refused):
    def __init__(self) -> None:
        super().__init__(
            "A signed answer is recorded already, and waits to be checked."
        )


class CheckedAlready(Refused):
    def __init__(self) -> None:
        super().__init__("This answer has been checked already.")


class OwnRecord(Refused):
    def __init__(self) -> None:
        super().__init__("You recorded this answer. Somebody else checks the paper.")


class CameBefore(Refused):
    def __init__(self, proposed_on: date) -> None:
        self.proposed_on = proposed_on
        super().__init__("It cannot have come before the proposal was made.")


class DisposalPaper(Base):
    __tablename__ = "disposal_paper"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    disposal_id: Mapped[UUID] = mapped_column(ForeignKey("disposal.id"))
    answer: Mapped[Answer] = mapped_column(code(Answer, "answer"))
    came_on: Mapped[date]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    """Who recorded it."""
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    recorded_at: Mapped[datetime]
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """What the registrant asks for instead."""
    checker_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    checked_at: Mapped[datetime | None]
    found: Mapped[Checked | None] = mapped_column(code(Checked, "found"))

    process: Mapped[Process] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise")
    account: Mapped[Account] = relationship(
        lazy="raise", foreign_keys=account_id, viewonly=True
    )

    __table_args__ = (
        CheckConstraint("answer <> 'expired'", name="on_paper"),
        CheckConstraint(
            "num_nonnulls(checker_id, checked_at, found) in (0, 3) and checker_id <> account_id and checked_at >= recorded_at",
            name="checked",
        ),
        CheckConstraint(
            "came_on <= (recorded_at at time zone 'Europe/London')::date", name="came"
        ),
        Index(
            "disposal_paper_one_open",
            "disposal_id",
            unique=True,
            postgresql_where="checked_at is null",
        ),
    )

    @hybrid_property
    def open(self) -> bool:
        """Recorded, and not checked."""
        return self.checked_at is None

    @open.inplace.expression
    @classmethod
    def _open_in_sql(cls) -> ColumnElement[bool]:
        return cls.checked_at.is_(None)

    @classmethod
    async def record(
        cls,
        session: AsyncSession,
        case: Case,
        disposal: Disposal,
        account: Account,
        answer: Answer,
        *,
        came_on: date,
        words: str = "",
        by: Process,
    ) -> Self:
        """Raises ProposalAnswered, ProposalOver where it came too late, AskedAlready, CameBefore or RecordedAlready."""
        disposal.must_be_open(came_on=came_on)
        if answer is Answer.VARIED:
            disposal.must_be_variable()
        if came_on < day_of(disposal.proposed_at):
            raise CameBefore(day_of(disposal.proposed_at))
        if await paper_of(session, disposal):
            raise RecordedAlready
        paper = cls(
            id=uuid4(),
            case_id=case.id,
            disposal_id=disposal.id,
            answer=answer,
            came_on=came_on,
            account_id=account.id,
            process=by,
            recorded_at=by.at,
            text=say(session, case.id, words, by=by) if words else None,
        )
        session.add(paper)
        case.tell(
            session,
            CaseEventKind.PAPER_RECORDED,
            by=by,
            proposal=disposal.number,
            answer=answer,
        )
        await session.flush()
        return paper

    async def check(
        self,
        session: AsyncSession,
        case: Case,
        examination: Examination,
        disposal: Disposal,
        account: Account,
        *,
        found: Checked,
        by: Process,
    ) -> None:
        """What was confirmed is the answer, as of the day on which it came.

        Raises CheckedAlready, OwnRecord or, where the registrant has answered otherwise meanwhile, ProposalAnswered.
        """
        if self.checked_at:
            raise CheckedAlready
        if self.account_id == account.id:
            raise OwnRecord
        if found is Checked.CONFIRMED:
            disposal.must_be_open(came_on=self.came_on)
        self.checker_id, self.checked_at, self.found = account.id, by.at, found
        case.tell(
            session,
            CaseEventKind.PAPER_CHECKED,
            by=by,
            proposal=disposal.number,
            found=found,
        )
        if found is Checked.CONFIRMED:
            await answer(
                session,
                case,
                examination,
                disposal,
                self.answer,
                words=self.text.words if self.text else "",
                by=by,
            )


async def paper_of(session: AsyncSession, disposal: Disposal) -> DisposalPaper | None:
    """The one that waits to be checked."""
    found: DisposalPaper | None = await session.scalar(
        select(DisposalPaper)
        .where(DisposalPaper.disposal_id == disposal.id, DisposalPaper.open)
        .options(joinedload(DisposalPaper.account), joinedload(DisposalPaper.text))
    )
    return found


async def paper_in(
    session: AsyncSession, disposal: Disposal, paper_id: UUID
) -> DisposalPaper:
    """Raises NotFound."""
    paper = await session.scalar(
        select(DisposalPaper)
        .where(DisposalPaper.id == paper_id, DisposalPaper.disposal_id == disposal.id)
        .options(joinedload(DisposalPaper.text))
    )
    if paper is None:
        raise NotFound
    return paper
