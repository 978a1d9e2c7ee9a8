"""What the registrant said to a disclosure: read, and written down where it came by post."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

from fitness.case import Read
from fitness.investigation.acts import InvestigationAct
from fitness.investigation.disclosure import Disclosure, disclosure_in
from fitness.web.cases.opened import CASE_READERS, INVESTIGATORS, Opened
from fitness.web.investigation.disclosing import DISCLOSURE
from fitness.web.investigation.opened import back, investigated, to_work_on
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.files import download, receive
from register.kit.pages import page
from register.kit.security.limits import UPLOAD, UPLOAD_MEGABYTES
from register.kit.uploads import BODY_LIMIT, MEGABYTE, Problem
from register.web.needs import Act, Limits, Visit

COMMENTS = f"{DISCLOSURE}/comments"
FIELDS = ("words", *(f"came_on-{part}" for part in forms.Date.PARTS))


class CameForm(forms.Form):
    came_on = forms.Date(
        "When did it come?", what="the day on which it came", past=True
    )
    words = forms.LongText("What does it say?", what="what it says", longest=20_000)
    file = forms.Upload("A scan of it", accept=".pdf,.jpg,.jpeg,.png", optional=True)


@get(COMMENTS, access=INVESTIGATORS)
async def ask(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    found = await to_work_on(act, reference, what=Read.DISCLOSURE)
    disclosure = await disclosure_in(act.session, found.case.id, nth)
    return _page(found, disclosure, CameForm(today=day_of(act.now)))


def _page(found: Opened, disclosure: Disclosure, form: CameForm) -> Template:
    return page(
        "fitness/investigation/came.html",
        found=found,
        case=found.case,
        disclosure=disclosure,
        form=form,
    )


@post(COMMENTS, access=INVESTIGATORS, body_limit=BODY_LIMIT)
async def record(
    request: Request[Any, Any, Any],
    act: Act,
    *,
    limits: Limits,
    reference: FromPath[str],
    nth: FromPath[int],
    visit: Visit,
) -> Redirect | Template:
    found = await to_work_on(act, reference, what=Read.DISCLOSURE, lock=True)
    disclosure = await disclosure_in(act.session, found.case.id, nth)
    await limits.hit(UPLOAD, str(act.account.id))
    sent = await receive(
        request, act.session, owner=found.case.id, now=act.now, fields=FIELDS
    )
    form = CameForm(sent.form, today=day_of(act.now))
    form.validate()
    if sent.problem and sent.problem is not Problem.NONE_CHOSEN:
        form.add_error("file", sent.problem)
    if form.faults:
        return _page(found, disclosure, form)
    if sent.file:
        cost = -(-sent.file.size // MEGABYTE)
        await limits.hit(UPLOAD_MEGABYTES, str(act.account.id), cost=cost)
    await disclosure.comment(
        act.session,
        found.case,
        form.words.data,
        file=sent.file,
        came_on=form.came_on.data,
        by=act.process(InvestigationAct.RECORD_COMMENT),
    )
    visit.flash("What they said is written down")
    return back(found, f"disclosure/{nth}")


@get(f"{COMMENTS}/{{comment_id:uuid}}/file", access=CASE_READERS)
async def file(
    act: Act,
    reference: FromPath[str],
    nth: FromPath[int],
    comment_id: FromPath[UUID],
) -> Stream:
    found = await investigated(act, reference, what=Read.COMMENT_FILE)
    disclosure = await disclosure_in(act.session, found.case.id, nth)
    for comment in disclosure.comments:
        if comment.id == comment_id and comment.file:
            return download(comment.file)
    raise NotFound


pages = [ask, record, file]
