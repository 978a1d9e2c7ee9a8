"""Letters are worded once, kept, sent once, tried again, and shown to staff when they cannot be sent."""

from datetime import timedelta
from uuid import uuid4

import pytest
from jinja2 import UndefinedError
from litestar import Litestar
from sqlalchemy import select, text

from register.kit import notify, post
from register.kit.jobs import held, run_pending
from register.kit.notify import Channel
from register.kit.post import (
    UNKEPT,
    Failure,
    HeldACode,
    Message,
    MessageState,
    NotFailed,
    Ours,
    as_text,
    letters,
)
from register.kit.sandbox.notify import NotifySandbox
from tests.served import served

KEY = "tests-6d1f7ae2-35a1-4f2b-9a51-0a8a4f2f2f11-7c2f3f5e-8f0f-4f6e-9a3b-2d5b6f7a8c99"
TEMPLATES = {
    channel: f"2e0a6a3c-7f0b-4e0e-9f38-0d8f6b1f1a0{n}"
    for n, channel in enumerate(Channel, start=1)
}
WELCOME = """Subject: Your application {{ number }}
Version: 3

Dear {{ name }},

{% if on is defined %}
We had it on {{ on | date }}.
{% endif %}
Go to {{ link("/account") }}
"""
SECRET = (
    "Subject: A notice\nVersion: 1\n\n{% if by_post %}Code: {{ secret }}{% endif %}\n"
)
CODE = "Subject: Your code\nVersion: 1\nKeep: no\n\nYour code is {{ code }}.\n"


@pytest.fixture(autouse=True)
def wordings(monkeypatch):
    known = {
        "register/letters/welcome.txt": WELCOME,
        "register/letters/code.txt": CODE,
        "register/letters/secret.txt": SECRET,
        "fees/letters/welcome.txt": WELCOME,
    }
    monkeypatch.setattr(post, "_source", known.__getitem__)
    post.wording_of.cache_clear()
    yield
    post.wording_of.cache_clear()


@pytest.fixture
def office(tmp_path, clock):
    return NotifySandbox(
        folder=tmp_path,
        now=clock,
        url="http://notify.example",
        api_key=KEY,
        templates=dict(TEMPLATES),
    )


@pytest.fixture
async def notify_there(office, monkeypatch):
    with served(
        Litestar([office.router()], openapi_config=None, logging_config=None)
    ) as url:
        client = notify.Notify(url, KEY, TEMPLATES)
        monkeypatch.setattr(notify, "client", lambda: client)
        yield
        await client.close()


async def write(
    session, clock, letter="welcome", key="k", to="ada@example.org", **given
):
    context = {"number": "A-1", "name": "Ada", "code": "123456"}
    await post.post(
        session, to=to, letter=letter, context=context, key=key, now=clock(), **given
    )
    return await session.scalar(select(Message).where(Message.key == key))


async def at_once(session, sessions, clock):
    """Everything that waits is due now."""
    await session.execute(text("update pgqueuer set execute_after = now()"))
    await run_pending(sessions, clock)
    session.expire_all()


async def test_a_letter_is_kept_as_it_was_worded(session, clock):
    application = uuid4()

    message = await write(session, clock, application_id=application)

    assert message.subject == "Your application A-1"
    assert message.body == "Dear Ada,\n\nGo to http://127.0.0.1:8000/account"
    assert (message.letter, message.letter_version, message.channel) == (
        "welcome",
        3,
        Channel.EMAIL,
    )
    assert (message.application_id, message.person_id, message.state) == (
        application,
        None,
        MessageState.QUEUED,
    )


async def test_the_letters_of_another_package_are_found(session, clock):
    message = await write(session, clock, letter="fees/welcome")

    assert message.letter == "fees/welcome"


async def test_the_same_key_is_written_once(
    session, clock, sessions, office, notify_there
):
    for _ in range(2):
        await write(session, clock)
    await run_pending(sessions, clock)

    assert len(office.book.messages) == 1


async def test_a_letter_goes_with_the_transaction_that_wrote_it(
    session, sessions, clock
):
    async with sessions() as first:
        await write(first, clock)
        await first.rollback()

    assert await session.scalar(select(Message)) is None
    assert await run_pending(sessions, clock) == 0


def test_a_letter_that_lacks_a_word_is_not_sent():
    with pytest.raises(UndefinedError):
        letters.from_string("Dear {{ nobody }}").render()
    with pytest.raises(ValueError, match="None"):
        letters.from_string("Dear {{ name }}").render(name=None)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("Siobhán O'Brien-Łukasz", "Siobhán O'Brien-Łukasz"),
        ("# Pay here", "\N{NO-BREAK SPACE}# Pay here"),
        (
            "one\n* two\n1. three",
            "one\n\N{NO-BREAK SPACE}* two\n\N{NO-BREAK SPACE}1. three",
        ),
        ("[click](https://bad.example)", "(click)(https: //bad.example)"),
        (Ours("https://register.example/a_b"), "https://register.example/a_b"),
        (12, "12"),
    ],
)
def test_what_people_wrote_is_text_and_nothing_else(written, told):
    assert as_text(written) == told


async def test_a_letter_is_sent_by_a_job(
    session, sessions, clock, office, notify_there
):
    message = await write(session, clock)

    await at_once(session, sessions, clock)

    (taken,) = office.book.messages
    assert (taken.to, taken.subject) == ("ada@example.org", "Your application A-1")
    await session.refresh(message)
    assert (message.state, message.sent_at, message.provider_id) == (
        MessageState.SENT,
        clock(),
        taken.id,
    )


async def test_a_code_is_forgotten_once_it_has_left(
    session, sessions, clock, office, notify_there
):
    message = await write(session, clock, letter="code")
    assert "123456" in message.body

    await at_once(session, sessions, clock)

    await session.refresh(message)
    assert message.body == ""
    assert "123456" in office.book.messages[0].body


async def test_a_failed_send_is_tried_again_later(
    session, sessions, clock, office, notify_there
):
    office.failures.append("500")
    message = await write(session, clock)
    await at_once(session, sessions, clock)
    await session.refresh(message)
    assert (message.state, message.attempts) == (MessageState.QUEUED, 1)
    assert message.next_try_at > clock()
    assert await run_pending(sessions, clock) == 0

    await at_once(session, sessions, clock)

    await session.refresh(message)
    assert (message.state, message.next_try_at) == (MessageState.SENT, None)
    assert await held(session) == []


async def test_a_letter_whose_answer_was_lost_is_not_sent_twice(
    session, sessions, clock, office, notify_there
):
    office.failures.append("lost")
    message = await write(session, clock)
    await at_once(session, sessions, clock)

    await at_once(session, sessions, clock)

    await session.refresh(message)
    assert message.state is MessageState.SENT
    assert [taken.id for taken in office.book.messages] == [message.provider_id]


async def test_a_letter_of_a_worker_that_was_killed_is_not_sent_twice(
    session, sessions, clock, office, notify_there
):
    message = await write(session, clock)
    await notify.client().send(
        Channel.EMAIL,
        "ada@example.org",
        subject="S",
        body="B",
        reference=message.reference,
    )
    await session.execute(text("update pgqueuer set attempts = 1"))

    await at_once(session, sessions, clock)

    assert len(office.book.messages) == 1


async def test_a_letter_is_given_up_after_twelve_tries(
    session, sessions, clock, office, notify_there
):
    office.failures.extend(["500"] * 13)
    message = await write(session, clock)

    for _ in range(11):
        await at_once(session, sessions, clock)
    await session.refresh(message)
    assert message.state is MessageState.QUEUED
    await at_once(session, sessions, clock)

    await session.refresh(message)
    assert (message.state, message.failed_because) == (
        MessageState.FAILED,
        Failure.UNREACHABLE,
    )
    assert message.settled_at == clock()


async def test_an_address_that_is_none_fails_at_once(
    session, sessions, clock, office, notify_there
):
    message = await write(session, clock, to="nowhere")

    await at_once(session, sessions, clock)

    await session.refresh(message)
    assert (message.state, message.failed_because) == (
        MessageState.FAILED,
        Failure.REFUSED,
    )


@pytest.mark.parametrize(
    ("to", "state", "because"),
    [
        ("ada@example.org", MessageState.DELIVERED, None),
        ("perm-fail@simulator.notify", MessageState.FAILED, Failure.UNDELIVERABLE),
    ],
)
async def test_we_ask_what_became_of_a_letter(
    session, sessions, clock, office, notify_there, to, state, because
):
    message = await write(session, clock, to=to)
    await at_once(session, sessions, clock)
    clock.now += timedelta(minutes=1)

    await post.ask_after_messages(session, clock())

    assert (message.state, message.failed_because, message.settled_at) == (
        state,
        because,
        clock(),
    )


async def test_we_do_not_ask_all_the_time(
    session, sessions, clock, office, notify_there
):
    message = await write(session, clock)
    await at_once(session, sessions, clock)
    await post.ask_after_messages(session, clock())
    clock.now += post.ASK_EVERY - timedelta(seconds=1)

    await post.ask_after_messages(session, clock())
    assert message.state is MessageState.SENT
    clock.now += timedelta(seconds=1)
    await post.ask_after_messages(session, clock())

    assert message.state is MessageState.DELIVERED


async def test_a_failed_letter_is_sent_again_when_staff_say_so(
    session, sessions, clock, office, notify_there
):
    message = await write(session, clock, to="perm-fail@simulator.notify")
    await at_once(session, sessions, clock)
    clock.now += timedelta(minutes=1)
    await post.ask_after_messages(session, clock())

    await message.send_again(session)
    await session.flush()
    await at_once(session, sessions, clock)

    await session.refresh(message)
    assert message.state is MessageState.SENT
    assert len(office.book.messages) == 2


async def test_a_letter_that_has_not_failed_is_not_sent_again(session, clock):
    message = await write(session, clock)

    with pytest.raises(NotFailed):
        await message.send_again(session)


LINES = "Ada\n1 High Street\nLS1 1AA"


async def write_secret(session, clock, **given):
    return await write(
        session, clock, "secret", to=LINES, channel=Channel.LETTER, **given
    )


async def test_a_secret_leaves_in_the_letter_and_is_not_kept(
    session, sessions, clock, office, notify_there
):
    message = await write_secret(session, clock, secret="AB-CD")

    await at_once(session, sessions, clock)

    await session.refresh(message)
    assert office.book.messages[0].body == "Code: AB-CD"
    assert message.body == f"Code: {UNKEPT}"
    assert message.secret is None


async def test_a_secret_is_kept_until_the_letter_was_taken(
    session, sessions, clock, office, notify_there
):
    office.failures.append("500")
    await write_secret(session, clock, secret="AB-CD")
    await at_once(session, sessions, clock)

    await at_once(session, sessions, clock)

    assert office.book.messages[0].body == "Code: AB-CD"


async def test_a_letter_that_held_a_secret_is_not_sent_again(
    session, sessions, clock, office, notify_there
):
    office.failures.append("permanent-failure")
    message = await write_secret(session, clock, secret="AB-CD")
    await at_once(session, sessions, clock)
    clock.now += timedelta(minutes=1)
    await post.ask_after_messages(session, clock())

    assert message.failed_because is Failure.UNDELIVERABLE
    with pytest.raises(HeldACode):
        await message.send_again(session)


@pytest.mark.parametrize(
    ("channel", "to", "waits"),
    [
        (Channel.EMAIL, "ada@example.org", post.ASK_FOR),
        (Channel.LETTER, LINES, post.ASK_FOR_PRINTED),
    ],
)
async def test_we_ask_for_as_long_as_an_answer_may_come(
    session, sessions, clock, office, notify_there, channel, to, waits
):
    message = await write(session, clock, to=to, channel=channel)
    await at_once(session, sessions, clock)
    await session.refresh(message)

    await post.ask_after_messages(session, clock() + waits)
    assert message.state is MessageState.SENT
    await post.ask_after_messages(session, clock() + waits - timedelta(seconds=1))

    assert message.asked_at is not None


async def test_an_ending_stands_below_what_is_said(session, clock):
    message = await write(session, clock, ending="Write to us by post.")

    assert message.body.endswith("/account\n\nWrite to us by post.")


async def test_a_failed_code_is_not_sent_again(
    session, sessions, clock, office, notify_there
):
    message = await write(session, clock, letter="code", to="nowhere")
    await at_once(session, sessions, clock)
    await session.refresh(message)

    with pytest.raises(HeldACode, match="can ask for a new one"):
        await message.send_again(session)


@pytest.mark.parametrize("number", ["A-1", "# A-1", "[A](https://bad.example)"])
async def test_what_is_theirs_alone_is_put_in_as_if_it_had_been_said_with_the_rest(
    session, clock, number
):
    alike = {"name": "Ada", "code": "123456"}
    letters_ = [
        post.Outgoing(
            f"{one}@example.org", "welcome", alike, f"{one}", own={"number": one}
        )
        for one in ("B-2", number)
    ]

    await post.post_many(session, letters_, now=clock())

    message = await session.scalar(select(Message).where(Message.key == number))
    said = post.letter_of("welcome", {**alike, "number": number})
    assert (message.subject, message.body) == (said.subject, said.body)
