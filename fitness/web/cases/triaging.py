"""Triage: each factor of the test is weighed in words, then something is decided."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.case import CaseAct, Stage, concerns_of
from fitness.notice_template import Outside
from fitness.triage import (
    Factor,
    NoGrounds,
    NotWeighed,
    PassedTo,
    TooLongAgo,
    TriageDecision,
    TriageFactor,
    TriageOutcome,
    Weight,
    decisions_in,
    weighed_in,
)
from fitness.web.cases.listing import AT
from fitness.web.cases.one import ONE
from fitness.web.cases.opened import (
    CASE_READERS,
    INVESTIGATORS,
    Opened,
    opened,
)
from fitness.web.notices.preview import letters_page, wants_change, were_seen
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.web.needs import Act, Acting, Form, Visit


class WeighForm(forms.Form):
    weight = forms.Radios(
        "Does it speak for looking into this?",
        what="whether it speaks for looking into this",
        choices=[(one, one) for one in Weight],
    )
    words = forms.LongText("Why?", what="why", longest=4000)


class AgeForm(WeighForm):
    happened_on = forms.Date(
        "When is something last said to have happened?",
        what="the day on which something is last said to have happened",
        past=True,
        optional=True,
    )


class DecideForm(forms.Form):
    outcome = forms.Radios(
        "What do you decide?",
        what="what you decide",
        choices=[(one, one) for one in TriageOutcome],
    )
    passed_to = forms.Checkboxes(
        "To whom is it passed on?",
        what="to whom it is passed on",
        choices=[(one, one) for one in PassedTo],
        only_if=("outcome", TriageOutcome.PASSED_ON),
    )
    until = forms.Date(
        "On which day do you look at it again?",
        what="the day on which you look at it again",
        earliest=forms.days_after(1),
        only_if=("outcome", TriageOutcome.ENQUIRIES),
    )
    told = forms.LongText(
        "What do we tell whoever raised a concern?",
        what="what we tell whoever raised a concern",
        hint="Besides what you decide. It goes by email: name nobody, and nothing by which somebody could be known.",
        longest=2000,
        optional=True,
    )
    words = forms.LongText(
        "Reasons",
        what="the reasons",
        hint="Why the factors lead to this. If there are doubts, look into it.",
        longest=10_000,
    )


@get(f"{ONE}/triage", access=CASE_READERS)
async def test(act: Act, reference: FromPath[str]) -> Template:
    return await _page(act, await opened(act, reference))


async def _page(act: Acting, found: Opened, form: DecideForm | None = None) -> Template:
    case = found.case
    return page(
        "fitness/cases/triage.html",
        found=found,
        case=case,
        form=form or DecideForm(today=day_of(act.now)),
        factors=list(Factor),
        weighed=await weighed_in(act.session, case.id),
        decisions=await decisions_in(act.session, case.id),
        decides=found.investigates and case.stage is Stage.TRIAGE,
        raised=bool(await concerns_of(act.session, case)),
    )


@get(f"{ONE}/triage/{{factor:str}}", access=INVESTIGATORS)
async def ask(act: Act, reference: FromPath[str], factor: FromPath[str]) -> Template:
    found, weighing = await _weighing(act, reference, factor)
    last = (await weighed_in(act.session, found.case.id)).get(weighing)
    said = {
        "weight": last.weight if last else None,
        "words": last.text.words if last and last.text else None,
        "happened_on": last.happened_on if last else None,
    }
    form = _form(weighing)(data=said, today=day_of(act.now))
    return _factor_page(found, weighing, form)


@post(f"{ONE}/triage/{{factor:str}}", access=INVESTIGATORS)
async def weigh(
    act: Act,
    *,
    reference: FromPath[str],
    factor: FromPath[str],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    found, weighing = await _weighing(act, reference, factor, lock=True)
    answers = _form(weighing)(form, today=day_of(act.now))
    if not answers.validate():
        return _factor_page(found, weighing, answers)
    happened = answers.happened_on.data if isinstance(answers, AgeForm) else None
    TriageFactor.weigh(
        act.session,
        found.case,
        weighing,
        Weight(answers.weight.data),
        words=answers.words.data,
        happened_on=happened or None,
        by=act.process(CaseAct.TRIAGE),
    )
    visit.flash("You have weighed this factor")
    return Redirect(f"{AT}/{reference}/triage", status_code=303)


def _form(factor: Factor) -> type[WeighForm]:
    return AgeForm if factor is Factor.AGE else WeighForm


async def _weighing(
    act: Acting, reference: str, factor: str, *, lock: bool = False
) -> tuple[Opened, Factor]:
    """Raises NotFound for what is no factor, NotTheirWork, or NotNow after triage."""
    found = await opened(act, reference, lock=lock)
    if factor not in list(Factor):
        raise NotFound
    found.must_investigate()
    found.case.must_be(Stage.TRIAGE)
    return found, Factor(factor)


def _factor_page(found: Opened, factor: Factor, form: WeighForm) -> Template:
    return page(
        "fitness/cases/factor.html",
        found=found,
        case=found.case,
        factor=factor,
        form=form,
    )


@post(f"{ONE}/triage", access=INVESTIGATORS)
async def decide(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    found = await opened(act, reference, lock=True)
    found.must_investigate()
    answers = DecideForm(form, today=day_of(act.now))
    letters = await _letters(act, found, answers)
    if answers.faults or wants_change(form):
        return await _page(act, found, answers)
    if not were_seen(letters, form):
        return letters_page(letters, form, to=f"{AT}/{found.case.reference}/triage")
    await TriageDecision.decide(
        act.session,
        found.case,
        TriageOutcome(answers.outcome.data),
        words=answers.words.data,
        passed_to=[PassedTo(one) for one in answers.passed_to.data or ()],
        until=answers.until.data or None,
        told=answers.told.data or "",
        by=act.process(CaseAct.TRIAGE),
    )
    visit.flash("Your decision is written down")
    return Redirect(f"{AT}/{reference}", status_code=303)


async def _letters(act: Acting, found: Opened, answers: DecideForm) -> list[Outside]:
    """None where the form says what is wrong."""
    if not answers.validate():
        return []
    try:
        return await TriageDecision.draw_letters(
            act.session,
            found.case,
            TriageOutcome(answers.outcome.data),
            told=answers.told.data or "",
            now=act.now,
        )
    except (NotWeighed, NoGrounds, TooLongAgo) as refused:
        answers.add_error("outcome", str(refused))
        return []


pages = [test, ask, weigh, decide]
