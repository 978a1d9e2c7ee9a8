"""One registrant's learning in an audit, for whoever leads it: who assesses it, what they found, and the condition."""

from datetime import date
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy import select

from register.account import Account
from register.cpd.audit import (
    AuditAct,
    Work,
    about,
    assessors_for,
    assign,
    case_for,
    give_back,
    propose_condition,
    request_of,
    words_of,
)
from register.entry import Entry
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.proposal import Proposal, waiting_on, why_returned
from register.web.audits.staff import (
    APPROVERS,
    FOLLOWERS,
    HOME,
    LEADERS,
    reasons_of,
)
from register.web.needs import Act, Acting, Form, Visit
from register.web.returning import ReturnForm

AT = f"{HOME}/cases/{{case_id:uuid}}"


class AssignForm(forms.Form):
    assessor = forms.Select("Who shall assess it?", what="who shall assess it")


class ConditionForm(forms.Form):
    wording = forms.LongText(
        "What must they do?",
        what="what they must do",
        hint="The condition as everybody reads it in the register.",
        longest=1000,
    )
    due_on = forms.Date(
        "By when must they have done it?",
        what="the day by which they must have done it",
        earliest=forms.days_after(1),
    )
    words = forms.LongText(
        "Why",
        what="why",
        hint="For the second person. Only staff read this.",
        longest=2000,
    )


@get(AT, access=FOLLOWERS)
async def one(act: Act, case_id: FromPath[UUID]) -> Template:
    return await _page(act, await case_for(act.session, act.account, case_id))


async def _page(
    act: Acting,
    work: Work,
    *,
    assigning: AssignForm | None = None,
    setting: ConditionForm | None = None,
    returning: ReturnForm | None = None,
) -> Template:
    session, case = act.session, work.case
    leads = act.viewer.has(*LEADERS.roles)
    waiting = await waiting_on(session, about(case))
    assigns = assigning or AssignForm()
    if leads and work.to_assign:
        assigns.assessor.choices = _choices(await assessors_for(session, work))
    entry_id = select(Entry.id).where(
        Entry.person_id == case.person_id, Entry.part == case.audit.part
    )
    return page(
        "register/audits/case.html",
        form=assigning or setting or returning,
        work=work,
        case=case,
        held=await case.is_held(session, at=act.now),
        gone=case.may_be_set_aside
        and not await case.is_registered(session, at=act.now),
        entry_id=await session.scalar(entry_id),
        asked=await request_of(session, case),
        said=[(one, await words_of(session, one)) for one in work.assessments],
        waiting=waiting,
        due_on=date.fromisoformat(waiting.data["due_on"]) if waiting else None,
        reasons=await reasons_of(act, waiting.process_id) if waiting else [],
        why_not=waiting.why_not(act.account) if waiting else None,
        returned=await why_returned(session, about(case)),
        leads=leads,
        assign_form=assigns,
        condition_form=setting or ConditionForm(today=day_of(act.now)),
        return_form=returning or ReturnForm(),
    )


def _choices(assessors: list[Account]) -> list[tuple[str, str]]:
    return [(str(one.id), one.name or one.email) for one in assessors]


@post(f"{AT}/assignment", access=LEADERS)
async def give(
    act: Act, form: Form, visit: Visit, case_id: FromPath[UUID]
) -> Redirect | Template:
    work = await case_for(act.session, act.account, case_id, lock=True)
    able = {str(one.id): one for one in await assessors_for(act.session, work)}
    answers = AssignForm(form)
    answers.assessor.choices = _choices(list(able.values()))
    if not answers.validate():
        return await _page(act, work, assigning=answers)
    by = act.process(AuditAct.ASSIGN)
    await assign(act.session, work, able[answers.assessor.data], by=by)
    visit.flash("It is given to them")
    return Redirect(f"{HOME}/{work.case.audit_id}", status_code=303)


@post(f"{AT}/assignment/back", access=LEADERS)
async def take_back(act: Act, visit: Visit, case_id: FromPath[UUID]) -> Redirect:
    work = await case_for(act.session, act.account, case_id, lock=True)
    give_back(work, by=act.process(AuditAct.GIVE_BACK))
    visit.flash("It is taken back from them: give it to somebody else")
    return Redirect(f"{HOME}/cases/{case_id}", status_code=303)


@post(f"{AT}/end", access=LEADERS)
async def set_aside(act: Act, visit: Visit, case_id: FromPath[UUID]) -> Redirect:
    work = await case_for(act.session, act.account, case_id, lock=True)
    await work.case.set_aside(act.session, by=act.process(AuditAct.SET_ASIDE))
    visit.flash("It is set aside")
    return Redirect(f"{HOME}/{work.case.audit_id}", status_code=303)


@post(f"{AT}/condition", access=LEADERS)
async def propose(
    act: Act, form: Form, visit: Visit, case_id: FromPath[UUID]
) -> Redirect | Template:
    work = await case_for(act.session, act.account, case_id, lock=True)
    answers = ConditionForm(form, today=day_of(act.now))
    if not answers.validate():
        return await _page(act, work, setting=answers)
    await propose_condition(
        act.session,
        work,
        wording=answers.wording.data,
        due_on=answers.due_on.data,
        words=answers.words.data,
        proposer=act.account,
        by=act.process(AuditAct.PROPOSE),
    )
    visit.flash("Your proposal waits for a second person")
    return Redirect(f"{HOME}/cases/{case_id}", status_code=303)


@post(f"{AT}/approval", access=APPROVERS)
async def approve(act: Act, visit: Visit, case_id: FromPath[UUID]) -> Redirect:
    work, waiting = await _waiting(act, case_id)
    by = act.process(AuditAct.RENEW_CONDITIONALLY)
    await waiting.approve(act.session, approver=act.account, by=by)
    visit.flash("The condition is set, and the registrant is told")
    return Redirect(f"{HOME}/{work.case.audit_id}", status_code=303)


@post(f"{AT}/return", access=APPROVERS)
async def send_back(
    act: Act, form: Form, visit: Visit, case_id: FromPath[UUID]
) -> Redirect | Template:
    work, waiting = await _waiting(act, case_id)
    answers = ReturnForm(form)
    if not answers.validate():
        return await _page(act, work, returning=answers)
    by = act.process(AuditAct.RETURN)
    waiting.return_(words=answers.words.data, approver=act.account, by=by)
    visit.flash("The proposal is back with who made it")
    return Redirect("/staff/proposals", status_code=303)


async def _waiting(act: Acting, case_id: UUID) -> tuple[Work, Proposal]:
    work = await case_for(act.session, act.account, case_id, lock=True)
    waiting = await waiting_on(act.session, about(work.case))
    if waiting is None:
        raise NotFound
    return work, waiting


pages = [one, give, take_back, set_aside, propose, approve, send_back]
