"""Shows a page that was kept in a real browser, at both widths and without scripts, and tells what is wrong with it."""

import mimetypes
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from register.kit.pages import STATIC
from tests.chromium import (
    NARROW,
    PATIENCE,
    WIDE,
    complaints_of,
    spills,
    violations,
)
from tests.served import served

STATIC_ADDRESS = "/static/"
KEPT = (b"cache-control", b"max-age=86400")


class Window:
    """`shown` is the page that stands in it; its style sheets and scripts come from our folder, and the browser keeps them."""

    def __init__(self, page):
        self.page = page
        self.complaints = complaints_of(page)
        self.address, self.shown = "", None
        page.set_default_timeout(PATIENCE)

    @classmethod
    @asynccontextmanager
    async def open(cls, browser):
        context = await browser.new_context(viewport=WIDE)
        window = cls(await context.new_page())
        with served(window, lifespan="off") as window.address:
            yield window
            await context.close()

    async def __call__(self, scope, _, send):
        """As ASGI has it."""
        path = scope["path"]
        if path.startswith(STATIC_ADDRESS):
            name = path.removeprefix(STATIC_ADDRESS).partition("/")[2]
            kind, _ = mimetypes.guess_type(name)
            status, body = 200, (STATIC / name).read_bytes()
            headers = [(b"content-type", (kind or "font/woff2").encode()), KEPT]
        else:
            look = self.shown
            status, body = look.status, look.html.encode()
            headers = [(k.encode(), v.encode()) for k, v in look.headers.items()]
        start = {"type": "http.response.start", "status": status, "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": body})

    async def faults(self, look):
        """At both widths."""
        self.shown = look
        self.complaints.clear()
        await self.page.set_viewport_size(WIDE)
        await self.page.goto(
            self.address + urlsplit(look.url)._replace(scheme="", netloc="").geturl()
        )
        found = []
        for size in (WIDE, NARROW):
            await self.page.set_viewport_size(size)
            at = f"{look.name}, {size['width']} px"
            found += [f"{at}: {fault}" for fault in await violations(self.page)]
            if (wider := await spills(self.page)) > 0:
                found.append(f"{at}: {wider} px too wide")
        said = [line for line in self.complaints if str(look.status) not in line]
        return found + [f"{look.name} says {line}" for line in said]
