"""The third step: declarations of suitability since the last time, and the standards, accepted in today's version."""

from datetime import datetime

import msgspec
from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy import func, select

from register.application import Application, SectionName, stamp
from register.application.answers import Declared
from register.application.faults import Facts, Fault, faults
from register.application.section import SentSection
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.renewal import (
    HOLDS,
    RenewalAct,
    RenewalDeclaration,
    RenewalStep,
    answers_of,
    declare,
    excluded,
    keep_answers,
    rules_declared,
    unready,
)
from register.rule_set import RuleSet
from register.web.apply.own import answers_from, overtaken, told
from register.web.apply.questions import (
    YES,
    ConductForm,
    CriminalForm,
    SectionForm,
    details,
    yes_no,
)
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting, Form
from register.web.renew.own import HOME, Own, onward, own_step

ADDRESS = f"{HOME}/declarations"
STANDARDS = f"{HOME}/standards"


class RegulatorsForm(SectionForm):
    acted_against = yes_no(
        "Has another register or regulator ever refused, removed, suspended, restricted or warned you?",
        "another register or regulator has acted against you",
    )
    acted_against_details = details("acted_against")


class HealthForm(SectionForm):
    affects_practice = forms.YesNo(
        "Do you have a health condition that may affect your ability to work safely with children?",
        what="you have a health condition that may affect your ability to work safely with children",
    )
    details = forms.LongText(
        "How it may affect your work, and what you do about it",
        what="how it may affect your work",
        only_if=("affects_practice", YES),
    )


FORMS: dict[SectionName, type[SectionForm]] = {
    SectionName.CRIMINAL: CriminalForm,
    SectionName.CONDUCT: ConductForm,
    SectionName.HEALTH: HealthForm,
    SectionName.REGISTRATIONS: RegulatorsForm,
}
SINCE = {
    "convictions": "have you been convicted of an offence that is not protected?",
    "cautions": "have you received a caution that is not protected?",
    "charges": "have you been charged with an offence?",
    "investigations": "have the police begun to investigate you?",
    "overseas": "has any of these happened to you outside the United Kingdom?",
    "disciplinary": "has an employer taken disciplinary action against you?",
    "dismissed": "have you been dismissed from a post?",
    "resigned": "have you left a post while you were being investigated, or before an investigation could begin?",
    "safeguarding": "has an allegation that you harmed a child or an adult at risk been investigated?",
    "civil": "has a civil or family court made a finding against you that bears on your work with children?",
    "prohibited": "have you been prohibited or restricted from teaching, or from managing a school?",
    "disqualified": "have you been disqualified from caring for children or from registration as a childminder or foster carer?",
    "ofsted": "has Ofsted, or another inspectorate, refused or cancelled a registration of yours or of a service you ran?",
    "affects_practice": "has a health condition begun, or grown worse, that may affect your safe work with children?",
    "acted_against": "has another register or regulator refused, removed, suspended, restricted or warned you?",
}
"""The questions to somebody who has answered them before."""


class AcceptForm(forms.Form):
    """`version` is that of the words on the page: who declares has read those of today."""

    version = forms.Hidden(optional=True)
    standards = forms.Confirm(
        "I have read and understood the professional standards, and I meet them",
        missing="Confirm that you have read and meet the standards",
    )
    true = forms.Confirm(
        "I declare all of this", missing="Confirm that you declare all of this"
    )


def _section(name: str) -> SectionName:
    if name not in FORMS:
        raise NotFound
    return SectionName(name)


@get(ADDRESS, access=SIGNED_IN)
async def overview(act: Act) -> Template | Redirect:
    own = await own_step(act, RenewalStep.DECLARATIONS)
    if isinstance(own, Redirect):
        return own
    return await _overview(act, own)


async def _overview(act: Acting, own: Own, *, refused: bool = False) -> Template:
    rule_set = await rules_declared(act.session, own.renewal, now=act.now)
    return page(
        "register/renew/declarations.html",
        status=422 if refused else 200,
        refused=refused,
        sections=list(FORMS),
        unready=await unready(act.session, own.renewal, rule_set, now=act.now),
        answered=await answers_of(act.session, own.renewal),
        declared=own.renewal.declared_at is not None,
    )


@get(ADDRESS + "/{section:str}", access=SIGNED_IN)
async def ask(act: Act, section: FromPath[str]) -> Template | Redirect:
    name = _section(section)
    own = await own_step(act, RenewalStep.DECLARATIONS)
    if isinstance(own, Redirect):
        return own
    answers = await answers_of(act.session, own.renewal)
    saved = answers.get(name)
    form = FORMS[name](
        data=msgspec.structs.asdict(saved) if saved else {}, today=day_of(act.now)
    )
    form.opened_on.data = stamp(saved)
    if saved:
        _tell(form, excluded(answers, name, now=act.now))
    return await _section_page(act, own, name, form)


@post(ADDRESS + "/{section:str}", access=SIGNED_IN)
async def keep(act: Act, form: Form, section: FromPath[str]) -> Template | Redirect:
    name = _section(section)
    own = await own_step(act, RenewalStep.DECLARATIONS, lock=True)
    if isinstance(own, Redirect):
        return own
    sent = FORMS[name](form, today=day_of(act.now))
    rule_set = await rules_declared(act.session, own.renewal, now=act.now)
    typed = _answers(sent, name, rule_set, act.now) if sent.validate() else None
    if typed is None:
        return await _section_page(act, own, name, sent)
    saved = (await answers_of(act.session, own.renewal)).get(name)
    if overtaken(sent, saved, typed):
        sent.opened_on.raw_data = [stamp(saved)]
        return await _section_page(act, own, name, sent, saved=saved)
    by = act.process(RenewalAct.CONFIRM)
    await keep_answers(act.session, own.renewal, name, typed, by=by)
    if against := excluded(
        await answers_of(act.session, own.renewal), name, now=act.now
    ):
        _tell(sent, against)
        sent.opened_on.raw_data = [stamp(typed)]
        return await _section_page(act, own, name, sent)
    return Redirect(ADDRESS, status_code=303)


def _answers(
    form: SectionForm, name: SectionName, rule_set: RuleSet, now: datetime
) -> Declared | None:
    """What the form says, if it is sound."""
    rules = rule_set.rules
    answers: Declared = answers_from(
        form, HOLDS[name], version=rules.declaration_version
    )
    found = list(
        faults(answers, Facts(on=day_of(now), part=rule_set.part, rules=rules))
    )
    _tell(form, found)
    return None if found else answers


def _tell(form: SectionForm, found: list[Fault]) -> None:
    for fault in found:
        form.add_error(fault.field if fault.field in form else "", fault.sentence)


async def _section_page(
    act: Acting,
    own: Own,
    name: SectionName,
    form: SectionForm,
    *,
    saved: Declared | None = None,
) -> Template:
    """`saved`: what was saved meanwhile in another tab."""
    since = await last_told(act, own)
    if since:
        for question, words in SINCE.items():
            if question in form:
                form[question].label.text = f"Since you last told us, {words}"
    return page(
        f"register/renew/{name}.html",
        status=409 if saved else 422 if form.faults else 200,
        form=form,
        section=name,
        since=since,
        saved=told(saved),
    )


async def last_told(act: Acting, own: Own) -> datetime | None:
    """When they last declared anything to us: in an earlier renewal, or in an application that they sent."""
    person_id = own.person.id
    renewed = select(func.max(RenewalDeclaration.declared_at)).where(
        RenewalDeclaration.person_id == person_id,
        RenewalDeclaration.renewal_id != own.renewal.id,
    )
    applied = (
        select(func.max(SentSection.sent_at))
        .join(Application, Application.id == SentSection.application_id)
        .where(
            Application.person_id == person_id, SentSection.name == SectionName.CONDUCT
        )
    )
    found: datetime | None = await act.session.scalar(
        select(func.greatest(renewed.scalar_subquery(), applied.scalar_subquery()))
    )
    return found


@get(STANDARDS, access=SIGNED_IN)
async def read(act: Act) -> Template | Redirect:
    own = await own_step(act, RenewalStep.DECLARATIONS)
    if isinstance(own, Redirect):
        return own
    rule_set = await rules_declared(act.session, own.renewal, now=act.now)
    if await unready(act.session, own.renewal, rule_set, now=act.now):
        return Redirect(ADDRESS, status_code=303)
    return _standards_page(rule_set, AcceptForm())


@post(STANDARDS, access=SIGNED_IN)
async def accept(act: Act, form: Form) -> Template | Redirect:
    own = await own_step(act, RenewalStep.DECLARATIONS, lock=True)
    if isinstance(own, Redirect):
        return own
    rule_set = await rules_declared(act.session, own.renewal, now=act.now)
    if await unready(act.session, own.renewal, rule_set, now=act.now):
        return await _overview(act, own, refused=True)
    answers = AcceptForm(form)
    version = rule_set.rules.declaration_version
    if answers.validate() and answers.version.data != version:
        answers.add_error(
            "true",
            "The declaration has changed since you opened this page: read it again",
        )
    if answers.faults:
        return _standards_page(rule_set, answers)
    by = act.process(RenewalAct.CONFIRM)
    await declare(act.session, own.renewal, version=version, by=by)
    return onward()


def _standards_page(rule_set: RuleSet, form: AcceptForm) -> Template:
    form.version.raw_data = [rule_set.rules.declaration_version]
    return page(
        "register/renew/standards.html",
        form=form,
        standards=rule_set.standards,
        statements=rule_set.statements,
    )


pages = [overview, ask, keep, read, accept]
