"""Asking the applicant for more: exactly what they will get, then sent; and going on without an answer."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.assessment import (
    AssessmentAct,
    ask_for_more,
    go_on_without,
    lock_unchanged,
    must_be_assessing,
    previewed,
    read_checks,
    to_ask,
)
from register.web.applications.overtaken import Stamped
from register.web.applications.record import (
    Opened,
    application_page,
    open_application,
)
from register.web.casework import CASEWORKERS
from register.web.needs import Act, Form, Session, Visit


@get("/{reference:str}/request", access=CASEWORKERS)
async def preview(session: Session, act: Act, reference: FromPath[str]) -> Template:
    opened = await open_application(session, act, reference)
    must_be_assessing(opened.application, act.account)
    return await preview_page(session, act, opened, Stamped.showing(opened.seen))


@post("/{reference:str}/request", access=CASEWORKERS)
async def send(
    session: Session, act: Act, form: Form, visit: Visit, reference: FromPath[str]
) -> Redirect | Template:
    opened = await open_application(session, act, reference)
    must_be_assessing(opened.application, act.account)
    answers = Stamped(form)
    if not answers.validate():
        return await preview_page(session, act, opened, answers)
    await lock_unchanged(session, opened.application, seen=answers.seen)
    await ask_for_more(
        session,
        opened.application,
        officer=act.account,
        by=act.process(AssessmentAct.ASK),
    )
    visit.flash("The applicant has been asked")
    return Redirect(f"/staff/applications/{reference}", status_code=303)


async def preview_page(
    session: Session, act: Act, opened: Opened, form: Stamped
) -> Template:
    """Nothing of it may be changed here: what is wrong is put right in its section."""
    asked = await to_ask(session, opened.application)
    sections = [item.section for item in asked]
    quota = await read_checks(
        session, opened.application, sections, reader=act.account, now=act.now
    )
    return application_page(
        "request",
        opened,
        quota=quota,
        form=form,
        asked=asked,
        letter=await previewed(session, opened.application, asked, now=act.now),
    )


@post("/{reference:str}/request/expiry", access=CASEWORKERS)
async def go_on(
    session: Session, act: Act, visit: Visit, reference: FromPath[str]
) -> Redirect:
    opened = await open_application(session, act, reference)
    await opened.application.lock(session)
    by = act.process(AssessmentAct.GO_ON)
    await go_on_without(session, opened.application, officer=act.account, by=by)
    visit.flash("You can go on with the assessment")
    return Redirect(f"/staff/applications/{reference}", status_code=303)


pages = [preview, send, go_on]
