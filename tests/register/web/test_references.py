"""References page by page: as the holder of a link, the applicant and the officer have them."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from register.account import StaffRole
from register.application.references import (
    CannotBecause,
    Declined,
    Reference,
    expire_references,
    references_of,
)
from register.application.state import ReferenceAct
from register.by_link import token_of
from register.kit.clock import end_of
from register.kit.security import links
from register.process import Event, Process
from register.request import Outcome
from tests.applications import make_sent_application
from tests.make import NOW, make_account
from tests.reading import Page
from tests.register.assessing import give as hand_to
from tests.register.assessing import make_caseworker
from tests.register.referring import SAYING, asked_of, decline, give, make_given

LAST_DAY = date(2027, 3, 24)
WORDS = "She hit a child in 2024"
ANOTHER = {
    "name": "Ada Marsh",
    "job": "Director",
    "organisation": "Northern Care Ltd",
    "email": "ada@example.org",
    "phone": "0113 496 0000",
}


@pytest.fixture
async def applicant(session):
    return await make_account(session, email="alice@example.org")


@pytest.fixture
async def application(session, applicant):
    application = await make_sent_application(session, account=applicant)
    await session.commit()
    return application


@pytest.fixture
async def requests(session, application):
    return await asked_of(session, application)


@pytest.fixture
def link(requests):
    return f"/references/{token_of(requests[0])}"


@pytest.fixture
async def officer(session, application):
    officer = await make_caseworker(session)
    await hand_to(session, application, to=officer, giver=officer)
    await session.commit()
    return officer


async def answers(session):
    return await session.scalar(select(func.count(Reference.request_id)))


# The holder of a link


async def test_the_page_says_about_whom_and_no_more(browser, link):
    page = Page(await browser.get(link))

    assert page.h1 == "Give a reference"
    assert "Zoë O’Connor-Łuczak" in page.text
    assert "Manager of a children’s home" in page.text
    assert "end of 24 March 2027" in page.text
    for secret in ("Harbour", "Leeds", "1985", "Okafor"):
        assert secret not in page.text


async def test_looking_at_the_page_answers_nothing(browser, session, link):
    """Mail scanners follow links."""
    for path in (link, f"{link}/decline", f"{link}/sent"):
        for method in ("GET", "HEAD"):
            await browser.request(method, path)

    assert await answers(session) == 0
    assert Page(await browser.get(link)).h1 == "Give a reference"


async def test_nothing_of_the_link_leaves_with_the_page(browser, link):
    answer = await browser.get(link)

    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"


async def test_a_reference_is_sent_and_kept(browser, session, requests, link):
    answer = await browser.post(link, data=SAYING)

    page = Page(await browser.get(answer.headers["location"]))
    assert page.h1 == "Thank you"
    assert "Zoë" not in page.text
    assert await references_of(session, requests) == {requests[0].id: make_given()}


async def test_what_was_said_against_somebody_is_kept_in_full(
    browser, session, requests, link
):
    saying = SAYING | {
        "still": "no",
        "known_until-day": "31",
        "known_until-month": "8",
        "known_until-year": "2024",
        "reason_for_leaving": "A better post",
        "unsuitable": "yes",
        "unsuitable_details": WORDS,
        "again": "no",
        "again_details": "For that reason",
        "more": "Ask the local authority",
    }

    await browser.post(link, data=saying)

    said = (await references_of(session, requests))[requests[0].id]
    assert said == make_given(
        known_until=date(2024, 8, 31),
        reason_for_leaving="A better post",
        unsuitable=True,
        unsuitable_details=WORDS,
        again=False,
        again_details="For that reason",
        more="Ask the local authority",
    )


async def test_history_holds_that_it_came_and_no_word_of_it(
    browser, session, application, link
):
    saying = SAYING | {"concerns": "yes", "concerns_details": WORDS}

    await browser.post(link, data=saying)

    event, process = (
        await session.execute(
            select(Event, Process)
            .join(Process, Event.process_id == Process.id)
            .where(Event.application_id == application.id)
            .order_by(Event.id.desc())
            .limit(1)
        )
    ).one()
    assert (event.kind, process.kind) == ("request:received", ReferenceAct.GIVE)
    assert process.actor_id is None
    assert "hit" not in str(event.data)


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"known_as": ""}, "Enter how you know them"),
        (
            {"known_since-year": "2028"},
            "Day from which you have known them must be today or in the past",
        ),
        ({"certainty": ""}, "Select how sure you are of the dates"),
        (
            {"unsuitable": ""},
            "Select yes if you know of any reason why they should not",
        ),
        ({"concerns": "yes"}, "Enter what the concern was and what came of it"),
        ({"again": "no"}, "Enter why you would not"),
        ({"name": ""}, "Enter your full name"),
        ({"true": ""}, "Confirm that what you have said is true"),
        ({"certainty": "nonsense"}, "Select how sure you are of the dates"),
        ({"again_details": "x" * 2001, "again": "no"}, "2,000 characters or fewer"),
        (
            {
                "still": "no",
                "reason_for_leaving": "A better post",
                "known_until-day": "31",
                "known_until-month": "8",
                "known_until-year": "2021",
            },
            "The day until which you knew them must be on or after 1 September 2021",
        ),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_kept(
    browser, session, link, wrong, fault
):
    answer = await browser.post(link, data=SAYING | wrong)

    assert answer.status_code == 422
    assert fault in Page(answer).text
    assert await answers(session) == 0


async def test_a_reference_is_sent_once(browser, session, link):
    await browser.post(link, data=SAYING)

    again = await browser.post(link, data=SAYING | {"more": "And another thing"})

    assert again.status_code == 410
    assert Page(again).h1 == "We have your answer already"
    assert await answers(session) == 1


async def test_who_cannot_give_one_says_so(browser, session, requests, link):
    page = Page(await browser.get(f"{link}/decline"))
    assert page.h1 == "You cannot give a reference"

    saying = {"because": "conflict_of_interest", "details": "She is my sister"}
    answer = await browser.post(f"{link}/decline", data=saying)

    assert answer.headers["location"] == f"{link}/sent"
    assert await references_of(session, requests) == {
        requests[0].id: Declined(
            because=CannotBecause.CONFLICT_OF_INTEREST, details="She is my sister"
        )
    }


async def test_why_not_must_be_said(browser, session, link):
    answer = await browser.post(f"{link}/decline", data={"details": "No"})

    assert answer.status_code == 422
    assert "Select why you cannot give a reference" in Page(answer).text
    assert await answers(session) == 0


async def test_an_answer_of_either_kind_ends_the_link(browser, link):
    await browser.post(f"{link}/decline", data={"because": "dates_only"})

    for path in (link, f"{link}/decline"):
        answer = await browser.get(path)
        assert answer.status_code == 410
        assert Page(answer).h1 == "We have your answer already"


async def test_the_page_of_thanks_is_for_who_has_answered(browser, link):
    answer = await browser.get(f"{link}/sent")

    assert answer.status_code == 303
    assert answer.headers["location"] == link


async def test_a_link_of_which_the_time_is_over_says_so(browser, clock, link):
    clock.now = end_of(LAST_DAY)

    for answer in (await browser.get(link), await browser.post(link, data=SAYING)):
        assert answer.status_code == 410
        page = Page(answer)
        assert page.h1 == "This link has expired"
        assert "Zoë" not in page.text


async def test_a_link_that_was_replaced_says_so(
    browser, session, application, requests, link
):
    requests[0].ended_at, requests[0].outcome = NOW, Outcome.REPLACED
    await session.commit()

    answer = await browser.get(link)

    assert answer.status_code == 410
    assert Page(answer).h1 == "This link is no longer needed"


async def test_a_link_that_we_never_signed_is_not_known(browser, requests, link):
    unknown = links.sign("reference", str(uuid4()), until=end_of(LAST_DAY))
    other = links.sign("reset password", str(requests[0].id), until=end_of(LAST_DAY))
    flipped = link[:-1] + ("A" if link[-1] != "A" else "B")

    pages = [
        await browser.get(address)
        for address in (
            flipped,
            f"/references/{unknown}",
            f"/references/{other}",
            f"/references/{requests[0].id}",
            "/references/x",
            "/references/%C3%A9",
        )
    ]

    assert {page.status_code for page in pages} == {404}
    assert {Page(page).h1 for page in pages} == {"This link does not work"}
    assert len({page.text for page in pages}) == 1


async def test_one_link_never_opens_what_another_is_for(browser, session, requests):
    first, second = requests

    await browser.post(f"/references/{token_of(first)}", data=SAYING)

    for request in requests:
        await session.refresh(request)
    assert (first.outcome, second.outcome) == (Outcome.RECEIVED, None)
    assert set(await references_of(session, requests)) == {first.id}


# The applicant


async def test_the_applicant_sees_how_it_stands_and_no_word(
    browser, session, application, applicant, requests
):
    await give(session, requests[0], make_given(concerns=True, concerns_details=WORDS))
    await session.commit()
    await browser.sign_in(applicant)

    answer = await browser.get(f"/apply/{application.reference}")

    assert Page(answer).tags == ["Received", "Received", "Asked"]
    assert "hit a child" not in answer.text
    assert "Adverse" not in answer.text


@pytest.fixture
async def short_of_one(browser, session, applicant, requests):
    """The applicant, signed in, after a referee has said that they cannot."""
    await decline(session, requests[0], CannotBecause.OTHER, "We fell out")
    await session.commit()
    await browser.sign_in(applicant)
    return browser


async def test_the_applicant_is_asked_for_another_referee(short_of_one, application):
    page = Page(await short_of_one.get(f"/apply/{application.reference}"))

    assert page.fact("Who acts next") == "You: name another referee"
    assert "Could not give one" in page.tags
    assert "fell out" not in page.text


async def test_the_applicant_names_another_who_is_asked_at_once(
    short_of_one, session, application, requests, clock
):
    clock.now = NOW + timedelta(minutes=10)
    home = Page(await short_of_one.get(f"/apply/{application.reference}"))
    address = home.link("Name another referee in place of Sam Okafor")
    page = Page(await short_of_one.get(address))
    assert page.h1 == "Name another referee"

    answer = await short_of_one.post(address, data=ANOTHER)

    assert answer.headers["location"] == f"/apply/{application.reference}"
    page = Page(await short_of_one.get(answer.headers["location"]))
    assert page.fact("Ada Marsh") == "Asked"
    assert page.timeline[0] == "You named another referee"
    *_, asked = await asked_of(session, application)
    visitor = await short_of_one.get(f"/references/{token_of(asked)}")
    assert Page(visitor).h1 == "Give a reference"


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"name": ""}, "Enter the referee’s full name"),
        ({"email": "ALICE@example.org"}, "must not be your own"),
        ({"email": "child_care@example.org"}, "must have different email addresses"),
    ],
)
async def test_another_referee_is_checked_as_the_first_was(
    short_of_one, session, application, requests, wrong, fault
):
    address = f"/apply/{application.reference}/referees/{requests[0].about_id}"

    answer = await short_of_one.post(address, data=ANOTHER | wrong)

    assert answer.status_code == 422
    assert fault in Page(answer).text
    assert len(await asked_of(session, application)) == 2


async def test_a_second_click_names_nobody(
    short_of_one, session, application, requests
):
    address = f"/apply/{application.reference}/referees/{requests[1].about_id}"

    answer = await short_of_one.post(address, data=ANOTHER)

    assert answer.status_code == 303
    assert len(await asked_of(session, application)) == 2


async def test_nobody_else_names_a_referee(browser, session, application, requests):
    await decline(session, requests[0])
    await session.commit()
    await browser.sign_in(await make_account(session))
    address = f"/apply/{application.reference}/referees/{requests[0].about_id}"

    assert (await browser.get(address)).status_code == 404
    assert (await browser.post(address, data=ANOTHER)).status_code == 404


# The officer


async def opened(browser, officer, application):
    await browser.sign_in(officer)
    address = f"/staff/applications/{application.reference}/sections/references"
    return Page(await browser.get(address))


async def test_the_officer_reads_what_was_said_and_is_warned(
    browser, session, application, requests, officer
):
    await give(session, requests[0], make_given(concerns=True, concerns_details=WORDS))
    await session.commit()

    page = await opened(browser, officer, application)

    assert page.tags[:3] == ["Received", "Adverse", "Asked"]
    assert WORDS in page.fact("Knows of a concern")


async def test_the_officer_reads_why_somebody_could_not(
    browser, session, application, requests, officer
):
    await decline(session, requests[0], CannotBecause.OTHER, "We fell out")
    await session.commit()

    page = await opened(browser, officer, application)

    assert page.fact("Why not") == "Another reason"
    assert page.fact("What else they said") == "We fell out"


async def test_the_summary_tells_how_it_stands(
    browser, session, application, requests, officer
):
    await decline(session, requests[1])
    await session.commit()
    await browser.sign_in(officer)

    page = Page(await browser.get(f"/staff/applications/{application.reference}"))

    told = "Sam Okafor Asked Sam Okafor Could not give one"
    assert page.fact("References").startswith(told)


async def test_the_proposal_says_that_a_reference_is_awaited(
    browser, application, officer
):
    await browser.sign_in(officer)

    answer = await browser.get(f"/staff/applications/{application.reference}/proposal")

    assert "We are waiting for a reference" in Page(answer).text


async def test_the_officer_sends_a_new_link(
    browser, session, application, requests, officer
):
    page = await opened(browser, officer, application)
    button = "Send a new link to Sam Okafor"
    assert page.buttons.count(button) == 2

    at = f"/staff/applications/{application.reference}/references/{requests[0].id}"
    answer = await browser.post(f"{at}/repeat")

    page = Page(await browser.get(answer.headers["location"]))
    assert "The referee has been sent a new link" in page.text
    assert "Replaced" in page.tags


async def test_the_officer_goes_on_without_one(browser, application, requests, officer):
    await browser.sign_in(officer)
    at = f"/staff/applications/{application.reference}/references/{requests[0].id}"

    answer = await browser.post(f"{at}/waiver")

    page = Page(await browser.get(answer.headers["location"]))
    assert "We go on without it" in page.tags
    assert (await browser.post(f"{at}/waiver")).status_code == 409


async def test_a_reference_that_came_meanwhile_is_not_checked_unread(
    browser, session, application, requests, officer
):
    page = await opened(browser, officer, application)
    form = page.form("Keep and go on") | {"outcome": "met"}
    await give(session, requests[0], make_given(concerns=True, concerns_details=WORDS))
    await session.commit()
    at = f"/staff/applications/{application.reference}/sections/references"

    answer = await browser.post(at, data=form)

    assert answer.status_code == 409
    assert Page(answer).timeline == ["Request answered"]
    assert "the referee" in Page(answer).text


async def test_who_reads_of_a_letter_does_not_get_its_link(
    browser, application, requests, officer
):
    await browser.sign_in(officer)

    answer = await browser.get(f"/staff/applications/{application.reference}/messages")

    assert "You have been named as a referee" in answer.text
    assert "/references/" not in answer.text


@pytest.mark.parametrize("role", [StaffRole.FINANCE_OFFICER, StaffRole.ADMIN])
async def test_others_of_the_staff_read_no_references(
    browser, session, application, role
):
    account = await make_account(session, role)
    await session.commit()
    await browser.sign_in(account)

    answer = await browser.get(
        f"/staff/applications/{application.reference}/sections/references"
    )

    assert answer.status_code == 403


async def test_no_answer_in_time_is_seen_by_both(
    browser, session, application, applicant, officer
):
    await expire_references(session, NOW + timedelta(days=15))
    await session.commit()

    page = await opened(browser, officer, application)
    assert page.tags.count("No answer in time") == 2
    await browser.sign_in(applicant)
    page = Page(await browser.get(f"/apply/{application.reference}"))
    assert page.tags.count("No answer in time") == 2
