"""Whoever fails again and again waits longer each time; kept in an ordinary table, so that a crash forgives nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from register.kit.db import Base, Sessions
from register.kit.errors import TooMany
from register.kit.security.keys import keyed_hash, signing_key

FREE_TRIES = 5
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=4)
FORGIVEN_AFTER = timedelta(days=1)


class LockOut(Base):
    __tablename__ = "lock_out"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_failed_at: Mapped[datetime]

    @property
    def until(self) -> datetime:
        """The wait begins with the fifth failure and doubles with each one more."""
        beyond = self.failures - FREE_TRIES
        wait = (
            min(FIRST_WAIT * 2 ** min(beyond, 10), LONGEST_WAIT)
            if beyond >= 0
            else timedelta(0)
        )
        return self.last_failed_at + wait


@dataclass(frozen=True)
class LockOuts:
    """`who` is an account from a network, or an account on a device that it is known by: nobody else's failures lock that one."""

    sessions: Sessions

    async def refuse_locked(self, *who: str, now: datetime) -> None:
        """TooMany while a wait lasts."""
        async with self.sessions.begin() as db:
            lock = await db.get(LockOut, _key(who))
        if lock and now < lock.until:
            raise TooMany((lock.until - now).total_seconds())

    async def failed(self, *who: str, now: datetime) -> None:
        first = insert(LockOut).values(key=_key(who), failures=1, last_failed_at=now)
        again = case(
            (LockOut.last_failed_at < now - FORGIVEN_AFTER, 1),
            else_=LockOut.failures + 1,
        )
        counted = first.on_conflict_do_update(
            index_elements=[LockOut.key],
            set_={"failures": again, "last_failed_at": now},
        )
        async with self.sessions.begin() as db:
            await db.execute(counted)

    async def passed(self, *who: str) -> None:
        async with self.sessions.begin() as db:
            await db.execute(delete(LockOut).where(LockOut.key == _key(who)))


async def sweep(db: AsyncSession, now: datetime) -> None:
    """Delete what is forgiven."""
    await db.execute(
        delete(LockOut).where(LockOut.last_failed_at < now - FORGIVEN_AFTER)
    )


def _key(who: tuple[str, ...]) -> bytes:
    return keyed_hash(signing_key("lock-outs"), *who)
