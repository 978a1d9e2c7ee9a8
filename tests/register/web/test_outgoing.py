"""Staff see which messages did not arrive, and which work stopped, and set them going again."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from register.account import StaffRole
from register.kit.jobs import enqueue, held
from register.kit.notify import Channel
from register.kit.post import Failure, Message, MessageState
from register.process import Event
from tests.make import NOW, make_account
from tests.reading import Page


async def make_message(session, *, failed=Failure.UNDELIVERABLE, minutes=0, **more):
    message = Message(
        id=uuid4(),
        key=str(uuid4()),
        channel=Channel.EMAIL,
        to_address=more.pop("to_address", "ada@example.org"),
        letter="application_started",
        letter_version=1,
        subject=more.pop("subject", "Your application"),
        body="Dear Ada,\n\n<b>Welcome</b>",
        fleeting=more.pop("fleeting", False),
        created_at=NOW,
        state=MessageState.FAILED if failed else MessageState.QUEUED,
        failed_because=failed,
        settled_at=NOW + timedelta(minutes=minutes) if failed else None,
        **more,
    )
    session.add(message)
    await session.flush()
    return message


@pytest.fixture
async def caseworker(browser, session):
    account = await make_account(session, StaffRole.CASEWORKER)
    await browser.sign_in(account)
    return account


async def test_the_list_shows_what_failed_and_why(browser, session, caseworker):
    await make_message(session, subject="The first", minutes=1)
    await make_message(session, subject="The second", minutes=2, failed=Failure.REFUSED)
    await make_message(session, subject="On its way", failed=None)

    page = Page(await browser.get("/staff/outgoing"))

    assert page.h1 == "Messages that failed"
    assert page.text.index("The second") < page.text.index("The first")
    assert "The address is not one that can be written to" in page.text
    assert "On its way" not in page.text


async def test_a_list_of_nothing_says_so(browser, caseworker):
    page = Page(await browser.get("/staff/outgoing"))

    assert "Every message that we sent has arrived or is on its way." in page.text


async def test_a_long_list_has_pages(browser, session, caseworker):
    for minutes in range(51):
        await make_message(session, subject=f"Letter {minutes}.", minutes=minutes)

    first = Page(await browser.get("/staff/outgoing"))
    second = Page(await browser.get(first.link("Next page")))

    assert "Letter 0." not in first.text
    assert "Letter 0." in second.text


@pytest.mark.parametrize("after", ["x", "1", "00000000-0000-0000-0000-00000000000g"])
async def test_a_place_in_the_list_that_is_none_is_not_found(
    browser, caseworker, after
):
    assert (
        await browser.get("/staff/outgoing", params={"after": after})
    ).status_code == 404


async def test_a_message_is_shown_whole_and_as_text(browser, session, caseworker):
    message = await make_message(session)

    page = Page(await browser.get(f"/staff/outgoing/{message.id}"))

    assert page.fact("To") == "ada@example.org"
    assert page.fact("Why") == "It could not be delivered to this address"
    assert "<b>Welcome</b>" in page.text


async def test_a_message_is_sent_again(browser, session, caseworker):
    message = await make_message(session)

    answer = await browser.post(f"/staff/outgoing/{message.id}")

    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/outgoing")
    await session.refresh(message)
    assert message.state is MessageState.QUEUED
    assert (
        await session.scalar(
            text("select count(*) from pgqueuer where entrypoint = 'send_message'")
        )
        == 1
    )
    told = await session.scalar(select(Event).where(Event.kind == "message:sent_again"))
    assert told.data["message"] == str(message.id)


async def test_a_double_click_sends_a_message_once(browser, session, caseworker):
    message = await make_message(session)

    await browser.post(f"/staff/outgoing/{message.id}")
    again = await browser.post(f"/staff/outgoing/{message.id}")

    assert again.status_code == 404
    assert (
        await session.scalar(
            text("select count(*) from pgqueuer where entrypoint = 'send_message'")
        )
        == 1
    )


async def test_a_message_that_held_a_code_is_not_sent_again(
    browser, session, caseworker
):
    message = await make_message(session, fleeting=True)

    page = Page(await browser.get(f"/staff/outgoing/{message.id}"))
    answer = await browser.post(f"/staff/outgoing/{message.id}")

    assert "cannot be sent again" in page.text
    assert answer.status_code == 409


async def test_a_message_that_did_not_fail_is_not_shown(browser, session, caseworker):
    message = await make_message(session, failed=None)

    assert (await browser.get(f"/staff/outgoing/{message.id}")).status_code == 404
    assert (await browser.get(f"/staff/outgoing/{uuid4()}")).status_code == 404


async def test_a_letter_of_which_only_few_may_know_is_in_no_list(
    browser, session, caseworker
):
    message = await make_message(session, subject="We have it", discreet=True)

    page = Page(await browser.get("/staff/outgoing"))

    assert "We have it" not in page.text
    assert (await browser.get(f"/staff/outgoing/{message.id}")).status_code == 404
    assert (await browser.post(f"/staff/outgoing/{message.id}")).status_code == 404


async def test_an_auditor_reads_and_does_not_send(browser, session):
    await browser.sign_in(await make_account(session, StaffRole.AUDITOR))
    message = await make_message(session)

    page = Page(await browser.get(f"/staff/outgoing/{message.id}"))

    assert "Send again" not in page.text
    assert (await browser.post(f"/staff/outgoing/{message.id}")).status_code == 403


@pytest.mark.parametrize("role", [StaffRole.FINANCE_OFFICER, StaffRole.ADMIN])
async def test_messages_are_not_for_everybody(browser, session, role):
    await browser.sign_in(await make_account(session, role))

    assert (await browser.get("/staff/outgoing")).status_code == 403


async def test_messages_are_not_for_strangers(browser):
    assert (await browser.get("/staff/outgoing")).status_code in {303, 401}


async def stop_a_job(session):
    await enqueue(session, "send_message", {"message_id": uuid4()})
    await session.execute(text("update pgqueuer set status = 'failed'"))
    return await session.scalar(text("select id from pgqueuer"))


async def test_work_that_stopped_is_shown_and_done_again(browser, session):
    await browser.sign_in(await make_account(session, StaffRole.ADMIN))
    stopped = await stop_a_job(session)

    page = Page(await browser.get("/staff/jobs"))
    answer = await browser.post(f"/staff/jobs/{stopped}")

    assert f"Send message ({stopped})" in page.text
    assert answer.status_code == 303
    assert await held(session) == []
    assert "Nothing has stopped." in Page(await browser.get("/staff/jobs")).text


@pytest.mark.parametrize("job_id", ["0", "-1", "9" * 30])
async def test_work_that_is_not_there_is_not_done_again(browser, session, job_id):
    await browser.sign_in(await make_account(session, StaffRole.ADMIN))

    assert (await browser.post(f"/staff/jobs/{job_id}")).status_code == 404


async def test_an_auditor_sees_what_stopped_and_leaves_it(browser, session):
    await browser.sign_in(await make_account(session, StaffRole.AUDITOR))
    stopped = await stop_a_job(session)

    assert "Do again" not in Page(await browser.get("/staff/jobs")).text
    assert (await browser.post(f"/staff/jobs/{stopped}")).status_code == 403


async def test_a_caseworker_has_no_business_with_jobs(browser, caseworker):
    assert (await browser.get("/staff/jobs")).status_code == 403
