"""Appeals on the pages of the appellant, of staff and of adjudicators."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from register.appeal import Appeal, AppealKind, AppealState, Outcome, documents_of
from register.application import ApplicationState
from register.entry import RemovalReason
from register.kit import store
from register.kit.files import FileState
from tests.make import NOW, make_account, make_entry, make_process
from tests.reading import Page
from tests.register.appealing import (
    lodged,
    make_adjudicator,
    make_refused,
    proposed,
)
from tests.uploading import pdf

LODGED = {"kind": "appeal", "grounds": "The certificate was there"}


@pytest.fixture
async def refused(session):
    return await make_refused(session)


@pytest.fixture
async def appeal(session, refused):
    return await lodged(session, refused.account)


@pytest.fixture
def at(appeal):
    return f"/staff/appeals/{appeal.id}"


async def test_the_way_leads_from_the_refusal_to_the_appeal(browser, session, refused):
    await browser.sign_in(refused.account)
    address = f"/appeals/against/{refused.application.id}"
    page = Page(await browser.get(f"/apply/{refused.application.reference}"))
    assert "by the end of 8 April 2027" in page.text
    assert page.soup.select_one(f"a[href='{address}']")
    assert "until the end of 8 April 2027" in Page(await browser.get("/appeals")).text
    assert "/appeals" in [
        link["href"]
        for link in Page(await browser.get("/account")).soup.select("main a")
    ]
    assert "Ask us to reconsider" in Page(await browser.get(address)).text

    done = await browser.post(address, data=LODGED)

    appeal = await session.scalar(select(Appeal))
    assert done.headers["location"] == f"/appeals/{appeal.id}"
    page = Page(await browser.get(done.headers["location"]))
    assert "Adjudicators will decide your appeal." in page.text
    assert "The certificate was there" in page.text
    assert (await browser.post(address, data=LODGED)).status_code == 409
    assert "already" in Page(await browser.get(address)).text
    page = Page(await browser.get(f"/apply/{refused.application.reference}"))
    assert "Your appeal" in page.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": ""}, "Select what you want"),
        ({"kind": "duel"}, "Select what you want from the list"),
        ({"grounds": " "}, "Enter why you disagree"),
        ({"grounds": "x" * 10_001}, "must be 10,000 characters or fewer"),
    ],
)
async def test_what_is_wrong_is_told_and_nothing_is_lodged(
    browser, session, refused, changed, said
):
    await browser.sign_in(refused.account)
    address = f"/appeals/against/{refused.application.id}"

    answer = await browser.post(address, data=LODGED | changed)

    assert answer.status_code == 422
    assert said in Page(answer).text
    assert await session.scalar(select(Appeal)) is None


async def test_who_is_late_is_told_so_before_and_after(
    browser, session, refused, clock
):
    clock.now += timedelta(days=60)
    await browser.sign_in(refused.account)
    address = f"/appeals/against/{refused.application.id}"
    assert "The last day was 8 April 2027" in Page(await browser.get(address)).text

    done = await browser.post(address, data=LODGED)

    page = Page(await browser.get(done.headers["location"]))
    assert "The registrar decides whether it is let in" in page.text


async def test_a_document_is_sent_and_read(browser, session, refused, appeal, at):
    await browser.sign_in(refused.account)
    documents = f"/appeals/{appeal.id}/documents"
    nothing = await browser.post(documents, files={"file": ("", b"", "x/y")})
    assert "Select a file" in Page(nothing).text

    await browser.post(documents, files={"file": pdf()})

    assert "being checked" in Page(await browser.get(f"/appeals/{appeal.id}")).text
    (sent,) = await documents_of(session, appeal.id)
    cleaned = f"2027-03-10/{uuid4().hex}"
    sent.file.settle(FileState.CLEAN, now=NOW, cleaned_as=cleaned)
    await store.put(cleaned, pieces("the certificate"))
    await session.commit()
    await browser.sign_in(await make_adjudicator(session))
    assert f"{at}/documents/{sent.id}" in (await browser.get(at)).text
    read = await browser.get(f"{at}/documents/{sent.id}")
    assert read.text == "the certificate"
    assert (await browser.get(f"{at}/documents/{uuid4()}")).status_code == 404


async def pieces(content):
    yield content.encode()


async def test_an_appeal_is_taken_back_once(browser, session, refused, appeal):
    await browser.sign_in(refused.account)

    await browser.post(f"/appeals/{appeal.id}/withdrawal")
    again = await browser.post(f"/appeals/{appeal.id}/withdrawal")

    assert again.status_code == 409
    await session.refresh(appeal)
    assert appeal.state is AppealState.WITHDRAWN
    assert "Taken back" in Page(await browser.get("/appeals")).text


async def test_somebody_elses_appeal_is_not_there(browser, session, refused, appeal):
    await browser.sign_in(await make_account(session))

    assert (await browser.get(f"/appeals/{appeal.id}")).status_code == 404
    against = f"/appeals/against/{refused.application.id}"
    assert (await browser.get(against)).status_code == 404
    posted = await browser.post(against, data=LODGED)
    assert posted.status_code == 404
    assert "no decision about you" in Page(await browser.get("/appeals")).text


async def test_an_appeal_against_a_removal_is_lodged(browser, session):
    entry = await make_entry(session)
    account = await make_account(session, person=entry.person)
    because = RemovalReason.CONDITION
    await entry.remove(session, on=NOW, because=because, by=make_process(session))
    await browser.sign_in(account)
    (removal,) = entry.removals

    page = Page(await browser.get(f"/appeals/against/{removal.id}"))
    assert "Removal from the register" in page.text
    assert "reconsider" not in page.text
    reconsider = LODGED | {"kind": "reconsideration"}
    refusal = await browser.post(f"/appeals/against/{removal.id}", data=reconsider)
    assert refusal.status_code == 422
    done = await browser.post(f"/appeals/against/{removal.id}", data=LODGED)

    assert done.status_code == 303


async def test_two_adjudicators_decide_and_the_appellant_reads_why(
    browser, session, refused, appeal, at
):
    one, another = await make_adjudicator(session), await make_adjudicator(session)
    await browser.sign_in(one)
    assert "/staff/appeals" in (await browser.get("/staff")).text
    listed = Page(await browser.get("/staff/appeals"))
    assert listed.soup.select_one(f"a[href='{at}']")
    page = Page(await browser.get(at))
    assert "Why it was refused" in page.text
    assert "Acknowledge" not in [b.get_text(strip=True) for b in page.soup("button")]
    outcome = {
        "outcome-outcome": "allowed",
        "outcome-words": "The certificate is right",
        "outcome-condition": "Works supervised.",
    }
    wrong = await browser.post(f"{at}/proposal", data=outcome | {"outcome-words": ""})
    assert (wrong.status_code, "Enter reasons" in Page(wrong).text) == (422, True)

    done = await browser.post(f"{at}/proposal", data=outcome)

    assert done.headers["location"] == at
    assert "You took an earlier step" in Page(await browser.get(at)).text
    assert (await browser.post(f"{at}/approval")).status_code == 409
    assert (await browser.post(f"{at}/proposal", data=outcome)).status_code == 409
    await browser.sign_in(another)
    await browser.post(f"{at}/return", data={"words": "Say more"})
    await browser.sign_in(one)
    assert "Say more" in Page(await browser.get(at)).text
    await browser.post(f"{at}/proposal", data=outcome)
    await browser.sign_in(another)
    assert "Works supervised." in Page(await browser.get(at)).text

    await browser.post(f"{at}/approval")

    await session.refresh(refused.application)
    assert refused.application.state is ApplicationState.APPROVED
    assert "No appeal is open." in Page(await browser.get("/staff/appeals")).text
    await browser.sign_in(refused.account)
    page = Page(await browser.get(f"/appeals/{appeal.id}"))
    assert "Allowed." in page.text
    assert "The certificate is right" in page.text


async def test_an_adjudicator_sees_nothing_but_appeals(browser, session, refused, at):
    await browser.sign_in(await make_adjudicator(session))

    for address in (
        "/staff/applications",
        f"/staff/applications/{refused.application.reference}",
        "/staff/proposals",
        "/staff/persons",
    ):
        assert (await browser.get(address)).status_code == 403


async def test_a_clerk_acknowledges_lists_and_does_not_decide(
    browser, session, refused, appeal, at
):
    await browser.sign_in(refused.office.manager)
    await browser.post(f"{at}/acknowledgement")
    assert (await browser.post(f"{at}/acknowledgement")).status_code == 409
    day = {"hearing-on-day": "1", "hearing-on-month": "5", "hearing-on-year": "2027"}
    past = await browser.post(f"{at}/hearing", data=day | {"hearing-on-month": "2"})
    assert past.status_code == 422

    await browser.post(f"{at}/hearing", data=day)

    page = Page(await browser.get(at))
    assert "Hearing 1 May 2027" in page.text
    assert "Propose the outcome" not in page.text
    record = f"/staff/applications/{refused.application.reference}"
    assert Page(await browser.get(record)).soup.select_one(f"a[href='{at}']")


async def test_a_late_appeal_is_let_in_or_turned_away(browser, session, refused):
    appeal = await lodged(session, refused.account, now=NOW + timedelta(days=60))
    at = f"/staff/appeals/{appeal.id}"
    await browser.sign_in(refused.office.registrar)
    assert "It came late" in Page(await browser.get(at)).text
    empty = await browser.post(f"{at}/acceptance", data={})
    assert "Enter why it is let in" in Page(empty).text
    empty = await browser.post(f"{at}/refusal", data={})
    assert "Enter why it is not let in" in Page(empty).text

    await browser.post(f"{at}/acceptance", data={"accept-words": "Was ill"})

    late = await browser.post(f"{at}/refusal", data={"away-words": "No"})
    assert late.status_code == 409
    await session.refresh(appeal)
    assert appeal.state is AppealState.OPEN


async def test_a_manager_with_fresh_eyes_reconsiders(browser, session, refused):
    appeal = await lodged(session, refused.account, kind=AppealKind.RECONSIDERATION)
    at = f"/staff/appeals/{appeal.id}"
    sent = {"outcome-outcome": "stands", "outcome-words": "The rule is clear"}
    await browser.sign_in(refused.office.registrar)
    assert "Decide" not in [
        b.get_text(strip=True) for b in Page(await browser.get(at)).soup("button")
    ]
    assert (await browser.post(f"{at}/reconsideration", data=sent)).status_code == 409
    await browser.sign_in(refused.office.manager)
    wrong = await browser.post(
        f"{at}/reconsideration", data=sent | {"outcome-outcome": "allowed"}
    )
    assert wrong.status_code == 422

    await browser.post(f"{at}/reconsideration", data=sent)

    await session.refresh(appeal)
    assert appeal.outcome is Outcome.STANDS
    await browser.sign_in(refused.account)
    page = Page(await browser.get(f"/apply/{refused.application.reference}"))
    assert "Challenge the decision" in page.text


async def test_an_outcome_that_nobody_proposed_is_not_there(browser, session, at):
    await browser.sign_in(await make_adjudicator(session))

    assert (await browser.post(f"{at}/approval")).status_code == 404


async def test_an_outcome_is_not_among_other_proposals(
    browser, session, refused, appeal
):
    await proposed(session, appeal, await make_adjudicator(session), Outcome.DISMISSED)
    await browser.sign_in(refused.office.registrar)

    page = Page(await browser.get("/staff/proposals"))

    assert "No proposal waits" in page.text
