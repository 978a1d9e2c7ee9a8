"""A draft's way past a second person: proposed, then published or given back."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.kit.errors import NotFound
from register.part import Part
from register.proposal import Proposal, waiting_on
from register.rule_change import DraftChanged, RulesAct, propose
from register.web import returning
from register.web.needs import Act, Acting, Form, Session, Visit
from register.web.rules.drafting import back, draft_page, opened
from register.web.rules.figures import Versioned
from register.web.rules.parts import APPROVERS, READERS, WRITERS


class ReturnForm(Versioned, returning.ReturnForm):
    """Carries the version of the draft too."""


@post("/{part:str}/draft/proposal", access=WRITERS)
async def hand_in(
    session: Session, act: Act, form: Form, visit: Visit, part: FromPath[str]
) -> Redirect | Template:
    found = await opened(act, part, lock=True)
    answers = Versioned(form)
    if not answers.validate():
        return await draft_page(act, found, form=answers)
    by = act.process(RulesAct.PROPOSE)
    await propose(
        session, found, seen=answers.version.data, proposer=act.account, by=by
    )
    visit.flash("The draft waits for a second person")
    return back(found.draft.part)


@get("/{part:str}/proposal", access=READERS)
async def proposal(act: Act, part: FromPath[str]) -> Template:
    waiting = await _waiting(act, part)
    return await _proposal_page(act, part, waiting, ReturnForm())


async def _proposal_page(
    act: Acting, part: str, waiting: Proposal, form: Versioned
) -> Template:
    return await draft_page(act, await opened(act, part), form=form, proposal=waiting)


async def _waiting(act: Acting, part: str, *, lock: bool = False) -> Proposal:
    found = await opened(act, part, lock=lock)
    waiting = await waiting_on(act.session, found.draft.about)
    if waiting is None:
        raise NotFound
    return waiting


async def _must_be_seen(act: Acting, part: str, answers: Versioned) -> None:
    """It may have come back, been written on and been proposed again since the page was opened."""
    if answers.version.data != (await opened(act, part)).draft.version:
        raise DraftChanged


@post("/{part:str}/proposal/approval", access=APPROVERS)
async def approve(
    session: Session, act: Act, form: Form, visit: Visit, part: FromPath[str]
) -> Redirect | Template:
    waiting = await _waiting(act, part, lock=True)
    answers = Versioned(form)
    if not answers.validate():
        return await _proposal_page(act, part, waiting, answers)
    await _must_be_seen(act, part, answers)
    by = act.process(RulesAct.APPROVE)
    await waiting.approve(session, approver=act.account, by=by)
    visit.flash("The rules are published")
    return Redirect(f"/staff/rules/{Part(part)}", status_code=303)


@post("/{part:str}/proposal/return", access=APPROVERS)
async def send_back(
    act: Act, form: Form, visit: Visit, part: FromPath[str]
) -> Redirect | Template:
    waiting = await _waiting(act, part, lock=True)
    answers = ReturnForm(form)
    if not answers.validate():
        return await _proposal_page(act, part, waiting, answers)
    await _must_be_seen(act, part, answers)
    by = act.process(RulesAct.RETURN)
    waiting.return_(words=answers.words.data, approver=act.account, by=by)
    visit.flash("The draft is back with those who wrote it")
    return back(Part(part))


pages = [hand_in, proposal, approve, send_back]
