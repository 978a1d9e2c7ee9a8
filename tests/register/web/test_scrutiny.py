"""The scrutiny of a qualification from abroad on the pages of staff."""

import pytest
from sqlalchemy import select

from register.qualification import Qualification
from register.rule_set import Verdict
from tests.make import NOW
from tests.reading import Page
from tests.register.assessing import make_office, make_sent

SENT = {
    "statement_reference": "0123-4567",
    "statement_on-day": "1",
    "statement_on-month": "2",
    "statement_on-year": "2027",
    "statement_level": "5",
    "practice_from": "Maria Silva, manager of a home in Porto",
    "practice_on-day": "20",
    "practice_on-month": "2",
    "practice_on-year": "2027",
    "translation": "seen",
    "verdict": "partial",
    "gaps": "English law",
    "because": "It compares",
}


@pytest.fixture
async def office(session):
    return await make_office(session)


@pytest.fixture
async def application(session, office):
    return await make_sent(session, officer=office.caseworker)


@pytest.fixture
async def held(session, application):
    found = await session.scalar(
        select(Qualification).where(Qualification.person_id == application.person_id)
    )
    found.country, found.verdict, found.verified_at = "Portugal", None, None
    await session.flush()
    return found


@pytest.fixture
def case(application):
    return f"/staff/applications/{application.reference}"


@pytest.fixture
def at(case, held):
    return f"{case}/qualifications/{held.id}/scrutiny"


def decided(at):
    return at.removesuffix("scrutiny") + "verdict"


async def test_until_the_fee_is_paid_the_pages_say_that_it_waits(
    browser, session, office, application, case, at
):
    application.scrutiny_asked_at = NOW
    await session.commit()
    await browser.sign_in(office.caseworker)

    section = Page(await browser.get(f"{case}/sections/qualifications"))
    page = Page(await browser.get(at))
    refused = await browser.post(at, data=SENT)
    summary = Page(await browser.get(case))

    assert "Fee not paid The applicant has not paid the fee for it." in section.text
    assert "It can be scrutinised once the fee is paid" in page.text
    assert "Send to a second person" not in page.buttons
    assert refused.status_code == 409
    assert "has not paid the fee for the scrutiny" in Page(refused).text
    assert summary.fact("Fee for scrutiny") == "Not paid"


async def test_it_is_scrutinised_returned_scrutinised_again_and_confirmed(
    browser, session, office, case, at, held
):
    await browser.sign_in(office.caseworker)
    section = Page(await browser.get(f"{case}/sections/qualifications"))
    assert section.links["Scrutiny of Level 5 Diploma"] == at
    assert "it counts only after a scrutiny" in section.text

    done = await browser.post(at, data=SENT)
    assert done.headers["location"] == f"{case}/sections/qualifications"
    assert "waits for a second person" in Page(await browser.get(at)).text

    await browser.sign_in(office.manager)
    listed = Page(await browser.get("/staff/proposals"))
    assert at in listed.links.values()
    assert "English law" in Page(await browser.get(at)).text
    wordless = await browser.post(f"{decided(at)}/return", data={"words": ""})
    assert wordless.status_code == 422
    assert "Enter what is still to be done" in Page(wordless).text
    await browser.post(f"{decided(at)}/return", data={"words": "Ask the school"})

    await browser.sign_in(office.caseworker)
    assert "Ask the school" in Page(await browser.get(at)).text
    await browser.post(at, data=SENT | {"verdict": "full"})
    await browser.sign_in(office.manager)
    done = await browser.post(f"{decided(at)}/approval")
    assert done.headers["location"] == "/staff/proposals"
    await session.refresh(held)
    assert held.verdict is Verdict.FULL
    again = await browser.post(f"{decided(at)}/approval")
    assert again.status_code == 404
    page = Page(await browser.get(at))
    assert "Meets the requirement" in page.text
    assert "Earlier scrutiny by Casey Worker" in page.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"statement_reference": ""},
            "Enter the reference of the statement of comparability",
        ),
        (
            {"statement_on-year": "2028"},
            "Day on which it was issued must be today or in the past",
        ),
        ({"statement_level": "13"}, "must be between 1 and 12"),
        ({"practice_from": " "}, "Enter who confirmed their practice"),
        ({"translation": "maybe"}, "Select whether a translation was needed"),
        ({"verdict": ""}, "Select what the qualification is worth"),
        ({"gaps": ""}, "Enter what is still to be learnt"),
        ({"because": ""}, "Enter why"),
    ],
)
async def test_what_is_wrong_is_told_and_nothing_is_lost(
    browser, office, at, changed, said
):
    await browser.sign_in(office.caseworker)

    answer = await browser.post(at, data=SENT | changed)

    assert answer.status_code == 422
    assert said in Page(answer).text
    assert "0123-4567" in answer.text or "statement_reference" in changed


async def test_one_person_cannot_post_past_it(browser, session, office, case, at, held):
    await browser.sign_in(office.caseworker)
    alone = await browser.post(
        f"{case}/qualifications/{held.id}", data={"verdict": "full"}
    )
    assert alone.status_code == 409
    assert "only after a scrutiny" in Page(alone).text
    await browser.post(at, data=SENT)

    twice = await browser.post(at, data=SENT)
    own = await browser.post(f"{decided(at)}/approval")

    assert (twice.status_code, own.status_code) == (409, 403)


async def test_a_qualification_from_the_united_kingdom_has_no_such_page(
    browser, session, office, at, held
):
    held.country = "Scotland"
    await session.flush()
    await browser.sign_in(office.caseworker)

    assert (await browser.get(at)).status_code == 404
    assert (await browser.post(at, data=SENT)).status_code == 404
