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


# Merging


@pytest.fixture
def propose(browser, session, at):
    async def propose(**answers):
        page = Page(await browser.get(at))
        form = page.form("Propose to merge them")
        return await browser.post(f"{at}/merge", data=form | answers)

    return propose


def choices(two):
    known, _ = two
    return {"given_names": str(known.id), "because": "Both passports seen"}


async def test_only_what_differs_is_asked(browser, session, at):
    await browser.sign_in(await make_caseworker(session))

    labels = Page(await browser.get(at)).labels

    asked = sorted(label for label in labels if ":" in label)
    assert asked == ["Given names: Elizabeth", "Given names: Liz"]


async def test_a_merge_is_proposed_and_the_registrar_makes_it(
    browser, session, two, match, at, propose
):
    known, new = two
    registrar = await make_account(session, StaffRole.REGISTRAR)
    await browser.sign_in(await make_caseworker(session, name="Casey"))

    await propose(**choices(two))
    await browser.sign_in(registrar)
    listed = Page(await browser.get("/staff/proposals")).rows()
    page = Page(await browser.get(at))
    answer = await browser.post(
        page.action("Approve the merge"), data=page.form("Approve the merge")
    )

    assert listed[0]["Proposal"] == "Merge two records of one person"
    assert page.fact("Record kept") == f"Elizabeth Smith, {known.number}"
    assert page.fact("Proposed by") == "Casey"
    assert answer.headers["location"] == "/staff/matches"
    await session.refresh(new)
    await session.refresh(match)
    assert new.merged_into == known.id
    assert match.state is MatchState.MERGED


async def test_who_was_merged_leads_to_who_was_kept(browser, session, two, at, propose):
    known, new = two
    await browser.sign_in(await make_caseworker(session))
    new.merged_into = known.id
    await new.take_number(session)
    await session.flush()

    moved = await browser.get(f"/staff/persons/{new.id}")
    listed = Page(await browser.get("/staff/persons?q=liz")).text
    public = await browser.get(f"/register/{new.number}")

    assert (moved.status_code, moved.headers["location"]) == (
        308,
        f"/staff/persons/{known.id}",
    )
    assert "Liz Smith" not in listed
    assert (public.status_code, public.headers["location"]) == (
        308,
        f"/register/{known.number}",
    )


async def test_a_merge_without_a_choice_or_a_reason_is_not_proposed(
    browser, session, at, propose
):
    await browser.sign_in(await make_caseworker(session))

    page = Page(await propose())

    assert page.status == 422
    assert page.errors == [
        "Select the given names that are right",
        "Enter why they are the same person",
    ]


async def test_the_proposer_and_the_manager_do_not_approve(
    browser, session, two, match, at, propose
):
    both = await make_account(session, StaffRole.CASEWORKER, StaffRole.REGISTRAR)
    await browser.sign_in(both)
    await propose(**choices(two))

    page = Page(await browser.get(at))
    posted = await browser.post(
        f"{at}/merge/approval", data={"version": str(match.version)}
    )
    await browser.sign_in(await make_account(session, StaffRole.TEAM_MANAGER))
    barred = await browser.post(f"{at}/merge/approval", data={})

    assert "You took an earlier step of this" in page.text
    assert page.buttons == []
    assert posted.status_code == 409
    assert barred.status_code == 403


async def test_the_registrar_returns_it_with_what_is_to_be_done(
    browser, session, two, at, propose
):
    await browser.sign_in(await make_caseworker(session))
    await propose(**choices(two))
    registrar = await make_account(session, StaffRole.REGISTRAR, name="Rory")
    await browser.sign_in(registrar)
    page = Page(await browser.get(at))

    form = page.form("Return to the proposer") | {"words": "Ask the home"}
    await browser.post(f"{at}/merge/return", data=form)

    told = Page(await browser.get(at)).text
    assert "Rory returned the proposal to merge them" in told
    assert "Ask the home" in told


async def test_two_entries_in_one_part_are_told_of_and_not_merged(
    browser, session, two, at
):
    await make_entry(session, person=two[1])
    await browser.sign_in(await make_caseworker(session))

    page = Page(await browser.get(at))

    assert "Both have an entry in the same part of the register" in page.text
    assert "Propose to merge them" not in page.buttons


async def test_where_there_is_nothing_to_approve_there_is_no_such_page(
    browser, session, match, at
):
    await browser.sign_in(await make_account(session, StaffRole.REGISTRAR))

    answer = await browser.post(
        f"{at}/merge/approval", data={"version": str(match.version)}
    )

    assert answer.status_code == 404
