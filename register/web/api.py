"""The public API: what the pages say of the register, for machines."""

import hashlib
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from register.entry import Status
from register.kit.errors import MovedTo, NotFound
from register.kit.security.limits import MINUTE, ProcessLimit, Rate
from register.part import Part
from register.person import read_number
from register.published import published
from register.search import FEWEST_LETTERS, Sought, find
from register.web.guards import PUBLIC
from register.web.needs import Moment, Network, Session
from register.web.refusals import problem

CHECKS = ProcessLimit(Rate(600, MINUTE))
SEARCHES = ProcessLimit(Rate(60, MINUTE))


@get("/api/v1/register/{number:str}", access=PUBLIC, csrf="exempt")
async def check(
    request: Request[Any, Any, Any],
    session: Session,
    network: Network,
    now: Moment,
    number: FromPath[str],
) -> Response[bytes]:
    """One person by number."""
    CHECKS.hit(network)
    canonical = read_number(number)
    if canonical is None:
        raise NotFound
    try:
        person = await published(session, canonical, now=now)
    except MovedTo as moved:
        raise MovedTo(f"/api/v1{moved.address}") from None
    return _answer(request, person.as_json(now))


@get("/api/v1/register", access=PUBLIC, csrf="exempt")
async def find_people(
    request: Request[Any, Any, Any], session: Session, network: Network, now: Moment
) -> Response[Any]:
    """People by a part of the name, or by number; `next` is the address of the page that follows."""
    SEARCHES.hit(network)
    asked = request.query_params
    known = {"q", "part", "town", "status", "page"}
    if unknown := sorted(set(asked) - known):
        return problem(400, f"There is no parameter called {unknown[0]}.")
    for name, codes in (("part", Part), ("status", Status)):
        if (value := asked.get(name)) and value not in list(codes):
            return problem(400, f"{name} is one of: {', '.join(codes)}.")
    part, status = asked.get("part"), asked.get("status")
    sought = Sought(
        asked.get("q", ""),
        Part(part) if part else None,
        asked.get("town") or None,
        Status(status) if status else None,
        asked.get("page"),
    )
    if sought.too_short:
        return problem(
            400,
            f"q needs at least {FEWEST_LETTERS} letters of a name, or a registration number.",
        )
    found = await find(session, sought, now=now)
    onward = {**{name: asked[name] for name in known & set(asked)}, "page": found.after}
    following = f"/api/v1/register?{urlencode(onward)}" if found.after else None
    return _answer(
        request,
        {"items": [person.as_json(now) for person in found.people], "next": following},
    )


def _answer(request: Request[Any, Any, Any], body: dict[str, Any]) -> Response[bytes]:
    """The tag is of what was said, not of when: an unchanged entry need not be sent again."""
    said = msgspec.json.encode(_without_moment(body))
    tag = f'"{hashlib.sha256(said).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)
    return Response(
        msgspec.json.encode(body), media_type="application/json", headers=headers
    )


def _without_moment(body: dict[str, Any]) -> dict[str, Any]:
    if "items" in body:
        return {**body, "items": [_without_moment(item) for item in body["items"]]}
    return {name: value for name, value in body.items() if name != "as_at"}


pages = [check, find_people]
