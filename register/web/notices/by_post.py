"""What staff do where the post is used: serve a notice by letter, and record an answer that came in one."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.assessment import (
    answer_notice,
    application_of_notice,
    may_read_restricted,
    send_with_notice,
    serve_by_post,
)
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.files import receive
from register.kit.pages import page
from register.kit.security.limits import UPLOAD
from register.kit.uploads import BODY_LIMIT, Problem
from register.notice import Notice, NoticeAct, notice_for
from register.process import TextKind
from register.web.casework import OFFICERS
from register.web.needs import Act, Acting, Form, Limits, Visit


class PostForm(forms.Form):
    why = forms.LongText(
        "Why it is sent by post",
        what="why it is sent by post",
        hint="Only staff read this.",
        longest=1000,
    )


class ReceivedForm(forms.Form):
    """What a letter says, the day on which it came, and a scan of it."""

    came_on = forms.Date(
        "When did it reach us?", what="the day on which it reached us", past=True
    )
    words = forms.LongText(
        "What they say",
        what="what they say",
        hint="Copy it whole. What you write here is their answer, and they can ask for it.",
        longest=10000,
    )
    file = forms.Upload("A scan of it", accept=".pdf,.jpg,.jpeg,.png", optional=True)

    @classmethod
    def on(cls, notice: Notice, act: Acting, *sent: Any) -> "ReceivedForm":
        form = cls(*sent, today=day_of(act.now))
        form.came_on.earliest = day_of(notice.sent_at)
        return form


FIELDS = ("words", *(f"came_on-{part}" for part in forms.Date.PARTS))


@get("/staff/notices/{notice_id:uuid}/service", access=OFFICERS)
async def ask_why(act: Act, notice_id: FromPath[UUID]) -> Template:
    notice = await notice_for(act.session, act.account, notice_id)
    return _serving(notice, PostForm())


def _serving(notice: Notice, form: PostForm) -> Template:
    return page("register/notices/serve.html", notice=notice, form=form)


@post("/staff/notices/{notice_id:uuid}/service", access=OFFICERS)
async def serve(
    act: Act, form: Form, visit: Visit, notice_id: FromPath[UUID]
) -> Redirect | Template:
    notice = await _locked(act, notice_id)
    answers = PostForm(form)
    if not answers.validate():
        return _serving(notice, answers)
    by = act.process(NoticeAct.SERVE_BY_POST)
    by.say(TextKind.INTERNAL, answers.why.data)
    await serve_by_post(act.session, notice, by=by)
    visit.flash("The notice goes by post, and the time to answer runs anew")
    return _back(notice)


async def _locked(act: Acting, notice_id: UUID) -> Notice:
    """Whoever decides on an application locks it first, and so do we."""
    found = await notice_for(act.session, act.account, notice_id)
    await application_of_notice(act.session, found, lock=True)
    return await notice_for(act.session, act.account, notice_id, lock=True)


@get("/staff/notices/{notice_id:uuid}/received", access=OFFICERS)
async def ask_what(act: Act, notice_id: FromPath[UUID]) -> Template:
    notice = await notice_for(act.session, act.account, notice_id)
    await _must_be_theirs_to_read(act, notice)
    return _received(notice, ReceivedForm.on(notice, act))


async def _must_be_theirs_to_read(act: Acting, notice: Notice) -> None:
    """What an applicant says to a notice may be of health or crime. Raises NotFound."""
    application = await application_of_notice(act.session, notice)
    if application and not may_read_restricted(application, act.account):
        raise NotFound


def _received(notice: Notice, form: ReceivedForm) -> Template:
    return page("register/notices/received.html", notice=notice, form=form)


@post(
    "/staff/notices/{notice_id:uuid}/received", access=OFFICERS, body_limit=BODY_LIMIT
)
async def record(
    request: Request[Any, Any, Any],
    act: Act,
    *,
    limits: Limits,
    visit: Visit,
    notice_id: FromPath[UUID],
) -> Redirect | Template:
    """A scan counts towards what we keep for the person, not for whoever scanned it."""
    notice = await _locked(act, notice_id)
    await _must_be_theirs_to_read(act, notice)
    notice.must_be_open()
    await limits.hit(UPLOAD, str(act.account.id))
    owner = notice.person_id
    sent = await receive(request, act.session, owner=owner, now=act.now, fields=FIELDS)
    form = ReceivedForm.on(notice, act, sent.form)
    form.validate()
    if sent.problem and sent.problem is not Problem.NONE_CHOSEN:
        form.add_error("file", sent.problem)
    if form.faults:
        return _received(notice, form)
    by = act.process(NoticeAct.RECORD)
    came_on = form.came_on.data
    if sent.file:
        await send_with_notice(
            act.session, notice, sent.file, owner=owner, came_on=came_on, by=by
        )
    await answer_notice(act.session, notice, form.words.data, came_on=came_on, by=by)
    visit.flash("Their answer is recorded, and they are told that we have it")
    return _back(notice)


def _back(notice: Notice) -> Redirect:
    return Redirect(f"/staff/notices/{notice.id}", status_code=303)


pages = [ask_why, serve, ask_what, record]
