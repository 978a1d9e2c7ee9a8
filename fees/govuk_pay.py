"""GOV.UK Pay: what we ask of it, and what it answers."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from functools import cache
from hashlib import sha256
from typing import Self, TypeVar
from urllib.parse import quote, urlsplit

import httpx2
import msgspec
import stamina
import structlog
from pydantic import SecretStr

from register.kit.settings import settings

log = structlog.get_logger()

CONNECT_SECONDS = 3
READ_SECONDS = 3
"""Somebody mostly waits, and to read again does no harm."""
TOTAL_SECONDS = 10
PAGES_OF_GOVUK_PAY = (
    "https://www.payments.service.gov.uk",
    "https://card.payments.service.gov.uk",
)
"""Where the real service shows its card pages; its API stands on a host of its own."""

T = TypeVar("T")


class Status(StrEnum):
    """Where a payment stands at GOV.UK Pay. Finished is not paid."""

    CREATED = "created"
    STARTED = "started"
    SUBMITTED = "submitted"
    CAPTURABLE = "capturable"
    SUCCESS = "success"
    FAILED = "failed"
    CANCELLED = "cancelled"
    ERROR = "error"

    @property
    def paid(self) -> bool:
        return self is Status.SUCCESS


class Reason(StrEnum):
    """Why a payment failed, in GOV.UK Pay's codes."""

    DECLINED = "P0010"
    EXPIRED = "P0020"
    CANCELLED_BY_PAYER = "P0030"
    CANCELLED_BY_SERVICE = "P0040"
    PROVIDER_ERROR = "P0050"


class State(msgspec.Struct, frozen=True):
    status: Status
    finished: bool
    code: str = ""
    can_retry: bool | None = None
    """Of a payment by agreement that failed: whether another may be taken by it."""


class Link(msgspec.Struct, frozen=True):
    href: str


class Links(msgspec.Struct, frozen=True):
    next_url: Link | None = None
    cancel: Link | None = None


class CardPayment(msgspec.Struct, frozen=True):
    """One payment as GOV.UK Pay tells it. Card details are not read, so they are never kept."""

    payment_id: str
    reference: str
    amount: int
    state: State
    created_date: datetime
    links: Links = msgspec.field(name="_links", default_factory=Links)

    @property
    def next_url(self) -> str:
        """Where the payer goes on with it; empty once there is nothing to go on with."""
        return self.links.next_url.href if self.links.next_url else ""


class AgreementStatus(StrEnum):
    CREATED = "created"
    ACTIVE = "active"
    CANCELLED = "cancelled"
    INACTIVE = "inactive"
    """The card can be used for it no more."""


class Agreement(msgspec.Struct, frozen=True):
    """Leave to take further payments from a card. Its details are not read, so they are never kept."""

    agreement_id: str
    reference: str
    status: AgreementStatus
    created_date: datetime


class FoundAgreements(msgspec.Struct, frozen=True):
    results: list[Agreement]


class RefundStatus(StrEnum):
    SUBMITTED = "submitted"
    SUCCESS = "success"
    ERROR = "error"


class CardRefund(msgspec.Struct, frozen=True):
    """One refund of a payment as GOV.UK Pay tells it."""

    refund_id: str
    amount: int
    status: RefundStatus
    created_date: datetime


class EmbeddedRefunds(msgspec.Struct, frozen=True):
    refunds: list[CardRefund]


class FoundRefunds(msgspec.Struct, frozen=True):
    embedded: EmbeddedRefunds = msgspec.field(name="_embedded")


class Found(msgspec.Struct, frozen=True):
    results: list[CardPayment]


class Event(msgspec.Struct, frozen=True):
    state: State
    updated: datetime


class Events(msgspec.Struct, frozen=True):
    events: list[Event]


class Complaint(msgspec.Struct, frozen=True):
    code: str = ""


class PayFailed(Exception):
    """GOV.UK Pay did not do what was asked."""


class Unreachable(PayFailed):
    """No connection was made, so nothing was asked and nothing was done."""


class OutcomeUnknown(PayFailed):
    """It was asked and the answer was lost or made no sense: it may have been done. Look before asking again."""


class Declined(PayFailed):
    """A plain no: nothing was done."""

    def __init__(self, status: int, code: str) -> None:
        self.status, self.code = status, code
        super().__init__(f"GOV.UK Pay answered {status} {code}".rstrip())


class TooFast(Declined):
    """Too many requests in a second; it was not done and may be asked again."""

    def __init__(self, status: int, code: str, retry_after: float | None) -> None:
        super().__init__(status, code)
        self.retry_after = retry_after


class GovukPay:
    """The public API of GOV.UK Pay; the sandbox speaks the same, only the address differs."""

    def __init__(
        self,
        url: str,
        key: SecretStr,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._url = url.rstrip("/")
        self._http = httpx2.AsyncClient(
            headers={
                "Authorization": f"Bearer {key.get_secret_value()}",
                "Accept": "application/json",
            },
            timeout=httpx2.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS),
            transport=transport,
            trust_env=False,
            follow_redirects=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def create(
        self,
        *,
        amount_pence: int,
        reference: str,
        description: str,
        return_url: str,
        set_up_agreement: str = "",
    ) -> CardPayment:
        """Ask for a new payment. There is no key that makes asking twice harmless: after OutcomeUnknown, search."""
        wanted: dict[str, str | int] = {
            "amount": amount_pence,
            "reference": reference,
            "description": description,
            "return_url": return_url,
        }
        if set_up_agreement:
            wanted["set_up_agreement"] = set_up_agreement
        return await self._once(
            lambda: self._ask("POST", "/v1/payments", CardPayment, json=wanted)
        )

    async def take(
        self,
        *,
        agreement_id: str,
        amount_pence: int,
        reference: str,
        description: str,
        key: str,
    ) -> CardPayment:
        """A payment by agreement, without the payer. Asked again with the same key, it is the same payment.

        Once an answer was lost, no refusal that follows says that nothing was taken: that is OutcomeUnknown too.
        """
        wanted: dict[str, str | int] = {
            "amount": amount_pence,
            "reference": reference,
            "description": description,
            "authorisation_mode": "agreement",
            "agreement_id": agreement_id,
        }
        lost = False

        async def ask() -> CardPayment:
            nonlocal lost
            try:
                return await self._ask(
                    "POST",
                    "/v1/payments",
                    CardPayment,
                    json=wanted,
                    headers={"Idempotency-Key": key},
                )
            except PayFailed as failed:
                lost = lost or isinstance(failed, OutcomeUnknown)
                if lost:
                    raise OutcomeUnknown from None
                raise

        return await self._again(ask)

    async def create_agreement(self, *, reference: str, description: str) -> Agreement:
        """After OutcomeUnknown, search."""
        wanted: dict[str, str | int] = {
            "reference": reference,
            "description": description,
        }
        return await self._once(
            lambda: self._ask("POST", "/v1/agreements", Agreement, json=wanted)
        )

    async def agreement(self, agreement_id: str) -> Agreement:
        path = f"/v1/agreements/{quote(agreement_id, safe='')}"
        return await self._again(lambda: self._ask("GET", path, Agreement))

    async def agreements_referenced(self, reference: str) -> list[Agreement]:
        found = await self._again(
            lambda: self._ask(
                "GET",
                "/v1/agreements",
                FoundAgreements,
                params={"reference": reference},
            )
        )
        return [one for one in found.results if one.reference == reference]

    async def cancel_agreement(self, agreement_id: str) -> None:
        """Declined where it is not active; to ask twice does no harm."""
        path = f"/v1/agreements/{quote(agreement_id, safe='')}/cancel"
        await self._again(lambda: self._ask("POST", path, None))

    async def payment(self, payment_id: str) -> CardPayment:
        """The payment as it stands now: this answer is always up to date, which a search is not."""
        return await self._again(
            lambda: self._ask(
                "GET", f"/v1/payments/{quote(payment_id, safe='')}", CardPayment
            )
        )

    async def referenced(self, reference: str) -> list[CardPayment]:
        """The payments with exactly our reference. The newest may be missing for a while."""
        found = await self._again(
            lambda: self._ask(
                "GET", "/v1/payments", Found, params={"reference": reference}
            )
        )
        return [payment for payment in found.results if payment.reference == reference]

    async def succeeded_at(self, payment_id: str) -> datetime | None:
        """When the payer confirmed a payment that went through."""
        told = await self._again(
            lambda: self._ask(
                "GET", f"/v1/payments/{quote(payment_id, safe='')}/events", Events
            )
        )
        return min(
            (event.updated for event in told.events if event.state.status.paid),
            default=None,
        )

    async def cancel(self, payment_id: str) -> None:
        """Stop an unfinished payment; Declined when it is too late for that."""
        await self._once(
            lambda: self._ask(
                "POST", f"/v1/payments/{quote(payment_id, safe='')}/cancel", None
            )
        )

    async def refund(
        self, payment_id: str, *, amount_pence: int, available_pence: int
    ) -> CardRefund:
        """Give back a part of a payment, or all; Declined with 412 where another amount is available than we believe.

        That guard makes asking twice harmless. After OutcomeUnknown, look all the same.
        """
        wanted: dict[str, str | int] = {
            "amount": amount_pence,
            "refund_amount_available": available_pence,
        }
        path = f"/v1/payments/{quote(payment_id, safe='')}/refunds"
        return await self._once(
            lambda: self._ask("POST", path, CardRefund, json=wanted)
        )

    async def refunds(self, payment_id: str) -> list[CardRefund]:
        """All refunds of a payment, whoever asked for them."""
        path = f"/v1/payments/{quote(payment_id, safe='')}/refunds"
        found = await self._again(lambda: self._ask("GET", path, FoundRefunds))
        return found.embedded.refunds

    def shows(self, page: str) -> bool:
        """Whether an address is a card page of GOV.UK Pay, where a payer may be sent."""
        return origin_of(page) in {origin_of(self._url), *PAGES_OF_GOVUK_PAY}

    async def _once(self, call: Callable[[], Awaitable[T]]) -> T:
        """Asked again only where it is certain that nothing was done."""
        return await self._retry(call, (Unreachable, TooFast))

    async def _again(self, call: Callable[[], Awaitable[T]]) -> T:
        """Reading does no harm, however often."""
        return await self._retry(call, (Unreachable, TooFast, OutcomeUnknown))

    async def _retry(
        self, call: Callable[[], Awaitable[T]], on: tuple[type[PayFailed], ...]
    ) -> T:
        def again(failed: Exception) -> bool | float:
            wait = failed.retry_after if isinstance(failed, TooFast) else None
            return wait if wait and isinstance(failed, on) else isinstance(failed, on)

        tries = stamina.retry_context(
            on=again, attempts=3, timeout=TOTAL_SECONDS, wait_initial=0.2, wait_max=1.5
        )
        async for attempt in tries:
            with attempt:
                return await call()
        raise AssertionError  # pragma: no cover - retry_context returns or raises

    async def _ask(
        self,
        method: str,
        path: str,
        answer: type[T] | None,
        *,
        json: dict[str, str | int] | None = None,
        params: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> T:
        patience = READ_SECONDS if method == "GET" else TOTAL_SECONDS
        try:
            async with asyncio.timeout(patience):
                response = await self._http.request(
                    method,
                    self._url + path,
                    json=json,
                    params=params,
                    headers=headers,
                )
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout):
            raise Unreachable from None
        except (httpx2.TransportError, TimeoutError):
            raise OutcomeUnknown from None
        return read(response, answer)


def read(response: httpx2.Response, answer: type[T] | None) -> T:
    """What the answer says; a body that breaks the published form is as good as none."""
    if response.status_code == httpx2.codes.TOO_MANY_REQUESTS:
        raise TooFast(response.status_code, "P0900", retry_after(response))
    if response.is_client_error:
        raise Declined(response.status_code, complaint(response))
    if not response.is_success:
        log.warning("pay answered strangely", status=response.status_code)
        raise OutcomeUnknown
    if answer is None:
        return None  # type: ignore[return-value]  # the caller asked for no answer
    try:
        return msgspec.json.decode(response.content, type=answer)
    except (msgspec.DecodeError, UnicodeDecodeError):
        log.warning("pay answered in a form unknown to us", status=response.status_code)
        raise OutcomeUnknown from None


def retry_after(response: httpx2.Response) -> float | None:
    """The seconds to wait, where it names them and they are few."""
    named = response.headers.get("Retry-After", "")
    return float(named) if named.isdecimal() and int(named) <= TOTAL_SECONDS else None


def complaint(response: httpx2.Response) -> str:
    try:
        return msgspec.json.decode(response.content, type=Complaint).code
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def page_origins(url: str) -> list[str]:
    """The origins a payer is sent to, for `form-action` of the content security policy."""
    own = origin_of(url)
    return (
        list(PAGES_OF_GOVUK_PAY) if own.endswith(".payments.service.gov.uk") else [own]
    )


@cache
def client() -> GovukPay:
    """The one client of this process."""
    return GovukPay(settings().pay_url, settings().pay_api_key)


class Notice(msgspec.Struct, frozen=True):
    """A webhook message: only a hint that something may have changed, and where to look."""

    event_type: str
    resource_id: str
    webhook_message_id: str = ""
    id: str = ""
    """The documentation calls it so; the messages seen call it webhook_message_id."""

    @property
    def message_id(self) -> str:
        return self.webhook_message_id or self.id


def signed(body: bytes, signature: str, secret: SecretStr) -> bool:
    """Whether GOV.UK Pay signed these very bytes."""
    expected = hmac.new(secret.get_secret_value().encode(), body, sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())


def notice(body: bytes) -> Notice | None:
    """What a signed message says; None for a form unknown to us."""
    try:
        told = msgspec.json.decode(body, type=Notice)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return told if told.message_id and told.resource_id else None
