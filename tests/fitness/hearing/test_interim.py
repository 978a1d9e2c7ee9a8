"""Interim orders: applied for, heard by a panel of which the registrant had notice, and in force from that moment."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from fitness.case import NotNow, Place, Stage, members
from fitness.hearing.application import (
    AppliedAlready,
    InterimOrderStands,
    NotInTheLog,
)
from fitness.hearing.decision import (
    Draft,
    Made,
    MeasureNeeded,
    NotAnOutcome,
    NothingDrawnUp,
    NotToSign,
    SignedAlready,
    WhyNecessary,
    sign,
)
from fitness.hearing.hearing import (
    BegunAlready,
    Hearing,
    HearingOver,
    ListedAlready,
    NotBegun,
    NothingToHear,
    PastDay,
)
from fitness.hearing.kind import Attendance, HearingState, Kind, Outcome, Seat
from fitness.hearing.member import (
    HearingMember,
    NoChair,
    NoQuorum,
    ReleasedFor,
    panel_of,
)
from fitness.hearing.notice import (
    NoticeGiven,
    NotItsDay,
    NotTold,
    NotToldInTime,
    NotToldOfTheCase,
    PanelNotTold,
    services_for,
)
from fitness.hearing.sitting import (
    Blocked,
    NotDescribed,
    NotWeighed,
    SeatTaken,
    SitsAlready,
    adjourn,
    empanel,
    release,
    vacate,
)
from fitness.investigation.served import ServiceKind
from fitness.order import Measure, NotATerm, NotTheirs, WordsNeeded
from fitness.panel import Clash, DeclaredInterest, Side
from register.account import Account, StaffRole
from register.entry import Status
from register.kit.clock import day_of, end_of, start_of
from register.proposal import (
    Proposal,
    ProposalEvent,
    ProposalKind,
    ProposalState,
)
from tests.fitness.finding import log, make_told, notice, went_astray
from tests.fitness.investigating import act, close, make_case, make_investigated
from tests.fitness.sitting import (
    DAY,
    HOUR,
    IN_TIME,
    SUSPENDED,
    TODAY,
    apply,
    decide,
    draw_up,
    entry_of,
    list_one,
    make_adviser,
    make_begun,
    make_decider,
    make_hearing,
    make_listed,
    make_panel,
    orders_in,
    refer,
    sign_all,
    start,
    tell,
)
from tests.make import NOW, make_address, make_employment, make_entry, make_home

INSTANT = timedelta(microseconds=1)


async def make_panelled(session, **more):
    case, _ = await make_told(session)
    hearing = await make_hearing(session, case, **more)
    await make_panel(session, case, hearing)
    return case, hearing


# What is applied for


async def test_an_interim_order_is_applied_for_with_evidence_of_the_log(session):
    case, _ = await make_told(session)
    await log(session, case)
    await log(session, case)

    application = await apply(session, case, evidence=["E2", "E1"])

    assert application.evidence == ["E1", "E2"]
    with pytest.raises(AppliedAlready):
        await apply(session, case)


async def test_evidence_that_is_not_in_the_log_is_not_applied_with(session):
    case, _ = await make_told(session)

    with pytest.raises(NotInTheLog):
        await apply(session, case, evidence=["E1"])


async def test_nobody_is_heard_before_somebody_applied(session):
    case, _ = await make_told(session)

    with pytest.raises(NothingToHear):
        await list_one(session, case)
    with pytest.raises(NothingToHear):
        await list_one(session, case, Kind.INTERIM_REVIEW)
    hearing = await make_hearing(session, case)
    with pytest.raises(ListedAlready):
        await list_one(session, case)
    await vacate(session, case, hearing, "It is not needed", by=act(session))
    with pytest.raises(NothingToHear):
        await list_one(session, case)


async def test_a_hearing_lies_ahead_and_ends_no_earlier_than_it_begins(session):
    case, _ = await make_told(session)
    await apply(session, case)
    for starts_at, last_on in (
        (NOW, TODAY),
        (IN_TIME, IN_TIME.date() - DAY),
    ):
        with pytest.raises(PastDay):
            await list_one(session, case, starts_at=starts_at, last_on=last_on)


async def test_no_interim_order_is_applied_for_at_triage_or_of_a_closed_case(session):
    triaged = await make_case(session)
    closed = await make_investigated(session)
    await close(session, closed, now=NOW + DAY)

    for case in (triaged, closed):
        with pytest.raises(NotNow):
            await apply(session, case)


async def test_while_one_is_in_force_no_other_is_applied_for(session):
    case, hearing = await make_begun(session)
    await decide(session, case, hearing)

    with pytest.raises(InterimOrderStands):
        await apply(session, case)


# Who sits


async def test_nobody_sits_of_whom_we_do_not_know_from_which_side_they_come(session):
    case, _ = await make_told(session)
    hearing = await make_hearing(session, case)
    somebody = await make_decider(session, described=False)

    with pytest.raises(NotDescribed):
        await seat(session, case, hearing, somebody)


async def test_a_panel_has_one_chair_one_adviser_and_no_more_members_than_the_rules_say(
    session,
):
    case, hearing = await make_panelled(session)

    with pytest.raises(SeatTaken):
        await seat(session, case, hearing, await make_decider(session))
    await seat(session, case, hearing, await make_adviser(session), Seat.ADVISER)
    with pytest.raises(SeatTaken):
        await seat(session, case, hearing, await make_adviser(session), Seat.ADVISER)


async def test_nobody_sits_twice_on_a_hearing(session):
    case, hearing = await make_panelled(session)
    (chair, *_) = await panel_of(session, hearing)
    account = await account_of(session, chair)

    with pytest.raises(SitsAlready):
        await seat(session, case, hearing, account)


async def test_who_works_for_the_same_provider_does_not_sit(session):
    case, _ = await make_told(session)
    home = await make_home(session)
    await make_employment(session, case.person, home)
    person = (await make_entry(session)).person
    await make_employment(session, person, home)
    colleague = await make_decider(session, person=person)
    hearing = await make_hearing(session, case)

    with pytest.raises(Blocked) as refused:
        await seat(session, case, hearing, colleague, words="We asked them")

    assert refused.value.found == [Clash.SAME_PROVIDER]


async def test_who_declared_an_interest_in_the_registrant_does_not_sit(session):
    case, _ = await make_told(session)
    friend = await make_decider(session)
    DeclaredInterest.declare(
        session, friend, "A cousin", from_on=TODAY, person=case.person, by=act(session)
    )
    await session.flush()
    hearing = await make_hearing(session, case)

    with pytest.raises(Blocked) as refused:
        await seat(session, case, hearing, friend)

    assert refused.value.found == [Clash.KNOWS_THEM]


async def test_what_was_taken_back_keeps_nobody_from_a_panel(session):
    case, _ = await make_told(session)
    friend = await make_decider(session)
    interest = DeclaredInterest.declare(
        session, friend, "A cousin", from_on=TODAY, person=case.person, by=act(session)
    )
    interest.take_back(by=act(session))
    await session.flush()
    hearing = await make_hearing(session, case)

    assert await seat(session, case, hearing, friend)


async def test_who_has_not_said_that_they_can_come_is_asked_first(session):
    case, _ = await make_told(session)
    hearing = await make_hearing(session, case)
    away = await make_decider(session, free=False)

    with pytest.raises(NotWeighed) as refused:
        await seat(session, case, hearing, away)
    assert refused.value.found == (Clash.NOT_FREE,)

    member = await seat(session, case, hearing, away, words="They can, they rang us")
    assert member.weighed == [Clash.NOT_FREE]
    assert member.text.words == "They can, they rang us"


async def test_who_investigates_the_case_or_is_other_staff_does_not_sit(session):
    case, _ = await make_told(session)
    hearing = await make_hearing(session, case)
    both = await make_decider(
        session, Side.LAY, StaffRole.ADJUDICATOR, StaffRole.CASEWORKER
    )

    with pytest.raises(Blocked) as refused:
        await seat(session, case, hearing, both)

    assert refused.value.found == [Clash.OTHER_STAFF]


async def test_who_sat_on_the_interim_panel_never_hears_the_case_in_the_end(session):
    case, hearing = await make_begun(session)
    (chair, *_) = await panel_of(session, hearing)
    account = await account_of(session, chair)
    await decide(session, case, hearing)
    refer(session, case)
    final = await make_hearing(session, case, Kind.FINAL)

    with pytest.raises(Blocked) as refused:
        await seat(session, case, final, account)

    assert Clash.ANOTHER_PLACE in refused.value.found
    assert Clash.DECIDED_BEFORE in refused.value.found


async def test_who_decided_on_the_same_person_in_another_case_does_not_sit(session):
    case, hearing = await make_begun(session)
    (chair, *_) = await panel_of(session, hearing)
    account = await account_of(session, chair)
    await decide(session, case, hearing)
    second = await make_investigated(session, person=case.person)
    await notice(session, second)
    again = await make_hearing(session, second, starts_at=IN_TIME + DAY)

    with pytest.raises(Blocked) as refused:
        await seat(session, second, again, account)

    assert refused.value.found == [Clash.DECIDED_BEFORE]


async def test_who_decided_an_appeal_of_theirs_against_us_does_not_sit(session):
    case, _ = await make_told(session)
    judge, other = [await make_decider(session, Side.LAY) for _ in range(2)]
    appeal = await Proposal.make(
        session,
        ProposalKind.APPEAL_OUTCOME,
        about="appeal:1",
        person_id=case.person_id,
        data={},
        touched=[],
        proposer=judge,
        by=act(session),
    )
    approved = ProposalState.APPROVED, ProposalEvent.APPROVED
    appeal.decide_as_panel(*approved, other.id, [], by=act(session))
    await session.flush()
    hearing = await make_hearing(session, case)

    for account in (judge, other):
        with pytest.raises(Blocked) as refused:
            await seat(session, case, hearing, account)
        assert refused.value.found == [Clash.DECIDED_BEFORE]


async def test_nobody_sits_in_two_places_on_one_day(session):
    _case, hearing = await make_panelled(session)
    (chair, *_) = await panel_of(session, hearing)
    account = await account_of(session, chair)
    other, _ = await make_told(session)
    same_day = await make_hearing(session, other)

    with pytest.raises(Blocked) as refused:
        await seat(session, other, same_day, account)
    assert refused.value.found == [Clash.BUSY]

    await adjourn(
        session,
        other,
        same_day,
        "They are ill",
        starts_at=IN_TIME + DAY,
        last_on=day_of(IN_TIME) + DAY,
        by=act(session),
    )
    assert await seat(session, other, same_day, account)
    with pytest.raises(Blocked):
        await adjourn(
            session,
            other,
            same_day,
            "Back again",
            starts_at=IN_TIME,
            last_on=day_of(IN_TIME),
            by=act(session),
        )


async def test_the_database_lets_nobody_sit_in_two_places_either(session):
    _, hearing = await make_panelled(session)
    (chair, *_) = await panel_of(session, hearing)
    other, _ = await make_told(session)
    same_day = await make_hearing(session, other)
    member = await seat(session, other, same_day, await make_decider(session))

    with pytest.raises(DBAPIError, match="hearing_member_one_place_ex"):
        await session.execute(
            update(HearingMember)
            .where(HearingMember.id == member.id)
            .values(account_id=chair.account_id)
        )


async def test_who_sat_on_a_vacated_hearing_may_sit_elsewhere_and_sees_it_no_more(
    session,
):
    case, hearing = await make_panelled(session)
    (chair, *_) = await panel_of(session, hearing)
    account = await account_of(session, chair)
    await vacate(session, case, hearing, "It is not needed", by=act(session))
    other, _ = await make_told(session)
    same_day = await make_hearing(session, other)

    assert await seat(session, other, same_day, account)
    assert account.id not in [one.account_id for one in await members(session, case.id)]


# Notice


@pytest.mark.parametrize(
    ("heard_on", "in_time"), [(date(2027, 3, 18), False), (date(2027, 3, 19), True)]
)
async def test_the_days_of_notice_run_from_the_day_on_which_it_counts_as_served(
    session, heard_on, in_time
):
    """By e-mail on Wednesday 10 March: served on the 11th, and seven days are over with the 18th."""
    case, _ = await make_told(session)
    hearing = await make_hearing(
        session, case, starts_at=start_of(heard_on) + 10 * HOUR
    )

    if in_time:
        assert await tell(session, case, hearing)
    else:
        with pytest.raises(NotToldInTime) as refused:
            await tell(session, case, hearing)
        assert refused.value.earliest == date(2027, 3, 19)


async def test_nobody_is_told_of_a_hearing_before_they_are_told_of_the_case(session):
    case = await make_investigated(session)
    hearing = await make_hearing(session, case)

    with pytest.raises(NotToldOfTheCase):
        await tell(session, case, hearing)


async def test_notice_is_given_once_for_a_day_unless_it_came_back(session):
    case, hearing = await make_listed(session)
    with pytest.raises(NoticeGiven):
        await tell(session, case, hearing)
    (first,) = await services_for(session, hearing)
    await went_astray(session, first.service)
    await make_address(session, case.person)

    second = await tell(session, case, hearing, by_post=True)

    assert second.deemed_on == date(2027, 3, 15)


async def test_without_notice_it_begins_only_if_they_attend(session):
    case, hearing = await make_panelled(session)

    with pytest.raises(NotTold):
        await start(session, case, hearing, Attendance.ABSENT)
    await start(session, case, hearing, Attendance.REPRESENTED)

    assert hearing.begun_at == hearing.starts_at


async def test_notice_that_came_back_is_no_notice(session):
    case, hearing = await make_listed(session)
    (service,) = await services_for(session, hearing)
    await went_astray(session, service.service)

    with pytest.raises(NotTold):
        await start(session, case, hearing, Attendance.ABSENT)


@pytest.mark.parametrize(("posted_on", "in_time"), [(1, True), (2, False)])
async def test_a_notice_that_came_back_is_served_by_post_and_its_days_run_anew(
    session, posted_on, in_time
):
    """What we hand over on Thursday 1 April counts as served on the 6th, and seven days end with the 13th."""
    case, hearing = await make_listed(session)
    (service,) = await services_for(session, hearing)
    await went_astray(session, service.service)
    await make_address(session, case.person)
    now = datetime(2027, 4, posted_on, 9, tzinfo=UTC)

    if in_time:
        await tell(session, case, hearing, by_post=True, now=now)
        await start(session, case, hearing, Attendance.ABSENT)
    else:
        with pytest.raises(NotToldInTime) as refused:
            await tell(session, case, hearing, by_post=True, now=now)
        assert refused.value.earliest == date(2027, 4, 15)


async def test_another_day_needs_another_notice(session):
    case, hearing = await make_listed(session)
    await adjourn(
        session,
        case,
        hearing,
        "A witness is ill",
        starts_at=IN_TIME + 14 * DAY,
        last_on=day_of(IN_TIME) + 14 * DAY,
        by=act(session, now=NOW + DAY),
    )

    with pytest.raises(NotTold):
        await start(session, case, hearing, Attendance.ABSENT)


@pytest.mark.parametrize(
    ("attended", "told"),
    [
        (Attendance.PRESENT, True),
        (Attendance.REPRESENTED, True),
        (Attendance.ABSENT, False),
    ],
)
async def test_who_was_there_when_it_was_adjourned_has_been_told(
    session, attended, told
):
    case, hearing = await make_listed(session)
    await start(session, case, hearing, attended)
    await adjourn(
        session,
        case,
        hearing,
        "There was no time left",
        starts_at=IN_TIME + DAY,
        last_on=day_of(IN_TIME) + DAY,
        by=act(session, now=IN_TIME + 6 * HOUR),
    )

    if told:
        await start(session, case, hearing, Attendance.ABSENT)
    else:
        with pytest.raises(NotTold):
            await start(session, case, hearing, Attendance.ABSENT)


async def test_somebody_found_conflicted_after_notice_is_replaced_and_the_notice_stands(
    session,
):
    case, hearing = await make_listed(session)
    (_, member, _) = await panel_of(session, hearing)
    later = NOW + 30 * DAY
    await release(
        session,
        case,
        hearing,
        member,
        because=ReleasedFor.CONFLICT,
        words="They know a witness",
        by=act(session, now=later),
    )
    new = await make_decider(session, Side.REGISTRANT)
    await seat(session, case, hearing, new, now=later)

    told, first = await services_for(session, hearing)
    assert (told.kind, first.kind) == (ServiceKind.PANEL, ServiceKind.HEARING)
    assert member.account_id not in [
        one.account_id for one in await members(session, case.id)
    ]
    await start(session, case, hearing, Attendance.ABSENT)


async def test_nobody_sits_of_whom_the_registrant_was_not_told_unless_they_attend(
    session,
):
    case, hearing = await make_listed(session)
    (_, member, _) = await panel_of(session, hearing)
    later = NOW + 30 * DAY
    await release(
        session,
        case,
        hearing,
        member,
        because=ReleasedFor.CANNOT_COME,
        words="They are ill",
        by=act(session, now=later),
    )
    await seat(session, case, hearing, await make_decider(session), now=later)
    told, _ = await services_for(session, hearing)
    await went_astray(session, told.service)

    with pytest.raises(PanelNotTold):
        await start(session, case, hearing, Attendance.ABSENT)
    await start(session, case, hearing)


# When it begins


@pytest.mark.parametrize("late", [-INSTANT, 15 * HOUR])
async def test_it_begins_on_its_day_and_not_before_its_time(session, late):
    """It is listed for 11:00 in British Summer Time: its day ends thirteen hours later."""
    case, hearing = await make_listed(session)

    with pytest.raises(NotItsDay):
        await start(session, case, hearing, now=IN_TIME + late)


async def test_it_begins_until_the_last_instant_of_its_last_day(session):
    case, hearing = await make_listed(session)

    with pytest.raises(NotItsDay):
        await start(session, case, hearing, now=end_of(hearing.last_on))
    await start(session, case, hearing, now=end_of(hearing.last_on) - INSTANT)


async def test_it_does_not_begin_without_a_chair(session):
    case, hearing = await make_listed(session)
    chair, *_ = await panel_of(session, hearing)
    await let_go_of(session, case, hearing, chair)

    with pytest.raises(NoChair):
        await start(session, case, hearing)


async def test_it_does_not_begin_without_a_quorum(session):
    case, hearing = await make_listed(session)
    chair, member, other = await panel_of(session, hearing)
    await let_go_of(session, case, hearing, member)
    await start(session, case, hearing)
    await let_go_of(session, case, hearing, other)
    await draw_up(session, case, hearing)

    with pytest.raises(NoQuorum):
        await sign(session, case, hearing, chair.account_id, by=act(session))


async def test_it_begins_once(session):
    case, hearing = await make_begun(session)

    with pytest.raises(BegunAlready):
        await start(session, case, hearing)


# What is decided


async def test_an_interim_suspension_is_in_force_with_the_last_signature(session):
    case, hearing = await make_begun(session)
    decided_at = IN_TIME + 3 * HOUR

    await decide(session, case, hearing, now=decided_at)

    (order,) = await orders_in(session, case)
    assert hearing.state is HearingState.DECIDED
    assert (hearing.decided_at, order.in_force_at) == (decided_at, decided_at)
    assert order.last_day == date(2028, 10, 13)
    assert order.review_by == date(2027, 10, 14)
    entry = await entry_of(session, case)
    assert entry.status_at(decided_at - INSTANT) is Status.REGISTERED
    assert entry.status_at(decided_at) is Status.SUSPENDED
    assert case.stage is Stage.INVESTIGATION


async def test_the_registrant_is_served_with_the_decision(session):
    case, hearing = await make_begun(session)

    decision = await decide(session, case, hearing)

    served, *_ = await services_for(session, hearing)
    assert served.kind is ServiceKind.DECISION
    assert served.service.text_id == decision.text_id


async def test_who_decided_sees_the_case_no_more(session):
    case, hearing = await make_begun(session)
    await decide(session, case, hearing)

    assert [one.place for one in await members(session, case.id)] == [
        Place.INVESTIGATOR
    ]


async def test_no_order_is_made_where_none_is_needed(session):
    case, hearing = await make_begun(session)

    await decide(session, case, hearing, Draft(Outcome.NO_ORDER, "There is no risk"))

    assert not await orders_in(session, case)
    assert await apply(session, case)


@pytest.mark.parametrize(
    ("draft", "refused"),
    [
        (replace(SUSPENDED, protects_the_public=False), WhyNecessary),
        (replace(SUSPENDED, order=None), MeasureNeeded),
        (replace(SUSPENDED, outcome=Outcome.IMPAIRED), NotAnOutcome),
        (replace(SUSPENDED, order=Made(Measure.SUSPENSION, 12)), NotTheirs),
        (replace(SUSPENDED, order=Made(Measure.INTERIM_SUSPENSION, 19)), NotATerm),
        (
            replace(SUSPENDED, order=Made(Measure.INTERIM_CONDITIONS, 18)),
            WordsNeeded,
        ),
    ],
)
async def test_a_decision_that_the_rules_do_not_know_is_not_drawn_up(
    session, draft, refused
):
    case, hearing = await make_begun(session)

    with pytest.raises(refused):
        await draw_up(session, case, hearing, draft)


async def test_it_may_be_in_the_registrant_s_own_interests_alone(session):
    case, hearing = await make_begun(session)
    draft = replace(SUSPENDED, protects_the_public=False, in_their_interests=True)

    assert await decide(session, case, hearing, draft)


async def test_nothing_is_decided_before_it_has_begun(session):
    case, hearing = await make_listed(session)

    with pytest.raises(NotBegun):
        await draw_up(session, case, hearing)


async def test_nothing_is_signed_that_is_not_drawn_up(session):
    case, hearing = await make_begun(session)
    chair, *_ = await panel_of(session, hearing)

    with pytest.raises(NothingDrawnUp):
        await sign(session, case, hearing, chair.account_id, by=act(session))


async def test_every_member_signs_and_nobody_twice(session):
    case, hearing = await make_begun(session)
    await draw_up(session, case, hearing)
    chair, member, last = await panel_of(session, hearing)
    by = act(session, now=IN_TIME + HOUR)

    assert not await sign(session, case, hearing, chair.account_id, by=by)
    with pytest.raises(SignedAlready):
        await sign(session, case, hearing, chair.account_id, by=by)
    assert not await sign(session, case, hearing, member.account_id, by=by)
    assert hearing.state is HearingState.LISTED
    assert await sign(session, case, hearing, last.account_id, by=by)


async def test_what_is_changed_is_signed_anew(session):
    case, hearing = await make_begun(session)
    await draw_up(session, case, hearing)
    chair, *_ = await panel_of(session, hearing)
    by = act(session, now=IN_TIME + HOUR)
    await sign(session, case, hearing, chair.account_id, by=by)

    await draw_up(session, case, hearing, Draft(Outcome.NO_ORDER, "On reflection"))

    assert chair.signed_at is None


async def test_a_legal_adviser_does_not_vote(session):
    case, _ = await make_told(session)
    hearing = await make_hearing(session, case)
    panel = await make_panel(session, case, hearing, adviser=True)
    await tell(session, case, hearing)
    await start(session, case, hearing)
    await draw_up(session, case, hearing)

    with pytest.raises(NotToSign):
        await sign(session, case, hearing, panel[-1].account_id, by=act(session))
    assert await sign_all(session, case, hearing)


async def test_what_is_decided_is_decided(session):
    case, hearing = await make_begun(session)
    await decide(session, case, hearing)

    with pytest.raises(HearingOver):
        await draw_up(session, case, hearing)
    with pytest.raises(HearingOver):
        await vacate(session, case, hearing, "Never mind", by=act(session))


async def test_the_database_decides_nothing_without_the_signatures_of_all(session):
    _, hearing = await make_begun(session)

    with pytest.raises(DBAPIError, match="each of whom signs"):
        await session.execute(
            update(Hearing)
            .where(Hearing.id == hearing.id)
            .values(state=HearingState.DECIDED, decided_at=IN_TIME + HOUR)
        )


async def test_the_database_changes_no_decision_that_was_made(session):
    case, hearing = await make_begun(session)
    await decide(session, case, hearing)

    with pytest.raises(DBAPIError, match="stays as it is"):
        await session.execute(
            update(Hearing)
            .where(Hearing.id == hearing.id)
            .values(state=HearingState.LISTED, decided_at=None)
        )


# Over midnight, and when the clocks change


async def test_a_hearing_past_midnight_keeps_the_moment_of_its_decision(session):
    """Begun on 13 April, signed at twenty past midnight: the order is of the 14th, and so is its last day."""
    evening = datetime(2027, 4, 13, 21, 0, tzinfo=UTC)
    case, hearing = await make_listed(session, starts_at=evening)
    await start(session, case, hearing)
    past_midnight = datetime(2027, 4, 13, 23, 20, tzinfo=UTC)

    await draw_up(session, case, hearing, now=past_midnight)
    await sign_all(session, case, hearing, now=past_midnight)

    (order,) = await orders_in(session, case)
    assert hearing.last_on == date(2027, 4, 13)
    assert day_of(hearing.decided_at) == date(2027, 4, 14)
    assert order.last_day == date(2028, 10, 13)


@pytest.mark.parametrize(
    ("signed_at", "decided_on", "last_day"),
    [
        (datetime(2027, 3, 27, 23, 59, tzinfo=UTC), (3, 27), date(2028, 9, 26)),
        (datetime(2027, 3, 28, 0, 1, tzinfo=UTC), (3, 28), date(2028, 9, 27)),
        (datetime(2027, 3, 28, 22, 59, tzinfo=UTC), (3, 28), date(2028, 9, 27)),
        (datetime(2027, 3, 28, 23, 1, tzinfo=UTC), (3, 29), date(2028, 9, 28)),
        (datetime(2027, 10, 30, 22, 59, tzinfo=UTC), (10, 30), date(2029, 4, 29)),
        (datetime(2027, 10, 30, 23, 1, tzinfo=UTC), (10, 31), date(2029, 4, 29)),
        (datetime(2027, 10, 31, 23, 59, tzinfo=UTC), (10, 31), date(2029, 4, 29)),
        (datetime(2027, 11, 1, 0, 1, tzinfo=UTC), (11, 1), date(2029, 4, 30)),
    ],
)
async def test_the_day_of_a_decision_is_that_of_london_on_both_sides_of_a_clock_change(
    session, signed_at, decided_on, last_day
):
    begun_at = signed_at - 4 * HOUR
    case, hearing = await make_listed(session, starts_at=begun_at)
    await start(session, case, hearing)
    await draw_up(session, case, hearing, now=signed_at)
    await sign_all(session, case, hearing, now=signed_at)

    (order,) = await orders_in(session, case)
    day = day_of(hearing.decided_at)
    assert (day.month, day.day) == decided_on
    assert order.last_day == last_day
    assert order.ends_at == end_of(last_day)


@pytest.mark.parametrize(
    ("decided_on", "review_by", "last_day"),
    [
        (date(2027, 8, 28), date(2028, 2, 28), date(2029, 2, 27)),
        (date(2027, 8, 29), date(2028, 2, 29), date(2029, 2, 27)),
        (date(2027, 8, 31), date(2028, 2, 29), date(2029, 2, 27)),
        (date(2028, 2, 29), date(2028, 8, 29), date(2029, 8, 28)),
        (date(2028, 3, 1), date(2028, 9, 1), date(2029, 8, 31)),
    ],
)
async def test_terms_and_reviews_count_to_and_from_a_leap_day(
    session, decided_on, review_by, last_day
):
    starts_at = start_of(decided_on) + 10 * HOUR
    case, hearing = await make_listed(session, starts_at=starts_at)
    await start(session, case, hearing)
    await decide(session, case, hearing)

    (order,) = await orders_in(session, case)
    assert (order.review_by, order.last_day) == (review_by, last_day)


async def seat(session, case, hearing, account, chair=Seat.MEMBER, *, now=NOW, **more):
    return await empanel(
        session, case, hearing, account, chair, by=act(session, now=now), **more
    )


async def let_go_of(session, case, hearing, member):
    await release(
        session,
        case,
        hearing,
        member,
        because=ReleasedFor.CANNOT_COME,
        words="They are ill",
        by=act(session),
    )


async def account_of(session, member):
    found = await session.scalars(
        Account.usable().where(Account.id == member.account_id)
    )
    return found.one()
