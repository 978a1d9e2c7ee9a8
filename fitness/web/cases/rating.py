"""The risk that somebody poses, rated again whenever something is learnt."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.case import SCALE, CaseAct, CaseRisk, Stage, risks_of
from fitness.web.cases.listing import AT
from fitness.web.cases.one import ONE
from fitness.web.cases.opened import CASE_READERS, INVESTIGATORS, Opened, opened
from register.kit import forms
from register.kit.pages import page
from register.web.needs import Act, Acting, Form, Visit


class RiskForm(forms.Form):
    likelihood = forms.Radios(
        "How likely is it that a child comes to harm?",
        what="how likely it is that a child comes to harm",
        choices=[(str(n), str(n)) for n in SCALE],
    )
    harm = forms.Radios(
        "How grave would the harm be?",
        what="how grave the harm would be",
        choices=[(str(n), str(n)) for n in SCALE],
    )
    words = forms.LongText("Why?", what="why", longest=4000)


@get(f"{ONE}/risk", access=CASE_READERS)
async def risk(act: Act, reference: FromPath[str]) -> Template:
    return await _page(act, await opened(act, reference), RiskForm())


async def _page(act: Acting, found: Opened, form: RiskForm) -> Template:
    return page(
        "fitness/cases/risk.html",
        found=found,
        case=found.case,
        risks=await risks_of(act.session, found.case.id),
        form=form,
        may=found.investigates and found.case.stage is not Stage.CLOSED,
    )


@post(f"{ONE}/risk", access=INVESTIGATORS)
async def rate(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    found = await opened(act, reference, lock=True)
    found.must_investigate()
    answers = RiskForm(form)
    if not answers.validate():
        return await _page(act, found, answers)
    CaseRisk.rate(
        act.session,
        found.case,
        likelihood=int(answers.likelihood.data),
        harm=int(answers.harm.data),
        words=answers.words.data,
        by=act.process(CaseAct.RATE_RISK),
    )
    visit.flash("The risk is rated")
    return Redirect(f"{AT}/{reference}/risk", status_code=303)


pages = [risk, rate]
