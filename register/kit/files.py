"""Files that people send: taken in unread, scanned and made anew by a job, and given out only then."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import structlog
from litestar import Request
from litestar.response import Stream
from sqlalchemy import CheckConstraint, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from register.kit import store, uploads
from register.kit.cleaning import MediaType, Unreadable, cleaned
from register.kit.clock import day_of
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.kit.jobs import enqueue, every, job
from register.kit.scan import ScannerAway, is_infected
from register.kit.uploads import FOLDER, MEGABYTE, Received, Upload

log = structlog.get_logger(__name__)

ROOM = 200 * MEGABYTE
"""What one account may keep here; who sends without one may be given less."""
SCANNER_WAIT = timedelta(minutes=1)


class FileState(StrEnum):
    QUARANTINED = "quarantined"
    CLEAN = "clean"
    INFECTED = "infected"
    UNREADABLE = "unreadable"


class StillChecked(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This file is still being checked for viruses. Try again in a minute."
        )


class FoundInfected(Refused):
    def __init__(self) -> None:
        super().__init__("A virus was found in this file, so it was deleted.")


class NotReadable(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This file could not be read: it is damaged or locked with a password. Send it again as a new PDF, JPG or PNG."
        )


class StoredFile(Base):
    """A file as it was sent, kept as evidence, and the one made from it, which is what anybody is given."""

    __tablename__ = "stored_file"
    __table_args__ = (
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("length(sha256) = 32", name="sha256"),
        CheckConstraint("(state = 'clean') = (cleaned_as is not null)", name="clean"),
        CheckConstraint(
            "(state = 'quarantined') = (settled_at is null)", name="settled"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID] = mapped_column(index=True)
    """The account that sent it, or what it was sent for without one: with whom its room is counted."""
    name: Mapped[str]
    """As its sender called it: shown, never a path."""
    media_type: Mapped[MediaType] = mapped_column(code(MediaType, "media_type"))
    size: Mapped[int]
    sha256: Mapped[bytes]
    """Of what was sent."""
    state: Mapped[FileState] = mapped_column(
        code(FileState, "state"), default=FileState.QUARANTINED
    )
    stored_as: Mapped[str] = mapped_column(unique=True)
    cleaned_as: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    @property
    def readable(self) -> bool:
        return self.state is FileState.CLEAN

    @property
    def download_name(self) -> str:
        """Ends with what the file is, whatever its sender called it."""
        return re.sub(r"\.[A-Za-z0-9]{1,5}$", "", self.name) + self.media_type.suffix

    def settle(
        self, state: FileState, *, now: datetime, cleaned_as: str | None = None
    ) -> None:
        self.state, self.settled_at, self.cleaned_as = state, now, cleaned_as

    def must_be_readable(self) -> None:
        match self.state:
            case FileState.QUARANTINED:
                raise StillChecked
            case FileState.INFECTED:
                raise FoundInfected
            case FileState.UNREADABLE:
                raise NotReadable


async def receive(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    *,
    owner: UUID,
    now: datetime,
    file: str = "file",
    fields: tuple[str, ...] = (),
    room: int | None = None,
) -> Upload:
    """Read a form with one file. What is received belongs to nobody until `keep`, and is swept away after a day."""
    taken = await session.scalar(
        select(func.coalesce(func.sum(StoredFile.size), 0)).where(
            StoredFile.owner_id == owner
        )
    )
    return await uploads.receive(
        request,
        file=file,
        fields=fields,
        room=(ROOM if room is None else room) - int(taken or 0),
        now=now,
    )


async def keep(
    session: AsyncSession, received: Received, *, owner: UUID, now: datetime
) -> StoredFile:
    """Make a file somebody's, and have it checked, if the caller's transaction commits."""
    stored = StoredFile(
        owner_id=owner,
        name=received.name,
        media_type=received.media_type,
        size=received.size,
        sha256=received.sha256,
        stored_as=received.stored_as,
        created_at=now,
    )
    session.add(stored)
    await session.flush()
    await enqueue(session, "scan_file", {"file_id": stored.id})
    return stored


@job("scan_file")
async def scan_file(session: AsyncSession, now: datetime, file_id: UUID) -> None:
    """Says what the file is. Without a verdict it stays shut, and is asked about again."""
    stored = await session.get(StoredFile, file_id, with_for_update=True)
    if stored is None or stored.state is not FileState.QUARANTINED:
        return
    sent = b"".join([piece async for piece in store.content(stored.stored_as)])
    try:
        infected = await is_infected(sent)
    except ScannerAway:
        log.warning("scanner away", file=str(file_id))
        await enqueue(session, "scan_file", {"file_id": file_id}, after=SCANNER_WAIT)
        return
    if infected:
        stored.settle(FileState.INFECTED, now=now)
        await enqueue(session, "remove_stored", {"name": stored.stored_as})
        log.warning("file infected", file=str(file_id))
        return
    await _make_anew(stored, sent, now=now)


@job("remove_stored")
async def remove_stored(_: AsyncSession, __: datetime, name: str) -> None:
    await store.remove(name)


async def _make_anew(stored: StoredFile, sent: bytes, *, now: datetime) -> None:
    try:
        made = await cleaned(sent, stored.media_type)
    except Unreadable:
        stored.settle(FileState.UNREADABLE, now=now)
        return
    name = f"{FOLDER}/{store.new_name(day_of(now))}"
    await store.put(name, _whole(made))
    stored.settle(FileState.CLEAN, now=now, cleaned_as=name)


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


def content_of(stored: StoredFile) -> AsyncIterator[bytes]:
    """What the file shows; refused until it is known to be harmless."""
    stored.must_be_readable()
    if stored.cleaned_as is None:
        raise NotFound
    return store.content(stored.cleaned_as)


def download(stored: StoredFile) -> Stream:
    """For the caller to answer with, once it has made sure that the viewer may see the file."""
    return Stream(
        content_of(stored),
        media_type=stored.media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(stored.download_name, safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "no-store",
        },
    )


async def forget(session: AsyncSession, stored: StoredFile) -> None:
    """What lies in the store goes with the next sweep, and so not before this is committed."""
    await session.delete(stored)


@every(hours=6)
async def sweep_store(session: AsyncSession, now: datetime) -> None:
    """Remove uploads that were not kept and files that were forgotten; a day's grace for what is under way."""
    async for names in store.left_before(day_of(now - timedelta(days=1)), FOLDER):
        known = set(
            await session.scalars(
                select(StoredFile.stored_as).where(StoredFile.stored_as.in_(names))
            )
        )
        known |= set(
            await session.scalars(
                select(StoredFile.cleaned_as).where(StoredFile.cleaned_as.in_(names))
            )
        )
        for name in set(names) - known:
            await store.remove(name)
