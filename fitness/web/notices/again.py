"""Serving what did not reach its registrant, in the words that it had: seen first, as whatever is served."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from fitness.case import Read
from fitness.investigation.acts import InvestigationAct
from fitness.investigation.drawn import Drawn
from fitness.undelivered import Undelivered, draw_again, drop, serve_again, to_serve
from fitness.web.cases.listing import AT
from fitness.web.cases.opened import ORDER_WRITERS, Opened, opened
from fitness.web.notices.preview import preview_page, printed, wants_change, was_seen
from fitness.web.notices.record import NOTICE
from fitness.web.notices.way import NO_ADDRESS, POST, WayForm
from register.kit import forms
from register.kit.pages import page
from register.kit.security.limits import PDF
from register.notice import CannotBeServed
from register.web.needs import Act, Acting, Form, Visit

AGAIN, DROP = f"{NOTICE}/again", f"{NOTICE}/drop"


class DropForm(forms.Form):
    words = forms.LongText(
        "Why is it not to be served?",
        what="why it is not to be served",
        longest=2000,
    )


@get(AGAIN, access=ORDER_WRITERS)
async def ask(
    act: Act, reference: FromPath[str], service_id: FromPath[UUID]
) -> Template:
    found = await opened(act, reference, what=Read.NOTICES)
    one = await to_serve(act.session, found.case, service_id)
    return _page(found, one, WayForm())


def _page(
    found: Opened,
    one: Undelivered,
    form: WayForm,
    dropping: DropForm | None = None,
) -> Template:
    return page(
        "fitness/notices/again.html",
        found=found,
        case=found.case,
        one=one,
        form=form,
        dropping=dropping or DropForm(),
    )


async def _drawn(
    act: Acting, found: Opened, one: Undelivered, answers: WayForm
) -> Drawn | None:
    """None where the form says what is wrong."""
    if not answers.validate():
        return None
    try:
        return await draw_again(
            act.session,
            found.case,
            one,
            by_post=answers.way.data == POST,
            now=act.now,
        )
    except CannotBeServed:
        answers.add_error("way", NO_ADDRESS)
        return None


@post(AGAIN, access=ORDER_WRITERS)
async def serve(
    act: Act,
    *,
    reference: FromPath[str],
    service_id: FromPath[UUID],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    """What the registrant would read comes first; sent again from that page, it is served."""
    found = await opened(act, reference, what=Read.NOTICES, lock=True)
    one = await to_serve(act.session, found.case, service_id)
    answers = WayForm(form)
    drawn = await _drawn(act, found, one, answers)
    if drawn is None or wants_change(form):
        return _page(found, one, answers)
    at = f"{AT}/{found.case.reference}/notices"
    if not was_seen(drawn, form):
        return preview_page(found, drawn, form, to=f"{at}/{one.id}/again")
    await serve_again(
        act.session,
        found.case,
        one,
        by_post=answers.way.data == POST,
        by=act.process(InvestigationAct.SERVE),
    )
    visit.flash("The registrant is being told")
    return Redirect(at, status_code=303)


@post(f"{AGAIN}/preview.pdf", access=ORDER_WRITERS, limit=PDF)
async def paper(
    act: Act, *, reference: FromPath[str], service_id: FromPath[UUID], form: Form
) -> Response[bytes] | Template:
    found = await opened(act, reference, what=Read.NOTICES)
    one = await to_serve(act.session, found.case, service_id)
    answers = WayForm(form)
    drawn = await _drawn(act, found, one, answers)
    if drawn is None:
        return _page(found, one, answers)
    return await printed(drawn.reading, now=act.now, name="preview")


@post(DROP, access=ORDER_WRITERS)
async def not_any_more(
    act: Act,
    *,
    reference: FromPath[str],
    service_id: FromPath[UUID],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    found = await opened(act, reference, what=Read.NOTICES, lock=True)
    one = await to_serve(act.session, found.case, service_id)
    answers = DropForm(form)
    if not answers.validate():
        return _page(found, one, WayForm(), answers)
    by = act.process(InvestigationAct.DROP)
    await drop(act.session, found.case, one, answers.words.data, by=by)
    visit.flash("It is due no longer")
    return Redirect(f"{AT}/{found.case.reference}/notices", status_code=303)


pages = [ask, serve, paper, not_any_more]
