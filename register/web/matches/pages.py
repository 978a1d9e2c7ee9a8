"""The list of matches, the page of each, and what may be said of one."""

from typing import Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.assessment import match_for, matches_waiting
from register.kit.errors import NotFound
from register.kit.pages import page
from register.matching import MatchAct
from register.merging import MergeAct, propose_merge
from register.proposal import Proposal, waiting_on
from register.web.casework import CORRECTORS, OFFICERS, READERS
from register.web.matches.forms import (
    DifferenceForm,
    MergeForm,
    ReturnForm,
    Shown,
)
from register.web.matches.sides import match_page
from register.web.needs import Act, Form, Session, Visit
from register.web.paging import after_of


@get("/", access=READERS)
async def matches(
    request: Request[Any, Any, Any], session: Session, act: Act
) -> Template:
    after = after_of(request)
    found = await matches_waiting(session, act.account, after=after)
    return page(
        "register/matches/list.html",
        found=found,
        first="/staff/matches" if after else "",
        onward=f"/staff/matches?after={found.next}" if found.next else "",
    )


@get("/{match_id:uuid}", access=READERS)
async def match(session: Session, act: Act, match_id: FromPath[UUID]) -> Template:
    found = await match_for(session, act.account, match_id)
    return await match_page(session, act, found)


@post("/{match_id:uuid}/difference", access=OFFICERS)
async def tell_apart(
    session: Session, act: Act, *, form: Form, visit: Visit, match_id: FromPath[UUID]
) -> Redirect | Template:
    found = await match_for(session, act.account, match_id)
    answers = DifferenceForm(form)
    if not answers.validate():
        return await match_page(session, act, found, difference=answers)
    await found.lock(session, version=answers.version.data)
    by = act.process(MatchAct.TELL_APART)
    await found.tell_apart(session, because=answers.words.data, by=by)
    visit.flash("They are kept as two people")
    return Redirect("/staff/matches", status_code=303)


@post("/{match_id:uuid}/merge", access=OFFICERS)
async def propose(
    session: Session, act: Act, *, form: Form, visit: Visit, match_id: FromPath[UUID]
) -> Redirect | Template:
    found = await match_for(session, act.account, match_id)
    answers = await MergeForm.of(session, found, form)
    if not answers.validate():
        return await match_page(session, act, found, merging=answers)
    await found.lock(session, version=answers.version.data)
    await propose_merge(
        session,
        found,
        answers.choice,
        because=answers.because.data,
        proposer=act.account,
        by=act.process(MergeAct.PROPOSE),
    )
    visit.flash("The merge is waiting for the registrar")
    return Redirect(f"/staff/matches/{match_id}", status_code=303)


@post("/{match_id:uuid}/merge/approval", access=CORRECTORS)
async def approve(
    session: Session, act: Act, *, form: Form, visit: Visit, match_id: FromPath[UUID]
) -> Redirect | Template:
    found = await match_for(session, act.account, match_id)
    answers = Shown(form)
    if not answers.validate():
        return await match_page(session, act, found)
    await found.lock(session, version=answers.version.data)
    proposal = await _proposal(session, match_id)
    by = act.process(MergeAct.APPROVE)
    await proposal.approve(session, approver=act.account, by=by)
    visit.flash("The two records are one now")
    return Redirect("/staff/matches", status_code=303)


@post("/{match_id:uuid}/merge/return", access=CORRECTORS)
async def send_back(
    session: Session, act: Act, *, form: Form, visit: Visit, match_id: FromPath[UUID]
) -> Redirect | Template:
    found = await match_for(session, act.account, match_id)
    answers = ReturnForm(form)
    if not answers.validate():
        return await match_page(session, act, found, returning=answers)
    await found.lock(session, version=answers.version.data)
    proposal = await _proposal(session, match_id)
    by = act.process(MergeAct.RETURN)
    proposal.return_(words=answers.words.data, approver=act.account, by=by)
    visit.flash("The match is back with the officers")
    return Redirect("/staff/matches", status_code=303)


async def _proposal(session: Session, match_id: UUID) -> Proposal:
    """Raises NotFound where none waits."""
    proposal = await waiting_on(session, f"match:{match_id}")
    if not proposal:
        raise NotFound
    return proposal


pages = [
    Router(
        path="/staff/matches",
        route_handlers=[matches, match, tell_apart, propose, approve, send_back],
    )
]
