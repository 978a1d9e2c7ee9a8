"""How entries lapse, and only so: noticed in time, not finished by 23:59:59, and by a run that a second person has released."""

from datetime import date

import pytest
from sqlalchemy import func, select, update

from register.account import StaffRole
from register.application.answers import Contact
from register.entry import (
    ConditionKind,
    EntryEvent,
    LapseReason,
    NewCondition,
    OrderKind,
    RemovalReason,
    Status,
    row_at,
)
from register.entry.facts import Condition, Lapse, LapseSuperseded
from register.entry.projection import EntryProjection
from register.kit.clock import end_of, start_of
from register.kit.jobs import START, run_pending
from register.kit.post import Failure, Message, MessageState
from register.part import Part
from register.particulars import change_contact
from register.process import Event, Process
from register.proposal import NeedsAnotherPerson, NotYours
from register.renewal import (
    CureOver,
    EmployerNews,
    ExtensionReason,
    Fate,
    LapseNotice,
    LapseRun,
    News,
    NotPrepared,
    NotReleased,
    Renewal,
    RenewalEvent,
    RenewalExtension,
    RenewalStep,
    RunState,
    TooEarly,
    counted,
    give_notice,
    give_notice_by_post,
    lapse_released,
    never_prepared,
    open_renewals,
    overlooked_in,
    prepare_runs,
    renewal_of,
    those_concerned,
    waits_for_release,
)
from register.renewal.sweep import lapse_some
from tests.make import make_account, make_entry, make_process
from tests.register.lapsing import (
    RELEASED,
    again,
    finish,
    learn_enough,
    noticed,
    proposed,
    registered,
    released,
    written,
)
from tests.register.renewing import (
    CURED_UNTIL,
    DAY,
    ENDS,
    HOUR,
    INSTANT,
    MIDNIGHT,
    NEXT,
    NOTICED,
    OPENS,
    STEPS,
    do,
)

LATER = date(2028, 1, 14)


async def fates(session, *, now=MIDNIGHT, day=ENDS):
    return {one.fate: one.entries for one in await counted(session, day, now=now)}


async def letters(session, letter):
    return (
        await session.scalars(
            select(Message).where(Message.letter == letter).order_by(Message.to_address)
        )
    ).all()


# Notice of intention


async def test_nobody_is_given_notice_before_its_day(session):
    await registered(session)
    await open_renewals(session, OPENS)

    assert len(await give_notice(session, NOTICED - INSTANT)) == 0


async def test_whoever_has_not_finished_is_given_notice_once(session):
    entry = await registered(session)
    await open_renewals(session, OPENS)

    assert len(await give_notice(session, NOTICED)) == 1
    assert len(await give_notice(session, NOTICED + DAY)) == 0

    (letter,) = await letters(session, "renewal_notice")
    record = await session.scalar(select(LapseNotice))
    told = await session.scalar(select(Event).where(Event.kind == RenewalEvent.NOTICED))
    assert entry.person.number in letter.body
    assert "30 November 2027" in letter.body
    assert "pay the fee" in letter.body
    assert (record.message_id, record.deemed_on) == (letter.id, date(2027, 11, 10))
    assert told.person_id == entry.person_id


async def test_who_has_no_account_is_given_notice_by_post(session):
    entry = await make_entry(session)
    contact = Contact(
        line_1="1 High Street", town="Leeds", postcode="LS1 1AA", mobile=""
    )
    await change_contact(session, entry.person, contact, by=make_process(session))
    await open_renewals(session, OPENS)
    renewal = await renewal_of(session, entry.person_id, ENDS)

    for _ in range(2):
        await give_notice_by_post(session, NOTICED)

    served = await session.get(LapseNotice, (renewal.id, ENDS))
    (letter,) = await letters(session, "renewal_notice")
    assert (served.method, letter.channel) == ("post", "letter")
    assert served.deemed_on == date(2027, 11, 11)


async def test_who_cannot_be_reached_at_all_is_given_no_notice(session):
    entry = await make_entry(session)
    await open_renewals(session, OPENS)

    await give_notice_by_post(session, NOTICED)

    renewal = await renewal_of(session, entry.person_id, ENDS)
    assert await session.get(LapseNotice, (renewal.id, ENDS)) is None


async def test_whoever_has_finished_is_given_no_notice(session):
    entry = await registered(session)
    await learn_enough(session, entry, ENDS)
    await open_renewals(session, OPENS)
    await finish(session, await renewal_of(session, entry.person_id, ENDS), at=OPENS)

    assert len(await give_notice(session, NOTICED)) == 0


async def test_notice_is_given_as_long_as_it_would_be_served_in_time(session):
    """Sent on the 15th it counts as served on the 16th, 14 days before the last day."""
    await registered(session)
    await open_renewals(session, OPENS)

    assert len(await give_notice(session, start_of(date(2027, 11, 16)))) == 0
    assert len(await give_notice(session, start_of(date(2027, 11, 15)))) == 1


async def test_notice_goes_on_where_it_was_stopped(session):
    for _ in range(5):
        await registered(session)
    await open_renewals(session, OPENS)

    first = await give_notice(session, NOTICED, 3)
    rest = await give_notice(session, NOTICED, 3)

    assert (len(first), len(rest)) == (3, 2)
    assert len(await letters(session, "renewal_notice")) == 5


async def test_whoever_cannot_be_written_to_has_no_notice_and_cannot_lapse(session):
    await make_entry(session)
    await open_renewals(session, OPENS)

    assert len(await give_notice(session, NOTICED)) == 0
    assert await fates(session) == {Fate.NOT_NOTICED: 1}


async def test_nobody_lapses_by_a_letter_that_came_back(session):
    entry = await registered(session)
    await noticed(session, entry)
    await session.execute(
        update(Message).values(
            state=MessageState.FAILED, failed_because=Failure.UNDELIVERABLE
        )
    )

    await written(session)

    assert await fates(session, now=RELEASED) == {Fate.NOT_NOTICED: 1}
    assert (await again(session, entry)).status_at(RELEASED) is Status.REGISTERED


async def test_whoever_joined_too_late_for_notice_cannot_lapse_at_that_deadline(
    session,
):
    entry = await registered(session, on=start_of(date(2027, 11, 20)))
    await open_renewals(session, start_of(date(2027, 11, 20)) + HOUR)
    await give_notice(session, start_of(date(2027, 11, 20)) + HOUR)

    await written(session)

    assert await fates(session, now=RELEASED) == {Fate.NOT_NOTICED: 1}
    assert (await again(session, entry)).status_at(RELEASED) is Status.REGISTERED


# The preview


async def test_the_preview_tells_who_would_lapse_and_what_is_left(session):
    first, second, third = [await registered(session) for _ in range(3)]
    one, two, _ = await noticed(session, first, second, third)
    await do(session, one, *STEPS, at=NOTICED)
    await do(session, two, RenewalStep.PAYMENT, at=NOTICED)

    found = {
        (count.fate, count.left, count.paid): count.entries
        for count in await counted(session, ENDS, now=NOTICED)
    }

    assert found == {
        (Fate.LAPSE, (RenewalStep.PAYMENT,), False): 1,
        (Fate.LAPSE, tuple(STEPS), True): 1,
        (Fate.LAPSE, tuple(RenewalStep), False): 1,
    }


async def test_the_preview_is_counted_each_night_from_the_day_of_notice(session):
    await noticed(session, await registered(session))

    await prepare_runs(session, NOTICED - INSTANT)
    none = await session.scalar(select(func.count()).select_from(LapseRun))
    await prepare_runs(session, NOTICED)
    await session.flush()

    run = await LapseRun.on(session, ENDS)
    assert none == 0
    assert run.state is RunState.PREPARED
    assert [count.entries for count in run.preview] == [1]


# More time


async def test_who_has_more_time_does_not_lapse_with_the_others(session):
    entry, other = await registered(session), await registered(session)
    renewal, _ = await noticed(session, entry, other)
    renewal.extended_until = LATER

    run = await written(session)

    assert run.lapsed == 1
    assert (await again(session, entry)).lapses == []
    assert await fates(session, now=RELEASED) == {Fate.EXTENDED: 1}


async def given_more_time(session):
    """After notice was given of the first last day."""
    entry = await registered(session)
    (renewal,) = await noticed(session, entry)
    renewal.extended_until = LATER
    await session.flush()
    return entry, renewal


async def test_who_has_more_time_is_given_notice_of_their_own_last_day(session):
    await given_more_time(session)
    at = start_of(LATER - 21 * DAY)

    assert len(await give_notice(session, at - INSTANT)) == 0
    assert len(await give_notice(session, at)) == 1
    assert len(await give_notice(session, at + DAY)) == 0

    found = await session.scalars(
        select(LapseNotice.last_day).order_by(LapseNotice.last_day)
    )
    letters_sent = await letters(session, "renewal_notice")
    assert found.all() == [ENDS, LATER]
    assert sorted("14 January 2028" in one.body for one in letters_sent) == [
        False,
        True,
    ]


async def test_nobody_lapses_by_a_notice_of_an_earlier_last_day(session):
    entry, _ = await given_more_time(session)

    await written(session, LATER)

    now = end_of(LATER) + 3 * HOUR
    assert await fates(session, day=LATER, now=now) == {Fate.NOT_NOTICED: 1}
    assert (await again(session, entry)).lapses == []


async def test_who_finishes_late_after_a_notice_of_an_earlier_last_day_has_no_gap(
    session,
):
    entry, renewal = await given_more_time(session)

    await finish(session, renewal, at=end_of(LATER) + HOUR)

    entry = await again(session, entry)
    assert entry.lapses == []
    assert entry.registrations[0].until_on == NEXT


async def test_the_list_tells_the_notice_of_the_day_that_it_is_about(session):
    await given_more_time(session)
    await give_notice(session, start_of(LATER - 21 * DAY))

    served = {}
    for day in (ENDS, LATER):
        (row,) = (await those_concerned(session, day, now=end_of(day))).rows
        served[day] = row.noticed_on

    assert served == {ENDS: date(2027, 11, 10), LATER: date(2027, 12, 29)}


async def test_who_has_more_time_lapses_as_their_own_last_day_ends(session):
    entry, _ = await given_more_time(session)
    await give_notice(session, start_of(LATER - 21 * DAY))

    run = await written(session, LATER)

    (lapse,) = (await again(session, entry)).lapses
    assert run.lapsed == 1
    assert lapse.starts == end_of(LATER)


async def test_who_finishes_within_more_time_is_renewed_without_a_gap(session):
    entry, other = await registered(session), await registered(session)
    renewal, _ = await noticed(session, entry, other)
    renewal.extended_until = LATER
    await finish(session, renewal, at=end_of(LATER) - INSTANT)

    await written(session)

    entry = await again(session, entry)
    assert entry.lapses == []
    assert entry.registrations[0].until_on == NEXT


async def test_who_had_no_notice_is_given_it_before_a_later_last_day(session):
    entry = await registered(session, on=start_of(date(2027, 11, 20)))
    await open_renewals(session, start_of(date(2027, 11, 20)) + HOUR)
    renewal = await renewal_of(session, entry.person_id, ENDS)
    renewal.extended_until = LATER
    await session.flush()

    assert len(await give_notice(session, start_of(LATER - 20 * DAY))) == 1
    assert await fates(session, day=LATER) == {Fate.LAPSE: 1}


async def asked(session, renewal, *, at=NOTICED + 11 * DAY):
    return await RenewalExtension.ask(
        session,
        renewal,
        because=ExtensionReason.ILLNESS,
        words="I am in hospital.",
        by=make_process(session, now=at),
    )


async def answered(session, extension, *, until=None, at):
    """By two people; with no day it is refused."""
    officer = await make_account(session, StaffRole.CASEWORKER)
    manager = await make_account(session, StaffRole.TEAM_MANAGER)
    by = make_process(session, now=at, actor=officer)
    terms = {"words": "We have looked at it.", "proposer": officer, "by": by}
    proposal = (
        await extension.propose(session, until=until, **terms)
        if until
        else await extension.propose_refusal(session, **terms)
    )
    await session.flush()
    by = make_process(session, now=at, actor=manager)
    await proposal.approve(session, approver=manager, by=by)
    await session.flush()


async def go_on_with(session, run, at):
    """As the work of the hour does."""
    await lapse_some(session, at, run_id=run.id, after=START)
    await session.flush()


async def test_who_waits_for_our_answer_does_not_lapse_before_we_give_it(session):
    entry, other = await registered(session), await registered(session)
    renewal, _ = await noticed(session, entry, other)
    await asked(session, renewal)
    assert await fates(session) == {Fate.ASKED: 1, Fate.LAPSE: 1}

    run = await written(session)
    await go_on_with(session, run, RELEASED)

    assert run.lapsed == 1
    assert (await again(session, entry)).status_at(RELEASED) is Status.REGISTERED
    assert run.state is RunState.RELEASED
    assert await waits_for_release(session, now=RELEASED) == [run]


async def test_a_day_on_which_only_our_answers_are_waited_for_is_an_alarm(session):
    (renewal,) = await noticed(session, await registered(session))
    await asked(session, renewal)
    await prepare_runs(session, MIDNIGHT)
    await session.flush()

    assert len(await waits_for_release(session, now=RELEASED)) == 1


async def test_who_is_given_time_after_the_run_lapses_with_their_own_last_day(session):
    entry = await registered(session)
    (renewal,) = await noticed(session, entry)
    extension = await asked(session, renewal)
    run = await written(session)

    await answered(session, extension, until=LATER, at=RELEASED + DAY)
    await go_on_with(session, run, RELEASED + DAY)

    assert run.state is RunState.WRITTEN
    assert await fates(session, now=RELEASED + DAY) == {Fate.EXTENDED: 1}
    assert (await again(session, entry)).lapses == []
    await give_notice(session, start_of(LATER - 21 * DAY))
    assert await fates(session, day=LATER, now=end_of(LATER)) == {Fate.LAPSE: 1}


async def test_who_is_refused_after_the_run_lapses_as_the_others_did(session):
    entry = await registered(session)
    (renewal,) = await noticed(session, entry)
    extension = await asked(session, renewal)
    run = await written(session)

    await answered(session, extension, at=RELEASED + DAY)
    for _ in range(2):
        await go_on_with(session, run, RELEASED + DAY)

    (lapse,) = (await again(session, entry)).lapses
    assert lapse.starts == MIDNIGHT
    assert run.state is RunState.WRITTEN


async def test_we_may_still_agree_when_the_time_to_cure_is_over(session):
    entry = await registered(session)
    (renewal,) = await noticed(session, entry)
    extension = await asked(session, renewal)
    await written(session)

    await answered(session, extension, until=LATER, at=end_of(CURED_UNTIL))

    assert renewal.last_day == LATER


async def test_who_finished_while_they_waited_is_renewed_when_we_agree(session):
    entry = await registered(session)
    (renewal,) = await noticed(session, entry)
    extension = await asked(session, renewal)
    run = await written(session)
    at = RELEASED + DAY
    await finish(session, renewal, at=at)
    await go_on_with(session, run, at)

    await answered(session, extension, until=ENDS + 2 * DAY, at=at + HOUR)

    entry = await again(session, entry)
    assert entry.lapses == []
    assert entry.registrations[0].until_on == NEXT


async def test_who_finished_while_they_waited_is_late_when_we_refuse(session):
    entry = await registered(session)
    (renewal,) = await noticed(session, entry)
    extension = await asked(session, renewal)
    run = await written(session)
    at = RELEASED + DAY
    await finish(session, renewal, at=at)

    await answered(session, extension, at=at + HOUR)
    await go_on_with(session, run, at + HOUR)

    entry = await again(session, entry)
    assert entry.status_at(at - INSTANT) is Status.LAPSED
    assert entry.status_at(at) is Status.REGISTERED


async def test_who_is_held_and_waits_for_our_answer_keeps_their_period(session):
    entry = await registered(session)
    (renewal,) = await noticed(session, entry)
    await asked(session, renewal)
    by = make_process(session, now=NOTICED)
    await (await again(session, entry)).hold(session, on=NOTICED, by=by)

    await written(session)

    assert (await again(session, entry)).status_at(RELEASED) is Status.REGISTERED


async def test_who_was_given_no_notice_is_overlooked_and_lapses_after_more_time(
    session,
):
    joined = start_of(date(2027, 11, 20))
    entry = await registered(session, on=joined)
    await open_renewals(session, joined + HOUR)
    await written(session)
    renewal = await renewal_of(session, entry.person_id, ENDS)
    staff = await make_account(session, StaffRole.CASEWORKER)
    over = end_of(CURED_UNTIL)
    assert await overlooked_in(session, staff, now=over - INSTANT) == []
    assert await overlooked_in(session, staff, now=over) == [ENDS]

    extension = await asked(session, renewal, at=over)
    await answered(session, extension, until=LATER, at=over)
    assert await overlooked_in(session, staff, now=over + DAY) == []
    await give_notice(session, start_of(LATER - 20 * DAY))
    await written(session, LATER)

    (lapse,) = (await again(session, entry)).lapses
    assert lapse.starts == end_of(LATER)
    assert await overlooked_in(session, staff, now=end_of(LATER + 15 * DAY)) == []


async def test_nobody_is_overlooked_who_renewed_lapsed_or_died(session):
    entries = [await registered(session) for _ in range(3)]
    renewals = await noticed(session, *entries)
    await finish(session, renewals[0], at=NOTICED)
    entries[1].person.deceased_on = ENDS
    await session.flush()
    await written(session)

    staff = await make_account(session, StaffRole.CASEWORKER)
    assert await overlooked_in(session, staff, now=end_of(CURED_UNTIL)) == []


async def test_nobody_is_told_that_they_were_overlooked_themself(session):
    entry = await make_entry(session)
    await open_renewals(session, OPENS)
    own = await make_account(session, StaffRole.CASEWORKER, person=entry.person)

    assert await overlooked_in(session, own, now=end_of(CURED_UNTIL)) == []


# Two people, and not before everything is known


async def test_a_run_is_not_released_before_the_last_day_is_known(session):
    entry = await registered(session)
    await noticed(session, entry)
    _, proposal, registrar = await proposed(session)
    by = make_process(session, now=RELEASED - INSTANT, actor=registrar)

    with pytest.raises(TooEarly):
        await proposal.approve(session, approver=registrar, by=by)


async def test_a_run_is_released_three_hours_after_the_last_day(session):
    await noticed(session, await registered(session))

    run = await released(session, at=RELEASED)

    assert run.released_at == RELEASED


async def test_whoever_proposed_a_run_does_not_release_it(session):
    await noticed(session, await registered(session))
    await prepare_runs(session, MIDNIGHT)
    await session.flush()
    run = await LapseRun.on(session, ENDS)
    registrar = await make_account(session, StaffRole.REGISTRAR)
    by = make_process(session, now=RELEASED, actor=registrar)
    proposal = await run.propose(session, proposer=registrar, by=by)

    with pytest.raises(NeedsAnotherPerson):
        await proposal.approve(session, approver=registrar, by=by)


async def test_a_team_manager_does_not_release_a_run(session):
    await noticed(session, await registered(session))
    _, proposal, _ = await proposed(session)
    manager = await make_account(session, StaffRole.TEAM_MANAGER)

    with pytest.raises(NotYours):
        await proposal.approve(
            session, approver=manager, by=make_process(session, now=RELEASED)
        )


async def test_a_run_is_proposed_once(session):
    await noticed(session, await registered(session))
    run, _proposal, _ = await proposed(session)

    with pytest.raises(NotPrepared):
        await run.propose(
            session,
            proposer=await make_account(session, StaffRole.REGISTRAR),
            by=make_process(session, now=RELEASED),
        )


async def test_a_run_that_came_back_is_proposed_again(session):
    await noticed(session, await registered(session))
    run, proposal, registrar = await proposed(session)
    by = make_process(session, now=RELEASED, actor=registrar)

    run.send_back(proposal, words="Look at it again", approver=registrar, by=by)
    await session.flush()

    assert run.state is RunState.PREPARED
    await proposed(session)


async def test_nothing_released_nobody_lapses_and_staff_are_alarmed(session):
    entry = await registered(session)
    await noticed(session, entry)
    await prepare_runs(session, MIDNIGHT)
    await session.flush()
    run = await LapseRun.on(session, ENDS)

    with pytest.raises(NotReleased):
        await lapse_released(session, run, RELEASED)

    assert (await again(session, entry)).status_at(RELEASED) is Status.REGISTERED
    assert await waits_for_release(session, now=RELEASED - INSTANT) == []
    assert await waits_for_release(session, now=RELEASED) == [run]


async def test_a_period_that_ended_without_a_run_is_an_alarm(session):
    await noticed(session, await registered(session))

    assert not await never_prepared(session, now=MIDNIGHT - INSTANT)
    assert await never_prepared(session, now=MIDNIGHT)


# What it writes


async def test_whoever_did_not_finish_lapses_as_the_day_ends(session):
    entry = await registered(session)
    await noticed(session, entry)

    await written(session)

    entry = await again(session, entry)
    (lapse,) = entry.lapses
    assert lapse.starts == MIDNIGHT
    assert lapse.because is LapseReason.NOT_RENEWED
    assert entry.status_at(MIDNIGHT - INSTANT) is Status.REGISTERED
    assert entry.status_at(MIDNIGHT) is Status.LAPSED


async def test_where_only_money_was_missing_it_lapses_for_that(session):
    entry = await registered(session)
    (renewal,) = await noticed(session, entry)
    await do(session, renewal, *STEPS, at=NOTICED)

    await written(session)

    (lapse,) = (await again(session, entry)).lapses
    assert lapse.because is LapseReason.NON_PAYMENT


async def test_whoever_finished_at_the_last_instant_is_renewed(session):
    entry = await registered(session)
    other = await registered(session)
    renewal, _ = await noticed(session, entry, other)
    await finish(session, renewal, at=MIDNIGHT - INSTANT)

    await written(session)

    entry = await again(session, entry)
    assert entry.lapses == []
    assert entry.registrations[0].until_on == NEXT
    assert len((await again(session, other)).lapses) == 1


async def test_whoever_finished_at_midnight_lapses_and_is_registered_again(session):
    entry = await registered(session)
    (renewal,) = await noticed(session, entry)
    await finish(session, renewal, at=MIDNIGHT)

    await written(session)

    entry = await again(session, entry)
    assert entry.status_at(MIDNIGHT) is Status.LAPSED
    assert entry.status_at(MIDNIGHT + INSTANT) is Status.REGISTERED


async def test_whoever_finished_late_is_registered_again_from_that_moment(session):
    entry = await registered(session)
    (renewal,) = await noticed(session, entry)
    await finish(session, renewal, at=MIDNIGHT + HOUR)

    run = await written(session)

    entry = await again(session, entry)
    assert entry.status_at(MIDNIGHT + HOUR - INSTANT) is Status.LAPSED
    assert entry.status_at(MIDNIGHT + HOUR) is Status.REGISTERED
    assert max(one.until_on for one in entry.registrations) == NEXT
    assert (run.lapsed, run.restored) == (1, 1)
    assert await letters(session, "renewal_lapsed") == []
    assert len(await letters(session, "renewal_cured")) == 1


async def test_the_period_of_who_is_held_ends_without_a_lapse(session):
    entry = await registered(session)
    await noticed(session, entry)
    by = make_process(session, now=NOTICED)
    await (await again(session, entry)).hold(session, on=NOTICED, by=by)

    run = await written(session)

    entry = await again(session, entry)
    assert entry.lapses == []
    assert entry.status_at(MIDNIGHT) is Status.HELD
    assert run.ended == 1


async def test_who_is_suspended_lapses_like_anybody(session):
    entry = await registered(session)
    await noticed(session, entry)
    await (await again(session, entry)).order(
        session,
        OrderKind.SUSPENSION_ORDER,
        on=NOTICED,
        until=NOTICED + 300 * DAY,
        wording=None,
        by=make_process(session, now=NOTICED),
    )

    await written(session)

    assert (await again(session, entry)).status_at(MIDNIGHT) is Status.LAPSED


async def test_who_was_removed_meanwhile_stays_removed(session):
    entry = await registered(session)
    await noticed(session, entry)
    at = MIDNIGHT + HOUR
    await (await again(session, entry)).remove(
        session,
        on=at,
        because=RemovalReason.VOLUNTARY,
        by=make_process(session, now=at),
    )

    await written(session)

    entry = await again(session, entry)
    assert entry.lapses == []
    assert entry.status_at(MIDNIGHT) is Status.REGISTERED
    assert entry.status_at(at) is Status.REMOVED_VOLUNTARY


async def test_who_has_died_does_not_lapse(session):
    entry = await registered(session)
    await noticed(session, entry)
    entry.person.deceased_on = date(2027, 11, 20)
    await session.flush()

    await written(session)

    assert (await again(session, entry)).lapses == []
    assert await fates(session, now=RELEASED) == {Fate.DIED: 1}


async def test_both_parts_lapse_together_and_are_told_once(session):
    first = await registered(session)
    second = await registered(session, person=first.person, part=Part.DEPUTY)
    await noticed(session, first)

    run = await written(session)

    assert run.lapsed == 2
    assert (await again(session, second)).status_at(MIDNIGHT) is Status.LAPSED
    assert len(await letters(session, "renewal_lapsed")) == 1


async def test_who_lapsed_is_told_what_it_means_and_until_when_it_is_cured(session):
    entry = await registered(session)
    await noticed(session, entry)

    await written(session)

    (letter,) = await letters(session, "renewal_lapsed")
    assert "14 December 2027" in letter.body
    assert "since 1 December 2027 you may not work" in letter.body


async def test_a_lapse_is_told_by_whom_it_was_proposed_and_who_released_it(session):
    await noticed(session, await registered(session))

    run = await written(session)

    event, process = (
        await session.execute(
            select(Event, Process)
            .join(Process, Event.process_id == Process.id)
            .where(Event.kind == EntryEvent.LAPSED)
        )
    ).one()
    assert (process.actor_id, process.approver_id) == (run.proposer_id, run.approver_id)
    assert event.data["because"] == LapseReason.NOT_RENEWED


async def test_conditions_end_with_the_registration(session):
    condition = NewCondition(ConditionKind.REGISTRATION, "Work with a mentor")
    entry = await registered(session, conditions=[condition])
    await noticed(session, entry)

    await written(session)

    (ended,) = (await again(session, entry)).conditions
    assert ended.valid.upper == MIDNIGHT


async def test_a_condition_set_after_the_last_day_never_stood(session):
    entry = await registered(session)
    await noticed(session, entry)
    await (await again(session, entry)).set_condition(
        session,
        NewCondition(ConditionKind.REGISTRATION, "Work with a mentor"),
        on=MIDNIGHT + HOUR,
        by=make_process(session, now=MIDNIGHT + HOUR),
    )

    await written(session)

    entry = await again(session, entry)
    assert entry.conditions == []
    assert entry.status_at(MIDNIGHT) is Status.LAPSED


async def test_a_run_that_is_done_twice_does_nothing_twice(session):
    await noticed(session, await registered(session), await registered(session))

    run = await released(session)
    first = await lapse_released(session, run, RELEASED)
    second = await lapse_released(session, run, RELEASED + HOUR)

    assert (len(first), len(second)) == (2, 0)
    assert await session.scalar(select(func.count()).select_from(Lapse)) == 2
    assert run.lapsed == 2


async def test_a_run_that_was_killed_in_a_batch_is_resumed(session, monkeypatch):
    entries = [await registered(session) for _ in range(5)]
    await noticed(session, *entries)
    run = await released(session)
    await lapse_released(session, run, RELEASED, 2)

    with pytest.raises(ZeroDivisionError):
        await killed(session, run)
    await session.refresh(run)
    half = run.lapsed
    while await lapse_released(session, run, RELEASED, 2):
        pass

    assert half == 2
    assert run.lapsed == 5
    assert await session.scalar(select(func.count()).select_from(Lapse)) == 5
    assert len(await letters(session, "renewal_lapsed")) == 5


async def killed(session, run):
    async with session.begin_nested():
        await lapse_released(session, run, RELEASED, 2)
        raise ZeroDivisionError


async def test_the_job_goes_on_until_everything_is_written(session, sessions):
    entries = [await registered(session) for _ in range(3)]
    await noticed(session, *entries)
    run = await released(session)

    await session.commit()
    await run_pending(sessions, lambda: RELEASED)
    await session.refresh(run)

    assert run.state is RunState.WRITTEN
    assert run.lapsed == 3


async def test_a_batch_goes_on_behind_the_one_before(session):
    entries = [await registered(session) for _ in range(3)]
    await noticed(session, *entries)
    run = await released(session)

    first = await lapse_released(session, run, RELEASED, 2)
    rest = await lapse_released(session, run, RELEASED, 2, after=first[-1])

    assert [*first, *rest] == sorted(entry.id for entry in entries)


# What outranks a lapse


async def test_what_was_finished_in_time_and_heard_of_later_outranks_the_lapse(session):
    condition = NewCondition(ConditionKind.REGISTRATION, "Work with a mentor")
    entry = await registered(session, conditions=[condition])
    (renewal,) = await noticed(session, entry)
    await do(session, renewal, *STEPS, at=NOTICED)
    await written(session)

    heard = RELEASED + DAY
    at = MIDNIGHT - INSTANT
    await do(session, renewal, RenewalStep.PAYMENT, at=at, heard=heard)

    entry = await again(session, entry)
    (registration,) = entry.registrations
    (condition,) = entry.conditions
    assert entry.lapses == []
    assert entry.status_at(MIDNIGHT) is Status.REGISTERED
    assert (registration.valid.upper, registration.until_on) == (None, NEXT)
    assert condition.valid.upper is None
    superseded = await session.scalar(select(LapseSuperseded))
    assert superseded.recorded.upper == heard
    assert len(await letters(session, "renewal_lapse_undone")) == 1
    undone = await session.scalar(
        select(Event).where(Event.kind == RenewalEvent.LAPSE_UNDONE)
    )
    assert undone.person_id == entry.person_id


async def test_a_held_period_goes_on_as_well(session):
    entry = await registered(session)
    (renewal,) = await noticed(session, entry)
    await do(session, renewal, *STEPS, at=NOTICED)
    by = make_process(session, now=NOTICED)
    await (await again(session, entry)).hold(session, on=NOTICED, by=by)
    await written(session)

    await do(
        session,
        renewal,
        RenewalStep.PAYMENT,
        at=MIDNIGHT - INSTANT,
        heard=RELEASED + DAY,
    )

    entry = await again(session, entry)
    assert entry.status_at(RELEASED + DAY) is Status.REGISTERED
    assert entry.registrations[0].until_on == NEXT


async def test_a_removal_after_the_lapse_stays_when_the_lapse_is_withdrawn(session):
    entry = await registered(session)
    (renewal,) = await noticed(session, entry)
    await do(session, renewal, *STEPS, at=NOTICED)
    await written(session)
    removed = RELEASED + HOUR
    await (await again(session, entry)).remove(
        session,
        on=removed,
        because=RemovalReason.ORDER,
        by=make_process(session, now=removed),
    )

    await do(
        session,
        renewal,
        RenewalStep.PAYMENT,
        at=MIDNIGHT - INSTANT,
        heard=removed + HOUR,
    )

    entry = await again(session, entry)
    assert entry.status_at(removed - INSTANT) is Status.REGISTERED
    assert entry.status_at(removed) is Status.REMOVED_BY_ORDER
    assert entry.registrations[0].valid.upper == removed


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_that_is_done_again_after_the_end_was_done_in_time(session, step):
    entry = await registered(session)
    (renewal,) = await noticed(session, entry)
    await do(session, renewal, *STEPS, at=NOTICED)
    await do(session, renewal, step, at=MIDNIGHT)

    at, heard = MIDNIGHT - INSTANT, MIDNIGHT + HOUR
    await do(session, renewal, RenewalStep.PAYMENT, at=at, heard=heard)

    assert renewal.finished_at == at
    assert (await again(session, entry)).registrations[0].until_on == NEXT


async def test_a_step_that_is_done_again_before_the_end_counts_anew(session):
    (renewal,) = await noticed(session, await registered(session))
    await do(session, renewal, RenewalStep.DETAILS, at=NOTICED)

    await do(session, renewal, RenewalStep.DETAILS, at=MIDNIGHT - INSTANT)

    assert renewal.details_at == MIDNIGHT - INSTANT


async def test_a_step_that_was_reopened_is_late_when_it_is_done_after_the_end(session):
    (renewal,) = await noticed(session, await registered(session))
    await do(session, renewal, *STEPS, at=NOTICED)
    by = make_process(session, now=MIDNIGHT - HOUR)
    renewal.reopen(RenewalStep.DECLARATIONS, by=by)
    await do(session, renewal, RenewalStep.DECLARATIONS, at=MIDNIGHT)

    at, heard = MIDNIGHT - INSTANT, MIDNIGHT + HOUR
    await do(session, renewal, RenewalStep.PAYMENT, at=at, heard=heard)

    assert renewal.finished_at == MIDNIGHT
    assert not renewal.in_time


async def test_who_was_removed_since_is_not_told_that_the_lapse_is_undone(session):
    entry, renewal = await lapsed(session)
    await struck_off(session, entry, on=RELEASED + HOUR)

    at, heard = MIDNIGHT - INSTANT, RELEASED + DAY
    await do(session, renewal, RenewalStep.PAYMENT, at=at, heard=heard)

    assert await letters(session, "renewal_lapse_undone") == []
    assert await news(session, News.REGISTERED_AGAIN) == 0


# Cure


async def lapsed(session, *, held=False, **more):
    entry = await registered(session, **more)
    (renewal,) = await noticed(session, entry)
    await do(session, renewal, *STEPS, at=NOTICED)
    if held:
        by = make_process(session, now=NOTICED)
        await (await again(session, entry)).hold(session, on=NOTICED, by=by)
    await written(session)
    return entry, renewal


async def struck_off(session, entry, *, on):
    by = make_process(session, now=on)
    await (await again(session, entry)).remove(
        session, on=on, because=RemovalReason.ORDER, by=by
    )


async def news(session, of):
    return await session.scalar(
        select(func.count()).select_from(EmployerNews).where(EmployerNews.of == of)
    )


async def test_who_lapsed_is_registered_again_at_the_moment_of_finishing(session):
    condition = NewCondition(ConditionKind.REGISTRATION, "Work with a mentor")
    entry, renewal = await lapsed(session, conditions=[condition])
    at = MIDNIGHT + 5 * DAY

    await do(session, renewal, RenewalStep.PAYMENT, at=at)

    entry = await again(session, entry)
    latest = max(entry.registrations, key=lambda one: one.starts)
    (stands,) = [one for one in entry.conditions if one.holds(at)]
    before = await session.scalar(
        select(Condition.text_id).where(Condition.id != stands.id)
    )
    assert entry.status_at(at - INSTANT) is Status.LAPSED
    assert entry.status_at(at) is Status.REGISTERED
    assert (latest.starts, latest.until_on) == (at, NEXT)
    assert (stands.starts, stands.text_id) == (at, before)
    assert len(await letters(session, "renewal_cured")) == 1
    told = await session.scalar(select(Event).where(Event.kind == RenewalEvent.CURED))
    assert told.person_id == entry.person_id


async def test_the_last_instant_of_the_cure_cures(session):
    entry, renewal = await lapsed(session)
    at = end_of(CURED_UNTIL) - INSTANT

    await do(session, renewal, RenewalStep.PAYMENT, at=at)

    assert (await again(session, entry)).status_at(at) is Status.REGISTERED


async def test_after_the_cure_only_an_application_leads_back(session):
    entry, renewal = await lapsed(session)

    with pytest.raises(CureOver):
        await do(session, renewal, RenewalStep.PAYMENT, at=end_of(CURED_UNTIL))

    assert (await again(session, entry)).status_at(end_of(CURED_UNTIL)) is Status.LAPSED


async def test_who_had_no_notice_and_finishes_late_is_renewed_without_a_gap(session):
    entry = await registered(session)
    await learn_enough(session, entry, ENDS)
    await open_renewals(session, OPENS)
    renewal = await renewal_of(session, entry.person_id, ENDS)

    await finish(session, renewal, at=MIDNIGHT + HOUR)

    entry = await again(session, entry)
    assert entry.lapses == []
    assert entry.registrations[0].until_on == NEXT


async def test_both_parts_are_cured_together(session):
    first = await registered(session)
    second = await registered(session, person=first.person, part=Part.DEPUTY)
    (renewal,) = await noticed(session, first)
    await written(session)
    at = MIDNIGHT + 5 * DAY

    await do(session, renewal, *STEPS, at=at)
    await do(session, renewal, RenewalStep.PAYMENT, at=at)

    for entry in (first, second):
        assert (await again(session, entry)).status_at(at) is Status.REGISTERED


async def test_who_is_held_is_not_registered_again_by_paying(session):
    entry = await registered(session)
    (renewal,) = await noticed(session, entry)
    by = make_process(session, now=NOTICED)
    await (await again(session, entry)).hold(session, on=NOTICED, by=by)
    await written(session)

    await finish(session, renewal, at=MIDNIGHT + DAY, heard=MIDNIGHT + DAY)

    assert (await again(session, entry)).status_at(MIDNIGHT + DAY) is Status.HELD


@pytest.mark.parametrize("held", [False, True], ids=["lapsed", "held"])
async def test_who_was_removed_since_is_not_registered_again_by_paying(session, held):
    entry, renewal = await lapsed(session, held=held)
    removed = MIDNIGHT + 4 * DAY
    await struck_off(session, entry, on=removed)

    await do(session, renewal, RenewalStep.PAYMENT, at=removed + DAY)

    entry = await again(session, entry)
    assert entry.status_at(removed + DAY) is Status.REMOVED_BY_ORDER
    assert [one.holds(removed + DAY) for one in entry.removals] == [True]
    assert [one.until_on for one in entry.registrations] == [ENDS]
    assert await letters(session, "renewal_cured") == []


async def test_who_finished_before_the_removal_was_registered_until_then(session):
    condition = NewCondition(ConditionKind.REGISTRATION, "Work with a mentor")
    entry, renewal = await lapsed(session, conditions=[condition])
    removed = MIDNIGHT + 4 * DAY
    await struck_off(session, entry, on=removed)

    at = removed - DAY
    await do(session, renewal, RenewalStep.PAYMENT, at=at, heard=removed + DAY)

    entry = await again(session, entry)
    again_from, (stood,) = entry.registrations[-1], entry.conditions[1:]
    assert entry.status_at(removed - INSTANT) is Status.REGISTERED
    assert entry.status_at(removed) is Status.REMOVED_BY_ORDER
    assert again_from.valid.upper == stood.valid.upper == removed
    assert await letters(session, "renewal_cured") == []
    assert await news(session, News.REGISTERED_AGAIN) == 0


async def test_a_hold_that_ended_keeps_nobody_from_the_cure(session):
    entry, renewal = await lapsed(session, held=True)
    entry = await again(session, entry)
    by = make_process(session, now=MIDNIGHT + DAY)
    await entry.end(session, entry.holds[0], on=MIDNIGHT + DAY, by=by)

    await do(session, renewal, RenewalStep.PAYMENT, at=MIDNIGHT + 2 * DAY)

    entry = await again(session, entry)
    assert entry.status_at(MIDNIGHT + 2 * DAY) is Status.REGISTERED


# Calendars


@pytest.mark.parametrize(
    ("ends", "hours"),
    [
        (date(2028, 2, 29), 24),
        (date(2028, 3, 26), 23),
        (date(2027, 10, 31), 25),
    ],
    ids=["29 February", "the clocks go forward", "the clocks go back"],
)
async def test_a_lapse_begins_as_the_day_ends_however_long_it_was(session, ends, hours):
    entries = [await registered(session, until=ends) for _ in range(2)]
    renewals = [await renewing(session, entry, ends) for entry in entries]
    await session.flush()
    await give_notice(session, start_of(ends - 20 * DAY))
    await finish_all(session, renewals[0], at=end_of(ends) - INSTANT)
    await finish_all(session, renewals[1], at=end_of(ends))

    await written(session, ends)

    in_time, late = [await again(session, one) for one in entries]
    assert end_of(ends) - start_of(ends) == hours * HOUR
    assert in_time.lapses == []
    assert [one.starts for one in late.lapses] == [end_of(ends)]


async def renewing(session, entry, ends):
    renewal = Renewal(
        person_id=entry.person_id,
        ends_on=ends,
        until_on=ends + 365 * DAY,
        rule_set_id=entry.registrations[0].rule_set_id,
        opened_at=start_of(ends - 60 * DAY),
        only_pays=True,
    )
    session.add(renewal)
    await session.flush()
    return renewal


async def finish_all(session, renewal, *, at):
    await do(session, renewal, RenewalStep.PAYMENT, at=at)


# The projection


async def test_what_lists_read_after_a_run_is_what_the_facts_give(session):
    condition = NewCondition(ConditionKind.REGISTRATION, "Work with a mentor")
    entry = await registered(session, conditions=[condition])
    await noticed(session, entry)

    await written(session)

    row = await session.get(EntryProjection, entry.id, populate_existing=True)
    should = await row_at(session, await again(session, entry), RELEASED)
    assert {name: getattr(row, name) for name in should} == should
