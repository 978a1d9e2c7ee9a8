"""Where files lie: a bucket or a folder, each sealed as it streams in, and opened as it streams out."""

from collections.abc import AsyncIterable, AsyncIterator
from datetime import date
from functools import cache
from uuid import uuid4

import obstore
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from obstore.store import LocalStore, ObjectStore, from_url

from register.kit.security.keys import keyed_hash, lasting_key
from register.kit.settings import settings

FRAME = 64 * 1024
TAG = 16
MORE, LAST = b"more", b"last"


class Spoilt(Exception):
    """What lies in the store is not what we put there."""


@cache
def place() -> ObjectStore:
    """The one store of this process."""
    if settings().files_url:
        return from_url(settings().files_url)
    return LocalStore(settings().data_dir.resolve() / "files", mkdir=True)


def new_name(on: date) -> str:
    """Says nothing of what is in it; the day lets what was left lying be found."""
    return f"{on:%Y-%m-%d}/{uuid4().hex}"


async def put(name: str, content: AsyncIterable[bytes]) -> None:
    """All of it or nothing: where the content breaks off by an error, nothing is left."""
    await obstore.put_async(place(), name, _sealed(name, content))


async def content(name: str) -> AsyncIterator[bytes]:
    """FileNotFoundError, once read from, where there is nothing of that name."""
    found = await obstore.get_async(place(), name)
    async for piece in _opened(name, found.stream(min_chunk_size=FRAME)):
        yield piece


async def remove(name: str) -> None:
    """Does nothing where it is gone already."""
    try:
        await obstore.delete_async(place(), name)
    except FileNotFoundError:
        return


async def left_before(day: date, folder: str) -> AsyncIterator[list[str]]:
    """The names of what was put into a folder before a day, in batches."""
    days = (await obstore.list_with_delimiter_async(place(), folder))["common_prefixes"]
    for one in sorted(days):
        if one.rstrip("/") < f"{folder}/{day.isoformat()}":
            async for found in obstore.list(place(), one, chunk_size=1000):
                yield [thing["path"] for thing in found]


async def _sealed(name: str, content: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """AES-256-GCM in frames, each told by its number and whether it is the last, so that none can be moved or left out."""
    box, number, waiting = _box(name), 0, bytearray()
    async for piece in content:
        waiting += piece
        while len(waiting) > FRAME:
            yield box.encrypt(_nonce(number), bytes(waiting[:FRAME]), MORE)
            del waiting[:FRAME]
            number += 1
    yield box.encrypt(_nonce(number), bytes(waiting), LAST)


async def _opened(name: str, sealed: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    box, number, waiting = _box(name), 0, bytearray()
    try:
        async for piece in sealed:
            waiting += piece
            while len(waiting) > FRAME + TAG:
                yield box.decrypt(_nonce(number), bytes(waiting[: FRAME + TAG]), MORE)
                del waiting[: FRAME + TAG]
                number += 1
        yield box.decrypt(_nonce(number), bytes(waiting), LAST)
    except InvalidTag:
        raise Spoilt(name) from None


def _box(name: str) -> AESGCM:
    """A key of its own for each name, and a name is used once: so a frame's number is nonce enough."""
    return AESGCM(keyed_hash(lasting_key("files"), name))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12)
