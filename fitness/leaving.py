"""Leaving the register while a case goes on: only where two people agree that the public is as well protected so.

The test (domain.md 7.2, row 11): they have stopped practising or are about to, do not mean to come back, and the public
interest does not ask for a decision. Who leaves so is asked about it should they ever want to come back.
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from fitness.case import (
    Case,
    CaseEventKind,
    CaseText,
    ClosedBecause,
    Stage,
    say,
    tell_referrers,
)
from fitness.investigation.drawn import Drawn, draw
from fitness.investigation.owed import serve_or_owe
from fitness.investigation.served import ServiceKind
from fitness.notice_template import Gap, NoticeKind, page_words
from fitness.order import Ended, end, entries_of, orders_of
from register.account import Account
from register.entry import Move
from register.kit.clock import day_of
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.leaving import let_go
from register.process import Process

MAY_LEAVE = (
    Stage.INVESTIGATION,
    Stage.EXAMINATION,
    Stage.HEARING,
    Stage.MONITORING,
)


class LeavingAct(StrEnum):
    PROPOSE = "case_leaving:propose"
    DECIDE = "case_leaving:decide"


class Decision(StrEnum):
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    """The registrant wants to stay, or the case has gone on."""


class NotForLeaving(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Somebody leaves during a case only if they have stopped practising or are about to, do not mean to come back, "
            "and the public interest does not ask for a decision."
        )


class ProposedAlready(Refused):
    def __init__(self) -> None:
        super().__init__("That they leave has been proposed already.")


class DecidedAlready(Refused):
    def __init__(self) -> None:
        super().__init__("This has been decided already.")


class NeedsAnother(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Whoever proposed it, or investigates the case, does not decide on it."
        )


class NotAskedThen(Refused):
    def __init__(self) -> None:
        super().__init__("They cannot have asked after today.")


class CaseLeaving(Base):
    __tablename__ = "case_leaving"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    asked_on: Mapped[date]
    """By the registrant."""
    for_health: Mapped[bool]
    """Whether they cannot say that they never mean to come back, since it is their health that keeps them."""
    proposed_at: Mapped[datetime]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    decision: Mapped[Decision | None] = mapped_column(code(Decision, "decision"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decision_text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )

    process: Mapped[Process] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise", foreign_keys=text_id)
    decision_text: Mapped[CaseText | None] = relationship(
        lazy="raise", foreign_keys=decision_text_id
    )

    __table_args__ = (
        CheckConstraint(
            "(decision is null) = (decided_at is null) and (decided_at is null) = (decided_by is null)",
            name="decided",
        ),
        CheckConstraint(
            "decision = 'withdrawn' or decided_by <> proposed_by", name="two"
        ),
        Index(
            "case_leaving_one_open",
            "case_id",
            unique=True,
            postgresql_where="decision is null",
        ),
    )

    @property
    def open(self) -> bool:
        return self.decision is None

    @classmethod
    async def propose(
        cls,
        session: AsyncSession,
        case: Case,
        proposer: Account,
        *,
        asked_on: date,
        stopped: bool,
        stays_away: bool,
        for_health: bool,
        in_public_interest: bool,
        words: str,
        by: Process,
    ) -> Self:
        """`in_public_interest`: that nothing is decided.

        Raises NotNow, OnlyRestoration, NotForLeaving, ProposedAlready or NotAskedThen.
        """
        case.must_be(*MAY_LEAVE)
        case.must_not_restore()
        if not (stopped and in_public_interest and (stays_away or for_health)):
            raise NotForLeaving
        if asked_on > day_of(by.at):
            raise NotAskedThen
        if await open_leaving(session, case):
            raise ProposedAlready
        leaving = cls(
            id=uuid4(),
            case_id=case.id,
            asked_on=asked_on,
            for_health=for_health,
            proposed_at=by.at,
            process=by,
            proposed_by=proposer.id,
            text=say(session, case.id, words, by=by),
        )
        session.add(leaving)
        case.tell(session, CaseEventKind.LEAVING_PROPOSED, by=by)
        await session.flush()
        return leaving

    async def decide(
        self,
        session: AsyncSession,
        case: Case,
        decider: Account,
        decision: Decision,
        *,
        investigates: bool,
        words: str,
        by: Process,
    ) -> None:
        """Agreed, they are out of the register now and the case is closed. Raises NotNow, DecidedAlready or NeedsAnother."""
        case.must_be(*MAY_LEAVE)
        self.must_be_for(decider, decision, investigates=investigates)
        self.decision, self.decided_at, self.decided_by = decision, by.at, decider.id
        self.decision_text = say(session, case.id, words, by=by)
        case.tell(session, CaseEventKind.LEAVING_DECIDED, by=by, outcome=decision)
        await session.flush()

    def must_be_for(
        self, decider: Account, decision: Decision, *, investigates: bool
    ) -> None:
        """To take it back is for each of them. Raises DecidedAlready or NeedsAnother."""
        if not self.open:
            raise DecidedAlready
        withdrawn = decision is Decision.WITHDRAWN
        if not withdrawn and (investigates or decider.id == self.proposed_by):
            raise NeedsAnother

    async def draw(
        self,
        session: AsyncSession,
        case: Case,
        decision: Decision,
        words: str,
        *,
        now: datetime,
    ) -> Drawn | None:
        """What the registrant reads of it, unless it is taken back or they do not know of the case. Raises CannotBeServed."""
        if not _is_told(case, decision):
            return None
        said = _said(decision, words)
        return await draw(session, case, NoticeKind.LEAVING, said, now=now)

    async def serve(
        self, session: AsyncSession, case: Case, words: str, *, by: Process
    ) -> None:
        """Once it is decided."""
        assert self.decision  # noqa: S101 - whoever calls has decided it
        if _is_told(case, self.decision):
            await serve_or_owe(
                session,
                case,
                ServiceKind.LEAVING,
                NoticeKind.LEAVING,
                _said(self.decision, words),
                text=self.decision_text,
                by=by,
            )

    async def carry_out(
        self, session: AsyncSession, case: Case, *, by: Process
    ) -> None:
        """As the service, once it is agreed: no order of the case stands any more, as nobody is there whom it binds.

        Whoever raised a concern is told.
        """
        for order in await orders_of(session, case.id):
            if order.standing:
                await end(
                    session, case, order, on=by.at, because=Ended.OVERTAKEN, by=by
                )
        for entry in await entries_of(session, case):
            status = entry.status_at(by.at)
            if status and status.current and entry.allows(Move.REMOVE, by.at):
                await let_go(session, entry, by=by)
        await case.close(session, ClosedBecause.LEFT, by=by)
        await tell_referrers(session, case, "left", words="", by=by)


def _is_told(case: Case, decision: Decision) -> bool:
    """Not of what is taken back, nor who does not know of the case."""
    return decision is not Decision.WITHDRAWN and case.told_at is not None


def _said(decision: Decision, words: str) -> dict[Gap, str]:
    outcome = page_words("fitness/cases/words.html").left_words[decision]
    return {Gap.OUTCOME: outcome, Gap.OUR_WORDS: words}


async def open_leaving(session: AsyncSession, case: Case) -> CaseLeaving | None:
    found: CaseLeaving | None = await session.scalar(
        select(CaseLeaving)
        .where(CaseLeaving.case_id == case.id, CaseLeaving.decision.is_(None))
        .options(joinedload(CaseLeaving.text))
    )
    return found


async def leavings_of(session: AsyncSession, case: Case) -> Sequence[CaseLeaving]:
    """The latest first."""
    found = await session.scalars(
        select(CaseLeaving)
        .where(CaseLeaving.case_id == case.id)
        .options(joinedload(CaseLeaving.text), joinedload(CaseLeaving.decision_text))
        .order_by(CaseLeaving.proposed_at.desc(), CaseLeaving.id)
    )
    return found.all()
