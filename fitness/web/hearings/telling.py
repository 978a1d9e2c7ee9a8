"""Notice of a hearing to the registrant, and the decision of a panel where it is still to be served."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from fitness.fence import as_the_service
from fitness.hearing.acts import HearingAct
from fitness.hearing.decision import HearingDecision, decision_of
from fitness.hearing.notice import (
    NoticeGiven,
    NotToldInTime,
    NotToldOfTheCase,
    draw_notice,
    first_day_if_sent,
    give_notice,
    services_for,
)
from fitness.hearing.outcome import (
    NotDecided,
    ServedAlready,
    draw_decision,
    serve_decision,
)
from fitness.investigation.drawn import Drawn
from fitness.web.cases.opened import HEARINGS_OFFICERS
from fitness.web.hearings.opened import HEARING, OpenedHearing, opened_hearing
from fitness.web.notices.preview import (
    preview_page,
    printed,
    wants_change,
    was_seen,
)
from fitness.web.notices.way import NO_ADDRESS, POST, WayForm, how_sent
from register.kit import forms
from register.kit.pages import page
from register.kit.security.limits import PDF
from register.notice import CannotBeServed, ServiceMethod
from register.web.needs import Act, Acting, Form, Visit

NOTICE, DECISION = f"{HEARING}/notice", f"{HEARING}/decision"


class NoticeForm(forms.Form):
    words = forms.LongText(
        "What does the registrant have to know?",
        what="what the registrant has to know",
        hint="What will be decided, what it may come to, and what they may do before it. They read the day, the place and who "
        "sits on the panel beside it. Do not name a child.",
        longest=4000,
    )
    way = how_sent()


@get(NOTICE, access=HEARINGS_OFFICERS)
async def ask(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    it = await opened_hearing(act, reference, nth)
    it.hearing.must_not_have_begun()
    return await _page(act, it, NoticeForm())


async def _page(act: Acting, it: OpenedHearing, form: NoticeForm) -> Template:
    return page(
        "fitness/hearings/notice.html",
        found=it.found,
        case=it.case,
        hearing=it.hearing,
        form=form,
        services=await services_for(act.session, it.hearing),
        earliest={
            method: first_day_if_sent(
                act.now, method, it.hearing.kind, it.case.rule_set.rules
            )
            for method in ServiceMethod
        },
    )


async def _drawn(act: Acting, it: OpenedHearing, answers: NoticeForm) -> Drawn | None:
    """None where the form says what is wrong."""
    if not answers.validate():
        return None
    try:
        return await draw_notice(
            act.session,
            it.case,
            it.hearing,
            answers.words.data,
            by_post=answers.way.data == POST,
            now=act.now,
        )
    except CannotBeServed:
        answers.add_error("way", NO_ADDRESS)
    except (NotToldInTime, NoticeGiven, NotToldOfTheCase) as refused:
        answers.add_error("way", str(refused))
    return None


@post(NOTICE, access=HEARINGS_OFFICERS)
async def give(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    """What the registrant would read comes first; sent again from that page, it is served."""
    it = await opened_hearing(act, reference, nth, lock=True)
    it.hearing.must_not_have_begun()
    answers = NoticeForm(form)
    drawn = await _drawn(act, it, answers)
    if drawn is None or wants_change(form):
        return await _page(act, it, answers)
    if not was_seen(drawn, form):
        return preview_page(it.found, drawn, form, to=f"{it.address}/notice")
    await give_notice(
        act.session,
        it.case,
        it.hearing,
        answers.words.data,
        by_post=answers.way.data == POST,
        by=act.process(HearingAct.GIVE_NOTICE),
    )
    visit.flash("The registrant is being told of the hearing")
    return it.back()


@post(f"{NOTICE}/preview.pdf", access=HEARINGS_OFFICERS, limit=PDF)
async def paper(
    act: Act, *, reference: FromPath[str], nth: FromPath[int], form: Form
) -> Response[bytes] | Template:
    it = await opened_hearing(act, reference, nth)
    answers = NoticeForm(form)
    drawn = await _drawn(act, it, answers)
    if drawn is None:
        return await _page(act, it, answers)
    return await printed(drawn.reading, now=act.now, name="preview")


@get(DECISION, access=HEARINGS_OFFICERS)
async def ask_to_serve(
    act: Act, reference: FromPath[str], nth: FromPath[int]
) -> Template:
    it = await opened_hearing(act, reference, nth)
    if it.hearing.decided_at is None:
        raise NotDecided
    return await _decision_page(act, it, WayForm())


async def _decision_page(act: Acting, it: OpenedHearing, form: WayForm) -> Template:
    return page(
        "fitness/hearings/serve.html",
        found=it.found,
        case=it.case,
        hearing=it.hearing,
        form=form,
        services=await services_for(act.session, it.hearing),
    )


async def _decision_drawn(
    act: Acting, it: OpenedHearing, decision: HearingDecision, answers: WayForm
) -> Drawn | None:
    """None where the form says what is wrong."""
    if not answers.validate():
        return None
    try:
        return await draw_decision(
            act.session,
            it.case,
            it.hearing,
            decision,
            by_post=answers.way.data == POST,
            now=act.now,
        )
    except CannotBeServed:
        answers.add_error("way", NO_ADDRESS)
    except ServedAlready as refused:
        answers.add_error("way", str(refused))
    return None


async def _decided(act: Acting, it: OpenedHearing) -> HearingDecision:
    decision = await decision_of(act.session, it.hearing)
    if it.hearing.decided_at is None or decision is None:
        raise NotDecided
    return decision


@post(DECISION, access=HEARINGS_OFFICERS)
async def serve(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    """Its order is made as the service: whoever serves the decision did not decide it."""
    it = await opened_hearing(act, reference, nth, lock=True)
    decision = await _decided(act, it)
    answers = WayForm(form)
    drawn = await _decision_drawn(act, it, decision, answers)
    if drawn is None or wants_change(form):
        return await _decision_page(act, it, answers)
    if not was_seen(drawn, form):
        return preview_page(it.found, drawn, form, to=f"{it.address}/decision")
    async with as_the_service(act.session):
        await serve_decision(
            act.session,
            it.case,
            it.hearing,
            decision,
            by_post=answers.way.data == POST,
            by=act.process(HearingAct.SERVE),
        )
    visit.flash("The registrant is being served with the decision")
    return it.back()


@post(f"{DECISION}/preview.pdf", access=HEARINGS_OFFICERS, limit=PDF)
async def decision_paper(
    act: Act, *, reference: FromPath[str], nth: FromPath[int], form: Form
) -> Response[bytes] | Template:
    it = await opened_hearing(act, reference, nth)
    answers = WayForm(form)
    drawn = await _decision_drawn(act, it, await _decided(act, it), answers)
    if drawn is None:
        return await _decision_page(act, it, answers)
    return await printed(drawn.reading, now=act.now, name="preview")


pages = [ask, give, paper, ask_to_serve, serve, decision_paper]
