"""What the annual run takes, beside plain SQL that writes the same rows: opened, billed, reminded, noticed and lapsed.

Nobody finishes, so that each step has all there is to do. Nobody has a mobile number, which would be sealed. Each side has a
copy of the same database, and the planner's figures are fresh before each step of either.
"""

import resource
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from time import perf_counter
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from fees.bench.plain import STATEMENTS, values_of
from fees.bench.registrants import Year, fill
from fees.invoice.of_renewal import bill_next_renewals
from register.account import Account, StaffRole
from register.account.account import RoleGrant
from register.bench.running import Benchmark, Outcome, Place
from register.kit.db import Role, Sessions, connect, engine_of, sessions_of
from register.kit.jobs import LONGEST_WORK, START
from register.process import Process
from register.renewal import (
    LapseRun,
    give_notice,
    lapse_released,
    open_renewals,
    prepare_runs,
)
from register.renewal.reminding import remind_some

Batch = Callable[[AsyncSession, Year, UUID], Awaitable[Sequence[UUID]]]

AT_ONCE = 20_000
MIB = 1024


class Step(StrEnum):
    OPEN = "open"
    BILL = "bill"
    REMIND = "remind"
    NOTICE = "notice"
    LAPSE = "lapse"


class BenchAct(StrEnum):
    RELEASE = "bench:release"


@dataclass(frozen=True)
class Side:
    """What one way of doing it took, and what it wrote."""

    seconds: Mapping[Step, float]
    wrote: Mapping[str, str]
    plans: Mapping[Step, list[str]]

    @property
    def total(self) -> float:
        return sum(self.seconds.values())


async def run(place: Place) -> Outcome:
    async with place.database() as url:
        year = await _filled(url, place)
        async with place.copy(url) as copy:
            ours = await _ours(url, year, place)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB
            plain = await _plain(copy, year, place)
    rows: list[tuple[str, float, float, float]] = [
        (step, ours.seconds[step], plain.seconds[step], _ratio(ours, plain, step))
        for step in Step
    ]
    rows.append(("all", ours.total, plain.total, round(ours.total / plain.total, 2)))
    return Outcome(
        ("step", "seconds", "SQL seconds", "ratio"),
        [
            (name, round(mine, 2), round(theirs, 2), ratio)
            for name, mine, theirs, ratio in rows
        ],
        {
            "registrants": place.scale,
            "seconds": round(ours.total, 2),
            "sql_seconds": round(plain.total, 2),
            "ratio": round(ours.total / plain.total, 2),
            "peak_mb": round(peak, 1),
        },
        notes=[
            "",
            f"Both wrote: {', '.join(f'{what} {count}' for what, count in ours.wrote.items())}",
            *(
                f"{step}: {line}"
                for step, lines in plain.plans.items()
                for line in lines
            ),
            "",
        ],
        broken=_differences(ours, plain),
    )


def _ratio(ours: Side, plain: Side, step: Step) -> float:
    return round(ours.seconds[step] / plain.seconds[step], 2)


def _differences(ours: Side, plain: Side) -> list[str]:
    return [
        f"{what}: {count} against {plain.wrote[what]}"
        for what, count in ours.wrote.items()
        if count != plain.wrote[what]
    ]


async def _filled(url: str, place: Place) -> Year:
    engine = connect(url)
    try:
        sessions = sessions_of(engine)
        async with sessions() as session:
            year = await Year.of(session)
        for first in range(1, place.scale + 1, AT_ONCE):
            last = min(first + AT_ONCE - 1, place.scale)
            async with sessions.begin() as session:
                await fill(session, year, first=first, last=last)
            place.step(last - first + 1)
        return year
    finally:
        await engine.dispose()


async def _ours(url: str, year: Year, place: Place) -> Side:
    """As a worker does: one batch after the other, each in a transaction of its own."""
    engine = connect(url, idle=LONGEST_WORK)
    sessions = sessions_of(engine)
    seconds = {}
    try:
        for step in Step:
            if step is Step.LAPSE:
                await _release(sessions, year)
            await _know_the_tables(url)
            began = perf_counter()
            await _all(sessions, BATCHES[step], year)
            seconds[step] = perf_counter() - began
            place.step(place.scale)
        async with sessions() as session:
            return Side(seconds, await _wrote(session), {})
    finally:
        await engine.dispose()


async def _all(sessions: Sessions, batch: Batch, year: Year) -> None:
    """One behind the other, and at the end once more from the start."""
    after = START
    done: Sequence[UUID] = [START]
    while done or after != START:
        async with sessions.begin() as session:
            done = await batch(session, year, after)
        after = done[-1] if done else START


async def _lapse(session: AsyncSession, year: Year, after: UUID) -> Sequence[UUID]:
    run = await LapseRun.on(session, year.ends_on)
    return await lapse_released(session, run, year.released, after=after)


BATCHES: Mapping[Step, Batch] = {
    Step.OPEN: lambda session, year, after: open_renewals(
        session, year.opens, after=after
    ),
    Step.BILL: lambda session, year, after: bill_next_renewals(
        session, now=year.opens, after=after
    ),
    Step.REMIND: lambda session, year, after: remind_some(
        session, now=year.opens, after=after
    ),
    Step.NOTICE: lambda session, year, after: give_notice(
        session, year.noticed, after=after
    ),
    Step.LAPSE: _lapse,
}


async def _plain(url: str, year: Year, place: Place) -> Side:
    """Each step in one transaction."""
    engine = engine_of(url, server_settings={"role": str(Role.APP)})
    sessions = sessions_of(engine)
    seconds, plans = {}, {}
    processes = {step.value: uuid4() for step in Step}
    run = uuid4()
    try:
        for step in Step:
            if step is Step.LAPSE:
                run = await _release(sessions, year)
            values = values_of(year, processes=processes, run=run)
            await _know_the_tables(url)
            async with sessions() as session:
                began = perf_counter()
                plan: list[str] = []
                for statement in STATEMENTS[step]:
                    asked = perf_counter()
                    plan += await session.scalars(
                        text(f"explain (costs off) {statement}"), values
                    )
                    began += perf_counter() - asked
                    await session.execute(text(statement), values)
                await session.commit()
                seconds[step], plans[step] = perf_counter() - began, plan
            place.step(place.scale)
        async with sessions() as session:
            return Side(seconds, await _wrote(session), plans)
    finally:
        await engine.dispose()


async def _know_the_tables(url: str) -> None:
    """As the server does by itself in the weeks between; and what has been written is on disk, for either side alike."""
    engine = engine_of(url, server_settings={}, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text("vacuum analyze"))
        await connection.execute(text("checkpoint"))
    await engine.dispose()


async def _release(sessions: Sessions, year: Year) -> UUID:
    """Prepared, proposed and approved by two people; the same for either side, and not measured."""
    async with sessions.begin() as session:
        await prepare_runs(session, year.ends)
        await session.flush()
        run = await LapseRun.on(session, year.ends_on)
        proposer = _staff(session, StaffRole.TEAM_MANAGER, year.began)
        approver = _staff(session, StaffRole.REGISTRAR, year.began)
        await session.flush()
        by = Process.begin(session, BenchAct.RELEASE, now=year.ends, actor=proposer)
        proposal = await run.propose(session, proposer=proposer, by=by)
        await session.flush()
        by = Process.begin(session, BenchAct.RELEASE, now=year.released, actor=approver)
        await proposal.approve(session, approver=approver, by=by)
        return run.id


def _staff(session: AsyncSession, role: StaffRole, now: datetime) -> Account:
    account = Account.open(
        session, email=f"{role}@example.org", password_hash="", now=now
    )
    account.grants = [RoleGrant(role=role)]
    return account


async def _wrote(session: AsyncSession) -> Mapping[str, str]:
    """How many rows of each table, and of what has the same content on either side, a sum over it."""
    return {
        what: str(await session.scalar(text(f"select {counted}")))
        for what, counted in WRITTEN.items()
    }


WRITTEN = {
    **{
        table: f"count(*) from {table}"
        for table in (
            "renewal",
            "event",
            "invoice",
            "invoice_line",
            "ledger_entry",
            "posting",
            "renewal_reminder",
            "message",
            "pgqueuer",
            "pgqueuer_log",
            "lapse_notice",
            "employer_news",
            "lapse",
            "registration_superseded",
        )
    },
    "lapsed shown": "count(*) from entry_projection where status = 'lapsed' and not may_practise",
    "pence owed": "sum(pence) from posting where account = 'receivable'",
    "words": "sum(hashtext(concat_ws('|', channel, to_address, letter, letter_version, subject, body))) from message",
    "shown": "sum(hashtext(concat_ws('|', number, status, registered_until, published, good_until))) from entry_projection",
    "told": "sum(hashtext(concat_ws('|', kind, at, array(select jsonb_object_keys(data))))) from event",
}

ANNUAL = Benchmark("annual", scale=10_000, run=run)
