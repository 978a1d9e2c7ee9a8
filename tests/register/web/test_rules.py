"""The rules of each part on staff pages: read, written on in a draft, and published by somebody else."""

from datetime import date

import pytest
from sqlalchemy import func, select

from register.account import StaffRole
from register.part import Part
from register.proposal import Proposal
from register.rule_change import draft_of
from register.rule_set import RuleSet
from register.web.rules.figures import FIGURES
from tests.make import make_account
from tests.reading import Page

AT = "/staff/rules/manager"
DRAFT = f"{AT}/draft"
BEGINS = {"begins_on-day": "1", "begins_on-month": "4", "begins_on-year": "2027"}


@pytest.fixture
async def writer(session):
    return await make_account(session, StaffRole.TEAM_MANAGER)


@pytest.fixture
async def registrar(session):
    return await make_account(session, StaffRole.REGISTRAR)


@pytest.fixture
async def desk(browser, writer):
    """The browser of somebody who writes on a draft."""
    await browser.sign_in(writer, proved=True)
    await browser.post(DRAFT)
    return browser


async def filled(browser, address, **changed):
    """What the form at the address would send."""
    page = Page(await browser.get(address))
    form = page.soup.select_one("main form")
    sent = {}
    for field in form.select("input[name], textarea[name]"):
        kind = field.get("type", "text")
        if kind in ("radio", "checkbox") and not field.has_attr("checked"):
            continue
        text = field.text if field.name == "textarea" else field.get("value", "")
        sent[field["name"]] = text
    return sent | changed


async def send(browser, address, **changed):
    return await browser.post(address, data=await filled(browser, address, **changed))


async def drafted(browser, **figures):
    await send(browser, f"{DRAFT}/figures", **figures)
    await send(browser, f"{DRAFT}/start", **BEGINS)


async def terms(session):
    draft = (await draft_of(session, Part.MANAGER)).draft
    await session.refresh(draft)
    return draft.terms


async def version(browser):
    return {"version": (await filled(browser, f"{DRAFT}/start"))["version"]}


async def proposed(browser, **figures):
    await drafted(browser, **figures)
    return await browser.post(f"{DRAFT}/proposal", data=await version(browser))


async def seen(browser):
    page = Page(await browser.get(f"{AT}/proposal"))
    return {"version": page.soup.select_one("[name=version]")["value"]}


# Reading


@pytest.mark.parametrize(
    "role", [StaffRole.CASEWORKER, StaffRole.AUDITOR, StaffRole.ADMIN]
)
async def test_staff_read_the_rules_of_every_part(browser, session, role):
    await browser.sign_in(await make_account(session, role), proved=True)

    overview = Page(await browser.get("/staff/rules"))
    manager = Page(await browser.get(AT))

    assert {"Manager", "Residential worker"} <= {h.text for h in overview.soup("h2")}
    assert all(label in manager.text for label in FIGURES.values())
    assert "Put children's safety first" in manager.text.replace("’", "'")


@pytest.mark.parametrize(
    "address",
    ["/staff/rules/gardener", f"{AT}/versions/9", DRAFT, f"{AT}/proposal"],
)
async def test_what_is_not_there_is_not_found(browser, registrar, address):
    await browser.sign_in(registrar, proved=True)

    assert (await browser.get(address)).status_code == 404


# Writing


async def test_a_draft_begins_with_what_holds(desk):
    page = Page(await desk.get(DRAFT))

    assert "Nothing so far" in page.text
    assert "Not chosen yet" in page.text


async def test_a_figure_is_changed(desk, session):
    done = await send(desk, f"{DRAFT}/figures", appeal_days="14")

    assert done.headers["location"] == DRAFT
    assert "Time to appeal: 28 becomes 14" in Page(await desk.get(DRAFT)).text
    assert (await terms(session)).rules.appeal_days == 14


@pytest.mark.parametrize(
    ("figure", "sent", "said"),
    [
        ("appeal_days", "", "Enter time to appeal"),
        ("appeal_days", "soon", "Time to appeal must be a whole number"),
        ("appeal_days", "0", "Time to appeal must be between 1 and"),
        ("period_end_day", "31", "Day of that month on which it ends must be in it"),
        ("period_end_month", "13", "must be between 1 and 12"),
        ("open", "perhaps", "Select yes if people can apply for this part"),
        ("version", "", "This page is out of date"),
    ],
)
async def test_a_figure_that_cannot_be_is_told_and_nothing_is_lost(
    desk, figure, sent, said
):
    answer = await send(
        desk, f"{DRAFT}/figures", **{"registrar_name": "Ada"} | {figure: sent}
    )

    assert answer.status_code == 422
    assert said in Page(answer).text
    assert 'value="Ada"' in answer.text


async def test_the_28th_of_february_is_the_last_day_that_every_year_has(desk):
    ends = {"period_end_month": "2", "period_end_day": "29"}

    leap = await send(desk, f"{DRAFT}/figures", **ends)
    every = await send(desk, f"{DRAFT}/figures", **ends | {"period_end_day": "28"})

    assert (leap.status_code, every.status_code) == (422, 303)


async def test_nobody_is_locked_out_of_reading_before_they_are_warned(desk):
    figures = {"restricted_reads_warn": "10", "restricted_reads_lock": "10"}

    equal = await send(desk, f"{DRAFT}/figures", **figures)
    more = await send(
        desk, f"{DRAFT}/figures", **figures | {"restricted_reads_lock": "11"}
    )

    assert (equal.status_code, more.status_code) == (422, 303)


async def test_what_two_people_write_at_once_is_not_lost(desk):
    first = await filled(desk, f"{DRAFT}/figures", appeal_days="14")
    second = await filled(desk, f"{DRAFT}/figures", registrar_name="Ada")

    await desk.post(f"{DRAFT}/figures", data=first)
    answer = await desk.post(f"{DRAFT}/figures", data=second)

    assert answer.status_code == 422
    assert "Somebody has changed this draft" in Page(answer).text
    assert 'value="Ada"' in answer.text


async def test_a_qualification_is_added_changed_and_taken_out(desk, session):
    given = {
        "title": "A diploma of Northern Ireland",
        "route": "uk_equivalent",
        "country": "Northern Ireland",
        "verdict": "partial",
        "gap_units": "Law of England\n\nSafeguarding",
        "evidence": "https://example.org/comparison",
    }
    at = f"{DRAFT}/qualifications"

    await send(desk, f"{at}/new", **given)
    added = (await terms(session)).accepted[-1]
    await send(desk, f"{at}/{added.code}", level="5")
    changed = (await terms(session)).accepted[-1]
    await desk.post(f"{at}/{added.code}/removal", data=await version(desk))

    assert added.code == "a-diploma-of-northern-ireland"
    assert added.gap_units == ("Law of England", "Safeguarding")
    assert (changed.code, changed.level) == (added.code, 5)
    assert added.code not in {row.code for row in (await terms(session)).accepted}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": ""}, "Enter name of the qualification"),
        ({"route": "luck"}, "Select how it counts from the list"),
        ({"evidence": "javascript:alert(1)"}, "must begin with https://"),
        (
            {
                "awarded_from-day": "2",
                "awarded_from-month": "1",
                "awarded_from-year": "2020",
                "awarded_until-day": "1",
                "awarded_until-month": "1",
                "awarded_until-year": "2020",
            },
            "must not be before the first",
        ),
    ],
)
async def test_a_qualification_that_cannot_be_is_told(desk, changed, said):
    given = {"title": "Law", "route": "degree", "country": "Wales", "verdict": "full"}

    answer = await send(desk, f"{DRAFT}/qualifications/new", **given | changed)

    assert answer.status_code == 422
    assert said in Page(answer).text


async def test_a_standard_is_added_changed_and_taken_out(desk, session):
    at = f"{DRAFT}/standards"

    await send(desk, f"{at}/new", code="R11", title="Keep time", meaning="Be there.")
    added = (await terms(session)).standards[-1]
    await send(desk, f"{at}/R11", title="Keep your word")
    changed = (await terms(session)).standards[-1]
    await desk.post(f"{at}/R11/removal", data=await version(desk))

    assert (added.code, added.title, changed.title) == (
        "R11",
        "Keep time",
        "Keep your word",
    )
    assert len((await terms(session)).standards) == 10


async def test_a_sentence_of_the_declaration_is_added_changed_and_taken_out(
    desk, session
):
    at = f"{DRAFT}/statements"

    await send(desk, f"{at}/new", code="D5", words="I will be there.")
    added = (await terms(session)).statements[-1]
    await send(desk, f"{at}/D5", words="I will be there in time.")
    changed = (await terms(session)).statements[-1]
    taken = await send(desk, f"{at}/new", code="D5", words="I will come.")
    await desk.post(f"{at}/D5/removal", data=await version(desk))

    assert (added.code, added.words) == ("D5", "I will be there.")
    assert changed.words == "I will be there in time."
    assert Page(taken).errors == ["Code must be one that no other in the list has"]
    assert [row.code for row in (await terms(session)).statements] == [
        "D1",
        "D2",
        "D3",
        "D4",
    ]


async def test_what_a_portfolio_must_show_is_added_changed_and_taken_out(desk, session):
    at = f"{DRAFT}/outcomes"

    await send(desk, f"{at}/new", code="P10", title="Lead a review")
    added = (await terms(session)).outcomes[-1]
    await send(desk, f"{at}/P10", title="Lead a review of the home")
    changed = (await terms(session)).outcomes[-1]
    taken = await send(desk, f"{at}/new", code="P10", title="Another")
    draft = Page(await desk.get(DRAFT)).text
    await desk.post(f"{at}/P10/removal", data=await version(desk))

    assert (added.code, added.title) == ("P10", "Lead a review")
    assert changed.title == "Lead a review of the home"
    assert Page(taken).errors == ["Code must be one that no other in the list has"]
    assert (
        "Outcome that a portfolio must show added: P10, Lead a review of the home"
        in draft
    )
    assert len((await terms(session)).outcomes) == 9


@pytest.mark.parametrize("code", ["R1", "r11", "R 11", "new"])
async def test_the_code_of_a_standard_is_its_own_and_plain(desk, code):
    answer = await send(
        desk, f"{DRAFT}/standards/new", code=code, title="Keep time", meaning="Be there"
    )

    assert answer.status_code == 422


async def test_nothing_is_taken_out_of_a_draft_that_has_changed_since(desk, session):
    before = await version(desk)
    await send(desk, f"{DRAFT}/figures", appeal_days="14")

    await desk.post(f"{DRAFT}/standards/R1/removal", data=before)

    assert (await terms(session)).standards[0].code == "R1"


@pytest.mark.parametrize(
    ("year", "said"),
    [
        ("2026", "must be on or after 11 March 2027"),
        ("2023", "must be on or after 11 March 2027"),
    ],
)
async def test_rules_begin_on_a_day_to_come(desk, year, said):
    answer = await send(desk, f"{DRAFT}/start", **BEGINS | {"begins_on-year": year})

    assert answer.status_code == 422
    assert said in Page(answer).text


async def test_a_draft_is_deleted(desk, session):
    done = await desk.post(f"{DRAFT}/removal")

    assert done.headers["location"] == AT
    assert await draft_of(session, Part.MANAGER) is None


# Two people


async def test_rules_are_published_by_somebody_else(desk, session, registrar):
    await proposed(desk, appeal_days="14")
    waiting = Page(await desk.get("/staff/proposals"))
    await desk.sign_in(registrar, proved=True)

    page = Page(await desk.get(f"{AT}/proposal"))
    done = await desk.post(f"{AT}/proposal/approval", data=await seen(desk))

    assert "Manager: rules" in waiting.text
    assert "Time to appeal: 28 becomes 14" in page.text
    assert done.headers["location"] == AT
    after = await RuleSet.on(session, Part.MANAGER, date(2027, 4, 1))
    assert (after.version, after.rules.appeal_days) == (2, 14)
    assert "Version 2 from 1 April 2027" in Page(await desk.get("/staff/rules")).text
    assert (
        "Time to appeal: 28 becomes 14" in Page(await desk.get(f"{AT}/versions/2")).text
    )


async def test_a_draft_is_given_back_with_what_is_to_be_done(desk, writer, registrar):
    await proposed(desk, appeal_days="14")
    await desk.sign_in(registrar, proved=True)

    done = await desk.post(
        f"{AT}/proposal/return", data=await seen(desk) | {"words": "Ask the lawyers."}
    )
    await desk.sign_in(writer, proved=True)
    page = Page(await desk.get(DRAFT))

    assert done.headers["location"] == DRAFT
    assert "Ask the lawyers." in page.text
    assert (await send(desk, f"{DRAFT}/figures", appeal_days="21")).status_code == 303


async def test_words_are_needed_to_give_a_draft_back(desk, registrar):
    await proposed(desk, appeal_days="14")
    await desk.sign_in(registrar, proved=True)

    answer = await desk.post(f"{AT}/proposal/return", data=await seen(desk))

    assert answer.status_code == 422
    assert "Enter what is still to be done" in Page(answer).text


async def test_who_wrote_it_is_told_that_somebody_else_must_decide(
    browser, session, registrar
):
    await browser.sign_in(registrar, proved=True)
    await browser.post(DRAFT)
    await proposed(browser, appeal_days="14")

    page = Page(await browser.get(f"{AT}/proposal"))
    answer = await browser.post(
        f"{AT}/proposal/approval", data=await version_of(session)
    )

    assert "somebody else must decide it" in page.text
    assert answer.status_code == 409
    assert await session.scalar(select(func.count(Proposal.id)).where(Proposal.waiting))


async def version_of(session):
    return {"version": str((await draft_of(session, Part.MANAGER)).draft.version)}


async def test_nobody_approves_what_was_written_on_since_they_saw_it(
    desk, writer, registrar
):
    await proposed(desk, appeal_days="14")
    await desk.sign_in(registrar, proved=True)
    before = await seen(desk)
    await desk.post(f"{AT}/proposal/return", data=before | {"words": "Shorter."})
    await desk.sign_in(writer, proved=True)
    await proposed(desk, appeal_days="1")
    await desk.sign_in(registrar, proved=True)

    answer = await desk.post(f"{AT}/proposal/approval", data=before)

    assert answer.status_code == 409
    assert "Somebody has changed this draft" in Page(answer).text


async def test_a_draft_that_waits_is_not_written_on(desk):
    await proposed(desk, appeal_days="14")

    page = Page(await desk.get(DRAFT))
    answers = [
        await desk.get(f"{DRAFT}/figures"),
        await desk.get(f"{DRAFT}/standards/R1"),
        await desk.post(f"{DRAFT}/removal"),
    ]

    assert "waits for a second person" in page.text
    assert {answer.status_code for answer in answers} == {409}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "nothing to propose"),
        ({"appeal_days": "14"}, "choose a later day"),
    ],
)
async def test_what_cannot_be_proposed_is_told(desk, changed, said):
    if changed:
        await send(desk, f"{DRAFT}/figures", **changed)

    answer = await desk.post(
        f"{DRAFT}/proposal", data={"version": "2" if changed else "1"}
    )

    assert answer.status_code == 409
    assert said in Page(answer).text


@pytest.mark.parametrize(
    ("row", "words", "figure"),
    [
        ("standards/R1", {"title": "Put children first"}, "standards_version"),
        ("statements/D1", {"words": "All of it is true."}, "declaration_version"),
    ],
)
async def test_what_is_declared_in_other_words_needs_a_new_version(
    desk, row, words, figure
):
    await send(desk, f"{DRAFT}/{row}", **words)
    await send(desk, f"{DRAFT}/start", **BEGINS)

    refused = await desk.post(f"{DRAFT}/proposal", data=await version(desk))
    await send(desk, f"{DRAFT}/figures", **{figure: "2027-1"})
    taken = await desk.post(f"{DRAFT}/proposal", data=await version(desk))

    assert refused.status_code == 409
    assert "a new version: give it under “Figures”" in Page(refused).text
    assert taken.status_code == 303
