"""An application as a whole: its task list, its answers to check, the sending, what is happening with it, and the way out."""

from datetime import date
from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.appeal import appeals_of, kinds_open, last_day_of, refusal_of
from register.application import (
    Application,
    ApplicationAct,
    ApplicationEvent,
    ApplicationState,
    Ended,
    SectionName,
    answer,
    evidence_of,
    open_request,
    open_sections,
    submit,
    ways_back,
    withdraw,
)
from register.application.answers import Identity
from register.application.endorsement import endorser_of
from register.application.references import referees_of
from register.assessment.asking import asked_for
from register.assessment.covering import notice_of
from register.assessment.deciding import conditions_of, refused_because
from register.assessment.holding import HoldReason, hold_on
from register.entry import parts_of
from register.kit.pages import page
from register.person import Person, fold
from register.process import timeline
from register.rule_set import RuleSet
from register.web.apply.own import own, rules_shown, standing, told
from register.web.apply.questions import DeclarationForm
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting, Form
from register.web.timelines import lines

GROUPS: dict[str, tuple[SectionName, ...]] = {
    "before": (SectionName.ELIGIBILITY,),
    "you": (SectionName.IDENTITY, SectionName.CONTACT, SectionName.ADDRESSES),
    "work": (
        SectionName.QUALIFICATIONS,
        SectionName.PORTFOLIO,
        SectionName.EMPLOYMENT,
        SectionName.SKILLS,
        SectionName.REGISTRATIONS,
        SectionName.REFERENCES,
        SectionName.ENDORSEMENT,
    ),
    "suitability": (
        SectionName.DBS,
        SectionName.CRIMINAL,
        SectionName.CONDUCT,
        SectionName.HEALTH,
        SectionName.ENGLISH,
    ),
    "standards": (SectionName.STANDARDS,),
    "equality": (SectionName.EQUALITY,),
}

SHOWN_TO_APPLICANTS = (
    ApplicationEvent.STARTED,
    ApplicationEvent.SUBMITTED,
    ApplicationEvent.TAKEN_UP,
    ApplicationEvent.INFORMATION_ASKED,
    ApplicationEvent.INFORMATION_SENT,
    ApplicationEvent.REFEREE_NAMED,
    ApplicationEvent.ENDORSER_NAMED,
    ApplicationEvent.SCRUTINY_ASKED,
    ApplicationEvent.SCRUTINY_CLEARED,
    ApplicationEvent.WENT_ON_WITHOUT,
    ApplicationEvent.NOTICE_GIVEN,
    ApplicationEvent.HEARD,
    ApplicationEvent.APPROVED,
    ApplicationEvent.REFUSED,
    ApplicationEvent.PAID,
    ApplicationEvent.REOPENED,
    ApplicationEvent.GRANTED,
    ApplicationEvent.WITHDRAWN,
    ApplicationEvent.EXPIRED,
    ApplicationEvent.CLOSED_UNPAID,
    ApplicationEvent.REVERSED,
    ApplicationEvent.ALLOWED,
    ApplicationEvent.REMITTED,
)
"""What the staff propose to each other, note and check is not shown before it is decided."""


class ApplicationPages(Controller):
    path = "/apply/{reference:str}"

    @get(access=SIGNED_IN)
    async def show(self, act: Act, reference: FromPath[str]) -> Template:
        application = await own(act, reference)
        if application.state is ApplicationState.DRAFT:
            return await task_page(act, application)
        if application.state is ApplicationState.INFORMATION_REQUESTED:
            return await asked_page(act, application)
        return await happening_page(act, application)

    @get("/register-by", access=SIGNED_IN)
    async def register_by(
        self, act: Act, reference: FromPath[str]
    ) -> Template | Redirect:
        """The answer to the questions of eligibility."""
        application = await own(act, reference)
        state = await standing(act, application)
        if state.form.eligibility is None:
            return Redirect(f"/apply/{reference}", status_code=303)
        return page(
            "register/apply/register_by.html",
            application=application,
            eligibility=state.form.eligibility,
            rules=state.rules,
            today=state.on,
        )

    @get("/check", access=SIGNED_IN)
    async def check(self, act: Act, reference: FromPath[str]) -> Template:
        application = await own(act, reference)
        return await check_page(act, application)

    @get("/send", access=SIGNED_IN)
    async def ask_declaration(
        self, act: Act, reference: FromPath[str]
    ) -> Template | Redirect:
        application = await own(act, reference)
        if redirect := await self._not_to_be_sent(act, application):
            return redirect
        return await declaration_page(act, application, DeclarationForm())

    @post("/send", access=SIGNED_IN)
    async def send(
        self, act: Act, form: Form, reference: FromPath[str]
    ) -> Template | Redirect:
        application = await (await own(act, reference)).lock(act.session)
        if redirect := await self._not_to_be_sent(act, application):
            return redirect
        declaration = DeclarationForm(form)
        if declaration.validate():
            await must_be_read(act, application, declaration)
            await must_be_signed(act, application, declaration)
        if declaration.faults:
            return await declaration_page(act, application, declaration)
        await submit(act.session, application, by=act.process(ApplicationAct.SUBMIT))
        return Redirect(f"/apply/{reference}/sent", status_code=303)

    async def _not_to_be_sent(
        self, act: Acting, application: Application
    ) -> Redirect | None:
        """Sent already (a second click, another tab), or not ready."""
        address = f"/apply/{application.reference}"
        if application.submitted_at:
            return Redirect(f"{address}/sent", status_code=303)
        if application.state is not ApplicationState.DRAFT:
            return Redirect(address, status_code=303)
        if (await standing(act, application)).unfinished():
            return Redirect(f"{address}/check", status_code=303)
        return None

    @get("/sent", access=SIGNED_IN)
    async def sent(self, act: Act, reference: FromPath[str]) -> Template | Redirect:
        application = await own(act, reference)
        if application.submitted_at is None:
            return Redirect(f"/apply/{reference}", status_code=303)
        rule_set = await act.session.get_one(RuleSet, application.rule_set_id)
        return page(
            "register/apply/sent.html",
            application=application,
            account=act.account,
            rules=rule_set.rules,
            other_parts=await parts_of(act.session, application.person_id, at=act.now),
        )

    @post("/answer", access=SIGNED_IN)
    async def answer(self, act: Act, reference: FromPath[str]) -> Template | Redirect:
        application = await (await own(act, reference)).lock(act.session)
        if application.state is not ApplicationState.INFORMATION_REQUESTED:
            return Redirect(f"/apply/{reference}", status_code=303)
        asked = await open_sections(act.session, application)
        if asked.intersection((await standing(act, application)).unfinished()):
            return await asked_page(act, application, incomplete=True)
        await answer(act.session, application, by=act.process(ApplicationAct.ANSWER))
        return Redirect(f"/apply/{reference}", status_code=303)

    @get("/withdraw", access=SIGNED_IN)
    async def ask_withdrawal(
        self, act: Act, reference: FromPath[str]
    ) -> Template | Redirect:
        application = await own(act, reference)
        if not application.state.may_be_withdrawn:
            return Redirect(f"/apply/{reference}", status_code=303)
        return page("register/apply/withdraw.html", application=application)

    @post("/withdraw", access=SIGNED_IN)
    async def withdraw(self, act: Act, reference: FromPath[str]) -> Redirect:
        application = await (await own(act, reference)).lock(act.session)
        if application.state is not ApplicationState.WITHDRAWN:
            by = act.process(ApplicationAct.WITHDRAW)
            await withdraw(act.session, application, by=by)
        return Redirect(f"/apply/{reference}", status_code=303)


async def task_page(act: Acting, application: Application) -> Template:
    state = await standing(act, application)
    asked = state.sections
    progress = {name: state.progress(name) for name in asked}
    groups = {
        group: found
        for group, names in GROUPS.items()
        if (found := [name for name in names if name in asked])
    }
    return page(
        "register/apply/tasks.html",
        application=application,
        groups=groups,
        ended=await how_theirs_ended(act, application),
        progress=progress,
        unfinished=state.unfinished(),
    )


async def how_theirs_ended(act: Acting, application: Application) -> Ended | None:
    """Of a restoration: why they are not registered."""
    ways = await ways_back(act.session, act.account, now=act.now)
    return next((way.ended for way in ways if way.part == application.part), None)


async def check_page(act: Acting, application: Application) -> Template:
    state = await standing(act, application)
    changeable = await open_sections(act.session, application)
    return page(
        "register/apply/check.html",
        application=application,
        form=state.form,
        sections=state.sections,
        outcomes=state.outcomes,
        changeable=changeable,
        unfinished=[name for name in state.unfinished() if name in changeable],
        told=told,
        evidence=await evidence_of(act.session, application.id),
    )


async def declaration_page(
    act: Acting, application: Application, form: DeclarationForm
) -> Template:
    rule_set = await rules_shown(act, application)
    form.version.raw_data = [rule_set.rules.declaration_version]
    return page(
        "register/apply/send.html",
        application=application,
        form=form,
        statements=rule_set.statements,
    )


async def must_be_read(
    act: Acting, application: Application, declaration: DeclarationForm
) -> None:
    rules = (await rules_shown(act, application)).rules
    if declaration.version.data != rules.declaration_version:
        declaration.add_error(
            "true",
            "The declaration has changed since you opened this page: read it again",
        )


async def must_be_signed(
    act: Acting, application: Application, declaration: DeclarationForm
) -> None:
    identity = (await standing(act, application)).form.identity
    if identity and not signs(declaration.signature.data, identity):
        declaration.add_error(
            "signature",
            "The name you sign with must be the name that you gave under “Identity”",
        )


def signs(signature: str, identity: Identity) -> bool:
    """Accents, capitals and the order of the words do not matter."""
    named = fold(f"{identity.given_names} {identity.family_name}").split()
    return sorted(fold(signature).split()) == sorted(named)


async def asked_page(
    act: Acting, application: Application, *, incomplete: bool = False
) -> Template:
    request = await open_request(act.session, application)
    if request is None:
        return await happening_page(act, application)
    state = await standing(act, application)
    asked = await asked_for(act.session, request.items)
    opened = await open_sections(act.session, application)
    named = [item.section for item in asked]
    return page(
        "register/apply/asked.html",
        status=422 if incomplete else 200,
        application=application,
        request_made=request,
        asked=asked,
        besides=[name for name in state.sections if name in opened - {*named}],
        problems={name: state.problems(name) for name in opened},
        incomplete=incomplete,
        referees=await referees_of(act.session, application),
        endorser=await endorser_of(act.session, application),
        happened=await what_happened(act, application),
    )


async def happening_page(act: Acting, application: Application) -> Template:
    rule_set = await act.session.get_one(RuleSet, application.rule_set_id)
    person = await act.session.get_one(Person, application.person_id)
    return page(
        "register/apply/happening.html",
        application=application,
        account=act.account,
        number=person.number,
        rules=rule_set.rules,
        other_parts=await parts_of(act.session, person.id, at=act.now),
        reasons=await refused_because(act.session, application),
        conditions=await conditions_of(act.session, application.conditions),
        notice=await notice_of(act.session, application),
        referees=await referees_of(act.session, application),
        endorser=await endorser_of(act.session, application),
        appeals=await appeals_of(act.session, application.id),
        appeal_by=await appeal_by(act, application),
        waiting_for=await waits_for(act, application),
        happened=await what_happened(act, application),
    )


async def appeal_by(act: Acting, application: Application) -> date | None:
    """The last day to challenge the refusal; None where there is none, or it was challenged already."""
    decision = await refusal_of(act.session, application)
    if decision is None or not await kinds_open(act.session, decision):
        return None
    return await last_day_of(act.session, decision)


async def waits_for(act: Acting, application: Application) -> HoldReason | None:
    """What we wait for, where the applicant may know of it."""
    standing = await hold_on(act.session, application)
    return standing.because if standing and not standing.because.secret else None


async def what_happened(act: Acting, application: Application) -> list[Any]:
    history = await timeline(
        act.session, application_id=application.id, kinds=SHOWN_TO_APPLICANTS
    )
    return lines(history, shown=lambda _: True)
