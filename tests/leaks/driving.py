"""Calls every address as a role, and keeps what was answered, what was written and what was logged."""

import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy import text
from structlog.testing import capture_logs

from register.kit.security import csrf
from register.kit.security.sessions import COOKIE, WebSession
from tests.browser import ADDRESSES, HOST, Browser
from tests.leaks.places import Place, signature_of
from tests.leaks.roles import STAFF_ROLES, Role
from tests.leaks.table import Meets, Row
from tests.uploading import CONTENT_TYPE, body

TOKEN = re.compile(rf'name="{csrf.FIELD}" value="[^"]*"'.encode())
COUNTED = {"rate_limit"}
"""How often somebody tried is counted, whatever they tried."""
WRITTEN = text("""
select relname, n_tup_ins + n_tup_upd + n_tup_del from pg_stat_xact_user_tables
where n_tup_ins + n_tup_upd + n_tup_del > 0
""")
"""What this transaction has written to each table so far, rolled back or not."""


@dataclass(repr=False)
class Answer:
    row: Row
    role: Role
    place: Place
    sent: Any
    response: httpx.Response
    wrote: set[str]
    """The tables."""
    logged: list[dict[str, Any]]

    @property
    def meets(self) -> Meets:
        return self.row.meets(self.role)

    @property
    def told(self) -> str:
        """All that the client gets to know."""
        headers = "\n".join(map(": ".join, self.response.headers.multi_items()))
        return f"{headers}\n{self.response.content.decode('utf-8', 'replace')}"

    @property
    def location(self) -> str:
        return self.response.headers.get("location", "")

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
        return f"{self.role}: {self.row.method} {self.row.path}{query}{of}: {self.response.status_code}"


class Driver:
    """One for a world: signs each role in once, and leaves the world as it was after each call."""

    def __init__(self, app, world, atlas, connection, sessions, clock):
        self.app, self.world, self.atlas = app, world, atlas
        self.connection, self.sessions, self.clock = connection, sessions, clock
        self._browsers = {}
        self._driven = {}

    async def drive(self, role, table):
        """The answers of every row that is about the role."""
        if role not in self._driven:
            self._driven[role] = [
                answer for row in table for answer in await self._row(role, row)
            ]
        return self._driven[role]

    async def _row(self, role, row):
        places = self.atlas.places(row, role)
        if row.meets(role) is not Meets.ALLOW:
            places = places[:1]
        return [await self.call(role, row, place) for place in places]

    async def call(self, role, row, place, sent=None, *, proved=True, **options):
        browser = await self.browser(role, proved=proved)
        if sent is None:
            sent = self.atlas.sent(row, place, role) if row.method == "POST" else {}
        options |= self._as_sent(browser, row, sent)
        async with self.undone():
            before = await self._written()
            with capture_logs() as logged:
                response = await browser.request(row.method, place.url, **options)
            wrote = await self._written()
        return Answer(
            row,
            role,
            place,
            sent,
            response,
            {
                table
                for table in wrote.keys() - COUNTED
                if wrote[table] != before.get(table, 0)
            },
            logged,
        )

    def _as_sent(self, browser, row, sent):
        if row.method != "POST":
            return {}
        if "signed" in sent:
            return _signed(sent["signed"])
        if "file" in sent:
            return _multipart(browser, sent)
        return {"data": {csrf.FIELD: browser.csrf} | sent}

    async def browser(self, role, *, proved=True):
        if (role, proved) not in self._browsers:
            made = RoleBrowser(self.app, self.sessions, self.clock)
            if role is not Role.ANONYMOUS:
                shown = proved and role in STAFF_ROLES
                made.kept = await made.sign_in(self.world.accounts[role], proved=shown)
            self._browsers[role, proved] = made
        browser = self._browsers[role, proved]
        browser.begin()
        return browser

    @asynccontextmanager
    async def undone(self):
        point = await self.connection.begin_nested()
        try:
            yield
        finally:
            await point.rollback()

    async def _written(self):
        return dict((await self.connection.execute(WRITTEN)).all())

    async def close(self):
        for browser in self._browsers.values():
            await browser.aclose()


class RoleBrowser(Browser):
    """Forgets between two calls whatever the first made it remember."""

    kept = ""

    def begin(self):
        self._transport.client = (f"127.{next(ADDRESSES)}", 50000)
        self.cookies.clear()
        if self.kept:
            self.cookies.set(COOKIE, self.kept, domain=HOST, path="/")

    @property
    def csrf(self):
        return csrf.token_for(WebSession(token=self.kept or None))


def _signed(content):
    headers = {
        "content-type": "application/json",
        "pay-signature": signature_of(content),
    }
    return {"content": content, "headers": headers}


def _multipart(browser, sent):
    """The token comes first."""
    fields = {csrf.FIELD: browser.csrf} | {k: v for k, v in sent.items() if k != "file"}
    parts = [*fields.items(), ("file", "scan.pdf", sent["file"])]
    return {"content": body(*parts), "headers": {"content-type": CONTENT_TYPE}}
