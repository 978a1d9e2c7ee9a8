"""Who may call a page: every handler says it, and the service does not start while one is silent."""

from collections.abc import Iterator
from dataclasses import dataclass

from litestar import Litestar
from litestar.enums import ScopeType
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Receive, Scope, Send

from register.account import StaffRole
from register.kit.db import Sessions
from register.kit.security.limits import FORM, Limit, hit, network
from register.web.needs import Onlooker

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class NotSignedIn(NotAuthorizedException):
    """The page is for people that we know (401, or the sign-in page)."""


class FactorNotShown(PermissionDeniedException):
    """A member of staff has no second factor yet, or did not show it in this session."""


class UndeclaredAccess(Exception):
    """A handler does not say who may call it: a bug that must not be served."""


@dataclass(frozen=True)
class Access:
    name: str
    needs_account: bool = False
    roles: frozenset[StaffRole] = frozenset()

    def admit(self, viewer: Onlooker) -> None:
        """Raises what the viewer lacks."""
        if self.needs_account and not viewer.signed_in:
            raise NotSignedIn
        if self.roles and not viewer.has(*self.roles):
            raise PermissionDeniedException
        if self.roles and viewer.proved_at is None:
            raise FactorNotShown


PUBLIC = Access("public")
SIGNED_IN = Access("signed_in", needs_account=True)


def roles(*allowed: StaffRole) -> Access:
    """Staff who hold one of these roles and have shown their second factor in this session."""
    if not allowed:
        raise UndeclaredAccess("roles() admits nobody: name at least one")
    return Access(
        ":".join(sorted(allowed)), needs_account=True, roles=frozenset(allowed)
    )


STAFF = roles(*StaffRole)
"""Any member of staff."""


class AccessMiddleware(ASGIMiddleware):
    """Stands before whatever reads the body, so that nobody's upload is parsed who may not send one.

    A handler's `limit` (one Limit or several) is counted here too, by network, and whatever an account sends, by account.
    """

    scopes = (ScopeType.HTTP, ScopeType.ASGI, ScopeType.WEBSOCKET)

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions

    async def handle(
        self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp
    ) -> None:
        handler = scope["route_handler"]
        if not _is_automatic(handler):
            known: Onlooker | None = scope.get("viewer")  # type: ignore[assignment]
            viewer = known or Onlooker()
            handler.opt["access"].admit(viewer)
            await self._count(handler, scope, viewer)
        await next_app(scope, receive, send)

    async def _count(
        self, handler: BaseRouteHandler, scope: Scope, viewer: Onlooker
    ) -> None:
        limits: Limit | tuple[Limit, ...] = handler.opt.get("limit", ())
        for limit in (limits,) if isinstance(limits, Limit) else limits:
            await hit(self.sessions, limit, network(scope["client_address"]))  # type: ignore[typeddict-item]
        if viewer.signed_in and scope.get("method") not in SAFE_METHODS:
            await hit(self.sessions, FORM, str(viewer.account_id))


def handlers(app: Litestar) -> Iterator[tuple[str, frozenset[str], BaseRouteHandler]]:
    """Path, methods and handler of everything that answers, but for the framework's own OPTIONS."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                if not _is_automatic(handler):
                    yield route.path_format, frozenset(handler.http_methods), handler
        else:
            yield route.path_format, frozenset(), route.route_handler


def require_declared_access(app: Litestar) -> None:
    """Deny by default: raises UndeclaredAccess with everything that is amiss."""
    silent = [
        f"{path} ({handler}) says no access"
        for path, _, handler in handlers(app)
        if not _is_declared(handler)
    ]
    mixed = [
        f"{path} both reads and acts"
        for path, methods, _ in handlers(app)
        if methods & SAFE_METHODS and methods - SAFE_METHODS
    ]
    if silent or mixed:
        raise UndeclaredAccess("; ".join([*silent, *mixed]))


def _is_declared(handler: BaseRouteHandler) -> bool:
    return isinstance(handler.opt.get("access"), Access)


def _is_automatic(handler: BaseRouteHandler) -> bool:
    """The framework answers OPTIONS for each path with the methods that it knows, and nothing else."""
    return handler.fn.__module__.startswith("litestar.routes")


def path_within(text: str, *, otherwise: str) -> str:
    """A path of our own site, for after signing in; whatever would lead elsewhere is dropped."""
    is_path = text.startswith("/") and not text.startswith(("//", "/\\"))
    return text if is_path and "\\" not in text and text.isprintable() else otherwise
