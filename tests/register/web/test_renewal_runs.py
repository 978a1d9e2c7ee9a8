"""The pages of the run: who would lapse and why, the second person, and what everybody sees while nothing is released."""

import csv
from datetime import date, timedelta
from functools import partial
from io import StringIO

import pytest
from sqlalchemy import select

from register.account import Account, RoleGrant, StaffRole
from register.entry import LapseReason, Status
from register.kit.clock import end_of, start_of
from register.kit.post import Failure, Message
from register.process import Event
from register.renewal import (
    LapseRun,
    RenewalEvent,
    RenewalStep,
    RunState,
    lapse_released,
    prepare_runs,
    renewal_of,
    tell_employers,
    those_concerned,
)
from tests.make import (
    make_account,
    make_employment,
    make_entry,
    make_home,
    make_process,
)
from tests.reading import Page
from tests.register.employing import make_organisation, make_user
from tests.register.lapsing import (
    RELEASED,
    again,
    noticed,
    registered,
)
from tests.register.renewing import (
    CURED_UNTIL,
    ENDS,
    HOUR,
    INSTANT,
    MIDNIGHT,
    NOTICED,
    STEPS,
    do,
)

LIST = "/staff/renewals/run"
ONE = f"{LIST}/{ENDS}"
ALARM = "The last day to renew was 30 November 2027, and its lapses are not released."


@pytest.fixture
def clock(clock):
    clock.now = RELEASED
    return clock


@pytest.fixture
async def entry(session, clock):
    """Somebody who paid and stopped; and somebody who did nothing."""
    entry = await registered(session, given_names="Ada", family_name="Byron")
    other = await registered(session)
    renewal, _ = await noticed(session, entry, other)
    await do(session, renewal, RenewalStep.PAYMENT, at=NOTICED)
    await prepare_runs(session, MIDNIGHT)
    await session.flush()
    return entry


async def signed_in(browser, session, role):
    account = await make_account(session, role)
    await browser.sign_in(account)
    return account


async def proposed(browser, session):
    await signed_in(browser, session, StaffRole.TEAM_MANAGER)
    page = Page(await browser.get(ONE))
    return await browser.post(page.action("Propose to release these lapses"))


async def test_the_preview_says_who_would_lapse_and_why(browser, session, entry):
    await signed_in(browser, session, StaffRole.AUDITOR)

    listed = Page(await browser.get(LIST))
    page = Page(await browser.get(listed.links["30 November 2027"]))

    assert page.rows("What becomes of the entries not renewed") == [
        {"What": "Lapses", "When last counted": "2", "Now": "2", "Change": "None"}
    ]
    assert page.rows("Why entries lapse: what is not done") == [
        {
            "Not done": "Details, Employment, Declarations, Learning",
            "Money": "Paid",
            "Entries": "1",
        },
        {
            "Not done": "Details, Employment, Declarations, Learning, Payment",
            "Money": "Not paid",
            "Entries": "1",
        },
    ]
    assert page.buttons == []


async def test_the_page_says_what_has_changed_since_the_preview(
    browser, session, entry
):
    await do(session, await renewal(session, entry), *STEPS, at=MIDNIGHT + HOUR)
    await signed_in(browser, session, StaffRole.REGISTRAR)

    page = Page(await browser.get(ONE))

    late = "Lapses, and is registered again from the moment of finishing"
    assert page.rows("What becomes of the entries not renewed") == [
        {"What": "Lapses", "When last counted": "2", "Now": "1", "Change": "−1"},
        {"What": late, "When last counted": "0", "Now": "1", "Change": "+1"},
    ]


async def renewal(session, entry):
    return await renewal_of(session, entry.person_id, ENDS)


async def test_each_entry_is_listed_with_what_is_not_done(browser, session, entry):
    await signed_in(browser, session, StaffRole.TEAM_MANAGER)

    page = Page(await browser.get(f"{ONE}/entries?fate=lapse"))

    row = next(
        row for row in page.rows("Entries") if row["Number"] == entry.person.number
    )
    assert row["Not done"] == "Details, Employment, Declarations, Learning"
    assert row["Paid"] == "9 November 2027"
    assert row["Notice served"] == "10 November 2027"


@pytest.fixture
async def unreached(session, entry):
    """Whose notice came back; and somebody to whom it could not be sent."""
    notice = await session.scalar(
        select(Message).where(Message.person_id == entry.person_id)
    )
    notice.fail(now=NOTICED, because=Failure.UNDELIVERABLE)
    return entry, await make_entry(session)


NOTICE_ENDS = start_of(date(2027, 11, 16))
UNREACHED = "No notice of intention has reached the holders of 2 entries."


async def test_whom_no_notice_has_reached_is_shown_while_it_can_still_be_given(
    browser, session, unreached, clock
):
    clock.now = NOTICE_ENDS - INSTANT
    await signed_in(browser, session, StaffRole.TEAM_MANAGER)

    page = Page(await browser.get(ONE))
    listed = Page(await browser.get(page.link("See whom no notice has reached")))

    returned, unsent = unreached
    assert f"{UNREACHED} Without one" in page.text
    assert "It can still be given until the end of 15 November 2027." in page.text
    assert {row["Number"]: row["Notice served"] for row in listed.rows("Entries")} == {
        returned.person.number: "Did not arrive",
        unsent.person.number: "None",
    }


async def test_once_it_is_too_late_for_notice_nobody_is_asked_to_give_it(
    browser, session, unreached, clock
):
    clock.now = NOTICE_ENDS
    await signed_in(browser, session, StaffRole.TEAM_MANAGER)

    page = Page(await browser.get(ONE))

    assert UNREACHED not in page.text
    assert "No notice has reached them: cannot lapse at this deadline" in page.text


async def test_the_file_names_no_day_of_service_for_a_notice_that_came_back(
    browser, session, unreached
):
    await signed_in(browser, session, StaffRole.AUDITOR)
    page = Page(await browser.get(f"{ONE}/entries"))
    button = "Take this list (CSV)"

    answer = await browser.post(page.action(button), data=page.form(button))

    rows = csv.DictReader(StringIO(answer.text))
    served = {row["number"]: row["notice_served_on"] for row in rows}
    returned, unsent = unreached
    assert served.pop(returned.person.number) == ""
    assert served.pop(unsent.person.number) == ""
    assert list(served.values()) == ["2027-11-10"]


async def test_a_list_of_those_whom_nothing_happens_may_be_empty(
    browser, session, entry
):
    await signed_in(browser, session, StaffRole.TEAM_MANAGER)

    page = Page(await browser.get(f"{ONE}/entries?fate=not_noticed"))

    assert "There are none." in page.text


async def test_a_fate_that_is_none_shows_all(browser, session, entry):
    await signed_in(browser, session, StaffRole.TEAM_MANAGER)

    page = Page(await browser.get(f"{ONE}/entries?fate=doom"))

    assert len(page.rows("Entries")) == 2


async def test_a_long_list_goes_on_and_no_entry_is_missed(
    browser, session, entry, monkeypatch
):
    shown = partial(those_concerned, size=1)
    monkeypatch.setattr("register.web.renewal_runs.those_concerned", shown)
    await signed_in(browser, session, StaffRole.TEAM_MANAGER)

    first = Page(await browser.get(f"{ONE}/entries"))
    rest = Page(await browser.get(first.link("Next page")))

    seen = [row["Number"] for page in (first, rest) for row in page.rows("Entries")]
    assert len(set(seen)) == 2


async def test_the_list_is_taken_as_a_file_without_names_and_that_is_written_down(
    browser, session, entry
):
    auditor = await signed_in(browser, session, StaffRole.AUDITOR)

    page = Page(await browser.get(f"{ONE}/entries"))
    button = "Take this list (CSV)"
    answer = await browser.post(page.action(button), data=page.form(button))

    rows = {row["number"]: row for row in csv.DictReader(StringIO(answer.text))}
    told = await session.scalar(
        select(Event).where(Event.kind == RenewalEvent.LIST_TAKEN)
    )
    await session.refresh(told, ["process"])
    assert rows[entry.person.number]["fate"] == "lapse"
    assert rows[entry.person.number]["because"] == "not_renewed"
    assert "Byron" not in answer.text
    assert (told.data["entries"], told.process.actor_id) == (2, auditor.id)


async def test_one_proposes_and_a_registrar_releases(browser, session, entry):
    await proposed(browser, session)
    waits = Page(await browser.get(ONE))
    await signed_in(browser, session, StaffRole.REGISTRAR)
    waiting = Page(await browser.get("/staff/proposals"))
    page = Page(
        await browser.get(waiting.links["Period that ended on 30 November 2027"])
    )

    done = await browser.post(page.action("Release these lapses"))

    run = await LapseRun.on(session, ENDS, lock=True)
    assert "Your role does not decide proposals of this kind." in waits.text
    assert done.status_code == 303
    assert run.state is RunState.RELEASED
    assert len(await lapse_released(session, run, RELEASED)) == 2
    assert (await again(session, entry)).status_at(RELEASED) is Status.LAPSED


async def test_a_registrar_does_not_release_what_they_proposed(browser, session, entry):
    await signed_in(browser, session, StaffRole.REGISTRAR)
    await browser.post(f"{ONE}/proposal")

    page = Page(await browser.get(ONE))
    refused = await browser.post(f"{ONE}/release")

    assert "You took an earlier step of this" in page.text
    assert refused.status_code == 409


async def test_nothing_is_released_before_the_payments_of_the_last_day_are_known(
    browser, session, entry, clock
):
    clock.now = RELEASED - timedelta(seconds=1)
    await proposed(browser, session)
    await signed_in(browser, session, StaffRole.REGISTRAR)

    page = Page(await browser.get(ONE))
    refused = await browser.post(f"{ONE}/release")

    assert "This can be released from 1 December 2027 at 3:00am" in page.text
    assert "Release these lapses" not in page.buttons
    assert refused.status_code == 409
    assert "cannot be released before 1 December 2027 at 3:00am" in Page(refused).text


async def test_a_registrar_returns_a_run_with_words(browser, session, entry):
    await proposed(browser, session)
    await signed_in(browser, session, StaffRole.REGISTRAR)
    page = Page(await browser.get(ONE))
    to = page.action("Return")

    wrong = Page(await browser.post(to, data=page.form("Return")))
    done = await browser.post(
        to, data=page.form("Return") | {"words": "The letters came back"}
    )

    again_ = Page(await browser.get(ONE))
    assert wrong.status == 422
    assert wrong.errors == ["Enter what is still to be done"]
    assert done.status_code == 303
    assert "The letters came back" in again_.text


async def test_what_nobody_proposed_is_not_released(browser, session, entry):
    await signed_in(browser, session, StaffRole.REGISTRAR)

    assert (await browser.post(f"{ONE}/release")).status_code == 404


async def test_a_run_that_is_not_there_is_not_found(browser, session, entry):
    await signed_in(browser, session, StaffRole.REGISTRAR)

    assert (await browser.get(f"{LIST}/2031-11-30")).status_code == 404
    assert (await browser.get(f"{LIST}/tomorrow")).status_code == 404


@pytest.mark.parametrize(
    "role",
    [StaffRole.CASEWORKER, StaffRole.FINANCE_OFFICER, StaffRole.ADMIN],
)
async def test_others_have_no_business_with_it(browser, session, entry, role):
    await signed_in(browser, session, role)

    for path in (LIST, ONE, f"{ONE}/entries"):
        assert (await browser.get(path)).status_code == 403
    for path in ("list", "proposal", "release", "return"):
        assert (await browser.post(f"{ONE}/{path}")).status_code == 403


async def test_a_team_manager_does_not_release(browser, session, entry):
    await proposed(browser, session)

    assert (await browser.post(f"{ONE}/release")).status_code == 403


async def test_who_is_not_signed_in_is_asked_to(browser, entry):
    assert (await browser.get(ONE)).status_code == 303


async def test_a_caseworker_is_not_led_to_a_run_that_waits(browser, session, entry):
    await proposed(browser, session)
    await signed_in(browser, session, StaffRole.CASEWORKER)

    page = Page(await browser.get("/staff/proposals"))

    assert "30 November 2027" not in page.text


# While nothing is released


async def test_staff_are_alarmed_from_the_moment_at_which_it_could_be_released(
    browser, session, entry, clock
):
    await signed_in(browser, session, StaffRole.TEAM_MANAGER)
    clock.now = RELEASED - timedelta(seconds=1)
    before = Page(await browser.get("/staff"))
    clock.now = RELEASED

    page = Page(await browser.get("/staff"))

    assert ALARM not in before.text
    assert ALARM in page.text
    assert page.link("See who would lapse after 30 November 2027") == ONE


async def test_a_caseworker_is_not_alarmed(browser, session, entry):
    await signed_in(browser, session, StaffRole.CASEWORKER)

    assert ALARM not in Page(await browser.get("/staff")).text


OVERLOOKED = "are still in the register although the time to finish is over"


async def test_who_is_overlooked_is_an_alarm_that_leads_to_the_list(
    browser, session, entry, clock
):
    clock.now = end_of(CURED_UNTIL)
    await signed_in(browser, session, StaffRole.CASEWORKER)

    page = Page(await browser.get("/staff"))
    at = page.link("See who was to renew by 30 November 2027")
    listed = Page(await browser.get(at))

    words = "Not renewed, still registered: the time to finish is over"
    assert OVERLOOKED in page.text
    assert [row["State"] for row in listed.rows(words)] == [words, words]


@pytest.fixture
async def give(session, entry, clock):
    clock.now = end_of(CURED_UNTIL)
    return f"/staff/renewals/{(await renewal(session, entry)).id}/more-time"


GIVEN = {
    "until-day": "14",
    "until-month": "1",
    "until-year": "2028",
    "words": "No notice",
}


async def test_two_people_give_more_time_to_who_has_not_asked(
    browser, session, entry, give
):
    await signed_in(browser, session, StaffRole.CASEWORKER)
    listed = Page(await browser.get("/staff/renewals?state=overlooked"))
    asking = Page(await browser.get(listed.links["Give more time to Ada Byron"]))
    proposed = await browser.post(asking.action("Propose more time"), data=GIVEN)
    await browser.sign_in(
        await make_account(session, StaffRole.TEAM_MANAGER), proved=True
    )
    at = proposed.headers["location"]
    page = Page(await browser.get(at))
    await browser.post(page.action("Approve"))

    given = await renewal(session, entry)
    assert "they have not asked" in page.fact("What they told us")
    assert given.extended_until == date(2028, 1, 14)
    assert await letters_to(session, entry, "renewal_extended") == 1
    assert await letters_to(session, entry, "renewal_time_asked") == 0


async def letters_to(session, entry, letter):
    found = await session.scalars(
        select(Message).where(
            Message.person_id == entry.person_id, Message.letter == letter
        )
    )
    return len(found.all())


async def test_what_nobody_asked_for_is_not_refused(browser, session, entry, give):
    await signed_in(browser, session, StaffRole.CASEWORKER)
    at = (await browser.post(give, data=GIVEN)).headers["location"]

    page = await browser.post(f"{at}/refusal", data={"refuse-words": "No."})

    assert page.status_code == 409
    assert "has not asked for more time" in page.text


async def test_more_time_needs_a_day_and_a_reason(browser, session, give):
    await signed_in(browser, session, StaffRole.CASEWORKER)

    page = Page(await browser.post(give, data={}))

    assert page.status == 422
    assert page.errors == ["Enter the new last day", "Enter why we agree"]


async def test_nobody_is_given_time_for_what_has_lapsed(browser, session, entry, give):
    by = make_process(session, now=MIDNIGHT)
    lapsing = await again(session, entry)
    await lapsing.lapse(session, on=MIDNIGHT, because=LapseReason.NOT_RENEWED, by=by)
    await signed_in(browser, session, StaffRole.CASEWORKER)

    page = await browser.post(give, data=GIVEN)

    assert page.status_code == 409
    assert "No registration stands that could be renewed" in page.text


@pytest.mark.parametrize("role", [StaffRole.AUDITOR, StaffRole.FINANCE_OFFICER])
async def test_others_give_nobody_more_time(browser, session, give, role):
    await signed_in(browser, session, role)

    assert (await browser.get(give)).status_code == 403
    assert (await browser.post(give, data=GIVEN)).status_code == 403


async def test_nobody_gives_themself_more_time(browser, session, entry, give):
    own = await session.scalar(
        select(Account).where(Account.person_id == entry.person_id)
    )
    session.add(RoleGrant(account_id=own.id, role=StaffRole.CASEWORKER))
    await session.flush()
    session.expire(own)
    await session.refresh(own, ["grants"])
    await browser.sign_in(own, proved=True)

    assert (await browser.get(give)).status_code == 404
    assert (await browser.post(give, data=GIVEN)).status_code == 404


async def test_who_is_not_signed_in_gives_nobody_time(browser, give):
    assert (await browser.get(give)).status_code == 303


async def test_nobody_is_overlooked_while_they_can_finish(
    browser, session, entry, clock
):
    clock.now = end_of(CURED_UNTIL) - timedelta(seconds=1)
    await signed_in(browser, session, StaffRole.CASEWORKER)

    assert OVERLOOKED not in Page(await browser.get("/staff")).text


async def test_finance_does_not_read_who_is_overlooked(browser, session, entry, clock):
    clock.now = end_of(CURED_UNTIL)
    await signed_in(browser, session, StaffRole.FINANCE_OFFICER)

    assert OVERLOOKED not in Page(await browser.get("/staff")).text


async def test_a_night_that_stopped_is_an_alarm(browser, session, clock):
    await noticed(session, await registered(session))
    await signed_in(browser, session, StaffRole.REGISTRAR)

    page = Page(await browser.get("/staff"))

    assert "nobody has counted who would lapse" in page.text


async def test_the_public_reads_that_the_renewal_is_being_processed(
    browser, session, entry, clock
):
    clock.now = MIDNIGHT - timedelta(seconds=1)
    before = Page(await browser.get(f"/register/{entry.person.number}"))
    clock.now = RELEASED

    page = Page(await browser.get(f"/register/{entry.person.number}"))
    found = Page(await browser.get("/search?q=Byron"))
    api = await browser.get(f"/api/v1/register/{entry.person.number}")

    assert before.fact("Registered until") == "30 November 2027"
    assert page.fact("Registered until") == "30 November 2027. Renewal being processed"
    assert "Registered Renewal being processed" in found.text
    assert api.json()["status"] == "registered"
    assert api.json()["registered_until"] == "2027-11-30"


# Employers


async def test_employers_are_told_that_it_is_not_finished_and_that_it_lapsed_only(
    browser, session, entry
):
    home = await make_home(session)
    await make_employment(session, entry.person, home)
    organisation = await make_organisation(session, home)
    lead = await make_user(session, organisation, lead=True)
    await make_user(session, organisation)

    told = await tell_employers(session, NOTICED)
    twice = await tell_employers(session, NOTICED)

    (letter,) = await session.scalars(
        select(Message).where(Message.letter == "employer_news")
    )
    assert (told, twice) == (2, 0)
    assert letter.to_address == lead.account.email
    assert f"Ada Byron, {entry.person.number}" in letter.body
    assert "paid" not in letter.body.lower()
