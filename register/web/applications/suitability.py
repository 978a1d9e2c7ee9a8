"""The suitability review of an application: what was declared, how it weighs, and what that comes to."""

from collections.abc import Sequence
from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.application import Move
from register.assessment import (
    AssessmentAct,
    Conclusion,
    Matter,
    SuitabilityReview,
    Weighed,
    Weight,
    lock_unchanged,
    matters_of,
    may_review,
    must_be_assessing,
    must_review,
    read_checks,
    reviews_of,
    send_to_review,
    suitability_of,
    told_of,
)
from register.kit import forms
from register.kit.errors import NotFound
from register.web.applications.overtaken import Stamped
from register.web.applications.record import (
    Opened,
    application_page,
    open_application,
)
from register.web.casework import APPROVERS, CASEWORKERS, READERS
from register.web.needs import Act, Form, Session, Visit


class ReviewForm(Stamped):
    conclusion: forms.Radios
    words: forms.LongText


def form_for(matters: Sequence[Matter]) -> type[ReviewForm]:
    """Two questions for each matter, then what it comes to."""
    asked: dict[str, Any] = {}
    for matter in matters:
        asked[_weight(matter)] = forms.Radios(
            "How does it weigh?",
            missing="Select how each matter weighs",
            choices=[(weight, weight) for weight in Weight],
        )
        asked[_words(matter)] = forms.LongText(
            "Why", missing="Enter why each matter weighs so", longest=4000
        )
    asked["conclusion"] = forms.Radios(
        "What does it come to?",
        missing="Select what it comes to",
        choices=[(conclusion, conclusion) for conclusion in Conclusion],
    )
    asked["words"] = forms.LongText(
        "Why does it come to that?",
        what="why it comes to that",
        hint="Only staff who may read these declarations read this.",
        longest=4000,
    )
    return type("MattersForm", (ReviewForm,), asked)


def _weight(matter: Matter) -> str:
    return f"weight_{matter.key}"


def _words(matter: Matter) -> str:
    return f"words_{matter.key}"


def weighed_in(form: ReviewForm, matters: Sequence[Matter]) -> dict[str, Weighed]:
    return {
        matter.key: Weighed(
            Weight(form[_weight(matter)].data), form[_words(matter)].data
        )
        for matter in matters
    }


@get("/{reference:str}/suitability", access=READERS)
async def suitability(session: Session, act: Act, reference: FromPath[str]) -> Template:
    opened = await _opened(session, act, reference)
    return await suitability_page(session, act, opened)


async def _opened(session: Session, act: Act, reference: str) -> Opened:
    """Raises NotFound for who may not read what was declared."""
    opened = await open_application(session, act, reference)
    if not opened.may_read:
        raise NotFound
    return opened


async def suitability_page(
    session: Session, act: Act, opened: Opened, form: ReviewForm | None = None
) -> Template:
    application = opened.application
    found = await suitability_of(session, application)
    reviews = await reviews_of(session, application)
    shown = {matter.section for matter in found.matters}
    shown.update(section for review in reviews for section in review.sections)
    quota = await read_checks(
        session, application, shown, reader=act.account, now=act.now
    )
    if application.allows(Move.REVIEW) and await may_review(
        session, application, act.account
    ):
        form = form or form_for(found.matters).showing(opened.seen)
    return application_page(
        "suitability",
        opened,
        quota=quota,
        suitability=found,
        reviews=[await told_of(session, review) for review in reviews],
        form=form,
        fields=[
            (matter, form[_weight(matter)], form[_words(matter)])
            for matter in found.matters
        ]
        if form
        else [],
    )


@post("/{reference:str}/suitability/referral", access=CASEWORKERS)
async def refer(
    session: Session, act: Act, visit: Visit, reference: FromPath[str]
) -> Redirect:
    opened = await open_application(session, act, reference)
    must_be_assessing(opened.application, act.account)
    by = act.process(AssessmentAct.SEND_TO_REVIEW)
    await send_to_review(session, opened.application, officer=act.account, by=by)
    visit.flash("The application waits for a suitability review")
    return Redirect(f"/staff/applications/{reference}", status_code=303)


@post("/{reference:str}/suitability", access=APPROVERS)
async def review(
    session: Session, act: Act, form: Form, visit: Visit, reference: FromPath[str]
) -> Redirect | Template:
    opened = await _opened(session, act, reference)
    application = opened.application
    await must_review(session, application, act.account)
    matters = await matters_of(session, application)
    answers = form_for(matters)(form)
    if not answers.validate():
        return await suitability_page(session, act, opened, answers)
    await lock_unchanged(
        session, application, seen=answers.seen, words=answers.words.data
    )
    await SuitabilityReview.record(
        session,
        application,
        weighed_in(answers, matters),
        Conclusion(answers.conclusion.data),
        words=answers.words.data,
        reviewer=act.account,
        by=act.process(AssessmentAct.REVIEW),
    )
    visit.flash("Your review has been kept")
    return Redirect(f"/staff/applications/{reference}", status_code=303)


pages = [suitability, refer, review]
