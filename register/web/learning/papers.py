"""Documents that show what somebody learnt: uploaded to a record, given back once they are known to be harmless, taken away."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

from register.cpd import (
    LearningAct,
    LearningRecord,
    attach,
    detach,
    document_of,
    documents_of,
)
from register.kit import forms
from register.kit.files import download, receive
from register.kit.pages import page
from register.kit.security.limits import UPLOAD, UPLOAD_MEGABYTES
from register.kit.uploads import BODY_LIMIT, MEGABYTE
from register.web.guards import SIGNED_IN
from register.web.learning.own import HOME, own_record
from register.web.needs import Act, Limits, Visit

MOST_FILES = 10
AT = f"{HOME}/{{record_id:uuid}}/documents"


class PaperForm(forms.Form):
    file = forms.Upload("File", accept=".pdf,.jpg,.jpeg,.png", optional=True)


@get(AT, access=SIGNED_IN)
async def ask(act: Act, record_id: FromPath[UUID]) -> Template:
    record = await own_record(act, record_id)
    record.must_be_open()
    return _page(record, PaperForm())


def _page(record: LearningRecord, form: PaperForm) -> Template:
    return page("register/learning/upload.html", form=form, record=record)


@post(AT, access=SIGNED_IN, body_limit=BODY_LIMIT)
async def upload(
    request: Request[Any, Any, Any],
    act: Act,
    *,
    limits: Limits,
    visit: Visit,
    record_id: FromPath[UUID],
) -> Redirect | Template:
    record = await own_record(act, record_id, lock=True)
    record.must_be_open()
    await limits.hit(UPLOAD, str(act.account.id))
    sent = await receive(
        request, act.session, owner=act.account.id, now=act.now, fields=()
    )
    form = PaperForm(sent.form)
    form.validate()
    if sent.problem:
        form.add_error("file", sent.problem)
    if len(await documents_of(act.session, record.id)) >= MOST_FILES:
        form.add_error("file", f"You can keep {MOST_FILES} documents with a record")
    if form.faults or not sent.file:
        return _page(record, form)
    cost = -(-sent.file.size // MEGABYTE)
    await limits.hit(UPLOAD_MEGABYTES, str(act.account.id), cost=cost)
    by = act.process(LearningAct.SEND_DOCUMENT)
    await attach(act.session, record, sent.file, owner=act.account.id, by=by)
    visit.flash("Your document is kept with the record")
    return Redirect(f"{HOME}/{record.id}", status_code=303)


@get(f"{AT}/{{paper_id:uuid}}", access=SIGNED_IN)
async def give(act: Act, record_id: FromPath[UUID], paper_id: FromPath[UUID]) -> Stream:
    record = await own_record(act, record_id)
    return download((await document_of(act.session, record.id, paper_id)).file)


@post(f"{AT}/{{paper_id:uuid}}/removal", access=SIGNED_IN)
async def take_away(
    act: Act, visit: Visit, record_id: FromPath[UUID], paper_id: FromPath[UUID]
) -> Redirect:
    record = await own_record(act, record_id, lock=True)
    paper = await document_of(act.session, record.id, paper_id)
    by = act.process(LearningAct.REMOVE_DOCUMENT)
    await detach(act.session, record, paper, by=by)
    visit.flash("The document is removed")
    return Redirect(f"{HOME}/{record.id}", status_code=303)


pages = [ask, upload, give, take_away]
