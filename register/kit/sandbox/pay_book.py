"""What the pretended GOV.UK Pay remembers: payments as they moved, and the webhook messages it still owes."""

import hmac
import json
import secrets
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

LIFE = timedelta(minutes=90)
REFUND_TAKES = timedelta(seconds=4)
"""From the asking until a refund has gone through."""
TAKING = timedelta(seconds=2)
"""From the asking until a payment by agreement has gone through."""
SEARCH_LAG = timedelta(seconds=3)
"""A search is behind the truth by this much."""
RETRIES = (
    timedelta(seconds=60),
    timedelta(minutes=5),
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(days=2),
)
FINISHED = frozenset({"success", "failed", "cancelled", "error"})
WEBHOOK_OF = {
    "success": "card_payment_succeeded",
    "failed": "card_payment_failed",
    "cancelled": "card_payment_failed",
    "error": "card_payment_failed",
}
WEBHOOK_DELAYS = {
    "card_payment_captured": (timedelta(seconds=2), timedelta(seconds=9)),
    "card_payment_succeeded": (timedelta(seconds=5), timedelta(seconds=7)),
}
"""Late, twice, and the second event before the first: what the documentation warns of, made usual."""
USUAL_DELAYS = (timedelta(seconds=3), timedelta(seconds=8))

Post = Callable[[bytes, str], Awaitable[bool]]
"""Sends a webhook body with its signature; whether a 2xx came back."""


@dataclass(frozen=True)
class Outcome:
    """A state that a payment can end in, or pass through."""

    status: str
    code: str = ""
    message: str = ""


CREATED, STARTED, SUBMITTED, SUCCESS = (
    Outcome("created"),
    Outcome("started"),
    Outcome("submitted"),
    Outcome("success"),
)
DECLINED = Outcome("failed", "P0010", "Payment method rejected")
EXPIRED = Outcome("failed", "P0020", "Payment expired")
LEFT = Outcome("failed", "P0030", "Payment was cancelled by the user")
CANCELLED = Outcome("cancelled", "P0040", "Payment was cancelled by the service")
BROKEN = Outcome("error", "P0050", "Payment provider returned an error")

MOCK_CARDS = {
    "4242424242424242": SUBMITTED,
    "4000000000000002": DECLINED,
    "4000000000000069": DECLINED,
    "4000000000000119": BROKEN,
}


TAKEN = {
    "4000002500003155": (DECLINED, True),
    "4000000000003220": (DECLINED, False),
}
"""Cards whose first payment goes through, and that turn down what is taken by agreement: for now, or for good."""
MOCK_CARDS |= dict.fromkeys(TAKEN, SUBMITTED)


@dataclass
class Payment:
    """One payment, with every state it has been in: (status, code, message, ISO moment)."""

    amount: int
    reference: str
    description: str
    return_url: str
    created: str
    language: str = "en"
    email: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    card: dict[str, str] = field(default_factory=dict)
    states: list[tuple[str, str, str, str]] = field(default_factory=list)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    """Each with refund_id, amount, status and the ISO moment of its asking."""
    number: str = ""
    """Of the mock card that was given."""
    set_up: str = ""
    """The agreement that it makes active when it goes through."""
    agreement_id: str = ""
    """The agreement by which it is taken, without a payer."""
    can_retry: bool | None = None
    payment_id: str = field(default_factory=lambda: new_id(26))
    token: str = field(default_factory=lambda: str(uuid4()))

    @property
    def status(self) -> str:
        return self.states[-1][0]

    @property
    def finished(self) -> bool:
        return self.status in FINISHED

    @property
    def refunded(self) -> int:
        """What has gone back or is on its way."""
        return sum(one["amount"] for one in self.refunds if one["status"] != "error")

    @property
    def refundable(self) -> int:
        return self.amount - self.refunded if self.status == "success" else 0

    @property
    def expires_at(self) -> datetime:
        return datetime.fromisoformat(self.created) + LIFE


@dataclass
class Agreement:
    """Leave to take further payments from the card of the first."""

    reference: str
    description: str
    created: str
    user_identifier: str = ""
    status: str = "created"
    cancelled: str = ""
    card: dict[str, str] = field(default_factory=dict)
    number: str = ""
    """Of the mock card, which says what becomes of each further payment."""
    agreed: str = ""
    agreement_id: str = field(default_factory=lambda: new_id(26))


class Book:
    """A SQLite file, so that what was promised outlives a restart, as it would at the real service."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "pay.sqlite", isolation_level=None)
        self._db.executescript("""
            pragma journal_mode = wal;
            pragma synchronous = normal;
            create table if not exists payment (
              payment_id text primary key, token text unique not null, reference text not null, created text not null,
              open integer not null, body text not null);
            create index if not exists payment_reference on payment (reference);
            create table if not exists agreement (
              agreement_id text primary key, reference text not null, created text not null, body text not null);
            create table if not exists asked (key text primary key, payment_id text not null);
            create table if not exists message (
              id integer primary key, body blob not null, due real not null,
              tries integer not null default 0, done integer not null default 0);
        """)

    def close(self) -> None:
        self._db.close()

    def keep_agreement(self, agreement: Agreement) -> Agreement:
        self._db.execute(
            "insert or replace into agreement (agreement_id, reference, created, body) values (?, ?, ?, ?)",
            (
                agreement.agreement_id,
                agreement.reference,
                agreement.created,
                json.dumps(asdict(agreement)),
            ),
        )
        return agreement

    def agreement(self, agreement_id: str) -> Agreement | None:
        row = self._db.execute(
            "select body from agreement where agreement_id = ?", (agreement_id,)
        ).fetchone()
        return Agreement(**json.loads(row[0])) if row else None

    def agreements(self, reference: str, now: datetime) -> list[Agreement]:
        rows = self._db.execute(
            "select body from agreement where (lower(reference) = lower(?) or ? = '') and created <= ? order by created desc",
            (reference, reference, (now - SEARCH_LAG).isoformat()),
        ).fetchall()
        return [Agreement(**json.loads(body)) for (body,) in rows]

    def asked_with(self, key: str, now: datetime) -> Payment | None:
        """What the same idempotency key has made before."""
        row = self._db.execute(
            "select payment_id from asked where key = ?", (key,)
        ).fetchone()
        return self.find(payment_id=row[0], now=now) if row else None

    def remember(self, key: str, payment: Payment) -> None:
        self._db.execute("insert into asked values (?, ?)", (key, payment.payment_id))

    def open(self, payment: Payment, now: datetime) -> Payment:
        self.move(payment, CREATED, now)
        return payment

    def move(self, payment: Payment, to: Outcome, now: datetime) -> None:
        """The payment is in a new state, and the webhook messages that tell so are owed, in one transaction."""
        payment.states.append((to.status, to.code, to.message, now.isoformat()))
        self._db.execute("begin immediate")
        self._keep(payment)
        for event in webhooks_of(to):
            self._owe(event, payment, now)
        self._db.execute("commit")

    def refund(
        self, payment: Payment, amount: int, now: datetime, *, fails: bool
    ) -> dict[str, Any]:
        """It is submitted now, and has gone through or failed a little later."""
        refund = {
            "refund_id": new_id(26),
            "amount": amount,
            "status": "submitted",
            "fails": fails,
            "created": now.isoformat(),
        }
        payment.refunds.append(refund)
        self._db.execute("begin immediate")
        self._keep(payment)
        if not fails:
            self._owe("card_payment_refunded", payment, now + REFUND_TAKES)
        self._db.execute("commit")
        return refund

    def find(
        self, *, now: datetime, payment_id: str = "", token: str = ""
    ) -> Payment | None:
        row = self._db.execute(
            "select body from payment where payment_id = ? or token = ?",
            (payment_id, token),
        ).fetchone()
        return self._fresh(row[0], now) if row else None

    def search(self, reference: str, now: datetime) -> list[Payment]:
        rows = self._db.execute(
            "select body from payment where (reference = ? or ? = '') and created <= ? order by created desc",
            (reference, reference, (now - SEARCH_LAG).isoformat()),
        ).fetchall()
        return [self._fresh(body, now) for (body,) in rows]

    def expire(self, now: datetime) -> None:
        """Close the payments whose 90 minutes are over."""
        for (body,) in self._db.execute(
            "select body from payment where open and created <= ?",
            ((now - LIFE).isoformat(),),
        ).fetchall():
            self._fresh(body, now)

    async def deliver_due(self, now: datetime, post: Post, secret: str) -> int:
        """Send what is due; what is not taken is tried again by the plan of the real service. How many were sent."""
        due = self._db.execute(
            "select id, body, tries from message where not done and due <= ? order by due",
            (now.timestamp(),),
        ).fetchall()
        for message, body, tries in due:
            if await post(
                body, hmac.new(secret.encode(), body, sha256).hexdigest()
            ) or tries >= len(RETRIES):
                self._db.execute("update message set done = 1 where id = ?", (message,))
            else:
                again = (now + RETRIES[tries]).timestamp()
                self._db.execute(
                    "update message set due = ?, tries = tries + 1 where id = ?",
                    (again, message),
                )
        return len(due)

    def _fresh(self, body: str, now: datetime) -> Payment:
        payment = Payment(**json.loads(body))
        for refund in payment.refunds:
            asked = datetime.fromisoformat(refund["created"])
            if refund["status"] == "submitted" and now >= asked + REFUND_TAKES:
                refund["status"] = "error" if refund["fails"] else "success"
        if payment.agreement_id and payment.status == "created":
            self._take(payment, now)
        if not payment.finished and now >= payment.expires_at:
            self.move(payment, EXPIRED, payment.expires_at)
        return payment

    def _take(self, payment: Payment, now: datetime) -> None:
        """A moment after it was asked for, the card says yes or no."""
        if now < datetime.fromisoformat(payment.created) + TAKING:
            return
        agreement = self.agreement(payment.agreement_id)
        outcome = TAKEN.get(agreement.number if agreement else "", (SUCCESS, None))
        to, payment.can_retry = outcome
        if agreement and payment.can_retry is False:
            agreement.status = "inactive"
            self.keep_agreement(agreement)
        self.move(payment, to, now)

    def _keep(self, payment: Payment) -> None:
        self._db.execute(
            "insert or replace into payment (payment_id, token, reference, created, open, body) values (?, ?, ?, ?, ?, ?)",
            (
                payment.payment_id,
                payment.token,
                payment.reference,
                payment.created,
                not payment.finished,
                json.dumps(asdict(payment)),
            ),
        )

    def _owe(self, event: str, payment: Payment, now: datetime) -> None:
        body = json.dumps(
            {
                "webhook_message_id": new_id(26),
                "api_version": 1,
                "created_date": stamp(now),
                "resource_id": payment.payment_id,
                "resource_type": "payment",
                "event_type": event,
                "resource": {
                    "payment_id": payment.payment_id,
                    "reference": payment.reference,
                    "amount": payment.amount,
                    "state": state_of(payment),
                },
            }
        ).encode()
        for delay in WEBHOOK_DELAYS.get(event, USUAL_DELAYS):
            self._db.execute(
                "insert into message (body, due) values (?, ?)",
                (body, (now + delay).timestamp()),
            )


def webhooks_of(outcome: Outcome) -> list[str]:
    if outcome is EXPIRED:
        return ["card_payment_expired"]
    if outcome is SUCCESS:
        return ["card_payment_succeeded", "card_payment_captured"]
    return [WEBHOOK_OF[outcome.status]] if outcome.status in WEBHOOK_OF else []


def state_of(payment: Payment) -> dict[str, Any]:
    told = state_told(payment.states[-1])
    retry = {} if payment.can_retry is None else {"can_retry": payment.can_retry}
    return told | retry


def state_told(state: tuple[str, str, str, str]) -> dict[str, Any]:
    status, code, message, _ = state
    told: dict[str, Any] = {"status": status, "finished": status in FINISHED}
    return told | ({"code": code, "message": message} if code else {})


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def new_id(length: int) -> str:
    return "".join(
        secrets.choice("0123456789abcdefghijklmnopqrstuv") for _ in range(length)
    )
