"""What somebody sees who is asked to endorse by a link: no account, one link for one endorsement."""

from typing import Any

from litestar import Controller, Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.application.endorsement import invitation
from register.application.state import EndorsementAct
from register.by_link import LinkClosed, was_answered
from register.kit.errors import NotFound
from register.kit.pages import page
from register.kit.security.limits import REFERENCE
from register.process import Process
from register.request import RequestKind
from register.web.endorsing import (
    OptOutForm,
    endorsement_form,
    endorsement_page,
)
from register.web.guards import PUBLIC
from register.web.needs import Form, Moment, Session
from register.web.outside import UNSEEN


def closed(_: Request[Any, Any, Any], error: LinkClosed) -> Template:
    return page("register/references/closed.html", status=410, why=error.why)


def unknown(_: Request[Any, Any, Any], __: NotFound) -> Template:
    return page("register/references/unknown.html", status=404)


class EndorsementPages(Controller):
    """A mail scanner that follows the link does nothing: only a POST answers."""

    path = "/endorsements/{token:str}"
    exception_handlers = {LinkClosed: closed, NotFound: unknown}

    @get(access=PUBLIC)
    async def ask(
        self, session: Session, token: FromPath[str], now: Moment
    ) -> Template:
        waiting = await invitation(session, token, now=now)
        return endorsement_page(
            "ask", waiting, endorsement_form(now), address=address_of(token), back=""
        )

    @post(access=PUBLIC, limit=REFERENCE)
    async def endorse(
        self, session: Session, form: Form, token: FromPath[str], now: Moment
    ) -> Template | Redirect:
        waiting = await invitation(session, token, now=now, lock=True)
        answers = endorsement_form(now, form)
        if not answers.validate():
            return endorsement_page(
                "ask", waiting, answers, address=address_of(token), back=""
            )
        by = Process.begin(session, EndorsementAct.ENDORSE, now=now)
        await waiting.endorse(session, answers.endorsed, by=by)
        return Redirect(f"{address_of(token)}/sent", status_code=303)

    @get("/decline", access=PUBLIC)
    async def ask_to_opt_out(
        self, session: Session, token: FromPath[str], now: Moment
    ) -> Template:
        waiting = await invitation(session, token, now=now)
        return endorsement_page(
            "decline", waiting, OptOutForm(), address=address_of(token)
        )

    @post("/decline", access=PUBLIC, limit=REFERENCE)
    async def opt_out(
        self, session: Session, form: Form, token: FromPath[str], now: Moment
    ) -> Template | Redirect:
        waiting = await invitation(session, token, now=now, lock=True)
        answers = OptOutForm(form)
        if not answers.validate():
            return endorsement_page(
                "decline", waiting, answers, address=address_of(token)
            )
        by = Process.begin(session, EndorsementAct.OPT_OUT, now=now)
        await waiting.opt_out(session, answers.opted_out, by=by)
        return Redirect(f"{address_of(token)}/sent", status_code=303)

    @get("/sent", access=PUBLIC)
    async def sent(
        self, session: Session, token: FromPath[str], now: Moment
    ) -> Template | Redirect:
        if not await was_answered(session, RequestKind.ENDORSEMENT, token, now=now):
            return Redirect(address_of(token), status_code=303)
        return page("register/references/sent.html", headers=UNSEEN)


def address_of(token: str) -> str:
    return f"/endorsements/{token}"


pages = [EndorsementPages]
