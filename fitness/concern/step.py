"""What staff did with a concern: only added, its words sealed, and read by whoever may read the concern."""

from datetime import datetime
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from fitness.concern.state import StepKind
from register.account import Account
from register.kit.db import Base, code
from register.kit.security.sealing import seal, unseal
from register.person import Person
from register.process import Process


class ConcernStep(Base):
    """Only added."""

    __tablename__ = "concern_step"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    concern_id: Mapped[UUID] = mapped_column(ForeignKey("concern.id"), index=True)
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[StepKind] = mapped_column(code(StepKind))
    at: Mapped[datetime]
    answer: Mapped[str | None]
    """A code: what was found, or why."""
    towards: Mapped[str | None]
    """A code: to whom."""
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    sealed: Mapped[bytes | None]

    process: Mapped[Process] = relationship(lazy="raise")
    account: Mapped[Account | None] = relationship(lazy="raise")
    person: Mapped[Person | None] = relationship(lazy="raise")

    @classmethod
    def of(
        cls,
        concern_id: UUID,
        kind: StepKind,
        by: Process,
        *,
        words: str,
        answer: str | None,
        towards: str | None,
        person_id: UUID | None,
    ) -> Self:
        step = cls(
            id=uuid4(),
            concern_id=concern_id,
            process=by,
            account_id=by.actor_id,
            kind=kind,
            at=by.at,
            answer=answer,
            towards=towards,
            person_id=person_id,
        )
        if words:
            step.sealed = seal(
                words.encode(), table="concern_step", column="sealed", row=str(step.id)
            )
        return step

    @property
    def words(self) -> str:
        if self.sealed is None:
            return ""
        row = str(self.id)
        return unseal(
            self.sealed, table="concern_step", column="sealed", row=row
        ).decode()


async def steps_of(session: AsyncSession, concern_id: UUID) -> list[ConcernStep]:
    """The newest first."""
    found = await session.scalars(
        select(ConcernStep)
        .where(ConcernStep.concern_id == concern_id)
        .options(joinedload(ConcernStep.account), joinedload(ConcernStep.person))
        .order_by(ConcernStep.at.desc(), ConcernStep.id)
    )
    return list(found)
