"""An examination on its pages: reported, given to two examiners, viewed by each alone, decided by both, and followed by staff."""

import pytest
from sqlalchemy import func, select

from fitness.case import Case, CaseRead, Read, Stage
from fitness.examination.outcome import Outcome
from fitness.examination.view import ExaminerView
from fitness.fence import Capacity, look_as
from fitness.order import Measure
from fitness.panel import Side
from register.account import StaffRole
from tests.fitness.examining import (
    both_view,
    decide,
    draft,
    make_examined,
    make_examiner,
    make_ready,
    report,
    view,
)
from tests.fitness.finding import DAY, make_told
from tests.fitness.investigating import make_investigator
from tests.make import NOW, make_account
from tests.reading import Page

VIEW = {
    "a1-prospect": "no",
    "a1-words": "Nobody saw it.",
    "outcome": "no_action",
    "words": "So nothing is to be done.",
    "interim": "no",
}
WEIGHED = VIEW | {
    "a1-prospect": "yes",
    "interest": "no",
    "interest_words": "It is put right.",
}


@pytest.fixture
async def found(session):
    return await make_examined(session)


def at(found, page=""):
    return f"/staff/examinations/{found.case.reference}{page}"


def of_staff(case, page=""):
    return f"/staff/cases/{case.reference}/examination{page}"


async def get(browser, url):
    return Page(await browser.get(url))


async def send(browser, url, data=None):
    return Page(await browser.post(url, data=data or {}))


async def signed_in(browser, session, *roles):
    account = await make_account(session, *roles)
    await browser.sign_in(account)
    return account


async def service(session):
    await look_as(session, Capacity.SERVICE)
    session.expunge_all()


# The report


@pytest.fixture
async def ready(session, browser):
    """An investigation that can be reported, by who is signed in."""
    worker = await make_investigator(session)
    case, _ = await make_ready(session, taker=worker)
    await browser.sign_in(worker)
    return case


async def test_the_investigator_reports(browser, session, ready):
    page = await get(browser, of_staff(ready))
    assert "has not been before the case examiners" in page.text
    assert (await get(browser, of_staff(ready, "/report"))).status == 200

    sent = await send(browser, of_staff(ready, "/report"), {"words": "Borne out."})

    assert sent.response.headers["location"] == of_staff(ready)
    page = await get(browser, of_staff(ready))
    assert "Borne out." in page.text
    assert page.fact("To be decided by") == "2 June 2027"


async def test_a_report_needs_words(browser, ready):
    page = await send(browser, of_staff(ready, "/report"))

    assert page.status == 422
    assert page.errors == ["Enter the report"]


async def test_a_report_that_comes_too_early_is_shown_again(browser, session):
    worker = await make_investigator(session)
    case, _ = await make_told(session, taker=worker)
    await browser.sign_in(worker)

    page = await send(browser, of_staff(case, "/report"), {"words": "Borne out."})

    assert page.status == 422
    assert page.field("Report").value == "Borne out."


async def test_another_investigator_has_no_such_case(browser, session):
    case, _ = await make_ready(session)
    await browser.sign_in(await make_investigator(session))

    assert (await browser.get(of_staff(case))).status_code == 404
    sent = await browser.post(of_staff(case, "/report"), data={"words": "So"})
    assert sent.status_code == 404


# Who examines


async def test_a_team_manager_appoints_two(browser, session):
    case, _ = await make_ready(session)
    await report(session, case)
    two = [await make_examiner(session, one) for one in Side]
    await signed_in(browser, session, StaffRole.TEAM_MANAGER)

    for account in two:
        sent = await send(
            browser, of_staff(case, "/examiners"), {"account": str(account.id)}
        )
        assert sent.status == 303

    page = await get(browser, of_staff(case))
    assert [row["View given"] for row in page.rows()] == ["Not yet", "Not yet"]
    assert not page.buttons


async def test_one_who_cannot_examine_it_is_refused_on_the_page(browser, session):
    case, _ = await make_ready(session)
    await report(session, case)
    for _ in range(2):
        account = await make_examiner(session)
    await signed_in(browser, session, StaffRole.TEAM_MANAGER)
    first = await make_examiner(session)
    await send(browser, of_staff(case, "/examiners"), {"account": str(first.id)})

    page = await send(
        browser, of_staff(case, "/examiners"), {"account": str(account.id)}
    )

    assert page.status == 422
    assert page.errors == ["This case has a lay examiner already."]


async def test_an_investigator_appoints_nobody(browser, ready):
    sent = await browser.post(of_staff(ready, "/examiners"), data={})

    assert sent.status_code == 403


# What is laid before them


async def test_an_examiner_finds_their_cases_by_target(browser, session, found):
    later = await make_examined(
        session, examiners=(found.lay, found.registrant), now=NOW - 30 * DAY
    )
    await browser.sign_in(found.lay)

    rows = (await get(browser, "/staff/examinations")).rows()

    assert {row["Reference"] for row in rows} == {
        found.case.reference,
        later.case.reference,
    }
    assert {row["What is next"] for row in rows} == {
        "Say what you make of it Your turn"
    }


async def test_whoever_has_none_reads_that(browser, session):
    await browser.sign_in(await make_examiner(session))

    page = await get(browser, "/staff/examinations")

    assert "You have no case to examine." in page.text


async def test_the_case_is_laid_before_them_without_a_name(browser, session, found):
    await browser.sign_in(found.lay)

    page = await get(browser, at(found))

    assert "The logs bear it out." in page.text
    assert "You struck a child." in page.text
    assert "I was not there." in page.text
    for name in (found.case.person.name, found.case.person.number):
        assert name not in page.html
    await service(session)
    reads = await session.scalars(select(CaseRead.what))
    assert list(reads) == [Read.EXAMINATION]


@pytest.mark.parametrize("page", ["", "/view", "/decision"])
async def test_a_case_that_they_do_not_examine_is_not_there(
    browser, session, found, page
):
    await browser.sign_in(await make_examiner(session))

    assert (await browser.get(at(found, page))).status_code == 404


@pytest.mark.parametrize(
    "role", [StaffRole.INVESTIGATOR, StaffRole.TEAM_MANAGER, StaffRole.AUDITOR]
)
async def test_our_other_staff_do_not_come_here(browser, session, found, role):
    await signed_in(browser, session, role)

    assert (await browser.get(at(found))).status_code == 403


async def test_examiners_do_not_come_to_the_pages_of_others(browser, found):
    await browser.sign_in(found.lay)

    assert (await browser.get(of_staff(found.case))).status_code == 403


# What they make of it


async def test_a_view_is_given_and_read_by_the_other_after_theirs(
    browser, session, found
):
    await browser.sign_in(found.lay)
    sent = await send(browser, at(found, "/view"), VIEW)
    assert sent.response.headers["location"] == at(found)
    assert "has not said what they make of it" in (await get(browser, at(found))).text

    await browser.sign_in(found.registrant)
    for page in ("", "/view"):
        assert "Nobody saw it." not in (await get(browser, at(found, page))).text

    await send(browser, at(found, "/view"), VIEW | {"a1-words": "It was dark."})

    page = await get(browser, at(found))
    assert "Nobody saw it." in page.text
    assert "You agree: no further action." in page.text


async def test_a_view_answers_all(browser, found):
    await browser.sign_in(found.lay)

    page = await send(browser, at(found, "/view"))

    assert page.status == 422
    assert page.errors == [
        "Select whether there is a realistic prospect",
        "Enter why",
        "Select what is to become of the case",
        "Enter the reasons",
        "Select yes if an interim order should be applied for",
    ]


async def test_what_the_test_does_not_lead_to_is_shown_again(browser, found):
    await browser.sign_in(found.lay)

    page = await send(browser, at(found, "/view"), VIEW | {"outcome": "hearing"})

    assert page.status == 422
    assert page.field("Reasons").value == "So nothing is to be done."
    assert "does not lead to this decision" in page.errors[0]


async def test_the_second_part_is_asked_with_words(browser, found):
    await browser.sign_in(found.lay)
    disposal = {"outcome": "disposal", "measure": "conditions_order", "months": "12"}

    page = await send(
        browser, at(found, "/view"), WEIGHED | disposal | {"interest": ""}
    )
    assert "say whether a hearing is in the public interest" in page.errors[0]

    page = await send(
        browser, at(found, "/view"), WEIGHED | disposal | {"interest_words": ""}
    )
    assert page.errors == ["Enter why it is, or is not"]


@pytest.mark.parametrize("months", ["", "37"])
async def test_what_is_proposed_has_a_term(browser, found, months):
    await browser.sign_in(found.lay)
    disposal = {"outcome": "disposal", "measure": "suspension_order", "months": months}

    page = await send(browser, at(found, "/view"), WEIGHED | disposal)

    assert page.errors == ["It can be made for 1 to 36 months."]


async def test_a_view_is_changed_from_what_it_was(browser, session, found):
    await view(session, found, found.lay, Outcome.WARNING, months=36)
    await view(session, found, found.registrant)
    await browser.sign_in(found.lay)

    page = await get(browser, at(found, "/view"))
    assert page.field("Reasons").value == "Because of the logs."
    assert page.field("36").checked

    await send(browser, at(found, "/view"), VIEW | {"read": "2", "stands": "yes"})

    await service(session)
    assert await session.scalar(select(func.count()).select_from(ExaminerView)) == 3


async def test_whoever_read_another_view_than_there_is_is_told(browser, session, found):
    await both_view(session, found)
    await view(session, found, found.registrant, Outcome.ADVICE)
    await browser.sign_in(found.lay)

    page = await send(browser, at(found, "/view"), VIEW | {"read": "2"})

    assert page.status == 422
    assert "has changed their view since you read it" in page.errors[0]


async def test_two_last_words_that_differ_bring_it_before_a_panel(
    browser, session, found
):
    await both_view(session, found)
    await view(session, found, found.registrant, Outcome.ADVICE, stands=True)
    await browser.sign_in(found.lay)

    await send(browser, at(found, "/view"), VIEW | {"read": "3", "stands": "yes"})

    await service(session)
    assert await session.scalar(select(Case.stage)) is Stage.HEARING


# What they decide


async def test_one_writes_the_decision_and_the_other_confirms_it(
    browser, session, found
):
    await both_view(session, found, Outcome.WARNING, months=12)
    await browser.sign_in(found.lay)
    assert (await get(browser, at(found, "/decision"))).status == 200
    written = {"words": "Because.", "wording": "Keep the log.", "read": "0"}
    await send(browser, at(found, "/decision"), written)
    page = await get(browser, at(found, "/decision"))
    assert "The other examiner has to confirm it." in page.text
    own = await send(browser, at(found, "/decision/confirmation"), {"read": "1"})
    assert own.status == 409

    await browser.sign_in(found.registrant)
    page = await get(browser, at(found, "/decision"))
    assert "Keep the log." in page.text
    sent = await send(browser, at(found, "/decision/confirmation"), {"read": "1"})

    assert sent.status == 303
    assert "Decided on" in (await get(browser, at(found))).text
    again = await send(browser, at(found, "/decision/confirmation"), {"read": "1"})
    assert again.status == 409


@pytest.mark.parametrize(
    ("missing", "error"),
    [
        ("words", "Enter the reasons"),
        ("wording", "Say in words that the public may read"),
        ("public", "Write what the public will read"),
    ],
)
async def test_a_decision_says_all_that_it_must(
    browser, session, found, missing, error
):
    await both_view(
        session, found, Outcome.DISPOSAL, measure=Measure.CONDITIONS, months=6
    )
    await browser.sign_in(found.lay)
    written = {"words": "So", "wording": "So", "public": "So", "read": "0"}

    page = await send(browser, at(found, "/decision"), written | {missing: ""})

    assert page.status == 422
    assert page.errors[0].startswith(error)


async def test_who_writes_as_the_other_has_written_is_told(browser, session, found):
    await both_view(session, found)
    await draft(session, found, found.registrant)
    await browser.sign_in(found.lay)

    page = await send(browser, at(found, "/decision"), {"words": "So", "read": "0"})

    assert page.status == 422
    assert "written anew since you read it" in page.errors[0]


async def test_nothing_is_written_before_they_agree(browser, session, found):
    await browser.sign_in(found.lay)

    assert (await browser.get(at(found, "/decision"))).status_code == 409


async def test_a_decided_case_is_not_viewed_again(browser, session, found):
    await decide(session, found)
    await browser.sign_in(found.lay)

    assert (await browser.get(at(found, "/view"))).status_code == 409
    assert (await browser.get(at(found))).status_code == 200


# How our other staff follow it


async def test_they_see_who_has_given_a_view_and_not_which(browser, session, found):
    await view(session, found, found.lay, interim=True)
    await signed_in(browser, session, StaffRole.TEAM_MANAGER)

    page = await get(browser, of_staff(found.case))

    assert {row["View given"] for row in page.rows()} == {"10 March 2027", "Not yet"}
    assert "would have an interim order applied for" in page.text
    assert "Because of the logs." not in page.text


async def test_they_see_what_was_decided_once_it_is(browser, session, found):
    await decide(session, found, Outcome.ADVICE)
    await signed_in(browser, session, StaffRole.AUDITOR)

    page = await get(browser, of_staff(found.case))

    assert page.fact("Decided") == "10 March 2027. Advice"
    assert "The reasons." in page.text
    assert "Because of the logs." in page.text
    history = await get(browser, f"/staff/cases/{found.case.reference}/history")
    assert "Case examiners decided" in history.text
