"""What the client sees when an act is turned down or something breaks; the one place that turns refusals into HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from errno import ENAMETOOLONG, ENOTDIR
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import structlog
from litestar import Request, Response
from litestar.exceptions import (
    HTTPException,
    InternalServerException,
    ValidationException,
)
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER, HTTP_308_PERMANENT_REDIRECT
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm.exc import StaleDataError

from register.assessment import ReadingLocked
from register.kit.errors import Gone, MovedTo, NotFound, Refused, TooMany
from register.kit.logs import where
from register.kit.pages import page
from register.kit.security.csrf import NotFromOurPage
from register.kit.security.sessions import WebSession
from register.web.guards import FactorNotShown, NotSignedIn

log = structlog.get_logger("refusals")

RETRY_SECONDS = 5
BROKEN_CONNECTIONS = ("08", "53", "57", "40")
"""SQLSTATE classes: connection lost, out of room, server stopping or query cut off, rolled back in favour of another."""
FORGOTTEN = {"X-Robots-Tag": "noindex"}
"""Tells a search engine to keep nothing of what was there."""
LOCK_NOT_AVAILABLE = "55P03"
TAKEN = ("23505", "23P01")
"""Unique and exclusion constraints: another request was first."""


@dataclass(frozen=True)
class Refusal:
    """`page` names a template of refusals/."""

    page: str
    status: int
    sentence: str = ""
    headers: Mapping[str, str] | None = None


PAGES = {
    HTTPStatus.BAD_REQUEST: "malformed",
    HTTPStatus.FORBIDDEN: "not_allowed",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "not_found",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
    HTTPStatus.TOO_MANY_REQUESTS: "too_many",
    HTTPStatus.SERVICE_UNAVAILABLE: "unavailable",
}


def refuse(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The answer to whatever was raised. What the request meant to remember is forgotten: the act was undone."""
    visit: WebSession | None = request.scope.get("web_session")  # type: ignore[assignment]
    if visit:
        visit.discard()
    if isinstance(error, MovedTo):
        # With what was asked for, or somebody who asked for another day would be answered for today.
        return Redirect(
            f"{error.address}{_query(request)}",
            status_code=HTTP_308_PERMANENT_REDIRECT,
        )
    refusal = refusal_of(error)
    if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error(
            "broken" if refusal.page == "broken" else refusal.page, **where(error)
        )
    if request.scope["path"].startswith("/api/"):
        return _problem(refusal, error)
    if isinstance(error, NotSignedIn):
        return Redirect(_sign_in(request), status_code=HTTP_303_SEE_OTHER)
    if isinstance(error, FactorNotShown):
        return Redirect("/account/second-factor", status_code=HTTP_303_SEE_OTHER)
    name = f"register/refusals/{refusal.page}.html"
    return page(
        name,
        status=refusal.status,
        headers=dict(refusal.headers or {}),
        sentence=refusal.sentence,
    )


def refusal_of(error: Exception) -> Refusal:  # noqa: C901, PLR0911 - one line a kind
    match error:
        case ReadingLocked():
            return Refusal("refused", HTTPStatus.FORBIDDEN, str(error))
        case Refused():
            return Refusal("refused", HTTPStatus.CONFLICT, str(error))
        case NotFound():
            return Refusal("not_found", HTTPStatus.NOT_FOUND)
        case Gone():
            return Refusal("gone", HTTPStatus.GONE, headers=FORGOTTEN)
        case TooMany():
            return Refusal(
                "too_many",
                HTTPStatus.TOO_MANY_REQUESTS,
                str(error),
                {"Retry-After": str(error.retry_after)},
            )
        case StaleDataError():
            return Refusal("overtaken", HTTPStatus.CONFLICT)
        case NotFromOurPage():
            return Refusal("not_from_our_page", HTTPStatus.FORBIDDEN)
        case InternalServerException() if _is_no_path(error.__cause__):
            return Refusal("not_found", HTTPStatus.NOT_FOUND)
        case HTTPException():
            status = error.status_code
            fallback = (
                "broken" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "malformed"
            )
            return Refusal(
                PAGES.get(HTTPStatus(status), fallback), status, headers=error.headers
            )
        case DBAPIError() if _is_no_number(error):
            return Refusal("not_found", HTTPStatus.NOT_FOUND)
        case IntegrityError() if _sqlstate(error) in TAKEN:
            return Refusal("overtaken", HTTPStatus.CONFLICT)
        case _ if is_passing(error):
            return Refusal(
                "unavailable",
                HTTPStatus.SERVICE_UNAVAILABLE,
                headers={"Retry-After": str(RETRY_SECONDS)},
            )
    return Refusal("broken", HTTPStatus.INTERNAL_SERVER_ERROR)


def is_passing(error: Exception) -> bool:
    """Whether the fault lies with what we depend on and may be gone in a moment."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    state = _sqlstate(error)
    return (
        state.startswith(BROKEN_CONNECTIONS)
        or state == LOCK_NOT_AVAILABLE
        or isinstance(error, PoolExhausted | TimeoutError)
        or _is_of_a_socket(error)
    )


def _is_of_a_socket(error: Exception) -> bool:
    """The system numbers it and it names no file; a missing file is a bug."""
    return (
        isinstance(error, OSError)
        and error.errno is not None
        and error.filename is None
    )


def _is_no_path(error: BaseException | None) -> bool:
    """The framework's file reader calls it a failure of its own when somebody asks for a path through a file."""
    return isinstance(error, OSError) and error.errno in (ENOTDIR, ENAMETOOLONG)


def _is_no_number(error: DBAPIError) -> bool:
    """Something was looked for by a number, typed into an address, that no column of the database can hold."""
    told = error.orig.__cause__ if error.orig else None
    return told is not None and isinstance(told.__cause__, OverflowError)


def _sqlstate(error: Exception) -> str:
    """While it connects, the driver's errors come as they are; afterwards they are wrapped."""
    told = error.orig if isinstance(error, DBAPIError) else error
    return getattr(told, "sqlstate", None) or ""


def _sign_in(request: Request[Any, Any, Any]) -> str:
    if request.method != "GET":
        return "/sign-in"
    wanted = request.scope["path"] + _query(request)
    return f"/sign-in?next={quote(wanted, safe='/')}"


def _query(request: Request[Any, Any, Any]) -> str:
    query = request.scope["query_string"].decode("ascii", "ignore")
    return f"?{query}" if query else ""


def problem(
    status: int,
    detail: str = "",
    *,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response[dict[str, Any]]:
    """RFC 9457."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
    }
    if detail:
        body["detail"] = detail
    return Response(
        body | more,
        status_code=status,
        media_type="application/problem+json",
        headers=dict(headers or {}),
    )


def _problem(refusal: Refusal, error: Exception) -> Response[dict[str, Any]]:
    more: dict[str, Any] = {}
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        more["invalid"] = sorted(
            {
                str(fault.get("key", ""))
                for fault in error.extra
                if isinstance(fault, dict)
            }
        )
    return problem(refusal.status, refusal.sentence, headers=refusal.headers, **more)
