"""Cases on staff pages: opened, weighed, rated, linked, given and restricted, and read by nobody who may not know of them."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from fitness.case import Case, CaseRead, ClosedBecause, Stage
from fitness.fence import Capacity, look_as
from fitness.triage import Factor, Weight
from register.account import StaffRole
from register.kit.clock import day_of
from register.kit.post import Message
from register.process import Process
from tests.fitness.investigating import (
    act,
    close,
    make_case,
    make_investigated,
    make_investigator,
    weigh,
)
from tests.fitness.raising import make_concern
from tests.fitness.serving import post_and_serve
from tests.make import NOW, make_account, make_entry
from tests.reading import Page

LIST = "/staff/cases"
DAY = timedelta(days=1)


@pytest.fixture
async def investigator(session):
    return await make_investigator(session, name="Inez Vance")


@pytest.fixture
async def case(session, investigator):
    return await make_case(session, taker=investigator)


async def fresh(session, case):
    await look_as(session, Capacity.SERVICE)
    await session.refresh(case)
    return case


def at(case, page=""):
    return f"{LIST}/{case.reference}{page}"


def bar(page):
    """Who the case is about, above it."""
    return page.soup.select_one(".moj-identity-bar").get_text(" ", strip=True)


async def get(browser, url):
    return Page(await browser.get(url))


# Opening one


async def test_a_case_is_opened_by_the_number_of_the_person(
    browser, session, investigator
):
    entry = await make_entry(session, given_names="Ngozi", family_name="Adébáyò")
    await browser.sign_in(investigator)

    done = await browser.post(
        f"{LIST}/open",
        data={
            "number": entry.person.number.lower().replace("-", " "),
            "words": "A call from Ofsted.",
        },
    )

    page = await get(browser, done.headers["location"])
    assert page.fact("Stage").startswith("Triage")
    assert "Ngozi Adébáyò" in bar(page)
    assert "A call from Ofsted." in page.text
    assert "Inez Vance (investigator)" in page.fact("Who works on it")
    assert page.fact("To be decided by") == "7 April 2027"


@pytest.mark.parametrize("number", ["", "CH-9999999-A", "somebody"])
async def test_without_somebody_of_that_number_nothing_is_opened_or_lost(
    browser, session, investigator, number
):
    await browser.sign_in(investigator)

    page = Page(
        await browser.post(
            f"{LIST}/open", data={"number": number, "words": "A call from Ofsted."}
        )
    )

    assert page.status == 422
    assert len(page.errors) == 1
    assert "A call from Ofsted." in page.text
    await look_as(session, Capacity.SERVICE)
    assert (await session.scalars(select(Case))).all() == []


async def test_a_second_case_about_somebody_is_opened_only_if_it_is_another_matter(
    browser, session, investigator, case
):
    await browser.sign_in(investigator)
    sent = {"number": case.person.number, "words": "A call from Ofsted."}

    asked = Page(await browser.post(f"{LIST}/open", data=sent))
    assert asked.status == 422
    assert case.reference in asked.text
    assert "A call from Ofsted." in asked.text
    await browser.post(f"{LIST}/open", data=sent | {"again": "yes"})

    await look_as(session, Capacity.SERVICE)
    assert len((await session.scalars(select(Case))).all()) == 2


async def test_a_case_about_oneself_is_not_opened(browser, session):
    entry = await make_entry(session)
    await browser.sign_in(await make_investigator(session, person=entry.person))

    answer = await browser.post(
        f"{LIST}/open", data={"number": entry.person.number, "words": "Me"}
    )

    assert answer.status_code == 409


# The list


async def test_an_investigator_lists_their_own(browser, session, investigator, case):
    other = await make_case(session)
    await browser.sign_in(investigator)

    page = await get(browser, LIST)

    assert case.reference in page.text
    assert other.reference not in page.text


async def test_a_manager_lists_all_and_their_own(browser, session, case):
    manager = await make_account(session, StaffRole.TEAM_MANAGER)
    await browser.sign_in(manager)

    assert case.reference in (await get(browser, LIST)).text
    assert case.reference not in (await get(browser, f"{LIST}?show=yours")).text


async def test_a_stage_is_asked_for(browser, session, investigator, case):
    over = await make_case(session, taker=investigator)
    await close(session, over)
    await browser.sign_in(investigator)

    closed = (await get(browser, f"{LIST}?stage=closed")).text

    assert over.reference in closed
    assert case.reference not in closed
    assert over.reference not in (await get(browser, LIST)).text


@pytest.mark.parametrize(("days", "old"), [(183, False), (184, True)])
async def test_how_old_it_is_stands_on_the_list_and_the_page(
    browser, session, clock, investigator, case, days, old
):
    clock.now = NOW + days * DAY
    await browser.sign_in(investigator)

    [row] = (await get(browser, LIST)).rows()
    page = await get(browser, at(case))

    assert ("6 months or older" in row["Opened"]) is old
    assert ("6 months or older" in page.fact("Opened")) is old


async def test_a_long_list_goes_on(browser, session, investigator):
    made = [
        await make_case(session, taker=investigator, now=NOW - n * DAY)
        for n in range(27)
    ]
    await browser.sign_in(investigator)

    first = await get(browser, LIST)
    second = await get(browser, first.links["Next page"])

    shown = [one.reference for one in made if one.reference in first.text]
    assert len(shown) == 25
    assert [one.reference for one in made if one.reference in second.text] == [
        one.reference for one in made if one.reference not in first.text
    ]


# Concerns


async def screened(session, person):
    concern = await make_concern(session)
    await look_as(session, Capacity.SERVICE)
    by = act(session)
    await concern.match(session, person, by=by)
    await concern.screen(session, at_risk=False, words="No danger now", by=by)
    await session.commit()
    return concern


async def test_a_concern_becomes_a_case_of_whoever_takes_it(
    browser, session, investigator
):
    entry = await make_entry(session)
    concern = await screened(session, entry.person)
    await browser.sign_in(investigator)
    ask = f"/staff/concerns/{concern.reference}/case"
    assert Page(await browser.post(ask)).status == 422

    done = await browser.post(ask, data={"into": "new"})

    page = await get(browser, done.headers["location"])
    assert page.fact("Concerns") == concern.reference
    assert "Concern taken in" in (await get(browser, page.links["History"])).text
    about = await get(browser, f"/staff/concerns/{concern.reference}")
    assert about.fact("Taken into case").startswith("F-")
    assert (await browser.post(ask, data={"into": "new"})).status_code == 409


async def test_a_second_concern_joins_the_case_and_no_case_about_another(
    browser, session, investigator, case
):
    other = await make_case(session, taker=investigator)
    concern = await screened(session, case.person)
    await browser.sign_in(investigator)
    ask = f"/staff/concerns/{concern.reference}/case"

    wrong = Page(await browser.post(ask, data={"into": other.reference}))
    assert wrong.status == 422
    await browser.post(ask, data={"into": case.reference})

    assert (await get(browser, at(case))).fact("Concerns") == concern.reference


async def test_a_concern_about_nobody_known_is_taken_into_no_case(
    browser, session, investigator
):
    concern = await make_concern(session)
    await session.commit()
    await browser.sign_in(investigator)

    answer = await browser.get(f"/staff/concerns/{concern.reference}/case")

    assert answer.status_code == 409


async def test_a_concern_in_a_case_is_known_with_the_case_only(
    browser, session, investigator, case
):
    concern = await screened(session, case.person)
    await browser.sign_in(investigator)
    at_concern = f"/staff/concerns/{concern.reference}"
    await browser.post(f"{at_concern}/case", data={"into": case.reference})

    await browser.sign_in(await make_investigator(session))

    assert (await browser.get(at_concern)).status_code == 404


async def test_whoever_raised_it_is_told_what_was_decided_and_no_more(
    browser, session, investigator, case
):
    concern = await screened(session, case.person)
    await browser.sign_in(investigator)
    await browser.post(
        f"/staff/concerns/{concern.reference}/case", data={"into": case.reference}
    )
    await look_as(session, Capacity.SERVICE)
    weigh(session, case)
    await session.commit()

    sent = {
        "outcome": "closed",
        "words": "The log shows that it was another day.",
        "told": "We have seen the records.",
    }
    page = Page(await browser.post(at(case, "/triage"), data=sent))
    assert page.h1 == "Check it before it is sent"
    assert "We have decided not to look into it further." in page.text
    assert "We have seen the records." in page.text
    assert "another day" not in page.text
    assert (await fresh(session, case)).stage is Stage.TRIAGE
    kept = Page(
        await browser.post(page.action("Change it"), data=page.form("Change it"))
    )
    assert "The log shows that it was another day." in kept.text
    await post_and_serve(browser, at(case, "/triage"), sent)

    *_, letter = await session.scalars(
        select(Message)
        .where(Message.letter == "fitness/about_a_concern")
        .order_by(Message.created_at)
    )
    assert "What we have decided on what you told us: C-" in letter.subject
    assert "We have decided not to look into it further." in letter.body
    assert "We have seen the records." in letter.body
    assert "another day" not in letter.body


# Triage


async def test_the_test_is_weighed_factor_by_factor(
    browser, session, investigator, case
):
    await browser.sign_in(investigator)
    page = await get(browser, at(case, "/triage"))
    assert page.tags == ["Not weighed"] * len(Factor)

    await browser.post(
        at(case, "/triage/evidence"),
        data={"weight": "for", "words": "Two colleagues saw it."},
    )

    page = await get(browser, at(case, "/triage"))
    fact = page.fact("What evidence there is, or is likely to be")
    assert fact == "Speaks for it Two colleagues saw it."
    again = await get(browser, at(case, "/triage/evidence"))
    assert "Two colleagues saw it." in again.text


async def test_how_long_ago_it_was_is_asked_with_its_day(
    browser, session, investigator, case
):
    await browser.sign_in(investigator)

    await browser.post(
        at(case, "/triage/age"),
        data={
            "happened_on-day": "3",
            "happened_on-month": "2",
            "happened_on-year": "2027",
            "weight": "for",
            "words": "Last month.",
        },
    )

    page = await get(browser, at(case, "/triage"))
    assert "Last on 3 February 2027." in page.text


async def test_a_day_to_come_is_not_taken_and_nothing_is_lost(
    browser, session, investigator, case
):
    await browser.sign_in(investigator)

    page = Page(
        await browser.post(
            at(case, "/triage/age"),
            data={
                "happened_on-day": "3",
                "happened_on-month": "2",
                "happened_on-year": "2031",
                "weight": "for",
                "words": "Last month.",
            },
        )
    )

    assert page.status == 422
    assert "Last month." in page.text


async def test_a_factor_that_is_none_is_not_there(browser, session, investigator, case):
    await browser.sign_in(investigator)

    assert (await browser.get(at(case, "/triage/weather"))).status_code == 404


async def test_nothing_is_decided_before_all_is_weighed(
    browser, session, investigator, case
):
    await browser.sign_in(investigator)

    before = await session.scalar(select(func.count()).select_from(Process))
    page = Page(
        await browser.post(
            at(case, "/triage"),
            data={"outcome": "opened", "words": "A child was hurt."},
        )
    )

    assert page.status == 422
    assert await session.scalar(select(func.count()).select_from(Process)) == before
    assert page.errors == [
        "Every factor of the test must be weighed before a decision, and some are not yet."
    ]
    assert "A child was hurt." in page.text


async def test_an_investigation_is_opened_and_the_day_told_by_which_the_registrant_hears(
    browser, session, investigator, case
):
    weigh(session, case, seriousness=Weight.FOR)
    await session.commit()
    await browser.sign_in(investigator)

    await browser.post(
        at(case, "/triage"), data={"outcome": "opened", "words": "A child was hurt."}
    )

    page = await get(browser, at(case))
    assert page.fact("Stage").startswith("Investigation")
    assert "Tell the registrant of the investigation by 24 March 2027" in page.text
    assert (await fresh(session, case)).stage is Stage.INVESTIGATION


async def test_a_case_is_passed_on_to_several(browser, session, investigator, case):
    weigh(session, case)
    await session.commit()
    await browser.sign_in(investigator)

    missing = Page(
        await browser.post(
            at(case, "/triage"), data={"outcome": "passed_on", "words": "Not ours."}
        )
    )
    assert missing.status == 422
    await browser.post(
        at(case, "/triage"),
        data={
            "outcome": "passed_on",
            "passed_to": ["lado", "ofsted"],
            "words": "Not ours.",
        },
    )

    page = await get(browser, at(case, "/triage"))
    assert "LADO" in page.fact("Passed on to")
    assert (await fresh(session, case)).because is ClosedBecause.TRIAGE_PASSED_ON


async def test_what_is_closed_is_decided_no_more(browser, session, investigator, case):
    await close(session, case)
    await session.commit()
    await browser.sign_in(investigator)

    answer = await browser.post(
        at(case, "/triage"), data={"outcome": "closed", "words": "Again."}
    )

    assert answer.status_code == 409


async def test_who_answers_for_a_case_does_not_decide_it(browser, session, case):
    await browser.sign_in(
        await make_account(session, StaffRole.INVESTIGATOR, StaffRole.TEAM_MANAGER)
    )

    answer = await browser.post(
        at(case, "/triage"), data={"outcome": "closed", "words": "Mine."}
    )

    assert answer.status_code == 409
    assert "Only who investigates this case does this" in Page(answer).text


# Risk, links and notes


async def test_a_risk_is_rated_and_rated_again(browser, session, investigator, case):
    await browser.sign_in(investigator)
    for likelihood, harm in (("1", "2"), ("4", "4")):
        await browser.post(
            at(case, "/risk"),
            data={"likelihood": likelihood, "harm": harm, "words": "As we know now."},
        )

    page = await get(browser, at(case, "/risk"))
    assert sorted(tag for tag in page.tags) == ["High", "Low"]
    assert "16 of 25" in page.text


async def test_cases_are_linked_and_taken_apart(browser, session, investigator, case):
    other = await make_case(session, taker=investigator)
    await browser.sign_in(investigator)

    await browser.post(
        at(case, "/links"),
        data={
            "reference": f" {other.reference.lower()} ",
            "how": "link",
            "words": "The same night.",
        },
    )
    assert other.reference in (await get(browser, at(case, "/links"))).text

    await browser.post(at(case, f"/links/{other.reference}/end"))
    assert other.reference not in (await get(browser, at(case, "/links"))).text
    again = await browser.post(at(case, f"/links/{other.reference}/end"))
    assert again.status_code == 404


async def test_a_case_that_the_reader_may_not_know_of_is_not_linked(
    browser, session, investigator, case
):
    other = await make_case(session)
    await browser.sign_in(investigator)

    page = Page(
        await browser.post(
            at(case, "/links"),
            data={"reference": other.reference, "how": "link", "words": "A guess."},
        )
    )

    assert page.status == 422
    assert page.errors == [
        "There is no case with this reference that you may know of. Check it, then enter it again"
    ]


async def test_a_case_is_joined_to_another_about_the_same_person(
    browser, session, investigator, case
):
    into = await make_case(session, taker=investigator, person=case.person)
    await browser.sign_in(investigator)

    await browser.post(
        at(case, "/links"),
        data={"reference": into.reference, "how": "join", "words": "One story."},
    )

    page = await get(browser, at(case))
    assert page.fact("Goes on in") == into.reference


async def test_a_note_is_read_by_whoever_may_know_of_the_case(
    browser, session, investigator, case
):
    await browser.sign_in(investigator)
    empty = Page(await browser.post(at(case, "/notes"), data={"words": " "}))
    assert empty.status == 422

    await browser.post(at(case, "/notes"), data={"words": "She called back."})

    assert "She called back." in (await get(browser, at(case))).text
    assert "She called back." in (await get(browser, at(case, "/history"))).text


# People


async def test_a_case_is_given_and_taken(browser, session, investigator, case):
    other = await make_investigator(session, name="Omar Vale")
    await browser.sign_in(await make_account(session, StaffRole.TEAM_MANAGER))

    await browser.post(at(case, "/people"), data={"account": str(other.id)})
    page = await get(browser, at(case, "/people"))
    assert {row["Name"] for row in page.rows("Who works on it now")} == {
        "Inez Vance",
        "Omar Vale",
    }

    (action,) = [
        row.select_one("form")["action"]
        for row in page.soup.select("tbody tr")
        if "Inez Vance" in row.text
    ]
    await browser.post(action)
    page = await get(browser, at(case, "/people"))
    assert [row["Name"] for row in page.rows("Who works on it now")] == ["Omar Vale"]
    assert (await browser.post(action)).status_code == 404

    await browser.sign_in(investigator)
    assert (await browser.get(at(case))).status_code == 404


async def test_a_case_is_restricted_and_opened_again(browser, session, case):
    manager = await make_account(session, StaffRole.TEAM_MANAGER)
    stranger = await make_account(session, StaffRole.REGISTRAR)
    await browser.sign_in(manager)

    await browser.post(at(case, "/restriction"), data={"words": "A colleague."})
    assert "Restricted" in bar(await get(browser, at(case)))

    await browser.sign_in(stranger)
    assert (await browser.get(at(case))).status_code == 404
    assert case.reference not in (await get(browser, LIST)).text

    await browser.sign_in(manager)
    await browser.post(
        at(case, "/restriction"), data={"words": "It is over.", "lift": "yes"}
    )
    await browser.sign_in(stranger)
    assert (await browser.get(at(case))).status_code == 200


async def test_a_second_click_does_not_undo_the_first(browser, session, case):
    await browser.sign_in(await make_account(session, StaffRole.TEAM_MANAGER))
    await browser.post(at(case, "/restriction"), data={"words": "A colleague."})

    again = await browser.post(at(case, "/restriction"), data={"words": "A colleague."})

    assert again.status_code == 409
    assert (await fresh(session, case)).restricted


# Reading


async def test_each_read_is_written_down_and_shown_to_those_who_answer(
    browser, session, investigator, case
):
    await browser.sign_in(investigator)
    await browser.get(at(case))
    await browser.get(at(case, "/history"))
    assert (await browser.get(at(case, "/reading"))).status_code == 403

    await browser.sign_in(
        await make_account(session, StaffRole.AUDITOR, name="Ada Auditor")
    )
    page = await get(browser, at(case, "/reading"))

    read = page.rows("Reading of this case, the latest first")
    assert [(row["Who"], row["What"]) for row in read] == [
        ("Ada Auditor", "The case"),
        ("Inez Vance", "Its history"),
        ("Inez Vance", "The case"),
    ]
    await look_as(session, Capacity.SERVICE)
    assert len((await session.scalars(select(CaseRead))).all()) == 3


@pytest.mark.parametrize(("notes", "goes_on"), [(48, False), (49, True)])
async def test_a_long_history_goes_on_page_by_page(
    browser, session, investigator, case, notes, goes_on
):
    for n in range(notes):
        case.note(session, f"Note {n}.", by=act(session))
    await session.commit()
    await browser.sign_in(investigator)

    first = await get(browser, at(case, "/history"))

    assert ("Next page" in first.links) is goes_on
    if goes_on:
        assert "Case opened" in (await get(browser, first.links["Next page"])).text


async def test_what_is_late_is_marked(browser, session, investigator, case, clock):
    await browser.sign_in(investigator)
    clock.now = NOW + 28 * DAY
    await browser.sign_in(investigator)
    assert "Over the target" not in (await get(browser, at(case))).tags

    clock.now += DAY
    await browser.sign_in(investigator)
    assert "Over the target" in (await get(browser, at(case))).tags


async def test_a_registrant_who_is_not_told_in_time_is_marked(
    browser, session, investigator, clock
):
    case = await make_investigated(session, taker=investigator)
    await session.commit()
    clock.now = NOW + 14 * DAY
    await browser.sign_in(investigator)
    assert "Late" not in (await get(browser, at(case))).tags

    clock.now += DAY
    await browser.sign_in(investigator)
    assert "Late" in (await get(browser, at(case))).tags


async def test_an_investigated_registrant_has_a_last_day_to_be_told(
    browser, session, investigator
):
    case = await make_investigated(session, taker=investigator)

    assert case.tell_by == day_of(NOW) + 14 * DAY
