"""Sending an application, and sending what was asked for: checked once more, kept as sent, and taken over."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.application.answers import ApplicationForm
from register.application.application import Application
from register.application.endorsement import ask_endorser
from register.application.evidence import evidence_by_application
from register.application.keeping import (
    open_request,
    open_sections,
)
from register.application.records import take_over, traits_of
from register.application.references import ask_referees
from register.application.section import (
    SentSection,
    forms_of,
    sections_of,
    sendings_of,
)
from register.application.sections import Filled
from register.application.state import ApplicationKind, Move, SectionName
from register.entry import parts_of
from register.kit.clock import day_of
from register.kit.errors import Refused
from register.matching import look_for_matches
from register.person import Person
from register.process import Process
from register.qualification import wants_scrutiny
from register.rule_set import OutcomeTerms, RuleSet, by_portfolio, renewed


class NotComplete(Refused):
    def __init__(self, application: Application, sections: list[SectionName]) -> None:
        self.application, self.sections = application, sections
        super().__init__(
            f"Application {application.reference} has sections that are not complete, so it cannot be sent yet."
        )


class NothingAsked(Refused):
    def __init__(self) -> None:
        super().__init__("We are not waiting for anything from you at the moment.")


async def filled(
    session: AsyncSession, application: Application, *, now: datetime
) -> Filled:
    """The application as the applicant has it now, by the rules of today where it is not sent yet."""
    if application.submitted_at:
        rule_set = await session.get_one(RuleSet, application.rule_set_id)
    else:
        rule_set = await RuleSet.on(session, application.part, day_of(now))
    return await filled_under(session, application, rule_set, on=day_of(now))


async def filled_under(
    session: AsyncSession, application: Application, rule_set: RuleSet, *, on: date
) -> Filled:
    """The same as it would be measured by any version of the rules on any day."""
    (state,) = await all_filled_under(session, [application], rule_set, on=on)
    return state


async def all_filled_under(
    session: AsyncSession,
    applications: Sequence[Application],
    rule_set: RuleSet,
    *,
    on: date,
) -> list[Filled]:
    """Each of them, in as many queries as one takes."""
    ids = [application.id for application in applications]
    forms = await forms_of(session, ids)
    proofs = await evidence_by_application(session, ids)
    emails = await _emails(session, applications)
    chosen = {id_ for form in forms.values() for id_ in form.accepted_ids}
    kept = (await renewed(session, rule_set.id, chosen)).keys()
    claimed = await by_portfolio(session, chosen)
    outcomes = await _outcomes(session, rule_set) if claimed else ()
    return [
        Filled(
            form=forms[application.id],
            evidence=[proof for proof in proofs[application.id] if proof.usable],
            on=on,
            part=application.part,
            rules=rule_set.rules,
            email=emails[application.account_id],
            lost=forms[application.id].accepted_ids - kept,
            kind=application.kind,
            left_on=application.left_on,
            outcomes=outcomes if claimed & forms[application.id].accepted_ids else (),
        )
        for application in applications
    ]


async def _outcomes(
    session: AsyncSession, rule_set: RuleSet
) -> tuple[OutcomeTerms, ...]:
    await session.refresh(rule_set, ["outcomes"])
    return tuple(outcome.terms for outcome in rule_set.outcomes)


async def _emails(
    session: AsyncSession, applications: Sequence[Application]
) -> dict[UUID, str]:
    wanted = {application.account_id for application in applications}
    rows = await session.execute(
        select(Account.id, Account.email).where(Account.id.in_(wanted))
    )
    return {row.id: row.email for row in rows}


async def submit(
    session: AsyncSession, application: Application, *, by: Process
) -> None:
    """Send the application with its declaration of truth; raises NotComplete, PartNotOpen, or NotNow for a second click."""
    await application.lock(session)
    application.must_allow(Move.SUBMIT)
    rule_set = await RuleSet.open_on(session, application.part, day_of(by.at))
    state = await filled(session, application, now=by.at)
    if unfinished := state.unfinished():
        raise NotComplete(application, unfinished)
    application.rule_set_id, application.submitted_at = rule_set.id, by.at
    application.go(
        Move.SUBMIT,
        by=by,
        declaration=rule_set.rules.declaration_version,
        rule_set=rule_set.version,
    )
    await _send(session, application, state.sections, by=by)
    await ask_referees(session, application, by=by)
    await ask_endorser(session, application, by=by)
    await application.write_to_applicant(
        session,
        "application_submitted",
        now=by.at,
        rules=rule_set.rules,
        other_parts=await parts_of(session, application.person_id, at=by.at),
    )


async def answer(
    session: AsyncSession, application: Application, *, by: Process
) -> None:
    """Send what was asked for; raises NotComplete or NothingAsked."""
    await application.lock(session)
    request = await open_request(session, application)
    if request is None:
        raise NothingAsked
    state = await filled(session, application, now=by.at)
    opened = await open_sections(session, application)
    asked = opened.intersection(state.sections)
    if unfinished := [name for name in state.unfinished() if name in asked]:
        raise NotComplete(application, unfinished)
    request.receive(by=by)
    application.go(Move.ANSWER, by=by)
    await _send(session, application, asked, by=by)
    if SectionName.REFERENCES in asked:
        await ask_referees(session, application, by=by)
    if SectionName.ENDORSEMENT in asked:
        await ask_endorser(session, application, by=by)
    await application.write_to_applicant(
        session, "application_answered", of=request.id, now=by.at
    )


async def _send(
    session: AsyncSession,
    application: Application,
    sections: Collection[SectionName],
    *,
    by: Process,
) -> None:
    before = await _sent_before(session, application)
    sent = ApplicationForm()
    for row in await sections_of(session, application.id, sections):
        session.add(SentSection.of(row, now=by.at))
        setattr(sent, row.name, row.answers)
    accepted = await renewed(session, application.rule_set_id, sent.accepted_ids)
    await take_over(
        session, application, sent, accepted=accepted, before=before, now=by.at
    )
    if await wants_scrutiny(session, application.person_id):
        application.ask_scrutiny(by=by)
    person = await session.get_one(Person, application.person_id)
    account = await session.get_one(Account, application.account_id)
    await look_for_matches(session, person, traits_of(sent, account.email), by=by)


async def _sent_before(
    session: AsyncSession, application: Application
) -> set[UUID] | None:
    """The posts and qualifications that a restoration has listed so far; None of a first application, which lists them all."""
    if application.kind is ApplicationKind.FIRST:
        return None
    return {
        item.id
        for name in (SectionName.EMPLOYMENT, SectionName.QUALIFICATIONS)
        for sending in await sendings_of(session, application.id, name)
        for item in getattr(sending.answers, "items", ())
    }
