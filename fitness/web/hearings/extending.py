"""An interim order that a court lets go on for longer."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.case import Read
from fitness.fence import as_the_service
from fitness.hearing.acts import HearingAct
from fitness.hearing.extension import CourtExtension, CourtLater, ExtendedAlready
from fitness.order import CaseOrder, NotToBeExtended, order_in
from fitness.web.cases.listing import AT
from fitness.web.cases.one import ONE
from fitness.web.cases.opened import (
    HEARINGS_OFFICERS,
    Opened,
    attempting,
    opened,
)
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.web.needs import Act, Acting, Form, Visit

EXTENSION = f"{ONE}/extension/{{nth:int}}"


class ExtendForm(forms.Form):
    words = forms.LongText(
        "Which court, and what is its number?",
        what="the court and its number",
        hint="As the court’s order has them. Staff read it.",
        longest=2000,
    )
    ordered_on = forms.Date(
        "When was the court’s order made?",
        what="the day of the court’s order",
        past=True,
    )
    until = forms.Date(
        "Until when does the interim order go on?",
        what="the new last day",
        future=True,
    )


@get(EXTENSION, access=HEARINGS_OFFICERS)
async def ask(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    found, order = await _to_extend(act, reference, nth)
    return _page(found, order, ExtendForm(today=day_of(act.now)))


async def _to_extend(
    act: Acting, reference: str, nth: int, *, lock: bool = False
) -> tuple[Opened, CaseOrder]:
    """Raises NotFound, OrderEnded, NotInForce or NotToBeExtended."""
    found = await opened(act, reference, what=Read.HEARINGS, lock=lock)
    order = await order_in(act.session, found.case.id, nth)
    order.must_be_in_force(act.now)
    if not order.measure.interim:
        raise NotToBeExtended
    return found, order


def _page(found: Opened, order: CaseOrder, form: ExtendForm) -> Template:
    return page(
        "fitness/hearings/extend.html",
        found=found,
        case=found.case,
        order=order,
        form=form,
    )


@post(EXTENSION, access=HEARINGS_OFFICERS)
async def record(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    found, order = await _to_extend(act, reference, nth, lock=True)
    answers = ExtendForm(form, today=day_of(act.now))
    if answers.validate():
        try:
            async with attempting(act), as_the_service(act.session):
                await CourtExtension.record(
                    act.session,
                    found.case,
                    order,
                    answers.words.data,
                    ordered_on=answers.ordered_on.data,
                    until=answers.until.data,
                    by=act.process(HearingAct.EXTEND),
                )
        except CourtLater as refused:
            answers.add_error("ordered_on", str(refused))
        except (NotToBeExtended, ExtendedAlready) as refused:
            answers.add_error("until", str(refused))
    if answers.faults:
        return _page(found, order, answers)
    visit.flash("The court’s order is recorded")
    return Redirect(f"{AT}/{reference}/hearings", status_code=303)


pages = [ask, record]
