"""GOV.UK Pay, pretended: the same paths, states, errors, mock cards and webhooks, and no money moves."""

import asyncio
import json
import re
from collections import deque
from datetime import datetime, timedelta
from hmac import compare_digest
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import MediaType, Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from register.kit.clock import Now
from register.kit.sandbox.chaos import Chaos
from register.kit.sandbox.pay_book import (
    CANCELLED,
    LEFT,
    MOCK_CARDS,
    STARTED,
    SUBMITTED,
    SUCCESS,
    Agreement,
    Book,
    Payment,
    stamp,
    state_of,
    state_told,
)

MOST_A_SECOND = 15
MOST_PENCE = 10_000_000
LONGEST = {"reference": 255, "description": 255, "return_url": 2000}
MOST_ON_A_PAGE = 500
WEBHOOK_SECONDS = 3
"""The real service waits no longer than this for our answer."""

pages = Environment(
    loader=PackageLoader("register.kit.sandbox"),
    autoescape=True,
    undefined=StrictUndefined,
)


class PaySandbox:
    """Mount `router()` in the sandbox application and keep `run()` going beside it."""

    def __init__(
        self,
        *,
        folder: Path,
        now: Now,
        url: str,
        api_key: str,
        webhook_url: str,
        webhook_secret: str,
        chaos: Chaos | None = None,
    ) -> None:
        self.book = Book(folder)
        self.chaos = chaos
        self.now = now
        self.url = url.rstrip("/")
        self.api_key = api_key
        self._webhook_url, self._webhook_secret = webhook_url, webhook_secret
        self.refunds_fail = False
        """Whether the card's bank turns down what is asked to go back."""
        self._created: deque[datetime] = deque(maxlen=MOST_A_SECOND)

    def router(self) -> Router:
        """Everything under the path of `url`."""
        api = Router(
            "/v1/payments",
            route_handlers=[
                create,
                search,
                payment,
                events,
                cancel,
                refund,
                refunds,
                one_refund,
            ],
            before_request=known_key,
            middleware=[self.chaos] if self.chaos else [],
        )
        agreements = Router(
            "/v1/agreements",
            route_handlers=[
                create_agreement,
                search_agreements,
                agreement,
                cancel_agreement,
            ],
            before_request=known_key,
        )
        return Router(
            urlsplit(self.url).path or "/",
            route_handlers=[
                api,
                agreements,
                card_page,
                give_card,
                confirm_page,
                confirm,
                leave,
            ],
            dependencies={"desk": Provide(lambda: self, sync_to_thread=False)},
            opt={"pay_api_key": self.api_key},
        )

    async def run(self) -> None:
        """Expire what is over and send what is owed, until cancelled."""
        async with httpx2.AsyncClient(timeout=WEBHOOK_SECONDS, trust_env=False) as http:
            while True:
                await self.tick(http)
                await asyncio.sleep(1)

    async def tick(self, http: httpx2.AsyncClient) -> int:
        """One round of `run`: how many webhook messages were sent."""

        async def send(body: bytes, signature: str) -> bool:
            headers = {"Content-Type": "application/json", "Pay-Signature": signature}
            try:
                return (
                    await http.post(self._webhook_url, content=body, headers=headers)
                ).is_success
            except httpx2.TransportError:
                return False

        self.book.expire(self.now())
        return await self.book.deliver_due(self.now(), send, self._webhook_secret)

    def too_fast(self) -> bool:
        """More new payments within a second than the real service takes."""
        now = self.now()
        full = len(self._created) == MOST_A_SECOND and now - self._created[
            0
        ] < timedelta(seconds=1)
        if not full:
            self._created.append(now)
        return full


Desk = NamedDependency[PaySandbox]
Ask = Request[Any, Any, State]
Answer = Response[Any]


def known_key(request: Ask) -> Answer | None:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and compare_digest(
        key.encode(), request.route_handler.opt["pay_api_key"].encode()
    ):
        return None
    return Response(
        "Credentials are required to access this resource.",
        status_code=401,
        media_type=MediaType.TEXT,
        headers={"WWW-Authenticate": 'Bearer realm="application"'},
    )


def no(status: int, code: str, description: str, *, field: str = "") -> Answer:
    told = {"code": code, "description": description} | (
        {"field": field} if field else {}
    )
    return Response(told, status_code=status, media_type=MediaType.JSON)


@post("/", status_code=201)
async def create(desk: Desk, request: Ask) -> Answer:
    if desk.too_fast():
        return no(429, "P0900", "Too many requests")
    try:
        wanted = json.loads(await request.body())
    except ValueError:
        wanted = None
    if not isinstance(wanted, dict):
        return no(400, "P0197", "Unable to parse JSON")
    if refusal := fault(wanted) or agreement_fault(desk, wanted):
        return refusal
    now = desk.now()
    key = request.headers.get("Idempotency-Key", "")
    if key and (before := desk.book.asked_with(key, now)):
        return made(desk, before)
    known = {
        key: wanted[key]
        for key in (
            "amount",
            "reference",
            "description",
            "return_url",
            "language",
            "email",
            "metadata",
        )
        if key in wanted
    }
    opened = desk.book.open(
        Payment(
            **{"return_url": ""} | known,
            set_up=wanted.get("set_up_agreement", ""),
            agreement_id=wanted.get("agreement_id", ""),
            created=now.isoformat(),
        ),
        now,
    )
    if key:
        desk.book.remember(key, opened)
    return made(desk, opened)


def made(desk: PaySandbox, payment: Payment) -> Answer:
    return Response(
        told(desk, payment),
        status_code=201,
        headers={"Location": links(desk, payment)["self"]["href"]},
    )


def agreement_fault(desk: PaySandbox, wanted: dict[str, Any]) -> Answer | None:
    """What the real service asks of the agreement that is set up, or taken by."""
    set_up, by = wanted.get("set_up_agreement"), wanted.get("agreement_id")
    if set_up is not None:
        found = desk.book.agreement(str(set_up))
        if found is None or found.status != "created":
            return no(
                400,
                "P0103",
                "Invalid attribute value: set_up_agreement. Agreement ID does not exist",
            )
    if wanted.get("authorisation_mode") != "agreement":
        return None
    if wanted.get("return_url") or wanted.get("email"):
        name = "return_url" if wanted.get("return_url") else "email"
        return no(400, "P0104", f"Unexpected attribute: {name}")
    found = desk.book.agreement(str(by))
    if found is None or found.status != "active":
        return no(
            400,
            "P0103",
            "Invalid attribute value: agreement_id. Agreement must be active",
        )
    return None


def fault(wanted: dict[str, Any]) -> Answer | None:
    """What is wrong with a request, as the published form and the real service's codes say it."""
    asked = {
        name: most
        for name, most in LONGEST.items()
        if name != "return_url" or wanted.get("authorisation_mode") != "agreement"
    }
    for name in ("amount", *asked):
        if wanted.get(name) in (None, ""):
            return no(400, "P0101", f"Missing mandatory attribute: {name}", field=name)
    faults = {"amount": amount_fault(wanted["amount"])}
    faults |= {name: text_fault(wanted[name], most) for name, most in asked.items()}
    if "return_url" in asked:
        faults["return_url"] = faults["return_url"] or url_fault(wanted["return_url"])
    faults["language"] = (
        "" if wanted.get("language", "en") in ("en", "cy") else 'Must be "en" or "cy"'
    )
    return next((invalid(name, why) for name, why in faults.items() if why), None)


def amount_fault(amount: object) -> str:
    if type(amount) is not int:
        return "Must be a valid numeric format"
    if amount > MOST_PENCE:
        return f"Must be less than or equal to {MOST_PENCE}"
    return "" if amount >= 1 else "Must be greater than or equal to 1"


def text_fault(text: object, most: int) -> str:
    if not isinstance(text, str):
        return "Must be a valid string format"
    return (
        f"Must be less than or equal to {most} characters length"
        if len(text) > most
        else ""
    )


def url_fault(url: str) -> str:
    return "" if re.match("https?://[^/]", url) else "Must be a valid URL format"


def invalid(field: str, why: str) -> Answer:
    return no(422, "P0102", f"Invalid attribute value: {field}. {why}", field=field)


@get("/")
async def search(desk: Desk, request: Ask) -> Answer:
    asked = request.query_params
    page, size = asked.get("page", "1"), asked.get("display_size", str(MOST_ON_A_PAGE))
    wrong = [
        name
        for name, value in (("page", page), ("display_size", size))
        if not value.isdecimal() or int(value) < 1
    ]
    if wrong or int(size) > MOST_ON_A_PAGE:
        names = ", ".join(wrong or ["display_size"])
        return no(
            422,
            "P0401",
            f"Invalid parameters: {names}. See Public API documentation for the correct data formats",
        )
    found = [
        p
        for p in desk.book.search(asked.get("reference", ""), desk.now())
        if p.status == asked.get("state", p.status)
    ]
    start = (int(page) - 1) * int(size)
    shown = found[start : start + int(size)]
    if not shown and page != "1":
        return no(404, "P0402", "Page not found")
    here = f"{desk.url}/v1/payments?{urlencode(asked)}"
    answer = {
        "total": len(found),
        "count": len(shown),
        "page": int(page),
        "results": [found_again(desk, payment) for payment in shown],
        "_links": {"self": {"href": here, "method": "GET"}},
    }
    return Response(answer)


@get("/{payment_id:str}")
async def payment(desk: Desk, payment_id: FromPath[str]) -> Answer:
    found = desk.book.find(payment_id=payment_id, now=desk.now())
    return Response(told(desk, found)) if found else no(404, "P0200", "Not found")


@get("/{payment_id:str}/events")
async def events(desk: Desk, payment_id: FromPath[str]) -> Answer:
    found = desk.book.find(payment_id=payment_id, now=desk.now())
    if not found:
        return no(404, "P0300", "Not found")
    here = links(desk, found)
    happened = [
        {
            "payment_id": payment_id,
            "state": state_told(state),
            "updated": stamp(datetime.fromisoformat(state[3])),
            "_links": {"payment_url": here["self"]},
        }
        for state in found.states
    ]
    return Response(
        {
            "payment_id": payment_id,
            "events": happened,
            "_links": {"self": here["events"]},
        }
    )


@post("/{payment_id:str}/cancel", status_code=200)
async def cancel(desk: Desk, payment_id: FromPath[str]) -> Answer:
    found = desk.book.find(payment_id=payment_id, now=desk.now())
    if not found:
        return no(404, "P0500", "Not found")
    if found.finished:
        return no(400, "P0501", "Cancellation of payment failed")
    desk.book.move(found, CANCELLED, desk.now())
    return Response(None, status_code=204)


@post("/{payment_id:str}/refunds", status_code=202)
async def refund(desk: Desk, request: Ask, payment_id: FromPath[str]) -> Answer:
    found = desk.book.find(payment_id=payment_id, now=desk.now())
    if not found:
        return no(404, "P0600", "Not found")
    try:
        wanted = json.loads(await request.body())
    except ValueError:
        wanted = None
    if refusal := refund_fault(wanted, found):
        return refusal
    made = desk.book.refund(
        found, wanted["amount"], desk.now(), fails=desk.refunds_fail
    )
    return Response(refund_told(desk, found, made), status_code=202)


def refund_fault(wanted: object, payment: Payment) -> Answer | None:
    """What keeps it from being refunded, in the real service's codes."""
    if not isinstance(wanted, dict):
        return no(400, "P0697", "Unable to parse JSON")
    if wanted.get("amount") is None:
        return no(400, "P0601", "Missing mandatory attribute: amount", field="amount")
    if why := amount_fault(wanted["amount"]):
        said = f"Invalid attribute value: amount. {why}"
        return no(422, "P0602", said, field="amount")
    believed = wanted.get("refund_amount_available", payment.refundable)
    if payment.refundable and believed != payment.refundable:
        return no(412, "P0604", "Refund amount available mismatch.")
    if wanted["amount"] > payment.refundable:
        return no(400, "P0603", "The payment is not available for refund.")
    return None


@get("/{payment_id:str}/refunds")
async def refunds(desk: Desk, payment_id: FromPath[str]) -> Answer:
    found = desk.book.find(payment_id=payment_id, now=desk.now())
    if not found:
        return no(404, "P0800", "Not found")
    here = links(desk, found)
    return Response(
        {
            "payment_id": payment_id,
            "_embedded": {
                "refunds": [refund_told(desk, found, one) for one in found.refunds]
            },
            "_links": {"self": here["refunds"], "payment": here["self"]},
        }
    )


@get("/{payment_id:str}/refunds/{refund_id:str}")
async def one_refund(
    desk: Desk, payment_id: FromPath[str], refund_id: FromPath[str]
) -> Answer:
    found = desk.book.find(payment_id=payment_id, now=desk.now())
    for one in found.refunds if found else []:
        if found and one["refund_id"] == refund_id:
            return Response(refund_told(desk, found, one))
    return no(404, "P0700", "Not found")


def make_active(desk: PaySandbox, payment: Payment) -> None:
    """The card of a first payment that went through is the one of its agreement."""
    found = desk.book.agreement(payment.set_up)
    if found and found.status == "created":
        found.status, found.card = "active", payment.card
        found.number, found.agreed = payment.number, desk.now().isoformat()
        desk.book.keep_agreement(found)


@post("/", status_code=201)
async def create_agreement(desk: Desk, request: Ask) -> Answer:
    try:
        wanted = json.loads(await request.body())
    except ValueError:
        wanted = None
    if not isinstance(wanted, dict):
        return no(400, "P2197", "Unable to parse JSON")
    for name in ("reference", "description"):
        if wanted.get(name) in (None, ""):
            return no(400, "P2101", f"Missing mandatory attribute: {name}", field=name)
        if why := text_fault(wanted[name], LONGEST[name]):
            said = f"Invalid attribute value: {name}. {why}"
            return no(422, "P2102", said, field=name)
    kept = desk.book.keep_agreement(
        Agreement(
            reference=wanted["reference"],
            description=wanted["description"],
            user_identifier=wanted.get("user_identifier", ""),
            created=desk.now().isoformat(),
        )
    )
    return Response(agreement_told(kept), status_code=201)


@get("/")
async def search_agreements(desk: Desk, request: Ask) -> Answer:
    asked = request.query_params
    found = [
        agreement_told(one)
        for one in desk.book.agreements(asked.get("reference", ""), desk.now())
        if one.status == asked.get("status", one.status)
    ]
    here = f"{desk.url}/v1/agreements?{urlencode(asked)}"
    return Response(
        {
            "total": len(found),
            "count": len(found),
            "page": 1,
            "results": found,
            "_links": {"self": {"href": here, "method": "GET"}},
        }
    )


@get("/{agreement_id:str}")
async def agreement(desk: Desk, agreement_id: FromPath[str]) -> Answer:
    found = desk.book.agreement(agreement_id)
    return Response(agreement_told(found)) if found else no(404, "P2200", "Not found")


@post("/{agreement_id:str}/cancel", status_code=200)
async def cancel_agreement(desk: Desk, agreement_id: FromPath[str]) -> Answer:
    found = desk.book.agreement(agreement_id)
    if not found:
        return no(404, "P2500", "Not found")
    if found.status != "active":
        return no(400, "P2501", "Cancellation of agreement failed")
    found.status, found.cancelled = "cancelled", desk.now().isoformat()
    desk.book.keep_agreement(found)
    return Response(None, status_code=204)


def agreement_told(agreement: Agreement) -> dict[str, Any]:
    """The agreement in the published form."""
    answer: dict[str, Any] = {
        "agreement_id": agreement.agreement_id,
        "reference": agreement.reference,
        "description": agreement.description,
        "status": agreement.status,
        "created_date": stamp(datetime.fromisoformat(agreement.created)),
    }
    if agreement.user_identifier:
        answer["user_identifier"] = agreement.user_identifier
    if agreement.cancelled:
        answer["cancelled_date"] = stamp(datetime.fromisoformat(agreement.cancelled))
    if agreement.card:
        answer["payment_instrument"] = {
            "type": "card",
            "created_date": stamp(datetime.fromisoformat(agreement.agreed)),
            "CardDetails": agreement.card,
        }
    return answer


def refund_told(
    desk: PaySandbox, payment: Payment, refund: dict[str, Any]
) -> dict[str, Any]:
    """The refund in the published form."""
    here = links(desk, payment)
    itself = f"{here['refunds']['href']}/{refund['refund_id']}"
    return {
        "refund_id": refund["refund_id"],
        "payment_id": payment.payment_id,
        "amount": refund["amount"],
        "status": refund["status"],
        "created_date": stamp(datetime.fromisoformat(refund["created"])),
        "settlement_summary": {},
        "_links": {
            "self": {"href": itself, "method": "GET"},
            "payment": here["self"],
        },
    }


def refund_summary(payment: Payment) -> dict[str, Any]:
    if payment.status == "success":
        status = "available" if payment.refundable else "full"
    else:
        status = "unavailable" if payment.finished else "pending"
    return {
        "status": status,
        "amount_available": payment.amount - payment.refunded,
        "amount_submitted": payment.refunded,
    }


def told(desk: PaySandbox, payment: Payment) -> dict[str, Any]:
    """The payment in the published form."""
    paid = payment.status == "success"
    answer: dict[str, Any] = {
        "payment_id": payment.payment_id,
        "amount": payment.amount,
        "reference": payment.reference,
        "description": payment.description,
        "return_url": payment.return_url,
        "language": payment.language,
        "state": state_of(payment),
        "created_date": stamp(datetime.fromisoformat(payment.created)),
        "payment_provider": "sandbox",
        "delayed_capture": False,
        "moto": False,
        "refund_summary": refund_summary(payment),
        "settlement_summary": {
            "capture_submit_time": stamp(datetime.fromisoformat(payment.states[-1][3]))
        }
        if paid
        else {},
        "_links": links(desk, payment),
    }
    if payment.agreement_id:
        # The published form of the answer has no word for this mode, so nothing is said of it.
        del answer["return_url"]
    optional = {
        "email": payment.email,
        "metadata": payment.metadata,
        "card_details": payment.card,
    }
    return answer | {name: value for name, value in optional.items() if value}


def found_again(desk: PaySandbox, payment: Payment) -> dict[str, Any]:
    """The payment as a search tells it, which does not say where the payer goes on."""
    answer = told(desk, payment)
    answer["_links"].pop("next_url", None)
    return answer


def links(desk: PaySandbox, payment: Payment) -> dict[str, Any]:
    here = f"{desk.url}/v1/payments/{payment.payment_id}"
    always = {
        "self": {"href": here, "method": "GET"},
        "events": {"href": f"{here}/events", "method": "GET"},
        "refunds": {"href": f"{here}/refunds", "method": "GET"},
    }
    if payment.finished or payment.agreement_id:
        return always
    return always | {
        "next_url": {"href": f"{desk.url}/secure/{payment.token}", "method": "GET"},
        "cancel": {"href": f"{here}/cancel", "method": "POST"},
    }


@get("/secure/{token:str}")
async def card_page(desk: Desk, token: FromPath[str]) -> Answer:
    found = desk.book.find(token=token, now=desk.now())
    if not found or found.finished:
        return over(found)
    if found.status == "created":
        desk.book.move(found, STARTED, desk.now())
    return page("card", payment=found, errors={}, given={})


@post("/secure/{token:str}")
async def give_card(desk: Desk, request: Ask, token: FromPath[str]) -> Answer:
    found = desk.book.find(token=token, now=desk.now())
    if not found or found.finished:
        return over(found)
    given = {name: str(value) for name, value in (await request.form()).items()}
    if errors := card_faults(given, desk.now()):
        return page("card", status=422, payment=found, errors=errors, given=given)
    number = digits(given["card_number"])
    found.card = {
        "card_brand": "Visa",
        "card_type": "debit",
        "first_digits_card_number": number[:6],
        "last_digits_card_number": number[-4:],
        "cardholder_name": given["cardholder_name"],
        "expiry_date": f"{int(given['expiry_month']):02d}/{int(given['expiry_year']) % 100:02d}",
    }
    found.number = number
    desk.book.move(found, MOCK_CARDS[number], desk.now())
    if found.finished:
        return over(found)
    return Response(
        None,
        status_code=303,
        headers={"Location": f"{desk.url}/secure/{token}/confirm"},
    )


@get("/secure/{token:str}/confirm")
async def confirm_page(desk: Desk, token: FromPath[str]) -> Answer:
    found = desk.book.find(token=token, now=desk.now())
    if not found or found.status != SUBMITTED.status:
        return over(found)
    return page("confirm", payment=found)


@post("/secure/{token:str}/confirm")
async def confirm(desk: Desk, token: FromPath[str]) -> Answer:
    found = desk.book.find(token=token, now=desk.now())
    if not found or found.status not in {SUBMITTED.status, SUCCESS.status}:
        return over(found)
    if found.status == SUBMITTED.status:
        desk.book.move(found, SUCCESS, desk.now())
        make_active(desk, found)
    return Response(None, status_code=303, headers={"Location": found.return_url})


@post("/secure/{token:str}/cancel")
async def leave(desk: Desk, token: FromPath[str]) -> Answer:
    found = desk.book.find(token=token, now=desk.now())
    if found and not found.finished:
        desk.book.move(found, LEFT, desk.now())
    return over(found)


def over(payment: Payment | None) -> Answer:
    """What the payer sees when there is nothing (more) to pay here."""
    if payment is None:
        return page("over", status=404, payment=None, code="")
    return page("over", payment=payment, code=payment.states[-1][1])


def card_faults(given: dict[str, str], now: datetime) -> dict[str, str]:
    month, year = (
        given.get("expiry_month", "").strip(),
        given.get("expiry_year", "").strip(),
    )
    faults = {
        "card_number": ""
        if digits(given.get("card_number", "")) in MOCK_CARDS
        else "Enter one of the mock card numbers",
        "expiry_month": ""
        if in_future(month, year, now)
        else "Enter an expiry date in the future",
        "cardholder_name": ""
        if given.get("cardholder_name", "").strip()
        else "Enter the name as it appears on the card",
        "cvc": ""
        if given.get("cvc", "").strip().isdecimal()
        and len(given["cvc"].strip()) in {3, 4}
        else "Enter a card security code of 3 or 4 digits",
    }
    return {name: why for name, why in faults.items() if why}


def in_future(month: str, year: str, now: datetime) -> bool:
    if not (month.isdecimal() and year.isdecimal() and 1 <= int(month) <= 12):
        return False
    return (int(year) % 100 + 2000, int(month)) >= (now.year, now.month)


def digits(number: str) -> str:
    return "".join(character for character in number if character.isdecimal())


def page(name: str, *, status: int = 200, **shown: Any) -> Answer:
    return Response(
        pages.get_template(f"pay/{name}.html").render(**shown),
        status_code=status,
        media_type=MediaType.HTML,
    )
