"""What did not reach its registrant is served from the record of notices: by whoever works on the case, as it was seen, once."""

import pytest
from sqlalchemy import func, select

from fitness.fence import Capacity, look_as
from fitness.investigation.served import CaseService, ServiceKind, services_of
from fitness.order import Measure
from register.account import StaffRole
from tests.fitness.finding import make_told, went_astray
from tests.fitness.investigating import make_investigator
from tests.fitness.ordering import make_interim
from tests.fitness.serving import SERVE, post_and_serve
from tests.fitness.sitting import make_officer
from tests.fitness.web.test_notices import printed
from tests.make import NOW, make_account, make_address
from tests.reading import Page

CONDITIONS = "You must not work alone with children."
NO_ADDRESS = "There is no address to which it can be sent in this way"


@pytest.fixture
async def investigator(session):
    return await make_investigator(session)


@pytest.fixture
async def case(session, investigator):
    case, _ = await make_told(session, taker=investigator)
    await make_interim(session, case, Measure.INTERIM_CONDITIONS)
    return case


@pytest.fixture
async def astray(session, case):
    (service,) = await services_of(session, case.id, kind=ServiceKind.ORDER)
    await went_astray(session, service)
    return service


def notices(case, more=""):
    return f"/staff/cases/{case.reference}/notices{more}"


def again(case, service):
    return notices(case, f"/{service.id}/again")


async def get(browser, address):
    return Page(await browser.get(address))


async def served(session, case):
    await look_as(session, Capacity.SERVICE)
    session.expunge_all()
    return await session.scalar(
        select(func.count())
        .select_from(CaseService)
        .where(CaseService.case_id == case.id)
    )


async def test_where_all_has_arrived_nothing_is_to_be_served(
    browser, case, investigator
):
    await browser.sign_in(investigator)

    page = await get(browser, notices(case))

    assert "To be served" not in page.text


async def test_the_record_says_what_is_to_be_served_and_leads_there(
    browser, case, astray, investigator
):
    await browser.sign_in(investigator)

    page = await get(browser, notices(case))

    assert "To be served" in page.text
    assert again(case, astray) in page.links.values()
    page = await get(browser, notices(case, f"/{astray.id}"))
    assert again(case, astray) in page.links.values()
    page = await get(browser, "/staff/cases/due")
    assert "Serve a notice that did not reach its registrant" in page.text
    assert notices(case) in page.links.values()


async def test_it_is_seen_before_it_is_served_again(
    session, browser, case, astray, investigator
):
    await make_address(session, case.person)
    before = await served(session, case)
    await browser.sign_in(investigator)
    page = await get(browser, again(case, astray))
    assert page.h1 == "Serve a notice again"
    assert "did not arrive" in page.fact("What happened")

    page = Page(await browser.post(again(case, astray), data={"way": "post"}))

    assert page.h1 == "Check it before it is served"
    assert "4 Mill Lane" in page.fact("Where to")
    assert CONDITIONS in page.text
    button = "See it as a PDF"
    answer = await browser.post(page.action(button), data=page.form(button))
    assert CONDITIONS in printed(answer)
    kept = Page(
        await browser.post(page.action("Change it"), data=page.form("Change it"))
    )
    assert kept.h1 == "Serve a notice again"
    assert await served(session, case) == before
    page = Page(await browser.post(page.action(SERVE), data=page.form(SERVE)))
    assert page.status == 303
    assert await served(session, case) == before + 1


async def test_it_is_served_again_once(session, browser, case, astray, investigator):
    await make_address(session, case.person)
    await browser.sign_in(investigator)
    sent = {"way": "post"}
    assert (await post_and_serve(browser, again(case, astray), sent)).status == 303

    assert (await get(browser, again(case, astray))).status == 404
    assert (await post_and_serve(browser, again(case, astray), sent)).status == 404
    assert "To be served" not in (await get(browser, notices(case))).text


async def test_how_it_is_sent_must_be_said_and_possible(
    browser, case, astray, investigator
):
    await browser.sign_in(investigator)

    page = Page(await browser.post(again(case, astray), data={}))
    assert (page.status, page.errors) == (422, ["Select how it is sent"])
    page = Page(await browser.post(again(case, astray), data={"way": "post"}))
    assert page.status == 422
    assert page.errors[0].startswith(NO_ADDRESS)
    page = Page(
        await browser.post(f"{again(case, astray)}/preview.pdf", data={"way": "post"})
    )
    assert page.errors[0].startswith(NO_ADDRESS)


async def test_what_could_not_be_sent_is_served_once_there_is_an_address(
    session, browser, investigator
):
    case, account = await make_told(session, taker=investigator)
    account.disabled_at = NOW
    await make_interim(session, case, Measure.INTERIM_CONDITIONS)
    await browser.sign_in(investigator)
    page = await get(browser, notices(case))
    assert "Nowhere to send it" in page.text
    (address,) = [one for one in page.links.values() if one.endswith("/again")]
    page = await get(browser, address)
    assert page.h1 == "Serve a notice"
    assert "there was nowhere to send it" in page.fact("What happened")
    page = await post_and_serve(browser, address, {"way": "email"})
    assert page.errors[0].startswith(NO_ADDRESS)

    await look_as(session, Capacity.SERVICE)
    await make_address(session, case.person)

    page = await post_and_serve(browser, address, {"way": "email"})
    assert page.status == 303
    assert "Nowhere to send it" not in (await get(browser, notices(case))).text


async def test_hearings_officers_serve_too_and_auditors_read_only(
    session, browser, case, astray
):
    await make_address(session, case.person)
    officer = await make_officer(session, case)
    auditor = await make_account(session, StaffRole.AUDITOR)
    await browser.sign_in(auditor)
    page = await get(browser, notices(case))
    assert "To be served" in page.text
    assert again(case, astray) not in page.links.values()
    assert (await get(browser, again(case, astray))).status == 403

    await browser.sign_in(officer)
    sent = {"way": "post"}
    assert (await post_and_serve(browser, again(case, astray), sent)).status == 303


async def test_somebody_says_why_it_is_not_to_be_served(
    browser, case, astray, investigator
):
    await browser.sign_in(investigator)
    address = notices(case, f"/{astray.id}/drop")

    page = Page(await browser.post(address, data={}))
    assert page.errors == ["Enter why it is not to be served"]
    page = await get(browser, again(case, astray))
    button = "Do not serve it"
    sent = page.form(button) | {"words": "They have read it here."}
    assert (await browser.post(page.action(button), data=sent)).status_code == 303

    assert "To be served" not in (await get(browser, notices(case))).text
    page = await get(browser, f"/staff/cases/{case.reference}/history")
    assert "They have read it here." in page.text
    assert (await browser.post(address, data=sent)).status_code == 404
