"""Acts come from our own pages: fetch metadata or Origin for everybody, and a token bound to the session where there is one."""

import hmac
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

from litestar.enums import ScopeType
from litestar.exceptions import HTTPException, PermissionDeniedException
from litestar.middleware import ASGIMiddleware
from litestar.status_codes import HTTP_415_UNSUPPORTED_MEDIA_TYPE
from litestar.types import ASGIApp, Receive, Scope, Send

from register.kit.security.input import (
    BODY_LIMIT,
    FORM,
    JSON,
    MULTIPART,
    FormData,
    check_json,
    limited,
    media_type,
    parse_form,
    replayed,
    whole_body,
)
from register.kit.security.keys import keyed_hash, signing_key
from register.kit.security.sessions import WebSession, ignores_cookies

FIELD = "csrf_token"
SAFE = {"GET", "HEAD", "OPTIONS"}
OURS = {b"same-origin", b"none"}
TOKEN_BYTES = 32
FIRST_PART_LIMIT = 2048


class NotFromOurPage(PermissionDeniedException):
    """A request that acts did not come from a page that we gave to this session (403)."""


class UnknownBody(HTTPException):
    """A body that is no form (415)."""

    status_code = HTTP_415_UNSUPPORTED_MEDIA_TYPE


def token_for(session: WebSession | None) -> str:
    """The hidden field's value: another each time, so that compression betrays nothing (BREACH). Empty without a session."""
    if session is None or session.token is None:
        return ""
    pad = secrets.token_bytes(TOKEN_BYTES)
    return urlsafe_b64encode(pad + _xor(pad, _bound_to(session.token))).decode()


def is_token_of(session: WebSession, sent: str) -> bool:
    try:
        raw = urlsafe_b64decode(sent.encode("ascii"))
    except (NotBase64, ValueError):
        return False
    pad, masked = raw[:TOKEN_BYTES], raw[TOKEN_BYTES:]
    if len(masked) != TOKEN_BYTES or session.token is None:
        return False
    return hmac.compare_digest(_xor(pad, masked), _bound_to(session.token))


class CsrfMiddleware(ASGIMiddleware):
    """Reads the body too, since the token stands in it: forms whole, uploads as far as their first part."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, origin: str) -> None:
        self.origin = origin.encode()

    async def handle(
        self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp
    ) -> None:
        opt = scope["route_handler"].opt
        if scope["method"] in SAFE:  # type: ignore[typeddict-item]
            await next_app(scope, receive, send)
            return
        if not ignores_cookies(scope):
            self._must_come_from_us(scope)
        receive = limited(receive, scope, limit=opt.get("body_limit", BODY_LIMIT))
        read = _read_any if ignores_cookies(scope) else _read_form
        await next_app(scope, await read(scope, receive), send)

    def _must_come_from_us(self, scope: Scope) -> None:
        headers = {
            name: value
            for name, value in scope["headers"]
            if name in (b"sec-fetch-site", b"origin")
        }
        site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin")
        if not (site in OURS if site is not None else origin == self.origin):
            raise NotFromOurPage


async def _read_any(scope: Scope, receive: Receive) -> Receive:
    """The API and webhooks: JSON is checked as text, anything else is theirs to read."""
    if media_type(scope) != JSON:
        return receive
    body = await whole_body(receive)
    if body:
        check_json(body)
    return replayed(body, receive)


async def _read_form(scope: Scope, receive: Receive) -> Receive:
    session: WebSession = scope["web_session"]  # type: ignore[typeddict-item]
    kind = media_type(scope)
    if kind == MULTIPART:
        return await _read_upload(scope, receive, session)
    body = await whole_body(receive)
    if body and kind != FORM:
        raise UnknownBody
    form = parse_form(body)
    if session.exists and not is_token_of(session, form.get(FIELD)):
        raise NotFromOurPage
    scope["form"] = form  # type: ignore[typeddict-unknown-key]
    return replayed(body, receive)


async def _read_upload(scope: Scope, receive: Receive, session: WebSession) -> Receive:
    """A file may be large: no more of it is read than the token needs, which must therefore come first."""
    scope["form"] = FormData()  # type: ignore[typeddict-unknown-key]
    if not session.exists:
        return receive
    start, more = bytearray(), True
    boundary = _boundary(scope)
    first_part = re.compile(
        rb"--%b\r\n(.*?)\r\n\r\n(.*?)\r\n--%b" % (boundary, boundary), re.DOTALL
    )
    while more and len(start) <= FIRST_PART_LIMIT and not first_part.match(start):
        message = await receive()
        start += message.get("body", b"") if message["type"] == "http.request" else b""
        more = message["type"] == "http.request" and message.get("more_body", False)
    found = first_part.match(start[: FIRST_PART_LIMIT + len(boundary)])
    if (
        not found
        or not _is_token_field(found[1])
        or not is_token_of(session, found[2].decode("latin-1"))
    ):
        raise NotFromOurPage
    return replayed(bytes(start), receive, more=more)


def _boundary(scope: Scope) -> bytes:
    sent = next(
        (value for name, value in scope["headers"] if name == b"content-type"), b""
    )
    found = re.search(rb'boundary="?([0-9A-Za-z\'()+_,./:=? -]{1,70})"?', sent)
    if not found:
        raise NotFromOurPage
    return re.escape(found[1])


def _is_token_field(headers: bytes) -> bool:
    """Its one header names it; a file that is called by the token's name has more."""
    return headers.lower() == f'content-disposition: form-data; name="{FIELD}"'.encode()


def _bound_to(session_token: str) -> bytes:
    return keyed_hash(signing_key("csrf"), session_token)


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
