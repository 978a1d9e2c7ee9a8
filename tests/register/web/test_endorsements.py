"""Endorsements on the pages of the employer, the applicant and the officer."""

from datetime import timedelta

import msgspec
import pytest

from register.account import StaffRole
from register.application.endorsement import (
    CannotBecause,
    endorsements_of,
    endorser_of,
    endorsers_asked,
    is_endorsed,
)
from register.by_link import token_of
from register.request import Outcome
from tests.applications import make_application, make_form, make_sent_application
from tests.make import make_account, make_home
from tests.reading import Page
from tests.register.assessing import give
from tests.register.employing import make_organisation, make_user
from tests.register.endorsing import SAYING, endorse, make_endorser, opt_out

ANOTHER = {"name": "Huw Price", "job": "Director", "email": "huw@example.org"}


@pytest.fixture
async def applicant(session):
    return await make_account(session, email="zoe@example.org")


async def sent_by(session, account, *, home=None):
    form = make_form(endorsement=make_endorser())
    if home:
        told = msgspec.structs.replace(form.eligibility, home_id=home.id)
        form = msgspec.structs.replace(form, eligibility=told)
    return await make_sent_application(session, account=account, form=form)


@pytest.fixture
async def application(session, applicant):
    return await sent_by(session, applicant)


async def request_of(session, application):
    *_, (request, _) = await endorsers_asked(session, application)
    return request


async def said_of(session, application):
    request = await request_of(session, application)
    return (await endorsements_of(session, [request]))[request.id]


async def test_an_employer_endorses_by_a_link_without_an_account(
    browser, session, application
):
    at = f"/endorsements/{token_of(await request_of(session, application))}"
    shown = await browser.get(at)
    page = Page(shown)
    early = await browser.get(f"{at}/sent")

    done = await browser.post(at, data=SAYING)

    closed = await browser.get(at)
    await browser.sign_in(await make_account(session, StaffRole.CASEWORKER))
    timeline = f"/staff/applications/{application.reference}/timeline"
    assert "O’Connor-Łuczak" in page.text
    assert early.headers["location"] == at
    assert done.headers["location"] == f"{at}/sent"
    assert "We have your answer" in Page(await browser.get(f"{at}/sent")).text
    assert (closed.status_code, shown.headers["cache-control"]) == (410, "no-store")
    assert (await said_of(session, application)).identity_seen
    assert "Request answered by the employer" in Page(await browser.get(timeline)).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"started_on-year": "2031"}, "must be on or before"),
        ({"right_part": ""}, "Select yes if this is the right part of the register"),
        ({"qualification": "some"}, "Select whether they hold the qualification"),
        ({"name": ""}, "Enter your full name"),
        ({"true": ""}, "Confirm that you may speak for the employer"),
    ],
)
async def test_what_is_wrong_with_an_endorsement_is_told(
    browser, session, application, changed, said
):
    at = f"/endorsements/{token_of(await request_of(session, application))}"

    answer = await browser.post(at, data=SAYING | changed)

    assert answer.status_code == 422
    assert said in Page(answer).text


async def test_an_employer_opts_out_by_a_link(browser, session, application):
    at = f"/endorsements/{token_of(await request_of(session, application))}/decline"
    asked = await browser.get(at)
    empty = await browser.post(at, data={"because": ""})

    await browser.post(at, data={"because": "concerns", "details": "Ask me"})

    said = await said_of(session, application)
    assert (asked.status_code, empty.status_code) == (200, 422)
    assert (said.because, said.details) == (CannotBecause.CONCERNS, "Ask me")


async def test_a_provider_s_users_endorse_on_their_pages(browser, session, applicant):
    home = await make_home(session)
    organisation = await make_organisation(session, home)
    lead = await make_user(session, organisation, lead=True)
    user = await make_user(session, organisation)
    application = await sent_by(session, applicant, home=home)
    at = f"/employer/endorsements/{(await request_of(session, application)).id}"
    await browser.sign_in(user.account)
    unseen = await browser.get(at)
    await browser.sign_in(lead.account)
    home_page = Page(await browser.get("/employer"))
    wrong = await browser.post(f"{at}/assignment", data={"to": "nobody"})
    given = await browser.post(f"{at}/assignment", data={"to": str(user.id)})
    listed = Page(await browser.get("/employer/endorsements"))
    await browser.sign_in(user.account)
    page = Page(await browser.get(at))
    mistaken = await browser.post(at, data=SAYING | {"job": ""})

    done = await browser.post(at, data=SAYING)

    twice = await browser.post(at, data=SAYING)
    assert (unseen.status_code, wrong.status_code) == (404, 422)
    assert (given.status_code, mistaken.status_code) == (303, 422)
    assert "1 to answer" in home_page.text
    assert "Una User" in listed.text
    assert "O’Connor-Łuczak" in page.text
    assert "Give it to somebody else" not in page.text
    assert done.headers["location"] == "/employer/endorsements"
    assert twice.status_code == 409
    assert await is_endorsed(session, application)


async def test_a_provider_opts_out_on_its_pages(browser, session, applicant):
    home = await make_home(session)
    organisation = await make_organisation(session, home)
    lead = await make_user(session, organisation, lead=True)
    application = await sent_by(session, applicant, home=home)
    request = await request_of(session, application)
    at = f"/employer/endorsements/{request.id}/decline"
    await browser.sign_in(lead.account)
    asked = await browser.get(at)
    empty = await browser.post(at, data={})

    done = await browser.post(at, data={"because": "not_employed"})

    assert (asked.status_code, empty.status_code) == (200, 422)
    assert done.status_code == 303
    await session.refresh(request)
    assert request.outcome is Outcome.DECLINED


async def test_the_applicant_says_who_can_endorse_them_or_why_nobody_can(
    browser, session, applicant
):
    application = await make_application(session, account=applicant)
    at = f"/apply/{application.reference}/endorsement"
    await browser.sign_in(applicant, proved=False)
    asked = await browser.get(at)
    empty = Page(await browser.post(at, data={"has_employer": "yes"}))
    own = ANOTHER | {"has_employer": "yes", "email": "zoe@example.org"}
    themselves = Page(await browser.post(at, data=own))
    why = Page(await browser.post(at, data={"has_employer": "no"}))

    kept = await browser.post(at, data=ANOTHER | {"has_employer": "yes"})

    assert asked.status_code == 200
    assert "Enter their work email address" in empty.text
    assert "must not be your own" in themselves.text
    assert "Select why nobody can endorse your application" in why.text
    assert kept.headers["location"] == f"/apply/{application.reference}"


async def test_the_applicant_sees_that_it_has_not_come_and_names_somebody_else(
    browser, session, applicant, application, clock
):
    at = f"/apply/{application.reference}"
    await browser.sign_in(applicant, proved=False)
    waiting = Page(await browser.get(at))
    early = await browser.get(f"{at}/endorser")
    request = await request_of(session, application)
    await opt_out(session, request, CannotBecause.CONCERNS)
    missing = Page(await browser.get(at))
    asked = await browser.get(f"{at}/endorser")
    wrong = await browser.post(f"{at}/endorser", data=ANOTHER | {"email": "huw"})
    own = await browser.post(
        f"{at}/endorser", data=ANOTHER | {"email": "zoe@example.org"}
    )
    clock.now += timedelta(minutes=5)

    done = await browser.post(f"{at}/endorser", data=ANOTHER)

    assert "We do, and 2 referees, and your employer" in waiting.text
    assert early.headers["location"] == at
    assert "You: name somebody else to endorse you" in missing.text
    assert "oncern" not in missing.text
    assert (asked.status_code, wrong.status_code, own.status_code) == (200, 422, 422)
    assert done.headers["location"] == at
    named = await endorser_of(session, application)
    assert (named.endorser.name, named.awaited) == ("Huw Price", True)


async def test_an_officer_reads_it_asks_again_and_goes_on_without(
    browser, session, application
):
    officer = await make_account(session, StaffRole.CASEWORKER)
    await give(session, application, to=officer, giver=officer)
    base = f"/staff/applications/{application.reference}"
    section = f"{base}/sections/endorsement"
    await browser.sign_in(officer)
    proposal = Page(await browser.get(f"{base}/proposal"))
    page = Page(await browser.get(section))
    again = await browser.post(f"{base}/endorsement/repeat")
    empty = await browser.post(
        f"{base}/endorsement/waiver", data={"because": "agency", "words": " "}
    )

    done = await browser.post(
        f"{base}/endorsement/waiver", data={"because": "agency", "words": "By agency."}
    )

    after = Page(await browser.get(section))
    twice = await browser.post(
        f"{base}/endorsement/waiver", data={"because": "agency", "words": "Again."}
    )
    assert "The employer has not endorsed the application" in proposal.text
    assert "Ask the employer again" in page.text
    assert (again.headers["location"], empty.status_code) == (section, 422)
    assert done.headers["location"] == section
    assert "They work through an agency" in after.text
    assert "By agency." in after.text
    assert twice.status_code == 409


async def test_an_officer_sees_what_is_to_be_looked_into(browser, session, application):
    officer = await make_account(session, StaffRole.CASEWORKER)
    await give(session, application, to=officer, giver=officer)
    await endorse(session, await request_of(session, application))
    await browser.sign_in(officer)

    page = Page(
        await browser.get(
            f"/staff/applications/{application.reference}/sections/endorsement"
        )
    )
    summary = Page(await browser.get(f"/staff/applications/{application.reference}"))

    assert "Identity documents seen Yes" in page.text
    assert "To be looked into" not in page.text
    assert summary.fact("Endorsement").startswith("Endorsed")
