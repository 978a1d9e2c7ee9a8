"""The sections of an application, each beside its check."""

from functools import cache
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.application import SectionName
from register.application.answers import Answers
from register.application.endorsement import WaivedBecause
from register.application.section import SentSection, sendings_of
from register.assessment import (
    REASONS,
    AssessmentAct,
    Checked,
    Outcome,
    Reason,
    SectionCheck,
    checks_of,
    endorsement_so_far,
    history_of,
    judge,
    qualifications_of,
    read_checks,
    references_told,
)
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.rule_set import Verdict
from register.web.applications.answers import homes_of, told
from register.web.applications.evidence import files_of
from register.web.applications.mapped import mapped_to
from register.web.applications.record import (
    Opened,
    application_page,
    open_application,
)
from register.web.applications.status_forms import StatusForm, elsewhere
from register.web.casework import CASEWORKERS, READERS
from register.web.needs import Act, Form, Session, Visit

LONGEST = 2000


class CheckForm(forms.Form):
    """The reasons and the words stand under the outcome that they belong to."""

    outcome = forms.Radios(
        "Is this section met?",
        missing="Select what you found",
        choices=[(outcome, outcome) for outcome in Outcome],
    )
    ask_reasons = forms.Checkboxes("Needed")
    ask_words = forms.LongText(
        "In your words, to the applicant",
        what="your words to the applicant",
        hint="The applicant will read this. It is added to the standard wording.",
        longest=LONGEST,
        only_if=("outcome", Outcome.ASK),
        optional=True,
    )
    not_met_reasons = forms.Checkboxes("Wanting")
    not_met_words = forms.LongText(
        "In your words, to the applicant",
        what="your words to the applicant",
        hint="If the application is refused, the applicant will read this in the decision.",
        longest=LONGEST,
        only_if=("outcome", Outcome.NOT_MET),
        optional=True,
    )
    seen = forms.Number("This page", highest=2**53, optional=True)
    heard = forms.Number("This page", highest=2**31, optional=True)
    """How many others' words the page showed."""

    @property
    def because(self) -> list[Reason]:
        return [Reason(r) for r in (*self.ask_reasons.data, *self.not_met_reasons.data)]

    @property
    def words(self) -> str:
        return str(self.ask_words.data or self.not_met_words.data or "")


class WaiverForm(forms.Form):
    because = forms.Radios(
        "Why is there no endorsement?",
        what="why there is no endorsement",
        choices=[(one, one) for one in WaivedBecause],
    )
    words = forms.LongText(
        "Why we can go on without it",
        what="why we can go on without it",
        hint="Only staff read this.",
        longest=LONGEST,
    )


@cache
def form_for(section: SectionName) -> type[CheckForm]:
    """The reasons on offer are those of the section."""
    choices = [(reason, reason) for reason in REASONS[section]]

    class SectionForm(CheckForm):
        ask_reasons = forms.Checkboxes(
            "What do you need?",
            missing="Select at least one reason to ask for more",
            choices=choices,
            only_if=("outcome", Outcome.ASK),
        )
        not_met_reasons = forms.Checkboxes(
            "Why is it not met?",
            missing="Select at least one reason why it is not met",
            choices=choices,
            only_if=("outcome", Outcome.NOT_MET),
        )

    return SectionForm


def as_found(section: SectionName, checked: Checked) -> CheckForm:
    """The form as the last check left it, if that still stands."""
    found: dict[str, object] = {
        "seen": checked.check.id if checked.check else None,
        "heard": checked.heard,
    }
    if checked.outcome:
        found |= {
            "outcome": checked.outcome,
            f"{checked.outcome}_reasons": [*checked.reasons],
            f"{checked.outcome}_words": checked.words,
        }
    return form_for(section)(data=found)


@get("/{reference:str}/sections", access=READERS)
async def sections(session: Session, act: Act, reference: FromPath[str]) -> Template:
    opened = await open_application(session, act, reference)
    return application_page(
        "sections",
        opened,
        checks=await checks_of(session, opened.application),
    )


@get("/{reference:str}/sections/{section:str}", access=READERS)
async def section(
    session: Session, act: Act, reference: FromPath[str], section: FromPath[str]
) -> Template:
    opened = await open_application(session, act, reference)
    checked = await checked_in(session, opened, section)
    form = as_found(checked.section, checked)
    return await section_page(session, act, opened, checked, form)


@post("/{reference:str}/sections/{section:str}", access=CASEWORKERS)
async def check(
    session: Session,
    act: Act,
    *,
    form: Form,
    visit: Visit,
    reference: FromPath[str],
    section: FromPath[str],
) -> Redirect | Template:
    opened = await open_application(session, act, reference)
    checked = await checked_in(session, opened, section)
    answers = form_for(checked.section)(form)
    if not answers.validate():
        return await section_page(session, act, opened, checked, answers)
    await SectionCheck.record(
        session,
        opened.application,
        checked.section,
        Outcome(answers.outcome.data),
        because=answers.because,
        words=answers.words,
        seen=answers.seen.data,
        heard=answers.heard.data or 0,
        officer=act.account,
        by=act.process(AssessmentAct.CHECK),
    )
    visit.flash("Your check has been kept")
    return Redirect(await _next(session, opened), status_code=303)


async def _next(session: Session, opened: Opened) -> str:
    """The first section that nobody has checked; the list where there is none."""
    await session.flush()
    address = f"/staff/applications/{opened.application.reference}/sections"
    for name, checked in (await checks_of(session, opened.application)).items():
        if checked.outcome is None:
            return f"{address}/{name}"
    return address


async def checked_in(session: Session, opened: Opened, name: str) -> Checked:
    """Raises NotFound for a section that there is not, or that the reader may not read."""
    checks = await checks_of(session, opened.application)
    if name not in set(checks):
        raise NotFound
    section = SectionName(name)
    if section.restricted and not opened.may_read:
        raise NotFound
    return checks[section]


async def section_page(
    session: Session,
    act: Act,
    opened: Opened,
    checked: Checked,
    form: CheckForm,
    *,
    waiver: WaiverForm | None = None,
    status: tuple[UUID, StatusForm] | None = None,
) -> Template:
    """`status`: the form of another register that was refused."""
    application, name = opened.application, checked.section
    quota = await read_checks(
        session, application, [name], reader=act.account, now=act.now
    )
    sendings = await sendings_of(session, application.id, name)
    shown = told(sendings[0].answers, _before(sendings))
    return application_page(
        "section",
        opened,
        section=name,
        quota=quota,
        checked=checked,
        sent_before=len(sendings) > 1,
        told=shown,
        homes=await homes_of(session, shown),
        files=await files_of(session, application, name),
        held=await qualifications_of(session, application)
        if name is SectionName.QUALIFICATIONS
        else [],
        verdicts=list(Verdict),
        mapped=await mapped_to(session, application)
        if name is SectionName.PORTFOLIO
        else [],
        elsewhere=await elsewhere(
            session, application, today=day_of(act.now), refused=status
        )
        if name is SectionName.REGISTRATIONS
        else [],
        references=await references_told(session, application)
        if name is SectionName.REFERENCES
        else [],
        endorsement=await endorsement_so_far(session, application)
        if name is SectionName.ENDORSEMENT
        else None,
        waiver=waiver or WaiverForm(),
        status=422 if waiver and waiver.faults else 200,
        history=await history_of(session, application, name),
        checks=await checks_of(session, application),
        form=status[1] if status else form,
        check_form=form,
    )


def _before(sendings: list[SentSection]) -> Answers | None:
    return sendings[1].answers if len(sendings) > 1 else None


class VerdictForm(forms.Form):
    verdict = forms.Radios(
        "Verdict",
        choices=[(verdict, verdict) for verdict in Verdict],
        missing="Select what the qualification is worth",
    )


@post("/{reference:str}/qualifications/{qualification_id:uuid}", access=CASEWORKERS)
async def judge_qualification(
    session: Session,
    act: Act,
    *,
    form: Form,
    visit: Visit,
    reference: FromPath[str],
    qualification_id: FromPath[UUID],
) -> Redirect | Template:
    opened = await open_application(session, act, reference)
    answers = VerdictForm(form)
    if not answers.validate():
        checked = await checked_in(session, opened, SectionName.QUALIFICATIONS)
        own = as_found(checked.section, checked)
        own.add_error("", str(answers.verdict.errors[0]))
        return await section_page(session, act, opened, checked, own)
    await judge(
        session,
        opened.application,
        qualification_id,
        Verdict(answers.verdict.data),
        officer=act.account,
        by=act.process(AssessmentAct.JUDGE),
    )
    visit.flash("Your verdict has been kept")
    address = f"/staff/applications/{reference}/sections/{SectionName.QUALIFICATIONS}"
    return Redirect(address, status_code=303)


pages = [sections, section, check, judge_qualification]
