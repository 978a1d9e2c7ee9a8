"""A case on the pages of the registrant: where it stands, what was served, and their comments; nothing of the work."""

import pytest
from sqlalchemy import select

from fitness.case import CaseRead
from fitness.fence import Capacity, look_as
from fitness.investigation.disclosure import disclosures_of
from fitness.investigation.evidence import Source
from fitness.investigation.hold import HeldFor
from register.account import Account
from tests.fitness.finding import (
    DAY,
    comment,
    disclose,
    draw,
    hold,
    investigate,
    log,
    make_told,
    make_witness,
)
from tests.fitness.investigating import close, make_investigated
from tests.fitness.web.test_investigation_pages import NO_FILE, logged_file
from tests.make import NOW, make_account, make_entry
from tests.reading import Page
from tests.uploading import pdf

SAID = {"words": "I was not there."}


@pytest.fixture
async def told(browser, session):
    """A case of which its registrant, who is signed in, was told two days ago."""
    case, account = await make_told(session, now=NOW - 2 * DAY)
    await browser.sign_in(account)
    return case


def at(case, page=""):
    return f"/your-case/{case.reference}{page}"


async def get(browser, case, page=""):
    return Page(await browser.get(at(case, page)))


async def test_they_find_their_case_and_where_it_stands(browser, told):
    (row,) = Page(await browser.get("/your-case")).rows()
    assert row == {
        "Reference": told.reference,
        "Where it stands": "We are looking into it",
    }

    page = await get(browser, told)

    assert "Nothing is decided yet." in page.text
    assert "We look into a concern." in page.text
    assert page.fact("Who must act") == "We must"
    assert page.fact("How long it has taken") == "2 days"
    assert page.fact("Our target") == (
        "343 days, without days on which we have to wait"
    )
    assert "Samaritans" in page.text


async def test_whoever_is_told_of_none_reads_that(browser, session):
    for person in (None, (await make_entry(session)).person):
        account = await make_account(session, person=person)
        await browser.sign_in(account)

        page = Page(await browser.get("/your-case"))

        assert "There is no case about you of which you have been told." in page.text


async def test_a_case_of_which_they_are_not_told_is_not_there(browser, session):
    person = (await make_entry(session)).person
    case = await make_investigated(session, person=person)
    await browser.sign_in(await make_account(session, person=person))

    assert (await browser.get(at(case))).status_code == 404


@pytest.mark.parametrize("page", ["", "/disclosure/1", "/disclosure/1/evidence/1/file"])
async def test_a_case_of_another_is_not_there(browser, session, page):
    case, _ = await make_told(session)
    await logged_file(session, case)
    item = await log(session, case)
    await disclose(session, case, evidence=[item])
    _, other = await make_told(session)
    await browser.sign_in(other)

    assert (await browser.get(at(case, page))).status_code == 404


async def test_nothing_of_the_work_is_shown(browser, session, told):
    await make_witness(session, told, "Ada Beck")
    await log(session, told, "A letter of hers", source=Source.REFERRER)
    await investigate(session, told)

    texts = [(await get(browser, told, page)).text for page in ("", "/disclosure/1")]

    for word in ("Ada Beck", "A letter of hers", "DC Hart", "E1", "logs of March"):
        assert not [text for text in texts if word in text]


async def test_reading_is_theirs_and_not_written_down(browser, session, told):
    await get(browser, told)

    await look_as(session, Capacity.SERVICE)
    assert (await session.scalars(select(CaseRead))).all() == []


# Delay


async def test_why_it_is_delayed_is_told_in_plain_words(browser, session, told):
    await hold(session, told, HeldFor.COURT, told=True)

    page = await get(browser, told)

    assert page.fact("Why it is delayed") == "We have to wait for a court."
    assert page.fact("Next date") == "7 April 2027"
    assert "The police ask us to wait." not in page.text


async def test_of_a_hold_they_must_not_know_of_they_read_nothing(
    browser, session, told
):
    await hold(session, told, HeldFor.POLICE, told=False)

    page = await get(browser, told)

    assert "Why it is delayed" not in page.facts
    assert "wait for" not in page.text


# What was disclosed, and what they say


async def test_they_read_what_was_disclosed_and_until_when_to_comment(
    browser, session, told
):
    await draw(session, told)
    await disclose(session, told, now=NOW, evidence=[await log(session, told)])

    page = await get(browser, told)
    assert page.fact("Who must act") == "You"
    assert page.fact("Next date") == "8 April 2027"

    page = await get(browser, told, "/disclosure/1")
    assert "You may comment until the end of 8 April 2027." in page.text
    assert "You struck a child. 2.1. 8 February 2027." in page.text
    assert "E1 The log of that shift" in page.text


async def test_they_comment_with_a_document(browser, session, told):
    await disclose(session, told)

    done = await browser.post(
        at(told, "/disclosure/1"), data=SAID, files={"file": pdf()}
    )

    page = Page(await browser.get(done.headers["location"]))
    assert page.flashes == ["We have your comments"]
    assert "I was not there." in page.text
    assert "being checked" in page.text
    assert (await get(browser, told)).fact("Who must act") == "We must"
    await look_as(session, Capacity.SERVICE)
    session.expunge_all()
    (disclosure,) = await disclosures_of(session, told.id)
    (said,) = disclosure.comments
    assert (said.words, said.late) == ("I was not there.", False)
    assert said.file.owner_id == told.id


async def test_a_late_comment_is_taken_and_marked(browser, session, told, clock):
    await disclose(session, told)
    clock.now = NOW + 100 * DAY
    await browser.sign_in(await account_of(session, told))
    page = await get(browser, told, "/disclosure/1")
    assert "You may still comment, and we mark it as late." in page.text

    await browser.post(at(told, "/disclosure/1"), data=SAID, files=NO_FILE)

    assert "Late" in (await get(browser, told, "/disclosure/1")).tags


async def account_of(session, case):
    return await session.scalar(
        select(Account).where(Account.person_id == case.person_id)
    )


async def test_a_comment_of_nothing_is_not_sent(browser, session, told):
    await disclose(session, told)

    page = Page(await browser.post(at(told, "/disclosure/1"), data={}, files=NO_FILE))

    assert page.status == 422
    assert page.errors == ["Enter your comments"]


async def test_once_it_is_over_they_read_it_and_comment_no_more(browser, session, told):
    await comment(session, told, await disclose(session, told), "I was away.")
    await close(session, told, now=NOW)

    page = await get(browser, told)
    assert page.fact("Closed") == "10 March 2027"
    page = await get(browser, told, "/disclosure/1")
    assert "I was away." in page.text
    assert page.buttons == []
    late = await browser.post(at(told, "/disclosure/1"), data=SAID, files=NO_FILE)
    assert late.status_code == 409


async def test_they_open_the_files_that_were_disclosed_and_no_others(
    browser, session, told
):
    item = await logged_file(session, told)
    await log(session, told)
    await disclose(session, told, evidence=[item])

    file = at(told, "/disclosure/1/evidence/{}/file")
    assert (await browser.get(file.format(1))).text == "a log"
    assert (await browser.get(file.format(2))).status_code == 404
