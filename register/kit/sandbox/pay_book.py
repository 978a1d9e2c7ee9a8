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
    payment_id: str = field(default_factory=lambda: new_id(26))
    token: str = field(default_factory=lambda: str(uuid4()))

    @property
    def status(self) -> str:
        return self.states[-1][0]

    @property
    def finished(self) -> bool:
        return self.status in FINISHED

    @property
    def expires_at(self) -> datetime:
        return datetime.fromisoformat(self.created) + LIFE


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
            create table if not exists message (
              id integer primary key, body blob not null, due real not null,
              tries integer not null default 0, done integer not null default 0);
        """)

    def close(self) -> None:
        self._db.close()

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
        if not payment.finished and now >= payment.expires_at:
            self.move(payment, EXPIRED, payment.expires_at)
        return payment

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
    return state_told(payment.states[-1])


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
