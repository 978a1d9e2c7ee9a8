"""What the registrant is told: that they are investigated, in time; then what was found, with time to say something to it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from fitness.case import NotNow
from fitness.investigation.disclosure import (
    Disclosure,
    KeptFromThem,
    NoMoreTime,
    NothingToDisclose,
    NotReadableYet,
    disclosures_of,
    was_disclosed,
)
from fitness.investigation.evidence import Kept
from fitness.investigation.served import (
    NotToldYet,
    ServiceKind,
    ToldAlready,
    services_of,
    told_late,
)
from register.kit.cleaning import MediaType
from register.kit.files import FileState, StoredFile
from register.kit.post import failed, silence
from register.kit.uploads import Received
from register.notice import CannotBeServed, ServiceMethod
from tests.fitness.finding import (
    DAY,
    TODAY,
    comment,
    disclose,
    draw,
    log,
    make_told,
    messages,
    notice,
    redraw,
    went_astray,
)
from tests.fitness.investigating import act, close, make_investigated
from tests.make import NOW, make_account, make_address, make_entry

PDF = Received("log.pdf", MediaType.PDF, 8, b"0" * 32, "uploads/2027-03-10/log")


@pytest.fixture
async def person(session):
    return (await make_entry(session, given_names="Quilla")).person


@pytest.fixture
async def case(session, person):
    return await make_investigated(session, person=person)


# Notice of the investigation


async def test_notice_is_by_email_to_whoever_can_sign_in(session, person, case):
    await make_account(session, person=person)

    service = await notice(session, case)

    assert (service.method, service.handed_over_at) == (ServiceMethod.EMAIL, NOW)
    assert service.deemed_on == date(2027, 3, 11)
    assert case.told_at == NOW


async def test_the_email_says_nothing_but_that_there_is_something_to_read(
    session, person, case
):
    await make_account(session, person=person)
    before = len(await messages(session))

    await notice(session, case, "We look into what happened at Mill House.")

    (message,) = (await messages(session))[before:]
    assert message.letter == "fitness/something_to_read"
    for word in ("investigat", "concern", "Mill", case.reference, "Quilla"):
        assert word not in message.subject + message.body
    assert "/your-case" in message.body


async def test_nothing_of_it_is_listed_with_what_else_was_written_to_the_person(
    session, person, case
):
    await make_account(session, person=person)
    await notice(session, case)

    assert {one.person_id for one in await messages(session)} == {None}


async def test_what_did_not_arrive_is_told_in_the_case_alone(session, person, case):
    await make_account(session, person=person)

    await went_astray(session, await notice(session, case))

    assert (await failed(session)).messages == []
    (service,) = await services_of(session, case.id)
    assert service.astray


async def test_notice_is_by_post_to_whoever_cannot(session, person, case):
    await make_address(session, person)

    service = await notice(session, case)

    message = (await messages(session))[-1]
    assert (service.method, service.deemed_on) == (
        ServiceMethod.POST,
        date(2027, 3, 15),
    )
    assert case.reference in message.body
    assert message.fleeting
    assert "Mill Lane" in message.to_address


async def test_whoever_cannot_be_reached_is_not_told(session, case):
    with pytest.raises(CannotBeServed):
        await notice(session, case)

    assert case.told_at is None


async def test_to_whom_nothing_may_be_written_nothing_is_served(session, person, case):
    await make_account(session, person=person)
    await silence(session, person.id, now=NOW)

    with pytest.raises(CannotBeServed):
        await notice(session, case)


async def test_notice_is_given_once_unless_it_comes_back(session, person, case):
    await make_account(session, person=person)
    await make_address(session, person)
    service = await notice(session, case)
    with pytest.raises(ToldAlready):
        await notice(session, case)

    await went_astray(session, service)
    again = await notice(session, case, now=NOW + DAY, by_post=True)

    assert again.method is ServiceMethod.POST
    assert case.told_at == NOW
    latest, first = await services_of(session, case.id, kind=ServiceKind.NOTICE)
    assert (latest.id, first.astray) == (again.id, True)


@pytest.mark.parametrize(("days", "late"), [(14, False), (15, True)])
async def test_notice_is_late_after_fourteen_days_given_or_not(session, days, late):
    case, _ = await make_told(session)
    case.told_at = None
    assert told_late(case, TODAY + days * DAY) is late

    case.told_at = NOW + days * DAY
    assert told_late(case, TODAY + 100 * DAY) is late


async def test_nobody_is_told_at_triage_or_when_it_is_over(session, case):
    await close(session, case, now=NOW + DAY)

    with pytest.raises(NotNow):
        await notice(session, case)


async def test_the_database_changes_no_service_record(session):
    await make_told(session)

    with pytest.raises(DBAPIError, match="permission denied"):
        await session.execute(text("update case_service set deemed_on = '2027-03-12'"))


# Disclosure


async def test_nothing_is_disclosed_before_the_registrant_is_told(session, case):
    with pytest.raises(NotToldYet):
        await disclose(session, case)


async def test_there_are_twenty_eight_days_to_comment_from_the_day_after_service(
    session,
):
    case, _ = await make_told(session)

    disclosure = await disclose(session, case)

    (service, _) = await services_of(session, case.id)
    assert service.deemed_on == date(2027, 3, 11)
    assert disclosure.comment_by == date(2027, 4, 8)
    # Summer time began on 28 March.
    assert disclosure.comment_until == datetime(2027, 4, 8, 22, 59, 59, tzinfo=UTC)


async def test_what_is_disclosed_is_what_was_alleged_on_that_day(session):
    case, _ = await make_told(session)
    allegation = await draw(session, case)
    item = await log(session, case)
    await disclose(session, case, [allegation], [item])
    await redraw(session, case, allegation)
    session.expunge_all()

    (disclosure,) = await disclosures_of(session, case.id)

    assert [one.version for one in disclosure.versions] == [1]
    assert [one.label for one in disclosure.evidence] == ["E1"]
    assert await was_disclosed(session, item.id)


async def test_allegations_are_disclosed_in_the_order_of_their_numbers(session):
    case, _ = await make_told(session)
    first, second = await draw(session, case), await draw(session, case)
    await redraw(session, case, first, now=NOW + DAY)
    await disclose(session, case, [second, first], now=NOW + DAY)
    session.expunge_all()

    (disclosure,) = await disclosures_of(session, case.id)

    said = [(one.allegation.number, one.version) for one in disclosure.alleged]
    assert said == [(1, 2), (2, 1)]


async def test_a_disclosure_holds_an_allegation(session):
    case, _ = await make_told(session)

    with pytest.raises(NothingToDisclose):
        await Disclosure.disclose(session, case, [], [], by=act(session))


@pytest.mark.parametrize("kept", Kept)
async def test_what_is_kept_from_them_is_not_disclosed(session, kept):
    case, _ = await make_told(session)
    item = await log(session, case, kept=kept)

    with pytest.raises(KeptFromThem, match="E1"):
        await disclose(session, case, evidence=[item])
    assert not await was_disclosed(session, item.id)


@pytest.mark.parametrize("state", FileState)
async def test_a_file_is_disclosed_once_it_is_known_to_be_harmless(session, state):
    case, _ = await make_told(session)
    item = await log(session, case, file=PDF)
    stored = await session.get_one(StoredFile, item.file_id)
    if state is not FileState.QUARANTINED:
        clean = "uploads/clean" if state is FileState.CLEAN else None
        stored.settle(state, now=NOW, cleaned_as=clean)

    if state is FileState.CLEAN:
        await disclose(session, case, evidence=[item])
    else:
        with pytest.raises(NotReadableYet, match="E1"):
            await disclose(session, case, evidence=[item])


async def test_a_file_counts_towards_the_case_and_not_whoever_logged_it(session):
    case, _ = await make_told(session)

    item = await log(session, case, file=PDF)

    assert item.file.owner_id == case.id


async def test_what_came_back_is_served_by_post_and_the_time_runs_anew(session):
    case, _ = await make_told(session)
    await make_address(session, case.person)
    disclosure = await disclose(session, case)

    service = await disclosure.serve_by_post(
        session, case, by=act(session, now=NOW + 7 * DAY)
    )
    await session.flush()

    assert service.method is ServiceMethod.POST
    assert disclosure.comment_by == service.deemed_on + 28 * DAY


async def test_serving_again_takes_no_day_that_was_given(session):
    case, _ = await make_told(session)
    await make_address(session, case.person)
    disclosure = await disclose(session, case)
    later = disclosure.comment_by + 90 * DAY
    disclosure.give_time(session, case, "Ill", until=later, by=act(session))

    await disclosure.serve_by_post(session, case, by=act(session, now=NOW + DAY))

    assert disclosure.comment_by == later


# More time


async def test_more_time_ends_after_the_last_day_that_there_was(session):
    case, _ = await make_told(session)
    disclosure = await disclose(session, case)
    last = disclosure.comment_by

    with pytest.raises(NoMoreTime):
        disclosure.give_time(session, case, "Ill", until=last, by=act(session))
    disclosure.give_time(session, case, "Ill", until=last + DAY, by=act(session))

    assert disclosure.comment_by == last + DAY


async def test_more_time_is_never_over_already(session):
    case, _ = await make_told(session)
    disclosure = await disclose(session, case)
    later = datetime.combine(disclosure.comment_by + 10 * DAY, NOW.time(), tzinfo=UTC)
    by = act(session, now=later)

    with pytest.raises(NoMoreTime):
        disclosure.give_time(session, case, "Ill", until=later.date(), by=by)
    disclosure.give_time(session, case, "Ill", until=later.date() + DAY, by=by)


# Comments


@pytest.mark.parametrize(("after", "late"), [(0, False), (1, True)])
async def test_a_comment_is_late_from_the_second_after_the_last_day(
    session, after, late
):
    case, _ = await make_told(session)
    disclosure = await disclose(session, case)
    now = disclosure.comment_until + timedelta(seconds=after)

    assert (await comment(session, case, disclosure, now=now)).late is late


@pytest.mark.parametrize(("days", "late"), [(0, False), (1, True)])
async def test_by_post_the_day_counts_on_which_it_came(session, days, late):
    case, _ = await make_told(session)
    disclosure = await disclose(session, case)
    came_on = disclosure.comment_by + days * DAY

    said = await comment(session, case, disclosure, came_on=came_on, now=NOW + 60 * DAY)

    assert said.late is late


async def test_what_they_say_is_sealed_and_added_to(session):
    case, _ = await make_told(session)
    disclosure = await disclose(session, case)
    await comment(session, case, disclosure, "I was not there.")
    await comment(session, case, disclosure, "Ask Jo.", now=NOW + DAY, file=PDF)
    session.expunge_all()

    (disclosure,) = await disclosures_of(session, case.id)

    assert [one.words for one in disclosure.comments] == ["I was not there.", "Ask Jo."]
    assert disclosure.comments[1].file.name == "log.pdf"
    assert b"there" not in disclosure.comments[0].sealed


async def test_once_it_is_over_nothing_more_is_said(session):
    case, _ = await make_told(session)
    disclosure = await disclose(session, case)
    await close(session, case, now=NOW + DAY)

    with pytest.raises(NotNow):
        await comment(session, case, disclosure)


@pytest.mark.parametrize(
    "of", ["case_comment", "disclosure_allegation", "disclosure_evidence"]
)
async def test_the_database_changes_nothing_that_was_disclosed_or_said(session, of):
    await make_told(session)

    with pytest.raises(DBAPIError, match="permission denied"):
        await session.execute(text(f"update {of} set case_id = case_id"))  # noqa: S608
