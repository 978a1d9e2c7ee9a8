"""The description of the API: for programs as OpenAPI, and for people as a page drawn from the same."""

from typing import Any

import msgspec
from litestar import Response, get
from litestar.response import Template

from register.kit.pages import page
from register.web.api.description import DESCRIPTION
from register.web.guards import PUBLIC
from register.web.search import PART_NAMES

OPENAPI = msgspec.json.format(msgspec.json.encode(DESCRIPTION), indent=2)


@get("/api/openapi.json", access=PUBLIC, csrf="exempt")
async def openapi() -> Response[bytes]:
    return Response(OPENAPI, media_type="application/json")


@get("/api", access=PUBLIC)
async def documentation() -> Template:
    return page(
        "register/api/documentation.html",
        description=DESCRIPTION,
        part_names=PART_NAMES,
        resolved=resolved,
        written=written,
    )


def resolved(piece: dict[str, Any]) -> dict[str, Any]:
    """What a piece of the description refers to, else itself."""
    if "$ref" not in piece:
        return piece
    found: dict[str, Any] = DESCRIPTION
    for name in piece["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return found


def written(example: Any) -> str:
    """As a person writes JSON."""
    return msgspec.json.format(msgspec.json.encode(example), indent=2).decode()


pages = [openapi, documentation]
