"""The pretended GOV.UK Pay keeps to the published form, the documented states and the documented webhooks."""

import hmac
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import httpx2
import pytest
from jsonschema import Draft202012Validator
from litestar import Litestar

from register.kit.sandbox.pay import PaySandbox

DATA = Path(__file__).parents[2] / "data" / "govuk-pay"
SPEC = json.loads((DATA / "publicapi_spec.json").read_text())
URL = "http://127.0.0.1:8001/pay"
RETURN = "http://127.0.0.1:8000/pay/return"
WANTED = {
    "amount": 9000,
    "reference": "CHW-1-1",
    "description": "Registration fee",
    "return_url": RETURN,
}
CARD = {
    "card_number": "4242 4242 4242 4242",
    "expiry_month": "12",
    "expiry_year": "30",
    "cardholder_name": "A Lovelace",
    "cvc": "123",
}
NOON = datetime(2027, 3, 10, 12, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now

    def pass_(self, **time):
        self.now += timedelta(**time)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def desk(tmp_path, clock):
    made = open_desk(tmp_path, clock)
    yield made
    made.book.close()


def open_desk(folder, clock):
    return PaySandbox(
        folder=folder,
        now=clock,
        url=URL,
        api_key="api_test_k",
        webhook_url="http://us/webhooks/pay",
        webhook_secret="s",
    )


@pytest.fixture
async def pay(desk):
    app = Litestar(route_handlers=[desk.router()], openapi_config=None)
    headers = {"Authorization": "Bearer api_test_k"}
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url=URL, headers=headers
    ) as client:
        yield client


def keeps_to_the_form(answer, method, path):
    """The status is one that the published file names for the operation, and the body has its schema."""
    said = SPEC["paths"][path][method]["responses"]
    assert str(answer.status_code) in said, (
        f"{answer.status_code} is not documented for {method} {path}"
    )
    content = said[str(answer.status_code)].get("content")
    if content:
        schema = content["application/json"]["schema"] | {
            "components": strict(SPEC["components"])
        }
        Draft202012Validator(schema).validate(answer.json())
    return answer


def strict(components):
    """The published schemas, and no property that they do not have."""
    closed = {
        name: schema
        | (
            {"additionalProperties": False}
            if "properties" in schema and name != "ExternalMetadata"
            else {}
        )
        for name, schema in components["schemas"].items()
    }
    return {"schemas": closed}


async def opened(pay, **wanted):
    return keeps_to_the_form(
        await pay.post("/v1/payments", json=WANTED | wanted), "post", "/v1/payments"
    ).json()


async def read(pay, payment_id):
    answer = await pay.get(f"/v1/payments/{payment_id}")
    return keeps_to_the_form(answer, "get", "/v1/payments/{paymentId}").json()


async def visit(pay, payment, **card):
    """Go through the card pages as a payer does, as far as they lead."""
    page = payment["_links"]["next_url"]["href"]
    await pay.get(page)
    answer = await pay.post(page, data=CARD | card)
    if answer.status_code == 303:
        await pay.get(answer.headers["Location"])
        answer = await pay.post(answer.headers["Location"])
    return answer


async def test_our_request_has_the_published_form():
    schema = SPEC["components"]["schemas"]["CreateCardPaymentRequest"] | {
        "additionalProperties": False
    }

    Draft202012Validator(schema).validate(WANTED)


async def test_a_new_payment_waits_for_its_payer(pay):
    payment = await opened(pay)

    assert payment["state"] == {"status": "created", "finished": False}
    assert payment["_links"]["next_url"]["href"].startswith(f"{URL}/secure/")
    assert payment["_links"]["cancel"]["method"] == "POST"


async def test_the_good_card_goes_through_started_and_submitted_to_success(pay):
    payment = await opened(pay)

    back = await visit(pay, payment)

    assert (back.status_code, back.headers["Location"]) == (303, RETURN)
    assert (await read(pay, payment["payment_id"]))["state"] == {
        "status": "success",
        "finished": True,
    }
    happened = keeps_to_the_form(
        await pay.get(f"/v1/payments/{payment['payment_id']}/events"),
        "get",
        "/v1/payments/{paymentId}/events",
    )
    assert [e["state"]["status"] for e in happened.json()["events"]] == [
        "created",
        "started",
        "submitted",
        "success",
    ]


@pytest.mark.parametrize(
    ("card", "status", "code"),
    [
        ("4000000000000002", "failed", "P0010"),
        ("4000000000000069", "failed", "P0010"),
        ("4000000000000119", "error", "P0050"),
    ],
)
async def test_a_bad_mock_card_ends_the_payment_and_leads_back(pay, card, status, code):
    payment = await opened(pay)

    page = await visit(pay, payment, card_number=card)

    state = (await read(pay, payment["payment_id"]))["state"]
    assert (state["status"], state["code"], state["finished"]) == (status, code, True)
    assert RETURN in page.text
    assert "Sandbox: no money moves" in page.text


async def test_a_payer_who_cancels_leaves_a_failed_payment(pay):
    payment = await opened(pay)

    page = await pay.post(f"{payment['_links']['next_url']['href']}/cancel")

    assert "Your payment has been cancelled" in page.text
    assert (await read(pay, payment["payment_id"]))["state"]["code"] == "P0030"


async def test_a_card_form_that_is_wrong_says_so_and_changes_nothing(pay):
    payment = await opened(pay)

    page = await visit(
        pay, payment, card_number="1234", expiry_year="20", cvc="x", cardholder_name=" "
    )

    assert page.status_code == 422
    assert page.text.count("Error: Enter") == 5  # the title and four fields
    assert (await read(pay, payment["payment_id"]))["state"]["status"] == "started"


async def test_an_abandoned_payment_is_open_for_ninety_minutes_less_an_instant(
    pay, clock
):
    payment = await opened(pay)

    clock.pass_(minutes=90, microseconds=-1)

    assert (await read(pay, payment["payment_id"]))["state"]["status"] == "created"


async def test_an_abandoned_payment_expires_after_ninety_minutes(pay, clock):
    payment = await opened(pay)

    clock.pass_(minutes=90)

    assert (await read(pay, payment["payment_id"]))["state"] == {
        "status": "failed",
        "finished": True,
        "code": "P0020",
        "message": "Payment expired",
    }
    assert "expired" in (await pay.get(payment["_links"]["next_url"]["href"])).text


async def test_the_service_may_cancel_what_is_unfinished(pay):
    payment = await opened(pay)

    answer = await pay.post(f"/v1/payments/{payment['payment_id']}/cancel")

    assert (
        keeps_to_the_form(answer, "post", "/v1/payments/{paymentId}/cancel").status_code
        == 204
    )
    assert (await read(pay, payment["payment_id"]))["state"]["code"] == "P0040"


async def test_the_service_may_not_cancel_what_is_finished(pay):
    payment = await opened(pay)
    await visit(pay, payment)

    answer = await pay.post(f"/v1/payments/{payment['payment_id']}/cancel")

    assert (
        keeps_to_the_form(answer, "post", "/v1/payments/{paymentId}/cancel").json()[
            "code"
        ]
        == "P0501"
    )


async def test_a_search_finds_by_reference_after_a_while(pay, clock):
    payment = await opened(pay)
    at_once = await pay.get("/v1/payments", params={"reference": "CHW-1-1"})

    clock.pass_(seconds=3)

    found = keeps_to_the_form(
        await pay.get("/v1/payments", params={"reference": "CHW-1-1"}),
        "get",
        "/v1/payments",
    ).json()
    assert at_once.json()["results"] == []
    assert [p["payment_id"] for p in found["results"]] == [payment["payment_id"]]
    assert (await pay.get("/v1/payments", params={"reference": "CHW-1"})).json()[
        "results"
    ] == []


@pytest.mark.parametrize(
    ("change", "status", "code", "field"),
    [
        ({"amount": None}, 400, "P0101", "amount"),
        ({"reference": ""}, 400, "P0101", "reference"),
        ({"amount": "9000"}, 422, "P0102", "amount"),
        ({"amount": True}, 422, "P0102", "amount"),
        ({"amount": 0}, 422, "P0102", "amount"),
        ({"amount": 10_000_001}, 422, "P0102", "amount"),
        ({"reference": "x" * 256}, 422, "P0102", "reference"),
        ({"description": 7}, 422, "P0102", "description"),
        ({"return_url": "javascript:alert(1)"}, 422, "P0102", "return_url"),
        ({"language": "fr"}, 422, "P0102", "language"),
    ],
)
async def test_a_wrong_request_is_refused_in_the_codes_of_the_real_service(
    pay, change, status, code, field
):
    answer = keeps_to_the_form(
        await pay.post("/v1/payments", json=WANTED | change), "post", "/v1/payments"
    )

    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (
        status,
        code,
        field,
    )


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"null"])
async def test_a_body_that_is_no_json_object_is_refused(pay, body):
    answer = keeps_to_the_form(
        await pay.post("/v1/payments", content=body), "post", "/v1/payments"
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "P0197")


@pytest.mark.parametrize("key", ["", "Bearer wrong", "Basic api_test_k", "Bearer å"])
async def test_nobody_without_the_key_is_answered(pay, key):
    answer = await pay.get("/v1/payments/x", headers=[(b"Authorization", key.encode())])

    assert answer.status_code == 401


async def test_an_unknown_payment_is_not_found(pay):
    answer = keeps_to_the_form(
        await pay.get("/v1/payments/unknown"), "get", "/v1/payments/{paymentId}"
    )

    assert (answer.status_code, answer.json()["code"]) == (404, "P0200")


async def test_the_sixteenth_payment_in_a_second_is_too_many(pay, clock):
    for _ in range(15):
        await opened(pay)
    too_many = keeps_to_the_form(
        await pay.post("/v1/payments", json=WANTED), "post", "/v1/payments"
    )

    clock.pass_(seconds=1)

    assert (too_many.status_code, too_many.json()["code"]) == (429, "P0900")
    await opened(pay)


class Service:
    """Our side of the webhooks: keeps what arrives, and answers as told."""

    def __init__(self):
        self.arrived = []
        self.answers = 200

    def http(self):
        return httpx2.AsyncClient(transport=httpx2.MockTransport(self.take))

    def take(self, request):
        assert (
            request.headers["Pay-Signature"]
            == hmac.new(b"s", request.content, sha256).hexdigest()
        )
        self.arrived.append(json.loads(request.content))
        return httpx2.Response(self.answers)


async def test_webhooks_come_late_twice_and_out_of_order(pay, desk, clock):
    service = Service()
    await visit(pay, await opened(pay))

    async with service.http() as http:
        await desk.tick(http)
        at_once = len(service.arrived)
        for _ in range(10):
            clock.pass_(seconds=1)
            await desk.tick(http)

    events = [message["event_type"] for message in service.arrived]
    assert at_once == 0
    assert events == [
        "card_payment_captured",
        "card_payment_succeeded",
        "card_payment_succeeded",
        "card_payment_captured",
    ]
    assert len({message["webhook_message_id"] for message in service.arrived}) == 2


async def test_a_webhook_that_is_not_taken_comes_again_by_the_plan_and_then_no_more(
    pay, desk, clock
):
    service = Service()
    service.answers = 500
    payment = await opened(pay)
    await pay.post(f"/v1/payments/{payment['payment_id']}/cancel")

    async with service.http() as http:
        clock.pass_(seconds=8)
        first = await desk.tick(http)
        tried = []
        for wait in (
            {"seconds": 60},
            {"minutes": 5},
            {"hours": 1},
            {"days": 1},
            {"days": 2},
            {"days": 9},
        ):
            clock.pass_(**wait)
            tried.append(await desk.tick(http))

    assert (first, tried) == (2, [2, 2, 2, 2, 2, 0])


async def test_an_expiry_is_told_by_webhook_although_nobody_looked(pay, desk, clock):
    service = Service()
    await opened(pay)

    clock.pass_(minutes=91)
    async with service.http() as http:
        await desk.tick(http)

    assert {message["event_type"] for message in service.arrived} == {
        "card_payment_expired"
    }


async def test_a_restart_loses_nothing(pay, desk, clock, tmp_path):
    payment = await opened(pay)
    await visit(pay, payment)

    again = open_desk(tmp_path, clock)

    assert (
        again.book.find(payment_id=payment["payment_id"], now=clock.now).status
        == "success"
    )
    assert (
        await again.book.deliver_due(clock.now + timedelta(minutes=1), taken, "s") == 4
    )
    again.book.close()


async def taken(body, signature):
    return True
