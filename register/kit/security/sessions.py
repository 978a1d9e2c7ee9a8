"""Who is speaking: sessions kept in our own table under the hash of a random token, and never one that we did not make."""

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from sqlalchemy import ColumnElement, delete, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from register.kit.clock import Now
from register.kit.db import Base, Sessions

COOKIE = "__Host-s"
TOKEN_BYTES = 32
SEEN_EVERY = timedelta(minutes=1)


class Lifetime(NamedTuple):
    """How long a session lives without a request, and at most."""

    idle: timedelta
    absolute: timedelta


FOR_THE_PUBLIC = Lifetime(idle=timedelta(minutes=30), absolute=timedelta(hours=12))
FOR_STAFF = Lifetime(idle=timedelta(minutes=15), absolute=timedelta(hours=8))


class StoredSession(Base):
    """A session as it is kept. Whoever reads the table holds no usable token."""

    __tablename__ = "web_session"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[UUID | None] = mapped_column(index=True)
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    proved_at: Mapped[datetime | None]
    """When a second factor was last shown."""


class Speaker(Protocol):
    """What the middleware must know of whom a session belongs to."""

    @property
    def account_id(self) -> UUID | None: ...

    @property
    def lifetime(self) -> Lifetime: ...


LoadViewer = Callable[[AsyncSession, "WebSession"], Awaitable[Speaker | None]]
"""Who a session speaks for; None when its account may not be used (any more), which ends the session."""


class WebSession:
    """The session of one request. Nothing is stored, and no cookie is set, until something is put into it."""

    def __init__(
        self, stored: StoredSession | None = None, token: str | None = None
    ) -> None:
        self.token = token
        self.account_id = stored.account_id if stored else None
        self.created_at = stored.created_at if stored else None
        self.proved_at = stored.proved_at if stored else None
        self._stored: dict[str, Any] = stored.data if stored else {}
        self._data = dict(self._stored)
        self._kept_as = hash_of(token) if stored and token else None
        self._changed: set[str] = set()
        self._renewed = False
        self._ended = False

    @property
    def exists(self) -> bool:
        return self.token is not None

    @property
    def ended(self) -> bool:
        return self._ended

    @property
    def is_to_be_stored(self) -> bool:
        return bool(self._ended or self._renewed or self._changed)

    def get(self, name: str, default: Any = None) -> Any:
        return self._data.get(name, default)

    def put(self, name: str, value: Any) -> None:
        """Keep a JSON value; None takes it out."""
        if self._data.get(name) == value:
            return
        self._changed.add(name)
        if value is None:
            del self._data[name]
        else:
            self._data[name] = value
            self.token = self.token or _new_token()

    def take(self, name: str) -> Any:
        """Read a value and take it out."""
        value = self.get(name)
        self.put(name, None)
        return value

    def flash(self, message: str) -> None:
        """Say something once, on the next page that is shown."""
        self.put("flash", [*self.get("flash", []), message])

    def take_flashes(self) -> list[str]:
        return self.take("flash") or []

    def sign_in(self, account_id: UUID, *, now: datetime, proved: bool) -> None:
        """From now on the session speaks for the account: under a new token, and with nothing of what it held before."""
        self.account_id = account_id
        self.created_at = now
        self.proved_at = now if proved else None
        for name in list(self._data):
            self.put(name, None)
        self._renew()

    def prove(self, *, now: datetime) -> None:
        """A second factor was shown: more may be done, so the token is changed."""
        self.proved_at = now
        self._renew()

    def renew(self) -> None:
        """More may be seen from now on, so the token is changed."""
        self._renew()

    def sign_out(self) -> None:
        self.account_id = self.proved_at = self.token = None
        self._data.clear()
        self._ended = True

    def discard(self) -> None:
        """Forget what was not stored yet: the act that it told of was undone."""
        self._data = dict(self._stored)
        self._changed.clear()
        self._renewed = self._ended = False
        if self._kept_as is None:
            self.token = None

    def _renew(self) -> None:
        self.token = _new_token()
        self._renewed = True

    async def save(self, db: AsyncSession, now: datetime) -> bool:
        """Store what changed; whether a new cookie is due. A session that was deleted meanwhile stays deleted."""
        if self._ended:
            await db.execute(
                delete(StoredSession).where(StoredSession.token_hash == self._kept_as)
            )
            return False
        if self._kept_as is None:
            if self.token is None:
                return False
            await db.execute(insert(StoredSession).values(self._row(now)))
            return True
        row = update(StoredSession).where(StoredSession.token_hash == self._kept_as)
        if self._renewed:
            return bool(
                (
                    await db.execute(
                        row.values(self._row(now)).returning(StoredSession.token_hash)
                    )
                ).scalar()
            )
        if self._changed:
            await db.execute(row.values(data=self._merged()))
        return False

    def _row(self, now: datetime) -> dict[str, Any]:
        return {
            "token_hash": hash_of(self.token or ""),
            "account_id": self.account_id,
            "data": self._data,
            "created_at": self.created_at or now,
            "seen_at": now,
            "expires_at": (self.created_at or now) + FOR_THE_PUBLIC.absolute,
            "proved_at": self.proved_at,
        }

    def _merged(self) -> Any:
        """Only the names that this request touched, so that two tabs do not undo each other."""
        put = {name: self._data[name] for name in self._changed if name in self._data}
        kept: ColumnElement[Any] = StoredSession.data.expression
        for name in self._changed - put.keys():
            kept = kept.op("-", return_type=JSONB())(name)
        return kept.op("||", return_type=JSONB())(literal(put, JSONB)) if put else kept


class SessionMiddleware(ASGIMiddleware):
    """Reads the session before the handler runs and stores it before the answer leaves, each in a short transaction."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, sessions: Sessions, load_viewer: LoadViewer, now: Now) -> None:
        self.sessions = sessions
        self.load_viewer = load_viewer
        self.now = now

    async def handle(
        self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp
    ) -> None:
        if ignores_cookies(scope):
            await next_app(scope, receive, send)
            return
        session, viewer = await self._opened(scope)
        scope["web_session"], scope["viewer"] = session, viewer  # type: ignore[typeddict-unknown-key]

        async def stored_first(message: Message) -> None:
            if message["type"] == "http.response.start" and session.is_to_be_stored:
                await self._store(session, message)
            await send(message)

        await next_app(scope, receive, stored_first)

    async def _opened(self, scope: Scope) -> tuple[WebSession, Speaker | None]:
        token = _token_sent(scope)
        if token is None:
            return WebSession(), None
        async with self.sessions.begin() as db:
            return await self._found(db, token)

    async def _found(
        self, db: AsyncSession, token: str
    ) -> tuple[WebSession, Speaker | None]:
        now = self.now()
        stored = await db.get(StoredSession, hash_of(token))
        if stored is None:
            return WebSession(), None
        session = WebSession(stored, token)
        viewer = await self.load_viewer(db, session) if session.account_id else None
        lifetime = viewer.lifetime if viewer else FOR_THE_PUBLIC
        is_over = now >= min(
            stored.seen_at + lifetime.idle, stored.created_at + lifetime.absolute
        )
        if is_over or (session.account_id and viewer is None):
            await db.execute(
                delete(StoredSession).where(
                    StoredSession.token_hash == stored.token_hash
                )
            )
            return WebSession(), None
        if now - stored.seen_at >= SEEN_EVERY:
            await db.execute(
                update(StoredSession)
                .where(StoredSession.token_hash == stored.token_hash)
                .values(seen_at=now)
            )
        return session, viewer

    async def _store(self, session: WebSession, message: Message) -> None:
        async with self.sessions.begin() as db:
            cookie_is_due = await session.save(db, self.now())
        headers = MutableScopeHeaders.from_message(message)
        if cookie_is_due:
            headers.add(
                "set-cookie",
                f"{COOKIE}={session.token}; Path=/; Secure; HttpOnly; SameSite=Lax",
            )
        if session.ended:
            headers.add(
                "set-cookie",
                f"{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0",
            )
            # Not "cookies": that would also take the mark by which a device is known, and with it the owner's way past
            # a lock-out that strangers brought about.
            headers["clear-site-data"] = '"cache", "storage"'


async def end_all(
    db: AsyncSession, account_id: UUID, *, but: WebSession | None = None
) -> int:
    """Sign an account out everywhere, or everywhere else."""
    ending = delete(StoredSession).where(StoredSession.account_id == account_id)
    if but is not None and but.token is not None:
        ending = ending.where(StoredSession.token_hash != hash_of(but.token))
    return len((await db.scalars(ending.returning(StoredSession.token_hash))).all())


async def sweep(db: AsyncSession, now: datetime) -> None:
    """Delete what has expired."""
    await db.execute(delete(StoredSession).where(StoredSession.expires_at <= now))


async def live(db: AsyncSession, account_id: UUID, now: datetime) -> int:
    """How many sessions of an account have not expired."""
    of_account = StoredSession.account_id == account_id, StoredSession.expires_at > now
    return (
        await db.scalar(
            select(func.count()).select_from(StoredSession).where(*of_account)
        )
        or 0
    )


def ignores_cookies(scope: Scope) -> bool:
    """The API, webhooks and static files answer everybody alike, whoever is signed in beside them."""
    return scope["route_handler"].opt.get("csrf") == "exempt"


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def _token_sent(scope: Scope) -> str | None:
    """The cookie as sent; two of them are one too many, since only one can be ours."""
    sent = b"; ".join(
        value for name, value in scope["headers"] if name == b"cookie"
    ).decode("latin-1")
    pairs = (pair.strip().partition("=") for pair in sent.split(";"))
    tokens = {value for name, _, value in pairs if name == COOKIE}
    return tokens.pop() if len(tokens) == 1 else None
