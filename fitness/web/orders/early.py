"""The answer to a registrant who asked for an early review: the review is brought forward, or it is not, and they read why."""

from datetime import date

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from fitness.fence import as_the_service
from fitness.investigation.drawn import Drawn
from fitness.monitoring import (
    AnsweredAlready,
    EarlyReview,
    MonitoringAct,
    NotEarlier,
    early_reviews_of,
)
from fitness.web.cases.opened import ORDER_WRITERS, attempting
from fitness.web.notices.preview import (
    preview_page,
    printed,
    wants_change,
    was_seen,
)
from fitness.web.orders.every import ORDER, OpenedOrder, opened_order
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.kit.security.input import FormData
from register.kit.security.limits import PDF
from register.notice import CannotBeServed
from register.web.needs import Act, Acting, Form, Visit

EARLY = f"{ORDER}/early-review"
FORWARD, DECLINED = "forward", "declined"
NOWHERE = "It is answered. There is no address to which the answer could be sent: it waits with the notices"


class AnswerForm(forms.Form):
    answer = forms.Radios(
        "What do you answer?",
        what="what you answer",
        choices=[(FORWARD, FORWARD), (DECLINED, DECLINED)],
    )
    until = forms.Date(
        "By when is it to be reviewed?",
        what="the day by which it is to be reviewed",
        earliest=forms.days_after(1),
        only_if=("answer", FORWARD),
    )
    words = forms.LongText(
        "Why?",
        what="why",
        hint="The registrant reads it: you see it first. Do not name a child.",
        longest=4000,
    )

    @property
    def by_when(self) -> date | None:
        found: date | None = self.until.data if self.answer.data == FORWARD else None
        return found


async def _to_answer(it: OpenedOrder, act: Acting) -> EarlyReview:
    """Raises AnsweredAlready where nothing waits."""
    for one in await early_reviews_of(act.session, it.order):
        if one.waits:
            return one
    raise AnsweredAlready


@get(EARLY, access=ORDER_WRITERS)
async def ask(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    it = await opened_order(act, reference, nth)
    asked = await _to_answer(it, act)
    return _page(it, asked, _form(it, act))


def _form(it: OpenedOrder, act: Acting, sent: FormData | None = None) -> AnswerForm:
    """What was reviewed since, or has ended, has no review to bring forward."""
    form = AnswerForm(sent, today=day_of(act.now))
    if not it.order.to_be_reviewed:
        form.answer.choices = [(DECLINED, DECLINED)]
    return form


def _page(it: OpenedOrder, asked: EarlyReview, form: AnswerForm) -> Template:
    return page(
        "fitness/orders/early.html",
        found=it.found,
        case=it.found.case,
        order=it.order,
        asked=asked,
        form=form,
    )


async def _drawn(
    act: Acting, it: OpenedOrder, asked: EarlyReview, answers: AnswerForm
) -> Drawn | None:
    """None where the form says what is wrong, or there is nowhere to send it: it is answered all the same."""
    if not answers.validate():
        return None
    until, planned = answers.by_when, it.order.review_by
    if until and planned and until >= planned:
        answers.add_error("until", str(NotEarlier(planned)))
        return None
    try:
        return await asked.draw(
            act.session, it.found.case, answers.words.data, until=until, now=act.now
        )
    except CannotBeServed:
        return None


@post(EARLY, access=ORDER_WRITERS)
async def answer(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    it = await opened_order(act, reference, nth, lock=True)
    asked = await _to_answer(it, act)
    answers = _form(it, act, form)
    drawn = await _drawn(act, it, asked, answers)
    if answers.faults or wants_change(form):
        return _page(it, asked, answers)
    if drawn and not was_seen(drawn, form):
        return preview_page(it.found, drawn, form, to=f"{it.address}/early-review")
    async with attempting(act), as_the_service(act.session):
        await asked.answer(
            act.session,
            it.found.case,
            it.order,
            answers.words.data,
            until=answers.by_when,
            by=act.process(MonitoringAct.ANSWER_EARLY_REVIEW),
        )
    visit.flash("The registrant is answered" if drawn else NOWHERE)
    return it.back()


@post(f"{EARLY}/preview.pdf", access=ORDER_WRITERS, limit=PDF)
async def paper(
    act: Act, *, reference: FromPath[str], nth: FromPath[int], form: Form
) -> Response[bytes] | Template:
    it = await opened_order(act, reference, nth)
    asked = await _to_answer(it, act)
    answers = _form(it, act, form)
    drawn = await _drawn(act, it, asked, answers)
    if drawn is None:
        return _page(it, asked, answers)
    return await printed(drawn.reading, now=act.now, name="preview")


pages = [ask, answer, paper]
