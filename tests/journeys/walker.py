"""Somebody at a browser: reads labels and buttons, fills in and presses; every page they come to is looked at."""

import re
from contextlib import nullcontext
from datetime import date
from pathlib import Path

import httpx
from bs4 import BeautifulSoup

from tests.chromium import PATIENCE, shown_again, spills, violations


class Walker:
    """`seen` is which pages axe has looked at already: each kind once. Without it axe looks at none, as it does in test_looks."""

    def __init__(self, page, service, *, seen=None, scripts=True):
        self.page = page
        self.service = service
        self.seen = seen
        self.scripts = scripts
        page.set_default_timeout(PATIENCE)

    async def open(self, path):
        answer = await self.page.goto(
            path if path.startswith("http") else self.service.url + path
        )
        await self._look()
        return answer

    async def follow(self, text, *, within="main"):
        links = self.page.locator(within).get_by_role("link", name=text, exact=True)
        await links.first.click()
        await self._look()

    async def press(self, text, *, faults=()):
        """A button, or a link that looks like one, by its whole text or by how it begins: "Pay…"."""
        begun = re.compile(f"^{re.escape(text.removesuffix('…'))}")
        name = begun if text.endswith("…") else text
        await self.page.get_by_role("button", name=name, exact=True).click()
        await self._look()
        assert await self.errors == [*faults]

    async def unfold(self, text):
        """What stands behind a line of a few words until it is asked for."""
        await self.page.locator("main summary", has_text=text).click()
        if self.seen is not None:
            assert await violations(self.page) == [], self.page.url

    async def fill(self, answers):
        """Label or legend to answer: words, True or False for Yes or No, a date, a choice, or a file's path."""
        for label, answer in answers.items():
            await self._answer(label, answer)

    async def _answer(self, label, answer):
        page = self.page
        if isinstance(answer, Path):
            await page.locator("input[type=file]").set_input_files(answer)
            return
        if isinstance(answer, bool):
            answer = "Yes" if answer else "No"
        group = page.get_by_role("group", name=label, exact=True)
        if not await group.count():
            group = page.get_by_role("group", name=re.compile(f"^{re.escape(label)}"))
        named = page.get_by_label(label, exact=True)
        if isinstance(answer, date):
            for box, value in (
                ("Day", answer.day),
                ("Month", answer.month),
                ("Year", answer.year),
            ):
                await group.get_by_label(box, exact=True).fill(str(value))
        elif await group.count() and not await named.count():
            await (
                group.get_by_label(answer, exact=True)
                .filter(visible=True)
                .first.check()
            )
        else:
            await self._control(named.filter(visible=True).first, answer)

    async def _control(self, control, answer):
        kind = await control.evaluate("node => node.type")
        if kind == "select-one":
            await control.select_option(label=answer)
        elif kind == "checkbox":
            await control.check()
        else:
            await control.fill(answer)

    async def tick(self, *labels):
        for label in labels:
            boxes = self.page.get_by_label(label, exact=True)
            await boxes.filter(visible=True).check()

    @property
    async def heading(self):
        return " ".join((await self.page.locator("h1").first.inner_text()).split())

    @property
    async def text(self):
        return " ".join((await self.page.locator("main").inner_text()).split())

    @property
    async def errors(self):
        return await self.page.locator(
            ".govuk-error-summary__list li"
        ).all_inner_texts()

    async def _look(self):
        """No page may be without a heading, spill at the width it is shown in, or fail what axe checks."""
        page = self.page
        await page.wait_for_load_state()
        assert await page.locator("h1").count(), (
            f"{page.url} shows no heading: {await page.content()}"
        )
        assert await spills(page) <= 0, page.url
        address = page.url.partition("?")[0]
        kind = await page.title(), re.sub("A-[0-9A-Z]{8}|[0-9a-f-]{36}", "…", address)
        if self.seen is None or kind in self.seen:
            return
        self.seen.add(kind)
        async with nullcontext(page) if self.scripts else shown_again(page) as shown:
            assert await violations(shown) == [], page.url


def mails(service, to):
    """What was sent to somebody, the newest first, as the outbox shows it."""
    page = BeautifulSoup(
        httpx.get(f"{service.sandbox}/outbox", params={"to": to}, trust_env=False).text,
        "html.parser",
    )
    return [
        " ".join(tag.get_text(" ").split())
        for tag in page.select("article")
        if tag.select_one("h2 a")
    ]
