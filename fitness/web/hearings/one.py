"""One hearing whole: its day, its panel, what was served, directed and decided."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.hearing.acts import HearingAct
from fitness.hearing.decision import decision_of
from fitness.hearing.direction import directions_of
from fitness.hearing.finding import Facts
from fitness.hearing.kind import Attendance, HearingState
from fitness.hearing.member import panel_of
from fitness.hearing.notice import (
    begin,
    first_day_after,
    notice_of,
    services_for,
)
from fitness.hearing.outcome import served_decision
from fitness.hearing.radar import radar
from fitness.investigation.allegation import standards_for
from fitness.panel import Clash
from fitness.web.cases.opened import CASE_READERS, HEARINGS_OFFICERS, attempting
from fitness.web.hearings.opened import HEARING, OpenedHearing, opened_hearing
from register.account import Account
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import Refused
from register.kit.pages import page
from register.web.needs import Act, Acting, Form, Visit


class BeginForm(forms.Form):
    attendance = forms.Radios(
        "Is the registrant there?",
        what="whether the registrant is there",
        choices=[(one, one) for one in Attendance],
    )


@get(HEARING, access=CASE_READERS)
async def one(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    it = await opened_hearing(act, reference, nth)
    session, case, hearing = act.session, it.case, it.hearing
    services = await services_for(session, hearing)
    notice = notice_of(hearing, services)
    panel = await panel_of(session, hearing)
    decided = hearing.state is HearingState.DECIDED
    return page(
        "fitness/hearings/one.html",
        found=it.found,
        case=case,
        hearing=hearing,
        panel=panel,
        clashes=await _clashes(act, it) if hearing.state.open else {},
        services=services,
        notice=notice,
        earliest=first_day_after(notice.deemed_on, hearing.kind, case.rule_set.rules)
        if notice
        else None,
        directions=await directions_of(session, hearing),
        decision=await decision_of(session, hearing) if decided else None,
        facts=await Facts.of(session, hearing) if decided else None,
        served=served_decision(services),
        standards={one.code: one.title for one in await standards_for(session, case)},
        works=act.viewer.has(*HEARINGS_OFFICERS.roles),
        today=day_of(act.now),
        now=act.now,
    )


async def _clashes(act: Acting, it: OpenedHearing) -> dict[UUID, tuple[Clash, ...]]:
    """Of those who sit on it, as things are now: what was found out since shows here."""
    panel = await panel_of(act.session, it.hearing)
    accounts = await act.session.scalars(
        Account.usable().where(Account.id.in_([one.account_id for one in panel]))
    )
    seats = {one.account_id: one.seat for one in panel}
    return await radar(
        act.session,
        it.case,
        it.hearing,
        [(account, seats[account.id]) for account in accounts],
    )


@get(f"{HEARING}/opening", access=HEARINGS_OFFICERS)
async def ask(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    it = await opened_hearing(act, reference, nth)
    it.hearing.must_not_have_begun()
    return _page(it, BeginForm())


def _page(it: OpenedHearing, form: BeginForm) -> Template:
    return page(
        "fitness/hearings/begin.html",
        found=it.found,
        case=it.case,
        hearing=it.hearing,
        form=form,
    )


@post(f"{HEARING}/opening", access=HEARINGS_OFFICERS)
async def open_it(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    it = await opened_hearing(act, reference, nth, lock=True)
    it.hearing.must_not_have_begun()
    answers = BeginForm(form)
    if answers.validate():
        try:
            async with attempting(act):
                await begin(
                    act.session,
                    it.case,
                    it.hearing,
                    Attendance(answers.attendance.data),
                    by=act.process(HearingAct.BEGIN),
                )
        except Refused as refused:
            answers.add_error("attendance", str(refused))
    if answers.faults:
        return _page(it, answers)
    visit.flash("The hearing has begun")
    return it.back()


pages = [one, ask, open_it]
