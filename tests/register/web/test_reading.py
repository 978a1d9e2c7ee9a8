"""Who opens many restricted sections, page by page."""

import pytest

from register.account import StaffRole
from register.assessment import AssessmentAct, Quota, ReadingLock
from tests.make import make_account
from tests.reading import Page
from tests.register.assessing import act, allow, make_office, make_sent

LIST = "/staff/reading"


@pytest.fixture
async def office(session):
    return await make_office(session)


async def locked(session, reader):
    by = act(session, AssessmentAct.READ, reader)
    lock = ReadingLock.of(reader, Quota(80, warn=40, lock=80), by=by)
    session.add(lock)
    await session.flush()
    return lock


async def test_a_reader_is_told_and_then_shown_no_more(browser, session, office):
    await allow(session, warn=1, lock=2)
    application = await make_sent(session, officer=office.caseworker)
    await browser.sign_in(office.caseworker)
    at = f"/staff/applications/{application.reference}/sections"

    warned = Page(await browser.get(f"{at}/health"))
    last = Page(await browser.get(f"{at}/criminal"))
    refused = Page(await browser.get(f"{at}/health"))
    other = await browser.get(f"{at}/dbs")

    assert (
        "You have opened 1 different health or criminal record section" in warned.text
    )
    assert "until a team manager or the Registrar lets you go on" in last.text
    assert refused.status == 403
    assert "You have opened many restricted sections today" in refused.text
    assert other.status_code == 200


async def test_a_team_manager_lets_a_reader_go_on(browser, session, office):
    lock = await locked(session, office.caseworker)
    await browser.sign_in(office.manager)
    home = Page(await browser.get("/staff"))
    listed = Page(await browser.get(home.link("Who opens many restricted sections")))
    at = listed.link("Casey Worker")

    unsaid = Page(await browser.post(f"{at}/release", data={"words": ""}))
    done = await browser.post(f"{at}/release", data={"words": "Stood in for two"})
    again = await browser.post(f"{at}/release", data={"words": "Stood in for two"})
    await session.refresh(lock)

    assert home.tasks["Staff to whom no more restricted sections are shown"] == "1"
    assert unsaid.errors == ["Enter what you found out"]
    assert done.headers["location"] == LIST
    assert again.status_code == 409
    assert lock.released_by_id == office.manager.id
    assert "Let them go on" not in Page(await browser.get(at)).buttons


async def test_nobody_releases_themself_and_an_auditor_only_reads(
    browser, session, office
):
    lock = await locked(session, office.manager)
    at = f"{LIST}/{lock.id}"
    await browser.sign_in(office.manager)
    own = Page(await browser.get(at))
    refused = await browser.post(f"{at}/release", data={"words": "I did"})
    await browser.sign_in(await make_account(session, StaffRole.AUDITOR))
    audited = Page(await browser.get(at))

    assert own.buttons == audited.buttons
    assert "Let them go on" not in own.buttons
    assert refused.status_code == 409
