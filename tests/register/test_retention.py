"""What is kept for how long: both sides of each day, what goes, and what stays."""

from datetime import date, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import func, select, text

from register.account import StaffRole
from register.appeal import Outcome, add_document
from register.application import (
    ApplicationState,
    SectionName,
)
from register.application.equality import EqualityAnswer, EqualityCount, keep_answers
from register.application.evidence import Evidence
from register.application.section import ApplicationSection, SentSection
from register.assessment import SectionCheck
from register.entry import ConditionKind, Entry, LapseReason, NewCondition
from register.kit.cleaning import MediaType
from register.kit.clock import day_of, start_of
from register.kit.post import Message
from register.kit.uploads import Received
from register.part import Part
from register.person import Person
from register.process import Event, ProcessText, TextKind
from register.retention import (
    Erasure,
    Kind,
    RetentionEvent,
    due_by,
    erase_what_is_due,
    keep_longer,
)
from register.retention.erasing import count_old_answers, erase_one
from tests.applications import make_sent_application
from tests.make import NOW, make_account, make_entry, make_person, make_process
from tests.reading import Page
from tests.register.appealing import decided, lodged, make_refused
from tests.register.assessing import check, make_caseworker

CLOSED = start_of(date(2027, 3, 10)) + timedelta(hours=11)


async def make_over(session, state=ApplicationState.REFUSED, *, person=None, **more):
    """An application that ended when the tests begin."""
    person = person or await make_person(session)
    account = await make_account(session, person=person)
    application = await make_sent_application(session, account=account)
    application.state, application.closed_at = state, CLOSED
    application.decided_at = CLOSED
    for name, value in more.items():
        setattr(application, name, value)
    await session.flush()
    return application


async def due(session, day):
    """As somebody finds it on that day."""
    found = await due_by(session, day, now=start_of(day))
    return {(one.kind, one.application_id): one.on for one in found}


async def sections(session, application):
    counts = {}
    for kind in (ApplicationSection, SentSection):
        names = await session.scalars(
            select(kind.name).where(kind.application_id == application.id)
        )
        counts[kind] = set(names)
    return counts


async def erase_all(session, application, kind, on):
    await erase_one(session, start_of(on), kind, application.id)
    await session.flush()


# When


@pytest.mark.parametrize(
    "state",
    [
        ApplicationState.REFUSED,
        ApplicationState.WITHDRAWN,
        ApplicationState.CLOSED_UNPAID,
    ],
)
async def test_an_application_that_led_to_nothing_is_kept_ten_years(session, state):
    paid_by = {"approved_at": CLOSED, "pay_by": date(2027, 3, 24)}
    application = await make_over(session, state, **paid_by)
    whole = (Kind.APPLICATION, application.id)

    assert whole not in await due(session, date(2037, 3, 9))
    assert (await due(session, date(2037, 3, 10)))[whole] == date(2037, 3, 10)


async def test_what_was_told_of_health_is_kept_two_years_after_the_decision(session):
    application = await make_over(session)
    health = (Kind.HEALTH, application.id)

    assert health not in await due(session, date(2029, 3, 9))
    assert health in await due(session, date(2029, 3, 10))


async def test_health_is_kept_while_a_condition_of_registration_stands(session):
    condition = NewCondition(ConditionKind.REGISTRATION, "No night shifts.")
    entry = await make_entry(session, conditions=[condition])
    application = await make_granted(session, entry)
    health = (Kind.HEALTH, application.id)

    before = await due(session, date(2030, 1, 1))
    by = make_process(session)
    await entry.end(session, entry.conditions[0], on=NOW, by=by)

    assert health not in before
    assert health in await due(session, date(2030, 1, 1))


async def make_granted(session, entry):
    person = await session.get_one(Person, entry.person_id)
    account = await make_account(session, person=person)
    other = await make_sent_application(
        session, account=await make_account(session, person=await make_person(session))
    )
    other.person_id, other.account_id = person.id, account.id
    other.state, other.closed_at = ApplicationState.GRANTED, CLOSED
    other.decided_at = other.approved_at = other.paid_at = CLOSED
    other.pay_by = date(2027, 3, 24)
    await session.flush()
    return other


async def test_the_application_of_a_registrant_is_kept_while_they_are_registered(
    session,
):
    entry = await make_entry(session)
    application = await make_granted(session, entry)

    assert (Kind.APPLICATION, application.id) not in await due(
        session, date(2090, 1, 1)
    )


async def test_the_application_of_a_registrant_is_kept_six_years_after_they_left(
    session,
):
    entry = await make_entry(session)
    application = await make_granted(session, entry)
    left = start_of(date(2027, 12, 1))
    by = make_process(session, now=left)
    await entry.lapse(session, on=left, because=LapseReason.NOT_RENEWED, by=by)
    whole = (Kind.APPLICATION, application.id)

    assert whole not in await due(session, date(2033, 11, 30))
    assert whole in await due(session, date(2033, 12, 1))


async def test_what_is_kept_longer_is_due_on_the_day_after(session):
    application = await make_over(session)
    by = make_process(session)
    until = date(2040, 1, 1)
    await keep_longer(session, application, until_on=until, words="A court", by=by)
    await session.flush()
    whole = (Kind.APPLICATION, application.id)

    assert whole not in await due(session, until)
    assert whole in await due(session, until + timedelta(days=1))


# What


async def test_all_of_an_application_goes_and_its_history_stays(session):
    application = await make_over(session)
    by = make_process(session)
    application.tell(RetentionEvent.LET_GO, by=by)
    by.say(TextKind.NOTE, "What an officer thought")
    await session.flush()
    on = date(2037, 3, 10)

    await erase_all(session, application, Kind.APPLICATION, on)

    assert set(map(len, (await sections(session, application)).values())) == {0}
    for kind in (Evidence, Message):
        of_it = kind.application_id == application.id
        assert await session.scalar(select(func.count()).where(of_it)) == 0
    assert await session.scalar(select(func.count(ProcessText.id))) == 0
    person = await session.get_one(Person, application.person_id)
    assert (person.name, person.birth_date) == ("", None)
    kinds = await session.scalars(
        select(Event.kind).where(Event.application_id == application.id)
    )
    assert {"application_submitted", RetentionEvent.ERASED} <= set(kinds)
    erasure = (await session.scalars(select(Erasure))).one()
    assert erasure.counts["answers"] == 2 * len(application.kind.sections)
    assert erasure.counts["words"] == 1


async def test_what_was_said_to_a_notice_and_on_appeal_goes_too(browser, session):
    refused = await make_refused(session)
    application, account = refused.application, refused.account
    appeal = await lodged(session, account, grounds="It was somebody else")
    by = make_process(session, actor=account)
    await add_document(session, appeal, received(), owner=account.id, by=by)
    await session.flush()
    on = date(2037, 3, 11)
    waiting = await due(session, on)
    await decided(session, appeal, Outcome.DISMISSED)

    await erase_all(session, application, Kind.APPLICATION, on)
    await session.commit()

    assert (Kind.APPLICATION, application.id) not in waiting
    erasure = (await session.scalars(select(Erasure))).one()
    assert erasure.counts["appeal documents"] == 1
    said = await session.scalars(select(ProcessText.words))
    assert "It was somebody else" not in said.all()
    await browser.sign_in(account)
    own = [
        (await browser.get(at)).status_code
        for at in (f"/apply/{application.reference}", f"/appeals/{appeal.id}")
    ]
    await browser.sign_in(await make_account(session, StaffRole.AUDITOR), proved=True)
    at = f"/staff/applications/{application.reference}"
    staff = [
        (await browser.get(address)).status_code
        for address in (at, f"{at}/suitability", "/staff/notices", "/staff/appeals")
    ]
    assert own + staff == [200] * 6


def received():
    return Received("letter.pdf", MediaType.PDF, 1, bytes(32), "2027-03-10/letter")


async def test_only_what_was_told_of_health_goes_with_health(session):
    officer = await make_caseworker(session)
    account = await make_account(session, person=await make_person(session))
    application = await make_sent_application(session, account=account)
    application.take_up(officer, by=make_process(session, actor=officer))
    await check(session, application, SectionName.HEALTH, officer=officer)
    application.state, application.closed_at = ApplicationState.REFUSED, CLOSED
    await session.flush()

    await erase_all(session, application, Kind.HEALTH, date(2029, 3, 10))

    left = await sections(session, application)
    assert set(left[SentSection]) == set(application.kind.sections) - {
        SectionName.HEALTH
    }
    checks = await session.scalars(select(SectionCheck.section))
    assert checks.all() == [SectionName.HEALTH]


async def test_a_registrants_name_and_public_words_stay(session):
    condition = NewCondition(ConditionKind.REGISTRATION, "No night shifts.")
    entry = await make_entry(session, conditions=[condition], family_name="Okafor")
    application = await make_granted(session, entry)
    by = make_process(session)
    application.tell(RetentionEvent.LET_GO, by=by)
    left = start_of(date(2027, 12, 1))
    await entry.lapse(
        session,
        on=left,
        because=LapseReason.NOT_RENEWED,
        by=make_process(session, now=left),
    )

    await erase_all(session, application, Kind.APPLICATION, date(2033, 12, 1))

    person = await session.get_one(Person, entry.person_id)
    entry = await Entry.load(session, entry.id)
    words = await session.scalar(
        select(ProcessText.words).where(ProcessText.id == entry.conditions[0].text_id)
    )
    assert person.family_name == "Okafor"
    assert words == "No night shifts."


async def test_what_is_kept_longer_since_it_was_due_is_not_erased(session):
    application = await make_over(session)
    on = date(2037, 3, 10)
    by = make_process(session, now=start_of(on))
    await keep_longer(
        session, application, until_on=on + timedelta(days=9), words="A court", by=by
    )

    await erase_all(session, application, Kind.APPLICATION, on)

    assert len((await sections(session, application))[SentSection]) == len(
        application.kind.sections
    )


async def test_every_night_what_is_due_is_queued(session):
    application = await make_over(session)

    await erase_what_is_due(session, start_of(date(2037, 3, 10)))

    queued = await session.scalars(
        text("select payload from pgqueuer where entrypoint = 'erase_one'")
    )
    assert {tuple(msgspec.json.decode(job).values()) for job in queued} == {
        ("application", str(application.id)),
        ("health", str(application.id)),
    }


@pytest.mark.parametrize(
    ("now", "kept"),
    [
        (datetime.fromisoformat("2029-12-31T12:00Z"), 1),
        (datetime.fromisoformat("2030-01-01T12:00Z"), 0),
    ],
)
async def test_answers_about_equality_become_counts_of_their_year(session, now, kept):
    for gender in ("woman", "woman", "man"):
        keep_answers(session, Part.MANAGER, {"gender": gender}, now=NOW)
    await session.flush()

    await count_old_answers(session, now)

    left = await session.scalar(select(func.count(EqualityAnswer.id)))
    counts = await session.execute(
        select(EqualityCount.year, EqualityCount.answer, EqualityCount.people).order_by(
            EqualityCount.answer
        )
    )
    assert (left, list(map(tuple, counts))) == (
        (3, []) if kept else (0, [(2027, "man", 1), (2027, "woman", 2)])
    )


# The pages


async def test_a_registrar_sees_what_goes_and_keeps_it_longer(browser, session):
    application = await make_over(session, closed_at=CLOSED - timedelta(days=3640))
    await session.commit()
    await browser.sign_in(await make_account(session, StaffRole.REGISTRAR), proved=True)
    address = f"/staff/retention/{application.reference}"

    before = Page(await browser.get("/staff/retention"))
    wrong = Page(await browser.post(address, data={"words": "A court"}))
    kept = await browser.post(
        address,
        data={
            "until_on-day": "1",
            "until_on-month": "4",
            "until_on-year": "2028",
            "words": "A court",
        },
    )
    after = Page(await browser.get("/staff/retention"))
    await browser.post(f"{address}/release")
    again = Page(await browser.get("/staff/retention"))

    assert "The whole application" in before.text
    assert wrong.errors == ["Enter the day until which it shall be kept"]
    assert kept.status_code == 303
    assert f"{application.reference} , until 1 April 2028" in after.text
    assert "until 1 April 2028" not in again.text


async def test_what_was_erased_is_told_on_the_record(browser, session):
    application = await make_over(session, closed_at=CLOSED - timedelta(days=3700))
    await erase_all(session, application, Kind.APPLICATION, day_of(NOW))
    await session.commit()
    await browser.sign_in(await make_account(session, StaffRole.REGISTRAR), proved=True)

    at = f"/staff/applications/{application.reference}"
    record = Page(await browser.get(at))
    rest = [
        (await browser.get(f"{at}/{name}")).status_code
        for name in ("sections", "timeline", "messages", "notes")
    ]
    overview = Page(await browser.get("/staff/retention"))

    assert "What was told and sent, 10 March 2027" in record.text
    assert rest == [200, 200, 200, 200]
    assert f"the whole application, {application.reference}" in overview.text
