"""Coming back to the register, as the pages lead there."""

from datetime import date

import pytest
from sqlalchemy import select

from register.account import StaffRole
from register.application import Application, ApplicationKind, section_of, submit
from register.application.answers import Qualifications
from register.entry import LapseReason, RemovalReason
from register.kit.clock import start_of
from tests.applications import fill, make_form
from tests.make import make_account, make_entry, make_person, make_process
from tests.reading import Page

LEFT = start_of(date(2026, 12, 1))


async def former(session, because=None):
    person = await make_person(session, "Zoë", "O’Connor-Łuczak", date(1985, 2, 28))
    account = await make_account(session, person=person)
    entry = await make_entry(session, person=person, on=start_of(date(2026, 2, 1)))
    by = make_process(session, now=LEFT)
    if because:
        await entry.remove(session, on=LEFT, because=because, by=by)
    else:
        await entry.lapse(session, on=LEFT, because=LapseReason.NOT_RENEWED, by=by)
    await session.flush()
    return account


async def begun(browser, session):
    account = await former(session)
    await browser.sign_in(account)
    page = Page(await browser.get("/apply"))
    await browser.post(
        page.action("Ask to come back"), data=page.form("Ask to come back")
    )
    return await session.scalar(
        select(Application).where(Application.account_id == account.id)
    )


async def test_who_lapsed_is_led_to_a_shorter_task_list(browser, session):
    application = await begun(browser, session)

    page = Page(await browser.get(f"/apply/{application.reference}"))

    assert application.kind is ApplicationKind.RESTORATION
    assert "You are asking to come back to the register." in page.text
    assert "Your registration was not renewed." in page.text
    assert "0 of 11 sections" in page.text
    assert "Keeping your skills up to date" in page.links
    assert "Eligibility" not in page.links


@pytest.mark.parametrize(
    ("because", "told"),
    [
        (RemovalReason.ORDER, "You can ask to come back from 1 December 2031."),
        (RemovalReason.AUTOMATIC, "not restored while the conviction stands"),
    ],
)
async def test_who_may_not_ask_is_told_so_and_from_when(
    browser, session, because, told
):
    await browser.sign_in(await former(session, because))

    page = Page(await browser.get("/apply"))
    posted = await browser.post("/apply/begin", data={"part": "manager"})

    assert page.h1 == "Come back to the register"
    assert told in page.text
    assert "What you need" not in page.text
    assert "Ask to come back" not in page.buttons
    assert posted.status_code == 409


async def test_whose_entry_was_made_in_error_applies_again(browser, session):
    await browser.sign_in(await former(session, RemovalReason.ERROR))

    page = Page(await browser.get("/apply"))

    assert "You have to apply as if you had not been registered before." in page.text
    assert "Apply again" in page.buttons


async def test_what_was_done_to_keep_up_is_asked_and_kept(browser, session):
    application = await begun(browser, session)
    at = f"/apply/{application.reference}/skills"
    page = Page(await browser.get(at))
    sound = page.form("Save and continue") | {
        "practice_hours": "120",
        "learning": "A course on attachment",
    }

    wrong = Page(await browser.post(at, data=sound | {"practice_hours": "-1"}))
    empty = Page(await browser.post(at, data=page.form("Save and continue")))
    kept = await browser.post(at, data=sound)

    assert "since 1 December 2026" in page.text
    assert wrong.status == 422
    assert len(empty.errors) == 2
    assert kept.status_code == 303
    saved = await section_of(session, application.id, "skills")
    assert saved.answers.practice_hours == 120
    assert (
        "A course on attachment"
        in Page(await browser.get(f"/apply/{application.reference}/check")).text
    )


async def test_only_what_came_since_is_asked_of_work(browser, session):
    application = await begun(browser, session)
    at = f"/apply/{application.reference}/employment"
    page = Page(await browser.get(at))

    kept = await browser.post(at, data=page.form("Save and continue"))
    gaps = Page(await browser.get(kept.headers["location"]))

    assert "since you left the register on 1 December 2026" in page.text
    assert "full-time education" not in page.text
    assert "What did you do from 1 December 2026 to 10 March 2027?" in gaps.text


async def test_a_section_that_is_not_asked_is_not_there(browser, session):
    application = await begun(browser, session)

    answers = [
        await browser.get(f"/apply/{application.reference}/{page}")
        for page in (
            "eligibility",
            "english",
            "addresses/items/new",
            "evidence/english",
        )
    ]

    assert {answer.status_code for answer in answers} == {404}


async def test_staff_see_who_comes_back_and_how_they_left(browser, session, now):
    application = await begun(browser, session)
    form = make_form(qualifications=Qualifications(none=True))
    await fill(session, application, form)
    await submit(session, application, by=make_process(session))
    await session.flush()
    sent = Page(await browser.get(f"/apply/{application.reference}/sent"))
    await browser.sign_in(await make_account(session, StaffRole.TEAM_MANAGER))

    queue = Page(await browser.get("/staff/applications"))
    page = Page(await browser.get(f"/staff/applications/{application.reference}"))

    assert "the fee for coming back" in sent.text
    assert "employer" not in sent.text
    assert "coming back" in queue.text
    assert "0 of 84 days" in queue.text
    assert page.fact("Asks") == "To come back to the register"
    assert page.fact("Not registered since") == "1 December 2026: Did not renew"
    assert page.fact("Waiting for us") == "0 of 84 days Due 2 June 2027"
