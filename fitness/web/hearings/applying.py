"""Applying for an interim order, by whoever investigates."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.case import Read
from fitness.hearing.acts import HearingAct
from fitness.hearing.application import (
    AppliedAlready,
    InterimApplication,
    InterimOrderStands,
)
from fitness.hearing.kind import GOING_ON
from fitness.investigation.evidence import evidence_of
from fitness.web.cases.listing import AT
from fitness.web.cases.one import ONE
from fitness.web.cases.opened import INVESTIGATORS, Opened, attempting, opened
from register.kit import forms
from register.kit.pages import page
from register.kit.security.input import FormData
from register.web.needs import Act, Acting, Form, Visit

APPLICATION = f"{ONE}/interim-application"


class ApplyForm(forms.Form):
    words = forms.LongText(
        "Why can it not wait until the case is decided?",
        what="why it cannot wait",
        hint="What harm could come to a child, the public or the registrant, and how likely it is. The panel reads it. "
        "Do not name a child.",
        longest=10_000,
    )
    evidence = forms.Checkboxes(
        "Evidence that shows it", what="the evidence", optional=True
    )


@get(APPLICATION, access=INVESTIGATORS)
async def ask(act: Act, reference: FromPath[str]) -> Template:
    found = await _to_apply(act, reference)
    return _page(found, await _form(act, found))


async def _to_apply(act: Acting, reference: str, *, lock: bool = False) -> Opened:
    found = await opened(act, reference, what=Read.HEARINGS, lock=lock)
    found.must_investigate()
    found.case.must_be(*GOING_ON)
    return found


async def _form(act: Acting, found: Opened, sent: FormData | None = None) -> ApplyForm:
    form = ApplyForm(sent)
    form.evidence.choices = [
        (one.label, f"{one.label} {one.text.words if one.text else ''}")
        for one in await evidence_of(act.session, found.case.id)
    ]
    return form


def _page(found: Opened, form: ApplyForm) -> Template:
    return page("fitness/hearings/apply.html", found=found, case=found.case, form=form)


@post(APPLICATION, access=INVESTIGATORS)
async def apply(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    found = await _to_apply(act, reference, lock=True)
    answers = await _form(act, found, form)
    if answers.validate():
        try:
            async with attempting(act):
                await InterimApplication.make(
                    act.session,
                    found.case,
                    answers.words.data,
                    evidence=answers.evidence.data,
                    by=act.process(HearingAct.APPLY),
                )
        except (AppliedAlready, InterimOrderStands) as refused:
            answers.add_error("", str(refused))
    if answers.faults:
        return _page(found, answers)
    visit.flash("You have applied for an interim order")
    return Redirect(f"{AT}/{reference}/hearings", status_code=303)


pages = [ask, apply]
