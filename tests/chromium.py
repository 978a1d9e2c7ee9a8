"""A real browser, and what it finds wrong with a page."""

import shutil
from contextlib import asynccontextmanager

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import async_playwright

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


PATIENCE = 10_000
"""Milliseconds; a page that is slower than this on two busy cores is broken."""


@asynccontextmanager
async def chromium():
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=QUIET
        )
        yield browser
        await browser.close()


async def violations(page):
    """What axe finds, a line each; no rule and no element is left out."""
    found = (await Axe().run(page, options={"runOnly": RULES})).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]}"
        for rule in found
        for node in rule["nodes"]
    ]


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
