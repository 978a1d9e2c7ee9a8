"""Whether somebody whom a panel removed comes back: proposed by an officer, heard and decided by a panel, and done."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fees.payment import close_unpaid
from fitness.case import (
    Case,
    ClosedBecause,
    OnlyRestoration,
    Stage,
    join,
    open_about,
)
from fitness.due import DueKind, due
from fitness.fence import Capacity, look_as
from fitness.hearing.decision import Draft, Made, NothingToCover, NotTheirs
from fitness.hearing.hearing import NothingToHear, hearings_of
from fitness.hearing.kind import HearingState, Kind, Outcome
from fitness.hearing.member import panel_of
from fitness.hearing.restoring import close_withdrawn_restorations, open_restorations
from fitness.investigation.served import ServiceKind, services_of
from fitness.order import (
    Measure,
    bring_orders_into_force,
    orders_of,
    reach_new_entries,
)
from register.appeal import AppealKind, kinds_open, refusal_of
from register.appeal.decision import took_part
from register.appeal.reversing import (
    ReversalReason,
    TakenByAPanel,
    propose_reversal,
)
from register.application import ApplicationState, withdraw
from register.application.returning import NotBefore
from register.assessment import HoldReason, hold
from register.assessment.deciding import removed_by_order
from register.assessment.panel import NotShownToBeMet, ToBeSettledFirst
from register.entry import Entry, RemovalReason, Status
from register.kit.clock import day_of, months_after, start_of
from register.kit.post import Message
from register.matching import open_hits
from register.part import Part
from register.proposal import ProposalKind, ProposalState
from register.rule_set import RuleSet
from tests.fitness.finding import make_told
from tests.fitness.investigating import act, make_case
from tests.fitness.ordering import leaving_proposed, make_heard, make_order
from tests.fitness.sitting import apply, list_one, make_listed, refer, start
from tests.fitness.sitting import decide as panel_decides
from tests.make import NOW, make_account, make_entry, make_person, make_process
from tests.register.assessing import make_office, proposed_refusal
from tests.register.test_restoration import begin, former, proposed, sent

DAY = timedelta(days=1)
RESTORED = Draft(Outcome.RESTORED, "They have shown that they may come back.")
CONDITIONED = Draft(
    Outcome.RESTORED,
    "They have shown it, with somebody beside them.",
    order=Made(Measure.CONDITIONS, 12, "Work with another."),
)
REFUSED = Draft(Outcome.RESTORATION_REFUSED, "They see nothing wrong in it.")
SENT_BACK = Draft(Outcome.SENT_BACK, "Nobody has asked the last employer.")


@pytest.fixture
async def two_years(session):
    """Rules by which somebody may ask two years after a removal by order."""
    latest, *_ = await RuleSet.versions(session, Part.MANAGER)
    rules = msgspec.structs.replace(latest.rules, restoration_after_order_months=24)
    terms = msgspec.structs.replace(latest.terms, rules=rules)
    await RuleSet.publish(session, Part.MANAGER, terms, on=NOW.date() - 60 * DAY)
    await session.flush()


@pytest.fixture
async def removed(session, two_years):
    """The account of somebody removed by order who asks to come back, their entry and their application, all of it met."""
    return await asks(session)


async def asks(session, *, checked=True):
    office = await make_office(session)
    account, entry = await former(session, RemovalReason.ORDER)
    application = await sent(session, account, office.caseworker, checked=checked)
    for hit in await open_hits(session, entry.person_id):
        hit.dismiss(because="May come back", by=make_process(session))
    return account, entry, application, office


async def opened(session):
    """By the job, as often as it runs."""
    for _ in range(2):
        await open_restorations(session, NOW)
    await look_as(session, Capacity.SERVICE)
    found = await session.scalars(
        select(Case)
        .where(Case.proposal_id.is_not(None))
        .options(joinedload(Case.rule_set), joinedload(Case.person))
        .order_by(Case.opened_at)
        .execution_options(populate_existing=True)
    )
    return found.all()


async def heard(session, case, draft):
    """Listed, told of, begun and decided."""
    _, hearing = await make_listed(session, Kind.RESTORATION, case=case)
    await start(session, case, hearing)
    await panel_decides(session, case, hearing, draft)
    return hearing


async def test_a_case_is_opened_for_each_proposal_once_and_is_before_a_panel(
    session, removed
):
    _, entry, application, office = removed
    proposal = await proposed(session, application, office.caseworker)

    (case,) = await opened(session)

    assert (case.proposal_id, case.stage) == (proposal.id, Stage.HEARING)
    assert case.person_id == entry.person_id
    assert case.told_at


async def test_restored_they_pay_and_are_registered(session, removed):
    _, entry, application, office = removed
    await proposed(session, application, office.caseworker)
    (case,) = await opened(session)

    hearing = await heard(session, case, RESTORED)

    assert application.state is ApplicationState.APPROVED
    assert case.because is ClosedBecause.RESTORED
    at = hearing.starts_at + DAY
    await application.paid(session, at=at, by=make_process(session, now=at))
    await session.flush()
    entry = await Entry.load(session, entry.id)
    assert entry.status_at(at) is Status.REGISTERED
    assert entry.status_at(NOW) is Status.REMOVED_BY_ORDER
    (notice,) = await services_of(session, case.id, kind=ServiceKind.DECISION)
    assert "# What it decided\nRestored to the register" in notice.filled.words


async def test_an_order_of_conditions_stands_in_the_entry_from_its_first_moment(
    session, removed
):
    _, entry, application, office = removed
    await proposed(session, application, office.caseworker)
    (case,) = await opened(session)

    hearing = await heard(session, case, CONDITIONED)
    await bring_orders_into_force(session, hearing.starts_at + DAY)
    (made,) = await orders_of(session, case.id)
    assert made.in_force_at is None
    at = hearing.starts_at + 10 * DAY
    await application.paid(session, at=at, by=make_process(session, now=at))
    await session.flush()

    assert case.stage is Stage.MONITORING
    entry = await Entry.load(session, entry.id)
    (order,) = entry.orders
    assert order.starts == max(one.starts for one in entry.registrations)
    assert made.last_day == months_after(day_of(order.starts), 12) - DAY
    assert any(hold.holds(at) for hold in entry.holds)


async def test_an_order_that_came_with_it_is_reviewed_like_any_other(session, removed):
    _, _, application, office = removed
    await proposed(session, application, office.caseworker)
    (case,) = await opened(session)
    hearing = await heard(session, case, CONDITIONED)
    at = hearing.starts_at + DAY
    await application.paid(session, at=at, by=make_process(session, now=at))
    await session.flush()
    (order,) = await orders_of(session, case.id)

    later = {"now": at + DAY, "starts_at": at + 90 * DAY}
    assert await list_one(session, case, Kind.ORDER_REVIEW, order=order, **later)


async def test_whoever_does_not_pay_has_no_order_and_the_case_is_over(session, removed):
    _, _, application, office = removed
    await proposed(session, application, office.caseworker)
    (case,) = await opened(session)
    hearing = await heard(session, case, CONDITIONED)
    late = hearing.starts_at + 60 * DAY
    await close_withdrawn_restorations(session, late)
    await session.refresh(case)
    assert case.open_now

    await close_unpaid(session, late)
    await session.flush()
    await close_withdrawn_restorations(session, late)

    await session.refresh(case)
    (order,) = await orders_of(session, case.id)
    assert case.because is ClosedBecause.WITHDRAWN
    assert (order.in_force_at, order.standing) == (None, False)


async def test_a_removal_reaches_nothing_of_somebody_whom_a_panel_has_let_back(
    session, two_years
):
    then = NOW - 900 * DAY
    office = await make_office(session)
    person = await make_person(session)
    account = await make_account(session, person=person)
    entry = await make_entry(session, person=person, on=then - 30 * DAY)
    earlier = await make_heard(session, person=person, now=then)
    await make_order(session, earlier, Measure.REMOVAL, now=then)
    assert entry.status_at(NOW) is Status.REMOVED_BY_ORDER
    application = await sent(session, account, office.caseworker)
    for hit in await open_hits(session, person.id):
        hit.dismiss(because="May come back", by=make_process(session))
    await proposed(session, application, office.caseworker)
    (case,) = await opened(session)

    hearing = await heard(session, case, RESTORED)
    at = hearing.starts_at + DAY
    await application.paid(session, at=at, by=make_process(session, now=at))
    other = await make_entry(session, person=person, part=Part.DEPUTY, on=at)
    await reach_new_entries(session, at + DAY)

    for one in (entry, other):
        found = await Entry.load(session, one.id)
        assert found.status_at(at + DAY) is Status.REGISTERED


async def test_whoever_is_back_in_one_part_asks_for_another_without_a_panel(
    session, two_years
):
    then = NOW - 900 * DAY
    office = await make_office(session)
    person = await make_person(session)
    account = await make_account(session, person=person)
    for part in (Part.MANAGER, Part.DEPUTY):
        await make_entry(session, person=person, part=part, on=then - 30 * DAY)
    earlier = await make_heard(session, person=person, now=then)
    await make_order(session, earlier, Measure.REMOVAL, now=then)
    application = await sent(session, account, office.caseworker)
    assert await removed_by_order(session, application, at=NOW)
    for hit in await open_hits(session, person.id):
        hit.dismiss(because="May come back", by=make_process(session))
    await proposed(session, application, office.caseworker)
    (case,) = await opened(session)
    hearing = await heard(session, case, RESTORED)
    back = hearing.starts_at + DAY
    assert await removed_by_order(session, application, at=back)
    await application.paid(session, at=back, by=make_process(session, now=back))
    await session.flush()

    assert not await removed_by_order(session, application, at=back)

    again = await make_heard(session, person=person, now=back + DAY)
    await make_order(session, again, Measure.REMOVAL, now=back + DAY)
    assert await removed_by_order(session, application, at=back + DAY)


@pytest.mark.parametrize("draft", [RESTORED, REFUSED, SENT_BACK])
async def test_nothing_is_decided_while_it_is_on_hold_and_nobody_learns_why(
    session, removed, draft
):
    _, _, application, office = removed
    await proposed(session, application, office.caseworker)
    (case,) = await opened(session)
    await hold(
        session,
        application,
        because=HoldReason.POLICE,
        words="They asked us to wait.",
        officer=office.registrar,
        by=make_process(session, actor=office.registrar),
    )
    await session.flush()

    with pytest.raises(ToBeSettledFirst):
        await heard(session, case, draft)


async def test_what_a_panel_refused_is_appealed_against_and_none_of_it_decides_that(
    session, removed
):
    _, _, application, office = removed
    await proposed(session, application, office.caseworker)
    (case,) = await opened(session)
    hearing = await heard(session, case, REFUSED)
    panel = {one.account_id for one in await panel_of(session, hearing)}

    decision = await refusal_of(session, application)

    assert await kinds_open(session, decision) == (AppealKind.APPEAL,)
    assert panel <= await took_part(session, decision.id, application)
    with pytest.raises(TakenByAPanel):
        await propose_reversal(
            session,
            application,
            because=ReversalReason.ERROR_OF_FACT,
            words="We read the wrong certificate",
            proposer=office.registrar,
            by=make_process(session, actor=office.registrar),
        )


async def test_it_is_due_until_its_hearing_is_listed(session, removed):
    _, _, application, office = removed
    await proposed(session, application, office.caseworker)
    (case,) = await opened(session)
    until = day_of(case.opened_at) + 84 * DAY

    async def due_by(today):
        found = await due(session, office.manager, today=today)
        return [(one.kind, one.on) for one in found if one.reference == case.reference]

    assert await due_by(until - 8 * DAY) == []
    assert await due_by(until - 7 * DAY) == [(DueKind.RESTORATION, until)]
    await list_one(session, case, Kind.RESTORATION)
    assert await due_by(until) == []


async def test_refused_they_may_appeal_and_ask_again_after_a_year(session, two_years):
    account, _, application, office = await asks(session, checked=False)
    await proposed_refusal(session, application, office.caseworker)
    (case,) = await opened(session)

    hearing = await heard(session, case, REFUSED)

    assert application.state is ApplicationState.REFUSED
    assert case.because is ClosedBecause.RESTORATION_REFUSED
    assert await refusal_of(session, application)
    day = hearing.first_on.replace(year=hearing.first_on.year + 1)
    with pytest.raises(NotBefore):
        await begin(session, account, now=start_of(day - DAY))
    assert await begin(session, account, now=start_of(day))


async def test_a_panel_refuses_though_the_officer_proposed_to_restore(session, removed):
    _, _, application, office = removed
    proposal = await proposed(session, application, office.caseworker)
    (case,) = await opened(session)

    await heard(session, case, REFUSED)

    assert application.state is ApplicationState.REFUSED
    assert proposal.state is ProposalState.RETURNED
    assert await refusal_of(session, application)
    letters = await session.scalars(
        select(Message.letter).where(Message.application_id == application.id)
    )
    assert "application_refused_by_panel" in letters.all()


async def test_what_is_not_met_is_refused_or_sent_back(session, two_years):
    _, _, application, office = await asks(session, checked=False)
    proposal = await proposed_refusal(session, application, office.caseworker)
    assert proposal.kind is ProposalKind.REFUSE_AFTER_ORDER
    (case,) = await opened(session)

    with pytest.raises(NotShownToBeMet):
        await heard(session, case, RESTORED)


async def test_sent_back_it_is_assessed_again_and_heard_in_another_case(
    session, removed
):
    _, _, application, office = removed
    await proposed(session, application, office.caseworker)
    (case,) = await opened(session)

    await heard(session, case, SENT_BACK)

    assert application.state is ApplicationState.UNDER_ASSESSMENT
    assert case.because is ClosedBecause.SENT_BACK
    await proposed(session, application, office.caseworker, now=NOW + 60 * DAY)
    assert len(await opened(session)) == 2


async def test_what_the_registrar_has_to_settle_comes_first(session, two_years):
    office = await make_office(session)
    account, _ = await former(session, RemovalReason.ORDER)
    application = await sent(session, account, office.caseworker)
    await proposed(session, application, office.caseworker)
    (case,) = await opened(session)

    with pytest.raises(ToBeSettledFirst):
        await heard(session, case, RESTORED)


async def test_whoever_asks_no_more_is_not_heard(session, removed):
    account, _, application, office = removed
    await proposed(session, application, office.caseworker)
    (case,) = await opened(session)
    await close_withdrawn_restorations(session, NOW)
    assert case.open_now

    await withdraw(session, application, by=make_process(session, actor=account))
    await session.flush()
    await close_withdrawn_restorations(session, NOW)

    await session.refresh(case)
    assert case.because is ClosedBecause.WITHDRAWN


async def test_nothing_else_is_heard_in_it_and_it_is_heard_nowhere_else(
    session, removed
):
    _, _, application, office = removed
    await proposed(session, application, office.caseworker)
    (case,) = await opened(session)
    other, _ = await make_told(session)
    refer(session, other)

    with pytest.raises(NothingToHear):
        await list_one(session, case, Kind.FINAL)
    with pytest.raises(NothingToHear):
        await list_one(session, other, Kind.RESTORATION)

    await heard(session, case, SENT_BACK)
    (hearing,) = await hearings_of(session, case.id)
    assert hearing.state is HearingState.DECIDED


async def test_nothing_else_is_done_in_it(session, removed):
    _, _, application, office = removed
    await proposed(session, application, office.caseworker)
    (case,) = await opened(session)
    other = await make_case(session, person=case.person)
    by = act(session)

    with pytest.raises(OnlyRestoration):
        await apply(session, case)
    with pytest.raises(OnlyRestoration):
        await leaving_proposed(session, case)
    for one, into in ((case, other), (other, case)):
        with pytest.raises(OnlyRestoration):
            await join(session, one, into, words="Both are about them.", by=by)
    assert case not in await open_about(session, case.person_id, office.manager)


@pytest.mark.parametrize(
    ("draft", "refusal"),
    [
        (
            Draft(
                Outcome.RESTORED,
                "So",
                order=Made(Measure.SUSPENSION, 12),
            ),
            NotTheirs,
        ),
        (
            Draft(
                Outcome.RESTORED,
                "So",
                order=Made(Measure.CONDITIONS, 12, "Work with another."),
                cover=Made(Measure.INTERIM_SUSPENSION, 12),
            ),
            NothingToCover,
        ),
    ],
)
async def test_only_an_order_of_conditions_comes_with_it(
    session, removed, draft, refusal
):
    _, _, application, office = removed
    await proposed(session, application, office.caseworker)
    (case,) = await opened(session)

    with pytest.raises(refusal):
        await heard(session, case, draft)
