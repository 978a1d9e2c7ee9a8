"""Verdicts on qualifications that a second person confirms or returns."""

from uuid import UUID

from litestar import post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.assessment import AssessmentAct, about_qualification, qualification_in
from register.kit.errors import NotFound
from register.proposal import Proposal, waiting_on
from register.qualification import Qualification
from register.web.applications.portfolio import portfolio_page
from register.web.applications.record import Opened, open_application
from register.web.applications.scrutiny import scrutiny_page
from register.web.casework import APPROVERS
from register.web.needs import Act, Form, Session, Visit
from register.web.returning import ReturnForm

VERDICT = "/{reference:str}/qualifications/{qualification_id:uuid}/verdict"


async def _waiting(
    session: Session, opened: Opened, qualification_id: UUID
) -> tuple[Qualification, Proposal]:
    await opened.application.lock(session)
    found = await qualification_in(session, opened.application, qualification_id)
    waiting = await waiting_on(session, about_qualification(found))
    if waiting is None or waiting.application_id != opened.application.id:
        raise NotFound
    return found, waiting


@post(f"{VERDICT}/approval", access=APPROVERS)
async def approve(
    session: Session,
    act: Act,
    *,
    visit: Visit,
    reference: FromPath[str],
    qualification_id: FromPath[UUID],
) -> Redirect:
    opened = await open_application(session, act, reference)
    _, waiting = await _waiting(session, opened, qualification_id)
    by = act.process(AssessmentAct.CONFIRM)
    await waiting.approve(session, approver=act.account, by=by)
    visit.flash("The verdict is confirmed")
    return Redirect("/staff/proposals", status_code=303)


@post(f"{VERDICT}/return", access=APPROVERS)
async def send_back(
    session: Session,
    act: Act,
    *,
    form: Form,
    visit: Visit,
    reference: FromPath[str],
    qualification_id: FromPath[UUID],
) -> Redirect | Template:
    opened = await open_application(session, act, reference)
    found, waiting = await _waiting(session, opened, qualification_id)
    answers = ReturnForm(form)
    if not answers.validate():
        shown = portfolio_page if found.by_portfolio else scrutiny_page
        return await shown(session, act, opened, found, return_form=answers)
    by = act.process(AssessmentAct.RETURN_VERDICT)
    waiting.return_(words=answers.words.data, approver=act.account, by=by)
    visit.flash("The proposal is back with who made it")
    return Redirect("/staff/proposals", status_code=303)


pages = [approve, send_back]
