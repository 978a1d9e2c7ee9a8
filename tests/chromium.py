"""A real browser, and what it finds wrong with a page."""

import shutil
from contextlib import asynccontextmanager

from axe_playwright_python.async_playwright import Axe
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import async_playwright

from register.kit.system_packages import BROWSERS

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
PATIENCE = 20_000
"""Milliseconds; a page that is slower than this on two busy cores is broken."""

STAY = "for (let timer = setTimeout(() => {}); timer > 0; timer--) clearTimeout(timer)"


@asynccontextmanager
async def chromium():
    async with async_playwright() as playwright:
        program = next(filter(None, map(shutil.which, BROWSERS)))
        browser = await playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        await browser.close()


async def violations(page):
    """What axe finds, a line each; no rule and no element is left out."""
    # A page that waits for something loads itself again, and would take axe away with it.
    await page.evaluate(STAY)
    # Without resultTypes it describes every node that is right, which takes longer than finding the wrong ones.
    asked = {"runOnly": RULES, "resultTypes": ["violations"]}
    # At its second width a page has axe still.
    script = "0" if await page.evaluate("'axe' in window") else AXE_SCRIPT
    found = await Axe(script).run(page, options=asked)
    return [
        f"{rule['id']}: {node['html'][:200]}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]


@asynccontextmanager
async def shown_again(page):
    """The page of a window that runs no scripts, in one that runs axe's and still none of the page's own."""
    html = await page.content()
    context = await page.context.browser.new_context(viewport=page.viewport_size)
    again = await context.new_page()
    await again.route(
        page.url,
        lambda route: route.fulfill(
            body=html,
            content_type="text/html; charset=utf-8",
            headers={"content-security-policy": "script-src 'none'"},
        ),
    )
    await again.goto(page.url)
    yield again
    await context.close()


async def spills(page):
    """By how many pixels the page is wider than the window."""
    return await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def complaints_of(page):
    """A list that fills with what the console says while the page is used."""
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return said
