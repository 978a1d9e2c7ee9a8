"""Renewals: for whom one is opened, that only the whole renews, and the last moment."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from register.entry import Entry, NotPossible, RemovalReason
from register.entry import RenewedAlready as EntryRenewedAlready
from register.entry.facts import Registration, RegistrationSuperseded
from register.kit.clock import end_of, start_of
from register.kit.jobs import START, enqueue, run_pending
from register.kit.post import Message
from register.part import Part
from register.process import Event
from register.renewal import (
    CureOver,
    RenewalEvent,
    RenewalStep,
    RenewedAlready,
    open_renewals,
    renewal_of,
)
from register.rule_set import RuleSet
from tests.applications import make_sent_application
from tests.make import make_account, make_entry, make_process
from tests.register.learning import make_enough
from tests.register.renewing import notice

ENDS = date(2027, 11, 30)
OPENS = start_of(date(2027, 9, 1))
INSTANT = timedelta(microseconds=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CURED_UNTIL = date(2027, 12, 14)
STEPS = [step for step in RenewalStep if step is not RenewalStep.PAYMENT]


async def opened(session, entry=None, *, now=OPENS):
    entry = entry or await make_entry(session)
    await make_enough(session, entry.person)
    await open_renewals(session, now)
    return entry, await renewal_of(session, entry.person_id, ENDS)


async def do(session, renewal, step, at):
    by = make_process(session, now=at)
    if step is RenewalStep.PAYMENT:
        await renewal.paid(session, at=at, by=by)
    else:
        version = "1" if step is RenewalStep.DECLARATIONS else None
        await renewal.confirm(session, step, declaration_version=version, by=by)


async def until_on(session, entry):
    await session.refresh(entry, ["registrations"])
    (registration,) = entry.registrations
    return registration.until_on


# Opening


async def test_nobody_renews_before_the_window_opens(session):
    _, renewal = await opened(session, now=OPENS - INSTANT)

    assert renewal is None


async def test_everybody_has_a_renewal_from_the_day_on_which_the_window_opens(session):
    _, renewal = await opened(session)

    assert (renewal.ends_on, renewal.until_on) == (ENDS, date(2028, 11, 30))
    assert renewal.left == list(RenewalStep)


async def test_a_renewal_is_opened_once_and_told_once(session):
    entry, renewal = await opened(session)
    _, again = await opened(session, entry, now=OPENS + HOUR)

    told = await session.scalars(select(Event).where(Event.kind == RenewalEvent.OPENED))
    assert again is renewal
    assert [event.person_id for event in told] == [entry.person_id]


async def test_batches_open_everybodys_in_the_order_of_entries(session):
    entries = sorted([(await make_entry(session)).id for _ in range(3)])

    first = await open_renewals(session, OPENS, 2)
    rest = await open_renewals(session, OPENS, 2, after=first[-1])

    assert (first, rest) == (entries[:2], entries[2:])


async def test_the_job_opens_every_part_wherever_its_entries_stand(session, sessions):
    manager = await make_entry(session)
    deputy = await make_entry(session, part=Part.DEPUTY)
    while manager.id < deputy.id:
        manager = await make_entry(session)
    await enqueue(session, "open_some", {"after": START})

    await run_pending(sessions, lambda: OPENS)

    for one in (manager, deputy):
        assert await renewal_of(session, one.person_id, ENDS)


async def test_who_holds_several_parts_has_one_renewal_under_the_rules_of_the_first(
    session,
):
    entry = await make_entry(session, part=Part.DEPUTY)
    await make_entry(session, person=entry.person)

    _, renewal = await opened(session, entry)

    leading = await RuleSet.on(session, Part.MANAGER, OPENS.date())
    assert renewal.rule_set_id == leading.id


async def test_who_joined_before_the_window_does_it_all(session):
    _, renewal = await opened(
        session, await make_entry(session, on=OPENS - INSTANT), now=OPENS + HOUR
    )

    assert not renewal.only_pays


async def test_who_joined_in_the_window_only_pays(session):
    _, renewal = await opened(
        session, await make_entry(session, on=OPENS), now=OPENS + HOUR
    )

    assert renewal.left == [RenewalStep.PAYMENT]


async def test_nobody_renews_for_who_has_died(session):
    entry = await make_entry(session)
    entry.person.deceased_on = date(2027, 8, 1)

    _, renewal = await opened(session, entry)

    assert renewal is None


async def test_who_is_entered_for_a_last_day_that_is_over_can_still_renew(session):
    """They paid on it, and we heard of it after midnight."""
    entry = await make_entry(session, on=start_of(ENDS), now=end_of(ENDS) + HOUR)

    _, renewal = await opened(session, entry, now=end_of(ENDS) + HOUR)

    assert renewal.until_on == date(2028, 11, 30)
    assert renewal.left == [RenewalStep.PAYMENT]


async def test_who_stands_with_a_period_that_has_ended_has_its_renewal_whenever(
    session,
):
    now = start_of(date(2028, 8, 31))
    entry = await make_entry(session)

    _, renewal = await opened(session, entry, now=now)

    assert renewal.ends_on == ENDS
    assert await renewal_of(session, entry.person_id, date(2028, 11, 30)) is None


async def entered(session, entry, *, at):
    """In a second part, by the fee for it."""
    account = await make_account(session, person=entry.person)
    application = await make_sent_application(session, account=account)
    by = make_process(session, now=at)
    application.take_up(await make_account(session), by=by)
    application.propose(by=by)
    application.approve(pay_by=ENDS, by=by)
    await application.paid(session, at=at, by=by)
    return await session.scalar(
        select(Registration)
        .join(Entry, Entry.id == Registration.entry_id)
        .where(Entry.person_id == entry.person_id, Entry.part == application.part)
    )


async def test_who_is_entered_after_they_have_renewed_is_renewed_there_too(session):
    entry, renewal = await opened(session, await make_entry(session, part=Part.DEPUTY))
    for step in RenewalStep:
        await do(session, renewal, step, OPENS)

    second = await entered(session, entry, at=OPENS + 40 * DAY)

    granted = await session.scalar(
        select(Message.body).where(Message.letter == "application_granted")
    )
    assert second.until_on == date(2028, 11, 30)
    assert "until 30 November 2028" in granted


async def test_who_is_entered_before_they_have_renewed_renews_both(session):
    entry, renewal = await opened(session, await make_entry(session, part=Part.DEPUTY))
    for step in STEPS:
        await do(session, renewal, step, OPENS)

    second = await entered(session, entry, at=OPENS + 40 * DAY)
    before = second.until_on
    await do(session, renewal, RenewalStep.PAYMENT, OPENS + 41 * DAY)

    assert (before, second.until_on) == (ENDS, date(2028, 11, 30))


# Finishing


@given(order=st.permutations(list(RenewalStep)))
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_only_the_whole_renews_whatever_comes_first(session, order):
    entry, renewal = await opened(session)
    for n, step in enumerate(order):
        assert renewal.finished_at is None
        assert await until_on(session, entry) == ENDS
        await do(session, renewal, step, OPENS + n * HOUR)

    assert renewal.finished_at == OPENS + 4 * HOUR
    assert await until_on(session, entry) == date(2028, 11, 30)


async def test_a_payment_alone_renews_nobody(session):
    entry, renewal = await opened(session)

    await do(session, renewal, RenewalStep.PAYMENT, OPENS)

    assert renewal.left == STEPS
    assert await until_on(session, entry) == ENDS


async def test_a_payment_told_twice_is_one(session):
    _, renewal = await opened(session)
    await do(session, renewal, RenewalStep.PAYMENT, OPENS)

    await do(session, renewal, RenewalStep.PAYMENT, OPENS + HOUR)

    assert renewal.paid_at == OPENS


async def test_what_was_renewed_says_what_it_said_before(session):
    entry, renewal = await opened(session)
    for step in RenewalStep:
        await do(session, renewal, step, OPENS)

    before = await session.scalar(
        select(RegistrationSuperseded.until_on).where(
            RegistrationSuperseded.entry_id == entry.id
        )
    )
    assert before == ENDS


async def test_all_parts_are_renewed_together(session):
    first = await make_entry(session)
    second = await make_entry(session, person=first.person, part=Part.DEPUTY)
    _, renewal = await opened(session, first)

    for step in RenewalStep:
        await do(session, renewal, step, OPENS)

    assert await until_on(session, first) == await until_on(session, second)


async def test_a_finished_renewal_is_not_done_again(session):
    _, renewal = await opened(session)
    for step in RenewalStep:
        await do(session, renewal, step, OPENS)

    with pytest.raises(RenewedAlready):
        await do(session, renewal, RenewalStep.DETAILS, OPENS + HOUR)


# The last moment


async def finished_at(session, at):
    entry, renewal = await opened(session)
    for step in STEPS:
        await do(session, renewal, step, OPENS)
    await do(session, renewal, RenewalStep.PAYMENT, at)
    return entry, renewal


async def test_who_finishes_at_the_last_instant_of_the_last_day_is_renewed(session):
    entry, renewal = await finished_at(session, end_of(ENDS) - INSTANT)

    assert renewal.in_time
    assert await until_on(session, entry) == date(2028, 11, 30)


async def test_who_finishes_at_midnight_is_late_and_not_renewed_by_that_alone(session):
    entry, renewal = await opened(session)
    await notice(session, renewal)
    for step in RenewalStep:
        await do(session, renewal, step, end_of(ENDS))

    assert not renewal.in_time
    assert await until_on(session, entry) == ENDS


async def test_the_payer_decides_when_it_was_paid_and_not_when_we_heard_of_it(session):
    entry, renewal = await opened(session)
    for step in STEPS:
        await do(session, renewal, step, OPENS)

    by = make_process(session, now=end_of(ENDS) + HOUR)
    await renewal.paid(session, at=end_of(ENDS) - INSTANT, by=by)

    assert renewal.in_time
    assert await until_on(session, entry) == date(2028, 11, 30)


async def test_the_last_instant_of_the_cure_is_not_too_late(session):
    _, renewal = await finished_at(session, end_of(CURED_UNTIL) - INSTANT)

    assert renewal.finished_at


async def test_after_the_cure_nothing_can_be_finished(session):
    with pytest.raises(CureOver):
        await finished_at(session, end_of(CURED_UNTIL))


@pytest.mark.parametrize("until", [date(2024, 2, 29), date(2028, 2, 29)])
async def test_a_period_may_end_on_the_last_of_february(session, until):
    rules = (await RuleSet.on(session, Part.MANAGER, OPENS.date())).rules

    assert rules.cure_ends(until) == until + timedelta(days=14)


async def test_an_entry_that_has_ended_is_not_renewed(session):
    entry = await make_entry(session)
    by = make_process(session, now=OPENS)
    await entry.remove(session, on=OPENS, because=RemovalReason.VOLUNTARY, by=by)

    with pytest.raises(NotPossible):
        await renewed(session, entry, date(2028, 11, 30))


async def test_an_entry_is_not_renewed_for_a_time_it_has_already(session):
    entry = await make_entry(session)

    with pytest.raises(EntryRenewedAlready):
        await renewed(session, entry, ENDS)


async def renewed(session, entry, until):
    rule_set = await RuleSet.on(session, Part.MANAGER, ENDS)
    by = make_process(session, now=OPENS)
    await entry.renew(session, until=until, rule_set=rule_set, by=by)
