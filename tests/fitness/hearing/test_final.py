"""Final hearings: facts, ground, impairment and sanction, one after the other, and what becomes of case and order."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from fitness.case import ClosedBecause, NotNow, Stage
from fitness.fence import Capacity, look_as
from fitness.hearing.decision import (
    AgainstTheFacts,
    Draft,
    Made,
    NoOrderThen,
    NotAnOutcome,
    NotFoundYet,
    NothingToCover,
    decision_of,
    sign,
)
from fitness.hearing.finding import (
    Facts,
    FactsFirst,
    Finding,
    Found,
    NoFindings,
    NotAlleged,
    find,
    find_ground,
)
from fitness.hearing.hearing import NothingToHear
from fitness.hearing.kind import Kind, Outcome, Seat
from fitness.hearing.member import NotMixed, panel_of
from fitness.hearing.notice import NotToldInTime, services_for
from fitness.hearing.outcome import ServedAlready, serve_decision
from fitness.hearing.sitting import MayNotChair, empanel
from fitness.investigation.allegation import Ground
from fitness.investigation.served import ServiceKind
from fitness.leaving import Decision, open_leaving
from fitness.order import (
    Ended,
    Measure,
    NotTheirs,
    WordsNeeded,
    bring_orders_into_force,
)
from fitness.panel import Side
from register.account import Account, StaffRole
from register.entry import Status
from register.kit.clock import end_of, start_of
from register.kit.post import Message
from register.notice import CannotBeServed
from tests.fitness.finding import STRUCK, draw, make_told, went_astray
from tests.fitness.investigating import act
from tests.fitness.ordering import leaving_proposed
from tests.fitness.sitting import (
    CONDITIONS,
    DAY,
    HOUR,
    IN_TIME,
    SUSPENDED,
    decide,
    draw_up,
    entry_of,
    find_all,
    list_one,
    make_begun,
    make_decider,
    make_final,
    make_hearing,
    make_listed,
    make_panel,
    make_referred,
    orders_in,
    refer,
    sign_all,
    start,
    tell,
)
from tests.fitness.test_progress import taken
from tests.make import NOW, make_account, make_address

DECIDED_AT = IN_TIME + 2 * HOUR
REMOVED = Draft(
    Outcome.IMPAIRED, "Nothing less protects children.", order=Made(Measure.REMOVAL)
)
COVERED = replace(REMOVED, cover=Made(Measure.INTERIM_SUSPENSION, 18))
NO_ORDER = Draft(Outcome.NO_ORDER, "There is no risk.")
NOT_PROVED = Draft(Outcome.NOT_PROVED, "We did not believe it.")
NOT_IMPAIRED = Draft(Outcome.NOT_IMPAIRED, "It will not happen again.")


# Who hears it


async def test_a_case_is_heard_once_it_is_referred(session):
    case, _ = await make_told(session)

    with pytest.raises(NotNow):
        await list_one(session, case, Kind.FINAL)


@pytest.mark.parametrize(
    ("heard_on", "in_time"), [(date(2027, 4, 8), False), (date(2027, 4, 9), True)]
)
async def test_a_final_hearing_has_twenty_eight_days_of_notice(
    session, heard_on, in_time
):
    """By e-mail on 10 March it counts as served on the 11th: the days are over with 8 April."""
    case = await make_referred(session)
    hearing = await make_hearing(
        session, case, Kind.FINAL, starts_at=start_of(heard_on) + 10 * HOUR
    )

    if in_time:
        assert await tell(session, case, hearing)
    else:
        with pytest.raises(NotToldInTime):
            await tell(session, case, hearing)


async def test_a_final_panel_has_a_lay_chair(session):
    case = await make_referred(session)
    hearing = await make_hearing(session, case, Kind.FINAL)
    peer = await make_decider(session, Side.REGISTRANT)
    learner = await make_decider(session, Side.LAY, may_chair=False)

    for account in (peer, learner):
        with pytest.raises(MayNotChair):
            await empanel(session, case, hearing, account, Seat.CHAIR, by=act(session))


async def test_a_final_panel_has_lay_and_registrant_members(session):
    case = await make_referred(session)
    hearing = await make_hearing(session, case, Kind.FINAL)
    for seat in (Seat.CHAIR, Seat.MEMBER):
        account = await make_decider(session, Side.LAY)
        await empanel(session, case, hearing, account, seat, by=act(session))

    with pytest.raises(NotMixed):
        await start(session, case, hearing)
    peer = await make_decider(session, Side.REGISTRANT)
    await empanel(session, case, hearing, peer, Seat.MEMBER, by=act(session))
    await start(session, case, hearing)


# Facts, and grounds


async def test_every_particular_has_a_finding_of_its_own(session):
    case = await make_referred(
        session, particulars=[STRUCK, replace(STRUCK, words="You shouted.")]
    )
    _, hearing = await make_final(session, case=case, found=None)
    facts = await Facts.of(session, hearing)
    first, second = facts.allegations[0].current.particulars
    by = act(session, now=IN_TIME)

    await find(
        session, case, hearing, first, found=Found.ADMITTED, words="As said", by=by
    )
    with pytest.raises(NotFoundYet):
        await draw_up(session, case, hearing, NOT_PROVED)
    await find(
        session, case, hearing, second, found=Found.NO_CASE, words="Nobody", by=by
    )

    facts = await Facts.of(session, hearing)
    assert facts.finding(first).found is Found.ADMITTED
    assert facts.finding(second).found is Found.NO_CASE
    assert facts.finding(second).text.words == "Nobody"


async def test_a_finding_is_changed_until_it_is_signed(session):
    case, hearing = await make_final(session)
    await draw_up(session, case, hearing, CONDITIONS)
    chair, *_ = await panel_of(session, hearing)
    by = act(session, now=DECIDED_AT)
    await sign(session, case, hearing, chair.account_id, by=by)

    await find_all(session, case, hearing, Found.NOT_PROVED)

    assert chair.signed_at is None
    with pytest.raises(AgainstTheFacts):
        await sign(session, case, hearing, chair.account_id, by=by)


async def test_a_ground_needs_facts_and_must_have_been_alleged(session):
    case, hearing = await make_final(session, found=None)
    facts = await Facts.of(session, hearing)
    (allegation,) = facts.allegations
    by = act(session, now=IN_TIME)

    with pytest.raises(FactsFirst):
        await find_ground(
            session, case, hearing, allegation, grounds=[], words="None", by=by
        )
    await find_all(session, case, hearing)
    with pytest.raises(NotAlleged):
        await find_ground(
            session,
            case,
            hearing,
            allegation,
            grounds=[Ground.HEALTH],
            words="Ill",
            by=by,
        )


async def test_an_interim_panel_finds_no_facts(session):
    case, _ = await make_told(session)
    await draw(session, case)
    _, hearing = await make_listed(session, case=case)
    await start(session, case, hearing)
    facts = await Facts.of(session, hearing)
    (particular,) = facts.allegations[0].current.particulars

    with pytest.raises(NoFindings):
        await find(
            session,
            case,
            hearing,
            particular,
            found=Found.PROVED,
            words="So",
            by=act(session),
        )


@pytest.mark.parametrize(
    ("found", "grounds", "draft", "follows"),
    [
        (Found.PROVED, None, NOT_PROVED, False),
        (Found.ADMITTED, None, NOT_IMPAIRED, True),
        (Found.PROVED, None, CONDITIONS, True),
        (Found.PROVED, [], CONDITIONS, False),
        (Found.PROVED, [], NOT_IMPAIRED, True),
        (Found.NOT_PROVED, None, NOT_IMPAIRED, False),
        (Found.NO_CASE, None, CONDITIONS, False),
        (Found.NO_CASE, None, NOT_PROVED, True),
    ],
)
async def test_a_decision_follows_from_the_facts(
    session, found, grounds, draft, follows
):
    case, hearing = await make_final(session, found=found, grounds=grounds)

    if follows:
        assert await draw_up(session, case, hearing, draft)
    else:
        with pytest.raises(AgainstTheFacts):
            await draw_up(session, case, hearing, draft)


@pytest.mark.parametrize(
    ("draft", "refused"),
    [
        (replace(NOT_IMPAIRED, order=Made(Measure.CONDITIONS, 12, "So")), NotTheirs),
        (replace(CONDITIONS, order=Made(Measure.CONDITIONS, 12)), WordsNeeded),
        (
            replace(CONDITIONS, order=Made(Measure.INTERIM_SUSPENSION, 12)),
            NotTheirs,
        ),
        (
            replace(
                CONDITIONS,
                order=Made(Measure.WARNING, 12, "So"),
                cover=Made(Measure.INTERIM_SUSPENSION, 12),
            ),
            NothingToCover,
        ),
        (replace(COVERED, cover=Made(Measure.SUSPENSION, 12)), NotTheirs),
    ],
)
async def test_a_sanction_that_does_not_fit_is_not_drawn_up(session, draft, refused):
    case, hearing = await make_final(session)

    with pytest.raises(refused):
        await draw_up(session, case, hearing, draft)


async def test_nothing_comes_of_what_is_not_proved(session):
    case, hearing = await make_final(session, found=Found.NOT_PROVED)

    with pytest.raises(NoOrderThen):
        await draw_up(
            session,
            case,
            hearing,
            replace(NOT_PROVED, order=Made(Measure.ADVICE, 12, "Mind it")),
        )


# What becomes of the case


@pytest.mark.parametrize(
    ("found", "draft", "because"),
    [
        (Found.NOT_PROVED, NOT_PROVED, ClosedBecause.NOT_PROVED),
        (Found.PROVED, NOT_IMPAIRED, ClosedBecause.NOT_IMPAIRED),
        (
            Found.PROVED,
            Draft(Outcome.IMPAIRED, "They have learnt"),
            ClosedBecause.NO_ACTION,
        ),
    ],
)
async def test_without_an_order_the_case_is_closed(session, found, draft, because):
    case, hearing = await make_final(session, found=found)

    await decide(session, case, hearing, draft)

    assert (case.stage, case.because) == (Stage.CLOSED, because)
    assert case.closed_at == DECIDED_AT
    assert (await services_for(session, hearing))[0].kind is ServiceKind.DECISION


@pytest.mark.parametrize(
    ("found", "draft", "told"),
    [
        (Found.NOT_PROVED, NOT_PROVED, "What was alleged was not proved"),
        (Found.PROVED, NOT_IMPAIRED, "the person is fit to practise"),
        (Found.PROVED, REMOVED, "fitness to practise is impaired"),
    ],
)
async def test_whoever_raised_it_is_told_what_the_panel_found(
    session, found, draft, told
):
    case = await make_referred(session)
    await taken(session, into=case)
    await look_as(session, Capacity.SERVICE)
    _, hearing = await make_final(session, case=case, found=found)

    await decide(session, case, hearing, draft)

    assert any(told in body for body in await told_of_concerns(session))


async def told_of_concerns(session):
    letters = select(Message.body).where(Message.letter == "fitness/about_a_concern")
    return (await session.scalars(letters)).all()


@pytest.mark.parametrize(("draft", "told"), [(SUSPENDED, True), (NO_ORDER, False)])
async def test_whoever_raised_it_is_told_of_an_interim_order(session, draft, told):
    case, hearing = await make_begun(session)
    await taken(session, into=case)
    await look_as(session, Capacity.SERVICE)

    await decide(session, case, hearing, draft)

    bodies = await told_of_concerns(session)
    words = "a panel has restricted what the person may do"
    assert any(words in body for body in bodies) is told


@pytest.mark.parametrize("decision", [Decision.AGREED, Decision.DECLINED])
async def test_whoever_raised_it_is_told_that_the_person_has_left(session, decision):
    case, _ = await make_told(session)
    await taken(session, into=case)
    await look_as(session, Capacity.SERVICE)
    await leaving_proposed(session, case)
    waiting = await open_leaving(session, case)
    registrar = await make_account(session, StaffRole.REGISTRAR)
    by = act(session, registrar)
    await waiting.decide(
        session, case, registrar, decision, investigates=False, words="So.", by=by
    )

    if decision is Decision.AGREED:
        await waiting.carry_out(session, case, by=by)

    bodies = await told_of_concerns(session)
    told = any("The person has left the register" in body for body in bodies)
    assert told is (decision is Decision.AGREED)


async def test_an_interim_order_ends_with_a_case_that_closes(session):
    case, _ = await make_told(session)
    await draw(session, case)
    _, interim = await make_listed(session, case=case)
    await start(session, case, interim)
    await decide(session, case, interim)
    refer(session, case, now=IN_TIME + DAY)
    later = IN_TIME + 40 * DAY
    final = await make_hearing(
        session, case, Kind.FINAL, starts_at=later, now=IN_TIME + DAY
    )
    await make_panel(session, case, final, now=IN_TIME + DAY)
    await start(session, case, final)
    await find_all(session, case, final, Found.NOT_PROVED)

    await decide(session, case, final, NOT_PROVED)

    (order,) = await orders_in(session, case)
    assert (order.because, order.ended_at) == (Ended.OVERTAKEN, final.decided_at)
    entry = await entry_of(session, case)
    assert entry.status_at(final.decided_at) is Status.REGISTERED


async def test_an_order_waits_for_the_time_to_appeal_from_the_day_of_service(session):
    """Decided on 14 April: by e-mail it counts as served on the 15th, and they may appeal until 13 May."""
    case, hearing = await make_final(session)

    await decide(session, case, hearing, CONDITIONS)

    (order,) = await orders_in(session, case)
    assert case.stage is Stage.MONITORING
    assert order.appeal_by == date(2027, 5, 13)
    assert order.starts_at == end_of(date(2027, 5, 13))
    assert order.in_force_at is None
    assert order.last_day == date(2028, 5, 13)


@pytest.mark.parametrize(
    ("decided_at", "served_on", "appeal_by"),
    [
        (datetime(2027, 4, 14, 22, 59, tzinfo=UTC), (4, 15), date(2027, 5, 13)),
        (datetime(2027, 4, 14, 23, 1, tzinfo=UTC), (4, 16), date(2027, 5, 14)),
    ],
)
async def test_a_decision_past_midnight_counts_as_served_a_day_later(
    session, decided_at, served_on, appeal_by
):
    case, hearing = await make_final(session)
    await draw_up(session, case, hearing, CONDITIONS, now=decided_at)

    await sign_all(session, case, hearing, now=decided_at)

    service, *_ = await services_for(session, hearing)
    (order,) = await orders_in(session, case)
    deemed = service.service.deemed_on
    assert hearing.decided_at == decided_at
    assert (deemed.month, deemed.day) == served_on
    assert order.appeal_by == appeal_by


async def test_an_interim_order_covers_the_time_until_a_removal_takes_effect(session):
    case, hearing = await make_final(session)

    await decide(session, case, hearing, COVERED)

    cover, removal = await orders_in(session, case)
    assert cover.measure is Measure.INTERIM_SUSPENSION
    assert cover.in_force_at == DECIDED_AT
    entry = await entry_of(session, case)
    assert entry.status_at(DECIDED_AT) is Status.SUSPENDED
    await bring_orders_into_force(session, removal.starts_at)
    assert (cover.because, cover.ended_at) == (Ended.OVERTAKEN, removal.starts_at)
    assert case.because is ClosedBecause.REMOVED


async def test_no_second_panel_hears_what_is_decided(session):
    case, hearing = await make_final(session)
    await decide(session, case, hearing, CONDITIONS)

    with pytest.raises(NotNow):
        await list_one(session, case, Kind.FINAL, starts_at=IN_TIME + 40 * DAY)


# Serving it


async def no_way_to(session, case):
    account = await session.scalar(
        Account.usable().where(Account.person_id == case.person_id)
    )
    account.disabled_at = NOW
    await session.flush()


async def test_an_order_is_made_only_once_its_decision_is_served(session):
    case, hearing = await make_final(session)
    await no_way_to(session, case)
    decision = await decide(session, case, hearing, CONDITIONS)
    assert decision.waits_to_be_served
    assert not await orders_in(session, case)
    assert case.stage is Stage.HEARING
    by = act(session, now=DECIDED_AT + 5 * DAY)
    with pytest.raises(CannotBeServed):
        await serve_decision(session, case, hearing, decision, by=by)
    with pytest.raises(NothingToHear):
        await list_one(session, case, Kind.FINAL, starts_at=IN_TIME + 40 * DAY)

    await make_address(session, case.person)
    await serve_decision(session, case, hearing, decision, by_post=True, by=by)

    (order,) = await orders_in(session, case)
    assert order.appeal_by == date(2027, 5, 20)
    assert case.stage is Stage.MONITORING
    with pytest.raises(ServedAlready):
        await serve_decision(session, case, hearing, decision, by=by)


async def test_the_time_to_appeal_begins_anew_where_the_decision_came_back(session):
    case, hearing = await make_final(session)
    decision = await decide(session, case, hearing, CONDITIONS)
    service, *_ = await services_for(session, hearing)
    await went_astray(session, service.service)
    await make_address(session, case.person)

    by = act(session, now=DECIDED_AT + 5 * DAY)
    await serve_decision(session, case, hearing, decision, by_post=True, by=by)

    (order,) = await orders_in(session, case)
    assert order.appeal_by == date(2027, 5, 20)
    assert order.starts_at == end_of(date(2027, 5, 20))
    assert order.last_day == date(2028, 5, 20)


async def test_an_order_in_force_is_not_moved_by_a_late_return(session):
    case, hearing = await make_final(session)
    decision = await decide(session, case, hearing, CONDITIONS)
    (order,) = await orders_in(session, case)
    before = order.starts_at
    await bring_orders_into_force(session, before)
    service, *_ = await services_for(session, hearing)
    await went_astray(session, service.service)
    await make_address(session, case.person)

    by = act(session, now=before + 5 * DAY)
    await serve_decision(session, case, hearing, decision, by_post=True, by=by)

    assert order.starts_at == before


async def test_the_database_changes_no_finding_of_a_hearing_that_is_over(session):
    case, hearing = await make_final(session)
    await decide(session, case, hearing, CONDITIONS)

    with pytest.raises(DBAPIError, match="stays as it is"):
        await session.execute(update(Finding).values(found=Found.NOT_PROVED))


async def test_a_decision_keeps_its_words(session):
    case, hearing = await make_final(session)
    await decide(session, case, hearing, CONDITIONS)

    decision = await decision_of(session, hearing)
    (order,) = await orders_in(session, case)
    assert decision.text.words == "They have no insight yet."
    assert decision.wording.words == "Work with another."
    assert decision.order is order


async def test_an_interim_draft_is_no_final_decision(session):
    case, hearing = await make_final(session)

    with pytest.raises(NotAnOutcome):
        await draw_up(session, case, hearing, SUSPENDED)


async def test_no_interim_order_is_made_once_the_case_is_decided(session):
    case = await make_referred(session)
    _, interim = await make_listed(session, case=case)
    await start(session, case, interim)
    await draw_up(session, case, interim)
    final = await make_hearing(session, case, Kind.FINAL)
    await make_panel(session, case, final)
    await start(session, case, final)
    await find_all(session, case, final)
    await decide(session, case, final, CONDITIONS)

    with pytest.raises(NotNow):
        await sign_all(session, case, interim)
