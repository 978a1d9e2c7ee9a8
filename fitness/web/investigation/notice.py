"""Notice of the investigation, and all that was served on the registrant."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from fitness.case import Read
from fitness.investigation.acts import InvestigationAct
from fitness.investigation.disclosure import disclosures_of
from fitness.investigation.drawn import Drawn
from fitness.investigation.served import (
    CaseService,
    ServiceKind,
    services_of,
    told_late,
)
from fitness.web.cases.listing import AT
from fitness.web.cases.one import ONE
from fitness.web.cases.opened import CASE_READERS, INVESTIGATORS, Opened
from fitness.web.investigation.opened import back, investigated, to_work_on, works
from fitness.web.notices.preview import (
    preview_page,
    printed,
    wants_change,
    was_seen,
)
from fitness.web.notices.way import NO_ADDRESS, POST, how_sent
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.kit.security.limits import PDF
from register.notice import CannotBeServed
from register.web.needs import Act, Acting, Form, Visit

SERVICE, NOTICE = f"{ONE}/disclosure", f"{ONE}/notice"


class NoticeForm(forms.Form):
    words = forms.LongText(
        "What do we look into?",
        what="what we look into",
        hint="In general terms. The registrant reads it once signed in. Do not name a child or whoever raised the concern.",
        longest=4000,
    )
    way = how_sent()


@get(SERVICE, access=CASE_READERS)
async def served(act: Act, reference: FromPath[str]) -> Template:
    found = await investigated(act, reference, what=Read.DISCLOSURE)
    case = found.case
    services = await services_of(act.session, case.id)
    notices = [one for one in services if one.kind is ServiceKind.NOTICE]
    return page(
        "fitness/investigation/served.html",
        found=found,
        case=case,
        notices=notices,
        disclosures=await disclosures_of(act.session, case.id),
        late=told_late(case, day_of(act.now)),
        works=works(found),
        may_tell=not notices or notices[0].astray,
        today=day_of(act.now),
    )


@get(NOTICE, access=INVESTIGATORS)
async def ask(act: Act, reference: FromPath[str]) -> Template:
    found = await to_work_on(act, reference, what=Read.DISCLOSURE)
    return await _page(act, found, NoticeForm())


async def _page(act: Acting, found: Opened, form: NoticeForm) -> Template:
    return page(
        "fitness/investigation/notice.html",
        found=found,
        case=found.case,
        form=form,
        earlier=await services_of(act.session, found.case.id, kind=ServiceKind.NOTICE),
    )


async def _drawn(act: Acting, found: Opened, answers: NoticeForm) -> Drawn | None:
    """None where the form says what is wrong; raises ToldAlready."""
    if not answers.validate():
        return None
    try:
        return await CaseService.draw_notice(
            act.session,
            found.case,
            answers.words.data,
            by_post=answers.way.data == POST,
            now=act.now,
        )
    except CannotBeServed:
        answers.add_error("way", NO_ADDRESS)
        return None


@post(NOTICE, access=INVESTIGATORS)
async def give(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    """What the registrant would read comes first; sent again from that page, it is served."""
    found = await to_work_on(act, reference, what=Read.DISCLOSURE, lock=True)
    answers = NoticeForm(form)
    drawn = await _drawn(act, found, answers)
    if drawn is None or wants_change(form):
        return await _page(act, found, answers)
    if not was_seen(drawn, form):
        return preview_page(found, drawn, form, to=_address(found))
    await CaseService.give_notice(
        act.session,
        found.case,
        answers.words.data,
        by_post=answers.way.data == POST,
        by=act.process(InvestigationAct.SERVE),
    )
    visit.flash("The registrant is being told")
    return back(found, "disclosure")


def _address(found: Opened) -> str:
    return f"{AT}/{found.case.reference}/notice"


@post(f"{NOTICE}/preview.pdf", access=INVESTIGATORS, limit=PDF)
async def paper(
    act: Act, *, reference: FromPath[str], form: Form
) -> Response[bytes] | Template:
    found = await to_work_on(act, reference, what=Read.DISCLOSURE)
    answers = NoticeForm(form)
    drawn = await _drawn(act, found, answers)
    if drawn is None:
        return await _page(act, found, answers)
    return await printed(drawn.reading, now=act.now, name="preview")


pages = [served, ask, give, paper]
