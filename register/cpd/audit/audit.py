"""An audit of one part's learning in one year: its seed is committed to before anybody knows whom it draws."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Text,
    UniqueConstraint,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from register.cpd.audit.acts import AuditEvent
from register.cpd.audit.draw import commitment_of
from register.kit.clock import end_of
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.kit.security.sealing import seal, unseal
from register.part import Part
from register.process import Process

TABLE, COLUMN = "learning_audit", "sealed_seed"
SEED_BYTES = 32


class AnnouncedAlready(Refused):
    def __init__(self) -> None:
        super().__init__("The audit of this part and year has been announced already.")


class YearNotOver(Refused):
    def __init__(self) -> None:
        super().__init__(
            "A year is audited once it is over, when nobody can renew with its learning in time any more."
        )


class DrawnAlready(Refused):
    def __init__(self) -> None:
        super().__init__("This audit has been drawn already.")


class LearningAudit(Base):
    """What is published of it is here; whom it fell on is not."""

    __tablename__ = TABLE

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    part: Mapped[Part] = mapped_column(code(Part))
    year_end: Mapped[date]
    commitment: Mapped[str]
    """Published before anybody knows whom the seed draws."""
    sealed_seed: Mapped[bytes]
    announced_at: Mapped[datetime]
    rule_set_id: Mapped[UUID | None] = mapped_column(ForeignKey("rule_set.id"))
    drawn_at: Mapped[datetime | None]
    seed: Mapped[str | None]
    """Once it is drawn."""
    per_mille: Mapped[int | None]
    population: Mapped[int | None]
    population_hash: Mapped[str | None]
    numbers: Mapped[list[str] | None] = mapped_column(ARRAY(Text), deferred=True)
    """Who might have been drawn, sorted."""
    newly_joined: Mapped[int | None]
    under_order: Mapped[int | None]
    size: Mapped[int | None]
    """How many were drawn by chance."""
    repeated: Mapped[int | None]
    """Who were looked at beside them, as last year’s learning was not enough."""
    last_rank: Mapped[str | None]
    """The highest of those drawn: whoever knows a number can tell whether it was."""
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("part", "year_end"),
        CheckConstraint("commitment ~ '^[0-9a-f]{64}$'", name="commitment"),
        CheckConstraint(
            "num_nulls(drawn_at, seed, per_mille, population, population_hash, numbers, newly_joined, under_order, size,"
            " repeated, last_rank, rule_set_id) in (0, 12)",
            name="drawn",
        ),
        CheckConstraint(
            "seed is null or encode(sha256(convert_to(seed, 'UTF8')), 'hex') = commitment",
            name="seed",
        ),
    )

    @classmethod
    async def announce(
        cls, session: AsyncSession, part: Part, year_end: date, *, by: Process
    ) -> Self:
        """Commit to a seed that nobody has seen; raises YearNotOver or AnnouncedAlready."""
        if by.at < end_of(year_end):
            raise YearNotOver
        known = select(cls.id).where(cls.part == part, cls.year_end == year_end)
        if await session.scalar(known):
            raise AnnouncedAlready
        seed = secrets.token_hex(SEED_BYTES)
        audit = cls(
            id=uuid4(),
            part=part,
            year_end=year_end,
            commitment=commitment_of(seed),
            announced_at=by.at,
        )
        audit.sealed_seed = seal(
            seed.encode(), table=TABLE, column=COLUMN, row=str(audit.id)
        )
        session.add(audit)
        by.tell(AuditEvent.ANNOUNCED, audit=audit.id, part=part, until=year_end)
        await session.flush()
        return audit

    @hybrid_property
    def is_drawn(self) -> bool:
        return self.drawn_at is not None

    @is_drawn.inplace.expression
    @classmethod
    def _is_drawn_in_sql(cls) -> ColumnElement[bool]:
        return cls.drawn_at.is_not(None)

    @property
    def about(self) -> str:
        """As a proposal names it."""
        return f"audit:{self.id}"

    def must_not_be_drawn(self) -> None:
        if self.is_drawn:
            raise DrawnAlready

    def open_seed(self) -> str:
        """Only to draw: until then nobody reads it."""
        plain = unseal(self.sealed_seed, table=TABLE, column=COLUMN, row=str(self.id))
        return plain.decode()


async def audit_of(
    session: AsyncSession, audit_id: UUID, *, lock: bool = False
) -> LearningAudit:
    """Raises NotFound."""
    found = await session.get(
        LearningAudit, audit_id, with_for_update=lock or None, populate_existing=lock
    )
    if found is None:
        raise NotFound
    return found


async def audits(
    session: AsyncSession, *, year_end: date | None = None
) -> Sequence[LearningAudit]:
    """The latest year first, and in it in the order of the parts."""
    lines = select(LearningAudit)
    if year_end:
        lines = lines.where(LearningAudit.year_end == year_end)
    found = await session.scalars(lines.order_by(LearningAudit.year_end.desc()))
    return sorted(
        found.all(), key=lambda one: (-one.year_end.toordinal(), one.part.position)
    )
