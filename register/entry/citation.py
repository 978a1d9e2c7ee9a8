"""Citations: where the public may read why a fact is what it is, and for how long.

Whoever publishes a decision tells the entry its address (`Entry.cite`); the register knows nothing else of it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.dialects.postgresql import TSTZRANGE
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from register.entry.facts import Validity
from register.kit.db import Base
from register.process import Process


class Citation(Base):
    __tablename__ = "citation"

    fact_id: Mapped[UUID] = mapped_column(primary_key=True)
    """No key: the fact may be of any kind, and may be found never to have been true."""
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), index=True)
    address: Mapped[str]
    """Within our own site."""
    shown: Mapped[Validity] = mapped_column(TSTZRANGE)
    recorded_at: Mapped[datetime]
    """When it was first told."""
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))

    process: Mapped[Process] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("address ~ '^/[a-z]+/[0-9A-Z]+$'", name="address"),
        CheckConstraint(
            "not isempty(shown) and not lower_inf(shown) and not upper_inf(shown)",
            name="shown",
        ),
    )

    @property
    def begins(self) -> datetime:
        assert self.shown.lower is not None  # noqa: S101 - the table's CHECK
        return self.shown.lower

    @property
    def ends(self) -> datetime:
        assert self.shown.upper is not None  # noqa: S101 - the table's CHECK
        return self.shown.upper


async def citations_of(
    session: AsyncSession, entry_ids: Collection[UUID]
) -> Sequence[Citation]:
    found = await session.scalars(
        select(Citation).where(Citation.entry_id.in_(entry_ids))
    )
    return found.all()


def cited_at(
    citations: Collection[Citation], now: datetime, *, known: datetime | None = None
) -> dict[UUID, str]:
    """The addresses that are shown now, by the fact; `known`: of those that had been told by then."""
    return {
        one.fact_id: one.address
        for one in citations
        if one.shown.contains(now) and (known is None or one.recorded_at <= known)
    }
