"""Applications that are plausible and complete where a test says nothing else."""

from datetime import UTC, date, datetime
from uuid import uuid4

from sqlalchemy import select

from register.application import keep, start, submit
from register.application.answers import (
    Address,
    Addresses,
    ApplicationForm,
    Conduct,
    Contact,
    Criminal,
    Dbs,
    Eligibility,
    EmploymentHistory,
    Endorser,
    English,
    EnglishShownBy,
    EqualityAsked,
    Health,
    HeldQualification,
    Identity,
    Knows,
    ManagingAs,
    NoEmployer,
    OtherRegistrations,
    PortfolioMap,
    Post,
    Proof,
    Qualifications,
    Referee,
    References,
    Sex,
    ShownOutcome,
    Skills,
    StandardsDeclared,
)
from register.application.evidence import Evidence, EvidenceKind
from register.application.faults import questions
from register.application.sections import Filled
from register.application.state import SectionName
from register.kit.cleaning import MediaType
from register.kit.files import FileState, StoredFile
from register.part import Part
from register.rule_set import AcceptedQualification, Route, Rules
from tests.make import NOW, make_account, make_process

TODAY = date(2027, 3, 10)

RULES = Rules(
    open=True,
    title="Manager",
    registrar_name="The Registrar",
    minimum_age_years=18,
    register_by_months=6,
    qualification_deadline_months=36,
    qualification_reminder_months=(12, 6, 3, 1),
    address_history_years=5,
    employment_gap_days=28,
    draft_kept_days=90,
    draft_reminder_days=14,
    information_due_days=28,
    information_reminder_days=7,
    reference_due_days=14,
    reference_reminder_days=5,
    endorsement_due_days=30,
    endorsement_reminder_days=7,
    status_certificate_days=90,
    portfolio_care_months=24,
    portfolio_care_within_months=60,
    portfolio_supervising_months=12,
    portfolio_valid_months=36,
    representations_days=28,
    representations_reminder_days=7,
    assessment_target_working_days=10,
    restricted_reads_warn=40,
    restricted_reads_lock=80,
    payment_window_working_days=10,
    payment_reminder_days=4,
    refund_alone_pence=10_000,
    period_end_month=11,
    period_end_day=30,
    renewal_opens_month=9,
    renewal_opens_day=1,
    renewal_reminder_days=(60, 30, 14, 7, 3, 1),
    renewal_notice_days=21,
    renewal_notice_least_days=14,
    renewal_release_hours=3,
    renewal_cure_days=14,
    renewal_extension_days=56,
    restoration_practice_after_months=24,
    restoration_practice_hours=100,
    publication_former_months=60,
    publication_order_months=12,
    concern_draft_days=28,
    concern_screen_working_days=1,
    concern_acknowledge_days=14,
    allegation_age_months=60,
    triage_target_days=28,
    investigation_notice_days=14,
    investigation_target_days=343,
    investigation_comment_days=28,
    case_escalation_months=(18, 12, 6),
    examination_target_days=84,
    proposal_answer_days=28,
    proposal_reminder_days=7,
    interim_notice_days=7,
    hearing_notice_days=28,
    review_notice_days=28,
    early_review_answer_days=14,
    hearing_listed_days=7,
    hearing_shown_months=1,
    panel_members=3,
    panel_quorum=2,
    conflict_employer_months=60,
    conflict_area_months=36,
    interim_order_months=18,
    check_in_reminder_days=7,
    interim_review_months=6,
    advice_months=12,
    warning_months=(60, 36, 12),
    conditions_months=36,
    suspension_months=36,
    order_appeal_days=28,
    publication_advice_months=12,
    publication_after_months=12,
    appeal_days=28,
    further_appeal="the High Court",
    restoration_after_order_months=60,
    restoration_retry_months=12,
    restoration_decide_days=84,
    retention_granted_months=72,
    retention_ended_months=120,
    retention_health_months=24,
    retention_equality_months=24,
    retention_fees_months=72,
    retention_enquiries_months=72,
    retention_letters_months=72,
    cpd_records=2,
    cpd_reflections=1,
    cpd_safeguarding=1,
    cpd_leadership=1,
    cpd_carry_over_months=0,
    cpd_joined_months=3,
    cpd_reflection_due_days=28,
    cpd_reflection_reminder_days=7,
    retention_cpd_years=2,
    cpd_sample_per_mille=25,
    cpd_grace_days=21,
    cpd_grace_reminder_days=7,
    standards_version="2026-1",
    declaration_version="2026-1",
)


def make_address(**given):
    plausible = {
        "line_1": "1 High Street",
        "town": "Leeds",
        "postcode": "LS1 1AA",
        "since": date(2010, 5, 1),
    }
    return Address(**plausible | given)


def make_post(**given):
    plausible = {
        "employer": "Harbour Care Ltd",
        "role": "Manager",
        "fte_percent": 100,
        "care": True,
        "supervisory": True,
        "manages": True,
        "since": date(2006, 7, 1),
    }
    return Post(**plausible | given)


def make_qualification(**given):
    plausible = {
        "title": "Level 5 Diploma in Leadership and Management for Residential Childcare (England)",
        "awarding_body": "Pearson",
        "level": 5,
        "country": "England",
        "awarded": True,
        "awarded_on": date(2019, 6, 30),
        "proof": Proof.AWARDING_BODY,
    }
    return HeldQualification(**plausible | given)


async def claim_by_portfolio(session, application, *, beside=(), now=NOW):
    """The one that the rules list, and nothing mapped yet; `beside` stays listed."""
    row = await session.scalar(
        select(AcceptedQualification).where(
            AcceptedQualification.rule_set_id == application.rule_set_id,
            AcceptedQualification.route == Route.PORTFOLIO,
        )
    )
    held = HeldQualification(
        title=row.title,
        accepted_id=row.id,
        awarding_body="",
        country="England",
        awarded=False,
        proof=Proof.PORTFOLIO,
    )
    claim = Qualifications(items=[*beside, held])
    await keep(session, application, SectionName.QUALIFICATIONS, claim, now=now)
    return held


async def map_portfolio(session, application, *, but=(), now=NOW):
    """Every outcome, all of them shown by one document, but those."""
    document = await make_document(
        session,
        application,
        EvidenceKind.WORK_RECORD,
        section=SectionName.PORTFOLIO,
        now=now,
    )
    outcomes = [
        ShownOutcome(code=code, words=f"How I meet {code}", evidence=[document.id])
        for code in OUTCOMES
        if code not in but
    ]
    shown = PortfolioMap(outcomes=outcomes)
    await keep(session, application, SectionName.PORTFOLIO, shown, now=now)
    return document


OUTCOMES = [f"P{n}" for n in range(1, 10)]
"""Those of the rules for managers."""


def make_referee(**given):
    knows = given.get("knows_from", Knows.LATEST_EMPLOYER)
    plausible = {
        "knows_from": knows,
        "name": "Sam Okafor",
        "job": "Responsible individual",
        "organisation": "Harbour Care Ltd",
        "email": f"{knows}@example.org",
        "phone": "+441632960001",
    }
    return Referee(**plausible | given)


def make_identity(**given):
    plausible = {
        "given_names": "Zoë",
        "family_name": "O’Connor-Łuczak",
        "birth_date": date(1985, 2, 28),
        "sex": Sex.FEMALE,
        "nationality": "British",
        "ni_number": "AB123456C",
    }
    return Identity(**plausible | given)


def make_declaration(declaration, **given):
    plausible = dict.fromkeys(questions(declaration), False)
    return declaration(**{"version": "2026-1"} | plausible | given)


def make_health(**given):
    return Health(**{"version": "2026-1", "affects_practice": False} | given)


def make_form(**given):
    plausible = {
        "eligibility": Eligibility(
            in_role=True,
            managing_as=ManagingAs.REGISTERED,
            started_on=date(2027, 1, 4),
            urn="SC123456",
            home_name="Harbour View",
            registered_before=False,
            regulated_elsewhere=False,
        ),
        "identity": make_identity(),
        "contact": Contact(
            line_1="1 High Street",
            town="Leeds",
            postcode="LS1 1AA",
            mobile="+447700900123",
        ),
        "addresses": Addresses(items=[make_address()]),
        "qualifications": Qualifications(items=[make_qualification()]),
        "employment": EmploymentHistory(
            left_education_on=date(2006, 6, 30), items=[make_post()]
        ),
        "skills": Skills(practice_hours=120, learning="A course on attachment"),
        "registrations": OtherRegistrations(registered=False, acted_against=False),
        "dbs": Dbs(
            certificate_number="001234567890",
            issued_on=date(2026, 2, 1),
            enhanced=True,
            child_workforce=True,
            children_barred_list=True,
            update_service=False,
        ),
        "criminal": make_declaration(Criminal),
        "conduct": make_declaration(Conduct),
        "health": make_health(),
        "english": English(shown_by=EnglishShownBy.FIRST_LANGUAGE),
        "references": References(
            items=[make_referee(), make_referee(knows_from=Knows.CHILD_CARE)]
        ),
        "endorsement": Endorser(has_employer=False, none_because=NoEmployer.AGENCY),
        "standards": StandardsDeclared(
            version="2026-1", declared_at=datetime(2027, 3, 9, 12, 0, tzinfo=UTC)
        ),
        "equality": EqualityAsked(answered=False),
    }
    return ApplicationForm(**plausible | given)


def make_evidence(kind=EvidenceKind.PASSPORT, **given):
    return Evidence(**{"section": SectionName.IDENTITY, "kind": kind} | given)


IDENTITY_EVIDENCE = (
    EvidenceKind.PASSPORT,
    EvidenceKind.UTILITY_BILL,
    EvidenceKind.PHOTOGRAPH,
)


def make_filled(
    *, on=TODAY, part=Part.MANAGER, evidence=None, email="zoe@example.org", **given
):
    kinds = [make_evidence(kind) for kind in IDENTITY_EVIDENCE]
    return Filled(
        form=make_form(**given),
        evidence=kinds if evidence is None else evidence,
        on=on,
        part=part,
        rules=RULES,
        email=email,
    )


async def make_application(session, *, account=None, now=NOW):
    """A draft that has just been begun."""
    account = account or await make_account(session)
    by = make_process(session, now=now, actor=account)
    return await start(session, account, Part.MANAGER, by=by)


async def fill(session, application, form, *, evidence=IDENTITY_EVIDENCE, now=NOW):
    """Save the sections, and documents that have been found clean."""
    for name in application.kind.sections:
        if answers := form.of(name):
            await keep(session, application, name, answers, now=now)
    for kind in evidence:
        await make_document(session, application, kind, now=now)


async def make_document(
    session,
    application,
    kind=EvidenceKind.PASSPORT,
    *,
    section=SectionName.IDENTITY,
    state=FileState.CLEAN,
    now=NOW,
    **more,
):
    held = state is FileState.CLEAN
    stored = StoredFile(
        id=uuid4(),
        owner_id=application.account_id,
        name="scan.pdf",
        media_type=MediaType.PDF,
        size=1,
        sha256=bytes(32),
        state=state,
        stored_as=f"2027-03-10/{uuid4().hex}",
        cleaned_as=f"2027-03-10/{uuid4().hex}" if held else None,
        created_at=now,
        settled_at=None if state is FileState.QUARANTINED else now,
    )
    session.add(stored)
    await session.flush()
    evidence = Evidence(
        id=uuid4(),
        application_id=application.id,
        section=section,
        kind=kind,
        file_id=stored.id,
        added_at=now,
        **more,
    )
    session.add(evidence)
    await session.flush()
    return evidence


async def make_sent_application(session, *, account=None, form=None, now=NOW):
    """One that the applicant has sent."""
    application = await make_application(session, account=account, now=now)
    await fill(session, application, form or make_form(), now=now)
    await submit(session, application, by=make_process(session, now=now))
    return application
