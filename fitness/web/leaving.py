"""Leaving the register while a case goes on: proposed by one, decided by another."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.case import Place, Read
from fitness.fence import Capacity, look_as
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
from register.account import StaffRole
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.web.guards import roles
from register.web.needs import Act, Acting, Form, Visit

LEAVING = f"{ONE}/leaving"
DECIDERS = roles(StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR)


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
    words = forms.LongText("Why?", what="why", longest=4000)


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
    if answers.validate():
        by = act.process(LeavingAct.DECIDE)
        try:
            async with attempting(act):
                await waiting.decide(
                    act.session,
                    found.case,
                    act.account,
                    Decision(answers.decision.data),
                    investigates=found.place is Place.INVESTIGATOR,
                    words=answers.words.data,
                    by=by,
                )
        except NeedsAnother as refused:
            answers.add_error("decision", str(refused))
        else:
            if waiting.decision is Decision.AGREED:
                await look_as(act.session, Capacity.SERVICE)
                await waiting.carry_out(act.session, found.case, by=by)
    if answers.faults:
        return await _page(act, found, decide=answers)
    visit.flash("It is decided")
    return _back(found)


def _back(found: Opened) -> Redirect:
    return Redirect(f"{AT}/{found.case.reference}/leaving", status_code=303)


pages = [shown, propose, decide]
