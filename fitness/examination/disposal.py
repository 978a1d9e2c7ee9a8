"""Accepted disposal: what the examiners propose in place of a hearing, and what the registrant answers to it.

Nothing of it is in the register until the registrant agrees. Whoever answers has the case locked: of two answers, and of an
answer and the end of its time, one comes first, and the other is told.
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from fitness.case import Case, CaseEventKind, CaseText, Stage, say
from fitness.examination.decision import ExaminationDecision
from fitness.examination.examination import Examination
from fitness.examination.outcome import Outcome
from fitness.investigation.drawn import ERASED, Drawn, draw
from fitness.investigation.served import AS_READ, CaseService, ServiceKind
from fitness.notice_template import Gap, NoticeKind, Unserved, current, page_words
from fitness.numbers import next_number
from fitness.order import Measure
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.notice import last_day
from register.process import Process


class Answer(StrEnum):
    AGREED = "agreed"
    VARIED = "varied"
    """The registrant would agree to something else."""
    REFUSED = "refused"
    EXPIRED = "expired"
    """Nothing came in time."""

    @property
    def leads_to_a_hearing(self) -> bool:
        return self in {Answer.REFUSED, Answer.EXPIRED}


class ProposalAnswered(Refused):
    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(
            "The time to answer this proposal is over, so a panel will hear the case."
            if answer is Answer.EXPIRED
            else "This proposal has been answered already."
        )


class ProposalOver(Refused):
    def __init__(self, respond_by: date) -> None:
        self.respond_by = respond_by
        super().__init__("The time to answer this proposal is over.")


class AskedAlready(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The examiners have looked at other terms and stand by these. You can agree to them or refuse them."
        )


class Disposal(Base):
    __tablename__ = "disposal"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"))
    number: Mapped[int]
    examination_id: Mapped[UUID] = mapped_column(
        ForeignKey("examination.id"), index=True
    )
    decision_id: Mapped[UUID] = mapped_column(
        ForeignKey("examination_decision.id"), unique=True
    )
    service_id: Mapped[UUID] = mapped_column(ForeignKey("case_service.id"))
    """The last time that it was served."""
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    proposed_at: Mapped[datetime]
    respond_by: Mapped[date]
    """The last day: the time ends at 23:59:59 Europe/London."""
    insisted: Mapped[bool]
    """The same as before, although the registrant asked for something else."""
    reminded_at: Mapped[datetime | None]
    """Of the last day that it has now."""
    answered_at: Mapped[datetime | None]
    answer: Mapped[Answer | None] = mapped_column(code(Answer, "answer"))
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """What the registrant asks for instead."""
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_order.id"))

    process: Mapped[Process] = relationship(lazy="raise")
    decision: Mapped[ExaminationDecision] = relationship(lazy="raise")
    service: Mapped[CaseService] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("(answered_at is null) = (answer is null)", name="answered"),
        CheckConstraint(
            "(answer = 'agreed') is true = (order_id is not null)", name="order"
        ),
        Index(
            "disposal_one_open",
            "case_id",
            unique=True,
            postgresql_where="answered_at is null",
        ),
    )

    @classmethod
    async def propose(
        cls,
        session: AsyncSession,
        case: Case,
        examination: Examination,
        decision: ExaminationDecision,
        *,
        by: Process,
    ) -> Self:
        """Raises CannotBeServed."""
        drawn = await _draw(session, case, decision, now=by.at)
        service = await _serve(session, case, drawn, by=by)
        before = await disposals_of(session, case.id)
        disposal = cls(
            id=uuid4(),
            case_id=case.id,
            number=await next_number(session, cls.number, cls.case_id, case.id),
            examination_id=examination.id,
            decision=decision,
            service=service,
            process=by,
            proposed_at=by.at,
            respond_by=last_day(
                service.deemed_on, case.rule_set.rules.proposal_answer_days
            ),
            insisted=bool(before)
            and before[0].examination_id == examination.id
            and _same(before[0].decision, decision),
        )
        session.add(disposal)
        case.tell(
            session,
            CaseEventKind.PROPOSED,
            by=by,
            proposal=disposal.number,
            until=disposal.respond_by,
        )
        await session.flush()
        return disposal

    @property
    def measure(self) -> Measure:
        assert self.decision.measure is not None  # noqa: S101 - the CHECK of a decision on a disposal
        return self.decision.measure

    @property
    def wording(self) -> str:
        return self.decision.wording.words if self.decision.wording else ""

    def late(self, day: date) -> bool:
        return day > self.respond_by

    def must_be_open(self, *, came_on: date) -> None:
        """Raises ProposalAnswered or ProposalOver."""
        if self.answer:
            raise ProposalAnswered(self.answer)
        if self.late(came_on):
            raise ProposalOver(self.respond_by)

    def must_be_variable(self) -> None:
        if self.insisted:
            raise AskedAlready

    def be_answered(
        self,
        session: AsyncSession,
        case: Case,
        answer: Answer,
        *,
        words: str = "",
        order_id: UUID | None = None,
        by: Process,
    ) -> None:
        self.answered_at, self.answer, self.order_id = by.at, answer, order_id
        if words:
            self.text = say(session, case.id, words, by=by)
        case.tell(
            session,
            CaseEventKind.PROPOSAL_ANSWERED,
            by=by,
            proposal=self.number,
            answer=answer,
        )

    async def draw_by_post(
        self, session: AsyncSession, case: Case, *, now: datetime
    ) -> Drawn:
        """As `serve_by_post` would serve it; raises what it does."""
        case.must_be(Stage.EXAMINATION)
        if self.answer:
            raise ProposalAnswered(self.answer)
        return await _draw(session, case, self.decision, by_post=True, now=now)

    async def serve_by_post(
        self, session: AsyncSession, case: Case, *, by: Process
    ) -> None:
        """Once more, after what did not arrive: the time runs anew. Raises NotNow, ProposalAnswered or CannotBeServed."""
        drawn = await self.draw_by_post(session, case, now=by.at)
        self.service = await _serve(session, case, drawn, by=by)
        days = case.rule_set.rules.proposal_answer_days
        self.respond_by = max(self.respond_by, last_day(self.service.deemed_on, days))
        self.reminded_at = None


async def _draw(
    session: AsyncSession,
    case: Case,
    decision: ExaminationDecision,
    *,
    by_post: bool = False,
    now: datetime,
) -> Drawn:
    """Raises CannotBeServed."""
    return await draw(
        session,
        case,
        NoticeKind.PROPOSAL,
        in_words(decision),
        days=case.rule_set.rules.proposal_answer_days,
        by_post=by_post,
        now=now,
    )


async def _serve(
    session: AsyncSession, case: Case, drawn: Drawn, *, by: Process
) -> CaseService:
    return await CaseService.serve(session, case, ServiceKind.PROPOSAL, drawn, by=by)


async def unserved_notice(
    session: AsyncSession, decision: ExaminationDecision
) -> Unserved | None:
    """What is served once both have signed; of what only our staff read nothing is."""
    if decision.outcome is Outcome.MORE_INFORMATION:
        return None
    proposed = decision.outcome is Outcome.DISPOSAL
    kind = NoticeKind.PROPOSAL if proposed else NoticeKind.EXAMINATION
    template = await current(session, kind)
    return Unserved.of(template.wording, in_words(decision))


def in_words(decision: ExaminationDecision) -> dict[Gap, str]:
    """What a notice tells of it."""
    words = page_words("fitness/examination/words.html")
    outcome = f"{words.terms_in_words(decision.terms)}."
    if decision.wording:
        outcome += f"\n\nWhat the register says of it: {decision.wording.words}"
    reasons = decision.text.words if decision.text else ERASED
    return {Gap.OUTCOME: outcome, Gap.OUR_WORDS: reasons}


def _same(one: ExaminationDecision, other: ExaminationDecision) -> bool:
    words = [d.wording.words if d.wording else "" for d in (one, other)]
    return one.terms == other.terms and words[0] == words[1]


async def disposals_of(session: AsyncSession, case_id: UUID) -> Sequence[Disposal]:
    """The latest first, with its terms."""
    found = await session.scalars(
        select(Disposal)
        .where(Disposal.case_id == case_id)
        .options(
            joinedload(Disposal.text),
            joinedload(Disposal.service).options(*AS_READ),
            joinedload(Disposal.decision).options(
                joinedload(ExaminationDecision.text),
                joinedload(ExaminationDecision.wording),
                joinedload(ExaminationDecision.public),
            ),
        )
        .order_by(Disposal.number.desc())
        .execution_options(populate_existing=True)
    )
    return found.all()


async def disposal_of(session: AsyncSession, case_id: UUID) -> Disposal:
    """The latest; raises NotFound where nothing was ever proposed."""
    for disposal in await disposals_of(session, case_id):
        return disposal
    raise NotFound


async def agreed_in(session: AsyncSession, case_id: UUID) -> Disposal | None:
    for disposal in await disposals_of(session, case_id):
        if disposal.answer is Answer.AGREED:
            return disposal
    return None
