"""Proposing a decision: grant, with or without conditions, or refuse."""

from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.application import Application
from register.application.endorsement import is_endorsed
from register.application.references import awaited
from register.assessment import (
    AssessmentAct,
    Outcome,
    QualificationNotJudged,
    QualificationTerm,
    Wanted,
    checks_of,
    conditions_of,
    found_wanting,
    lock_unchanged,
    may_condition,
    may_refuse,
    must_be_assessing,
    notice_of,
    propose_grant,
    propose_notice_of_conditions,
    propose_notice_of_refusal,
    propose_refusal,
    qualification_term,
    read_checks,
    removed_by_order,
    suitability_of,
)
from register.kit import forms
from register.kit.clock import day_of
from register.notice import NoticeKind
from register.web.applications.overtaken import Stamped
from register.web.applications.record import (
    Opened,
    application_page,
    open_application,
)
from register.web.casework import CASEWORKERS
from register.web.needs import Act, Form, Session, Visit

GRANT, REFUSE = "grant", "refuse"
YES = "yes"


class ProposalForm(Stamped):
    decision = forms.Radios(
        "What do you propose?",
        missing="Select what you propose",
        choices=[(GRANT, "Grant"), (REFUSE, "Refuse")],
    )
    due_on = forms.Date(
        "The qualification is due by",
        what="the day by which the qualification is due",
        future=True,
        optional=True,
        only_if=("decision", GRANT),
    )
    deferred_because = forms.LongText(
        "Why another day than the rule gives",
        hint="Only if you have changed the day. Only staff read this.",
        longest=1000,
        optional=True,
        only_if=("decision", GRANT),
    )
    condition = forms.YesNo(
        "Add another condition?",
        what="you want to add another condition",
        only_if=("decision", GRANT),
    )
    public = forms.LongText(
        "The condition, as the public will read it",
        longest=1000,
        only_if=("condition", YES),
    )
    internal = forms.LongText(
        "Why it is needed",
        hint="Only staff read this.",
        longest=2000,
        only_if=("condition", YES),
    )
    explained = forms.LongText(
        "Why it is needed, as the applicant will read it in the notice",
        longest=2000,
        optional=True,
        only_if=("condition", YES),
    )
    condition_due_on = forms.Date(
        "To be met by",
        what="the day by which it is to be met",
        future=True,
        optional=True,
        only_if=("condition", YES),
    )

    @property
    def words(self) -> str:
        """All that was written, for who comes second."""
        said = (
            self.public.data,
            self.internal.data,
            self.explained.data,
            self.deferred_because.data,
        )
        return "\n\n".join(text for text in said if text)

    @property
    def conditions(self) -> list[Wanted]:
        if not self.condition.data:
            return []
        return [
            Wanted(self.public.data, self.internal.data, self.condition_due_on.data)
        ]


@get("/{reference:str}/proposal", access=CASEWORKERS)
async def ask(session: Session, act: Act, reference: FromPath[str]) -> Template:
    opened = await open_application(session, act, reference)
    must_be_assessing(opened.application, act.account)
    term = await _term(session, act, opened)
    known = {"version": opened.seen.version, "latest": opened.seen.latest}
    form = ProposalForm(
        data={
            **known,
            "due_on": term.due_on if term else None,
            **await _noticed(session, opened),
        },
        today=day_of(act.now),
    )
    return await proposal_page(session, act, opened, form)


async def _noticed(session: Session, opened: Opened) -> dict[str, Any]:
    """The condition of which the applicant has been told."""
    notice = await notice_of(session, opened.application)
    if notice is None or notice.kind is not NoticeKind.MINDED_TO_CONDITION:
        return {}
    condition, *_ = await conditions_of(session, notice.grounds)
    return {
        "condition": True,
        "public": condition.public,
        "internal": condition.internal,
        "condition_due_on": condition.due_on,
    }


@post("/{reference:str}/proposal", access=CASEWORKERS)
async def propose(
    session: Session, act: Act, form: Form, visit: Visit, reference: FromPath[str]
) -> Redirect | Template:
    opened = await open_application(session, act, reference)
    must_be_assessing(opened.application, act.account)
    answers = ProposalForm(form, today=day_of(act.now))
    term = await _term(session, act, opened)
    application = opened.application
    sound = answers.validate() and _said_why(answers, term)
    first = sound and await _notice_first(session, application, answers)
    if not sound or (first and not _explained(answers)):
        return await proposal_page(session, act, opened, answers)
    await lock_unchanged(session, application, seen=answers.seen, words=answers.words)
    known: dict[str, Any] = {
        "proposer": act.account,
        "by": act.process(AssessmentAct.PROPOSE),
    }
    if first:
        await _propose_notice(session, application, answers, known)
        visit.flash("Your proposal to give notice waits for a second person")
    else:
        await _propose_decision(session, application, answers, known)
        visit.flash("Your proposal waits for a second person")
    return Redirect(f"/staff/applications/{reference}", status_code=303)


async def _notice_first(
    session: Session, application: Application, answers: ProposalForm
) -> bool:
    """Whether the applicant must be told before this is proposed."""
    if answers.decision.data == GRANT:
        return bool(answers.conditions) and not await may_condition(
            session, application
        )
    checks = await checks_of(session, application)
    return not await may_refuse(
        session, application, found_wanting(checks, Outcome.NOT_MET)
    )


def _explained(answers: ProposalForm) -> bool:
    if answers.decision.data == REFUSE or answers.explained.data:
        return True
    answers.add_error(
        "explained", "Enter why the condition is needed, as the applicant will read it"
    )
    return False


async def _propose_notice(
    session: Session,
    application: Application,
    answers: ProposalForm,
    known: dict[str, Any],
) -> None:
    if answers.decision.data == REFUSE:
        await propose_notice_of_refusal(session, application, **known)
    else:
        await propose_notice_of_conditions(
            session,
            application,
            conditions=answers.conditions,
            words=answers.explained.data,
            **known,
        )


async def _propose_decision(
    session: Session,
    application: Application,
    answers: ProposalForm,
    known: dict[str, Any],
) -> None:
    if answers.decision.data == REFUSE:
        await propose_refusal(session, application, **known)
    else:
        await propose_grant(
            session,
            application,
            conditions=answers.conditions,
            qualification_due_on=answers.due_on.data,
            deferred_because=answers.deferred_because.data or "",
            **known,
        )


def _said_why(answers: ProposalForm, term: QualificationTerm | None) -> bool:
    """Another day than the rule's is a deferral, which has a reason."""
    chosen = answers.due_on.data
    if not (term and term.needed and chosen and chosen != term.due_on):
        return True
    if answers.deferred_because.data:
        return True
    answers.add_error(
        "deferred_because", "Enter why the qualification may come on another day"
    )
    return False


async def _term(session: Session, act: Act, opened: Opened) -> QualificationTerm | None:
    """None while a qualification is not judged yet."""
    try:
        return await qualification_term(
            session, opened.application, today=day_of(act.now)
        )
    except QualificationNotJudged:
        return None


async def proposal_page(
    session: Session, act: Act, opened: Opened, form: ProposalForm
) -> Template:
    checks = await checks_of(session, opened.application)
    not_met = found_wanting(checks, Outcome.NOT_MET)
    sections = [item.section for item in not_met]
    quota = await read_checks(
        session, opened.application, sections, reader=act.account, now=act.now
    )
    return application_page(
        "proposal",
        opened,
        quota=quota,
        form=form,
        term=await _term(session, act, opened),
        not_met=not_met,
        endorsed=await is_endorsed(session, opened.application),
        suitability=await suitability_of(session, opened.application),
        notice=await notice_of(session, opened.application),
        refusal_first=not await may_refuse(session, opened.application, not_met),
        condition_first=not await may_condition(session, opened.application),
        for_a_panel=await removed_by_order(session, opened.application, at=act.now),
        references_awaited=await awaited(session, opened.application),
        open_sections=[
            c.section for c in checks.values() if c.outcome is not Outcome.MET
        ],
    )


pages = [ask, propose]
