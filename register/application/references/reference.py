"""A reference as its referee sent it: sealed, and only added."""

from collections.abc import Iterable
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.application.references.answers import Said
from register.by_link import Answer
from register.request import Request


class Reference(Answer):
    __tablename__ = "reference"

    @property
    def said(self) -> Said:
        return cast("Said", self._said(Said))


async def references_of(
    session: AsyncSession, requests: Iterable[Request]
) -> dict[UUID, Said]:
    """What was said to each request, by its id."""
    ids = [request.id for request in requests]
    found = await session.scalars(
        select(Reference).where(Reference.request_id.in_(ids))
    )
    return {row.request_id: row.said for row in found}
