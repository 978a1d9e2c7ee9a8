"""One person who renews, page by page, as quickly as people think: they try again where a page fails, and some click twice."""

import asyncio
import random
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic, perf_counter
from urllib.parse import urlsplit

import httpx2

from fees.bench.deadline.registrants import Registrant
from register.kit.security.csrf import FIELD, token_for
from register.kit.security.sessions import COOKIE, WebSession
from register.renewal import RenewalStep

THINKS = 20.0
"""Seconds between two pages, on average."""
CLICKS_TWICE, COMES_LATER, LATER = 0.1, 0.05, 4
RENEWED = "<title>You are renewed -"
"""Nothing else: pages say of whom something is left when they will be."""
PATIENCE = 30
TRIES = 8
NO = {
    "criminal": ("convictions", "cautions", "charges", "investigations", "overseas"),
    "conduct": (
        "disciplinary",
        "dismissed",
        "resigned",
        "safeguarding",
        "civil",
        "prohibited",
        "disqualified",
        "ofsted",
    ),
    "registrations": ("acted_against",),
}
CARD = {
    "card_number": "4242 4242 4242 4242",
    "expiry_month": "12",
    "expiry_year": "35",
    "cardholder_name": "Sam Holder",
    "cvc": "123",
}


class TimeIsUp(Exception):
    """The bench is over, wherever somebody is."""


@dataclass
class Seen:
    """What all of them met."""

    until: float
    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: Counter[str] = field(default_factory=Counter)
    typed: dict[int, str] = field(default_factory=dict)
    """By their numbers: words that a page took."""
    renewed: set[int] = field(default_factory=set)
    """Who has read that they are."""
    paid: set[int] = field(default_factory=set)
    """Who has confirmed a card payment."""
    stuck: Counter[str] = field(default_factory=Counter)


@dataclass
class Walker:
    who: Registrant
    service: str
    seen: Seen
    draw: random.Random

    async def walk(self) -> None:
        """Until they are renewed, or time is up."""
        transport = httpx2.AsyncHTTPTransport(local_address=self.who.address)
        async with httpx2.AsyncClient(
            transport=transport,
            timeout=PATIENCE,
            trust_env=False,
            headers={
                "sec-fetch-site": "same-origin",
                "cookie": f"{COOKIE}={self.who.token}",
            },
        ) as self.http:
            try:
                await asyncio.sleep(self.draw.uniform(0, THINKS))
                await self._renew()
            except TimeIsUp:
                pass

    async def _renew(self) -> None:
        await self._get("/renew")
        if RenewalStep.DETAILS not in self.who.done:
            await self._fill("/renew/details", {"right": "yes"})
            await self._fill("/renew/employment", {"all": "yes"})
        if RenewalStep.DECLARATIONS not in self.who.done:
            await self._declare()
        if RenewalStep.LEARNING not in self.who.done:
            await self._fill("/renew/learning", {"done": "yes"})
        await self._get("/renew/check")
        await self._pay()

    async def _declare(self) -> None:
        await self._get("/renew/declarations")
        for section, questions in NO.items():
            await self._section(section, dict.fromkeys(questions, "no"))
        words = {"affects_practice": "yes", "details": self.who.words}
        await self._section("health", words)
        self.seen.typed[self.who.number] = self.who.words
        page = await self._get("/renew/standards")
        accepted = {"standards": "yes", "true": "yes"}
        await self._fill_seen(
            "/renew/standards", accepted | _hidden(page.text, "version")
        )

    async def _section(self, section: str, answers: Mapping[str, str]) -> None:
        address = f"/renew/declarations/{section}"
        page = await self._get(address)
        await self._fill_seen(address, {**answers, **_hidden(page.text, "opened_on")})

    async def _fill(self, address: str, answers: Mapping[str, str]) -> None:
        await self._get(address)
        await self._fill_seen(address, answers)

    async def _fill_seen(self, address: str, answers: Mapping[str, str]) -> None:
        """Sent again where it fails, as it is typed still: the browser's way back keeps it."""
        for _ in range(TRIES):
            answer = await self._post(address, answers)
            if answer is not None and answer.is_redirect:
                return
            if answer is not None:
                self.seen.stuck[f"{address} {answer.status_code}"] += 1
        raise TimeIsUp

    async def _pay(self) -> None:
        while True:
            page = await self._get("/pay")
            answer = await self._post("/pay", {}) if "<form" in page.text else None
            if answer is not None and answer.is_redirect:
                place = answer.headers["location"]
                if urlsplit(place).netloc:
                    await self._give_card(place)
                await self._get("/pay/return", redirects=True)
            if RENEWED in (await self._get("/renew")).text:
                self.seen.renewed.add(self.who.number)
                return

    async def _give_card(self, place: str) -> None:
        """At the sandbox, whose pages are not ours to measure."""
        await self._think()
        answer = await self.http.post(place, data=CARD)
        if not answer.is_redirect:
            return
        await self._think()
        answer = await self.http.post(answer.headers["location"])
        if answer.is_redirect:
            self.seen.paid.add(self.who.number)

    async def _get(self, address: str, *, redirects: bool = False) -> httpx2.Response:
        for _ in range(TRIES):
            await self._think()
            answer = await self._ask("GET", address)
            while redirects and answer is not None and answer.is_redirect:
                answer = await self._ask(
                    "GET", urlsplit(answer.headers["location"]).path
                )
            if answer is not None and answer.is_success:
                return answer
            if answer is not None and answer.is_redirect:
                return answer
        raise TimeIsUp

    async def _post(
        self, address: str, answers: Mapping[str, str]
    ) -> httpx2.Response | None:
        await self._think()
        if self.draw.random() < CLICKS_TWICE:
            both = await asyncio.gather(
                self._ask("POST", address, answers), self._ask("POST", address, answers)
            )
            # The browser shows what the second click brought.
            return both[1] or both[0]
        return await self._ask("POST", address, answers)

    async def _ask(
        self, method: str, address: str, answers: Mapping[str, str] | None = None
    ) -> httpx2.Response | None:
        """One page, timed; None where it failed."""
        sent = None
        if answers is not None:
            sent = {FIELD: token_for(WebSession(token=self.who.token)), **answers}
        began = perf_counter()
        try:
            answer = await self.http.request(
                method, f"{self.service}{address}", data=sent
            )
        except httpx2.TransportError as error:
            self.seen.failed[f"{method} {address} {type(error).__name__}"] += 1
            return None
        self.seen.took[f"{method} {address}"].append(perf_counter() - began)
        if answer.is_error:
            self.seen.failed[f"{method} {address} {answer.status_code}"] += 1
            return answer if answer.is_client_error else None
        return answer

    async def _think(self) -> None:
        longer = LATER if self.draw.random() < COMES_LATER else 1
        wait = self.draw.expovariate(1 / THINKS) * longer
        if monotonic() + wait > self.seen.until:
            await asyncio.sleep(max(self.seen.until - monotonic(), 0))
            raise TimeIsUp
        await asyncio.sleep(wait)


def _hidden(page: str, name: str) -> dict[str, str]:
    """A hidden field, which goes back as it came."""
    for field_ in re.findall(r"<input[^>]*>", page):
        if f'name="{name}"' in field_:
            found = re.search(r'value="([^"]*)"', field_)
            return {name: found[1] if found else ""}
    return {}
