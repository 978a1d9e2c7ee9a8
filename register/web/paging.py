"""Lists that go on: where the page before ended."""

from typing import Any
from uuid import UUID

from litestar import Request

from register.kit.errors import NotFound


def after_of(request: Request[Any, Any, Any]) -> UUID | None:
    """The id in `?after=`; None on the first page. Raises NotFound for what is none of ours."""
    text = request.query_params.get("after")
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound from None
