"""What follows from what the examiners decide, and from what the registrant answers: orders, stages and letters.

As the service, with the case locked: what follows is nobody's to see or not to see.
"""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case, CaseEventKind, ClosedBecause, Stage, tell_referrers
from fitness.examination.decision import ExaminationDecision
from fitness.examination.disposal import Answer, Disposal, in_words
from fitness.examination.examination import Examination
from fitness.examination.outcome import ORDERED, Outcome
from fitness.examination.view import Given
from fitness.fence import Capacity, look_as
from fitness.investigation.owed import serve_or_owe
from fitness.investigation.served import ServiceKind
from fitness.notice_template import Gap, NoticeKind
from fitness.order import CaseOrder, end_interim, take_effect
from register.kit.errors import NotFound
from register.process import Process

A_PANEL = "A panel will hear the case."
APART: Mapping[Gap, str] = {
    Gap.OUTCOME: A_PANEL,
    Gap.OUR_WORDS: "The two case examiners did not agree with one another.",
}
NOT_AGREED: Mapping[Gap, str] = {
    Gap.OUTCOME: A_PANEL,
    Gap.OUR_WORDS: "You did not agree to what the case examiners proposed, or did not answer in time.",
}


async def locked(session: AsyncSession, case: Case) -> Case:
    """The same, as the service, held until the transaction ends: who decides on it and who answers come one after the other."""
    await look_as(session, Capacity.SERVICE)
    # Its key may be shared: whoever reads a case writes a line that refers to it, and two who had would wait for one another.
    await session.execute(
        select(Case)
        .where(Case.id == case.id)
        .with_for_update(of=Case, key_share=True)
        .execution_options(populate_existing=True)
    )
    await session.refresh(case, ["person", "rule_set"])
    return case


async def locked_by_office(session: AsyncSession, case: Case) -> Case:
    """As `locked`, for those of whom the database takes changes of the case; raises NotFound for anybody else."""
    theirs = (
        select(Case.id)
        .where(Case.id == case.id)
        .with_for_update(of=Case, key_share=True)
    )
    if await session.scalar(theirs) is None:
        raise NotFound
    return await locked(session, case)


async def part_ways(
    session: AsyncSession, case: Case, examination: Examination, *, by: Process
) -> bool:
    """A hearing, where the examiners do not agree at last."""
    if not (await Given.of(session, examination)).apart:
        return False
    await _conclude(session, case, examination, Outcome.HEARING, by=by)
    await _hear(session, case, APART, by=by)
    return True


async def carry_out(
    session: AsyncSession,
    case: Case,
    examination: Examination,
    decision: ExaminationDecision,
    *,
    by: Process,
) -> None:
    """What both have signed."""
    outcome = decision.outcome
    if outcome is Outcome.DISPOSAL:
        await Disposal.propose(session, case, examination, decision, by=by)
        examination.waiting_since = by.at
        return
    await _conclude(session, case, examination, outcome, by=by)
    if outcome is Outcome.MORE_INFORMATION:
        case.move(session, Stage.INVESTIGATION, by=by)
    elif outcome is Outcome.HEARING:
        await _hear(session, case, in_words(decision), by=by)
    elif outcome is Outcome.NO_ACTION:
        await end_interim(session, case, by=by)
        await case.close(session, ClosedBecause.NO_ACTION, by=by)
        await _tell(session, case, outcome, in_words(decision), by=by)
    else:
        await _order(session, case, decision, by=by)
        await _tell(session, case, outcome, in_words(decision), by=by)


async def answer(
    session: AsyncSession,
    case: Case,
    examination: Examination,
    disposal: Disposal,
    how: Answer,
    *,
    words: str = "",
    by: Process,
) -> None:
    """What the registrant says to a proposal that is open, or that its time is over."""
    if how is Answer.AGREED:
        await _agree_to(session, case, examination, disposal, by=by)
    elif how is Answer.VARIED:
        _think_again(session, case, examination, disposal, words, by=by)
    else:
        await _go_to_hearing(session, case, examination, disposal, how, by=by)


async def _agree_to(
    session: AsyncSession,
    case: Case,
    examination: Examination,
    disposal: Disposal,
    *,
    by: Process,
) -> None:
    """From this moment on the order stands."""
    order = await _order(session, case, disposal.decision, by=by)
    disposal.be_answered(session, case, Answer.AGREED, order_id=order.id, by=by)
    await _conclude(session, case, examination, Outcome.DISPOSAL, by=by)
    said = in_words(disposal.decision)
    said[Gap.OUTCOME] = f"You have agreed to what they proposed.\n\n{said[Gap.OUTCOME]}"
    await _tell(session, case, Outcome.DISPOSAL, said, by=by)


async def _go_to_hearing(
    session: AsyncSession,
    case: Case,
    examination: Examination,
    disposal: Disposal,
    how: Answer,
    *,
    by: Process,
) -> None:
    """The proposal was refused, or nothing came in time."""
    disposal.be_answered(session, case, how, by=by)
    await _conclude(session, case, examination, Outcome.HEARING, by=by)
    await _hear(session, case, NOT_AGREED, by=by)


def _think_again(
    session: AsyncSession,
    case: Case,
    examination: Examination,
    disposal: Disposal,
    words: str,
    *,
    by: Process,
) -> None:
    """The registrant asks for other terms: the examiners propose anew, insist, or refer it to a hearing. Raises AskedAlready."""
    disposal.must_be_variable()
    disposal.be_answered(session, case, Answer.VARIED, words=words, by=by)
    examination.waiting_since, examination.views_since = None, by.at


async def _conclude(
    session: AsyncSession,
    case: Case,
    examination: Examination,
    outcome: Outcome,
    *,
    by: Process,
) -> None:
    examination.end(outcome, by=by)
    case.tell(session, CaseEventKind.EXAMINED, by=by, outcome=outcome)
    await session.flush()


async def _order(
    session: AsyncSession, case: Case, decision: ExaminationDecision, *, by: Process
) -> CaseOrder:
    assert decision.measure is not None  # noqa: S101 - the table's CHECK: the outcome is one of ORDERED
    order = await CaseOrder.make(
        session,
        case,
        decision.measure,
        months=decision.months,
        words=decision.wording.words if decision.wording else "",
        decided=ORDERED[decision.outcome],
        by=by,
    )
    await take_effect(session, case, order, by=by)
    if case.open_now:
        case.move(session, Stage.MONITORING, by=by)
    return order


async def _hear(
    session: AsyncSession, case: Case, said: Mapping[Gap, str], *, by: Process
) -> None:
    case.move(session, Stage.HEARING, by=by)
    await _tell(session, case, Outcome.HEARING, said, by=by)


async def _tell(
    session: AsyncSession,
    case: Case,
    outcome: Outcome,
    said: Mapping[Gap, str],
    *,
    by: Process,
) -> None:
    """The registrant what is decided and why, and whoever raised a concern what became of it."""
    await serve_or_owe(
        session, case, ServiceKind.EXAMINATION, NoticeKind.EXAMINATION, said, by=by
    )
    await tell_referrers(session, case, f"examined_{outcome}", words="", by=by)
