"""The payment service on a bad day, as the load test has it."""

from collections import Counter

import httpx
import pytest
from litestar import Litestar, post

from register.kit.sandbox import chaos
from register.kit.sandbox.chaos import Chaos

ASKED = 60


@pytest.fixture
def done():
    return Counter()


@pytest.fixture
def service(done, monkeypatch):
    monkeypatch.setattr(chaos, "TOO_LONG", 0)

    def with_share(fails):
        @post("/", status_code=201, sync_to_thread=False)
        def create() -> None:
            done["created"] += 1

        app = Litestar([create], middleware=[Chaos(0, fails)], logging_config=None)
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://sandbox"
        )

    return with_share


async def answers(client):
    return Counter([(await client.post("/")).status_code for _ in range(ASKED)])


async def test_on_a_good_day_everything_is_answered(service, done):
    assert await answers(service(0)) == {201: ASKED}
    assert done["created"] == ASKED


async def test_on_a_bad_day_what_fails_may_have_been_done_all_the_same(service, done):
    assert await answers(service(1)) == {503: ASKED}
    assert 0 < done["created"] < ASKED


async def test_the_environment_says_how_bad_it_is(monkeypatch):
    monkeypatch.setenv("SANDBOX_PAY_DELAY", "0.5")
    monkeypatch.setenv("SANDBOX_PAY_FAILS", "0.15")

    told = Chaos.of_environment()

    assert (told.delay, told.fails) == (0.5, 0.15)


async def test_without_it_the_sandbox_is_well(monkeypatch):
    monkeypatch.delenv("SANDBOX_PAY_DELAY", raising=False)
    monkeypatch.delenv("SANDBOX_PAY_FAILS", raising=False)

    told = Chaos.of_environment()

    assert (told.delay, told.fails) == (0, 0)
