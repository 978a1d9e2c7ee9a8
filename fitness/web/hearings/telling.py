"""Notice of a hearing to the registrant, and the decision of a panel where it is still to be served."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.fence import as_the_service
from fitness.hearing.acts import HearingAct
from fitness.hearing.decision import decision_of
from fitness.hearing.notice import (
    NoticeGiven,
    NotToldInTime,
    NotToldOfTheCase,
    first_day_if_sent,
    give_notice,
    services_for,
)
from fitness.hearing.outcome import NotDecided, ServedAlready, serve_decision
from fitness.web.cases.opened import HEARINGS_OFFICERS, attempting
from fitness.web.hearings.opened import HEARING, OpenedHearing, opened_hearing
from fitness.web.investigation.notice import EMAIL, NO_ADDRESS, POST
from register.kit import forms
from register.kit.pages import page
from register.notice import CannotBeServed, ServiceMethod
from register.web.needs import Act, Acting, Form, Visit

NOTICE, DECISION = f"{HEARING}/notice", f"{HEARING}/decision"


class WayForm(forms.Form):
    way = forms.Radios(
        "How is it sent?",
        what="how it is sent",
        choices=[(EMAIL, EMAIL), (POST, POST)],
    )


class NoticeForm(WayForm):
    words = forms.LongText(
        "What does the registrant have to know?",
        what="what the registrant has to know",
        hint="What will be decided, what it may come to, and what they may do before it. They read the day, the place and who "
        "sits on the panel beside it. Do not name a child.",
        longest=4000,
    )


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


@post(NOTICE, access=HEARINGS_OFFICERS)
async def give(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    it = await opened_hearing(act, reference, nth, lock=True)
    it.hearing.must_not_have_begun()
    answers = NoticeForm(form)
    if answers.validate():
        try:
            async with attempting(act):
                await give_notice(
                    act.session,
                    it.case,
                    it.hearing,
                    answers.words.data,
                    by_post=answers.way.data == POST,
                    by=act.process(HearingAct.GIVE_NOTICE),
                )
        except CannotBeServed:
            answers.add_error("way", NO_ADDRESS)
        except (NotToldInTime, NoticeGiven, NotToldOfTheCase) as refused:
            answers.add_error("way", str(refused))
    if answers.faults:
        return await _page(act, it, answers)
    visit.flash("The registrant is being told of the hearing")
    return it.back()


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
    decision = await decision_of(act.session, it.hearing)
    if it.hearing.decided_at is None or decision is None:
        raise NotDecided
    answers = WayForm(form)
    if answers.validate():
        try:
            async with attempting(act), as_the_service(act.session):
                await serve_decision(
                    act.session,
                    it.case,
                    it.hearing,
                    decision,
                    by_post=answers.way.data == POST,
                    by=act.process(HearingAct.SERVE),
                )
        except CannotBeServed:
            answers.add_error("way", NO_ADDRESS)
        except ServedAlready as refused:
            answers.add_error("way", str(refused))
    if answers.faults:
        return await _decision_page(act, it, answers)
    visit.flash("The registrant is being served with the decision")
    return it.back()


pages = [ask, give, ask_to_serve, serve]
