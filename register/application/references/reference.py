"""A reference as its referee sent it: sealed, and only added."""

from collections.abc import Iterable
from datetime import datetime
from typing import cast
from uuid import UUID

import msgspec
from sqlalchemy import ForeignKey, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from register.application.references.answers import Said
from register.kit.db import Base
from register.kit.security.sealing import seal, unseal
from register.process import Process
from register.request import Request


class Reference(Base):
    """One a request: whoever has answered cannot answer again."""

    __tablename__ = "reference"

    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id"), primary_key=True)
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    sealed: Mapped[bytes]
    received_at: Mapped[datetime]

    @classmethod
    def of(cls, request: Request, said: Said, *, by: Process) -> "Reference":
        return cls(
            request_id=request.id,
            process_id=by.id,
            sealed=seal(
                msgspec.json.encode(said),
                table="reference",
                column="sealed",
                row=str(request.id),
            ),
            received_at=by.at,
        )

    @property
    def said(self) -> Said:
        plain = unseal(
            self.sealed, table="reference", column="sealed", row=str(self.request_id)
        )
        return cast("Said", msgspec.json.decode(plain, type=Said))


async def heard_of(session: AsyncSession, application_id: UUID) -> int:
    """How many referees have written about an application so far, whatever they said."""
    found = await session.scalar(
        select(func.count())
        .select_from(Reference)
        .join(Request, Reference.request_id == Request.id)
        .where(Request.application_id == application_id)
    )
    return found or 0


async def references_of(
    session: AsyncSession, requests: Iterable[Request]
) -> dict[UUID, Said]:
    """What was said to each request, by its id."""
    ids = [request.id for request in requests]
    found = await session.scalars(
        select(Reference).where(Reference.request_id.in_(ids))
    )
    return {row.request_id: row.said for row in found}
