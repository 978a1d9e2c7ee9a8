"""Schemathesis asks the served API for whatever its description allows, and for what it does not."""

from collections import defaultdict
from ipaddress import ip_network
from itertools import count

import pytest
import schemathesis
from schemathesis.engine import events, from_schema

from app import create_app
from register.kit.clock import system_clock
from register.kit.db import connect, sessions_of
from register.kit.settings import settings
from tests.make import NOW, make_entry
from tests.register.standing import EVERYBODY
from tests.served import served

pytestmark = pytest.mark.long

CHECK, FIND = "GET /api/v1/register/{number}", "GET /api/v1/register"


@pytest.fixture
async def numbers(clone):
    """A database of people in every state, more than a page of them of one name; gives its address and their numbers."""
    url = await clone()
    engine = connect(url)
    async with sessions_of(engine).begin() as session:
        numbers = [await make(session) for make in EVERYBODY]
        for n in range(21):
            await make_entry(session, given_names=f"Ann{n:02}", family_name="Walker")
    await engine.dispose()
    return url, numbers


@pytest.fixture
def home(numbers):
    url, _ = numbers
    known = settings().model_copy(
        update={
            "database_url": url,
            "trusted_proxies": frozenset({ip_network("127.0.0.1")}),
        }
    )
    with served(create_app(None, system_clock(NOW - system_clock()()), known)) as home:
        yield home


@pytest.fixture
def from_everywhere():
    """Each request from a network of its own, or the limits would answer most of them."""
    addresses = (f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in count(1))

    def before_call(context, case, kwargs):
        case.headers["X-Forwarded-For"] = next(addresses)

    schemathesis.hook(before_call)
    yield
    schemathesis.hooks.GLOBAL_HOOK_DISPATCHER.unregister(before_call)


def exploring(numbers):
    """The same questions in each run. Now and then somebody whom there is, who would hardly be met by chance."""
    return schemathesis.Config.from_dict(
        {
            "seed": 1,
            "generation": {"deterministic": True, "database": "none"},
            "dictionaries": {
                "numbers": {"values": numbers},
                "days": {"values": ["2027-03-09", "2027-02-01", "2026-01-01"]},
                "later": {"values": ["2027-03-09", "2027-03-10"]},
                "names": {"values": ["walker", "ann", "ngozi adebayo", *numbers]},
            },
            "parameters": {
                "number": {"dictionary": "numbers", "probability": 0.5},
                "q": {"dictionary": "names", "probability": 0.5},
                "as_at": {"dictionary": "days", "probability": 0.8},
                "as_known": {"dictionary": "later", "probability": 0.8},
            },
            "checks": {
                # What is a letter of a name cannot be told in a schema.
                "positive_data_acceptance": {"enabled": False},
                "negative_data_rejection": {
                    "expected-statuses": [400, 404, 405, 414, 422]
                },
            },
        }
    )


@pytest.mark.usefixtures("from_everywhere")
def test_every_answer_is_as_described_whatever_is_asked(home, numbers):
    described = f"{home}/api/openapi.json"
    schema = schemathesis.openapi.from_url(described, config=exploring(numbers[1]))

    broken, seen = [], defaultdict(set)
    for event in from_schema(schema).execute():
        assert not isinstance(event, events.NonFatalError | events.FatalError), event
        if isinstance(event, events.ScenarioFinished):
            broken += failures(event.recorder)
            for asked, status in answers(event.recorder):
                seen[asked].add(status)

    assert broken == []
    assert seen[CHECK] >= {200, 304, 308, 400, 404, 410}
    assert seen[FIND] >= {200, 304, 400, 422}
    assert 429 not in seen[CHECK] | seen[FIND]


def failures(recorder):
    return [
        f"{check.failure_info.failure.title}: {recorder.cases[case].value.as_curl_command()}"
        for case, checks in recorder.checks.items()
        for check in checks
        if check.failure_info
    ]


def answers(recorder):
    for case, exchange in recorder.interactions.items():
        yield recorder.cases[case].value.operation.label, exchange.response.status_code
