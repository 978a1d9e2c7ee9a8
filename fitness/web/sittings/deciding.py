"""The decision of a panel: drawn up by one of its members, read and signed by each of them."""

from collections.abc import Iterable

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.fence import as_the_service
from fitness.hearing.acts import HearingAct
from fitness.hearing.decision import (
    AgainstTheFacts,
    Draft,
    HearingDecision,
    Made,
    MeasureNeeded,
    NoOrderThen,
    NotFoundYet,
    NothingDrawnUp,
    NothingToCover,
    WhyNecessary,
    decision_of,
    sign,
)
from fitness.hearing.finding import Facts
from fitness.hearing.kind import Outcome, measures_for
from fitness.hearing.outcome import carry_out, unserved_decision
from fitness.investigation.allegation import standards_for
from fitness.order import Measure, NotATerm, NotTheirs, WordsNeeded
from fitness.web.cases.opened import attempting
from fitness.web.sittings.opened import AT, ONE, PANELLISTS, SatOn, sat_on
from register.assessment.panel import NotShownToBeMet
from register.kit import forms
from register.kit.errors import Refused
from register.kit.pages import page
from register.kit.security.input import FormData
from register.web.needs import Act, Acting, Form, Visit

DECISION, SIGNATURE = f"{ONE}/decision", f"{ONE}/signature"
PUBLIC, THEIRS = "public", "theirs"


class DecisionForm(forms.Form):
    outcome = forms.Radios("What do you decide?", what="what you decide")
    reasons = forms.LongText(
        "Why?",
        what="why",
        hint="Whoever it is about reads it, and so may the public. Begin with the least that could be enough, and say why it is "
        "not. Do not name a child.",
        longest=40_000,
    )
    necessary = forms.Checkboxes(
        "Why is an interim order made, or why does it go on?",
        what="why an interim order is made",
        choices=[(PUBLIC, PUBLIC), (THEIRS, THEIRS)],
        optional=True,
    )
    measure = forms.Select(
        "Which order?",
        what="the order",
        hint="Only where an order is made.",
        blank_choice="No order",
        optional=True,
    )
    months = forms.Number(
        "For how many months?", what="the months", optional=True, lowest=1, highest=120
    )
    wording = forms.LongText(
        "What is the register to say of it?",
        what="what the register is to say",
        hint="The conditions, the advice or the warning. The public reads it.",
        longest=10_000,
        optional=True,
    )
    cover = forms.Select(
        "Which interim order until it takes effect?",
        what="the interim order",
        hint="It begins at once, and ends as the order takes effect.",
        blank_choice="None",
        choices=[(one, one) for one in Measure if one.interim],
        optional=True,
    )
    cover_months = forms.Number(
        "For how many months at most?",
        what="the months",
        optional=True,
        lowest=1,
        highest=120,
    )
    cover_wording = forms.LongText(
        "What is the register to say of the interim order?",
        what="what the register is to say",
        longest=10_000,
        optional=True,
    )

    @property
    def draft(self) -> Draft:
        return Draft(
            Outcome(self.outcome.data),
            self.reasons.data,
            protects_the_public=PUBLIC in self.necessary.data,
            in_their_interests=THEIRS in self.necessary.data,
            order=_made(self.measure, self.months, self.wording),
            cover=_made(self.cover, self.cover_months, self.cover_wording),
        )


def _made(
    measure: forms.Select, months: forms.Number, wording: forms.LongText
) -> Made | None:
    if not measure.data:
        return None
    return Made(Measure(measure.data), months.data, wording.data)


REFUSED: dict[type[Refused], str] = {
    WhyNecessary: "necessary",
    MeasureNeeded: "measure",
    NoOrderThen: "measure",
    NotTheirs: "measure",
    NotATerm: "months",
    WordsNeeded: "wording",
    NothingToCover: "cover",
    NotFoundYet: "outcome",
    AgainstTheFacts: "outcome",
    NotShownToBeMet: "outcome",
}
"""Beside which question a refusal is shown."""


def _form(
    it: SatOn, sent: FormData | None = None, data: dict[str, object] | None = None
) -> DecisionForm:
    form = DecisionForm(sent, data=data)
    outcomes = it.hearing.kind.outcomes
    form.outcome.choices = [(one, one) for one in outcomes]
    form.measure.choices = [(one, one) for one in _measures(it, outcomes)]
    return form


def _measures(it: SatOn, outcomes: Iterable[Outcome]) -> list[Measure]:
    reviewed = it.hearing.order.measure if it.hearing.order else None
    may = {
        one
        for outcome in outcomes
        for one in measures_for(it.hearing.kind, outcome, reviewed)
    }
    return [one for one in Measure if one in may]


async def _to_decide(
    act: Acting, reference: str, nth: int, *, lock: bool = False
) -> SatOn:
    """Raises NotFound, NotToSign, HearingOver or NotBegun."""
    it = await sat_on(act, reference, nth, lock=lock)
    it.must_decide()
    it.hearing.must_have_begun()
    return it


@get(DECISION, access=PANELLISTS)
async def ask(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    it = await _to_decide(act, reference, nth)
    return _page(it, _form(it, data=_known(await decision_of(act.session, it.hearing))))


def _known(decision: HearingDecision | None) -> dict[str, object]:
    if decision is None:
        return {}
    necessary = {
        PUBLIC: decision.protects_the_public,
        THEIRS: decision.in_their_interests,
    }
    return {
        "outcome": decision.outcome,
        "reasons": decision.text.words if decision.text else "",
        "necessary": [name for name, holds in necessary.items() if holds],
        "measure": decision.measure,
        "months": decision.months,
        "wording": decision.wording.words if decision.wording else "",
        "cover": decision.cover,
        "cover_months": decision.cover_months,
        "cover_wording": decision.cover_wording.words if decision.cover_wording else "",
    }


def _page(it: SatOn, form: DecisionForm) -> Template:
    return page(
        "fitness/sittings/decide.html", case=it.case, hearing=it.hearing, form=form
    )


@post(DECISION, access=PANELLISTS)
async def draw_up(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    it = await _to_decide(act, reference, nth, lock=True)
    answers = _form(it, form)
    if answers.validate():
        await _drawn(act, it, answers)
    if answers.faults:
        return _page(it, answers)
    visit.flash("The decision is drawn up. Each of you signs it")
    return Redirect(f"{it.address}/signature", status_code=303)


async def _drawn(act: Acting, it: SatOn, answers: DecisionForm) -> None:
    try:
        async with attempting(act), as_the_service(act.session):
            await HearingDecision.draw_up(
                act.session,
                it.case,
                it.hearing,
                answers.draft,
                by=act.process(HearingAct.DRAFT),
            )
    except tuple(REFUSED) as refused:
        answers.add_error(REFUSED[type(refused)], str(refused))


@get(SIGNATURE, access=PANELLISTS)
async def ask_to_sign(
    act: Act, reference: FromPath[str], nth: FromPath[int]
) -> Template:
    it = await _to_decide(act, reference, nth)
    decision = await decision_of(act.session, it.hearing)
    if decision is None:
        raise NothingDrawnUp
    facts = await Facts.of(act.session, it.hearing)
    return page(
        "fitness/sittings/sign.html",
        case=it.case,
        hearing=it.hearing,
        panel=it.panel,
        member=it.member,
        decision=decision,
        facts=facts,
        drawn=decision.changed_at(facts).isoformat(),
        served=await unserved_decision(act.session, it.case, it.hearing, decision),
        standards={
            one.code: one.title for one in await standards_for(act.session, it.case)
        },
    )


@post(SIGNATURE, access=PANELLISTS)
async def put_name(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect:
    """`drawn`: what they read. With the last signature it is decided, and what follows from it is done."""
    it = await _to_decide(act, reference, nth, lock=True)
    async with as_the_service(act.session):
        by = act.process(HearingAct.SIGN)
        decision = await decision_of(act.session, it.hearing)
        if decision is None:
            raise NothingDrawnUp
        facts = await Facts.of(act.session, it.hearing)
        if form.get("drawn") != decision.changed_at(facts).isoformat():
            visit.flash("The decision was changed since you read it. Read it again")
            return Redirect(f"{it.address}/signature", status_code=303)
        if not await sign(act.session, it.case, it.hearing, act.account.id, by=by):
            visit.flash("You have signed the decision")
            return it.back()
        await carry_out(act.session, it.case, it.hearing, decision, by=by)
    visit.flash("All have signed: it is decided")
    return Redirect(AT, status_code=303)


pages = [ask, draw_up, ask_to_sign, put_name]
