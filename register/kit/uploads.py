"""Reads a form with a file as it streams in: the fields that the page has, and one file straight into the store."""

import hashlib
import re
import unicodedata
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import filetype
from litestar import Request
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from multipart import (
    MultipartError,
    MultipartSegment,
    ParserLimitReached,
    PushMultipartParser,
    parse_options_header,
)

from register.kit import store
from register.kit.cleaning import MediaType
from register.kit.clock import day_of
from register.kit.security.input import MULTIPART, UNWANTED, FormData, Malformed, clean

FOLDER = "uploads"
MEGABYTE = 1024**2
LARGEST_FILE = 10 * MEGABYTE
BODY_LIMIT = 25 * MEGABYTE
"""For `body_limit` of an upload's handler: above the file's own limit, so that too large a file is told on the page."""
LARGEST_TEXT = 64 * 1024
MOST_PARTS = 40
LONGEST_NAME = 200
HEAD, TAIL = 262, 1024
ENDINGS = {MediaType.PDF: b"%%EOF", MediaType.JPEG: b"\xff\xd9", MediaType.PNG: b"IEND"}


class Problem(StrEnum):
    """Why a file was not taken; its value is the sentence for the form."""

    NONE_CHOSEN = "Select a file"
    EMPTY = "The selected file is empty"
    TOO_LARGE = "The selected file must be smaller than 10MB"
    WRONG_TYPE = "The selected file must be a PDF, JPG or PNG"
    CUT_OFF = "The selected file is not complete. Check that you can open it, then upload it again"
    SEVERAL = "Upload one file at a time"
    NO_ROOM = "There is no more room for your files. Delete one that we do not need"


@dataclass(frozen=True)
class Received:
    """A file that lies in the store and belongs to nobody yet."""

    name: str
    media_type: MediaType
    size: int
    sha256: bytes
    stored_as: str


@dataclass(frozen=True)
class Upload:
    """What was sent: the fields, and either a file or the reason why there is none."""

    form: FormData
    file: Received | None
    problem: Problem | None


class _Refused(Exception):
    """Ends the writing of a file, of which then nothing is left in the store."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem)


Events = AsyncIterator[MultipartSegment | bytearray | bytes | None]


async def receive(
    request: Request[Any, Any, Any],
    *,
    file: str,
    fields: Collection[str],
    room: int,
    now: datetime,
) -> Upload:
    """Read the body to its end; a field that the page does not have is passed over. `room` is what the sender may still keep."""
    if request.content_type[0] != MULTIPART:
        form: Any = request.scope.get("form") or FormData()
        return Upload(form, None, Problem.NONE_CHOSEN)
    reading = _Reading(
        file, frozenset(fields), room, f"{FOLDER}/{store.new_name(day_of(now))}"
    )
    try:
        await reading.read(_events(request))
    except ParserLimitReached:
        raise RequestEntityTooLarge from None
    except (MultipartError, UnicodeDecodeError):
        raise Malformed("not a form with files") from None
    return Upload(FormData(reading.pairs), reading.received, reading.verdict)


async def receive_whole(
    request: Request[Any, Any, Any], *, file: str
) -> bytes | Problem:
    """A file that is read at once and kept nowhere, such as a table."""
    if request.content_type[0] != MULTIPART:
        return Problem.NONE_CHOSEN
    found: list[bytes] = []
    events = _events(request)
    try:
        async for event in events:
            if isinstance(event, MultipartSegment) and event.filename:
                content = await _in_memory(events)
                if event.name == file:
                    found.append(content)
    except ParserLimitReached:
        raise RequestEntityTooLarge from None
    except (MultipartError, UnicodeDecodeError):
        raise Malformed("not a form with files") from None
    if len(found) != 1:
        return Problem.SEVERAL if found else Problem.NONE_CHOSEN
    (content,) = found
    if len(content) > LARGEST_FILE:
        return Problem.TOO_LARGE
    return content or Problem.EMPTY


async def _in_memory(events: Events) -> bytes:
    """No more of it than shows that it is too large."""
    content = bytearray()
    async for piece in _of_this_part(events):
        content += piece if len(content) <= LARGEST_FILE else b""
    return bytes(content)


async def _events(request: Request[Any, Any, Any]) -> Events:
    boundary = parse_options_header(request.headers["content-type"])[1].get(
        "boundary", ""
    )
    parser = PushMultipartParser(
        boundary, max_segment_size=BODY_LIMIT, max_segment_count=MOST_PARTS
    )
    with parser:
        async for chunk in request.stream():
            for event in parser.parse(chunk):
                yield event


class _Reading:
    """The state of one body: what has been read of it so far."""

    def __init__(
        self, file: str, fields: frozenset[str], room: int, stored_as: str
    ) -> None:
        self.file, self.fields, self.room, self.stored_as = (
            file,
            fields,
            room,
            stored_as,
        )
        self.pairs: list[tuple[str, str]] = []
        self.received: Received | None = None
        self.problem: Problem | None = None

    @property
    def verdict(self) -> Problem | None:
        return None if self.received else self.problem or Problem.NONE_CHOSEN

    async def read(self, events: Events) -> None:
        async for event in events:
            if not isinstance(event, MultipartSegment):
                continue
            if event.name == self.file and event.filename:
                await self._take_file(event.filename, events)
            elif event.name in self.fields and event.filename is None:
                self.pairs.append((event.name, await _text(events)))

    async def _take_file(self, filename: str, events: Events) -> None:
        if self.received or self.problem:
            self.received, self.problem = None, Problem.SEVERAL
            return
        content = _Content(
            _of_this_part(events), min(LARGEST_FILE, self.room), self.room
        )
        try:
            await store.put(self.stored_as, content.checked())
        except _Refused as refused:
            self.problem = refused.problem
            return
        self.received = Received(
            displayed(filename),
            content.media_type,
            content.size,
            content.sha256.digest(),
            self.stored_as,
        )


class _Content:
    """The bytes of a file on their way to the store: counted, hashed, and known by what they begin and end with."""

    def __init__(self, pieces: AsyncIterator[bytes], most: int, room: int) -> None:
        self._pieces, self._most, self._room = pieces, most, room
        self.size = 0
        self.sha256 = hashlib.sha256()
        self.media_type = MediaType.PDF

    async def checked(self) -> AsyncIterator[bytes]:
        tail = b""
        async for piece in self._with_whole_head():
            self.size += len(piece)
            if self.size > self._most:
                raise _Refused(
                    Problem.TOO_LARGE if self.size > LARGEST_FILE else Problem.NO_ROOM
                )
            self.sha256.update(piece)
            tail = (tail + piece)[-TAIL:]
            yield piece
        if ENDINGS[self.media_type] not in tail:
            raise _Refused(Problem.CUT_OFF)

    async def _with_whole_head(self) -> AsyncIterator[bytes]:
        """The first piece is long enough to know the file by, however small the network cut them."""
        head, is_known = b"", False
        async for piece in self._pieces:
            if is_known:
                yield piece
                continue
            head += piece
            if len(head) >= HEAD:
                self.media_type, is_known = _sniffed(head), True
                yield head
        if not is_known:
            self.media_type = _sniffed(head)
            yield head


def _sniffed(head: bytes) -> MediaType:
    """By what it is: neither its name nor what the browser says of it counts."""
    if not head:
        raise _Refused(Problem.EMPTY)
    kind = filetype.guess_mime(head)
    if kind not in set(MediaType):
        raise _Refused(Problem.WRONG_TYPE)
    return MediaType(kind)


async def _of_this_part(events: Events) -> AsyncIterator[bytes]:
    async for event in events:
        if event is None:
            return
        if not isinstance(event, MultipartSegment):
            yield bytes(event)


async def _text(events: Events) -> str:
    value = bytearray()
    async for piece in _of_this_part(events):
        value += piece
        if len(value) > LARGEST_TEXT:
            raise RequestEntityTooLarge
    return clean(value.decode("utf-8"))


def displayed(filename: str) -> str:
    """A name to show: without folders, without what hides or breaks text, not endless; what it ends with is kept."""
    name = UNWANTED.sub("", re.split(r"[/\\]", filename)[-1])
    name = " ".join(unicodedata.normalize("NFC", name).split())
    stem, dot, suffix = name.rpartition(".")
    if len(name) > LONGEST_NAME:
        kept = f"{dot}{suffix}"[:20] if stem else ""
        name = (stem or name)[: LONGEST_NAME - len(kept)] + kept
    return name or "file"
