"""Calls every address as a role, and keeps what was answered, what was written and what was logged."""

import hmac
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select, text
from structlog.testing import capture_logs

from register.kit.post import Message
from register.kit.security import csrf
from register.kit.security.sessions import COOKIE, WebSession
from tests.browser import ADDRESSES, HOST, Browser
from tests.leaks.canaries import Canary
from tests.leaks.places import Place
from tests.leaks.roles import EMPLOYERS, STAFF_ROLES, Role
from tests.leaks.rows import Meets, Row
from tests.leaks.table import SUBJECTS
from tests.uploading import CONTENT_TYPE, body

TOKEN = re.compile(rf'name="{csrf.FIELD}" value="[^"]*"'.encode())
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
OUR_PAGE = {"sec-fetch-site": "same-origin"}
COUNTED = {"rate_limit"}
"""How often somebody tried is counted, whatever they tried."""
TOUCHED = text("""
select relname from pg_locks join pg_class on pg_class.oid = relation
where pg_current_xact_id_if_assigned() is not null and pid = pg_backend_pid() and mode = 'RowExclusiveLock'
  and relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> all(:counted)
order by relname
""").bindparams(counted=sorted(COUNTED))
"""The tables that the transaction may have written to: whoever writes holds this lock until the end."""
VERSIONS = "select '{}', count(*), coalesce(sum(xmin::text::bigint), 0) from {}"


@dataclass(frozen=True)
class Letter:
    id: UUID
    to: str
    subject: str
    body: str


@dataclass(repr=False)
class Answer:
    row: Row
    role: Role
    place: Place
    sent: Any
    response: httpx.Response
    wrote: set[str]
    """The tables."""
    letters: list[Letter]
    logged: list[dict[str, Any]]
    _sung: list[tuple[str, Canary]] | None = None

    @property
    def meets(self) -> Meets:
        return self.row.meets(self.role)

    @cached_property
    def told(self) -> str:
        """All that the client gets to know."""
        headers = "\n".join(map(": ".join, self.response.headers.multi_items()))
        return f"{headers}\n{self.response.content.decode('utf-8', 'replace')}"

    @property
    def location(self) -> str:
        return self.response.headers.get("location", "")

    def sung(self, aviary) -> list[tuple[str, Canary]]:
        """The canaries in what the client gets to know, each with how it stands there; listened for once."""
        if self._sung is None:
            self._sung = list(aviary.sung_in(self.told))
        return self._sung

    @property
    def plain(self):
        """Without what differs from one request to the next."""
        headers = dict(self.response.headers) | {"x-request-id": ""}
        return (
            self.response.status_code,
            headers,
            TOKEN.sub(b"", self.response.content),
        )

    def __repr__(self) -> str:
        query = self.place.query
        of = f" ({self.row.of or self.place.at.get('section', '')})"
        status = self.response.status_code
        errors = [line for line in self.logged if line["log_level"] == "error"]
        return f"{self.role}: {self.row.method} {self.row.path}{query}{of}: {status} {errors or ''}"


class Driver:
    """One for a world: signs each role in once, and leaves the world as it was after each call."""

    def __init__(self, app, world, atlas, connection, sessions, clock):
        self.app, self.world, self.atlas = app, world, atlas
        self.connection, self.sessions, self.clock = connection, sessions, clock
        self.first_letters = frozenset()
        """Those of the world, by their ids."""
        self._kept = {}
        """The state of tables as the world left them."""
        self._browsers = {}
        self._driven = {}
        self._missing = {}

    async def drive(self, role, rows):
        """The answers of every row, each asked for once."""
        return [answer for row in rows for answer in await self._row(role, row)]

    async def _row(self, role, row):
        if (role, row) not in self._driven:
            places = self.atlas.places(row, role)
            if at_the_door(row, role):
                places = places[:1]
            self._driven[role, row] = [
                await self.call(role, row, place) for place in places
            ]
        return self._driven[role, row]

    async def call(
        self,
        role,
        row,
        place,
        sent=None,
        *,
        proved=True,
        sent_from=OUR_PAGE,
        token_of=None,
    ):
        """`sent_from` is what the browser tells of the page; `token_of` whose token that page held, if not the role's own."""
        browser = await self.browser(role, proved=proved)
        browser.begin(sent_from)
        token = (token_of or browser).csrf
        if sent is None:
            sent = self.atlas.sent(row, place, role) if row.method in UNSAFE else {}
        options = _as_sent(row, sent, token)
        async with self.undone():
            if first := self.atlas.first(row, place, role):
                where, what = first
                before = _as_sent(row, what, token)
                await browser.request(row.method, where.url, **before)
            with capture_logs() as logged:
                response = await browser.request(row.method, place.url, **options)
            touched = (await self.connection.scalars(TOUCHED)).all()
            letters = (
                await self.letters(since=self.first_letters)
                if "message" in touched
                else []
            )
            left = await self._state(touched)
        found = await self._as_kept(touched)
        wrote = {table for table in touched if left[table] != found[table]}
        return Answer(row, role, place, sent, response, wrote, letters, logged)

    async def missing(self, role, row):
        """What is answered for such an address of a thing that never was."""
        if (role, row) not in self._missing:
            place, *_ = self.atlas.places(row, role)
            sent = self.atlas.sent(row, place, role) if row.method in UNSAFE else {}
            answer = await self.call(role, row, place.missing(), sent)
            self._missing[role, row] = answer.plain
        return self._missing[role, row]

    async def browser(self, role, *, proved=True):
        if (role, proved) not in self._browsers:
            made = RoleBrowser(self.app, self.sessions, self.clock)
            if role is not Role.ANONYMOUS:
                shown = proved and role in STAFF_ROLES.keys() | EMPLOYERS
                async with self.kept():
                    account = self.world.accounts[role]
                    made.kept = await made.sign_in(account, proved=shown)
                    for subject in SUBJECTS:
                        if opened := getattr(subject, "open_browser", None):
                            await opened(self, role, made.kept)
            self._browsers[role, proved] = made
        return self._browsers[role, proved]

    @asynccontextmanager
    async def undone(self):
        inner = self.connection.in_transaction()
        if not inner:
            # Named as in the call before, else each would have to be prepared anew, and push out what comes again.
            self.connection.sync_connection._Connection__savepoint_seq = 0
        point = await (
            self.connection.begin_nested() if inner else self.connection.begin()
        )
        try:
            yield
        finally:
            await point.rollback()

    @asynccontextmanager
    async def kept(self):
        """For as long as what it stands in."""
        self._kept.clear()
        if self.connection.in_transaction():
            yield
        else:
            async with self.connection.begin():
                yield

    async def _state(self, tables):
        """Which versions of its rows a table holds: what was written and rolled back again does not show."""
        if not tables:
            return {}
        each = " union all ".join(map(VERSIONS.format, tables, tables))
        rows = await self.connection.execute(text(each))
        return {table: versions for table, *versions in rows}

    async def _as_kept(self, tables):
        if unknown := [table for table in tables if table not in self._kept]:
            async with self.undone():
                self._kept |= await self._state(unknown)
        return self._kept

    async def letters(self, *, since):
        """All but those that were written before."""
        written = select(
            Message.id, Message.to_address, Message.subject, Message.body
        ).where(Message.id.not_in(since))
        async with self.undone():
            found = await self.connection.execute(written)
            return [Letter(*row) for row in found]

    async def close(self):
        for browser in self._browsers.values():
            await browser.aclose()


def at_the_door(row, role):
    """Turned away before anybody looks at what stands there: one place is as good as all."""
    meets = row.meets(role)
    if meets is Meets.HIDE:
        return role not in row.allowed and not row.path.startswith("/staff")
    return meets in {Meets.SIGN_IN, Meets.FORBID}


class RoleBrowser(Browser):
    """Forgets between two calls whatever the first made it remember."""

    kept = ""

    def begin(self, sent_from):
        for name in ("sec-fetch-site", "origin"):
            self.headers.pop(name, None)
        self.headers.update(sent_from)
        self._transport.client = (f"127.{next(ADDRESSES)}", 50000)
        self.cookies.clear()
        if self.kept:
            self.cookies.set(COOKIE, self.kept, domain=HOST, path="/")

    @property
    def csrf(self):
        return csrf.token_for(WebSession(token=self.kept or None))


def _as_sent(row, sent, token):
    if row.method not in UNSAFE:
        return {}
    if "signed" in sent:
        return _signed(sent["signed"])
    if "file" in sent:
        return _multipart(token, sent)
    return {"data": {csrf.FIELD: token} | sent}


def _signed(content):
    headers = {
        "content-type": "application/json",
        "pay-signature": signature_of(content),
    }
    return {"content": content, "headers": headers}


def signature_of(content):
    return hmac.new(b"webhook_test_secret", content, sha256).hexdigest()


def _multipart(token, sent):
    """The token comes first."""
    fields = {csrf.FIELD: token} | {k: v for k, v in sent.items() if k != "file"}
    parts = [*fields.items(), ("file", "scan.pdf", sent["file"])]
    return {"content": body(*parts), "headers": {"content-type": CONTENT_TYPE}}
