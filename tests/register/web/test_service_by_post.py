"""Notices by post: the pages for whoever holds a letter, and those on which staff serve, record and hear of failures."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from register.account import StaffRole
from register.entry import ConditionKind, NewCondition
from register.kit.post import Failure, Message
from register.notice import Notice, NoticeDocument, drop, said_to
from register.process import ProcessText
from tests.make import NOW, make_account, make_address, make_entry, make_process
from tests.reading import Page
from tests.register.assessing import (
    make_caseworker,
    make_office,
    make_sent,
    notice_given,
)
from tests.register.test_notice import not_met
from tests.register.test_service_by_post import served
from tests.uploading import CONTENT_TYPE, body, pdf

ANSWER = {"words": "The exam is in June."}
CAME = {"came_on-day": "10", "came_on-month": "3", "came_on-year": "2027"}
ADDRESS = {
    "line_1": "9 New Street",
    "town": "Leeds",
    "in_uk": "yes",
    "postcode": "ls1 4ap",
    "evidence": "Their letter of 1 March.",
}


@pytest.fixture
async def entry(session):
    overdue = NOW.date() - timedelta(days=1)
    wanted = [NewCondition(ConditionKind.QUALIFICATION, "", overdue)]
    return await make_entry(session, family_name="Adébáyò", conditions=wanted)


@pytest.fixture
async def officer(session):
    return await make_account(session, StaffRole.CASEWORKER)


@pytest.fixture
async def registrar(session):
    return await make_account(session, StaffRole.REGISTRAR)


@pytest.fixture
async def notice(session, entry, officer, registrar):
    """To somebody who has no account."""
    await make_address(session, entry.person)
    given = await served(session, entry, officer, registrar)
    await session.commit()
    return given


@pytest.fixture
async def code(session, notice):
    return (await session.get_one(Message, notice.message_id)).secret


async def fail(session, notice):
    message = await session.get_one(Message, notice.message_id)
    message.fail(now=NOW, because=Failure.UNDELIVERABLE)
    await session.commit()


async def said(session, notice):
    return [one.words for one in await said_to(session, notice.id)]


# Whoever holds the letter


async def test_a_notice_is_read_and_answered_by_its_code_without_an_account(
    browser, session, notice, code
):
    asked = Page(await browser.get("/notices/by-post"))
    way = await browser.get("/notices/by-post", params={"code": code.lower()})
    read = Page(await browser.get(way.headers["location"]))
    done = await browser.post(way.headers["location"], data=ANSWER)
    after = Page(await browser.get(done.headers["location"]))

    assert "You need no account" in asked.text
    assert read.h1 == "We are minded to remove your entry from the register"
    assert "You have not sent us a certificate." in read.text
    assert "until the end of 12 April 2027" in read.text
    assert read.response.headers["cache-control"] == "no-store"
    assert await said(session, notice) == ["The exam is in June."]
    assert "We have your answer." in after.text
    assert "The exam is in June." not in after.text


async def test_whoever_has_nothing_to_say_says_so_by_the_code(
    browser, session, notice, code
):
    done = await browser.post(f"/notices/by-post/{code}/nothing")

    await session.refresh(notice.request)
    assert done.status_code == 303
    assert notice.request.outcome == "declined"


async def test_an_answer_by_code_needs_words(browser, session, notice, code):
    wrong = Page(await browser.post(f"/notices/by-post/{code}", data={"words": " "}))

    assert (wrong.status, wrong.errors) == (422, ["Enter your answer"])
    assert await said(session, notice) == []


@pytest.mark.parametrize("typed", ["4F7K-2M9Q-X3ZB", "-", "x" * 60])
async def test_a_code_of_ours_it_is_not(browser, notice, typed):
    at = f"/notices/by-post/{typed}"

    page = Page(await browser.get(at))
    posted = await browser.post(at, data=ANSWER)

    assert page.status == posted.status_code == 404
    assert "Adébáyò" not in page.text


@pytest.mark.parametrize("typed", ["", "  ", "***"])
async def test_no_code_is_told_on_the_page(browser, typed):
    page = await browser.get(
        "/notices/by-post", params={"code": typed}, follow_redirects=True
    )

    assert page.status_code in {404, 422}
    assert "Code" in page.text


async def test_the_code_ends_with_the_decision(browser, session, notice, code):
    await drop(session, notice, words="It is met.", by=make_process(session))
    await session.commit()

    page = Page(await browser.get(f"/notices/by-post/{code}"))
    late = await browser.post(f"/notices/by-post/{code}", data=ANSWER)

    assert (page.status, late.status_code) == (410, 410)
    assert "decided on" in page.h1


# Staff


async def test_the_record_of_service_says_how_where_and_when(
    browser, session, notice, officer
):
    message = await session.get_one(Message, notice.message_id)
    message.taken("a1b2", now=NOW)
    message.delivered(now=NOW)
    await session.commit()
    await browser.sign_in(officer)

    page = Page(await browser.get(f"/staff/notices/{notice.id}"))

    assert page.fact("Sent by") == "Post"
    assert page.fact("To").endswith("4 Mill Lane, Leeds, LS1 4AP")
    assert page.fact("Handed over") == "10 March 2027 at 10:00am"
    assert page.fact("Posted on") == "11 March 2027"
    assert page.fact("Delivery").startswith("Printed and posted")
    assert page.fact("Number at GOV.UK Notify") == "a1b2"
    assert page.fact("Counts as served on") == "15 March 2027"


async def test_the_code_is_on_no_page_of_staff(browser, notice, code, officer, entry):
    await browser.sign_in(officer)

    pages = [
        await browser.get(f"/staff/notices/{notice.id}"),
        await browser.get(f"/staff/persons/{entry.person_id}/messages"),
    ]

    assert all(code not in page.text for page in pages)


async def test_a_notice_that_did_not_arrive_alarms_its_officer(
    browser, session, notice, officer
):
    await browser.sign_in(officer)
    before = Page(await browser.get("/staff"))
    await fail(session, notice)

    home = Page(await browser.get("/staff"))
    page = Page(await browser.get(f"/staff/notices/{notice.id}"))
    (row,) = Page(await browser.get("/staff/notices")).rows()
    outgoing = Page(await browser.get("/staff/outgoing"))

    assert "did not arrive" not in before.text
    assert "Notices that you proposed did not arrive" in home.text
    assert f"/staff/notices/{notice.id}" in home.links.values()
    assert page.fact("Counts as served on") == "Not served"
    assert "no time to answer runs" in page.text
    assert row["Served"] == "Not served"
    assert "4 Mill Lane" in outgoing.text


async def test_an_officer_serves_a_notice_by_post_and_says_why(
    browser, session, notice, officer
):
    await fail(session, notice)
    await browser.sign_in(officer)
    page = Page(await browser.get(f"/staff/notices/{notice.id}"))
    at = page.link("Serve it by post")
    asked = Page(await browser.get(at))

    wrong = Page(await browser.post(at, data={"why": ""}))
    done = await browser.post(at, data=asked.form("Serve it by post") | WHY)
    after = Page(await browser.get(done.headers["location"]))

    assert wrong.errors == ["Enter why it is sent by post"]
    assert after.fact("Counts as served on") == "15 March 2027"
    assert WHY["why"] in (await session.scalars(select(ProcessText.words))).all()


WHY = {"why": "They told us that the letter was lost."}


async def test_without_an_address_staff_are_told_what_to_do(
    browser, session, entry, officer, registrar
):
    await make_account(session, person=entry.person)
    notice = await served(session, entry, officer, registrar)
    await session.commit()
    await browser.sign_in(officer)

    refused = await browser.post(f"/staff/notices/{notice.id}/service", data=WHY)

    assert refused.status_code == 409
    assert "Record an address for letters" in refused.text


async def test_an_answer_that_came_by_post_is_recorded_with_its_scan(
    browser, session, notice, officer
):
    await browser.sign_in(officer)
    at = Page(await browser.get(f"/staff/notices/{notice.id}")).link(
        "Record an answer that came by post"
    )

    done = await recorded(browser, at, ("file", "scan.pdf", pdf()), **CAME, **ANSWER)
    page = Page(await browser.get(done.headers["location"]))

    document = (await session.scalars(select(NoticeDocument))).one()
    assert document.came_on == date(2027, 3, 10)
    assert "By post, 10 March 2027" in page.text
    assert "The exam is in June." in page.text
    assert "scan.pdf" in page.text


async def recorded(browser, at, *files, **given):
    fields = [("csrf_token", browser.csrf_token), *given.items(), *files]
    headers = {"content-type": CONTENT_TYPE}
    return await browser.post(at, content=body(*fields), headers=headers)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"words": ""}, "Enter what they say"),
        ({"came_on-day": ""}, "must include a day"),
        ({"came_on-day": "9"}, "must be on or after 10 March 2027"),
        ({"came_on-year": "2028"}, "must be today or in the past"),
    ],
)
async def test_what_is_wrong_with_a_recorded_answer_is_told_and_nothing_is_lost(
    browser, session, clock, notice, officer, wrong, said
):
    clock.now = NOW + timedelta(days=3)
    await browser.sign_in(officer)
    at = f"/staff/notices/{notice.id}/received"

    page = Page(await recorded(browser, at, **(CAME | ANSWER | wrong)))

    assert page.status == 422
    assert said in page.text
    if "words" not in wrong:
        assert "The exam is in June." in page.text


async def test_a_file_that_is_none_is_told(browser, session, notice, officer):
    await browser.sign_in(officer)
    at = f"/staff/notices/{notice.id}/received"
    wrong = ("file", "scan.pdf", b"no file")

    page = Page(await recorded(browser, at, wrong, **CAME, **ANSWER))

    assert page.status == 422
    assert "must be a PDF, JPG or PNG" in page.text
    assert not (await session.scalars(select(NoticeDocument))).all()


async def test_what_applicants_write_is_recorded_by_those_who_may_read_it(
    browser, session
):
    office = await make_office(session)
    application = await make_sent(session, officer=office.caseworker)
    await not_met(session, application, office)
    notice = await notice_given(session, application, office.caseworker)
    await session.commit()
    at = f"/staff/notices/{notice.id}/received"
    statuses = []
    for reader in (office.caseworker, await make_caseworker(session)):
        await browser.sign_in(reader)
        statuses.append((await browser.get(at)).status_code)
        statuses.append((await recorded(browser, at, **CAME, **ANSWER)).status_code)

    assert statuses == [200, 303, 404, 404]


@pytest.mark.parametrize("page", ["service", "received"])
async def test_only_officers_serve_and_record(browser, session, notice, page):
    at = f"/staff/notices/{notice.id}/{page}"
    nobody = await browser.get(at)
    await browser.sign_in(await make_account(session))
    stranger = await browser.get(at)
    await browser.sign_in(await make_account(session, StaffRole.AUDITOR))
    auditor = await browser.get(at)
    await browser.sign_in(await make_account(session, StaffRole.CASEWORKER))
    missing = await browser.get(f"/staff/notices/{notice.person_id}/{page}")

    assert nobody.status_code == 303
    assert (stranger.status_code, auditor.status_code) == (403, 403)
    assert missing.status_code == 404


# An address for letters


async def test_an_officer_records_an_address_and_how_it_is_known(
    browser, session, entry, officer
):
    await make_address(session, entry.person)
    await session.commit()
    await browser.sign_in(officer)
    at = f"/staff/persons/{entry.person_id}"
    way = Page(await browser.get(f"{at}/contact")).link("Record an address for letters")

    wrong = Page(await browser.post(way, data=ADDRESS | {"evidence": "", "town": ""}))
    done = await browser.post(way, data=ADDRESS)
    contact = Page(await browser.get(done.headers["location"]))

    letter = await session.scalar(
        select(Message).where(Message.letter == "address_recorded")
    )
    assert wrong.errors == [
        "Enter the town or city",
        "Enter how you know the address",
    ]
    assert "9 New Street" in wrong.html
    assert "9 New Street" in contact.text
    assert "4 Mill Lane" in letter.to_address
    assert ADDRESS["evidence"] in (await session.scalars(select(ProcessText.words)))


async def test_only_officers_record_an_address(browser, session, entry):
    at = f"/staff/persons/{entry.person_id}/address"
    nobody = await browser.get(at)
    await browser.sign_in(await make_account(session, StaffRole.AUDITOR))
    auditor = await browser.post(at, data=ADDRESS)
    await browser.sign_in(await make_account(session, StaffRole.CASEWORKER))
    missing = await browser.get(f"/staff/persons/{entry.id}/address")

    assert nobody.status_code == 303
    assert (auditor.status_code, missing.status_code) == (403, 404)
    assert (await session.scalars(select(Notice))).all() == []
