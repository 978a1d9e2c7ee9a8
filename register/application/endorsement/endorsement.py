"""An endorsement as the employer sent it, in whose queue it waits, and going on without one."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from register.application.endorsement.answers import Said
from register.by_link import Answer
from register.kit.db import Base, code
from register.request import Request


class Endorsement(Answer):
    __tablename__ = "endorsement"

    @property
    def said(self) -> Said:
        return cast("Said", self._said(Said))


class QueuedEndorsement(Base):
    """A request that an organisation answers on its own pages, rather than somebody by a link."""

    __tablename__ = "queued_endorsement"

    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("organisation.id"), index=True
    )
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation_user.id"))
    """Who shall answer; lead users see it whoever that is."""


class WaivedBecause(StrEnum):
    NO_EMPLOYER = "no_employer"
    SELF_EMPLOYED = "self_employed"
    AGENCY = "agency"
    NOT_GIVEN = "not_given"
    OTHER = "other"


class EndorsementWaiver(Base):
    """Stands until somebody else is asked after it; the officer's words stand in the texts of the process."""

    __tablename__ = "endorsement_waiver"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    application_id: Mapped[UUID] = mapped_column(
        ForeignKey("application.id"), index=True
    )
    because: Mapped[WaivedBecause] = mapped_column(code(WaivedBecause))
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    waived_at: Mapped[datetime]


async def endorsements_of(
    session: AsyncSession, requests: Iterable[Request]
) -> dict[UUID, Said]:
    """What was said to each request, by its id."""
    ids = [request.id for request in requests]
    found = await session.scalars(
        select(Endorsement).where(Endorsement.request_id.in_(ids))
    )
    return {row.request_id: row.said for row in found}
