"""Reminders to renew: each rung once and none silently missing, by e-mail and text message, and one to each provider."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from register.account import StaffRole
from register.application.answers import Contact
from register.employment import Employment
from register.entry import Entry, RemovalReason
from register.kit.clock import day_of, end_of, start_of
from register.kit.db import Role, acting_as
from register.kit.jobs import run_pending
from register.kit.post import Failure, Message, MessageState, silence
from register.organisation import Told, tell_of_post
from register.part import Part
from register.particulars import change_contact
from register.person import Person
from register.renewal import (
    NotSentBecause,
    ReminderChannel,
    Renewal,
    RenewalReminder,
    RenewalStep,
    alarms,
    count_reminders,
    counts,
    ladder,
    open_renewals,
    remind_providers,
    remind_some,
    rung_on,
)
from register.renewal.reminding import ladder_of_more_time
from register.rule_set import RuleSet
from tests.make import (
    make_account,
    make_employment,
    make_entry,
    make_home,
    make_process,
)
from tests.reading import Page
from tests.register.employing import make_organisation, make_user
from tests.register.learning import make_enough

ENDS = date(2027, 11, 30)
LATER = date(2028, 1, 14)
OPENS = date(2027, 9, 1)
INSTANT, DAY = timedelta(microseconds=1), timedelta(days=1)
RUNGS = [90, 60, 30, 14, 7, 3, 1]
MOBILE = "+447700900123"


@pytest.fixture
async def rules(session):
    return (await RuleSet.on(session, Part.MANAGER, OPENS)).rules


async def registrant(session, *, mobile=MOBILE, email="holder@example.org"):
    """Somebody registered, with a renewal that is open."""
    entry = await make_entry(session)
    if email:
        await make_account(session, person=entry.person, email=email)
    if mobile:
        contact = Contact(
            line_1="1 High Street", town="Leeds", postcode="LS1 1AA", mobile=mobile
        )
        by = make_process(session, now=start_of(OPENS))
        await change_contact(session, entry.person, contact, by=by)
    await open_renewals(session, start_of(OPENS))
    return entry


async def remind(session, at):
    """All people, of what is due then."""
    while await remind_some(session, now=at):
        pass


@pytest.fixture
def tell_providers(session, sessions):
    """All of them, of what is due then: by a job each."""

    async def tell(at):
        await remind_providers(session, now=at)
        await session.commit()
        await run_pending(sessions, lambda: at)

    return tell


async def said(session, letter="renewal_reminder"):
    found = await session.scalars(
        select(Message).where(Message.letter == letter).order_by(Message.created_at)
    )
    return found.all()


async def finish(session, at):
    for renewal in await session.scalars(select(Renewal)):
        await make_enough(session, await session.get_one(Person, renewal.person_id))
        for step in RenewalStep:
            by = make_process(session, now=at)
            if step is RenewalStep.PAYMENT:
                await renewal.paid(session, at=at, by=by)
            else:
                version = "1" if step is RenewalStep.DECLARATIONS else None
                await renewal.confirm(session, step, declaration_version=version, by=by)


# The ladder


def test_the_first_rung_is_the_day_of_opening_and_the_last_the_day_before(rules):
    rungs = ladder(rules, ENDS)

    assert [rung.days for rung in rungs] == RUNGS
    assert (rungs[0].due_on, rungs[-1].due_on) == (OPENS, ENDS - DAY)


@pytest.mark.parametrize(
    ("day", "days"),
    [
        (OPENS - DAY, None),
        (OPENS, 90),
        (date(2027, 9, 30), 90),
        (date(2027, 10, 1), 60),
        (date(2027, 11, 28), 3),
        (date(2027, 11, 29), 1),
        (ENDS, 1),
        (ENDS + DAY, None),
    ],
)
def test_each_rung_is_due_until_the_next(rules, day, days):
    rung = rung_on(ladder(rules, ENDS), day)

    assert (rung.days if rung else None) == days


@pytest.mark.parametrize(
    ("day", "days"),
    [
        (LATER - 60 * DAY - DAY, None),
        (LATER - 60 * DAY, 60),
        (LATER - 14 * DAY - DAY, 30),
        (LATER - 14 * DAY, 14),
        (LATER, 1),
        (LATER + DAY, None),
    ],
)
def test_before_a_later_last_day_the_ladder_is_the_same_but_for_the_opening(
    rules, day, days
):
    rung = rung_on(ladder_of_more_time(rules, LATER), day)

    assert (rung.days if rung else None) == days


@given(ends=st.dates(date(2027, 1, 1), date(2032, 12, 31)), back=st.integers(0, 90))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_day_between_opening_and_end_is_without_a_rung(rules, ends, back):
    day = ends - back * DAY
    opens = rules.renewal_opens(ends)
    within = opens < ends and opens <= day

    assert (rung_on(ladder(rules, ends), day) is not None) == within


# To whom


async def test_who_has_not_renewed_is_told_by_email_and_text_message(session):
    await registrant(session)

    await remind(session, start_of(date(2027, 11, 23)))

    (email,) = await said(session)
    (sms,) = await said(session, "renewal_reminder_text")
    assert (email.to_address, sms.to_address) == ("holder@example.org", MOBILE)
    assert "You have not renewed your registration yet." in email.body
    assert "5 things left" in sms.body


async def test_whoever_paid_first_is_told_that_this_is_not_all(session):
    entry = await registrant(session)
    renewal = await session.scalar(select(Renewal))
    by = make_process(session, now=start_of(OPENS))
    await renewal.paid(session, at=start_of(OPENS), by=by)

    await remind(session, start_of(date(2027, 11, 23)))

    (email,) = await said(session)
    assert entry.person_id == email.person_id
    assert email.subject == "Paid, not renewed: 4 things left by 30 November 2027"
    assert "pay the fee" not in email.body


async def test_a_rung_is_sent_once_however_often_one_looks(session):
    await registrant(session)

    for hour in range(3):
        at = start_of(date(2027, 11, 23)) + timedelta(hours=hour)
        await remind(session, at)

    assert len(await said(session)) == 1


async def test_a_rung_that_was_missed_is_made_up_for_until_the_next(session):
    await registrant(session)

    await remind(session, end_of(date(2027, 11, 26)) - INSTANT)
    await remind(session, end_of(date(2027, 11, 26)))

    rungs = await session.scalars(
        select(RenewalReminder.rung).where(RenewalReminder.channel == "email")
    )
    assert sorted(rungs) == [3, 7]


async def test_who_has_renewed_hears_no_more_of_it(session):
    await registrant(session)
    await finish(session, start_of(OPENS))

    await remind(session, start_of(date(2027, 11, 23)))

    assert await said(session) == []


async def test_after_the_last_day_nobody_is_reminded(session):
    await registrant(session)

    await remind(session, end_of(ENDS))

    assert await said(session) == []


async def test_a_text_message_that_is_written_at_night_waits_for_the_morning(session):
    await registrant(session)

    await remind(session, datetime(2027, 11, 23, 1, 30, tzinfo=UTC))

    waits = await session.scalars(
        text("""select execute_after - created > interval '6 hours' from pgqueuer
                where entrypoint = 'send_message' order by id desc limit 1""")
    )
    assert waits.one()


@pytest.mark.parametrize(
    ("lacks", "channel", "because"),
    [
        ({"email": None}, ReminderChannel.EMAIL, NotSentBecause.NO_ACCOUNT),
        ({"mobile": None}, ReminderChannel.SMS, NotSentBecause.NO_MOBILE),
        (
            {"email": None, "mobile": None},
            ReminderChannel.LETTER,
            NotSentBecause.NO_ADDRESS,
        ),
    ],
)
async def test_the_ledger_says_why_somebody_could_not_be_told(
    session, lacks, channel, because
):
    await registrant(session, **lacks)

    await remind(session, start_of(OPENS))

    found = await session.scalars(
        select(RenewalReminder.because).where(RenewalReminder.channel == channel)
    )
    assert found.all() == [because]


async def test_who_has_no_account_is_written_to_by_post_as_renewal_opens(session):
    await registrant(session, email=None)

    await remind(session, start_of(OPENS))
    await remind(session, start_of(date(2027, 11, 23)))

    (letter,) = await said(session, "renewal_opened")
    assert letter.channel == "letter"
    assert "1 High Street" in letter.to_address
    await count_reminders(session, start_of(OPENS))
    sent = {one.channel: (one.expected, one.sent) for one in await counts(session)}
    assert sent["letter"] == (1, 1)


async def test_to_whom_nothing_is_written_any_more_nothing_is_written(session):
    entry = await registrant(session)
    await silence(session, entry.person_id, now=start_of(OPENS))

    await remind(session, start_of(OPENS))

    found = await session.scalars(select(RenewalReminder.because))
    assert set(found) == {NotSentBecause.SILENCE}
    assert await said(session, "renewal_opened") == []


async def test_the_database_refuses_to_remind_twice(session):
    await registrant(session)
    await remind(session, start_of(OPENS))
    row = await session.scalar(select(RenewalReminder))
    again = {"last_day": row.last_day, "rung": row.rung, "channel": row.channel}

    with pytest.raises(DBAPIError, match="renewal_reminder_once"):
        async with session.begin_nested():
            session.add(
                RenewalReminder(
                    id=uuid4(), at=row.at, renewal_id=row.renewal_id, **again
                )
            )


async def test_the_database_refuses_to_change_what_the_ledger_says(session):
    await registrant(session)
    await remind(session, start_of(OPENS))

    with pytest.raises(DBAPIError):
        async with session.begin_nested():
            await session.execute(text("update renewal_reminder set rung = 5"))


# More time


@pytest.fixture
async def extended(session):
    """Somebody with a renewal that may be done until later."""
    await registrant(session)
    renewal = await session.scalar(select(Renewal))
    renewal.extended_until = LATER
    await session.flush()
    return renewal


async def rungs_by_day(session):
    found = await session.execute(
        select(RenewalReminder.last_day, RenewalReminder.rung)
        .where(RenewalReminder.channel == "email")
        .order_by(RenewalReminder.at)
    )
    return [tuple(row) for row in found]


async def test_who_has_more_time_is_reminded_before_their_own_last_day(
    session, extended
):
    day = ENDS - 14 * DAY
    while day <= LATER + DAY:
        await remind(session, start_of(day))
        day += DAY

    assert await rungs_by_day(session) == [
        (LATER, days) for days in (60, 30, 14, 7, 3, 1)
    ]
    for one in (*await said(session), *await said(session, "renewal_reminder_text")):
        assert "14 January 2028" in one.subject + one.body
        assert "30 November" not in one.subject + one.body


async def test_who_has_more_time_is_not_told_that_it_ends_with_the_others(session):
    await registrant(session)
    renewal = await session.scalar(select(Renewal))
    renewal.extended_until = LATER
    await registrant(session, email="other@example.org")

    await remind(session, start_of(ENDS - DAY))

    by = {one.to_address: one.subject for one in await said(session)}
    assert by == {
        "holder@example.org": "Renew your registration by 14 January 2028",
        "other@example.org": "Renew your registration by 30 November 2027",
    }


async def test_a_rung_is_sent_again_before_a_later_last_day(session):
    await registrant(session)
    await remind(session, start_of(ENDS - 14 * DAY))
    renewal = await session.scalar(select(Renewal))
    renewal.extended_until = LATER
    await session.flush()

    for hour in range(2):
        await remind(session, start_of(LATER - 14 * DAY) + timedelta(hours=hour))

    assert await rungs_by_day(session) == [(ENDS, 14), (LATER, 14)]
    assert [one.subject for one in await said(session)] == [
        "Renew your registration by 30 November 2027",
        "Renew your registration by 14 January 2028",
    ]


@pytest.mark.parametrize(
    ("at", "told"), [(end_of(LATER) - INSTANT, 1), (end_of(LATER), 0)]
)
async def test_who_has_more_time_is_reminded_until_it_is_over(
    session, extended, at, told
):
    await remind(session, at)

    assert len(await said(session)) == told


@given(
    agreed=st.dates(OPENS, ENDS),
    more=st.integers(1, 56),
    looks=st.lists(st.dates(OPENS, ENDS + 60 * DAY), min_size=1, max_size=8),
)
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_each_rung_that_is_looked_at_is_sent_once_for_each_last_day(
    session, rules, agreed, more, looks
):
    """Whenever more time is agreed to, and however seldom the work is done."""
    later, should = ENDS + more * DAY, []
    async with session.begin_nested() as outer:
        await registrant(session, mobile=None)
        renewal = await session.scalar(select(Renewal))
        for day in sorted(looks):
            extended = day >= agreed
            renewal.extended_until = later if extended else None
            await session.flush()
            above = (
                ladder_of_more_time(rules, later) if extended else ladder(rules, ENDS)
            )
            if rung := rung_on(above, day):
                should.append((later if extended else ENDS, rung.days))
            await remind(session, start_of(day))

        assert await rungs_by_day(session) == list(dict.fromkeys(should))
        letters = [
            *await said(session, "renewal_opened"),
            *await said(session),
        ]
        assert len(letters) == len(set(should))
        await outer.rollback()
    session.expunge_all()


# Providers


@pytest.fixture
async def provider(session):
    """With one member of staff who has not renewed."""
    return await make_provider(session)


async def make_provider(session, *, lead=True, urn="SC462450", email="h@example.org"):
    home = await make_home(session, urn)
    organisation = await make_organisation(session, home)
    if lead:
        await make_user(session, organisation, lead=True)
    entry = await registrant(session, email=email)
    await make_employment(session, entry.person, home)
    return organisation


async def letters_to_providers(session):
    return await said(session, "renewal_reminder_provider")


async def counted(session, at, channel=ReminderChannel.EMPLOYER):
    """Of today: expected, sent, not possible, missing, and what did not arrive."""
    await count_reminders(session, at)
    session.expire_all()
    return [
        (one.expected, one.sent, one.not_sent, one.missing, one.undelivered)
        for one in await counts(session)
        if (one.channel, one.day) == (channel, day_of(at))
    ]


WEEK_BEFORE = start_of(ENDS - 7 * DAY)


async def test_a_provider_is_told_how_many_of_its_staff_have_not_renewed(
    session, provider, tell_providers
):
    for _ in range(2):
        await tell_providers(WEEK_BEFORE)

    (letter,) = await letters_to_providers(session)
    assert letter.subject == "1 member of your staff has not renewed"
    assert "Ngozi" not in letter.body


async def test_a_provider_whose_staff_have_all_renewed_is_not_written_to(
    session, provider, tell_providers
):
    await finish(session, start_of(OPENS))

    await tell_providers(WEEK_BEFORE)

    assert await letters_to_providers(session) == []
    assert await counted(session, WEEK_BEFORE) == []


async def test_who_is_not_in_the_register_any_more_is_not_counted(
    session, provider, tell_providers
):
    entry_id = await session.scalar(select(Entry.id))
    left = start_of(date(2027, 10, 10))
    await (await Entry.load(session, entry_id, lock=True)).remove(
        session,
        on=left,
        because=RemovalReason.VOLUNTARY,
        by=make_process(session, now=left),
    )
    await session.flush()

    await tell_providers(WEEK_BEFORE)

    assert await letters_to_providers(session) == []


async def test_who_does_not_work_there_as_the_provider_says_is_not_counted(
    session, provider, tell_providers
):
    post = await session.scalar(select(Employment.id))
    by = make_process(session, now=start_of(OPENS))
    await tell_of_post(session, provider, post, Told.DOES_NOT, by=by)
    await session.flush()

    await tell_providers(WEEK_BEFORE)

    assert await letters_to_providers(session) == []


async def test_a_provider_whose_letter_fails_keeps_no_other_from_being_told(
    session, provider, tell_providers
):
    other = await make_provider(session, urn="SC462451", email="o@example.org")
    async with acting_as(session, Role.OWNER):
        await session.execute(
            text(f"""alter table renewal_reminder add constraint one_fails
                     check (organisation_id is distinct from '{provider.id}')""")
        )

    with pytest.raises(DBAPIError, match="one_fails"):
        await tell_providers(WEEK_BEFORE)

    told = await session.scalars(select(RenewalReminder.organisation_id))
    assert told.all() == [other.id]
    assert await counted(session, WEEK_BEFORE) == [(2, 1, 0, 1, 0)]
    assert await alarms(session, WEEK_BEFORE + timedelta(hours=4))


async def test_providers_are_counted_before_and_after_they_are_told(
    session, provider, tell_providers
):
    await make_provider(session, urn="SC462451", email="o@example.org", lead=False)

    before = await counted(session, WEEK_BEFORE)
    await tell_providers(WEEK_BEFORE)

    assert before == [(2, 0, 0, 2, 0)]
    assert await counted(session, WEEK_BEFORE) == [(2, 1, 1, 0, 0)]


async def test_a_letter_to_a_provider_that_did_not_arrive_is_counted(
    session, provider, tell_providers
):
    await tell_providers(WEEK_BEFORE)
    (letter,) = await letters_to_providers(session)
    letter.fail(now=WEEK_BEFORE, because=Failure.UNDELIVERABLE)
    await session.flush()

    assert await counted(session, WEEK_BEFORE) == [(1, 1, 0, 0, 1)]


@pytest.mark.parametrize(
    ("at", "told"), [(end_of(ENDS) - INSTANT, 1), (end_of(ENDS), 0)]
)
async def test_a_provider_is_not_told_of_a_last_day_that_is_over(
    session, sessions, provider, at, told
):
    await remind_providers(session, now=start_of(ENDS))
    await session.commit()

    await run_pending(sessions, lambda: at)

    assert len(await letters_to_providers(session)) == told


async def test_a_provider_is_told_of_who_has_more_time_before_their_own_last_day(
    session, provider, tell_providers
):
    renewal = await session.scalar(select(Renewal))
    renewal.extended_until = LATER
    await session.flush()

    await tell_providers(WEEK_BEFORE)
    await tell_providers(start_of(LATER - 7 * DAY))

    letters = await letters_to_providers(session)
    assert len(letters) == 2
    assert all("14 January 2028" in letter.body for letter in letters)


# The report of the day


async def test_what_should_be_sent_is_held_against_what_was(session):
    await registrant(session)
    await registrant(session, email="other@example.org", mobile=None)
    at = start_of(date(2027, 11, 23))

    await count_reminders(session, at)
    before = {one.channel: (one.expected, one.missing) for one in await counts(session)}
    await remind(session, at)
    await count_reminders(session, at)
    session.expire_all()
    after = {
        one.channel: (one.expected, one.sent, one.not_sent, one.missing)
        for one in await counts(session)
    }

    nobody = {"employer": (0, 0)}
    assert before == {"email": (2, 2), "sms": (2, 2)} | nobody
    assert after == {
        "email": (2, 2, 0, 0),
        "sms": (2, 1, 1, 0),
        "employer": (0, 0, 0, 0),
    }


async def test_what_did_not_arrive_is_counted(session):
    await registrant(session)
    at = start_of(date(2027, 11, 23))
    await remind(session, at)
    (letter,) = await said(session)
    letter.state, letter.failed_because, letter.settled_at = (
        MessageState.FAILED,
        "undeliverable",
        at,
    )
    await session.flush()

    await count_reminders(session, at)

    assert {one.channel: one.undelivered for one in await counts(session)} == {
        "email": 1,
        "employer": 0,
        "sms": 0,
    }


async def test_a_reminder_that_is_missing_raises_an_alarm_after_some_hours(session):
    await registrant(session)
    at = start_of(date(2027, 11, 23))
    await count_reminders(session, at)

    assert not await alarms(session, at + timedelta(hours=4) - INSTANT)
    assert await alarms(session, at + timedelta(hours=4))


async def test_that_nobody_counts_raises_an_alarm_in_the_window_only(session):
    late = timedelta(hours=12)

    assert await alarms(session, start_of(date(2027, 11, 23)) + late)
    assert not await alarms(session, start_of(date(2027, 6, 1)) + late)


async def test_who_has_more_time_is_counted_by_their_own_last_day(session):
    await registrant(session)
    renewal = await session.scalar(select(Renewal))
    renewal.extended_until = LATER
    await registrant(session, email="other@example.org")
    at = start_of(ENDS - DAY)

    await count_reminders(session, at)
    before = {
        (one.last_day, one.rung): one.missing
        for one in await counts(session)
        if one.channel is ReminderChannel.EMAIL
    }
    await remind(session, at)
    await count_reminders(session, at)
    session.expire_all()

    assert before == {(ENDS, 1): 1, (LATER, 60): 1}
    assert {one.missing for one in await counts(session)} == {0}


async def test_that_nobody_counts_is_an_alarm_as_long_as_somebody_has_more_time(
    session, extended
):
    late = timedelta(hours=12)

    assert await alarms(session, start_of(LATER) + late)
    assert not await alarms(session, start_of(LATER + DAY) + late)


async def test_all_is_well_once_everybody_has_been_told(session):
    await registrant(session)
    at = start_of(date(2027, 11, 23))
    await remind(session, at)
    await count_reminders(session, at)

    assert not await alarms(session, at + timedelta(hours=12))


# The page


@pytest.fixture
async def registrar(browser, session):
    account = await make_account(session, StaffRole.REGISTRAR)
    await browser.sign_in(account)
    return account


async def test_the_page_says_by_day_what_was_expected_and_sent(
    browser, session, registrar
):
    await registrant(session)
    at = start_of(date(2027, 11, 23))
    await remind(session, at)
    await count_reminders(session, at)

    page = Page(await browser.get("/staff/renewals/reminders"))

    assert page.h1 == "Reminders to renew"
    first, *_ = page.rows("Reminders by day")
    assert first == {
        "Day": "23 November 2027",
        "Last day to renew": "30 November 2027",
        "Before it": "7 days",
        "By": "Email",
        "To be sent": "1",
        "Sent": "1",
        "Not possible": "0",
        "Did not arrive": "0",
        "Missing": "0",
    }


async def test_the_page_says_so_when_there_is_nothing_to_tell(
    browser, session, registrar
):
    page = Page(await browser.get("/staff/renewals/reminders"))

    assert "No reminder has been due yet." in page.text


async def test_the_page_is_not_for_everybody(browser, session):
    await browser.sign_in(await make_account(session, StaffRole.FINANCE_OFFICER))

    answer = await browser.get("/staff/renewals/reminders")

    assert answer.status_code == 403
