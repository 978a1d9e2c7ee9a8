"""What an examiner makes of a case, first without the other, then having read them."""

from collections.abc import Sequence
from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.examination.acts import ExaminationAct
from fitness.examination.conclusion import part_ways
from fitness.examination.outcome import (
    InterestNotWeighed,
    NotByTheTest,
    Outcome,
    Prospect,
    Terms,
)
from fitness.examination.view import (
    ExaminerView,
    Interest,
    OtherHasChanged,
    Weighed,
)
from fitness.investigation.allegation import AllegationVersion, standards_for
from fitness.order import Decided, Measure, NotATerm
from fitness.web.cases.opened import attempting
from fitness.web.examination.opened import (
    AT,
    EXAMINERS,
    ONE,
    Laid,
    laid_before,
    to_decide,
)
from register.kit import forms
from register.kit.pages import page
from register.kit.security.input import FormData
from register.rule_set import Rules
from register.web.needs import Act, Acting, Form, Visit

VIEW = f"{ONE}/view"


class ProspectForm(forms.Form):
    prospect = forms.Radios(
        "Is there a realistic prospect of a finding of impairment?",
        what="whether there is a realistic prospect",
        choices=[(one, one) for one in Prospect],
    )
    words = forms.LongText("Why?", what="why", longest=10_000)


class ViewForm(forms.Form):
    interest = forms.YesNo(
        "Is a hearing in the public interest?",
        what="a hearing is in the public interest",
        hint="If there is a realistic prospect: to protect the public, keep confidence in the profession or uphold standards.",
        optional=True,
    )
    interest_words = forms.LongText(
        "Why is it, or is it not?", what="why", optional=True, longest=10_000
    )
    outcome = forms.Radios(
        "What is to become of the case?",
        what="what is to become of the case",
        choices=[(one, one) for one in Outcome],
    )
    warned_for = forms.Radios(
        "How long does the warning stand?",
        what="how long the warning stands",
        only_if=("outcome", Outcome.WARNING),
    )
    measure = forms.Radios(
        "What is proposed?",
        what="what is proposed",
        choices=[(one, one) for one in Decided.AGREEMENT.measures],
        only_if=("outcome", Outcome.DISPOSAL),
    )
    months = forms.Number(
        "For how many months?",
        what="the number of months",
        hint="Leave it empty for a removal. Advice has one length, a warning one of a few.",
        optional=True,
        only_if=("outcome", Outcome.DISPOSAL),
    )
    words = forms.LongText(
        "Reasons",
        what="the reasons",
        hint="Why what you have answered leads to this. If more is to be found out, say what.",
        longest=10_000,
    )
    interim = forms.YesNo(
        "Should an interim order be applied for meanwhile?",
        what="an interim order should be applied for",
        hint="If the public must be protected before this is decided. We tell the team manager at once.",
    )
    stands = forms.YesNo(
        "Is this your last word?",
        what="it is your last word",
        hint="Where neither of you changes their view any more, a panel hears the case.",
        optional=True,
    )
    read = forms.Number("The view that you have read", optional=True)
    prospects: Sequence[ProspectForm] = ()

    @property
    def faults(self) -> list[tuple[str, str]]:
        below = [fault for one in self.prospects for fault in one.faults]
        return [*below, *super().faults]

    def check(self) -> None:
        for one in self.prospects:
            one.validate()
        self.validate()
        answered = self.asks_interest and self.interest.data is not None
        if answered and not self.interest_words.data:
            self.add_error("interest_words", "Enter why it is, or is not")

    @property
    def asks_interest(self) -> bool:
        return Prospect.YES in {one.prospect.data for one in self.prospects}

    @property
    def weighed_interest(self) -> Interest | None:
        if not self.asks_interest or self.interest.data is None:
            return None
        return Interest(self.interest.data, self.interest_words.data)

    def terms(self, rules: Rules) -> Terms:
        outcome = Outcome(self.outcome.data)
        warned = outcome is Outcome.WARNING
        return Terms.of(
            outcome,
            rules,
            measure=Measure(self.measure.data) if self.measure.data else None,
            months=int(self.warned_for.data) if warned else self.months.data,
        )


@get(VIEW, access=EXAMINERS)
async def ask(act: Act, reference: FromPath[str]) -> Template:
    laid = await laid_before(act, reference)
    laid.examination.must_be_theirs()
    own = laid.standpoint.given.views.get(act.account.id)
    return await _page(act, laid, _form(act, laid, of=own))


def _form(
    act: Acting,
    laid: Laid,
    sent: FormData | None = None,
    *,
    of: ExaminerView | None = None,
) -> ViewForm:
    other = laid.standpoint.given.other_than(act.account.id)
    data = (_said(of) if of else {}) | {"read": other.number if other else None}
    form = ViewForm(sent, data=data)
    form.warned_for.choices = [
        (str(months), str(months)) for months in laid.case.rule_set.rules.warning_months
    ]
    form.prospects = [
        ProspectForm(
            sent, prefix=f"a{version.allegation.number}", data=_weighed(of, version)
        )
        for version in laid.examination.alleged
    ]
    return form


def _said(view: ExaminerView) -> dict[str, Any]:
    warned = view.outcome is Outcome.WARNING
    disposal = view.outcome is Outcome.DISPOSAL
    return {
        "interest": view.interest,
        "interest_words": view.interest_text.words if view.interest_text else "",
        "outcome": view.outcome,
        "warned_for": str(view.months) if warned else None,
        "measure": view.measure if disposal else None,
        "months": view.months if disposal else None,
        "words": view.text.words if view.text else "",
        "interim": view.interim,
    }


def _weighed(of: ExaminerView | None, version: AllegationVersion) -> dict[str, Any]:
    for one in of.weighed if of else ():
        if one.version_id == version.id:
            words = one.text.words if one.text else ""
            return {"prospect": one.prospect, "words": words}
    return {}


async def _page(act: Acting, laid: Laid, form: ViewForm) -> Template:
    return page(
        "fitness/examination/view.html",
        case=laid.case,
        examination=laid.examination,
        asked=list(zip(laid.examination.alleged, form.prospects, strict=True)),
        other=laid.standpoint.given.other_than(act.account.id),
        standards={
            one.code: one.title for one in await standards_for(act.session, laid.case)
        },
        form=form,
    )


@post(VIEW, access=EXAMINERS)
async def give(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    laid = await laid_before(act, reference)
    answers = _form(act, laid, form)
    answers.check()
    if not answers.faults:
        try:
            async with attempting(act):
                await _give(act, laid, answers)
        except NotATerm as refused:
            warned = answers.outcome.data == Outcome.WARNING
            answers.add_error("warned_for" if warned else "months", str(refused))
        except InterestNotWeighed as refused:
            answers.add_error("interest", str(refused))
        except NotByTheTest as refused:
            answers.add_error("outcome", str(refused))
        except OtherHasChanged as refused:
            answers.add_error("", str(refused))
    if answers.faults:
        return await _page(act, laid, answers)
    visit.flash("Your view is written down")
    return Redirect(f"{AT}/{reference}", status_code=303)


async def _give(act: Acting, laid: Laid, answers: ViewForm) -> None:
    examination, by = await to_decide(act, laid), act.process(ExaminationAct.VIEW)
    await ExaminerView.give(
        act.session,
        laid.case,
        examination,
        act.account,
        terms=answers.terms(laid.case.rule_set.rules),
        weighed=[
            Weighed(version.id, Prospect(one.prospect.data), one.words.data)
            for version, one in zip(examination.alleged, answers.prospects, strict=True)
        ],
        interest=answers.weighed_interest,
        words=answers.words.data,
        interim=answers.interim.data,
        stands=bool(answers.stands.data),
        read=answers.read.data,
        by=by,
    )
    await part_ways(act.session, laid.case, examination, by=by)


pages = [ask, give]
