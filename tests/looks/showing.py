"""Shows a page that was kept in a real browser, at both widths and without scripts, and tells what is wrong with it."""

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

STATIC_ADDRESS = "/static/"
NO_SCRIPTS = {"content-security-policy": "script-src 'none'"}


class Window:
    """`shown` is the page that stands in it; its style sheets and scripts come from our folder."""

    def __init__(self, page):
        self.page = page
        self.complaints = complaints_of(page)
        self.shown = None
        page.set_default_timeout(PATIENCE)

    @classmethod
    async def open(cls, browser):
        context = await browser.new_context(viewport=WIDE)
        window = cls(await context.new_page())
        await context.route("**/*", window._answer)
        return window

    async def _answer(self, route):
        address = urlsplit(route.request.url)
        if address.path.startswith(STATIC_ADDRESS):
            name = address.path.removeprefix(STATIC_ADDRESS).partition("/")[2]
            await route.fulfill(path=STATIC / name)
        else:
            look = self.shown
            await route.fulfill(
                status=look.status, headers=look.headers, body=look.html
            )

    async def faults(self, look):
        """At both widths."""
        self.shown = look
        self.complaints.clear()
        await self.page.set_viewport_size(WIDE)
        await self.page.goto(look.url)
        found = []
        for size in (WIDE, NARROW):
            await self.page.set_viewport_size(size)
            at = f"{look.name}, {size['width']} px"
            found += [f"{at}: {fault}" for fault in await violations(self.page)]
            if (wider := await spills(self.page)) > 0:
                found.append(f"{at}: {wider} px too wide")
        said = [line for line in self.complaints if str(look.status) not in line]
        return found + [f"{look.name} says {line}" for line in said]
