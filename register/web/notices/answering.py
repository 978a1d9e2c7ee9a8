"""A notice as whoever it was served on reads and answers it."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.assessment import (
    answer_notice,
    application_of_notice,
    let_it_rest,
    send_with_notice,
)
from register.kit import forms
from register.kit.files import receive
from register.kit.pages import page
from register.kit.security.limits import UPLOAD, UPLOAD_MEGABYTES
from register.kit.uploads import BODY_LIMIT, MEGABYTE
from register.notice import (
    Notice,
    NoticeAct,
    documents_of,
    own_notice,
    own_notices,
    said_to,
)
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting, Form, Limits, Visit
from register.web.notices.grounds import Grounds

MOST_FILES = 20


class AnswerForm(forms.Form):
    words = forms.LongText(
        "Why you disagree, or what we should know", what="your answer", longest=10000
    )


class DocumentForm(forms.Form):
    file = forms.Upload("File", accept=".pdf,.jpg,.jpeg,.png", optional=True)


@get("/notices", access=SIGNED_IN)
async def own(act: Act) -> Template:
    person_id = act.account.person_id
    return page(
        "register/notices/own.html",
        notices=await own_notices(act.session, person_id) if person_id else [],
    )


@get("/notices/{notice_id:uuid}", access=SIGNED_IN)
async def read(act: Act, notice_id: FromPath[UUID]) -> Template:
    return await _page(act, await _own(act, notice_id), AnswerForm())


async def _own(act: Acting, notice_id: UUID, *, lock: bool = False) -> Notice:
    """Raises NotFound. Whoever decides on an application locks it first, and so do we."""
    found = await own_notice(act.session, act.account.person_id, notice_id)
    if not lock:
        return found
    await application_of_notice(act.session, found, lock=True)
    return await own_notice(act.session, act.account.person_id, notice_id, lock=True)


async def _page(act: Acting, notice: Notice, form: AnswerForm) -> Template:
    grounds = await Grounds.of(act.session, notice)
    return page(
        "register/notices/answer.html",
        form=form,
        notice=notice,
        reasons=grounds.reasons,
        conditions=grounds.conditions,
        said=await said_to(act.session, notice.id),
        documents=await documents_of(act.session, notice.id),
    )


@post("/notices/{notice_id:uuid}", access=SIGNED_IN)
async def answer(
    act: Act, form: Form, visit: Visit, notice_id: FromPath[UUID]
) -> Redirect | Template:
    notice = await _own(act, notice_id, lock=True)
    answers = AnswerForm(form)
    if not answers.validate():
        return await _page(act, notice, answers)
    by = act.process(NoticeAct.ANSWER)
    await answer_notice(act.session, notice, answers.words.data, by=by)
    visit.flash("We have your answer")
    return _back(notice)


@post("/notices/{notice_id:uuid}/nothing", access=SIGNED_IN)
async def nothing(act: Act, visit: Visit, notice_id: FromPath[UUID]) -> Redirect:
    notice = await _own(act, notice_id, lock=True)
    by = act.process(NoticeAct.SAY_NOTHING)
    await let_it_rest(act.session, notice, by=by)
    visit.flash("You have told us that you have nothing to say")
    return _back(notice)


@get("/notices/{notice_id:uuid}/documents", access=SIGNED_IN)
async def ask_document(act: Act, notice_id: FromPath[UUID]) -> Template:
    return _upload_page(await _own(act, notice_id), DocumentForm())


def _upload_page(notice: Notice, form: DocumentForm) -> Template:
    return page("register/notices/upload.html", form=form, notice=notice)


@post("/notices/{notice_id:uuid}/documents", access=SIGNED_IN, body_limit=BODY_LIMIT)
async def upload(
    request: Request[Any, Any, Any],
    act: Act,
    *,
    limits: Limits,
    visit: Visit,
    notice_id: FromPath[UUID],
) -> Redirect | Template:
    notice = await _own(act, notice_id, lock=True)
    notice.must_be_open()
    await limits.hit(UPLOAD, str(act.account.id))
    sent = await receive(
        request, act.session, owner=act.account.id, now=act.now, fields=()
    )
    form = DocumentForm(sent.form)
    form.validate()
    if sent.problem:
        form.add_error("file", sent.problem)
    if len(await documents_of(act.session, notice.id)) >= MOST_FILES:
        form.add_error("file", f"You can send {MOST_FILES} documents with your answer")
    if form.faults or not sent.file:
        return _upload_page(notice, form)
    cost = -(-sent.file.size // MEGABYTE)
    await limits.hit(UPLOAD_MEGABYTES, str(act.account.id), cost=cost)
    await send_with_notice(
        act.session,
        notice,
        sent.file,
        owner=act.account.id,
        by=act.process(NoticeAct.SEND),
    )
    visit.flash("Your document has been sent")
    return _back(notice)


def _back(notice: Notice) -> Redirect:
    return Redirect(f"/notices/{notice.id}", status_code=303)


pages = [own, read, answer, nothing, ask_document, upload]
