"""The load test: two web processes, a worker and the sandboxes, and everybody at once; what was lost, and how long pages took."""

import asyncio
import os
import random
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import socket
from statistics import quantiles
from time import monotonic

import httpx2

from fees.bench.deadline.checking import Verdict, judge
from fees.bench.deadline.registrants import Registrant, prepare
from fees.bench.deadline.walking import Seen, Walker
from fees.bench.registrants import Year, fill
from fees.invoice.of_renewal import bill_next_renewals
from register.bench.running import Benchmark, Figure, Outcome, Place
from register.kit.db import Sessions, connect, sessions_of
from register.renewal import open_renewals

MINUTES = float(os.environ.get("BENCH_MINUTES") or 10)
"""A whole run takes ten."""
NOON = timedelta(hours=12)
SEED = 20_271_130
ROOT = Path(__file__).parents[3]
DELAY, FAILS = "0.5", "0.15"
"""Of each request to the payment service: seconds on average, and the share that fails."""
STARTS_WITHIN, STOPS_WITHIN, SETTLES_WITHIN = 60, 15, 45
TICK = 0.5


class DidNotStart(Exception):
    """A process of the service ended, or did not answer in time."""


async def run(place: Place) -> Outcome:
    async with place.database() as url:
        engine = connect(url)
        try:
            return await _run(sessions_of(engine), url, place)
        finally:
            await engine.dispose()


async def _run(sessions: Sessions, url: str, place: Place) -> Outcome:
    year, who = await _everybody(sessions, place)
    with tempfile.TemporaryDirectory(prefix="bench-deadline-") as folder:
        async with _service(url, Path(folder), year) as services:
            seen = await _walk(who, services, place)
            await asyncio.sleep(SETTLES_WITHIN)
    verdict = await judge(sessions, year, who, seen)
    return _outcome(seen, verdict, place)


async def _everybody(
    sessions: Sessions, place: Place
) -> tuple[Year, Sequence[Registrant]]:
    async with sessions.begin() as session:
        year = await Year.of(session)
        await fill(session, year, first=1, last=place.scale)
    async with sessions.begin() as session:
        while await open_renewals(session, year.opens):
            pass
        while await bill_next_renewals(session, now=year.opens):
            pass
    return year, await prepare(sessions, year, now=_noon(year))


def _noon(year: Year) -> datetime:
    return year.ends - timedelta(days=1) + NOON


async def _walk(
    who: Sequence[Registrant], services: Sequence[str], place: Place
) -> Seen:
    seen = Seen(until=monotonic() + MINUTES * 60)
    walkers = (
        Walker(
            one,
            services[one.number % len(services)],
            seen,
            random.Random(f"{SEED} {one.number}"),
        )
        for one in who
    )

    async def walk(walker: Walker) -> None:
        await walker.walk()
        place.step(1)

    async with asyncio.TaskGroup() as group:
        for walker in walkers:
            group.create_task(walk(walker))
    return seen


# The service


@asynccontextmanager
async def _service(url: str, folder: Path, year: Year) -> AsyncIterator[Sequence[str]]:
    """All its processes; the addresses of the two that serve pages."""
    port = _free_ports()
    offset = _noon(year) - datetime.now(UTC)
    sandbox = f"http://127.0.0.1:{port + 1}"
    common = {
        **os.environ,
        "ENVIRONMENT": "test",
        "DATABASE_URL": url,
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "SCANNER_PORT": str(port + 3),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PAY_URL": f"{sandbox}/pay",
        "NOTIFY_URL": f"{sandbox}/notify",
        "CLOCK_OFFSET": f"P{offset.days}DT{offset.seconds}S",
    }
    bad_day = {"SANDBOX_PAY_DELAY": DELAY, "SANDBOX_PAY_FAILS": FAILS}
    second = {"PORT": str(port + 4)}
    children: list[asyncio.subprocess.Process] = []
    try:
        for words, more in (
            (("-m", "register.kit.sandbox"), bad_day),
            (("-m", "app", "serve"), {}),
            (("-m", "app", "serve"), second),
            (("-m", "app", "worker"), {}),
        ):
            children.append(await _start(words, common | more, folder))
        services = [f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 4}"]
        for address in (f"{sandbox}/", *(f"{one}/health/ready" for one in services)):
            await _answers(address, children)
        yield services
    finally:
        await _stop(children)


async def _start(
    words: Sequence[str], environment: Mapping[str, str], folder: Path
) -> asyncio.subprocess.Process:
    with (folder / "service.log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable, *words, cwd=ROOT, env=environment, stdout=log, stderr=log
        )


async def _answers(
    address: str, children: Sequence[asyncio.subprocess.Process]
) -> None:
    until = monotonic() + STARTS_WITHIN
    async with httpx2.AsyncClient(trust_env=False) as http:
        while monotonic() < until:
            if any(child.returncode is not None for child in children):
                break
            try:
                if (await http.get(address)).is_success:
                    return
            except httpx2.TransportError:
                pass
            await asyncio.sleep(TICK)
    raise DidNotStart(address)


async def _stop(children: Sequence[asyncio.subprocess.Process]) -> None:
    for child in children:
        if child.returncode is None:
            child.terminate()
    for child in children:
        try:
            await asyncio.wait_for(child.wait(), STOPS_WITHIN)
        except TimeoutError:
            child.kill()
            await child.wait()


def _free_ports() -> int:
    """The first of five neighbours that nobody listens on."""
    while True:
        first = random.randrange(20_000, 32_000)
        if all(map(_is_free, range(first, first + 5))):
            return first


def _is_free(port: int) -> bool:
    with socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


# What is told


def _outcome(seen: Seen, verdict: Verdict, place: Place) -> Outcome:
    everything = [took for times in seen.took.values() for took in times]
    p50, p95, p99 = _percentiles(everything)
    figures: dict[str, Figure] = {
        "people": place.scale,
        "minutes": MINUTES,
        "requests": len(everything),
        "p50_ms": p50,
        "p95_ms": p95,
        "p99_ms": p99,
        "errors": sum(seen.failed.values()),
        **verdict.figures,
    }
    return Outcome(
        ("page", "requests", "p50 ms", "p95 ms", "p99 ms"),
        [
            (name, len(times), *_percentiles(times))
            for name, times in sorted(seen.took.items())
        ],
        figures,
        notes=[
            "",
            *(f"failed: {what} {count}" for what, count in seen.failed.most_common()),
            *(
                f"shown again: {what} {count}"
                for what, count in seen.stuck.most_common()
            ),
            "",
        ],
        broken=verdict.broken,
    )


def _percentiles(times: Sequence[float]) -> tuple[float, float, float]:
    if len(times) < 2:
        return (round(sum(times) * 1000, 1),) * 3
    cuts = quantiles(times, n=100)
    p50, p95, p99 = (round(cuts[n - 1] * 1000, 1) for n in (50, 95, 99))
    return p50, p95, p99


DEADLINE = Benchmark("deadline", scale=500, run=run)
