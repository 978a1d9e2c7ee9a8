"""Certificates: what the register said of an entry, on paper, with a serial to check it by."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from register.certificate.record import Record
from register.certificate.serial import draw_serial, read_serial
from register.entry import Entry, EntryProjection, Status, row_at
from register.kit.db import Base
from register.kit.errors import NotFound, Refused
from register.kit.jobs import enqueue
from register.process import Process

STANDING = frozenset({Status.REGISTERED, Status.SUSPENDED})
"""With one of these an entry stands in the register, which is what a certificate says."""

SOON = timedelta(minutes=10)
"""How long the worker is given before another may be asked for."""


class CertificateAct(StrEnum):
    ISSUE = "certificate:issue"


class CertificateEvent(StrEnum):
    ISSUED = "certificate:issued"
    SUPERSEDED = "certificate:superseded"


class NotStanding(Refused):
    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        super().__init__(
            "There are certificates only for an entry that stands in the register."
        )


class Certificate(Base):
    """Once issued, what it says is never changed: the database refuses it."""

    __tablename__ = "certificate"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    serial: Mapped[str] = mapped_column(unique=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), index=True)
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    as_at: Mapped[datetime]
    issued_at: Mapped[datetime]
    says: Mapped[dict[str, Any]]
    """The Record, as it was printed."""
    superseded_at: Mapped[datetime | None]
    printed_at: Mapped[datetime | None]
    kept_as: Mapped[str | None] = mapped_column(unique=True)
    """The name of its file in the store."""
    unprintable: Mapped[str | None]
    """The characters that we have no letters for; then there is nothing to download."""

    entry: Mapped[Entry] = relationship(lazy="raise")
    process: Mapped[Process] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("serial ~ '^[0-9A-HJKMNP-TV-Z]{16}$'", name="serial"),
        CheckConstraint("as_at <= issued_at", name="as_at"),
        CheckConstraint("superseded_at >= issued_at", name="superseded_at"),
        CheckConstraint("(printed_at is null) = (kept_as is null)", name="printed"),
        CheckConstraint("printed_at is null or unprintable is null", name="made_once"),
        Index(
            "certificate_current",
            "entry_id",
            unique=True,
            postgresql_where=text("superseded_at is null"),
        ),
    )

    @classmethod
    async def issue(
        cls,
        session: AsyncSession,
        entry: Entry,
        *,
        by: Process,
        serial: str | None = None,
    ) -> Self:
        """What the register says of the entry at this moment, superseding the last one; raises NotStanding.

        The caller has locked the entry: of two who ask at once the second waits for the first. The worker prints it.
        Without a serial one is drawn.
        """
        row = EntryProjection(entry_id=entry.id, **await row_at(session, entry, by.at))
        if row.status not in STANDING:
            raise NotStanding(entry)
        await cls._supersede(session, entry, by)
        certificate = cls(
            id=uuid4(),
            serial=serial or draw_serial(),
            entry_id=entry.id,
            process=by,
            as_at=by.at,
            issued_at=by.at,
            says=Record.of(row).keep(),
        )
        session.add(certificate)
        by.tell(
            CertificateEvent.ISSUED,
            person_id=entry.person_id,
            entry=entry.id,
            serial=certificate.serial,
        )
        await session.flush()
        await enqueue(session, "make_certificate", {"certificate": certificate.id})
        return certificate

    @classmethod
    async def _supersede(cls, session: AsyncSession, entry: Entry, by: Process) -> None:
        last = await cls.current(session, entry)
        if last is None:
            return
        last.superseded_at = by.at
        by.tell(
            CertificateEvent.SUPERSEDED,
            person_id=entry.person_id,
            entry=entry.id,
            serial=last.serial,
        )
        await session.flush()

    @classmethod
    async def current(cls, session: AsyncSession, entry: Entry) -> Self | None:
        """The one that no other has superseded."""
        found: Self | None = await session.scalar(
            select(cls).where(cls.entry_id == entry.id, cls.superseded_at.is_(None))
        )
        return found

    @classmethod
    async def find(cls, session: AsyncSession, typed: str) -> Self:
        """By its serial, however typed; raises NotFound."""
        found: Self | None = await session.scalar(
            select(cls).where(cls.serial == read_serial(typed))
        )
        if found is None:
            raise NotFound
        return found

    @property
    def record(self) -> Record:
        return Record.kept(self.says)

    def being_made(self, now: datetime) -> bool:
        """Whether it is worth waiting for."""
        settled = self.printed_at or self.unprintable
        return not settled and now < self.issued_at + SOON
