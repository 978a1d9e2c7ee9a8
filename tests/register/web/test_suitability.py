"""The suitability review on the pages of staff."""

import pytest
from sqlalchemy import select

from register.application import ApplicationState
from register.process import Event
from tests.reading import Page
from tests.register.assessing import (
    CONVICTED,
    SECRET,
    answers,
    check_all,
    make_caseworker,
    make_office,
    make_sent,
    weighed,
)
from tests.register.test_suitability import NOTHING

FOUND = {
    "weight_criminal_convictions": "not_relevant",
    "words_criminal_convictions": "A bicycle, years ago",
    "weight_health_affects_practice": "acceptable",
    "words_health_affects_practice": "Long healed",
    "conclusion": "suitable",
    "words": "Nothing stands against it",
}


@pytest.fixture
async def office(session):
    return await make_office(session)


@pytest.fixture
async def application(session, office):
    application = await make_sent(session, officer=office.caseworker)
    await check_all(session, application, officer=office.caseworker)
    return application


@pytest.fixture
def at(application):
    return f"/staff/applications/{application.reference}"


async def referred(browser, office, at):
    await browser.sign_in(office.caseworker)
    await browser.post(f"{at}/suitability/referral")
    await browser.sign_in(office.manager)


async def stamp(browser, at):
    page = Page(await browser.get(f"{at}/suitability"))
    return {
        name: page.soup.select_one(f"[name={name}]")["value"]
        for name in ("version", "latest")
    }


async def test_it_is_sent_to_review_reviewed_and_goes_on(
    browser, session, office, application, at
):
    await browser.sign_in(office.caseworker)
    asked = Page(await browser.get(f"{at}/proposal"))
    assert "when a suitability review is recorded" in asked.text
    assert "Send it for a suitability review" in Page(await browser.get(at)).text
    await referred(browser, office, at)
    page = Page(await browser.get(f"{at}/suitability"))
    assert CONVICTED in page.text
    assert SECRET in page.text

    done = await browser.post(
        f"{at}/suitability", data=FOUND | await stamp(browser, at)
    )

    assert done.headers["location"] == at
    await session.refresh(application)
    assert application.state is ApplicationState.UNDER_ASSESSMENT
    page = Page(await browser.get(f"{at}/suitability"))
    assert "Review by Tess Manager, 10 March 2027" in page.text
    assert "A bicycle, years ago" in page.text
    await browser.sign_in(office.caseworker)
    asked = Page(await browser.get(f"{at}/proposal"))
    assert "when a suitability review is recorded" not in asked.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"weight_health_affects_practice": ""}, "Select how each matter weighs"),
        ({"words_criminal_convictions": " "}, "Enter why each matter weighs so"),
        ({"conclusion": "fine"}, "Select what it comes to"),
        ({"words": ""}, "Enter why it comes to that"),
        ({"version": "", "latest": ""}, "This page is out of date"),
    ],
)
async def test_what_is_wrong_is_told_and_nothing_is_lost(
    browser, office, at, changed, said
):
    await referred(browser, office, at)
    sent = FOUND | await stamp(browser, at) | changed

    answer = await browser.post(f"{at}/suitability", data=sent)

    assert answer.status_code == 422
    assert said in Page(answer).text
    assert "Long healed" in Page(answer).text


async def test_what_cannot_be_is_refused(browser, office, at):
    await browser.sign_in(office.manager)
    early = await browser.post(f"{at}/suitability", data=FOUND)
    await referred(browser, office, at)
    mild = {"weight_health_affects_practice": "not_acceptable"}
    seen = await stamp(browser, at)
    too_mild = await browser.post(f"{at}/suitability", data=FOUND | seen | mild)
    await browser.post(f"{at}/suitability", data=FOUND | seen)
    again = await browser.post(f"{at}/suitability", data=FOUND | seen)

    assert early.status_code == too_mild.status_code == again.status_code == 409
    assert "milder" in Page(too_mild).text


async def test_nobody_reads_of_it_who_may_not_read_what_was_declared(
    browser, session, at
):
    await browser.sign_in(await make_caseworker(session))

    assert (await browser.get(f"{at}/suitability")).status_code == 404
    assert "Suitability" not in Page(await browser.get(at)).text


async def test_who_read_it_is_written_down(browser, session, office, application, at):
    await weighed(session, application, office.caseworker)
    await browser.sign_in(office.registrar)

    await browser.get(f"{at}/suitability")

    read = await session.scalars(
        select(Event.data["section"].astext).where(
            Event.kind == "restricted_section_read",
            Event.application_id == application.id,
        )
    )
    assert set(read) == {"criminal", "health"}


async def test_where_nothing_was_declared_the_page_says_so(browser, session, office):
    application = await make_sent(
        session, officer=office.caseworker, said=answers(**NOTHING)
    )
    await browser.sign_in(office.caseworker)
    at = f"/staff/applications/{application.reference}/suitability"

    assert "declared nothing" in Page(await browser.get(at)).text
    assert (await browser.post(f"{at}/referral")).status_code == 409
