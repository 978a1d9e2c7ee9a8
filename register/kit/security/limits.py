"""How often something may be tried: exact across all web processes, because PostgreSQL counts."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

import structlog
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from register.kit.db import Base, Sessions
from register.kit.errors import TooMany
from register.kit.security.keys import keyed_hash, signing_key

log = structlog.get_logger("limits")

EVERYBODY = "everybody"


@dataclass(frozen=True)
class Rate:
    """So many in a row, and after that one each time a share of the span has passed (GCRA)."""

    count: int
    per: timedelta

    @property
    def every(self) -> timedelta:
        return self.per / self.count


@dataclass(frozen=True)
class Limit:
    """All its rates hold. `open`: without the database it lets everything pass; otherwise nothing."""

    name: str
    rates: tuple[Rate, ...]
    open: bool = False


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

SIGN_IN = Limit("sign_in", (Rate(10, 5 * MINUTE),))
SIGN_IN_NETWORK = Limit("sign_in_network", (Rate(20, 5 * MINUTE),))
SIGN_IN_ALL = Limit("sign_in_all", (Rate(1000, 5 * MINUTE),))
CODE = Limit("code", (Rate(5, 5 * MINUTE), Rate(16, DAY)))
"""Wrong codes only, as right ones are given back: at most 32 guesses in any day at three codes in a million (1 in 10,000)."""
RESET = Limit("reset", (Rate(3, HOUR), Rate(5, DAY)))
RESET_NETWORK = Limit("reset_network", (Rate(10, HOUR),))
SIGN_UP_NETWORK = Limit("sign_up_network", (Rate(10, HOUR),))
SEND_CODE = Limit("send_code", (Rate(3, 10 * MINUTE), Rate(10, DAY)))
FORM = Limit("form", (Rate(600, HOUR),))
"""Whatever an account sends: far more than a person types, far less than a script would."""
SEARCH = Limit("search", (Rate(60, MINUTE),), open=True)
DEEP_SEARCH = Limit("deep_search", (Rate(20, MINUTE),), open=True)
REFERENCE = Limit("reference", (Rate(60, HOUR),))
"""Whatever the holders of links send from one network: a large employer has many referees."""
PAY_LINK = Limit("pay_link", (Rate(60, HOUR),))
"""Whoever begins to pay by links from one network."""
ENQUIRY = Limit("enquiry", (Rate(10, HOUR), Rate(30, DAY)))
"""What one account writes to us."""
UPLOAD = Limit("upload", (Rate(30, HOUR),))
UPLOAD_MEGABYTES = Limit("upload_megabytes", (Rate(200, DAY),))
PDF = Limit("pdf", (Rate(20, MINUTE),))


class Meter(Base):
    """When a limit would be full again. Not logged: a crash of PostgreSQL forgives one span, lock-outs survive it."""

    __tablename__ = "rate_limit"
    __table_args__ = {"prefixes": ["UNLOGGED"]}

    key: Mapped[bytes] = mapped_column(primary_key=True)
    """A keyed hash: the table holds no address and no e-mail."""
    full_at: Mapped[datetime]


@dataclass(frozen=True)
class Limits:
    """The limits as a request meets them, counted in transactions of their own that no rollback undoes."""

    sessions: Sessions

    async def hit(self, limit: Limit, identity: str, *, cost: int = 1) -> None:
        """Count a try; TooMany where it is one too many."""
        await hit(self.sessions, limit, identity, cost=cost)

    async def give_back(self, limit: Limit, identity: str) -> None:
        """The try was a right one, which the limit is not about."""
        async with self.sessions.begin() as db:
            for rate in limit.rates:
                meter = update(Meter).where(Meter.key == _key(limit, rate, identity))
                await db.execute(meter.values(full_at=Meter.full_at - rate.every))


async def hit(
    sessions: Sessions, limit: Limit, identity: str, *, cost: int = 1
) -> None:
    try:
        async with sessions.begin() as db:
            waits = [
                await _wait(db, limit, rate, identity, cost) for rate in limit.rates
            ]
    except (SQLAlchemyError, OSError):
        if not limit.open:
            raise
        log.warning("limit passed unchecked", limit=limit.name)
        return
    if any(waits):
        raise TooMany(max(waits))


async def sweep(db: AsyncSession) -> None:
    """Delete the meters that have run full again."""
    await db.execute(text("delete from rate_limit where full_at < clock_timestamp()"))


def network(address: str) -> str:
    """Whom an address stands for: itself, or for IPv6 the /64 that one household has whole."""
    try:
        ip = ip_address(address)
    except ValueError:
        return "unknown"
    if not isinstance(ip, IPv6Address):
        return str(ip)
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return f"{ip_address(int(ip) >> 64 << 64)}/64"


async def _wait(
    db: AsyncSession, limit: Limit, rate: Rate, identity: str, cost: int
) -> float:
    key = _key(limit, rate, identity)
    return (
        await db.scalar(select(func.rate_hit(key, rate.every, rate.count, cost))) or 0.0
    )


def _key(limit: Limit, rate: Rate, identity: str) -> bytes:
    return keyed_hash(signing_key("limits"), limit.name, str(rate.per), identity)


class ProcessLimit:
    """The same meter in memory: coarse, for one process, to spare the database on public reads."""

    MOST_REMEMBERED = 50_000

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self.every = rate.every.total_seconds()
        self.span = rate.per.total_seconds()
        self.clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def hit(self, identity: str) -> None:
        """Count a try; TooMany where it is one too many."""
        now = self.clock()
        full_at = max(self._full_at.get(identity, now), now) + self.every
        if full_at - now > self.span + self.every / 1000:
            raise TooMany(full_at - now - self.span)
        self._full_at[identity] = full_at
        self._full_at.move_to_end(identity)
        if len(self._full_at) > self.MOST_REMEMBERED:
            self._full_at.popitem(last=False)
