"""An investigation on staff pages: planned, held, alleged, logged, asked, served and disclosed by whoever investigates it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from fitness.case import CaseRead, CaseText
from fitness.fence import Capacity, look_as
from fitness.investigation.disclosure import disclosures_of
from fitness.investigation.evidence import Kept, evidence_of
from fitness.investigation.served import services_of
from register.account import StaffRole
from register.kit import store
from register.kit.cleaning import MediaType
from register.kit.files import FileState, StoredFile
from register.kit.uploads import Received
from tests.fitness.finding import (
    DAY,
    TODAY,
    ask,
    comment,
    disclose,
    draw,
    hold,
    investigate,
    log,
    make_proceeding,
    make_told,
    make_witness,
    plan,
    went_astray,
)
from tests.fitness.investigating import (
    close,
    make_case,
    make_investigated,
    make_investigator,
)
from tests.fitness.serving import post_and_serve
from tests.leaks.people import pieces
from tests.make import NOW, make_account, make_address, make_home
from tests.reading import Page
from tests.uploading import pdf

PAGES = (
    "plan",
    "hold",
    "allegations",
    "evidence",
    "witnesses",
    "requests",
    "proceedings",
    "disclosure",
    "chronology",
)
FORMS = ("allegations/new", "evidence/new", "requests/new", "proceedings/new", "notice")
NO_FILE = {"file": ("", b"")}


@pytest.fixture
async def investigator(session):
    return await make_investigator(session, name="Inez Vance")


@pytest.fixture
async def case(session, investigator):
    case, _ = await make_told(session, taker=investigator)
    return case


@pytest.fixture
async def desk(browser, investigator):
    """Where the investigator sits."""
    await browser.sign_in(investigator)
    return browser


def at(case, page):
    return f"/staff/cases/{case.reference}/{page}"


async def get(browser, case, page):
    return Page(await browser.get(at(case, page)))


async def send(browser, case, page, *, files=None, **data):
    return await post_and_serve(browser, at(case, page), data, files=files)


def on(day, name):
    return {
        f"{name}-day": str(day.day),
        f"{name}-month": str(day.month),
        f"{name}-year": str(day.year),
    }


async def work(session):
    """Tests look at all of it, pages as whoever is signed in."""
    await look_as(session, Capacity.SERVICE)
    session.expunge_all()


# Who


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "role", [StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR, StaffRole.AUDITOR]
)
async def test_those_read_it_who_answer_for_it_and_it_is_written_down(
    browser, session, case, page, role
):
    await investigate(session, case)
    reader = await make_account(session, role)
    await browser.sign_in(reader)

    shown = await get(browser, case, page)

    assert shown.status == 200
    assert shown.buttons == []
    reads = await session.scalars(
        select(CaseRead.what).where(CaseRead.account_id == reader.id)
    )
    assert len(reads.all()) == 1


@pytest.mark.parametrize("page", [*PAGES, *FORMS])
async def test_another_investigator_finds_none(browser, session, case, page):
    await browser.sign_in(await make_investigator(session))

    assert (await get(browser, case, page)).status == 404


@pytest.mark.parametrize("page", PAGES)
async def test_a_case_at_triage_has_none_of_it(browser, session, investigator, page):
    triaged = await make_case(session, taker=investigator)
    await browser.sign_in(investigator)

    assert (await get(browser, triaged, page)).status == 404


@pytest.mark.parametrize("page", PAGES)
async def test_when_it_is_over_it_is_read_and_nothing_is_changed(
    desk, session, case, page
):
    await investigate(session, case)
    await close(session, case, now=NOW + DAY)

    assert (await get(desk, case, page)).status == 200
    for form in FORMS:
        assert (await get(desk, case, form)).status == 409


async def test_whoever_answers_for_it_works_on_it_only_as_its_investigator(
    browser, session, case
):
    both = await make_account(session, StaffRole.TEAM_MANAGER, StaffRole.INVESTIGATOR)
    await browser.sign_in(both)

    page = await send(browser, case, "plan", words="Ask")

    assert page.status == 409
    assert "Only who investigates this case does this." in page.text


# Plan and hold


async def test_a_step_is_planned_and_done(desk, case, investigator):
    sent = {
        "words": "Ask the home",
        "who": str(investigator.id),
        **on(TODAY, "due_on"),
    }
    assert (await send(desk, case, "plan", **sent)).status == 303

    fact = (await get(desk, case, "plan")).fact("Step 1")
    assert fact == "Ask the home Inez Vance, until 10 March 2027. To do"
    assert (await send(desk, case, "plan/1", how="done")).status == 303
    assert (await get(desk, case, "plan")).fact("Step 1").endswith("Done")
    assert (await get(desk, case, "plan/2")).status == 404


async def test_a_step_without_anything_is_not_planned(desk, case):
    page = await send(desk, case, "plan", words="Ask the home")

    assert page.status == 422
    assert len(page.errors) == 2
    assert page.field("What is to be done?").value == "Ask the home"


async def test_the_clock_says_age_hold_waiting_and_target(desk, session, case):
    page = await get(desk, case, "plan")

    assert page.fact("Age") == "0 days"
    assert page.fact("Target") == "16 February 2028"
    assert page.fact("The registrant was told") == "10 March 2027"


async def test_it_is_held_looked_at_again_and_goes_on(desk, session, case):
    sent = {"because": "police", "told": "no", "words": "They ask us to wait."}
    done = await send(desk, case, "hold", **sent, **on(TODAY + 28 * DAY, "review_on"))
    assert done.status == 303
    assert "On hold since 10 March 2027" in (await get(desk, case, "plan")).text

    page = await get(desk, case, "hold")
    assert page.fact("The registrant") == "Must not know of it"
    empty = await send(desk, case, "hold/review", how="go_on", words="Still")
    assert empty.errors == ["Enter the day on which you look at it again"]
    assert (
        await send(desk, case, "hold/review", how="end", words="Over")
    ).status == 303
    assert "On hold" not in (await get(desk, case, "plan")).text
    assert (
        await send(desk, case, "hold/review", how="end", words="Over")
    ).status == 409


# Allegations


async def test_an_allegation_of_two_particulars_is_drawn_up(desk, session, case):
    home = await make_home(session, name="Mill House")
    first = {"p1-words": "You struck a child.", "p1-urn": "sc462450"}
    first |= on(TODAY - 3 * DAY, "p1-from_on")

    page = await send(desk, case, "allegations/new", more="yes", **first)
    assert page.status == 200
    assert page.field("Particular 1: URN of the home (optional)").value == "sc462450"
    sent = {**first, "p2-words": "You told nobody.", "p2-place": "At school"}
    sent |= {"grounds": "misconduct", "standards": ["R1", "R4"]}
    assert (await send(desk, case, "allegations/new", **sent)).status == 303

    text = (await get(desk, case, "allegations")).text
    assert "You struck a child. 1.1. 7 March 2027. Mill House (SC462450)." in text
    assert "You told nobody. 1.2. Nobody knows when. At school." in text
    assert "Grounds: Misconduct." in text
    assert "R1 Put children's safety first" in text
    assert home.urn in text


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"grounds": []}, "Select at least one ground"),
        ({"p1-words": ""}, "Enter what is said to have happened"),
        ({"p1-urn": "SC1"}, "We know no home with this URN. Check it"),
        (on(TODAY, "p1-until_on"), "Enter the first day too"),
        (
            on(TODAY, "p1-from_on") | on(TODAY - DAY, "p1-until_on"),
            "The last day must not be before the first",
        ),
        (
            on(TODAY + DAY, "p1-from_on"),
            "First day must be today or in the past",
        ),
    ],
)
async def test_what_is_wrong_in_an_allegation_is_said(desk, case, wrong, error):
    sent = {"p1-words": "You struck a child.", "grounds": "misconduct", **wrong}

    page = await send(desk, case, "allegations/new", **sent)

    assert page.status == 422
    assert error in page.errors


async def test_what_is_changed_is_shown_beside_what_it_was(desk, session, case):
    await draw(session, case)
    page = await get(desk, case, "allegations/1")
    sent = page.form("Save the allegation")
    assert sent["p1-words"] == "You struck a child."

    sent["p1-words"] = "You pushed a child."
    assert (await send(desk, case, "allegations/1", **sent)).status == 303

    text = (await get(desk, case, "allegations")).text
    assert "You pushed a child." in text
    assert "Version 1 of allegation 1" in text
    assert "You struck a child." in text


async def test_an_allegation_is_withdrawn(desk, session, case):
    await draw(session, case)
    assert (await send(desk, case, "allegations/1/withdrawal")).status == 422

    await send(desk, case, "allegations/1/withdrawal", words="It was another.")

    assert "Withdrawn" in (await get(desk, case, "allegations")).tags


# Evidence


async def test_a_file_is_logged_as_evidence(desk, session, case):
    sent = {"words": "The log", "source": "employer", "kept": "open"}
    sent |= on(TODAY - DAY, "dated_on") | on(TODAY, "received_on")

    done = await send(desk, case, "evidence/new", files={"file": pdf()}, **sent)

    assert done.status == 303
    page = await get(desk, case, "evidence")
    assert page.headings[-1] == "E1"
    assert page.fact("From") == "The employer"
    assert page.fact("Received") == "10 March 2027"
    assert "being checked" in page.fact("File")
    await work(session)
    (item,) = await evidence_of(session, case.id)
    assert item.file.owner_id == case.id


async def test_a_thing_is_logged_without_a_file_and_from_a_witness(desk, session, case):
    await make_witness(session, case)
    sent = {"words": "What she saw", "source": "witness", "witness": "W1"}
    sent |= {"kept": "third_party"} | on(TODAY, "received_on")

    done = await send(desk, case, "evidence/new", files=NO_FILE, **sent)

    assert done.status == 303
    page = await get(desk, case, "evidence")
    assert page.fact("From") == "A witness (W1)"
    assert page.fact("The registrant") == "Sensitive No: it is about somebody else"


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"source": "witness"}, "Select which witness it is from"),
        (
            on(TODAY, "dated_on") | on(TODAY - DAY, "received_on"),
            "We cannot have received it before that day",
        ),
        ({"kept": ""}, "Select whether the registrant may see it"),
    ],
)
async def test_what_is_wrong_with_evidence_is_said(desk, case, wrong, error):
    sent = {"words": "The log", "source": "employer", "kept": "open"}

    page = await send(
        desk,
        case,
        "evidence/new",
        files=NO_FILE,
        **(sent | on(TODAY, "received_on") | wrong),
    )

    assert page.status == 422
    assert error in page.errors
    assert page.field("What is it?").value == "The log"


async def test_who_may_see_it_is_changed_until_it_is_disclosed(desk, session, case):
    item = await log(session, case, kept=Kept.POLICE)
    assert (await send(desk, case, "evidence/1", kept="open")).status == 422

    await send(desk, case, "evidence/1", kept="open", words="They are done.")

    shown = (await get(desk, case, "evidence")).fact("The registrant")
    assert shown.startswith("Open to the registrant Not disclosed yet")
    await work(session)
    fresh = await session.get_one(type(case), case.id)
    await session.refresh(fresh, ["person", "rule_set"])
    await disclose(session, fresh, evidence=await evidence_of(session, case.id))
    page = await send(desk, case, "evidence/1", kept="child", words="Back")
    assert page.status == 409
    assert item.label == "E1"


async def test_a_file_is_opened_once_it_is_harmless_and_that_is_written_down(
    browser, session, case
):
    await logged_file(session, case)
    await log(session, case)
    auditor = await make_account(session, StaffRole.AUDITOR)
    await browser.sign_in(auditor)

    answer = await browser.get(at(case, "evidence/1/file"))

    assert answer.status_code == 200
    reads = await session.scalars(
        select(CaseRead.what).where(CaseRead.account_id == auditor.id)
    )
    assert reads.all() == ["evidence_file"]
    assert (await browser.get(at(case, "evidence/2/file"))).status_code == 404


async def logged_file(session, case):
    """Found clean, with something in it."""
    received = Received("log.pdf", MediaType.PDF, 1, bytes(32), f"uploads/{case.id}")
    item = await log(session, case, file=received)
    stored = await session.get_one(StoredFile, item.file_id)
    stored.settle(FileState.CLEAN, now=NOW, cleaned_as=f"uploads/{case.id}-clean")
    await store.put(stored.cleaned_as, pieces("a log"))
    await session.flush()
    return item


# Witnesses, requests, proceedings


async def test_a_witness_is_named_and_reached_elsewhere(desk, case):
    sent = {"name": "Ada Beck", "standing": "colleague", "contact": "07700 900123"}
    assert (await send(desk, case, "witnesses", **sent)).status == 303

    page = await get(desk, case, "witnesses")
    assert page.fact("Name") == "Ada Beck"
    await send(desk, case, "witnesses/1", contact="07700 900999")
    assert "07700 900999" in (await get(desk, case, "witnesses")).text
    assert (await send(desk, case, "witnesses/1")).status == 422
    assert (await send(desk, case, "witnesses")).status == 422
    assert (await get(desk, case, "witnesses/2")).status == 404


async def test_information_is_asked_for_reminded_of_and_received(desk, case):
    sent = {"asked_of": "lado", "to": "Ms Grey", "words": "Your minutes"}
    done = await send(desk, case, "requests/new", **sent, **on(TODAY + DAY, "due_on"))
    assert done.status == 303

    await send(desk, case, "requests/1", how="reminded")
    page = await get(desk, case, "requests")
    assert (
        page.fact("Asked of")
        == "The LADO (local authority designated officer): Ms Grey"
    )
    assert page.fact("Reminded") == "10 March 2027"
    early = await send(desk, case, "requests/1", how="expired")
    assert early.errors == [
        "There is still time to answer this request, so it has not run out."
    ]
    await send(desk, case, "requests/1", how="received")
    assert (await get(desk, case, "requests")).tags[-1] == "Received"
    assert (await send(desk, case, "requests/1", how="received")).status == 409


async def test_an_answer_is_not_due_today(desk, case):
    page = await send(desk, case, "requests/new", **on(TODAY, "due_on"))

    assert page.status == 422
    assert "Last day to answer must be on or after 11 March 2027" in page.errors


async def test_a_request_is_replaced(desk, session, case):
    await ask(session, case)
    page = await get(desk, case, "requests/1/replacement")
    sent = page.form() | on(TODAY + DAY, "due_on") | {"to": "The owner"}

    assert (await send(desk, case, "requests/1/replacement", **sent)).status == 303

    page = await get(desk, case, "requests")
    assert page.tags[-2:] == ["Replaced", "Awaited"]
    assert "The logs of March" in page.text


async def test_proceedings_are_logged_and_heard_of(desk, case):
    sent = {"kind": "police", "state": "open", "contact": "DC Hart", "words": "Begun"}
    done = await send(
        desk, case, "proceedings/new", **sent, **on(TODAY + DAY, "check_on")
    )
    assert done.status == 303

    never = await send(desk, case, "proceedings/1", state="open", words="Nothing new")
    assert never.errors == ["Enter the day on which we ask next"]
    over = {"state": "over", "words": "No charge"} | on(TODAY, "ended_on")
    assert (await send(desk, case, "proceedings/1", **over)).status == 303
    page = await get(desk, case, "proceedings")
    assert page.fact("Ended") == "10 March 2027"
    assert page.fact("Heard last") == "No charge"
    assert (await send(desk, case, "proceedings/1", **over)).status == 409


async def test_proceedings_do_not_end_before_they_were_opened(desk, session, case):
    await make_proceeding(session, case, opened_on=TODAY)

    over = {"state": "over", "words": "No charge"} | on(TODAY - DAY, "ended_on")
    page = await send(desk, case, "proceedings/1", **over)

    assert page.errors == ["They cannot have ended before they were opened"]


# Notice and disclosure


async def test_notice_is_given_and_its_service_shown(browser, session, investigator):
    case = await make_investigated(session, taker=investigator)
    await make_account(session, person=case.person, email="me@example.org")
    await browser.sign_in(investigator)
    page = await get(browser, case, "disclosure")
    assert "The registrant is to be told by 24 March 2027." in page.text

    sent = {"words": "We look into a concern.", "way": "email"}
    assert (await send(browser, case, "notice", **sent)).status == 303

    page = await get(browser, case, "disclosure")
    assert page.fact("Counts as served") == "11 March 2027"
    assert page.fact("Served") == "By email, to the address that we hold"
    assert "me@example.org" not in page.text
    assert (await send(browser, case, "notice", **sent)).status == 409


async def test_whoever_cannot_be_reached_is_not_told_and_nothing_typed_is_lost(
    browser, session, investigator
):
    case = await make_investigated(session, taker=investigator)
    await browser.sign_in(investigator)
    before = await session.scalar(select(func.count()).select_from(CaseText))

    page = await send(browser, case, "notice", words="We look", way="email")

    assert page.status == 422
    assert page.errors[0].startswith("There is no address to which it can be sent")
    assert "We look" in page.text
    assert await session.scalar(select(func.count()).select_from(CaseText)) == before


async def test_a_notice_that_came_back_is_an_alarm_and_served_again(
    browser, session, investigator
):
    case, _ = await make_told(session, taker=investigator, now=NOW - DAY)
    (service,) = await services_of(session, case.id)
    await went_astray(session, service)
    await make_address(session, case.person)
    await browser.sign_in(investigator)
    page = await get(browser, case, "disclosure")
    assert "The notice did not arrive. Serve it again, by post." in page.text
    due = Page(await browser.get("/staff/cases/due"))
    assert [row["Case"] for row in due.rows()] == [case.reference]

    sent = {"words": "Again", "way": "post"}
    assert (await send(browser, case, "notice", **sent)).status == 303

    page = await get(browser, case, "disclosure")
    assert "The notice did not arrive" not in page.text
    assert page.tags == ["Sent", "Did not arrive"]


async def test_what_is_chosen_is_disclosed(desk, session, case):
    await draw(session, case)
    await log(session, case, "The log")
    await log(session, case, "A letter about a child", kept=Kept.CHILD)
    page = await get(desk, case, "disclosure/new")
    assert "The log" in page.text
    assert "A letter about a child" not in page.text

    nothing = await send(desk, case, "disclosure/new", way="email")
    assert nothing.errors == ["Select at least one allegation"]
    kept = {"allegations": "1", "evidence": "E2", "way": "email"}
    assert (await send(desk, case, "disclosure/new", **kept)).status == 422
    chosen = {"allegations": "1", "evidence": "E1", "way": "email"}
    assert (await send(desk, case, "disclosure/new", **chosen)).status == 303

    page = await get(desk, case, "disclosure/1")
    assert "may comment until the end of 8 April 2027" in page.text
    assert "E1 The log" in page.text
    assert (await get(desk, case, "disclosure/2")).status == 404


async def test_a_manager_gives_more_time(browser, session, case):
    await disclose(session, case)
    await browser.sign_in(await make_account(session, StaffRole.TEAM_MANAGER))

    short = await send(
        browser, case, "disclosure/1/time", words="Ill", **on(TODAY + DAY, "until")
    )
    assert short.errors == ["More time must end after the last day that there is now."]
    later = TODAY + timedelta(days=60)
    await send(browser, case, "disclosure/1/time", words="Ill", **on(later, "until"))

    assert (
        "until the end of 9 May 2027" in (await get(browser, case, "disclosure/1")).text
    )


async def test_a_disclosure_is_served_again_by_post(desk, session, case):
    await disclose(session, case)
    await make_address(session, case.person)

    assert (await send(desk, case, "disclosure/1/service")).status == 303

    page = await get(desk, case, "disclosure/1")
    assert page.fact("Served") == "By post, to the address that we hold"


async def test_comments_that_came_by_post_are_written_down(desk, session, case):
    await disclose(session, case)
    sent = {"words": "I was not there."} | on(TODAY, "came_on")

    done = await send(
        desk, case, "disclosure/1/comments", files={"file": pdf()}, **sent
    )

    assert done.status == 303
    page = await get(desk, case, "disclosure/1")
    assert "10 March 2027, by post" in page.headings
    assert "I was not there." in page.text
    empty = await send(desk, case, "disclosure/1/comments", files=NO_FILE)
    assert empty.status == 422
    await work(session)
    (disclosure,) = await disclosures_of(session, case.id)
    (said,) = disclosure.comments
    file = at(case, f"disclosure/1/comments/{said.id}/file")
    assert (await desk.get(file)).status_code == 409


async def test_a_comment_without_a_file_has_none(desk, session, case):
    said = await comment(session, case, await disclose(session, case))

    file = at(case, f"disclosure/1/comments/{said.id}/file")
    assert (await desk.get(file)).status_code == 404


# Chronology, history and what is due


async def test_the_chronology_tells_what_happened_in_words(desk, session, case):
    await investigate(session, case)
    await hold(session, case)

    rows = (await get(desk, case, "chronology")).rows()

    told = {row["What"] for row in rows}
    assert "Sent to the registrant: Notice of the investigation" in told
    assert "Alleged You struck a child." in told
    assert rows[0]["Where it stands"] == "1.1"


async def test_the_history_has_words_for_all_of_it(desk, session, case):
    await investigate(session, case)
    await hold(session, case)
    await plan(session, case)

    text = (await get(desk, case, "history")).text

    assert "Allegation 3, version 2" in text
    assert "Served on the registrant" in text
    assert "E2, sensitive" in text


async def test_what_is_due_is_listed_by_case(desk, session, case):
    assert "Nothing is late" in Page(await desk.get("/staff/cases/due")).text
    await plan(session, case, due_on=TODAY - DAY)
    await ask(session, case, due_on=TODAY + DAY)

    rows = Page(await desk.get("/staff/cases/due")).rows()

    assert [(row["What"], row["Last day"]) for row in rows] == [
        ("Step of the plan (step 1)", "9 March 2027 Late"),
        ("Answer awaited (R1)", "11 March 2027"),
    ]
