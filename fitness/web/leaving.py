"""Leaving the register while a case goes on: proposed by one, decided by another."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from fitness.case import Read
from fitness.fence import Capacity, look_as
from fitness.investigation.drawn import Drawn
from fitness.leaving import (
    MAY_LEAVE,
    CaseLeaving,
    Decision,
    LeavingAct,
    NeedsAnother,
    NotAskedThen,
    NotForLeaving,
    leavings_of,
    open_leaving,
)
from fitness.web.cases.listing import AT
from fitness.web.cases.one import ONE
from fitness.web.cases.opened import (
    CASE_READERS,
    CASE_WRITERS,
    Opened,
    attempting,
    opened,
)
from fitness.web.notices.preview import (
    preview_page,
    printed,
    wants_change,
    was_seen,
)
from register.account import StaffRole
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.kit.security.limits import PDF
from register.notice import CannotBeServed
from register.web.guards import roles
from register.web.needs import Act, Acting, Form, Visit

LEAVING = f"{ONE}/leaving"
DECIDERS = roles(StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR)
NOWHERE = "It is decided. There is no address to which the decision could be sent: it waits with the notices"


class ProposeForm(forms.Form):
    asked_on = forms.Date(
        "When did the registrant ask to leave?",
        what="the day on which they asked",
        past=True,
    )
    stopped = forms.YesNo(
        "Have they stopped practising, or are they about to?",
        what="they have stopped practising or are about to",
    )
    stays_away = forms.YesNo(
        "Do they say that they do not mean to come back?",
        what="they say that they do not mean to come back",
    )
    for_health = forms.YesNo(
        "Is it their health that keeps them from practising?",
        what="it is their health that keeps them from practising",
    )
    in_public_interest = forms.YesNo(
        "Is the public protected as well if nothing is decided?",
        what="the public is protected as well if nothing is decided",
        hint="Think of what is alleged, and of trust in the register.",
    )
    words = forms.LongText(
        "Why?", what="why", hint="Do not name a child.", longest=4000
    )


class DecideForm(forms.Form):
    decision = forms.Radios(
        "What do you decide?",
        what="what you decide",
        choices=[(one, one) for one in Decision],
    )
    words = forms.LongText(
        "Why?",
        what="why",
        hint="The registrant reads it, unless it is taken back: you see it first. Do not name a child.",
        longest=4000,
    )


@get(LEAVING, access=CASE_READERS)
async def shown(act: Act, reference: FromPath[str]) -> Template:
    return await _page(act, await opened(act, reference, what=Read.LEAVING))


async def _page(
    act: Acting,
    found: Opened,
    propose: ProposeForm | None = None,
    decide: DecideForm | None = None,
) -> Template:
    case = found.case
    return page(
        "fitness/cases/leaving.html",
        found=found,
        case=case,
        form=propose or decide or ProposeForm(),
        propose=propose or ProposeForm(today=day_of(act.now)),
        decide=decide or DecideForm(),
        waiting=await open_leaving(act.session, case),
        leavings=await leavings_of(act.session, case),
        may=case.stage in MAY_LEAVE and act.viewer.has(*CASE_WRITERS.roles),
        decides=act.viewer.has(*DECIDERS.roles),
    )


@post(LEAVING, access=CASE_WRITERS)
async def propose(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    found = await opened(act, reference, what=Read.LEAVING, lock=True)
    answers = ProposeForm(form, today=day_of(act.now))
    if answers.validate():
        try:
            async with attempting(act):
                await CaseLeaving.propose(
                    act.session,
                    found.case,
                    act.account,
                    asked_on=answers.asked_on.data,
                    stopped=answers.stopped.data,
                    stays_away=answers.stays_away.data,
                    for_health=answers.for_health.data,
                    in_public_interest=answers.in_public_interest.data,
                    words=answers.words.data,
                    by=act.process(LeavingAct.PROPOSE),
                )
        except NotAskedThen as refused:
            answers.add_error("asked_on", str(refused))
        except NotForLeaving as refused:
            answers.add_error("stopped", str(refused))
    if answers.faults:
        return await _page(act, found, answers)
    visit.flash("It waits for a second person")
    return _back(found)


@post(f"{LEAVING}/decision", access=DECIDERS)
async def decide(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    found = await opened(act, reference, what=Read.LEAVING, lock=True)
    waiting = await open_leaving(act.session, found.case)
    if waiting is None:
        raise NotFound
    answers = DecideForm(form)
    drawn = await _drawn(act, found, waiting, answers)
    if answers.faults or wants_change(form):
        return await _page(act, found, decide=answers)
    if drawn and not was_seen(drawn, form):
        return preview_page(found, drawn, form, to=f"{_at(found)}/decision")
    by = act.process(LeavingAct.DECIDE)
    await waiting.decide(
        act.session,
        found.case,
        act.account,
        Decision(answers.decision.data),
        investigates=found.investigates,
        words=answers.words.data,
        by=by,
    )
    await look_as(act.session, Capacity.SERVICE)
    await waiting.serve(act.session, found.case, answers.words.data, by=by)
    if waiting.decision is Decision.AGREED:
        await waiting.carry_out(act.session, found.case, by=by)
    nobody = found.case.told_at is None or waiting.decision is Decision.WITHDRAWN
    visit.flash("It is decided" if drawn or nobody else NOWHERE)
    return _back(found)


async def _drawn(
    act: Acting, found: Opened, waiting: CaseLeaving, answers: DecideForm
) -> Drawn | None:
    """None where the form says what is wrong, or there is nothing to serve, or nowhere to send it: it is decided all the same."""
    if not answers.validate():
        return None
    decision = Decision(answers.decision.data)
    try:
        waiting.must_be_for(act.account, decision, investigates=found.investigates)
        return await waiting.draw(
            act.session, found.case, decision, answers.words.data, now=act.now
        )
    except NeedsAnother as refused:
        answers.add_error("decision", str(refused))
    except CannotBeServed:
        return None
    return None


@post(f"{LEAVING}/decision/preview.pdf", access=DECIDERS, limit=PDF)
async def paper(
    act: Act, reference: FromPath[str], form: Form
) -> Response[bytes] | Template:
    found = await opened(act, reference, what=Read.LEAVING)
    waiting = await open_leaving(act.session, found.case)
    if waiting is None:
        raise NotFound
    answers = DecideForm(form)
    drawn = await _drawn(act, found, waiting, answers)
    if drawn is None:
        return await _page(act, found, decide=answers)
    return await printed(drawn.reading, now=act.now, name="preview")


def _at(found: Opened) -> str:
    return f"{AT}/{found.case.reference}/leaving"


def _back(found: Opened) -> Redirect:
    return Redirect(_at(found), status_code=303)


pages = [shown, propose, decide, paper]
