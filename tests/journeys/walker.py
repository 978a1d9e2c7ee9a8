"""Somebody at a browser: reads labels and buttons, fills in and presses; every page they come to is looked at."""

import re
from datetime import date

import httpx
from bs4 import BeautifulSoup

from tests.chromium import PATIENCE, spills, violations


class Walker:
    """`seen` tells which pages were looked at already, so that each kind is looked at once in a journey."""

    def __init__(self, page, service, *, look=True, seen=None):
        self.page = page
        self.service = service
        self.look = look
        self.seen = set() if seen is None else seen
        page.set_default_timeout(PATIENCE)

    async def open(self, path):
        answer = await self.page.goto(
            path if path.startswith("http") else self.service.url + path
        )
        await self._look()
        return answer

    async def follow(self, text, *, within="main"):
        await (
            self.page.locator(within)
            .get_by_role("link", name=text, exact=True)
            .first.click()
        )
        await self._look()

    async def press(self, text):
        await self.page.get_by_role("button", name=text, exact=True).click()
        await self.page.wait_for_load_state()
        await self._look()

    async def fill(self, answers):
        """Label or legend to answer: words, True or False for Yes or No, a date, a choice, or a file's path."""
        for label, answer in answers.items():
            await self._answer(label, answer)

    async def _answer(self, label, answer):
        page = self.page
        if isinstance(answer, bool):
            answer = "Yes" if answer else "No"
        group = page.get_by_role("group", name=re.compile(f"^{re.escape(label)}"))
        if isinstance(answer, date):
            for box, value in (
                ("Day", answer.day),
                ("Month", answer.month),
                ("Year", answer.year),
            ):
                await group.get_by_label(box, exact=True).fill(str(value))
        elif await group.count():
            await group.get_by_label(answer, exact=True).first.check()
        else:
            await self._control(page.get_by_label(label, exact=True).first, answer)

    async def _control(self, control, answer):
        kind = await control.evaluate("node => node.type")
        if kind == "file":
            await control.set_input_files(answer)
        elif kind == "select-one":
            await control.select_option(label=answer)
        elif kind == "checkbox":
            await control.check()
        else:
            await control.fill(answer)

    async def tick(self, *labels):
        for label in labels:
            await self.page.get_by_label(label, exact=True).check()

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
        """No page may break, spill at the width it is shown in, or fail what axe checks."""
        assert await self.page.locator("h1").count(), (
            f"{self.page.url} shows no heading: {await self.page.content()}"
        )
        kind = (
            await self.page.title(),
            re.sub("A-[0-9A-Z]{8}|[0-9a-f-]{36}", "…", self.page.url.partition("?")[0]),
        )
        if (
            not self.look
            or kind in self.seen
            or not self.page.url.startswith(self.service.url)
        ):
            return
        self.seen.add(kind)
        assert await violations(self.page) == [], self.page.url
        assert await spills(self.page) <= 0, self.page.url


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
