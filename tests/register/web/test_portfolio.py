"""A qualification claimed by a portfolio, on the pages of staff."""

from datetime import date

import pytest

from register.rule_set import Verdict
from tests.make import make_employment, make_person
from tests.reading import Page
from tests.register.assessing import (
    claimed_by_portfolio,
    make_caseworker,
    make_office,
    make_sent,
    signed_off,
)

MET = {f"outcome_{n}": "met" for n in range(1, 10)}
SIGNED = MET | {"because": "Reports of two homes show it"}


@pytest.fixture
async def office(session):
    return await make_office(session)


@pytest.fixture
async def other(session):
    return await make_caseworker(session, name="Olga Other")


@pytest.fixture
async def application(session, office):
    person = await make_person(session)
    await make_employment(session, person, start=date(2022, 3, 1))
    return await make_sent(session, officer=office.caseworker, person=person)


@pytest.fixture
async def held(session, application):
    return await claimed_by_portfolio(session, application)


@pytest.fixture
def case(application):
    return f"/staff/applications/{application.reference}"


@pytest.fixture
def at(case, held):
    return f"{case}/qualifications/{held.id}/portfolio"


async def test_two_sign_apart_the_officer_recommends_and_a_manager_confirms(
    browser, session, office, other, case, at, held
):
    verdict = at.removesuffix("portfolio") + "verdict"
    await browser.sign_in(office.caseworker)
    section = Page(await browser.get(f"{case}/sections/qualifications"))
    assert at in section.links.values()
    assert (
        "P7: Recruit, supervise and develop a team" in Page(await browser.get(at)).text
    )
    done = await browser.post(at, data=SIGNED)
    assert done.headers["location"] == at
    assert "Reports of two homes show it" in Page(await browser.get(at)).text

    await browser.sign_in(other)
    page = Page(await browser.get(at))
    assert "Casey Worker" in page.text
    assert "Reports of two homes show it" not in page.text
    await browser.post(at, data=SIGNED | {"outcome_7": "not_met", "because": "No team"})
    assert "Reports of two homes show it" in Page(await browser.get(at)).text

    await browser.sign_in(office.caseworker)
    wrong = await browser.post(f"{at}/recommendation", data={})
    assert wrong.status_code == 422
    assert "Select what the portfolio is worth" in Page(wrong).text
    whole = {"verdict": "full", "because": "All of it"}
    too_much = await browser.post(f"{at}/recommendation", data=whole)
    assert too_much.status_code == 409
    part = {"verdict": "partial", "because": "A team is still to come"}
    await browser.post(f"{at}/recommendation", data=part)

    await browser.sign_in(office.manager)
    assert at in Page(await browser.get("/staff/proposals")).links.values()
    page = Page(await browser.get(at))
    assert "A team is still to come" in page.text
    assert "No team" in page.text
    wordless = await browser.post(f"{verdict}/return", data={"words": ""})
    assert wordless.status_code == 422
    assert "Enter what is still to be done" in Page(wordless).text
    await browser.post(f"{verdict}/approval")
    await session.refresh(held)
    assert held.verdict is Verdict.PARTIAL
    assert "Meets part of it" in Page(await browser.get(at)).text
    await browser.sign_in(office.caseworker)
    asked = Page(await browser.get(f"{case}/proposal"))
    assert "it may not be due after 10 March 2030" in asked.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"outcome_3": ""}, "Select whether the portfolio shows P3"),
        ({"outcome_3": "perhaps"}, "Select whether the portfolio shows P3"),
        ({"because": " "}, "Enter what you base this on"),
    ],
)
async def test_what_is_wrong_is_told_and_nothing_is_lost(
    browser, other, at, changed, said
):
    await browser.sign_in(other)

    answer = await browser.post(at, data=SIGNED | changed)

    assert answer.status_code == 422
    assert said in Page(answer).text
    assert "checked" in answer.text


async def test_faults_are_told_in_the_order_of_the_page(browser, other, at):
    await browser.sign_in(other)

    errors = Page(await browser.post(at, data={})).errors

    assert len(errors) == 10
    assert errors[-1] == "Enter what you base this on"


async def test_what_cannot_be_is_refused(
    browser, session, office, other, application, case, at, held
):
    await browser.sign_in(office.caseworker)
    part = {"verdict": "partial", "because": "Why"}
    early = await browser.post(f"{at}/recommendation", data=part)
    alone = await browser.post(at.removesuffix("/portfolio"), data={"verdict": "full"})
    await browser.post(at, data=SIGNED)
    twice = await browser.post(at, data=SIGNED)
    await signed_off(session, application, other)
    await browser.sign_in(other)
    not_theirs = await browser.post(f"{at}/recommendation", data=part)
    abroad = await browser.get(at.removesuffix("portfolio") + "scrutiny")

    assert [a.status_code for a in (early, alone, twice, not_theirs, abroad)] == [
        409,
        409,
        409,
        409,
        404,
    ]
