"""One reading of what clients send: strict UTF-8, no characters that hide or break text, and sizes that we can bear."""

import asyncio
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlencode

import msgspec
from litestar.exceptions import ClientException, HTTPException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.status_codes import (
    HTTP_408_REQUEST_TIMEOUT,
    HTTP_414_REQUEST_URI_TOO_LONG,
)
from litestar.types import HTTPRequestEvent, Receive, ReceiveMessage, Scope

BODY_LIMIT = 256 * 1024
FIELDS_LIMIT = 1000
ADDRESS_LIMIT = 2048
SEGMENT_LIMIT = 255
NESTING_LIMIT = 64
BODY_PATIENCE = timedelta(seconds=10)
SLOWEST_BYTES_A_SECOND = 50_000

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
JSON = "application/json"

BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
BIDIRECTIONAL = "\u202a-\u202e\u2066-\u2069"
NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17)
)
SURROGATES = "\ud800-\udfff"
UNWANTED = re.compile(f"[{CONTROLS}{BIDIRECTIONAL}{NONCHARACTERS}{SURROGATES}]")
LINE_ENDS = re.compile("[\t\r\n]")


class Malformed(ClientException):
    """What was sent is not text that we can keep (400)."""


class TooSlow(HTTPException):
    """The body did not come in time (408)."""

    status_code = HTTP_408_REQUEST_TIMEOUT


class TooLongAnAddress(HTTPException):
    """No page of ours has such a long address (414)."""

    status_code = HTTP_414_REQUEST_URI_TOO_LONG


class FormData:
    """The fields of a form in the order in which they were sent; WTForms reads it as it is.

    Text is in its normal form (NFC), but for fields with "password" in their name: those stay to the byte. A value may hold
    characters that hide or break text, which people paste without knowing it: the form's field says so beside the rest.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            kept = value if "password" in name else unicodedata.normalize("NFC", value)
            self._values.setdefault(name, []).append(kept)

    def get(self, name: str, default: str = "") -> str:
        """The first of that name, for what our own pages put there; Malformed where they never would."""
        value = self._values.get(name, [default])[0]
        if UNWANTED.search(value):
            raise Malformed("unwanted characters")
        return value

    def getall(self, name: str) -> list[str]:
        return list(self._values.get(name, []))

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def checked_address(scope: Scope) -> None:
    """Refuse a path or query that is not clean text, and put the query in its normal form."""
    path = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogatepass")
    path = path.partition(b"?")[0]
    query = scope["query_string"]
    if len(path) + len(query) > ADDRESS_LIMIT or any(
        len(part) > SEGMENT_LIMIT for part in path.split(b"/")
    ):
        raise TooLongAnAddress
    _one_line(_decoded(path))
    pairs = _pairs(query)
    for part in (part for pair in pairs for part in pair):
        _one_line(part)
    if b"%" in query:
        scope["query_string"] = urlencode(_normal(pairs), quote_via=quote).encode()


def parse_form(body: bytes) -> FormData:
    """Read an urlencoded body; refuse whatever a browser would not have sent."""
    if body.count(b"&") >= FIELDS_LIMIT:
        raise RequestEntityTooLarge
    return FormData(_pairs(body, read=_utf8))


def check_json(body: bytes) -> None:
    """Refuse JSON that is not clean text, or that is nested deeper than any reader needs."""
    text = _text(body)
    if _depth(text) > NESTING_LIMIT:
        raise Malformed("nested too deep")
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError:
        raise Malformed("not JSON") from None
    for part in _strings(value):
        clean(part)


def clean(text: str) -> str:
    """The text in its normal form; Malformed where it holds what no name or sentence does."""
    if UNWANTED.search(text):
        raise Malformed("unwanted characters")
    return unicodedata.normalize("NFC", text)


def media_type(scope: Scope) -> str:
    sent = next(
        (value for name, value in scope["headers"] if name == b"content-type"), b""
    )
    return sent.decode("latin-1").partition(";")[0].strip().lower()


def limited(receive: Receive, scope: Scope, *, limit: int) -> Receive:
    """The body as it comes, cut off where it grows too large or comes too slowly."""
    if _announced(scope) > limit:
        raise RequestEntityTooLarge
    loop = asyncio.get_running_loop()
    started = loop.time()
    size, is_done = 0, False

    async def received() -> ReceiveMessage:
        nonlocal size, is_done
        if is_done:
            return await receive()
        until = started + BODY_PATIENCE.total_seconds() + size / SLOWEST_BYTES_A_SECOND
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            raise TooSlow from None
        if message["type"] == "http.request":
            size += len(message.get("body", b""))
            is_done = not message.get("more_body", False)
        if size > limit:
            raise RequestEntityTooLarge
        return message

    return received


async def whole_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Malformed("the client went away")
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)


def replayed(body: bytes, receive: Receive, *, more: bool = False) -> Receive:
    """Hands on what was read already, then the rest."""
    was_sent = False

    async def received() -> ReceiveMessage:
        nonlocal was_sent
        if was_sent:
            return await receive()
        was_sent = True
        return HTTPRequestEvent(type="http.request", body=body, more_body=more)

    return received


def _announced(scope: Scope) -> int:
    sent = next(
        (value for name, value in scope["headers"] if name == b"content-length"), b"0"
    )
    if not sent.isdigit() or len(sent) > 15:
        raise Malformed("content-length")
    return int(sent)


def _text(raw: bytes) -> str:
    text = _utf8(raw)
    if UNWANTED.search(text):
        raise Malformed("unwanted characters")
    return text


def _utf8(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("not UTF-8") from None


def _decoded(encoded: bytes, *, read: Callable[[bytes], str] = _text) -> str:
    if BROKEN_ESCAPE.search(encoded):
        raise Malformed("broken percent escape")
    return read(unquote_to_bytes(encoded))


def _pairs(
    encoded: bytes, *, read: Callable[[bytes], str] = _text
) -> list[tuple[str, str]]:
    """Names are always ours, so they are clean; `read` is for the values."""
    spaced = encoded.replace(b"+", b" ")
    pairs = (piece.partition(b"=") for piece in spaced.split(b"&") if piece)
    return [(_decoded(name), _decoded(value, read=read)) for name, _, value in pairs]


def _one_line(text: str) -> None:
    if LINE_ENDS.search(text):
        raise Malformed("line ends in an address")


def _normal(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [
        (unicodedata.normalize("NFC", name), unicodedata.normalize("NFC", value))
        for name, value in pairs
    ]


def _depth(text: str) -> int:
    """How deep brackets stand in each other, those in strings counted too: enough to refuse a bomb before it is decoded."""
    deepest = depth = 0
    for mark in re.finditer(r"[\[{\]}]", text):
        depth += 1 if mark.group() in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from _strings(item)
