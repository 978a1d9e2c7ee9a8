"""People who may be the same person, as staff see and settle them."""

from datetime import date

import pytest
from sqlalchemy import select

from register.account import StaffRole
from register.matching import MatchState, Traits, look_for_matches
from register.process import Event, ProcessText
from tests.make import make_account, make_entry, make_person, make_process
from tests.reading import Page
from tests.register.assessing import make_caseworker, make_sent

READERS = [
    StaffRole.CASEWORKER,
    StaffRole.TEAM_MANAGER,
    StaffRole.REGISTRAR,
    StaffRole.AUDITOR,
]


@pytest.fixture
async def two(session):
    """Somebody in the register, and somebody new who may be they."""
    entry = await make_entry(session, given_names="Elizabeth", family_name="Smith")
    new = await make_person(session, "Liz", "Smith")
    return entry.person, new


@pytest.fixture
async def match(session, two):
    known, new = two
    ni = Traits.of(ni_number="AB123456C")
    await look_for_matches(session, known, ni, by=make_process(session))
    (match,) = await look_for_matches(session, new, ni, by=make_process(session))
    return match


@pytest.fixture
def at(match):
    return f"/staff/matches/{match.id}"


@pytest.mark.parametrize("role", READERS)
async def test_matches_are_listed_for_readers(browser, session, match, role):
    await browser.sign_in(await make_account(session, role))

    (row,) = Page(await browser.get("/staff/matches")).rows()

    assert "Elizabeth Smith" in row["Match"]
    assert "Liz Smith" in row["Match"]
    assert row["Likelihood"] == "Almost certainly the same person"


@pytest.mark.parametrize("role", [StaffRole.FINANCE_OFFICER, StaffRole.ADMIN])
async def test_matches_are_not_shown_to_other_staff(browser, session, at, role):
    await browser.sign_in(await make_account(session, role))

    assert (await browser.get("/staff/matches")).status_code == 403
    assert (await browser.get(at)).status_code == 403


async def test_without_any_the_list_says_so(browser, session):
    await browser.sign_in(await make_caseworker(session))

    assert (
        "Nobody waits to be compared." in Page(await browser.get("/staff/matches")).text
    )


async def test_a_page_that_is_none_is_not_there(browser, session):
    await browser.sign_in(await make_caseworker(session))

    assert (await browser.get("/staff/matches?after=x")).status_code == 404


async def test_the_two_stand_side_by_side_with_what_each_field_says(
    browser, session, two, at
):
    await browser.sign_in(await make_caseworker(session))

    rows = {row["What"]: row for row in Page(await browser.get(at)).rows()}

    assert rows["Given names"]["Comparison"] == "The same in another form"
    assert rows["Family name"]["Points"] == "8"
    assert rows["National Insurance number"]["Liz Smith"] == "Known"
    assert rows["Entries"]["Elizabeth Smith"] == "Manager"
    assert rows["Registration number"]["Elizabeth Smith"] == two[0].number


async def test_somebody_who_is_one_of_the_two_is_told_of_nothing(
    browser, session, two, at
):
    await browser.sign_in(await make_account(session, *READERS, person=two[1]))

    assert (await browser.get(at)).status_code == 404
    assert "Liz" not in Page(await browser.get("/staff/matches")).text


async def test_an_application_of_one_leads_to_the_match(
    browser, session, two, at, match
):
    application = await make_sent(session, person=two[1])
    await browser.sign_in(await make_caseworker(session))

    page = Page(await browser.get(f"/staff/applications/{application.reference}"))

    assert page.link(f"Elizabeth Smith , {two[0].number}") == at


async def test_an_officer_says_that_they_are_two_people_and_why(
    browser, session, match, at
):
    await browser.sign_in(await make_caseworker(session, name="Casey"))
    page = Page(await browser.get(at))
    form = page.form("They are not the same person") | {"words": "Sisters"}

    answer = await browser.post(page.action("They are not the same person"), data=form)

    assert answer.headers["location"] == "/staff/matches"
    await session.refresh(match)
    assert match.state is MatchState.TOLD_APART
    assert await session.scalar(select(ProcessText.words)) == "Sisters"
    told = Page(await browser.get(at)).text
    assert "Casey" in told
    assert "Sisters" in told
    kinds = list(
        await session.scalars(select(Event.kind).where(Event.person_id == match.one_id))
    )
    assert kinds.count("match:told_apart") == 1


async def test_without_a_reason_they_are_not_told_apart(browser, session, match, at):
    await browser.sign_in(await make_caseworker(session))
    page = Page(await browser.get(at))

    answer = await browser.post(
        f"{at}/difference", data=page.form("They are not the same person")
    )

    assert answer.status_code == 422
    assert Page(answer).errors == ["Enter why they are not the same person"]
    assert match.open


async def test_a_match_is_settled_once(browser, session, match, at):
    await browser.sign_in(await make_caseworker(session))
    form = {"words": "Sisters", "version": str(match.version)}
    await browser.post(f"{at}/difference", data=form)

    answer = await browser.post(f"{at}/difference", data=form)

    assert answer.status_code == 409
    assert "This match has been settled already." in Page(answer).text


async def test_what_has_changed_since_it_was_shown_is_not_settled(
    browser, session, two, match, at
):
    await browser.sign_in(await make_caseworker(session))
    form = {"words": "Sisters", "version": str(match.version)}
    two[1].birth_date = date(1985, 5, 18)
    await look_for_matches(session, two[1], by=make_process(session))

    answer = await browser.post(f"{at}/difference", data=form)

    assert answer.status_code == 409
    assert match.open


async def test_an_auditor_only_reads(browser, session, at):
    await browser.sign_in(await make_account(session, StaffRole.AUDITOR))

    assert Page(await browser.get(at)).buttons == []
    assert (
        await browser.post(f"{at}/difference", data={"words": "No"})
    ).status_code == 403
