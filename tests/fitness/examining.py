"""Examinations for tests: reported, two examiners appointed, what each makes of it, and what they decide together."""

from dataclasses import dataclass
from typing import Any

from fitness.case import Case
from fitness.examination.conclusion import answer, carry_out, locked, part_ways
from fitness.examination.decision import ExaminationDecision, decision_of
from fitness.examination.disposal import Answer, disposal_of
from fitness.examination.examination import Examination, examination_of
from fitness.examination.examiner import appoint
from fitness.examination.outcome import Outcome, Prospect, Terms
from fitness.examination.paper import Checked, DisposalPaper
from fitness.examination.view import ExaminerView, Given, Interest, Weighed
from fitness.fence import Capacity, look_as
from fitness.investigation.allegation import Ground
from fitness.order import Measure
from fitness.panel import Decider, Side
from register.account import Account, StaffRole
from register.kit.clock import day_of
from tests.fitness.finding import DAY, comment, disclose, draw, make_told
from tests.fitness.investigating import act
from tests.make import NOW, make_account

BEFORE = NOW - 10 * DAY
CONDITIONS = "You work only where somebody else is on the shift."
PUBLIC = "The registrant left children alone at night, and works under conditions."


@dataclass(frozen=True)
class Examined:
    """A case laid before two examiners."""

    case: Case
    examination: Examination
    lay: Account
    registrant: Account
    """The examiner who is one."""
    owner: Account
    """Whom the case is about."""


async def make_examiner(session, side=Side.LAY, **more):
    account = await make_account(session, StaffRole.CASE_EXAMINER, **more)
    await look_as(session, Capacity.SERVICE)
    await Decider.describe(
        session, account, side, may_chair=False, areas=[], by=act(session)
    )
    await session.flush()
    return account


async def make_ready(session, *, now=BEFORE, grounds=(Ground.MISCONDUCT,), **more):
    """An investigation that can be reported, and the registrant's account."""
    case, account = await make_told(session, now=now, **more)
    alleged = await draw(session, case, now=now, grounds=grounds)
    disclosure = await disclose(session, case, [alleged], now=now)
    await comment(session, case, disclosure, now=now)
    return case, account


async def report(session, case, words="The logs bear it out.", *, now=NOW):
    examination = await Examination.begin(
        session, case, words, by=act(session, now=now)
    )
    await session.flush()
    return examination


async def make_examined(session, *, examiners=None, **more) -> Examined:
    case, owner = await make_ready(session, **more)
    examination = await report(session, case)
    lay, registrant = examiners or [await make_examiner(session, side) for side in Side]
    for account in (lay, registrant):
        await appoint(session, case, examination, account, by=act(session))
    await session.flush()
    return Examined(case, examination, lay, registrant, owner)


async def versions(session, examination):
    await session.refresh(examination, ["versions"])
    return [one.id for one in examination.versions]


async def view(
    session,
    found,
    who,
    outcome=Outcome.NO_ACTION,
    *,
    prospect=None,
    measure=None,
    months=None,
    now=NOW,
    **more: Any,
):
    """By whoever it is, as the test leads to that outcome; they have read what there is to read."""
    case = await locked(session, found.case)
    if prospect is None:
        decided = outcome in {Outcome.HEARING, Outcome.DISPOSAL}
        prospect = Prospect.YES if decided else Prospect.NO
    ask = prospect is Prospect.YES
    given = await Given.of(session, found.examination)
    other = given.other_than(who.id)
    by = act(session, who, now=now)
    made = await ExaminerView.give(
        session,
        case,
        found.examination,
        who,
        terms=Terms.of(outcome, case.rule_set.rules, measure=measure, months=months),
        weighed=[
            Weighed(one, prospect, "So it seems.")
            for one in await versions(session, found.examination)
        ],
        interest=more.pop("interest", Interest(outcome is Outcome.HEARING, "So"))
        if ask
        else None,
        words="Because of the logs.",
        interim=more.pop("interim", False),
        stands=more.pop("stands", False),
        read=more.pop("read", other.number if other else None),
        by=by,
    )
    await part_ways(session, case, found.examination, by=by)
    await session.flush()
    return made


async def both_view(session, found, *terms, **more):
    for who in (found.lay, found.registrant):
        await view(session, found, who, *terms, **more)


async def draft(session, found, who=None, *, now=NOW, **more):
    case = await locked(session, found.case)
    who = who or found.lay
    latest = await decision_of(session, found.examination)
    return await ExaminationDecision.draft(
        session,
        case,
        found.examination,
        who,
        words=more.pop("words", "The reasons."),
        wording=more.pop("wording", CONDITIONS),
        public=more.pop("public", PUBLIC),
        read=more.pop("read", latest.number if latest else 0),
        by=act(session, who, now=now),
    )


async def confirm(session, found, who=None, *, now=NOW):
    case = await locked(session, found.case)
    who = who or found.registrant
    decision = await decision_of(session, found.examination)
    by = act(session, who, now=now)
    await decision.confirm(session, case, found.examination, who, by=by)
    await carry_out(session, case, found.examination, decision, by=by)
    await session.flush()
    return decision


async def decide(session, found, *terms, now=NOW, **more):
    """Both of one mind, written by one and signed by the other."""
    await both_view(session, found, *terms, now=now, **more)
    await draft(session, found, now=now)
    return await confirm(session, found, now=now)


async def propose(
    session, found, measure=Measure.CONDITIONS, months=12, *, now=NOW, **more
):
    await decide(
        session,
        found,
        Outcome.DISPOSAL,
        measure=measure,
        months=months,
        now=now,
        **more,
    )
    return await disposal_of(session, found.case.id)


async def answer_with(session, found, how, *, words="", now=NOW):
    """By the registrant, whose second factor has been shown."""
    case = await locked(session, found.case)
    disposal = await disposal_of(session, case.id)
    disposal.must_be_open(came_on=day_of(now))
    await answer(
        session,
        case,
        await examination_of(session, case.id),
        disposal,
        how,
        words=words,
        by=act(session, found.owner, now=now),
    )
    await session.flush()
    return disposal


async def record(session, found, staff, how=Answer.AGREED, *, now=NOW, **more):
    case = await locked(session, found.case)
    paper = await DisposalPaper.record(
        session,
        case,
        await disposal_of(session, case.id),
        staff,
        how,
        came_on=more.pop("came_on", day_of(now)),
        by=act(session, staff, now=now),
        **more,
    )
    await session.flush()
    return paper


async def check(session, found, paper, staff, result=Checked.CONFIRMED, *, now=NOW):
    case = await locked(session, found.case)
    await paper.check(
        session,
        case,
        await examination_of(session, case.id),
        await disposal_of(session, case.id),
        staff,
        found=result,
        by=act(session, staff, now=now),
    )
    await session.flush()
