"""What is written for the public: of a decision, and of a hearing to come."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.case import Case
from fitness.examination.disposal import Disposal, agreed_in
from fitness.hearing.hearing import Hearing, hearing_in
from fitness.listing import NothingToList, heard_as, to_list
from fitness.order import CaseOrder, Ended, orders_of
from fitness.publication import (
    Matter,
    Publication,
    PublicationAct,
    publications_of,
)
from fitness.web.cases.opened import Opened
from fitness.web.publications.opened import (
    PUBLICATION,
    PUBLICATIONS,
    WRITERS,
    NotTheirWords,
    OpenedPublication,
    back,
    one_opened,
    to_write,
    writes,
)
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.kit.security.input import FormData
from register.process import Process
from register.web.needs import Act, Acting, Form, Visit

WORDS_NEEDED = "Enter what the public reads"
RESTORATION = frozenset(one for one in Matter if not one.of_an_order)
NO_WORDS = "Where health was the only ground, the public reads no words: take them out"


class AboutForm(forms.Form):
    """Stands first: fields are asked for in the order in which they are written."""

    about = forms.Radios("What is it about?", what="what it is about")
    decided_on = forms.Date(
        "When was it decided?",
        what="the day on which it was decided",
        hint="Only of a decision on restoration",
        past=True,
        optional=True,
    )


class WordsForm(forms.Form):
    """Of a decision."""

    health = forms.YesNo(
        "Was health the only ground?", what="if health was the only ground"
    )
    words = forms.LongText(
        "What does the public read?",
        what="what the public reads",
        hint="What was found, what was decided and why. A line that begins with # and a space is a heading. Do not name a child, "
        "and say nothing of anybody’s health or of a third person’s private life.",
        longest=60_000,
        optional=True,
    )
    not_before = forms.Date(
        "Not before which day?",
        what="the first day",
        hint="Leave it empty if it may be published as soon as a second person has approved it",
        earliest=forms.days_after(0),
        optional=True,
    )

    def check(self) -> bool:
        """Words, or the reason why there are none."""
        if self.validate() and self.health.data == bool(self.words.data):
            self.add_error("words", NO_WORDS if self.words.data else WORDS_NEEDED)
        return not self.faults


class DecisionForm(AboutForm, WordsForm):
    def check(self) -> bool:
        if (
            super().check()
            and self.about.data in RESTORATION
            and not self.decided_on.data
        ):
            self.add_error("decided_on", "Enter the day on which it was decided")
        return not self.faults


class WhichForm(forms.Form):
    hearing = forms.Radios("Which hearing?", what="which hearing")


class HearingForm(forms.Form):
    """When it is held, the hearing says."""

    place = forms.Text(
        "Where?",
        what="where",
        hint="The building and town. Leave it empty if it is held by video: how to join is not for the public.",
        longest=200,
        optional=True,
    )
    words = forms.LongText(
        "What is alleged, in words for the public?",
        what="what is alleged",
        hint="Do not name a child, a home, or a witness.",
        longest=10_000,
    )


class NewHearingForm(WhichForm, HearingForm):
    """Of a hearing of which nothing is written yet."""


@get(f"{PUBLICATIONS}/decision", access=WRITERS)
async def ask_decision(act: Act, reference: FromPath[str]) -> Template:
    found = await to_write(act, reference)
    orders = await _to_publish(act, found.case)
    agreed = await agreed_in(act.session, found.case.id)
    form = _decision_form(act, orders, agreed=agreed)
    return _decision_page(found, form, orders, agreed=agreed)


@post(f"{PUBLICATIONS}/decision", access=WRITERS)
async def write_decision(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    found = await to_write(act, reference, lock=True)
    orders = await _to_publish(act, found.case)
    answers = _decision_form(act, orders, form)
    if not answers.check():
        return _decision_page(found, answers, orders)
    by = act.process(PublicationAct.WRITE)
    publication = await _begin(act, found.case, answers, orders, by=by)
    await _write(act, found.case, publication, answers, by=by)
    visit.flash("Your draft is kept")
    return back(found.case, f"/{publication.number}")


async def _to_publish(act: Acting, case: Case) -> Sequence[CaseOrder]:
    """Orders of which nothing is written yet and may be."""
    publications = await publications_of(act.session, case.id)
    about = {one.order_id for one in publications}
    return [
        order
        for order in await orders_of(act.session, case.id)
        if order.id not in about
        and not order.measure.interim
        and order.because is not Ended.QUASHED
    ]


def _decision_form(
    act: Acting,
    orders: Sequence[CaseOrder],
    sent: FormData | None = None,
    *,
    agreed: Disposal | None = None,
) -> DecisionForm:
    form = DecisionForm(sent, data=_agreed(orders, agreed), today=day_of(act.now))
    form.about.choices = [
        *((str(order.number), str(order.number)) for order in orders),
        *((one, one) for one in Matter if not one.of_an_order),
    ]
    return form


def _agreed(orders: Sequence[CaseOrder], agreed: Disposal | None) -> dict[str, Any]:
    """What the registrant was shown as they agreed, of the order that came of it."""
    for order in orders:
        if agreed and agreed.order_id == order.id:
            words, health = agreed.decision.public, agreed.decision.health
            return {
                "about": str(order.number),
                "words": words.words if words else "",
                "health": health,
            }
    return {}


def _decision_page(
    found: Opened,
    form: DecisionForm,
    orders: Sequence[CaseOrder],
    *,
    agreed: Disposal | None = None,
) -> Template:
    return page(
        "fitness/publications/decision_form.html",
        found=found,
        case=found.case,
        form=form,
        orders=orders,
        agreed=bool(_agreed(orders, agreed)),
    )


async def _begin(
    act: Acting,
    case: Case,
    answers: DecisionForm,
    orders: Sequence[CaseOrder],
    *,
    by: Process,
) -> Publication:
    about = answers.about.data
    for order in orders:
        if about == str(order.number):
            return await Publication.of_order(act.session, case, order, by=by)
    return await Publication.of_restoration(
        act.session, case, Matter(about), decided_on=answers.decided_on.data, by=by
    )


async def _write(
    act: Acting, case: Case, publication: Publication, form: WordsForm, *, by: Process
) -> None:
    await publication.write(
        act.session,
        case,
        form.words.data or "",
        author=act.account,
        health=form.health.data,
        not_before=form.not_before.data or None,
        by=by,
    )


@get(f"{PUBLICATIONS}/hearing", access=WRITERS)
async def ask_hearing(act: Act, reference: FromPath[str]) -> Template:
    found = await to_write(act, reference)
    hearings = await to_list(act.session, found.case)
    return _hearing_page(found, _hearing_form(hearings), hearings)


@post(f"{PUBLICATIONS}/hearing", access=WRITERS)
async def write_hearing(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    found = await to_write(act, reference, lock=True)
    hearings = await to_list(act.session, found.case)
    if not hearings:
        raise NothingToList
    answers = _hearing_form(hearings, form)
    if not answers.validate():
        return _hearing_page(found, answers, hearings)
    (hearing,) = [one for one in hearings if str(one.number) == answers.hearing.data]
    by = act.process(PublicationAct.WRITE)
    publication = await Publication.of_hearing(
        act.session, found.case, hearing.number, by=by
    )
    await _write_hearing(act, found.case, publication, hearing, answers, by=by)
    visit.flash("Your draft is kept")
    return back(found.case, f"/{publication.number}")


def _hearing_form(
    hearings: Sequence[Hearing], sent: FormData | None = None
) -> NewHearingForm:
    form = NewHearingForm(sent)
    form.hearing.choices = [(str(one.number), str(one.number)) for one in hearings]
    return form


def _hearing_page(
    found: Opened, form: NewHearingForm, hearings: Sequence[Hearing]
) -> Template:
    return page(
        "fitness/publications/hearing_form.html",
        found=found,
        case=found.case,
        form=form,
        hearings=hearings,
    )


async def _write_hearing(
    act: Acting,
    case: Case,
    publication: Publication,
    hearing: Hearing,
    form: HearingForm,
    *,
    by: Process,
) -> None:
    await publication.write(
        act.session,
        case,
        form.words.data,
        author=act.account,
        heard=heard_as(hearing, form.place.data or ""),
        by=by,
    )


@get(f"{PUBLICATION}/draft", access=WRITERS)
async def ask_draft(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    """From the words of the version before."""
    one = await _to_draft(act, reference, nth)
    return _draft_page(one, _form_from(one.publication, today=day_of(act.now)))


async def _to_draft(
    act: Acting, reference: str, nth: int, *, lock: bool = False
) -> OpenedPublication:
    one = await one_opened(act, reference, nth, lock=lock)
    if not writes(one.found):
        raise NotTheirWords
    return one


def _form_from(publication: Publication, *, today: date) -> WordsForm | HearingForm:
    last = publication.latest
    if heard := last.heard:
        return HearingForm(data={"place": heard.place, "words": last.words})
    return WordsForm(
        data={
            "words": last.words,
            "health": last.health,
            "not_before": last.not_before,
        },
        today=today,
    )


def _draft_page(one: OpenedPublication, form: WordsForm | HearingForm) -> Template:
    return page(
        "fitness/publications/draft.html",
        found=one.found,
        case=one.case,
        publication=one.publication,
        form=form,
    )


@post(f"{PUBLICATION}/draft", access=WRITERS)
async def write_draft(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    one = await _to_draft(act, reference, nth, lock=True)
    if number := one.publication.hearing:
        said = HearingForm(form)
        if not said.validate():
            return _draft_page(one, said)
        hearing = await hearing_in(act.session, one.case.id, number)
        by = act.process(PublicationAct.WRITE)
        await _write_hearing(act, one.case, one.publication, hearing, said, by=by)
    else:
        answers = WordsForm(form, today=day_of(act.now))
        if not answers.check():
            return _draft_page(one, answers)
        by = act.process(PublicationAct.WRITE)
        await _write(act, one.case, one.publication, answers, by=by)
    visit.flash("Your draft is kept")
    return back(one.case, f"/{nth}")


pages = [
    ask_decision,
    write_decision,
    ask_hearing,
    write_hearing,
    ask_draft,
    write_draft,
]
