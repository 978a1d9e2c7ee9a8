"""The client says what GOV.UK Pay's published form asks for, and tells a plain no from an answer that was lost."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
import stamina
from jsonschema import Draft202012Validator
from litestar import Litestar
from pydantic import SecretStr

from fees.govuk_pay import (
    Declined,
    GovukPay,
    OutcomeUnknown,
    Status,
    TooFast,
    Unreachable,
    notice,
    page_origins,
    signed,
)
from register.kit.sandbox.pay import PaySandbox
from register.kit.sandbox.pay_book import SUCCESS

DATA = Path(__file__).parents[1] / "data" / "govuk-pay"
SPEC = json.loads((DATA / "publicapi_spec.json").read_text())
URL = "http://127.0.0.1:8001/pay"
KEY = SecretStr("api_test_k")
NOW = datetime(2027, 3, 10, 12, tzinfo=UTC)
WANTED = {
    "amount_pence": 9000,
    "reference": "CHW-1-1",
    "description": "Registration fee",
    "return_url": "http://127.0.0.1:8000/pay/return",
}


@pytest.fixture(autouse=True)
def without_waiting():
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


@pytest.fixture
def desk(tmp_path):
    made = PaySandbox(
        folder=tmp_path,
        now=lambda: NOW,
        url=URL,
        api_key="api_test_k",
        webhook_url="",
        webhook_secret="",
    )
    yield made
    made.book.close()


@pytest.fixture
async def pay(desk):
    app = Litestar([desk.router()], openapi_config=None, logging_config=None)
    async with GovukPay(URL, KEY, transport=httpx2.ASGITransport(app)) as client:
        yield client


def answering(*answers):
    """A client whose service gives these answers in turn (the last one for ever), and the requests it was sent."""
    sent = []

    def answer(request):
        sent.append(request)
        given = answers[min(len(sent), len(answers)) - 1]
        if isinstance(given, Exception):
            raise given
        return given

    return GovukPay(URL, KEY, transport=httpx2.MockTransport(answer)), sent


async def test_it_asks_in_the_published_form():
    pay, sent = answering(httpx2.Response(500))
    schema = SPEC["components"]["schemas"]["CreateCardPaymentRequest"] | {
        "additionalProperties": False
    }

    with pytest.raises(OutcomeUnknown):
        await pay.create(**WANTED)

    Draft202012Validator(schema).validate(json.loads(sent[0].content))
    assert (sent[0].method, sent[0].url.path) == ("POST", "/pay/v1/payments")
    assert sent[0].headers["Authorization"] == "Bearer api_test_k"


async def test_a_payment_is_created_read_searched_and_cancelled(pay, desk):
    made = await pay.create(**WANTED)
    desk.now = lambda: NOW + timedelta(seconds=3)

    found = await pay.referenced("CHW-1-1")
    await pay.cancel(made.payment_id)
    read = await pay.payment(made.payment_id)

    assert pay.shows(made.next_url)
    assert (made.amount, made.state.status, made.created_date) == (
        9000,
        Status.CREATED,
        NOW,
    )
    assert [payment.payment_id for payment in found] == [made.payment_id]
    assert (read.state.status, read.state.finished, read.next_url) == (
        Status.CANCELLED,
        True,
        "",
    )


async def test_it_knows_when_a_payment_succeeded(pay, desk):
    made = await pay.create(**WANTED)
    kept = desk.book.find(payment_id=made.payment_id, now=NOW)

    desk.book.move(kept, SUCCESS, NOW + timedelta(minutes=5))

    assert await pay.succeeded_at(made.payment_id) == NOW + timedelta(minutes=5)


async def test_a_payment_that_did_not_succeed_has_no_such_moment(pay):
    made = await pay.create(**WANTED)

    assert await pay.succeeded_at(made.payment_id) is None


async def test_every_example_of_the_published_form_is_understood():
    schema = SPEC["components"]["schemas"]["PaymentWithAllLinks"]["properties"]
    example = {
        name: said["example"] for name, said in schema.items() if "example" in said
    }
    example |= {
        "state": {
            "status": "failed",
            "finished": True,
            "code": "P0010",
            "message": "no",
            "can_retry": None,
        }
    }
    example |= {
        "_links": {"next_url": None, "self": {"href": "https://x", "method": "GET"}},
        "new_in_2030": [1],
    }
    pay, _ = answering(httpx2.Response(200, json=example))

    read = await pay.payment("hu20sqlact5260q2nanm0q8u93")

    assert (read.payment_id, read.state.code, read.state.status.paid) == (
        "hu20sqlact5260q2nanm0q8u93",
        "P0010",
        False,
    )


@pytest.mark.parametrize(
    "fault",
    [
        httpx2.ReadTimeout(""),
        httpx2.ReadError(""),
        httpx2.WriteError(""),
        httpx2.RemoteProtocolError(""),
    ],
)
async def test_a_create_whose_answer_is_lost_is_not_asked_again(fault):
    pay, sent = answering(fault)

    with pytest.raises(OutcomeUnknown):
        await pay.create(**WANTED)

    assert len(sent) == 1


@pytest.mark.parametrize(
    "strange",
    [
        httpx2.Response(500),
        httpx2.Response(502, text="<html>"),
        httpx2.Response(302, headers={"Location": "http://elsewhere/"}),
        httpx2.Response(201, text="{"),
        httpx2.Response(201, content=b'{"payment_id": "\xff"}'),
        httpx2.Response(201, json={"payment_id": "x"}),
    ],
)
async def test_a_create_whose_answer_makes_no_sense_is_not_asked_again(strange):
    pay, sent = answering(strange)

    with pytest.raises(OutcomeUnknown):
        await pay.create(**WANTED)

    assert len(sent) == 1


@pytest.mark.parametrize(
    "fault",
    [httpx2.ConnectError(""), httpx2.ConnectTimeout(""), httpx2.PoolTimeout("")],
)
async def test_a_create_that_never_left_is_asked_again_three_times(fault):
    pay, sent = answering(fault)

    with pytest.raises(Unreachable):
        await pay.create(**WANTED)

    assert len(sent) == 3


async def test_too_fast_is_asked_again_since_nothing_was_done():
    pay, sent = answering(httpx2.Response(429, json={"code": "P0900"}))

    with pytest.raises(TooFast):
        await pay.create(**WANTED)

    assert len(sent) == 3


TAKEN = {
    "agreement_id": "a",
    "amount_pence": 9000,
    "reference": "CHW-1-1",
    "description": "Renewal fee",
    "key": "k",
}


@pytest.mark.parametrize(
    "then",
    [
        httpx2.Response(429, json={"code": "P0900"}),
        httpx2.Response(400, json={"code": "P0103"}),
        httpx2.ConnectError(""),
    ],
)
async def test_a_taking_whose_answer_was_lost_is_in_doubt_whatever_follows(then):
    pay, sent = answering(httpx2.ReadTimeout(""), then)

    with pytest.raises(OutcomeUnknown):
        await pay.take(**TAKEN)

    assert {one.headers["Idempotency-Key"] for one in sent} == {"k"}


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (httpx2.Response(429, json={"code": "P0900"}), TooFast),
        (httpx2.Response(400, json={"code": "P0103"}), Declined),
        (httpx2.ConnectError(""), Unreachable),
    ],
)
async def test_a_taking_that_was_only_ever_refused_is_told_as_that(fault, told):
    pay, _ = answering(fault)

    with pytest.raises(told):
        await pay.take(**TAKEN)


async def test_a_reading_is_asked_again_whatever_went_wrong():
    pay, sent = answering(
        httpx2.Response(500),
        httpx2.ReadTimeout(""),
        httpx2.Response(200, json={"results": []}),
    )

    assert await pay.referenced("CHW-1-1") == []
    assert len(sent) == 3


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "P0101"), (401, ""), (404, "P0200"), (409, "P0502"), (422, "P0102")],
)
async def test_a_plain_no_is_told_by_its_code_and_not_asked_again(status, code):
    pay, sent = answering(
        httpx2.Response(status, json={"code": code})
        if code
        else httpx2.Response(status, text="Credentials")
    )

    with pytest.raises(Declined) as told:
        await pay.create(**WANTED)

    assert (told.value.status, told.value.code, len(sent)) == (status, code, 1)


async def test_a_search_keeps_to_our_exact_reference():
    one = {
        "payment_id": "a",
        "amount": 1,
        "state": {"status": "created", "finished": False},
        "created_date": "2027-03-10T12:00:00.000Z",
    }
    pay, _ = answering(
        httpx2.Response(
            200,
            json={
                "results": [
                    one | {"reference": "CHW-1-1"},
                    one | {"reference": "CHW-1-11"},
                ]
            },
        )
    )

    assert [payment.reference for payment in await pay.referenced("CHW-1-1")] == [
        "CHW-1-1"
    ]


async def test_an_id_cannot_lead_to_another_path():
    pay, sent = answering(httpx2.Response(404))

    with pytest.raises(Declined):
        await pay.payment("../refunds?x=1")

    assert sent[0].url.raw_path == b"/pay/v1/payments/..%2Frefunds%3Fx%3D1"


@pytest.mark.parametrize(
    ("page", "ours"),
    [
        ("http://127.0.0.1:8001/pay/secure/x", True),
        ("https://www.payments.service.gov.uk/secure/x", True),
        ("https://card.payments.service.gov.uk/card_details/x", True),
        ("https://www.payments.service.gov.uk.evil.example/secure/x", False),
        ("http://www.payments.service.gov.uk/secure/x", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
async def test_a_payer_is_only_sent_to_card_pages_of_the_service(page, ours):
    pay, _ = answering(httpx2.Response(500))

    assert pay.shows(page) is ours


def test_the_origins_of_the_card_pages_are_known_for_the_security_policy():
    assert page_origins(URL) == ["http://127.0.0.1:8001"]
    assert page_origins("https://publicapi.payments.service.gov.uk") == [
        "https://www.payments.service.gov.uk",
        "https://card.payments.service.gov.uk",
    ]


def test_a_signature_agrees_with_the_known_answer():
    known = json.loads((DATA / "webhook_signature_vector.json").read_text())
    body, secret = known["body_utf8"].encode(), SecretStr(known["secret_utf8"])

    assert signed(body, known["pay_signature"], secret)
    assert not signed(body + b" ", known["pay_signature"], secret)
    assert not signed(body, known["pay_signature"][:-1] + "0", secret)
    assert not signed(body, "", secret)
    assert not signed(body, "é", secret)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b"{}",
        b'{"event_type": "x", "resource_id": "y"}',
        b'{"id": 5}',
    ],
)
def test_a_message_in_an_unknown_form_is_no_notice(body):
    assert notice(body) is None


@pytest.mark.parametrize("name", ["webhook_message_id", "id"])
def test_a_notice_names_its_message_and_its_payment(name):
    told = notice(
        json.dumps(
            {
                name: "m1",
                "event_type": "card_payment_captured",
                "resource_id": "p1",
                "resource": {},
            }
        ).encode()
    )

    assert (told.message_id, told.resource_id) == ("m1", "p1")
