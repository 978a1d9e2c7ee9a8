"""The hearings of a case, what waits to be heard, and listing one."""

from collections.abc import Sequence
from datetime import date

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.case import Read
from fitness.hearing.acts import HearingAct
from fitness.hearing.application import application_waiting
from fitness.hearing.hearing import (
    Hearing,
    ListedAlready,
    NothingToHear,
    PastDay,
    hearings_of,
)
from fitness.hearing.kind import Kind, Privacy, PrivateFor
from fitness.hearing.member import panels_of
from fitness.order import CaseOrder, orders_of
from fitness.web.cases.listing import AT
from fitness.web.cases.opened import (
    CASE_READERS,
    HEARINGS_OFFICERS,
    Opened,
    attempting,
    opened,
)
from fitness.web.hearings.opened import HEARINGS
from fitness.web.hearings.when import WhenForm
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.kit.security.input import FormData
from register.web.needs import Act, Acting, Form, Visit

REMOTE, THERE = "remote", "there"


class ListForm(WhenForm):
    kind = forms.Radios("What is to be heard?", what="what is to be heard")
    how = forms.Radios(
        "How is it held?",
        what="how it is held",
        choices=[(REMOTE, REMOTE), (THERE, THERE)],
    )
    place = forms.LongText(
        "Where, or how do people join?",
        what="where it is held",
        hint="The registrant reads it.",
        longest=1000,
    )
    privacy = forms.Radios(
        "May the public come?",
        what="whether the public may come",
        choices=[(one, one) for one in Privacy],
    )
    partly_because = forms.Select(
        "Why in private?",
        what="why some of it is heard in private",
        choices=[(one, one) for one in PrivateFor],
        only_if=("privacy", Privacy.PARTLY),
    )
    private_because = forms.Select(
        "Why in private?",
        what="why it is heard in private",
        choices=[(one, one) for one in PrivateFor],
        only_if=("privacy", Privacy.PRIVATE),
    )

    @property
    def because(self) -> PrivateFor | None:
        said = self.partly_because.data or self.private_because.data
        return PrivateFor(said) if said else None


@get(HEARINGS, access=CASE_READERS)
async def every(act: Act, reference: FromPath[str]) -> Template:
    found = await opened(act, reference, what=Read.HEARINGS)
    case = found.case
    return page(
        "fitness/hearings/list.html",
        found=found,
        case=case,
        hearings=await hearings_of(act.session, case.id),
        panels=await panels_of(act.session, case.id),
        application=await application_waiting(act.session, case.id),
        applies=found.investigates
        and not case.hears_restoration
        and case.stage in Kind.INTERIM_ORDER.stages,
        lists=act.viewer.has(*HEARINGS_OFFICERS.roles) and case.open_now,
        interim=[
            one
            for one in await orders_of(act.session, case.id)
            if one.measure.interim and one.in_force(act.now)
        ],
    )


@get(f"{HEARINGS}/new", access=HEARINGS_OFFICERS)
async def ask(act: Act, reference: FromPath[str]) -> Template:
    found = await opened(act, reference, what=Read.HEARINGS)
    return await _page(act, found, _form(act, found))


def _form(act: Acting, found: Opened, sent: FormData | None = None) -> ListForm:
    """Whether somebody is restored is heard in a case of its own, and nothing else in it."""
    form = ListForm(sent, today=day_of(act.now))
    form.kind.choices = [
        (one, one)
        for one in Kind
        if (one is Kind.RESTORATION) == found.case.hears_restoration
    ]
    return form


async def _page(act: Acting, found: Opened, form: ListForm) -> Template:
    return page(
        "fitness/hearings/new.html",
        found=found,
        case=found.case,
        form=form,
        application=await application_waiting(act.session, found.case.id),
    )


@post(f"{HEARINGS}/new", access=HEARINGS_OFFICERS)
async def list_one(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    found = await opened(act, reference, what=Read.HEARINGS, lock=True)
    answers = _form(act, found, form)
    if answers.validate() and (hearing := await _listed(act, found, answers)):
        visit.flash(f"Hearing {hearing.number} is listed")
        return Redirect(f"{AT}/{reference}/hearings/{hearing.number}", status_code=303)
    return await _page(act, found, answers)


async def _listed(act: Acting, found: Opened, answers: ListForm) -> Hearing | None:
    case, kind = found.case, Kind(answers.kind.data)
    orders = await orders_of(act.session, case.id)
    try:
        async with attempting(act):
            return await Hearing.list_one(
                act.session,
                case,
                kind,
                starts_at=answers.starts_at,
                last_on=answers.last.data or answers.day.data,
                remote=answers.how.data == REMOTE,
                place=answers.place.data,
                privacy=Privacy(answers.privacy.data),
                private_because=answers.because,
                order=_to_review(orders, kind, act),
                by=act.process(HearingAct.LIST),
            )
    except PastDay as refused:
        answers.add_error("day", str(refused))
    except (ListedAlready, NothingToHear) as refused:
        answers.add_error("kind", str(refused))
    return None


def _to_review(
    orders: Sequence[CaseOrder], kind: Kind, act: Acting
) -> CaseOrder | None:
    """Of the orders in force the one that is due first."""
    if not kind.reviews:
        return None
    may = [
        one for one in orders if kind.reviewable(one.measure) and one.in_force(act.now)
    ]
    return min(may, key=lambda one: one.review_by or date.max, default=None)


pages = [every, ask, list_one]
