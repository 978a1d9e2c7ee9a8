"""What a registrant sends to show that a condition is met, or that they are on the way."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from register.condition.acts import ConditionEvent
from register.condition.clock import Standing
from register.kit import files
from register.kit.db import Base
from register.kit.files import StoredFile
from register.kit.uploads import Received
from register.process import Process


class ConditionEvidence(Base):
    __tablename__ = "condition_evidence"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    condition_id: Mapped[UUID] = mapped_column(index=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    added_at: Mapped[datetime]

    file: Mapped[StoredFile] = relationship(lazy="raise")


async def evidence_of(
    session: AsyncSession, condition_id: UUID
) -> Sequence[ConditionEvidence]:
    """The newest first."""
    found = await session.scalars(
        select(ConditionEvidence)
        .where(ConditionEvidence.condition_id == condition_id)
        .options(joinedload(ConditionEvidence.file))
        .order_by(ConditionEvidence.added_at.desc(), ConditionEvidence.id)
    )
    return found.all()


async def send(
    session: AsyncSession,
    standing: Standing,
    received: Received,
    *,
    owner: UUID,
    by: Process,
) -> None:
    """Keep the file with the condition, for staff to look at."""
    stored = await files.keep(session, received, owner=owner, now=by.at)
    sent = ConditionEvidence(
        id=uuid4(),
        condition_id=standing.condition.id,
        file_id=stored.id,
        added_at=by.at,
    )
    session.add(sent)
    by.tell(
        ConditionEvent.EVIDENCE_SENT,
        person_id=standing.entry.person_id,
        condition=standing.condition.id,
        evidence=sent.id,
    )
