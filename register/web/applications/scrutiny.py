"""The scrutiny of a qualification from abroad: what the officer has seen of it and finds."""

from typing import Self
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.application import SectionName
from register.assessment import (
    AssessmentAct,
    Shown,
    Translation,
    about_qualification,
    qualification_in,
    scrutinies_of,
    scrutinise,
)
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.proposal import waiting_on, why_returned
from register.qualification import Qualification
from register.rule_set import Verdict
from register.web.applications.record import (
    Opened,
    application_page,
    open_application,
)
from register.web.casework import CASEWORKERS, READERS
from register.web.needs import Act, Form, Session, Visit
from register.web.returning import ReturnForm

LONGEST = 2000


class ScrutinyForm(forms.Form):
    statement_reference = forms.Text(
        "Reference of the statement",
        what="the reference of the statement of comparability",
        hint="Of the statement of comparability that UK ENIC issued",
        longest=60,
    )
    statement_on = forms.Date(
        "When was it issued?", what="the day on which it was issued", past=True
    )
    statement_level = forms.Number(
        "Level to which it compares the qualification", lowest=1, highest=12
    )
    practice_from = forms.LongText(
        "Who confirmed their practice?",
        what="who confirmed their practice",
        hint="Their name and post, and what they confirm",
        longest=LONGEST,
    )
    practice_on = forms.Date(
        "When did they confirm it?",
        what="the day on which their practice was confirmed",
        past=True,
    )
    translation = forms.Radios(
        "Was a translation needed?",
        what="whether a translation was needed",
        choices=[(one, one) for one in Translation],
    )
    verdict = forms.Radios(
        "What is the qualification worth?",
        missing="Select what the qualification is worth",
        choices=[(verdict, verdict) for verdict in Verdict],
    )
    gaps = forms.LongText(
        "What is still to be learnt?",
        what="what is still to be learnt",
        hint="One unit a line",
        longest=LONGEST,
        only_if=("verdict", Verdict.PARTIAL),
    )
    because = forms.LongText(
        "Why?", what="why", hint="Only staff read this.", longest=LONGEST
    )

    @classmethod
    def offering(cls, qualification: Qualification) -> Self:
        """What our list says is still to be learnt of it, to begin with."""
        listed = qualification.accepted.gap_units if qualification.accepted else []
        return cls(data={"gaps": "\n".join(listed)})

    @property
    def shown(self) -> Shown:
        return Shown(
            statement_reference=self.statement_reference.data,
            statement_on=self.statement_on.data,
            statement_level=self.statement_level.data,
            practice_from=self.practice_from.data,
            practice_on=self.practice_on.data,
            translation=Translation(self.translation.data),
        )


async def _of(
    session: Session, opened: Opened, qualification_id: UUID
) -> Qualification:
    """Raises NotFound for one that needs no scrutiny, too."""
    found = await qualification_in(session, opened.application, qualification_id)
    if not found.from_abroad:
        raise NotFound
    return found


@get("/{reference:str}/qualifications/{qualification_id:uuid}/scrutiny", access=READERS)
async def scrutiny(
    session: Session,
    act: Act,
    reference: FromPath[str],
    qualification_id: FromPath[UUID],
) -> Template:
    opened = await open_application(session, act, reference)
    qualification = await _of(session, opened, qualification_id)
    return await scrutiny_page(session, act, opened, qualification)


async def scrutiny_page(
    session: Session,
    act: Act,
    opened: Opened,
    qualification: Qualification,
    *,
    form: ScrutinyForm | None = None,
    return_form: ReturnForm | None = None,
) -> Template:
    about = about_qualification(qualification)
    waiting = await waiting_on(session, about)
    return application_page(
        "scrutiny",
        opened,
        qualification=qualification,
        scrutinies=await scrutinies_of(session, opened.application, qualification.id),
        waiting=waiting,
        why_not=waiting.why_not(act.account) if waiting else None,
        returned=await why_returned(session, about),
        refused=form or return_form,
        status=422 if form or return_form else 200,
        form=form or ScrutinyForm.offering(qualification),
        return_form=return_form or ReturnForm(),
    )


@post(
    "/{reference:str}/qualifications/{qualification_id:uuid}/scrutiny",
    access=CASEWORKERS,
)
async def keep(
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
    answers = ScrutinyForm(form, today=day_of(act.now))
    if not answers.validate():
        return await scrutiny_page(session, act, opened, qualification, form=answers)
    await scrutinise(
        session,
        opened.application,
        qualification_id,
        answers.shown,
        Verdict(answers.verdict.data),
        because=answers.because.data,
        gaps=answers.gaps.data,
        officer=act.account,
        by=act.process(AssessmentAct.SCRUTINISE),
    )
    visit.flash("Your scrutiny waits for a second person")
    address = f"/staff/applications/{reference}/sections/{SectionName.QUALIFICATIONS}"
    return Redirect(address, status_code=303)


pages = [scrutiny, keep]
