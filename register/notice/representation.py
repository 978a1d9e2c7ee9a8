"""Representations: what somebody says to a notice, and the documents that they send with it."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from register.kit import files
from register.kit.clock import day_of
from register.kit.db import Base
from register.kit.files import StoredFile
from register.kit.security.sealing import seal, unseal
from register.kit.uploads import Received
from register.notice.acts import NoticeEvent
from register.notice.notice import Notice
from register.process import Process

TABLE, COLUMN = "representation", "sealed"


class SaidNothing(StrEnum):
    """Why a request for representations was turned down."""

    NOTHING_TO_SAY = "nothing_to_say"


class Representation(Base):
    """As it was sent: sealed, and only added. What comes after the first adds to it."""

    __tablename__ = TABLE

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id"), index=True)
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    sealed: Mapped[bytes]
    sent_at: Mapped[datetime]
    """When we had it here; what came by post was recorded then."""
    came_on: Mapped[date | None]
    """The day on which it came by post."""

    @property
    def words(self) -> str:
        return unseal(
            self.sealed, table=TABLE, column=COLUMN, row=str(self.id)
        ).decode()


class NoticeDocument(Base):
    __tablename__ = "notice_document"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id"), index=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    added_at: Mapped[datetime]
    came_on: Mapped[date | None]
    """The day on which it came by post, to be scanned by one of us."""

    file: Mapped[StoredFile] = relationship(lazy="raise")


async def represent(
    session: AsyncSession,
    notice: Notice,
    words: str,
    *,
    came_on: date | None = None,
    by: Process,
) -> None:
    """Late ones are taken as long as no decision is made; raises NoticeEnded. Of what came by post one of us writes it down."""
    notice.must_be_open()
    late = (came_on or day_of(by.at)) > notice.respond_by
    notice.tell(NoticeEvent.ANSWERED, by=by, late=late, came_on=came_on)
    if not notice.heard:
        notice.request.receive(by=by)
    await session.flush()
    said = Representation(
        id=uuid4(),
        notice_id=notice.id,
        process_id=by.id,
        sent_at=by.at,
        came_on=came_on,
    )
    said.sealed = seal(words.encode(), table=TABLE, column=COLUMN, row=str(said.id))
    session.add(said)
    await notice.write(session, "notice_answered", of=said.id, now=by.at)


def say_nothing(notice: Notice, *, by: Process) -> None:
    """Nobody need wait for the last day; raises NoticeEnded or AlreadyEnded."""
    notice.must_be_open()
    notice.request.decline(because=SaidNothing.NOTHING_TO_SAY, by=by)


async def send(
    session: AsyncSession,
    notice: Notice,
    received: Received,
    *,
    owner: UUID,
    came_on: date | None = None,
    by: Process,
) -> None:
    """Keep a document with the notice; raises NoticeEnded."""
    notice.must_be_open()
    stored = await files.keep(session, received, owner=owner, now=by.at)
    sent = NoticeDocument(
        id=uuid4(),
        notice_id=notice.id,
        file_id=stored.id,
        added_at=by.at,
        came_on=came_on,
    )
    session.add(sent)
    notice.tell(NoticeEvent.DOCUMENT_SENT, by=by, document=sent.id)


async def said_to(session: AsyncSession, notice_id: UUID) -> Sequence[Representation]:
    """The oldest first."""
    found = await session.scalars(
        select(Representation)
        .where(Representation.notice_id == notice_id)
        .order_by(Representation.sent_at, Representation.id)
    )
    return found.all()


async def documents_of(
    session: AsyncSession, notice_id: UUID
) -> Sequence[NoticeDocument]:
    """The newest first."""
    found = await session.scalars(
        select(NoticeDocument)
        .where(NoticeDocument.notice_id == notice_id)
        .options(joinedload(NoticeDocument.file))
        .order_by(NoticeDocument.added_at.desc(), NoticeDocument.id)
    )
    return found.all()
