"""The demo shows every state that the register knows."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload

from fees.payment import Overpayment, Payment, PaymentState, Receipt
from register.account import RoleGrant, StaffRole
from register.application import Application, ApplicationKind, ApplicationState
from register.application.section import sent_form_of
from register.assessment import Outcome, PortfolioSignOff, Scrutiny, SectionCheck
from register.certificate import Certificate
from register.entry import (
    ConditionKind,
    Entry,
    EntryProjection,
    LapseReason,
    OrderKind,
    RemovalReason,
    Status,
    WarningKind,
)
from register.entry.facts import KINDS, Condition, Lapse, Order, Removal, WarningFact
from register.kit.clock import start_of
from register.kit.post import Message, MessageState
from register.matching import Match, MatchState, WatchHit, WatchItem, WatchKind
from register.notice import Notice
from register.part import Part
from register.person import Person
from register.proposal import Proposal, ProposalKind, ProposalState
from register.qualification import Qualification
from register.renewal import (
    DeclarationReview,
    Renewal,
    RenewalDeclaration,
    RenewalState,
)
from register.renewal.twin import state_at
from register.request import Outcome as Ended
from register.request import Request
from register.rule_set import RuleSet, Verdict
from tests.register.demo.conftest import ON, REGISTRANTS

MORNING = start_of(ON)
PUBLISHED = EntryProjection.published


async def values(session, column, *where):
    return set(await session.scalars(select(column).where(*where)))


@pytest.mark.parametrize(
    ("column", "all_of"),
    [
        (Application.state, ApplicationState),
        (Payment.state, PaymentState),
        (EntryProjection.status, Status),
        (Lapse.because, LapseReason),
        (Removal.because, RemovalReason),
        (Order.kind, OrderKind),
        (Condition.kind, ConditionKind),
        (WarningFact.kind, WarningKind),
        (SectionCheck.outcome, Outcome),
        (Proposal.state, ProposalState),
        (RoleGrant.role, StaffRole),
        (WatchItem.kind, WatchKind),
    ],
    ids=str,
)
async def test_every_value_occurs(session, column, all_of):
    assert await values(session, column) == set(all_of)


async def test_every_status_is_seen_by_the_public(session):
    assert await values(session, EntryProjection.status, PUBLISHED) == set(Status)


async def test_as_many_people_are_registrants_as_were_asked_for(session):
    numbered = select(func.count()).where(Person.number.is_not(None))

    assert await session.scalar(numbered) == REGISTRANTS


@pytest.mark.parametrize(
    "hidden",
    [Person.withheld, Person.deceased_on.is_not(None), Person.merged_into.is_not(None)],
    ids=["withheld", "deceased", "merged"],
)
async def test_some_entries_are_hidden_for_what_became_of_the_person(session, hidden):
    theirs = select(EntryProjection.published).join(
        Person, Person.id == EntryProjection.person_id
    )

    assert set(await session.scalars(theirs.where(hidden))) == {False}


async def test_the_publication_of_some_is_over(session):
    over = {Status.LAPSED}

    assert over <= await values(session, EntryProjection.status, ~PUBLISHED)


async def test_some_have_an_earlier_period(session):
    periods = await session.scalars(
        select(EntryProjection.previous_periods).where(
            PUBLISHED, EntryProjection.status == Status.REGISTERED
        )
    )

    assert any(periods.all())


async def test_some_wait_for_their_renewal_to_be_processed(session):
    waiting = exists().where(
        EntryProjection.status == Status.REGISTERED,
        EntryProjection.registered_until < ON,
    )

    assert await session.scalar(select(waiting))


async def test_some_orders_are_over_and_some_are_to_come(session):
    over = exists().where(func.upper(Order.valid) <= MORNING)
    to_come = exists().where(func.lower(Order.valid) > MORNING)

    assert await session.scalar(select(over & to_come))


async def test_some_facts_were_ended_corrected_and_taken_back(session):
    kept = {
        kind.__tablename__
        for kind in KINDS.values()
        if await session.scalar(select(exists(select(kind.id))))
    }

    assert {"registration_superseded", "condition_superseded"} <= kept
    assert "warning_superseded" in kept


async def test_a_hold_shows_in_the_status_of_some_and_not_of_others(session):
    held = select(EntryProjection.status).join(
        Entry, Entry.id == EntryProjection.entry_id
    )
    held = held.where(Entry.holds.any())

    assert set(await session.scalars(held)) == {Status.HELD, Status.REGISTERED}


async def test_qualifications_are_full_partial_and_still_to_come(session):
    assert await values(session, Qualification.verdict) >= {
        Verdict.FULL,
        Verdict.PARTIAL,
        None,
    }


async def test_requests_are_answered_given_up_and_open_in_time_and_beyond_it(session):
    assert await values(session, Request.outcome) == {*Ended, None}
    due = await values(session, Request.due_on, Request.outcome.is_(None))
    assert min(due) < ON <= max(due)


async def test_letters_arrived_and_some_did_not(session):
    states = await values(session, Message.state)

    assert states >= {MessageState.DELIVERED, MessageState.FAILED}


async def test_letters_of_the_last_days_are_still_to_be_sent_and_older_ones_are_not(
    session,
):
    recent = MORNING - timedelta(days=3)
    late = await values(session, Message.state, Message.created_at < recent)

    assert MessageState.QUEUED not in late


async def test_a_fee_was_paid_twice(session):
    assert await session.scalar(select(exists(select(Overpayment.payment_id))))


async def test_some_certificates_were_issued(session):
    assert await session.scalar(select(func.count(Certificate.id))) >= 2


async def test_every_application_that_was_granted_was_paid_for_and_entered(session):
    granted = select(Application.person_id).where(
        Application.state == ApplicationState.GRANTED
    )
    held_back = select(Application.person_id).where(
        Application.state == ApplicationState.PAID
    )
    paid = select(Application.person_id).join(
        Receipt, Receipt.application_id == Application.id
    )
    entered = select(Entry.person_id).where(Entry.part == Part.MANAGER)

    people = set(await session.scalars(granted))
    assert people | set(await session.scalars(held_back)) == set(
        await session.scalars(paid)
    )
    assert people <= set(await session.scalars(entered))


async def test_some_wait_to_come_back_and_some_have_come_back(session):
    restorations = select(Application.state).where(
        Application.kind == ApplicationKind.RESTORATION
    )

    states = set(await session.scalars(restorations))

    assert states >= {ApplicationState.UNDER_ASSESSMENT, ApplicationState.GRANTED}


async def test_there_are_matches_to_settle_and_one_that_was(session):
    states = list(await session.scalars(select(Match.state)))

    assert states.count(MatchState.OPEN) >= 2
    assert MatchState.TOLD_APART in states


async def test_there_is_somebody_to_look_into_and_somebody_who_was_taken_off(session):
    ended = await values(session, WatchItem.id, WatchItem.ended_at.is_not(None))
    waiting = await values(session, WatchHit.id, WatchHit.dismissed_at.is_(None))

    assert len(ended) == 1
    assert waiting


async def test_one_of_two_assessors_has_signed_a_portfolio_that_waits_for_the_other(
    session,
):
    signed = await session.scalars(select(PortfolioSignOff.application_id))
    (application_id,) = signed.all()

    application = await session.get_one(Application, application_id)
    assert application.state is ApplicationState.UNDER_ASSESSMENT
    form = await sent_form_of(session, application_id)
    assert all(shown.words and shown.evidence for shown in form.portfolio.outcomes)


async def test_a_scrutiny_waits_for_a_second_person(session):
    waiting = select(Proposal.id).where(
        Proposal.kind == ProposalKind.CONFIRM_VERDICT, Proposal.waiting
    )

    assert (await session.scalars(waiting)).all()
    assert (await session.scalars(select(Scrutiny.verdict))).all()


async def test_a_registrant_has_time_to_answer_a_notice_of_removal(session):
    notice = await session.scalar(
        select(Notice)
        .where(Notice.entry_id.is_not(None), Notice.open)
        .options(joinedload(Notice.request))
    )

    assert notice.request.open
    assert notice.respond_by > ON


async def test_renewals_of_the_last_period_are_finished_missed_and_too_late(session):
    rows = await session.execute(
        select(state_at(MORNING, ON)).join_from(
            Renewal, RuleSet, Renewal.rule_set_id == RuleSet.id
        )
    )
    states = Counter(rows.scalars())

    assert states[RenewalState.RENEWED] > 10
    assert states[RenewalState.TOO_LATE]
    assert not states[RenewalState.OPEN]


async def test_some_said_yes_and_one_of_them_is_settled(session):
    declared = await session.scalar(select(func.count(RenewalDeclaration.id)))
    settled = await session.scalar(select(func.count(DeclarationReview.declaration_id)))

    assert (declared, settled) == (3, 1)
