"""Our client and the official one agree with the pretended Notify on what the API is."""

import json
import time
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx2
import jwt
import pytest
from litestar import Litestar
from notifications_python_client import NotificationsAPIClient
from notifications_python_client.errors import HTTPError

from register.kit import notify
from register.kit.notify import Channel, Delivery, NotNow, NotTaken
from register.kit.sandbox.notify import NotifySandbox
from register.kit.sandbox.notify_book import DELIVERED_AFTER, Taken
from tests.served import served

KEY = "tests-6d1f7ae2-35a1-4f2b-9a51-0a8a4f2f2f11-7c2f3f5e-8f0f-4f6e-9a3b-2d5b6f7a8c99"
TEMPLATES = {
    Channel.EMAIL: "2e0a6a3c-7f0b-4e0e-9f38-0d8f6b1f1a01",
    Channel.SMS: "2e0a6a3c-7f0b-4e0e-9f38-0d8f6b1f1a02",
    Channel.LETTER: "2e0a6a3c-7f0b-4e0e-9f38-0d8f6b1f1a03",
}
SPEC = json.loads(
    (Path(__file__).parents[2] / "data" / "notify" / "publicapi_spec.json").read_text()
)
LINES = "Ms A Lovelace\n1 High Street\nLeeds\nLS1 1AA"


class Clock:
    """Runs as the real one does, from a moment that the test may move."""

    def __init__(self, start):
        self.moment = start

    def __call__(self):
        return self.moment


@pytest.fixture
def clock(now):
    return Clock(now() if callable(now) else now)


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
def address(office):
    with served(
        Litestar(
            [office.router(), office.outbox()], openapi_config=None, logging_config=None
        )
    ) as url:
        yield url


@pytest.fixture
async def ours(address):
    client = notify.Notify(address, KEY, TEMPLATES)
    yield client
    await client.close()


@pytest.fixture
def theirs(address):
    client = NotificationsAPIClient(KEY, base_url=address)
    yield client
    client.request_session.close()


async def send(ours, to="ada@example.org", reference=None):
    return await ours.send(
        Channel.EMAIL,
        to,
        subject="A subject",
        body="A body",
        reference=reference or uuid4(),
    )


async def test_an_email_is_taken_and_found_by_its_reference(ours, office):
    reference = uuid4()

    number = await send(ours, reference=reference)

    assert await ours.taken(reference) == number
    (message,) = office.book.messages
    assert (message.kind, message.to, message.subject, message.body) == (
        "email",
        "ada@example.org",
        "A subject",
        "A body",
    )


async def test_nothing_is_found_under_a_reference_that_never_arrived(ours):
    assert await ours.taken(uuid4()) is None


async def test_a_text_message_is_taken(ours, office):
    await ours.send(
        Channel.SMS,
        "+44 7700 900111",
        subject="",
        body="Your code is 123456",
        reference=uuid4(),
    )

    (message,) = office.book.messages
    assert (message.kind, message.to, message.body) == (
        "sms",
        "07700900111",
        "Your code is 123456",
    )


async def test_a_letter_is_taken(ours, office):
    await ours.send(
        Channel.LETTER, LINES, subject="A subject", body="A body", reference=uuid4()
    )

    (message,) = office.book.messages
    assert (message.kind, message.to) == ("letter", LINES)


async def test_a_letter_is_accepted_until_it_is_printed_and_posted(ours, theirs, clock):
    number = await ours.send(
        Channel.LETTER, LINES, subject="A subject", body="A body", reference=uuid4()
    )
    at_first = await ours.delivery(number)
    told_first = theirs.get_notification_by_id(number)["status"]
    clock.moment += DELIVERED_AFTER

    told = theirs.get_notification_by_id(number)

    assert (at_first, told_first) == (Delivery.UNDER_WAY, "accepted")
    assert (await ours.delivery(number), told["status"]) == (
        Delivery.DELIVERED,
        "received",
    )
    assert [told[f"line_{n}"] for n in range(1, 6)] == [*LINES.splitlines(), None]
    assert told["estimated_delivery"] > told["created_at"]
    assert told["postage"] == "first"


@pytest.mark.parametrize(
    "status",
    ["permanent-failure", "technical-failure", "validation-failed", "cancelled"],
)
async def test_a_letter_that_does_not_come_to_the_post_has_failed(
    ours, address, clock, status
):
    httpx2.post(f"{address}/outbox/failures", data={"how": status, "count": "1"})
    number = await ours.send(
        Channel.LETTER, LINES, subject="A subject", body="A body", reference=uuid4()
    )
    clock.moment += DELIVERED_AFTER

    assert await ours.delivery(number) is Delivery.FAILED


async def test_no_line_of_an_address_begins_with_what_notify_refuses(ours, office):
    lines = 'Ada\n(c/o "The Mill")\nSW1A 2AA'
    await ours.send(
        Channel.LETTER, lines, subject="A subject", body="A body", reference=uuid4()
    )

    (message,) = office.book.messages
    assert message.to == 'Ada\nc/o "The Mill")\nSW1A 2AA'


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("Ada", "SW1A 2AA"), "at least 3 lines"),
        (("Ada", "@home", "SW1A 2AA"), "must not start with"),
        (("Ada", "1 Road", "SW1A 2A1"), "real UK postcode"),
    ],
)
def test_an_address_that_cannot_be_is_told(theirs, lines, said):
    places = {f"address_line_{n}": line for n, line in enumerate(lines, start=1)}
    with pytest.raises(HTTPError) as error:
        theirs.send_letter_notification(
            TEMPLATES["letter"], {"subject": "S", "body": "B", **places}
        )

    assert said in error.value.message[0]["message"]


@pytest.mark.parametrize("last", ["SW1A 2AA", "sw1a2aa", "France"])
def test_an_address_ends_with_a_postcode_or_a_country(theirs, office, last):
    places = {"address_line_1": "Ada", "address_line_2": "1", "address_line_3": last}
    theirs.send_letter_notification(
        TEMPLATES["letter"], {"subject": "S", "body": "B", **places}
    )

    assert office.book.messages[0].to.endswith(last)


@pytest.mark.parametrize(
    ("to", "became"),
    [
        ("ada@example.org", Delivery.DELIVERED),
        ("perm-fail@simulator.notify", Delivery.FAILED),
        ("temp-fail@simulator.notify", Delivery.FAILED),
    ],
)
async def test_what_becomes_of_an_email(ours, clock, to, became):
    number = await send(ours, to)
    at_once = await ours.delivery(number)
    clock.moment += timedelta(seconds=5)

    assert at_once is Delivery.UNDER_WAY
    assert await ours.delivery(number) is became


async def test_an_address_that_is_none_is_refused_for_good(ours):
    with pytest.raises(NotTaken, match="400"):
        await send(ours, "not an address")


async def test_a_delivery_that_nobody_knows_is_refused_for_good(ours):
    with pytest.raises(NotTaken, match="404"):
        await ours.delivery(str(uuid4()))


@pytest.mark.parametrize("how", ["500", "429"])
async def test_a_service_in_trouble_is_tried_again(ours, office, how):
    office.failures.append(how)

    with pytest.raises(NotNow):
        await send(ours)
    assert office.book.messages == []


async def test_an_answer_that_is_lost_leaves_the_message_to_be_found(ours, office):
    office.failures.append("lost")
    reference = uuid4()

    with pytest.raises(NotNow):
        await send(ours, reference=reference)
    assert await ours.taken(reference) == office.book.messages[0].id


async def test_a_service_that_is_away_is_tried_again():
    away = notify.Notify("http://127.0.0.1:9", KEY, TEMPLATES)

    with pytest.raises(NotNow):
        await send(away)
    await away.close()


async def test_a_wrong_key_is_our_fault_and_not_the_messages(address):
    stranger = notify.Notify(address, KEY[:-4] + "0000", TEMPLATES)

    with pytest.raises(NotNow):
        await send(stranger)
    await stranger.close()


@pytest.mark.parametrize("away", [-40, 40])
async def test_a_clock_that_is_half_a_minute_wrong_is_refused(address, away):
    token = jwt.encode(
        {"iss": KEY[-73:-37], "iat": int(time.time()) + away},
        KEY[-36:],
        algorithm="HS256",
    )

    answer = httpx2.get(
        f"{address}/v2/templates", headers={"Authorization": f"Bearer {token}"}
    )

    assert answer.status_code == 403
    assert answer.json() == {
        "status_code": 403,
        "errors": [
            {
                "error": "AuthError",
                "message": "Error: Your system clock must be accurate to within 30 seconds",
            }
        ],
    }


async def test_no_token_no_answer(address):
    answer = httpx2.get(f"{address}/v2/templates")

    assert answer.status_code == 401
    assert (
        answer.json()["errors"][0]["message"]
        == "Unauthorized: authentication token must be provided"
    )


@pytest.mark.parametrize("path", SPEC["paths"])
def test_every_published_path_is_there(office, path):
    known = {route.path_format for route in Litestar([office.router()]).routes}

    assert path.format(
        notification_id="{number}", template_id="{number}", version="{version}"
    ) in known | {
        f"/v2/notifications/{kind}"
        for kind in Channel
        if "/v2/notifications/{kind}" in known
    }


def test_the_official_client_sends_and_reads(theirs):
    sent = theirs.send_email_notification(
        "ada@example.org",
        TEMPLATES[Channel.EMAIL],
        {"subject": "A subject", "body": "A body"},
        reference="R1",
    )

    assert sent["content"] == {
        "subject": "A subject",
        "body": "A body",
        "from_email": "register@sandbox.example.org",
    }
    read = theirs.get_notification_by_id(sent["id"])
    assert (read["status"], read["email_address"], read["reference"]) == (
        "sending",
        "ada@example.org",
        "R1",
    )


def test_the_official_client_sends_texts_and_letters(theirs):
    theirs.send_sms_notification(
        "07700900111", TEMPLATES[Channel.SMS], {"body": "A body"}
    )
    places = {
        f"address_line_{n}": line for n, line in enumerate(LINES.splitlines(), start=1)
    }
    theirs.send_letter_notification(
        TEMPLATES[Channel.LETTER], {"subject": "S", "body": "B"} | places
    )

    kinds = [
        message["type"] for message in theirs.get_all_notifications()["notifications"]
    ]
    assert kinds == ["letter", "sms"]


def test_the_official_client_pages_through_what_was_sent(theirs, office):
    for number in range(251):
        office.book.take(text_message(office, str(number)))

    bodies = [message["body"] for message in theirs.get_all_notifications_iterator()]

    assert bodies == [str(number) for number in reversed(range(251))]


def test_the_official_client_filters_what_was_sent(theirs):
    for reference in ("R1", "R2"):
        theirs.send_sms_notification(
            "07700900111", TEMPLATES[Channel.SMS], {"body": "B"}, reference=reference
        )

    assert len(theirs.get_all_notifications(reference="R2")["notifications"]) == 1
    assert theirs.get_all_notifications(status="delivered")["notifications"] == []
    assert theirs.get_all_notifications(template_type="email")["notifications"] == []


def test_the_official_client_reads_the_templates(theirs):
    number = TEMPLATES[Channel.EMAIL]

    assert len(theirs.get_all_templates()["templates"]) == 3
    assert theirs.get_template(number)["body"] == "((body))"
    assert theirs.get_template_version(number, 1)["version"] == 1
    shown = theirs.post_template_preview(number, {"subject": "S", "body": "B"})
    assert (shown["subject"], shown["body"]) == ("S", "B")
    assert theirs.get_received_texts()["received_text_messages"] == []


@pytest.mark.parametrize(
    ("status", "said", "ask"),
    [
        (
            400,
            "Missing personalisation: body",
            lambda c: c.send_sms_notification("07700900111", TEMPLATES["sms"]),
        ),
        (
            400,
            "Template not found",
            lambda c: c.send_sms_notification("07700900111", str(uuid4())),
        ),
        (
            400,
            "template_id is not a valid UUID",
            lambda c: c.send_sms_notification("07700900111", "1"),
        ),
        (
            400,
            "not suitable",
            lambda c: c.send_sms_notification("07700900111", TEMPLATES["email"]),
        ),
        (
            400,
            "phone_number Not a UK mobile number",
            lambda c: c.send_sms_notification("1", TEMPLATES["sms"]),
        ),
        (
            400,
            "Not a valid email address",
            lambda c: c.send_email_notification("ada", TEMPLATES["email"]),
        ),
        (
            400,
            "at least 3 lines",
            lambda c: c.send_letter_notification(TEMPLATES["letter"], {}),
        ),
        (400, "not a valid UUID", lambda c: c.get_notification_by_id("1")),
        (404, "No result found", lambda c: c.get_notification_by_id(str(uuid4()))),
        (404, "Template not found", lambda c: c.get_template(str(uuid4()))),
        (404, "No result found", lambda c: c.get_template_version(TEMPLATES["sms"], 2)),
    ],
)
def test_the_official_client_is_told_what_is_wrong(theirs, status, said, ask):
    with pytest.raises(HTTPError) as error:
        ask(theirs)

    assert error.value.status_code == status
    assert said in error.value.message[0]["message"]


async def test_the_outbox_survives_a_restart(ours, office, tmp_path, clock):
    await send(ours)
    with (tmp_path / "messages.jsonl").open("a") as file:
        file.write('{"kind": "cut off by a ki')

    again = NotifySandbox(
        folder=tmp_path,
        now=clock,
        url="http://notify.example",
        api_key=KEY,
        templates=dict(TEMPLATES),
    )

    assert again.book.messages == office.book.messages


async def test_the_outbox_page_shows_the_newest_first_with_its_links(ours, address):
    await send(ours)
    body = 'Go to http://127.0.0.1:8000/confirm/abc, then say <b>"yes"</b>'
    await ours.send(
        Channel.EMAIL,
        "grace@example.org",
        subject="Confirm",
        body=body,
        reference=uuid4(),
    )

    page = httpx2.get(f"{address}/outbox").text

    assert page.index("grace@example.org") < page.index("ada@example.org")
    assert (
        '<a href="http://127.0.0.1:8000/confirm/abc">http://127.0.0.1:8000/confirm/abc</a>,'
        in page
    )
    assert "&lt;b&gt;" in page
    assert "Sandbox: nothing is really sent." in page


async def test_the_outbox_is_searched_by_address(ours, address):
    await send(ours)
    await send(ours, "grace@example.org")

    page = httpx2.get(f"{address}/outbox", params={"to": "GRACE"}).text

    assert "grace@example.org" in page
    assert "ada@example.org" not in page
    assert "1 message to" in page


async def test_a_message_has_a_page_of_its_own(ours, address):
    number = await send(ours)

    assert "A body" in httpx2.get(f"{address}/outbox/{number}").text
    assert httpx2.get(f"{address}/outbox/{uuid4()}").status_code == 404


def test_the_outbox_pages_back_to_older_messages(office, address):
    for number in range(51):
        office.book.take(text_message(office, f"Body {number}."))

    first, second = (
        httpx2.get(f"{address}/outbox", params={"page": page}).text for page in (1, 2)
    )

    assert "Body 0." not in first
    assert "Older messages" in first
    assert "Body 0." in second
    assert "Older messages" not in second


def text_message(office, body):
    return Taken(
        "sms",
        "07700900111",
        "",
        body,
        TEMPLATES[Channel.SMS],
        None,
        office.now().isoformat(),
    )


@pytest.mark.parametrize("page", ["0", "-1", "two", "²", "9" * 30])
def test_a_page_number_that_is_none_is_no_fault(address, page):
    assert httpx2.get(f"{address}/outbox", params={"page": page}).status_code == 200


def test_messages_are_made_to_fail_from_the_page(address, office):
    answer = httpx2.post(
        f"{address}/outbox/failures", data={"how": "500", "count": "3"}
    )

    assert answer.status_code == 303
    assert list(office.failures) == ["500"] * 3
    httpx2.post(f"{address}/outbox/failures", data={"how": "none", "count": "3"})
    assert list(office.failures) == []
