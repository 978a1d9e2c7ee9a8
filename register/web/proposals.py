"""Proposals that wait for a second person, who approves or returns them."""

from typing import Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.assessment import (
    AssessmentAct,
    OnApplication,
    Overtaken,
    checks_of,
    conditions_in,
    conditions_of,
    explained_in,
    hits_shown,
    how_theirs_ended,
    letter_before,
    lock_unchanged,
    may_read_restricted,
    notice_of,
    pending,
    proposal_for,
    read_checks,
    reasons_of,
    return_to_officer,
    rule_set_of,
    said_in,
    seen_now,
)
from register.kit import forms
from register.kit.pages import page
from register.notice import said_to
from register.proposal import ProposalKind, ProposalState
from register.web import returning
from register.web.applications.overtaken import Stamped, overtaken
from register.web.casework import APPROVERS, READERS
from register.web.needs import Act, Form, Session, Visit
from register.web.paging import after_of


class ReturnForm(Stamped, returning.ReturnForm):
    """Carries what the page showed too."""


@get("/", access=READERS)
async def proposals(
    request: Request[Any, Any, Any], session: Session, act: Act
) -> Template:
    after, theirs = after_of(request), request.query_params.get("show") == "yours"
    found = await pending(session, act.account, after=after, theirs=theirs)
    here = f"/staff/proposals?show={'yours' if theirs else 'all'}"
    return page(
        "register/proposals/list.html",
        found=found,
        here=here,
        first=here if after else "",
        onward=f"{here}&after={found.next}" if found.next else "",
    )


@get("/{proposal_id:uuid}", access=READERS)
async def proposal(session: Session, act: Act, proposal_id: FromPath[UUID]) -> Template:
    found = await proposal_for(session, act.account, proposal_id)
    seen = await seen_now(session, found.application)
    return await proposal_page(session, act, found, ReturnForm.showing(seen))


@post("/{proposal_id:uuid}/approval", access=APPROVERS)
async def approve(
    session: Session, act: Act, *, form: Form, visit: Visit, proposal_id: FromPath[UUID]
) -> Redirect | Template:
    found = await proposal_for(session, act.account, proposal_id)
    answers = Stamped(form)
    if not answers.validate():
        return await proposal_page(session, act, found, answers)
    await lock_unchanged(session, found.application, seen=answers.seen)
    await session.refresh(found.proposal)
    by = act.process(AssessmentAct.APPROVE)
    await found.proposal.approve(session, approver=act.account, by=by)
    visit.flash(
        f"You have approved the proposal on application {found.application.reference}"
    )
    return Redirect("/staff/proposals", status_code=303)


@post("/{proposal_id:uuid}/return", access=APPROVERS)
async def send_back(
    session: Session, act: Act, *, form: Form, visit: Visit, proposal_id: FromPath[UUID]
) -> Redirect | Template:
    found = await proposal_for(session, act.account, proposal_id)
    answers = ReturnForm(form)
    if not answers.validate():
        return await proposal_page(session, act, found, answers)
    words = answers.words.data
    await lock_unchanged(session, found.application, seen=answers.seen, words=words)
    await session.refresh(found.proposal)
    by = act.process(AssessmentAct.RETURN)
    await return_to_officer(
        session, found.proposal, words=words, approver=act.account, by=by
    )
    visit.flash(
        f"Application {found.application.reference} is back with the caseworker"
    )
    return Redirect("/staff/proposals", status_code=303)


async def proposal_page(
    session: Session, act: Act, found: OnApplication, form: forms.Form
) -> Template:
    application = found.application
    sealed = not may_read_restricted(application, act.account)
    reasons = await reasons_of(session, found.proposal)
    notice = await notice_of(session, application)
    shown = [r for r in reasons if not (sealed and r.section.restricted)]
    sections = [reason.section for reason in shown]
    quota = await read_checks(
        session, application, sections, reader=act.account, now=act.now
    )
    return page(
        "register/proposals/proposal.html",
        found=found,
        proposal=found.proposal,
        application=application,
        form=form,
        seen=await seen_now(session, application),
        decides=found.why_not is None,
        waiting=found.proposal.state is ProposalState.WAITING,
        checks=await checks_of(session, application),
        sealed=sealed,
        letter=await letter_before(session, application, found.proposal, now=act.now)
        if found.proposal.waiting
        else None,
        quota=quota,
        reasons=shown,
        conditions=await conditions_of(session, conditions_in(found.proposal)),
        explained=await explained_in(session, found.proposal),
        notice=notice,
        said=await said_to(session, notice.id) if notice and not sealed else [],
        rule_set=await rule_set_of(session, application),
        ended=await how_theirs_ended(session, application, at=act.now),
        why=(await said_in(session, found.proposal.process_id)).words
        if found.proposal.kind is ProposalKind.TAKE_BACK_APPROVAL
        else "",
        hits=await hits_shown(session, act.account, application.person_id, now=act.now),
    )


pages = [
    Router(
        path="/staff/proposals",
        route_handlers=[proposals, proposal, approve, send_back],
        exception_handlers={Overtaken: overtaken},
    )
]
