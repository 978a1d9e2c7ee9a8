"""Applications as they come to the assessors: sent, with an answer in every section."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

import msgspec
from sqlalchemy import select

from register.account import Account, StaffRole
from register.application import (
    Application,
    ApplicationKind,
    ApplicationState,
    SectionName,
)
from register.application.answers import Criminal
from register.application.endorsement import EndorsementWaiver, WaivedBecause
from register.application.section import ApplicationSection, SentSection
from register.assessment import (
    REASONS,
    AssessmentAct,
    Certified,
    Conclusion,
    Outcome,
    SectionCheck,
    SeenAs,
    SuitabilityReview,
    Weighed,
    Weight,
    assign,
    let_it_rest,
    matters_of,
    notice_of,
    portfolio_of,
    propose_grant,
    propose_notice_of_conditions,
    propose_notice_of_refusal,
    propose_refusal,
    record_status,
    registrations_of,
    send_to_review,
    sign_off,
)
from register.kit.clock import day_of
from register.notice import NoticeAct
from register.part import Part
from register.process import Process
from register.qualification import Qualification
from register.rule_set import AcceptedQualification, Route, RuleSet, Verdict
from tests.applications import make_declaration, make_form, make_health
from tests.make import NOW, make_account, make_employment, make_person

SECRET = "An injury to my back, long healed"
CONVICTED = "Fined for a bicycle without lights"


def answers(**other):
    """What an applicant sends; `other` replaces some sections by their names."""
    declared = {
        "health": make_health(affects_practice=True, details=SECRET),
        "criminal": make_declaration(
            Criminal, convictions=True, convictions_details=CONVICTED
        ),
    }
    form = make_form(**declared | other)
    return {name: form.of(name) for name in ApplicationKind.FIRST.sections}


async def make_caseworker(session, *more, **names):
    return await make_account(session, StaffRole.CASEWORKER, *more, **names)


async def make_sent(
    session,
    *,
    officer=None,
    sent_at=NOW,
    said=None,
    person=None,
    account=None,
    qualified=True,
):
    """An application that has been sent; with an officer, one that they assess."""
    person = person or await make_person(session)
    account = account or await make_account(session, person=person)
    rule_set = await RuleSet.on(session, Part.MANAGER, day_of(sent_at))
    application = Application(
        id=uuid4(),
        account_id=account.id,
        person_id=person.id,
        part=Part.MANAGER,
        rule_set_id=rule_set.id,
        state=ApplicationState.SUBMITTED,
        created_at=sent_at - timedelta(days=3),
        draft_until=day_of(sent_at) + timedelta(days=87),
        submitted_at=sent_at,
        conditions=[],
    )
    session.add(application)
    await session.flush()
    await send(session, application, said or answers(), now=sent_at)
    session.add(
        Qualification(
            id=uuid4(),
            person_id=person.id,
            title="Level 5 Diploma",
            awarding_body="City & Guilds",
            level=5,
            country="England",
            awarded_on=date(2020, 7, 1),
            verdict=Verdict.FULL if qualified else Verdict.NO,
            verified_at=sent_at,
        )
    )
    await make_employment(session, person, start=date(2026, 9, 1))
    await waive_endorsement(session, application, now=sent_at)
    if officer:
        await give(session, application, to=officer, giver=officer, now=sent_at)
    await session.flush()
    return application


async def waive_endorsement(session, application, *, now=NOW):
    """As a test has it that is not about endorsements."""
    by = Process.begin(session, AssessmentAct.GO_ON_WITHOUT_ENDORSEMENT, now=now)
    await session.flush()
    session.add(
        EndorsementWaiver(
            application_id=application.id,
            because=WaivedBecause.AGENCY,
            process_id=by.id,
            waived_at=now,
        )
    )
    await session.flush()


async def give(session, application, *, to, giver, now=NOW):
    by = act(session, AssessmentAct.ASSIGN, giver, now=now)
    await assign(session, application, to=to, giver=giver, by=by)
    await session.flush()


async def send(session, application, said, *, now):
    for name, answer in said.items():
        row = await session.get(ApplicationSection, (application.id, name))
        if row is None:
            row = ApplicationSection(application_id=application.id, name=name)
            session.add(row)
        row.write(answer, now=now)
        await session.flush()
        session.add(SentSection.of(row, now=now))
    await session.flush()


def act(session, kind, actor: Account, *, now=NOW):
    return Process.begin(session, kind, now=now, actor=actor)


async def check(
    session,
    application,
    section,
    outcome=Outcome.MET,
    *,
    officer,
    words="",
    seen=None,
    heard=0,
    now=NOW,
    because=None,
):
    if section is SectionName.REGISTRATIONS and outcome is Outcome.MET:
        await certify(session, application, officer=officer, now=now)
    by = act(session, AssessmentAct.CHECK, officer, now=now)
    reasons = (
        ()
        if outcome is Outcome.MET
        else REASONS[section][:1]
        if because is None
        else because
    )
    found = await SectionCheck.record(
        session,
        application,
        section,
        outcome,
        because=reasons,
        words=words,
        seen=seen,
        heard=heard,
        officer=officer,
        by=by,
    )
    await session.flush()
    return found


async def certify(session, application, *, officer, now=NOW):
    """Every register that they say they are on says so too."""
    for listed in await registrations_of(session, application):
        if listed.current:
            await record_status(
                session,
                application,
                listed.id,
                certified=Certified.GOOD_STANDING,
                seen_as=SeenAs.CERTIFICATE,
                status_on=day_of(now),
                officer=officer,
                by=act(session, AssessmentAct.CERTIFY, officer, now=now),
            )
    await session.flush()


async def check_all(
    session, application, *, officer, but=None, heard=0, endorsed=False
):
    """Every section met, but those named with their outcome; so many referees have written, and perhaps the employer."""
    for section in application.kind.sections:
        if not section.assessed:
            continue
        await check(
            session,
            application,
            section,
            (but or {}).get(section, Outcome.MET),
            officer=officer,
            heard={
                SectionName.REFERENCES: heard,
                SectionName.ENDORSEMENT: int(endorsed),
            }.get(section, 0),
        )


async def weighed(
    session,
    application,
    officer,
    *,
    reviewer=None,
    weight=Weight.ACCEPTABLE,
    conclusion=Conclusion.SUITABLE,
    words="Long ago",
):
    """What was declared, reviewed by somebody senior; where nothing was, there is no review."""
    matters = await matters_of(session, application)
    if not matters:
        return None
    by = act(session, AssessmentAct.SEND_TO_REVIEW, officer)
    await send_to_review(session, application, officer=officer, by=by)
    await session.flush()
    reviewer = reviewer or await make_account(session, StaffRole.TEAM_MANAGER)
    review = await SuitabilityReview.record(
        session,
        application,
        {matter.key: Weighed(weight, words) for matter in matters},
        conclusion,
        words=words,
        reviewer=reviewer,
        by=act(session, AssessmentAct.REVIEW, reviewer),
    )
    await session.flush()
    return review


async def claimed_by_portfolio(session, application):
    """What they hold, as if the rules had the route and nobody had judged it yet."""
    held = await session.scalar(
        select(Qualification).where(Qualification.person_id == application.person_id)
    )
    row = AcceptedQualification(
        id=uuid4(),
        rule_set_id=application.rule_set_id,
        position=99,
        code=f"portfolio-{held.id.hex}",
        title="Portfolio of practice",
        route=Route.PORTFOLIO,
        country="England",
        verdict=Verdict.PARTIAL,
        gap_units=[],
    )
    session.add(row)
    await session.flush()
    held.accepted_id, held.verdict, held.verified_at = row.id, None, None
    held.awarded_on, held.enrolled_on = None, date(2026, 9, 1)
    await session.flush()
    await session.refresh(held, ["accepted"])
    return held


async def signed_off(
    session, application, assessor, *, but=(), because="The documents", now=NOW
):
    """Every outcome met, but those."""
    held = await session.scalar(
        select(Qualification).where(Qualification.person_id == application.person_id)
    )
    portfolio = await portfolio_of(session, application, held.id)
    codes = {outcome.code for outcome in portfolio.outcomes}
    signed = await sign_off(
        session,
        application,
        held.id,
        met=codes - set(but),
        not_met=but,
        because=because,
        assessor=assessor,
        by=act(session, AssessmentAct.SIGN_PORTFOLIO, assessor, now=now),
    )
    await session.flush()
    return signed


async def notice_given(session, application, officer, *, conditions=(), now=NOW):
    """Of a refusal, or of the conditions; by a team manager of whom nothing else is known."""
    known = {
        "proposer": officer,
        "by": act(session, AssessmentAct.PROPOSE, officer, now=now),
    }
    if conditions:
        known |= {"conditions": conditions, "words": "It is their first post."}
        proposal = await propose_notice_of_conditions(session, application, **known)
    else:
        proposal = await propose_notice_of_refusal(session, application, **known)
    await session.flush()
    approver = await make_account(session, StaffRole.TEAM_MANAGER)
    by = act(session, AssessmentAct.APPROVE, approver, now=now)
    await proposal.approve(session, approver=approver, by=by)
    await session.flush()
    return await notice_of(session, application)


async def heard(session, application, officer, **more):
    """Notice was given, and the applicant has nothing to say to it."""
    notice = await notice_given(session, application, officer, **more)
    applicant = await session.get_one(Account, application.account_id)
    by = act(session, NoticeAct.SAY_NOTHING, applicant)
    await let_it_rest(session, notice, by=by)
    await session.flush()
    return notice


async def proposed_grant(session, application, officer, **more):
    await check_all(session, application, officer=officer)
    await weighed(session, application, officer)
    if conditions := more.get("conditions"):
        await heard(session, application, officer, conditions=conditions)
    proposal = await propose_grant(
        session,
        application,
        proposer=officer,
        by=act(session, AssessmentAct.PROPOSE, officer),
        **more,
    )
    await session.flush()
    return proposal


async def proposed_refusal(session, application, officer):
    await check_all(
        session, application, officer=officer, but={SectionName.DBS: Outcome.NOT_MET}
    )
    await heard(session, application, officer)
    proposal = await propose_refusal(
        session,
        application,
        proposer=officer,
        by=act(session, AssessmentAct.PROPOSE, officer),
    )
    await session.flush()
    return proposal


@dataclass
class Office:
    """The people of one case: who assesses, who approves."""

    caseworker: Account
    manager: Account
    registrar: Account


async def make_office(session):
    return Office(
        await make_caseworker(session, name="Casey Worker"),
        await make_account(session, StaffRole.TEAM_MANAGER, name="Tess Manager"),
        await make_account(session, StaffRole.REGISTRAR, name="Rory Registrar"),
    )


async def allow(session, *, warn, lock):
    """Rules by which a reader is warned at so many restricted sections in a day, and locked out at so many."""
    latest, *_ = await RuleSet.versions(session, Part.MANAGER)
    rules = msgspec.structs.replace(
        latest.rules, restricted_reads_warn=warn, restricted_reads_lock=lock
    )
    terms = msgspec.structs.replace(latest.terms, rules=rules)
    await RuleSet.publish(session, Part.MANAGER, terms, on=day_of(NOW))
    await session.flush()
