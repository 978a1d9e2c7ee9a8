"""A browser without a screen: it speaks to the app in the test's own loop and keeps cookies."""

import secrets
from datetime import datetime
from itertools import count

import httpx
from sqlalchemy.ext.asyncio import async_sessionmaker

from register.account import Account
from register.kit.security import csrf
from register.kit.security.sessions import (
    COOKIE,
    FOR_THE_PUBLIC,
    StoredSession,
    WebSession,
    hash_of,
)

HOST = "register.example"
ADDRESSES = (f"{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in count(1))


class Browser(httpx.AsyncClient):
    """Posts as our own pages do: same origin, with the session's token where there is a session."""

    def __init__(self, app, sessions, now, *, address=None):
        # Each from an address of its own, so that no test meets another's limits.
        self.address = address or f"127.{next(ADDRESSES)}"
        super().__init__(
            transport=httpx.ASGITransport(app, client=(self.address, 50000)),
            base_url=f"https://{HOST}",
            headers={"sec-fetch-site": "same-origin"},
        )
        self.app = app
        self.sessions = sessions
        self.now = now

    @property
    def token(self):
        return self.cookies.get(COOKIE)

    @property
    def csrf_token(self):
        return csrf.token_for(WebSession(token=self.token))

    async def post(self, url, *, data=None, **options):
        if "content" not in options and self.token:
            data = {csrf.FIELD: self.csrf_token, **(data or {})}
        return await super().post(url, data=data, **options)

    async def sign_in(self, account: Account, *, proved: bool = True) -> str:
        """Signed in without walking the sign-in pages; `proved` is whether a second factor was shown."""
        token, now = secrets.token_urlsafe(32), self.now()
        async with self.sessions.begin() as session:
            session.add(stored(token, account, now, proved_at=now if proved else None))
        self.cookies.set(COOKIE, token, domain=HOST, path="/")
        return token


def stored(
    token: str, account: Account | None, now: datetime, **known
) -> StoredSession:
    return StoredSession(
        **{
            "token_hash": hash_of(token),
            "account_id": account.id if account else None,
            "data": {},
            "created_at": now,
            "seen_at": now,
            "expires_at": now + FOR_THE_PUBLIC.absolute,
            "proved_at": None,
        }
        | known
    )


class Borrowed:
    """Is what the test that runs has put into it."""

    def __call__(self):
        return self.lender()

    def begin(self):
        return self.lender.begin()


class BorrowedSessions(Borrowed, async_sessionmaker):
    """For handlers that ask for the database itself: the framework looks at what it hands them."""
