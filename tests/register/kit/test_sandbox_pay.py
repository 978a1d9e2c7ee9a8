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
    app = Litestar([desk.router()], openapi_config=None, logging_config=None)
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


# Refunds


async def give_back(pay, payment_id, **wanted):
    schema = SPEC["components"]["schemas"]["PaymentRefundRequest"]
    Draft202012Validator(schema).validate(wanted)
    return await pay.post(f"/v1/payments/{payment_id}/refunds", json=wanted)


async def refunds(pay, payment_id):
    answer = await pay.get(f"/v1/payments/{payment_id}/refunds")
    path = "/v1/payments/{paymentId}/refunds"
    return keeps_to_the_form(answer, "get", path).json()["_embedded"]["refunds"]


@pytest.fixture
async def paid(pay):
    payment = await opened(pay)
    await visit(pay, payment)
    return payment


async def test_a_part_may_go_back_and_is_submitted_first(pay, paid, clock):
    made = await give_back(
        pay, paid["payment_id"], amount=500, refund_amount_available=paid["amount"]
    )
    keeps_to_the_form(made, "post", "/v1/payments/{paymentId}/refunds")
    clock.now += timedelta(seconds=4)
    one = await pay.get(
        f"/v1/payments/{paid['payment_id']}/refunds/{made.json()['refund_id']}"
    )
    path = "/v1/payments/{paymentId}/refunds/{refundId}"
    summary = (await read(pay, paid["payment_id"]))["refund_summary"]

    assert (made.status_code, made.json()["status"]) == (202, "submitted")
    assert keeps_to_the_form(one, "get", path).json()["status"] == "success"
    assert [r["amount"] for r in await refunds(pay, paid["payment_id"])] == [500]
    assert summary == {
        "status": "available",
        "amount_available": paid["amount"] - 500,
        "amount_submitted": 500,
    }


async def test_who_believes_that_another_amount_is_left_gives_nothing_back(pay, paid):
    answer = await give_back(
        pay, paid["payment_id"], amount=500, refund_amount_available=501
    )

    keeps_to_the_form(answer, "post", "/v1/payments/{paymentId}/refunds")
    assert (answer.status_code, answer.json()["code"]) == (412, "P0604")
    assert await refunds(pay, paid["payment_id"]) == []


async def test_all_of_it_goes_back_once(pay, paid):
    whole = {"amount": paid["amount"]}
    first = await give_back(pay, paid["payment_id"], **whole)
    second = await give_back(pay, paid["payment_id"], **whole)
    summary = (await read(pay, paid["payment_id"]))["refund_summary"]

    assert (first.status_code, second.status_code) == (202, 400)
    assert (summary["status"], summary["amount_available"]) == ("full", 0)


async def test_one_that_fails_leaves_as_much_to_give_back(pay, paid, desk, clock):
    desk.refunds_fail = True
    await give_back(pay, paid["payment_id"], amount=500)
    clock.now += timedelta(seconds=4)

    (one,) = await refunds(pay, paid["payment_id"])
    summary = (await read(pay, paid["payment_id"]))["refund_summary"]

    assert one["status"] == "error"
    assert summary["amount_available"] == paid["amount"]


@pytest.mark.parametrize(
    ("wanted", "status", "code"),
    [
        ({}, 400, "P0601"),
        ({"amount": "much"}, 422, "P0602"),
        ({"amount": 0}, 422, "P0602"),
        ({"amount": 10_000_000}, 400, "P0603"),
    ],
)
async def test_a_refund_that_cannot_be_says_why(pay, paid, wanted, status, code):
    path = f"/v1/payments/{paid['payment_id']}/refunds"
    answer = await pay.post(path, json=wanted)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_what_was_not_paid_does_not_go_back(pay):
    payment = await opened(pay)

    answer = await give_back(pay, payment["payment_id"], amount=1)

    assert (answer.status_code, answer.json()["code"]) == (400, "P0603")


@pytest.mark.parametrize("what", ["refunds", "refunds/nothing"])
async def test_a_refund_of_nothing_known_is_not_found(pay, what):
    assert (await pay.get(f"/v1/payments/nothing/{what}")).status_code == 404


async def test_a_refund_is_told_by_webhook_late_and_twice(pay, paid, desk, clock):
    async def heard():
        sent = []

        async def post(body, signature):
            sent.append(json.loads(body)["event_type"])
            return True

        await desk.book.deliver_due(clock(), post, "s")
        return sent

    clock.now += timedelta(minutes=1)
    await heard()
    await give_back(pay, paid["payment_id"], amount=500)
    at_once = await heard()
    clock.now += timedelta(minutes=1)

    assert at_once == []
    assert await heard() == ["card_payment_refunded"] * 2


AGREED = {"reference": "AGR-0000001", "description": "Renewal fee each year"}


async def agreed(pay, **card):
    """An agreement that a first payment has made active."""
    made = keeps_to_the_form(
        await pay.post("/v1/agreements", json=AGREED), "post", "/v1/agreements"
    ).json()
    await visit(pay, await opened(pay, set_up_agreement=made["agreement_id"]), **card)
    return made["agreement_id"]


async def agreement(pay, agreement_id):
    answer = await pay.get(f"/v1/agreements/{agreement_id}")
    return keeps_to_the_form(answer, "get", "/v1/agreements/{agreementId}").json()


async def take(pay, agreement_id, key="one"):
    wanted = WANTED | {
        "authorisation_mode": "agreement",
        "agreement_id": agreement_id,
        "reference": "CHW-1-2",
    }
    del wanted["return_url"]
    return await pay.post("/v1/payments", json=wanted, headers={"Idempotency-Key": key})


async def test_an_agreement_is_active_once_its_first_payment_went_through(pay):
    made = (await pay.post("/v1/agreements", json=AGREED)).json()
    before = await agreement(pay, made["agreement_id"])

    await visit(pay, await opened(pay, set_up_agreement=made["agreement_id"]))

    found = await agreement(pay, made["agreement_id"])
    assert (before["status"], found["status"]) == ("created", "active")
    card = found["payment_instrument"]["CardDetails"]
    assert card["last_digits_card_number"] == "4242"


async def test_a_first_payment_that_is_declined_makes_none_active(pay):
    made = await agreed(pay, card_number="4000000000000002")

    assert (await agreement(pay, made))["status"] == "created"


async def test_a_payment_by_agreement_needs_no_payer(pay, clock):
    made = await agreed(pay)

    asked = (await take(pay, made)).json()
    clock.pass_(seconds=3)

    assert "return_url" not in asked
    assert "next_url" not in asked["_links"]
    assert (await read(pay, asked["payment_id"]))["state"]["status"] == "success"


async def test_the_same_key_takes_nothing_again(pay):
    made = await agreed(pay)

    first, again, other = [await take(pay, made, key) for key in ("a", "a", "b")]

    assert first.json()["payment_id"] == again.json()["payment_id"]
    assert first.json()["payment_id"] != other.json()["payment_id"]


@pytest.mark.parametrize(
    ("number", "retry", "status"),
    [("4000002500003155", True, "active"), ("4000000000003220", False, "inactive")],
)
async def test_a_card_that_says_no_says_whether_to_try_again(
    pay, clock, number, retry, status
):
    made = await agreed(pay, card_number=number)

    asked = (await take(pay, made)).json()
    clock.pass_(seconds=3)

    state = (await read(pay, asked["payment_id"]))["state"]
    assert (state["code"], state["can_retry"]) == ("P0010", retry)
    assert (await agreement(pay, made))["status"] == status


async def test_a_cancelled_agreement_takes_nothing(pay):
    made = await agreed(pay)

    answer = await pay.post(f"/v1/agreements/{made}/cancel")

    keeps_to_the_form(answer, "post", "/v1/agreements/{agreementId}/cancel")
    assert (await agreement(pay, made))["status"] == "cancelled"
    assert (await take(pay, made)).status_code == 400
    assert (await pay.post(f"/v1/agreements/{made}/cancel")).status_code == 400


async def test_agreements_are_searched_by_reference_a_little_later(pay, clock):
    made = await agreed(pay)
    clock.pass_(seconds=5)

    answer = await pay.get("/v1/agreements", params={"reference": "agr-0000001"})

    keeps_to_the_form(answer, "get", "/v1/agreements")
    assert [one["agreement_id"] for one in answer.json()["results"]] == [made]


@pytest.mark.parametrize(
    ("wanted", "status", "code"),
    [
        ({}, 400, "P2101"),
        (AGREED | {"reference": ""}, 400, "P2101"),
        (AGREED | {"description": "x" * 256}, 422, "P2102"),
        ([], 400, "P2197"),
    ],
)
async def test_an_agreement_that_is_asked_for_wrongly_is_refused(
    pay, wanted, status, code
):
    answer = await pay.post("/v1/agreements", json=wanted)

    keeps_to_the_form(answer, "post", "/v1/agreements")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_an_agreement_that_is_not_there_is_not_found(pay):
    for answer in (
        await pay.get("/v1/agreements/x"),
        await pay.post("/v1/agreements/x/cancel"),
    ):
        assert answer.status_code == 404
    assert (await take(pay, "x" * 26)).status_code == 400
    wrong = await pay.post("/v1/payments", json=WANTED | {"set_up_agreement": "x"})
    assert wrong.status_code == 400
