"""Lists that go on: where the page before ended."""

from typing import Any
from uuid import UUID

from litestar import Request

from register.kit.errors import NotFound

LATEST = 2**63 - 1


def after_of(request: Request[Any, Any, Any]) -> UUID | None:
    """The id in `?after=`; None on the first page. Raises NotFound for what is none of ours."""
    text = request.query_params.get("after")
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound from None


def before_of(request: Request[Any, Any, Any]) -> int | None:
    """The number of the line in `?before=`, in a list of which the latest come first; raises NotFound as `after_of` does."""
    text = request.query_params.get("before")
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and int(text) <= LATEST):
        raise NotFound
    return int(text)
