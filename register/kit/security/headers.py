"""The outermost layer: whatever goes wrong within, each answer has its headers, its number and its line in the log."""

import secrets
import time
from collections.abc import Callable, Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

import structlog
from litestar import Request, Response
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import HttpMethod, ScopeType
from litestar.types import (
    ASGIApp,
    HTTPResponseBodyEvent,
    HTTPResponseStartEvent,
    HTTPScope,
    Message,
    Receive,
    Scope,
    Send,
)

from register.kit.logs import where
from register.kit.security.input import checked_address

log = structlog.get_logger("access")

NO_FEATURES = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)
ALWAYS = {
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": NO_FEATURES,
}
SORRY = (
    b'<!doctype html><html lang="en"><head><title>Sorry, there is a problem with the service</title></head><body><main>'
    b"<h1>Sorry, there is a problem with the service</h1><p>Try again later.</p></main></body></html>"
)

Proxies = frozenset[IPv4Network | IPv6Network]

Refuse = Callable[[Request[Any, Any, Any], Exception], Response[Any]]


def content_policy(script_hash: str, form_targets: Iterable[str]) -> str:
    """Nothing from elsewhere, nothing inline but the one script. Chromium applies form-action to redirects after a post too."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' '{script_hash}'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            " ".join(["form-action 'self'", *form_targets]),
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "manifest-src 'self'",
            "object-src 'none'",
        )
    )


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class Shell:
    """Wraps the whole app, because the framework's own middleware sees neither 404 nor 405 nor what fails in itself."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        refuse: Refuse,
        policy: str,
        trusted_proxies: Proxies,
    ) -> None:
        self.app = app
        self.refuse = refuse
        self.policy = policy
        self.trusted_proxies = trusted_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        answer = Answer(
            _as_get(scope), send, policy=self.policy, is_head=scope["method"] == "HEAD"
        )
        answer.scope["client_address"] = client_address(scope, self.trusted_proxies)  # type: ignore[typeddict-unknown-key]
        with structlog.contextvars.bound_contextvars(request=answer.number):
            try:
                await self._answer(answer.scope, receive, answer)
            finally:
                answer.log(scope["method"])

    async def _answer(self, scope: Scope, receive: Receive, answer: "Answer") -> None:
        try:
            checked_address(scope)
            await self.app(scope, receive, answer.send)
        except Exception as error:  # noqa: BLE001 - the last resort: a page for the client, a line for us, and the process lives
            cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
            if answer.is_started:
                log.error("answer broken off", **where(cause))  # noqa: TRY400 - a trace may hold what somebody typed
            else:
                await self._refused(scope, receive, answer, cause)

    async def _refused(
        self, scope: Scope, receive: Receive, answer: "Answer", error: Exception
    ) -> None:
        request: Request[Any, Any, Any] = Request(scope, receive, answer.send)
        try:
            response = self.refuse(request, error).to_asgi_response(
                app=None, request=request
            )
        except Exception as another:  # noqa: BLE001 - not even the page can be made
            log.error("no page for an error", **where(another))  # noqa: TRY400 - as above
            await answer.say_sorry()
        else:
            await response(scope, receive, answer.send)


def _as_get(scope: HTTPScope) -> HTTPScope:
    """HEAD is answered as GET, less the body: the framework knows no HEAD."""
    if scope["method"] != "HEAD":
        return scope
    asked = scope.copy()
    asked["method"] = HttpMethod.GET
    return asked


class Answer:
    """What leaves for the client, with the headers that no handler has to think of."""

    def __init__(
        self, scope: HTTPScope, send: Send, *, policy: str, is_head: bool
    ) -> None:
        self.scope = scope
        self.policy = policy
        self.is_head = is_head
        self.number = secrets.token_hex(8)
        self.status: int | None = None
        self._send = send
        self._started_at = time.perf_counter()

    @property
    def is_started(self) -> bool:
        return self.status is not None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._dress(MutableScopeHeaders.from_message(message))
        elif self.is_head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

    async def say_sorry(self) -> None:
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-length", str(len(SORRY)).encode()),
        ]
        await self.send(
            HTTPResponseStartEvent(
                type="http.response.start", status=500, headers=headers
            )
        )
        await self.send(
            HTTPResponseBodyEvent(
                type="http.response.body", body=SORRY, more_body=False
            )
        )

    def log(self, method: str) -> None:
        """Never the path, the query or the body: they may name somebody."""
        viewer = self.scope.get("viewer")
        log.info(
            "answered",
            route=self.scope.get("path_template", "none"),
            method=method,
            status=self.status,
            ms=round((time.perf_counter() - self._started_at) * 1000, 1),
            account=str(viewer.account_id) if viewer else None,  # type: ignore[attr-defined]
        )

    def _dress(self, headers: MutableScopeHeaders) -> None:
        for name, value in ALWAYS.items():
            headers[name] = value
        headers["x-request-id"] = self.number
        headers.setdefault("content-security-policy", self.policy)
        headers.setdefault("referrer-policy", "same-origin")
        session = self.scope.get("web_session")
        if session and (session.exists or session.ended):  # type: ignore[attr-defined]
            headers["cache-control"] = "no-store"
        headers.setdefault("cache-control", "no-cache")


def client_address(scope: Scope, trusted: Proxies) -> str:
    """Who asks: the nearest hop that is not a proxy of ours. What anybody else says of himself is not believed."""
    peer = scope["client"][0] if scope.get("client") else "unknown"  # type: ignore[index]
    sent = b",".join(
        value for name, value in scope["headers"] if name == b"x-forwarded-for"
    ).decode("latin-1")
    hops = [hop.strip() for hop in sent.split(",") if hop.strip()]
    while hops and _is_of(peer, trusted):
        peer = hops.pop()
    return peer


def _is_of(address: str, networks: Proxies) -> bool:
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in networks)
