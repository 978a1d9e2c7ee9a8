"""A notice that came by post, as whoever has the letter reads and answers it: no account, one code for one notice."""

from typing import Any

from litestar import Controller, Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from register.assessment import answer_notice, application_of_notice, let_it_rest
from register.kit import forms
from register.kit.errors import NotFound
from register.kit.pages import page
from register.kit.security.limits import REFERENCE
from register.notice import (
    Notice,
    NoticeAct,
    NoticeEnded,
    notice_by_code,
    said_to,
)
from register.process import Process
from register.web.guards import PUBLIC
from register.web.needs import Form, Moment, Session
from register.web.notices.answering import AnswerForm
from register.web.notices.grounds import Grounds

UNSEEN = {"cache-control": "no-store"}
"""The pages say what we hold against somebody: no browser that others use may keep them."""


class CodeForm(forms.Form):
    code = forms.Text(
        "Code",
        hint="12 letters and numbers, for example 4F7K-2M9Q-X3ZB",
        longest=60,
        missing="Enter the code that stands in our letter",
    )


def unknown(_: Request[Any, Any, Any], __: NotFound) -> Template:
    form = CodeForm()
    return page("register/notices/unknown_code.html", status=404, form=form)


def decided(_: Request[Any, Any, Any], __: NoticeEnded) -> Template:
    return page("register/notices/decided.html", status=410)


class CodePages(Controller):
    """Whoever is signed in at the same browser, it is the holder of the letter who acts."""

    path = "/notices/by-post"
    exception_handlers = {NotFound: unknown, NoticeEnded: decided}

    @get(access=PUBLIC)
    async def ask(self, request: Request[Any, Any, Any]) -> Template | Redirect:
        if "code" not in request.query_params:
            return page("register/notices/ask_code.html", form=CodeForm())
        form = CodeForm(request.query_params)
        if form.validate():
            code = "".join(c for c in form.code.data if c.isascii() and c.isalnum())
            return Redirect(f"/notices/by-post/{code or '-'}", status_code=303)
        return page("register/notices/ask_code.html", form=form)

    @get("/{code:str}", access=PUBLIC)
    async def read(self, session: Session, code: FromPath[str]) -> Template:
        notice = await notice_by_code(session, code)
        return await _page(session, notice, code, AnswerForm())

    @post("/{code:str}", access=PUBLIC, limit=REFERENCE)
    async def answer(
        self, session: Session, form: Form, code: FromPath[str], now: Moment
    ) -> Template | Redirect:
        notice = await _locked(session, code)
        answers = AnswerForm(form)
        if not answers.validate():
            return await _page(session, notice, code, answers)
        by = Process.begin(session, NoticeAct.ANSWER, now=now)
        await answer_notice(session, notice, answers.words.data, by=by)
        return Redirect(f"/notices/by-post/{code}", status_code=303)

    @post("/{code:str}/nothing", access=PUBLIC, limit=REFERENCE)
    async def nothing(
        self, session: Session, code: FromPath[str], now: Moment
    ) -> Redirect:
        notice = await _locked(session, code)
        by = Process.begin(session, NoticeAct.SAY_NOTHING, now=now)
        await let_it_rest(session, notice, by=by)
        return Redirect(f"/notices/by-post/{code}", status_code=303)


async def _locked(session: AsyncSession, code: str) -> Notice:
    """Whoever decides on an application locks it first, and so do we."""
    found = await notice_by_code(session, code)
    await application_of_notice(session, found, lock=True)
    return await notice_by_code(session, code, lock=True)


async def _page(
    session: AsyncSession, notice: Notice, code: str, form: AnswerForm
) -> Template:
    """What was said before is not shown: others may have the letter by now."""
    grounds = await Grounds.of(session, notice)
    return page(
        "register/notices/answer_by_code.html",
        headers=UNSEEN,
        form=form,
        notice=notice,
        reasons=grounds.reasons,
        conditions=grounds.conditions,
        said=bool(await said_to(session, notice.id)),
        at=f"/notices/by-post/{code}",
    )


pages = [CodePages]
