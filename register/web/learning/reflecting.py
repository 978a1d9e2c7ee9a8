"""What a peer or supervisor sees: no account, one link for one record, and nothing done before it is sent."""

from typing import Any

from litestar import Controller, Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.by_link import LinkClosed, was_answered
from register.cpd import (
    CannotReflect,
    Declined,
    Invited,
    LearningAct,
    Reflected,
    invited,
)
from register.kit import forms
from register.kit.errors import NotFound
from register.kit.pages import page
from register.kit.security.limits import REFERENCE
from register.process import Process
from register.request import RequestKind
from register.web.guards import PUBLIC
from register.web.needs import Form, Moment, Session

UNSEEN = {"cache-control": "no-store"}
"""The pages name somebody: no browser that others use may keep them."""


class ReflectForm(forms.Form):
    words = forms.LongText(
        "What do you think of what they learnt, and of what children have of it?",
        what="what you think of it",
    )
    name = forms.Name("Your full name")
    job = forms.Text("Your job title", longest=100)
    true = forms.Confirm(
        "I know their work, and what I have said is what I think",
        missing="Confirm that you know their work and have said what you think",
    )


class DeclineForm(forms.Form):
    because = forms.Radios(
        "Why can you not say what you think?",
        what="why you cannot say what you think",
        choices=[(one, one) for one in CannotReflect],
    )


def closed(_: Request[Any, Any, Any], error: LinkClosed) -> Template:
    return page("register/references/closed.html", status=410, why=error.why)


def unknown(_: Request[Any, Any, Any], __: NotFound) -> Template:
    return page("register/references/unknown.html", status=404)


class ReflectionPages(Controller):
    """A mail scanner that follows the link does nothing: only a POST answers. Whoever else is signed in at the same
    browser, it is the holder of the link who acts.
    """

    path = "/learning/reflect/{token:str}"
    exception_handlers = {LinkClosed: closed, NotFound: unknown}

    @get(access=PUBLIC)
    async def ask(
        self, session: Session, token: FromPath[str], now: Moment
    ) -> Template:
        found = await invited(session, token, now=now)
        return reflection_page("ask", found, token, ReflectForm())

    @post(access=PUBLIC, limit=REFERENCE)
    async def give(
        self, session: Session, form: Form, token: FromPath[str], now: Moment
    ) -> Template | Redirect:
        found = await invited(session, token, now=now, lock=True)
        answers = ReflectForm(form)
        if not answers.validate():
            return reflection_page("ask", found, token, answers)
        said = Reflected(
            words=answers.words.data, name=answers.name.data, job=answers.job.data
        )
        by = Process.begin(session, LearningAct.REFLECT, now=now)
        await found.reflect(session, said, by=by)
        return Redirect(f"/learning/reflect/{token}/sent", status_code=303)

    @get("/decline", access=PUBLIC)
    async def ask_why(
        self, session: Session, token: FromPath[str], now: Moment
    ) -> Template:
        found = await invited(session, token, now=now)
        return reflection_page("decline", found, token, DeclineForm())

    @post("/decline", access=PUBLIC, limit=REFERENCE)
    async def decline(
        self, session: Session, form: Form, token: FromPath[str], now: Moment
    ) -> Template | Redirect:
        found = await invited(session, token, now=now, lock=True)
        answers = DeclineForm(form)
        if not answers.validate():
            return reflection_page("decline", found, token, answers)
        said = Declined(because=CannotReflect(answers.because.data))
        by = Process.begin(session, LearningAct.DECLINE, now=now)
        await found.decline(session, said, by=by)
        return Redirect(f"/learning/reflect/{token}/sent", status_code=303)

    @get("/sent", access=PUBLIC)
    async def sent(
        self, session: Session, token: FromPath[str], now: Moment
    ) -> Template | Redirect:
        if not await was_answered(session, RequestKind.REFLECTION, token, now=now):
            return Redirect(f"/learning/reflect/{token}", status_code=303)
        return page("register/references/sent.html", headers=UNSEEN)


def reflection_page(
    name: str, found: Invited, token: str, form: forms.Form
) -> Template:
    return page(
        f"register/learning/reflect_{name}.html",
        headers=UNSEEN,
        record=found.record,
        words=found.record.words,
        due_on=found.request.due_on,
        address=f"/learning/reflect/{token}",
        form=form,
    )


pages = [ReflectionPages]
