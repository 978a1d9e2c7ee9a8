"""One person by number, and people by name: each answer as description.py promises it."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import MultiDict
from litestar.params import FromPath

from register.entry import Status
from register.kit.clock import day_of
from register.kit.errors import MovedTo, NotFound
from register.kit.security.limits import MINUTE, ProcessLimit, Rate
from register.part import Part
from register.past import published_then
from register.person import read_number
from register.published import published
from register.search import FEWEST_LETTERS, Sought, find
from register.web.days import (
    AS_AT,
    AS_KNOWN,
    DAYS,
    fault_of_day,
    known_too_early,
    then_of,
)
from register.web.guards import PUBLIC
from register.web.needs import Moment, Network, Session
from register.web.refusals import problem

CHECK_RATE, SEARCH_RATE = Rate(600, MINUTE), Rate(60, MINUTE)
CHECKS, SEARCHES = ProcessLimit(CHECK_RATE), ProcessLimit(SEARCH_RATE)
LONGEST = 200
"""Characters of a name that is looked for."""

Fault = Callable[[str], str | None]
"""What is wrong with a value, as the end of a sentence that begins with the parameter's name."""


@get("/api/v1/register/{number:str}", access=PUBLIC, csrf="exempt")
async def check(
    request: Request[Any, Any, Any],
    session: Session,
    network: Network,
    now: Moment,
    number: FromPath[str],
) -> Response[Any]:
    """One person by number, now or as at a day gone by."""
    CHECKS.hit(network)
    asked = request.query_params
    if faults := _faults_of_days(asked, today=day_of(now)):
        return _malformed(faults)
    canonical = read_number(number)
    if canonical is None:
        raise NotFound
    try:
        return _answer(request, await _said(session, canonical, asked, now=now))
    except MovedTo as moved:
        raise MovedTo(f"/api/v1{moved.address}") from None


async def _said(
    session: Session, number: str, asked: MultiDict[str], *, now: Moment
) -> dict[str, Any]:
    if then := then_of(asked, now):
        return (await published_then(session, number, then, now=now)).as_json()
    return (await published(session, number, now=now)).as_json(now)


@get("/api/v1/register", access=PUBLIC, csrf="exempt")
async def find_people(
    request: Request[Any, Any, Any], session: Session, network: Network, now: Moment
) -> Response[Any]:
    """People by a part of the name, or by number; `next` is the address of the page that follows."""
    SEARCHES.hit(network)
    asked = request.query_params
    if faults := _faults(asked, ASKED, needed=("q",)):
        return _malformed(faults)
    sought = Sought(
        asked["q"],
        Part(asked["part"]) if "part" in asked else None,
        asked.get("town"),
        Status(asked["status"]) if "status" in asked else None,
        asked.get("page"),
    )
    found = await find(session, sought, now=now)
    onward = {name: asked[name] for name in ASKED if name in asked}
    return _answer(
        request,
        {
            "items": [person.as_json(now) for person in found.people],
            "next": found.after
            and f"/api/v1/register?{urlencode({**onward, 'page': found.after})}",
        },
    )


def _name(value: str) -> str | None:
    if len(value) > LONGEST:
        return f"has at most {LONGEST} characters."
    if Sought(value).too_short:
        return f"needs at least {FEWEST_LETTERS} letters of a name, or a registration number."
    return None


def _one_of(codes: Collection[str]) -> Fault:
    return lambda value: None if value in codes else f"is one of: {', '.join(codes)}."


def _town(value: str) -> str | None:
    return None if value else "is a town or region as the register shows it."


def _page(value: str) -> str | None:
    known = read_number(value) == value
    return None if known else "is taken from the address in next."


ASKED: Mapping[str, Fault] = {
    "q": _name,
    "part": _one_of(list(Part)),
    "town": _town,
    "status": _one_of(list(Status)),
    "page": _page,
}


def _faults_of_days(asked: MultiDict[str], *, today: date) -> dict[str, str]:
    known = dict.fromkeys(DAYS, lambda value: fault_of_day(value, today))
    faults = _faults(asked, known)
    if not faults and known_too_early(asked):
        faults[AS_KNOWN] = f"{AS_KNOWN} must be the day of {AS_AT}, or a later one."
    return faults


def _faults(
    asked: MultiDict[str], known: Mapping[str, Fault], *, needed: Collection[str] = ()
) -> dict[str, str]:
    """A sentence for each parameter that is not as it should be; one that nobody knows might have changed the answer."""
    faults = {name: f"{name} is missing." for name in needed if name not in asked}
    for name, value in sorted(asked.multi_items()):
        if name not in known:
            faults[name] = f"There is no parameter called {name}."
        elif len(asked.getall(name)) > 1:
            faults[name] = f"{name} is given more than once."
        elif fault := known[name](value):
            faults[name] = f"{name} {fault}"
    return faults


def _malformed(faults: Mapping[str, str]) -> Response[Any]:
    return problem(422, " ".join(faults.values()), invalid=sorted(faults))


def _answer(request: Request[Any, Any, Any], body: dict[str, Any]) -> Response[bytes]:
    """The tag is of what was said, not of the moments for which: an unchanged entry need not be sent again."""
    said = msgspec.json.encode(_without_moment(body))
    tag = f'"{hashlib.sha256(said).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if _has(request, tag):
        return Response(b"", status_code=304, headers=headers)
    return Response(
        msgspec.json.encode(body), media_type="application/json", headers=headers
    )


def _has(request: Request[Any, Any, Any], tag: str) -> bool:
    """Whether the client holds that answer. Proxies that compress mark tags as weak, which is as good here."""
    sent = ",".join(request.headers.getall("if-none-match", [])).split(",")
    return not {tag, "*"}.isdisjoint(one.strip().removeprefix("W/") for one in sent)


def _without_moment(body: dict[str, Any]) -> dict[str, Any]:
    if "items" in body:
        return {**body, "items": [_without_moment(item) for item in body["items"]]}
    return {name: value for name, value in body.items() if name not in DAYS}


pages = [check, find_people]
