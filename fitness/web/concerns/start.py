"""The two doors: a concern that is begun, and one that somebody comes back to by its reference and code."""

from typing import Any

from litestar import Request, get, post
from litestar.response import Redirect, Template
from litestar.types import ExceptionHandlersMap

from fitness.concern import (
    Concern,
    ConcernState,
    Referrer,
    draft_of,
    opened,
    read_reference,
)
from fitness.web.concerns.held import NotHeld, SentAlready, hold
from fitness.web.concerns.questions import ReturnForm, StartForm
from fitness.web.concerns.sections import keep_section, section_named
from register.kit.pages import page
from register.kit.security.csrf import FIELD
from register.kit.security.input import FormData
from register.kit.security.limits import CODE, REFERENCE
from register.web.guards import PUBLIC
from register.web.needs import Form, Limits, Moment, Session, Visit
from register.web.outside import UNSEEN

KEPT = "kept-"
"""Before the name of each field that somebody had typed when their session was over."""


@get("/concerns/start", access=PUBLIC)
async def ask() -> Template:
    return page("fitness/concerns/start.html", form=StartForm())


@post("/concerns/start", access=PUBLIC, limit=REFERENCE)
async def begin(session: Session, visit: Visit, form: Form, now: Moment) -> Template:
    """Answers with the page that shows the code, which no address leads to: it is shown once, and kept nowhere."""
    sent = StartForm(form)
    if not sent.validate():
        return page("fitness/concerns/start.html", form=sent)
    concern, secret = await Concern.begin(
        session, Referrer(sent.referrer.data), now=now
    )
    hold(visit, concern)
    return page(
        "fitness/concerns/code.html", headers=UNSEEN, concern=concern, secret=secret
    )


@get("/concerns/return", access=PUBLIC)
async def ask_code() -> Template:
    return code_page(ReturnForm())


@post("/concerns/return", access=PUBLIC, limit=REFERENCE)
async def come_back(
    session: Session, visit: Visit, form: Form, limits: Limits, now: Moment
) -> Template | Redirect:
    sent = ReturnForm(form)
    reference = read_reference(sent.reference.data) if sent.validate() else None
    if reference is None and not sent.faults:
        sent.add_error("reference", "Enter your reference, like C-7K2M9QXD")
    if reference is None:
        return code_page(sent, kept_in(form), form.get("section"))
    await limits.hit(CODE, f"concern {reference}")
    concern = await opened(session, reference, sent.code.data, now=now)
    if concern is None:
        sent.add_error("code", "There is no concern with this reference and this code")
        return code_page(sent, kept_in(form), form.get("section"))
    await limits.give_back(CODE, f"concern {reference}")
    hold(visit, concern)
    if concern.state is not ConcernState.DRAFT:
        return Redirect(f"/concerns/{reference}/sent", status_code=303)
    section = form.get("section")
    draft = await draft_of(session, concern.id, now=now, lock=True)
    if draft and section:
        typed = FormData(kept_in(form))
        return await keep_section(
            session, draft, section_named(draft, section), typed, now=now
        )
    return Redirect(f"/concerns/{reference}", status_code=303)


def kept_in(form: FormData) -> list[tuple[str, str]]:
    return [
        (name.removeprefix(KEPT), value)
        for name in form
        if name.startswith(KEPT)
        for value in form.getall(name)
    ]


def code_page(
    form: ReturnForm,
    kept: list[tuple[str, str]] | None = None,
    section: str = "",
    *,
    status: int = 200,
) -> Template:
    return page(
        "fitness/concerns/return.html",
        status=status,
        headers=UNSEEN,
        form=form,
        kept=[(f"{KEPT}{name}", value) for name, value in kept or []],
        section=section,
    )


def not_held(request: Request[Any, Any, Any], _: NotHeld) -> Template:
    """The code is asked for; what was typed waits in the page until it is shown."""
    typed: FormData = request.scope.get("form") or FormData()  # type: ignore[assignment]
    kept = [
        (name, value) for name in typed if name != FIELD for value in typed.getall(name)
    ]
    section = request.path_params.get("section", "") if kept else ""
    return code_page(ReturnForm(), kept, section, status=404)


def sent_already(_: Request[Any, Any, Any], error: SentAlready) -> Redirect:
    return Redirect(f"/concerns/{error.reference}/sent", status_code=303)


HANDLERS: ExceptionHandlersMap = {NotHeld: not_held, SentAlready: sent_already}
pages = [ask, begin, ask_code, come_back]
