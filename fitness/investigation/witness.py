"""Witnesses: known in the case by a number; who they are stands sealed, and never leaves with what is disclosed."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fitness.case import Case, CaseEventKind, Stage
from fitness.numbers import next_number
from register.kit.db import Base, code
from register.kit.security.sealing import seal, unseal
from register.process import Process

TABLE = "witness"


class Standing(StrEnum):
    """What a witness is to the case."""

    CHILD = "child"
    """Somebody who lived in the home as a child, whatever their age now."""
    FAMILY = "family"
    COLLEAGUE = "colleague"
    PROFESSIONAL = "professional"
    OTHER = "other"


class Witness(Base):
    __tablename__ = TABLE

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"))
    number: Mapped[int]
    standing: Mapped[Standing] = mapped_column(code(Standing, "standing"))
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    sealed_name: Mapped[bytes]
    sealed_contact: Mapped[bytes]
    named_at: Mapped[datetime]

    process: Mapped[Process] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("case_id", "number"),)

    @property
    def label(self) -> str:
        return f"W{self.number}"

    @property
    def name(self) -> str:
        return self._open(self.sealed_name, "sealed_name")

    @property
    def contact(self) -> str:
        """How to reach them; empty where nobody knows."""
        return self._open(self.sealed_contact, "sealed_contact")

    @classmethod
    async def name_one(
        cls,
        session: AsyncSession,
        case: Case,
        *,
        name: str,
        contact: str,
        standing: Standing,
        by: Process,
    ) -> Self:
        """Raises NotNow."""
        case.must_be(Stage.INVESTIGATION)
        witness = cls(
            id=uuid4(),
            case_id=case.id,
            number=await next_number(session, cls.number, cls.case_id, case.id),
            standing=standing,
            process=by,
            named_at=by.at,
        )
        witness.sealed_name = witness._seal(name, "sealed_name")
        witness.sealed_contact = witness._seal(contact, "sealed_contact")
        session.add(witness)
        case.tell(session, CaseEventKind.WITNESS_NAMED, by=by, witness=witness.number)
        return witness

    def reach(
        self, session: AsyncSession, case: Case, contact: str, *, by: Process
    ) -> None:
        """At another address from now on; raises NotNow."""
        case.must_be(Stage.INVESTIGATION)
        if contact == self.contact:
            return
        self.sealed_contact = self._seal(contact, "sealed_contact")
        case.tell(session, CaseEventKind.WITNESS_MOVED, by=by, witness=self.number)

    def _seal(self, words: str, column: str) -> bytes:
        return seal(words.encode(), table=TABLE, column=column, row=str(self.id))

    def _open(self, sealed: bytes, column: str) -> str:
        return unseal(sealed, table=TABLE, column=column, row=str(self.id)).decode()


async def witnesses_of(session: AsyncSession, case_id: UUID) -> Sequence[Witness]:
    found = await session.scalars(
        select(Witness).where(Witness.case_id == case_id).order_by(Witness.number)
    )
    return found.all()
