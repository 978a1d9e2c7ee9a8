"""A qualification claimed by a portfolio: what assessors sign of each outcome, and what the officer recommends."""

from collections.abc import Sequence
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.assessment import (
    AssessmentAct,
    about_qualification,
    portfolio_of,
    qualification_in,
    recommend,
    sign_off,
)
from register.kit import forms
from register.kit.errors import NotFound
from register.proposal import Proposal, waiting_on, why_returned
from register.qualification import Qualification
from register.rule_set import Outcome, Verdict
from register.web.applications.mapped import mapped_to
from register.web.applications.record import (
    Opened,
    application_page,
    open_application,
)
from register.web.casework import CASEWORKERS, READERS
from register.web.needs import Act, Form, Session, Visit
from register.web.returning import ReturnForm

LONGEST = 4000
MET, NOT_MET = "met", "not_met"


class SignForm(forms.Form):
    """A question for each outcome, and why."""


class RecommendForm(forms.Form):
    verdict = forms.Radios(
        "What is the portfolio worth?",
        missing="Select what the portfolio is worth",
        choices=[(verdict, verdict) for verdict in Verdict],
    )
    because = forms.LongText(
        "Why?", what="why", hint="Only staff read this.", longest=LONGEST
    )


def sign_form_for(outcomes: Sequence[Outcome]) -> type[SignForm]:
    asked: dict[str, forms.Question] = {
        _name(outcome): forms.Radios(
            f"{outcome.code}: {outcome.title}",
            missing=f"Select whether the portfolio shows {outcome.code}",
            choices=[(MET, MET), (NOT_MET, NOT_MET)],
        )
        for outcome in outcomes
    }
    asked["because"] = forms.LongText(
        "What do you base this on?",
        what="what you base this on",
        hint="Say for each outcome which document or post shows it. Only staff read this.",
        longest=LONGEST,
    )
    return type("OutcomesForm", (SignForm,), asked)


def _name(outcome: Outcome) -> str:
    return f"outcome_{outcome.position}"


@get(
    "/{reference:str}/qualifications/{qualification_id:uuid}/portfolio", access=READERS
)
async def portfolio(
    session: Session,
    act: Act,
    reference: FromPath[str],
    qualification_id: FromPath[UUID],
) -> Template:
    opened = await open_application(session, act, reference)
    qualification = await _of(session, opened, qualification_id)
    return await portfolio_page(session, act, opened, qualification)


async def _of(
    session: Session, opened: Opened, qualification_id: UUID
) -> Qualification:
    """Raises NotFound for one that is not claimed by a portfolio, too."""
    found = await qualification_in(session, opened.application, qualification_id)
    if not found.by_portfolio:
        raise NotFound
    return found


async def portfolio_page(
    session: Session,
    act: Act,
    opened: Opened,
    qualification: Qualification,
    *,
    form: SignForm | RecommendForm | None = None,
    return_form: ReturnForm | None = None,
) -> Template:
    found = await portfolio_of(session, opened.application, qualification.id)
    about = about_qualification(qualification)
    waiting = await waiting_on(session, about)
    sign_form = form if isinstance(form, SignForm) else sign_form_for(found.outcomes)()
    return application_page(
        "portfolio",
        opened,
        portfolio=found,
        qualification=qualification,
        waiting=waiting,
        reasons=await _reasons(session, waiting) if waiting else [],
        why_not=waiting.why_not(act.account) if waiting else None,
        returned=await why_returned(session, about),
        refused=form or return_form,
        status=422 if form or return_form else 200,
        sign_form=sign_form if found.may_sign(act.account) else None,
        mapped=[
            (one, sign_form[_name(one.outcome)])
            for one in await mapped_to(session, opened.application)
        ],
        form=form if isinstance(form, RecommendForm) else RecommendForm(),
        return_form=return_form or ReturnForm(),
    )


async def _reasons(session: Session, waiting: Proposal) -> list[str]:
    await session.refresh(waiting, ["process"])
    await session.refresh(waiting.process, ["texts"])
    return [text.words for text in waiting.process.texts]


@post(
    "/{reference:str}/qualifications/{qualification_id:uuid}/portfolio",
    access=CASEWORKERS,
)
async def sign(
    session: Session,
    act: Act,
    *,
    form: Form,
    visit: Visit,
    reference: FromPath[str],
    qualification_id: FromPath[UUID],
) -> Redirect | Template:
    opened = await open_application(session, act, reference)
    qualification = await _of(session, opened, qualification_id)
    found = await portfolio_of(session, opened.application, qualification_id)
    answers = sign_form_for(found.outcomes)(form)
    if not answers.validate():
        return await portfolio_page(session, act, opened, qualification, form=answers)
    said = {one.code: answers[_name(one)].data for one in found.outcomes}
    await sign_off(
        session,
        opened.application,
        qualification_id,
        met=[code for code, answer in said.items() if answer == MET],
        not_met=[code for code, answer in said.items() if answer == NOT_MET],
        because=answers["because"].data,
        assessor=act.account,
        by=act.process(AssessmentAct.SIGN_PORTFOLIO),
    )
    visit.flash("You have signed the portfolio")
    return _back(reference, qualification_id)


@post(
    "/{reference:str}/qualifications/{qualification_id:uuid}/portfolio/recommendation",
    access=CASEWORKERS,
)
async def keep_recommendation(
    session: Session,
    act: Act,
    *,
    form: Form,
    visit: Visit,
    reference: FromPath[str],
    qualification_id: FromPath[UUID],
) -> Redirect | Template:
    opened = await open_application(session, act, reference)
    qualification = await _of(session, opened, qualification_id)
    answers = RecommendForm(form)
    if not answers.validate():
        return await portfolio_page(session, act, opened, qualification, form=answers)
    await recommend(
        session,
        opened.application,
        qualification_id,
        Verdict(answers.verdict.data),
        because=answers.because.data,
        officer=act.account,
        by=act.process(AssessmentAct.RECOMMEND),
    )
    visit.flash("Your recommendation waits for a second person")
    return _back(reference, qualification_id)


def _back(reference: str, qualification_id: UUID) -> Redirect:
    address = f"/staff/applications/{reference}/qualifications/{qualification_id}"
    return Redirect(f"{address}/portfolio", status_code=303)


pages = [portfolio, sign, keep_recommendation]
