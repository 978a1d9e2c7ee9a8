"""The plan of an investigation, with its clock."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.case import Read, Stage, members
from fitness.investigation.acts import InvestigationAct
from fitness.investigation.clock import clock_of
from fitness.investigation.hold import holds_of
from fitness.investigation.information import requests_of
from fitness.investigation.plan import PlanStep, StepEnd, plan_of
from fitness.investigation.served import told_late
from fitness.numbers import numbered
from fitness.web.cases.one import ONE
from fitness.web.cases.opened import CASE_READERS, INVESTIGATORS, Opened
from fitness.web.investigation.opened import back, investigated, to_work_on, works
from register.account import Account
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.kit.security.input import FormData
from register.web.needs import Act, Acting, Form, Visit

PLAN = f"{ONE}/plan"


class StepForm(forms.Form):
    words = forms.LongText("What is to be done?", what="what is to be done")
    who = forms.Select("Who does it?", what="who does it")
    due_on = forms.Date(
        "Until when?", what="the day until which it is to be done", future=True
    )


class EndForm(forms.Form):
    how = forms.Radios(
        "What became of it?",
        what="what became of it",
        choices=[(one, one) for one in StepEnd],
    )


@get(PLAN, access=CASE_READERS)
async def plan(act: Act, reference: FromPath[str]) -> Template:
    return await _page(act, await investigated(act, reference, what=Read.PLAN))


async def _page(act: Acting, found: Opened, form: StepForm | None = None) -> Template:
    case, today = found.case, day_of(act.now)
    holds = await holds_of(act.session, case.id)
    return page(
        "fitness/investigation/plan.html",
        found=found,
        case=case,
        form=form or await _form(act, found),
        steps=await plan_of(act.session, case.id),
        clock=clock_of(
            case,
            today,
            holds=holds,
            requests=await requests_of(act.session, case.id),
        )
        if case.stage is Stage.INVESTIGATION
        else None,
        held=next((one for one in holds if one.until_on is None), None),
        told_late=told_late(case, today),
        works=works(found),
        today=today,
    )


async def _form(act: Acting, found: Opened, sent: FormData | None = None) -> StepForm:
    form = StepForm(sent, today=day_of(act.now))
    working = await members(act.session, found.case.id)
    form.who.choices = [(str(one.account_id), one.account.name) for one in working]
    return form


@post(PLAN, access=INVESTIGATORS)
async def add(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    found = await to_work_on(act, reference, what=Read.PLAN, lock=True)
    answers = await _form(act, found, form)
    if not answers.validate():
        return await _page(act, found, answers)
    await PlanStep.plan(
        act.session,
        found.case,
        answers.words.data,
        who=await act.session.get_one(Account, answers.who.data),
        due_on=answers.due_on.data,
        by=act.process(InvestigationAct.PLAN),
    )
    visit.flash("The step is in the plan")
    return back(found, "plan")


@get(f"{PLAN}/{{nth:int}}", access=INVESTIGATORS)
async def step(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    found = await to_work_on(act, reference, what=Read.PLAN)
    return _step_page(found, await _numbered(act, found, nth), EndForm())


def _step_page(found: Opened, one: PlanStep, form: EndForm) -> Template:
    return page(
        "fitness/investigation/step.html",
        found=found,
        case=found.case,
        step=one,
        form=form,
    )


@post(f"{PLAN}/{{nth:int}}", access=INVESTIGATORS)
async def end(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    found = await to_work_on(act, reference, what=Read.PLAN, lock=True)
    one = await _numbered(act, found, nth)
    answers = EndForm(form)
    if not answers.validate():
        return _step_page(found, one, answers)
    one.end(
        act.session,
        found.case,
        StepEnd(answers.how.data),
        by=act.process(InvestigationAct.PLAN),
    )
    visit.flash(f"Step {nth} has ended")
    return back(found, "plan")


async def _numbered(act: Acting, found: Opened, nth: int) -> PlanStep:
    return numbered(await plan_of(act.session, found.case.id), nth)


pages = [plan, add, step, end]
