"""Whoever cannot be reached by e-mail is reached by post: when that counts as served, and what a letter that fails means."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from register.account import Account, StaffRole
from register.application import ApplicationState
from register.assessment import (
    expire_notices_to_applicants,
    serve_by_post,
    serve_what_did_not_arrive,
    work_of,
)
from register.assessment.work import Work
from register.entry import ConditionKind, NewCondition, RemovalReason
from register.kit.clock import end_of, is_working, working_days_between
from register.kit.errors import NotFound
from register.kit.notify import Channel
from register.kit.post import UNKEPT, Failure, Message, MessageState, silence
from register.notice import (
    CannotBeServed,
    Notice,
    NoticeEnded,
    ServiceMethod,
    deemed_on,
    drop,
    expire_notices,
    left_on,
    not_served,
    notice_by_code,
    open_notice,
    propose_notice_of_removal,
    propose_removal,
    propose_removal_at_once,
    remind_of_notices,
    represent,
    said_to,
)
from register.process import Event
from register.reaching import way_to, write_to
from tests.make import NOW, make_account, make_address, make_entry, make_process
from tests.register.assessing import make_office, make_sent, notice_given
from tests.register.test_notice import not_met

DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
POST = ServiceMethod.POST


def london(*when):
    """In winter, when London has UTC."""
    return datetime(*when, tzinfo=UTC)


# When a letter counts as served


@pytest.mark.parametrize(
    ("handed_over", "left"),
    [
        (london(2027, 3, 10, 17, 29, 59), date(2027, 3, 11)),
        (london(2027, 3, 10, 17, 30), date(2027, 3, 12)),
        (london(2027, 3, 12, 17, 29), date(2027, 3, 15)),
        (london(2027, 3, 12, 17, 30), date(2027, 3, 15)),
        (london(2027, 3, 14, 17, 29), date(2027, 3, 15)),
        (london(2027, 3, 14, 17, 30), date(2027, 3, 16)),
        (london(2026, 12, 24, 17, 29), date(2026, 12, 29)),
        (london(2026, 12, 24, 17, 30), date(2026, 12, 29)),
        (london(2026, 12, 23, 17, 29), date(2026, 12, 24)),
        # British Summer Time: half past five is 16:30 UTC.
        (datetime(2027, 6, 8, 16, 29, tzinfo=UTC), date(2027, 6, 9)),
        (datetime(2027, 6, 8, 16, 30, tzinfo=UTC), date(2027, 6, 10)),
    ],
)
def test_a_letter_is_posted_on_the_working_day_after_it_was_printed(handed_over, left):
    assert left_on(handed_over, POST) == left


def test_an_email_leaves_at_once_on_a_sunday_night_too():
    assert left_on(london(2027, 3, 14, 23, 59), ServiceMethod.EMAIL) == date(
        2027, 3, 14
    )


@pytest.mark.parametrize(
    ("posted", "served"),
    [
        (date(2027, 3, 10), date(2027, 3, 12)),
        (date(2027, 3, 11), date(2027, 3, 15)),
        (date(2027, 3, 12), date(2027, 3, 16)),
        (date(2027, 3, 25), date(2027, 3, 31)),
        (date(2027, 4, 30), date(2027, 5, 5)),
        (date(2026, 12, 23), date(2026, 12, 29)),
        (date(2026, 12, 24), date(2026, 12, 30)),
        (date(2026, 12, 31), date(2027, 1, 5)),
    ],
    ids=[
        "a Wednesday",
        "a Thursday",
        "a Friday",
        "before Easter",
        "before the May holiday",
        "before Christmas Eve",
        "on Christmas Eve",
        "on New Year's Eve",
    ],
)
def test_a_letter_counts_as_served_on_the_second_working_day_after_posting(
    posted, served
):
    assert deemed_on(posted, POST) == served


@settings(max_examples=50)
@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 11, 30)))  # noqa: DTZ001 - the strategy wants naive ones
def test_whenever_it_is_handed_over_a_letter_is_posted_and_served_on_working_days(when):
    handed_over = when.replace(tzinfo=UTC)

    left = left_on(handed_over, POST)
    served = deemed_on(left, POST)

    assert is_working(left)
    assert is_working(served)
    assert left > handed_over.date()
    assert working_days_between(left, served) == 2
    assert left_on(handed_over + INSTANT, POST) >= left


# Who is reached how


def overdue():
    return NewCondition(ConditionKind.QUALIFICATION, "", NOW.date() - DAY)


@pytest.fixture
async def entry(session):
    return await make_entry(session, conditions=[overdue()])


@pytest.fixture
async def officer(session):
    return await make_account(session, StaffRole.CASEWORKER)


@pytest.fixture
async def registrar(session):
    return await make_account(session, StaffRole.REGISTRAR)


async def test_whoever_has_an_account_is_written_to_by_email(session, entry):
    await make_address(session, entry.person)
    await make_account(session, person=entry.person, email="holder@example.org")

    way = await way_to(session, entry.person_id)

    assert (way.channel, way.to) == (Channel.EMAIL, "holder@example.org")


async def test_whoever_has_none_is_written_to_at_the_last_known_address(session, entry):
    await make_address(session, entry.person, line_1="1 Old Road", now=NOW - DAY)
    await make_address(session, entry.person)

    way = await way_to(session, entry.person_id)

    assert way.channel is Channel.LETTER
    assert way.to.splitlines() == [
        entry.person.name,
        "4 Mill Lane",
        "Leeds",
        "LS1 4AP",
    ]


async def test_a_closed_account_reaches_nobody(session, entry):
    await make_account(session, person=entry.person, disabled_at=NOW)

    assert await way_to(session, entry.person_id) is None


async def test_any_letter_to_whoever_has_no_account_says_how_to_write_to_us(
    session, entry
):
    await make_address(session, entry.person)
    context = {"contact": "", "at": NOW}

    await write_to(
        session,
        entry.person_id,
        "contact_changed",
        context=context,
        key="k",
        now=NOW,
    )

    letter = await session.scalar(select(Message).where(Message.key == "k"))
    assert letter.channel is Channel.LETTER
    assert "write to us instead, to the address at its head" in letter.body


async def test_nobody_is_written_to_whose_address_is_unknown(session, entry):
    sent = await write_to(
        session, entry.person_id, "by_post", context={"contact": ""}, key="k", now=NOW
    )

    assert sent is None
    assert await session.scalar(select(Message)) is None


# Notices


async def served(session, entry, officer, registrar):
    proposal = await propose_notice_of_removal(
        session,
        entry,
        because=RemovalReason.CONDITION,
        condition_id=entry.conditions[0].id,
        words="You have not sent us a certificate.",
        proposer=officer,
        by=make_process(session, actor=officer),
    )
    await session.flush()
    by = make_process(session, actor=registrar)
    await proposal.approve(session, approver=registrar, by=by)
    await session.flush()
    return await open_notice(session, entry_id=entry.id)


@pytest.fixture
async def notice(session, entry, officer, registrar):
    """To somebody who has no account."""
    await make_address(session, entry.person)
    return await served(session, entry, officer, registrar)


async def letter_of(session, notice):
    return await session.get_one(Message, notice.message_id)


async def fail(session, notice, because=Failure.UNDELIVERABLE):
    (await letter_of(session, notice)).fail(now=NOW, because=because)
    await session.flush()


async def test_a_notice_to_whoever_has_no_account_goes_by_post(session, notice):
    letter = await letter_of(session, notice)

    assert notice.method is POST
    assert letter.channel is Channel.LETTER
    assert (notice.left_on, notice.deemed_on) == (
        date(2027, 3, 11),
        date(2027, 3, 15),
    )
    assert notice.respond_by == date(2027, 4, 12)
    assert "by the end of 12 April 2027" in letter.body
    assert "/notices/by-post" in letter.body
    assert "Sign in to read our reasons" not in letter.body


async def test_the_code_is_in_what_is_sent_and_in_nothing_that_is_kept(session, notice):
    letter = await letter_of(session, notice)
    code = letter.secret

    assert code in letter.sent_body
    assert code not in letter.body
    assert UNKEPT in letter.body
    assert (await notice_by_code(session, code.lower())).id == notice.id
    letter.taken("number", now=NOW)
    assert letter.secret is None
    assert code not in letter.sent_body


@pytest.mark.parametrize("typed", ["", "-", "4F7K-2M9Q-X3ZB", "4F7K" * 16, "ÄÖÜ"])
async def test_another_code_opens_nothing(session, notice, typed):
    with pytest.raises(NotFound):
        await notice_by_code(session, typed)


async def test_the_code_works_until_the_decision(session, entry, notice):
    code = (await letter_of(session, notice)).secret
    await drop(session, notice, words="It is met.", by=make_process(session))
    await session.flush()

    with pytest.raises(NoticeEnded):
        await notice_by_code(session, code)


async def test_a_notice_cannot_be_served_on_whoever_has_neither_account_nor_address(
    session, entry, officer, registrar
):
    with pytest.raises(CannotBeServed, match="Record an address"):
        await served(session, entry, officer, registrar)


async def test_the_reminder_and_the_decision_go_by_post_too(session, notice):
    await remind_of_notices(session, end_of(notice.respond_by) - INSTANT)
    await drop(session, notice, words="It is met.", by=make_process(session))

    found = await session.scalars(
        select(Message).where(Message.letter.in_(["notice_reminder", "notice_dropped"]))
    )
    assert {letter.channel for letter in found} == {Channel.LETTER}


async def test_the_right_of_appeal_runs_from_the_day_on_which_the_letter_counts(
    session, entry, officer, registrar
):
    await make_address(session, entry.person)
    proposal = await propose_removal_at_once(
        session,
        entry,
        evidence="Seen at court.",
        proposer=officer,
        by=make_process(session, actor=officer),
    )
    await session.flush()
    by = make_process(session, actor=registrar)
    await proposal.approve(session, approver=registrar, by=by)

    letter = await session.scalar(
        select(Message).where(Message.letter == "entry_removed")
    )
    assert letter.channel is Channel.LETTER
    assert "by the end of 12 April 2027" in letter.body


# What did not arrive


@pytest.fixture
async def emailed(session, entry, officer, registrar):
    """To somebody who has an account, and an address that we know."""
    await make_account(session, person=entry.person, email="holder@example.org")
    await make_address(session, entry.person)
    return await served(session, entry, officer, registrar)


async def refreshed(session, notice):
    entry_id = notice.entry_id
    session.expire_all()
    return await open_notice(session, entry_id=entry_id)


@pytest.mark.parametrize("because", [Failure.UNDELIVERABLE, Failure.REFUSED])
async def test_what_cannot_be_delivered_by_email_is_served_by_post(
    session, emailed, because
):
    before = (emailed.method, emailed.respond_by)
    await fail(session, emailed, because)
    later = NOW + 5 * DAY

    await serve_what_did_not_arrive(session, later)

    notice = await refreshed(session, emailed)
    letter = await letter_of(session, notice)
    assert before == (ServiceMethod.EMAIL, date(2027, 4, 8))
    assert (notice.method, letter.channel) == (POST, Channel.LETTER)
    assert notice.deemed_on == date(2027, 3, 18)
    assert notice.respond_by == date(2027, 4, 15)
    assert "by the end of 15 April 2027" in letter.body
    assert "no email address of yours" not in letter.body
    assert not notice.not_served


async def test_what_arrived_or_is_under_way_is_not_served_again(session, emailed):
    await serve_what_did_not_arrive(session, NOW + DAY)
    (await letter_of(session, emailed)).taken("number", now=NOW)
    await serve_what_did_not_arrive(session, NOW + DAY)

    assert (await refreshed(session, emailed)).method is ServiceMethod.EMAIL


async def test_what_notify_could_not_be_reached_for_waits_for_staff(session, emailed):
    await fail(session, emailed, Failure.UNREACHABLE)

    await serve_what_did_not_arrive(session, NOW + DAY)

    assert (await refreshed(session, emailed)).method is ServiceMethod.EMAIL


async def test_a_letter_that_failed_is_not_sent_over_and_over(session, notice):
    await fail(session, notice)

    await serve_what_did_not_arrive(session, NOW + DAY)

    count = len((await session.scalars(select(Message))).all())
    await serve_what_did_not_arrive(session, NOW + 2 * DAY)
    assert len((await session.scalars(select(Message))).all()) == count


async def test_one_that_cannot_go_by_post_keeps_nothing_of_the_others(
    session, entry, officer, registrar
):
    await make_account(session, person=entry.person)
    stuck = await served(session, entry, officer, registrar)
    other = await make_entry(session, family_name="Other", conditions=[overdue()])
    await make_account(session, person=other.person)
    await make_address(session, other.person)
    free = await served(session, other, officer, registrar)
    for notice in (stuck, free):
        await fail(session, notice)

    await serve_what_did_not_arrive(session, NOW + DAY)

    assert free.method is POST
    assert stuck.method is ServiceMethod.EMAIL


async def test_no_time_runs_out_on_whom_a_notice_did_not_reach(session, notice):
    await fail(session, notice)
    over = end_of(notice.respond_by)

    await expire_notices(session, over)
    await remind_of_notices(session, over)

    assert notice.request.open
    assert notice.request.reminded_at is None


async def test_whoever_has_answered_was_reached_whatever_became_of_the_letter(
    session, notice, officer
):
    await fail(session, notice)
    before = notice.not_served
    await represent(session, notice, "No.", by=make_process(session))
    await session.flush()

    assert before
    assert not notice.not_served
    assert list(await not_served(session, officer)) == []


async def test_time_runs_out_on_whom_it_reached(session, notice):
    await expire_notices(session, end_of(notice.respond_by))

    assert not notice.request.open


async def test_the_officer_is_told_of_a_notice_that_did_not_arrive(
    session, notice, officer, registrar
):
    before = await not_served(session, officer)
    await fail(session, notice)

    assert list(before) == []
    assert [one.id for one in await not_served(session, officer)] == [notice.id]
    assert list(await not_served(session, registrar)) == []
    assert (await work_of(session, registrar, now=NOW))[Work.NOT_SERVED] == 1


async def test_after_a_new_address_it_is_served_again_with_another_code(
    session, entry, notice, officer
):
    first = (await letter_of(session, notice)).secret
    await fail(session, notice)
    await make_address(session, entry.person, line_1="9 New Street", now=NOW + DAY)
    by = make_process(session, now=NOW + DAY, actor=officer)

    await serve_by_post(session, notice, by=by)

    letter = await letter_of(session, notice)
    assert "9 New Street" in letter.to_address
    assert not notice.not_served
    assert (await notice_by_code(session, letter.secret)).id == notice.id
    with pytest.raises(NotFound):
        await notice_by_code(session, first)


async def test_each_service_leaves_a_line_of_history(session, notice, officer):
    by = make_process(session, now=NOW + DAY, actor=officer)
    await serve_by_post(session, notice, by=by)
    await session.flush()

    events = await session.scalars(
        select(Event).where(Event.kind == "notice:served").order_by(Event.id)
    )
    told = [(e.data["method"], e.data["deemed_on"]) for e in events]
    assert told == [("post", "2027-03-15"), ("post", "2027-03-16")]


async def test_a_notice_that_was_decided_on_is_not_served_again(session, notice):
    await drop(session, notice, words="It is met.", by=make_process(session))

    with pytest.raises(NoticeEnded):
        await serve_by_post(session, notice, by=make_process(session))


async def test_nobody_is_served_of_whom_nothing_may_be_written(session, entry, notice):
    await silence(session, entry.person_id, now=NOW)

    with pytest.raises(CannotBeServed):
        await serve_by_post(session, notice, by=make_process(session))


async def test_an_applicant_is_served_by_post_and_keeps_waiting_for_nothing(session):
    office = await make_office(session)
    application = await make_sent(session, officer=office.caseworker)
    await not_met(session, application, office)
    noticed = await notice_given(session, application, office.caseworker)
    await fail(session, noticed)
    over = end_of(noticed.respond_by)
    await expire_notices_to_applicants(session, over)
    state = application.state

    await serve_what_did_not_arrive(session, NOW + DAY)

    notice = (await session.scalars(select(Notice))).one()
    letter = await letter_of(session, notice)
    applicant = await session.get_one(Account, application.account_id)
    assert state is ApplicationState.MINDED_TO
    assert notice.method is POST
    assert letter.to_address.splitlines()[1:] == [
        "1 High Street",
        "Leeds",
        "LS1 1AA",
    ]
    assert applicant.email not in letter.to_address


# Answers that come by post


@pytest.mark.parametrize(
    ("came_on", "late"),
    [(date(2027, 4, 12), False), (date(2027, 4, 13), True)],
    ids=["on the last day", "the day after"],
)
async def test_an_answer_by_post_counts_from_the_day_on_which_it_came(
    session, notice, officer, came_on, late
):
    by = make_process(session, now=end_of(date(2027, 4, 20)), actor=officer)

    await represent(session, notice, "The exam is in June.", came_on=came_on, by=by)
    await session.flush()

    (said,) = await said_to(session, notice.id)
    event = await session.scalar(select(Event).where(Event.kind == "notice:answered"))
    assert (said.words, said.came_on) == ("The exam is in June.", came_on)
    assert event.data["late"] is late


async def test_after_an_answer_by_post_the_removal_may_be_proposed(
    session, entry, notice, officer
):
    by = make_process(session, actor=officer)
    await represent(session, notice, "No.", came_on=NOW.date(), by=by)

    proposal = await propose_removal(
        session, notice, entry, words="No answer helps.", proposer=officer, by=by
    )

    assert proposal.person_id == entry.person_id


async def test_who_answered_by_post_is_told_by_post_that_we_have_it(
    session, notice, officer
):
    by = make_process(session, actor=officer)
    await represent(session, notice, "No.", came_on=NOW.date(), by=by)

    letter = await session.scalar(
        select(Message).where(Message.letter == "notice_answered")
    )
    assert (letter.channel, letter.state) == (Channel.LETTER, MessageState.QUEUED)
    assert "Sign in to read" not in letter.body
