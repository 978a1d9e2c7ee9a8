"""Reversing a decision on an application: proposed by a registrar, approved or returned by another."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.account import StaffRole
from register.appeal import (
    ReversalAct,
    ReversalReason,
    about_reversal,
    propose_reversal,
)
from register.application import Move
from register.assessment import application_for, said_in
from register.kit import forms
from register.kit.errors import NotFound
from register.proposal import Proposal, waiting_on, why_returned
from register.web.applications.record import (
    Opened,
    application_page,
    open_application,
)
from register.web.casework import CORRECTORS, READERS
from register.web.needs import Act, Acting, Form, Session, Visit
from register.web.returning import ReturnForm


class ReversalForm(forms.Form):
    because = forms.Radios(
        "Why is the decision reversed?",
        what="why the decision is reversed",
        choices=[(reason, reason) for reason in ReversalReason],
    )
    words = forms.LongText(
        "What was wrong",
        what="what was wrong",
        hint="Only staff read this.",
        longest=2000,
    )


@get("/{reference:str}/reversal", access=READERS)
async def reversal(session: Session, act: Act, reference: FromPath[str]) -> Template:
    opened = await open_application(session, act, reference)
    return await reversal_page(session, act, opened)


async def reversal_page(
    session: Session,
    act: Acting,
    opened: Opened,
    form: ReversalForm | ReturnForm | None = None,
) -> Template:
    about = about_reversal(opened.application)
    waiting = await waiting_on(session, about)
    return application_page(
        "reversal",
        opened,
        form=form,
        reversible=opened.application.allows(Move.REVERSE),
        waiting=waiting,
        said=await said_in(session, waiting.process_id) if waiting else None,
        why_not=waiting.why_not(act.account) if waiting else None,
        returned=await why_returned(session, about),
        may_propose=StaffRole.REGISTRAR in act.account.roles,
        proposing=form if isinstance(form, ReversalForm) else ReversalForm(),
        returning=form if isinstance(form, ReturnForm) else ReturnForm(),
    )


@post("/{reference:str}/reversal", access=CORRECTORS)
async def propose(
    session: Session, act: Act, form: Form, visit: Visit, reference: FromPath[str]
) -> Redirect | Template:
    opened = await open_application(session, act, reference)
    answers = ReversalForm(form)
    if not answers.validate():
        return await reversal_page(session, act, opened, answers)
    await propose_reversal(
        session,
        opened.application,
        because=ReversalReason(answers.because.data),
        words=answers.words.data,
        proposer=act.account,
        by=act.process(ReversalAct.PROPOSE),
    )
    visit.flash("Your proposal waits for a second registrar")
    return Redirect(f"/staff/applications/{reference}", status_code=303)


@post("/{reference:str}/reversal/approval", access=CORRECTORS)
async def approve(
    session: Session, act: Act, visit: Visit, reference: FromPath[str]
) -> Redirect:
    waiting = await _waiting(session, act, reference)
    by = act.process(ReversalAct.APPROVE)
    await waiting.approve(session, approver=act.account, by=by)
    visit.flash("The decision is reversed, and the applicant is told")
    return Redirect(f"/staff/applications/{reference}", status_code=303)


@post("/{reference:str}/reversal/return", access=CORRECTORS)
async def send_back(
    session: Session, act: Act, form: Form, visit: Visit, reference: FromPath[str]
) -> Redirect | Template:
    waiting = await _waiting(session, act, reference)
    answers = ReturnForm(form)
    if not answers.validate():
        opened = await open_application(session, act, reference)
        return await reversal_page(session, act, opened, answers)
    by = act.process(ReversalAct.RETURN)
    waiting.return_(words=answers.words.data, approver=act.account, by=by)
    visit.flash("The proposal is back with who made it")
    return Redirect("/staff/proposals", status_code=303)


async def _waiting(session: Session, act: Acting, reference: str) -> Proposal:
    application = await application_for(session, act.account, reference)
    await application.lock(session)
    waiting = await waiting_on(session, about_reversal(application))
    if waiting is None:
        raise NotFound
    return waiting


pages = [reversal, propose, approve, send_back]
