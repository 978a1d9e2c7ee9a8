"""The kinds of work there are: who does each, which ids it needs, how often it may fail."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

import msgspec
from pgqueuer.types import OnFailure

Handler = Callable[..., Awaitable[None]]
H = TypeVar("H", bound=Handler)

TRIES = 8
IDS = (str, int, UUID)


@dataclass(frozen=True)
class Job:
    name: str
    handler: Handler
    ids: type[msgspec.Struct]
    tries: int
    on_failure: OnFailure


kinds: dict[str, Job] = {}
periods: dict[str, timedelta] = {}


def job(name: str, *, tries: int = TRIES) -> Callable[[H], H]:
    """Give an `async def f(session, now, **ids)` the name by which it is queued; after `tries` failures staff are shown it."""
    return lambda handler: _register(handler, name, tries=tries, on_failure="hold")


def every(*, seconds: int = 0, minutes: int = 0, hours: int = 0) -> Callable[[H], H]:
    """Do an `async def f(session, now)` at that interval, and when a worker starts; the next time is its retry."""
    period = timedelta(seconds=seconds, minutes=minutes, hours=hours)
    cron(period)

    def named(handler: H) -> H:
        name = handler.__name__
        periods[name] = period
        return _register(handler, name, tries=1, on_failure="delete")

    return named


def _register(handler: H, name: str, *, tries: int, on_failure: OnFailure) -> H:
    if name in kinds:
        raise ValueError(f"There are two jobs called {name}")
    kinds[name] = Job(name, handler, _ids_of(handler), tries, on_failure)
    return handler


def _ids_of(handler: Handler) -> type[msgspec.Struct]:
    """The parameters after session and now: ids only, so that no personal data waits in the queue."""
    parameters = list(inspect.signature(handler, eval_str=True).parameters.values())[2:]
    for parameter in parameters:
        if parameter.annotation not in IDS:
            raise TypeError(
                f"{handler.__name__}: a job is given ids, and {parameter.name} is none of {IDS}"
            )
    return msgspec.defstruct(
        handler.__name__,
        [(p.name, p.annotation) for p in parameters],
        forbid_unknown_fields=True,
    )


def cron(period: timedelta) -> str:
    """The queue's schedules are cron lines, so an interval must divide the minute, the hour or the day."""
    seconds = int(period.total_seconds())
    for unit, line in (
        (60 * 60, "0 */{} * * *"),
        (60, "*/{} * * * *"),
        (1, "* * * * * */{}"),
    ):
        count, rest = divmod(seconds, unit)
        if count and not rest and not (24 if unit == 60 * 60 else 60) % count:
            return line.format(count)
    raise ValueError(f"{period} divides neither the minute, the hour nor the day")
