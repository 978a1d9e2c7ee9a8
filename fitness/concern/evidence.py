"""Documents of a concern: sent without an account, counted with the concern, and called by its reference and by nothing else."""

from dataclasses import replace
from datetime import datetime
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from fitness.concern.concern import Concern
from register.kit import files
from register.kit.db import Base
from register.kit.errors import NotFound, Refused
from register.kit.files import StoredFile
from register.kit.security.sealing import seal, unseal
from register.kit.uploads import MEGABYTE, Received

ROOM = 50 * MEGABYTE
"""What one concern may keep here: less than an account, since nobody is known who sends it."""
MOST_FILES = 10


class TooManyFiles(Refused):
    def __init__(self) -> None:
        super().__init__(f"You can upload {MOST_FILES} documents to a concern.")


class ConcernFile(Base):
    """`sealed` is what its sender called it, which may name a child."""

    __tablename__ = "concern_file"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    concern_id: Mapped[UUID] = mapped_column(
        ForeignKey("concern.id", ondelete="CASCADE"), index=True
    )
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    sealed: Mapped[bytes]
    added_at: Mapped[datetime]

    file: Mapped[StoredFile] = relationship(lazy="raise")

    @classmethod
    async def add(
        cls,
        session: AsyncSession,
        concern: Concern,
        received: Received,
        *,
        now: datetime,
    ) -> Self:
        """Raises TooManyFiles."""
        if len(await files_of(session, concern)) >= MOST_FILES:
            raise TooManyFiles
        named = replace(received, name=f"{concern.reference}.pdf")
        stored = await files.keep(session, named, owner=concern.id, now=now)
        one = cls(id=uuid4(), concern_id=concern.id, file=stored, added_at=now)
        one.sealed = seal(
            received.name.encode(),
            table="concern_file",
            column="sealed",
            row=str(one.id),
        )
        session.add(one)
        await concern.stay(session, now=now)
        return one

    @property
    def name(self) -> str:
        row = str(self.id)
        return unseal(
            self.sealed, table="concern_file", column="sealed", row=row
        ).decode()

    async def remove(self, session: AsyncSession) -> None:
        await session.delete(self)
        await session.flush()
        await files.forget(session, self.file)


async def files_of(session: AsyncSession, concern: Concern) -> list[ConcernFile]:
    """In the order in which they came."""
    found = await session.scalars(
        select(ConcernFile)
        .where(ConcernFile.concern_id == concern.id)
        .options(joinedload(ConcernFile.file))
        .order_by(ConcernFile.added_at, ConcernFile.id)
    )
    return list(found)


async def file_of(
    session: AsyncSession, concern: Concern, file_id: UUID
) -> ConcernFile:
    """Raises NotFound, and for another concern's."""
    for one in await files_of(session, concern):
        if one.id == file_id:
            return one
    raise NotFound
