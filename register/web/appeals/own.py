"""One's own appeals: what may be appealed against, lodging, sending documents, and taking an appeal back."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.appeal import (
    Appeal,
    AppealAct,
    AppealKind,
    Decision,
    NotToBeAppealed,
    add_document,
    decisions_on,
    documents_of,
    kinds_open,
    last_day_of,
    own_appeal,
    own_appeals,
    own_decision,
    reasons_of,
)
from register.assessment import said_in
from register.kit import forms
from register.kit.clock import day_of
from register.kit.files import receive
from register.kit.pages import page
from register.kit.security.limits import UPLOAD, UPLOAD_MEGABYTES
from register.kit.uploads import BODY_LIMIT, MEGABYTE
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting, Form, Limits, Visit

MOST_FILES = 20


class LodgeForm(forms.Form):
    kind = forms.Radios(
        "What do you want?",
        what="what you want",
        choices=[(kind, kind) for kind in AppealKind],
    )
    grounds = forms.LongText(
        "Why do you disagree?",
        what="why you disagree",
        hint="Say in detail what is wrong with the decision and what it should be. You can send documents afterwards.",
        longest=10_000,
    )


class DocumentForm(forms.Form):
    file = forms.Upload("File", accept=".pdf,.jpg,.jpeg,.png", optional=True)


@get("/appeals", access=SIGNED_IN)
async def own(act: Act) -> Template:
    person_id = act.account.person_id
    found = await decisions_on(act.session, person_id) if person_id else []
    open_ones = [
        (decision, await last_day_of(act.session, decision))
        for decision in found
        if await kinds_open(act.session, decision)
    ]
    return page(
        "register/appeals/own.html",
        appeals=await own_appeals(act.session, act.account),
        decisions=open_ones,
    )


@get("/appeals/against/{about_id:uuid}", access=SIGNED_IN)
async def ask(act: Act, about_id: FromPath[UUID]) -> Template:
    decision = await own_decision(act.session, act.account.person_id, about_id)
    return await _lodge_page(act, decision, LodgeForm())


async def _lodge_page(act: Acting, decision: Decision, form: LodgeForm) -> Template:
    kinds = await kinds_open(act.session, decision)
    form.kind.choices = [(kind, kind) for kind in kinds]
    last_day = await last_day_of(act.session, decision)
    return page(
        "register/appeals/lodge.html",
        form=form,
        decision=decision,
        kinds=kinds,
        last_day=last_day,
        late=day_of(act.now) > last_day,
    )


@post("/appeals/against/{about_id:uuid}", access=SIGNED_IN)
async def lodge(
    act: Act, form: Form, visit: Visit, about_id: FromPath[UUID]
) -> Redirect | Template:
    decision = await own_decision(act.session, act.account.person_id, about_id)
    answers = LodgeForm(form)
    kinds = await kinds_open(act.session, decision)
    if not kinds:
        raise NotToBeAppealed
    answers.kind.choices = [(kind, kind) for kind in kinds]
    if not answers.validate():
        return await _lodge_page(act, decision, answers)
    appeal = await Appeal.lodge(
        act.session,
        decision,
        AppealKind(answers.kind.data),
        grounds=answers.grounds.data,
        account=act.account,
        by=act.process(AppealAct.LODGE),
    )
    visit.flash("We have what you sent, and have written to you")
    return Redirect(f"/appeals/{appeal.id}", status_code=303)


@get("/appeals/{appeal_id:uuid}", access=SIGNED_IN)
async def one(act: Act, appeal_id: FromPath[UUID]) -> Template:
    appeal = await own_appeal(act.session, act.account, appeal_id)
    return await _page(act, appeal, DocumentForm())


async def _page(act: Acting, appeal: Appeal, form: DocumentForm) -> Template:
    return page(
        "register/appeals/one.html",
        form=form,
        appeal=appeal,
        grounds=(await said_in(act.session, appeal.lodged_in)).words,
        reasons=await reasons_of(act.session, appeal),
        documents=await documents_of(act.session, appeal.id),
    )


@post("/appeals/{appeal_id:uuid}/documents", access=SIGNED_IN, body_limit=BODY_LIMIT)
async def upload(
    request: Request[Any, Any, Any],
    act: Act,
    *,
    limits: Limits,
    visit: Visit,
    appeal_id: FromPath[UUID],
) -> Redirect | Template:
    appeal = await own_appeal(act.session, act.account, appeal_id)
    await limits.hit(UPLOAD, str(act.account.id))
    sent = await receive(
        request, act.session, owner=act.account.id, now=act.now, fields=()
    )
    form = DocumentForm(sent.form)
    form.validate()
    if sent.problem:
        form.add_error("file", sent.problem)
    if len(await documents_of(act.session, appeal_id)) >= MOST_FILES:
        form.add_error("file", f"You can send {MOST_FILES} documents with an appeal")
    if form.faults or not sent.file:
        return await _page(act, appeal, form)
    cost = -(-sent.file.size // MEGABYTE)
    await limits.hit(UPLOAD_MEGABYTES, str(act.account.id), cost=cost)
    by = act.process(AppealAct.SEND_DOCUMENT)
    await add_document(act.session, appeal, sent.file, owner=act.account.id, by=by)
    visit.flash("Your document has been sent")
    return Redirect(f"/appeals/{appeal_id}", status_code=303)


@post("/appeals/{appeal_id:uuid}/withdrawal", access=SIGNED_IN)
async def withdraw(act: Act, visit: Visit, appeal_id: FromPath[UUID]) -> Redirect:
    appeal = await own_appeal(act.session, act.account, appeal_id, lock=True)
    await appeal.withdraw(act.session, by=act.process(AppealAct.WITHDRAW))
    visit.flash("Your appeal is taken back")
    return Redirect("/appeals", status_code=303)


pages = [own, ask, lodge, one, upload, withdraw]
