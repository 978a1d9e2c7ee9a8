"""A draft's way past a second person: proposed, then published or given back."""

from litestar import post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.notice_template import NoticeDraft, TemplateAct, TemplateChanged
from fitness.web.notice_templates.drafting import (
    DRAFT,
    ReturnForm,
    back,
    draft_page,
    opened,
)
from fitness.web.notice_templates.listing import AT, WRITERS
from register.kit.errors import NotFound
from register.proposal import Proposal, waiting_on
from register.web.needs import Act, Acting, Form, Visit
from register.web.rules.figures import Versioned


@post(f"{DRAFT}/proposal", access=WRITERS)
async def hand_in(
    act: Act, form: Form, visit: Visit, kind: FromPath[str]
) -> Redirect | Template:
    found = await opened(act, kind, lock=True)
    answers = Versioned(form)
    if not answers.validate():
        return await draft_page(act, found, answers)
    by = act.process(TemplateAct.PROPOSE)
    await found.propose(
        act.session, seen=answers.version.data, proposer=act.account, by=by
    )
    visit.flash("The draft waits for a second person")
    return back(found.kind)


async def _waiting(act: Acting, found: NoticeDraft, answers: Versioned) -> Proposal:
    """It may have come back, been written on and been proposed again since the page was opened."""
    waiting = await waiting_on(act.session, found.about)
    if waiting is None:
        raise NotFound
    if answers.version.data != found.version:
        raise TemplateChanged
    return waiting


@post(f"{DRAFT}/approval", access=WRITERS)
async def approve(
    act: Act, form: Form, visit: Visit, kind: FromPath[str]
) -> Redirect | Template:
    found = await opened(act, kind, lock=True)
    answers = Versioned(form)
    if not answers.validate():
        return await draft_page(act, found, answers)
    waiting = await _waiting(act, found, answers)
    by = act.process(TemplateAct.APPROVE)
    await waiting.approve(act.session, approver=act.account, by=by)
    visit.flash("The template is in use from now on")
    return Redirect(f"{AT}/{found.kind}", status_code=303)


@post(f"{DRAFT}/return", access=WRITERS)
async def send_back(
    act: Act, form: Form, visit: Visit, kind: FromPath[str]
) -> Redirect | Template:
    found = await opened(act, kind, lock=True)
    answers = ReturnForm(form)
    if not answers.validate():
        return await draft_page(act, found, answers)
    waiting = await _waiting(act, found, answers)
    by = act.process(TemplateAct.RETURN)
    waiting.return_(words=answers.words.data, approver=act.account, by=by)
    visit.flash("The draft is back with those who wrote it")
    return back(found.kind)


pages = [hand_in, approve, send_back]
