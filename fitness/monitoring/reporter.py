"""Reporters: those who tell us from where they work how somebody keeps an order. Their names and addresses are sealed."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fitness.case import Case, CaseEventKind
from fitness.numbers import next_number
from fitness.order import CaseOrder
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.kit.security.sealing import seal, unseal
from register.process import Process

TABLE = "reporter"


class Standing(StrEnum):
    SUPERVISOR = "supervisor"
    EMPLOYER = "employer"
    HEALTH = "health"
    """A doctor or therapist."""
    OTHER = "other"


class ReportsNoMore(Refused):
    def __init__(self) -> None:
        super().__init__("This person does not report to us any more.")


class Reporter(Base):
    __tablename__ = TABLE

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"))
    order_id: Mapped[UUID] = mapped_column(ForeignKey("case_order.id"), index=True)
    number: Mapped[int]
    standing: Mapped[Standing] = mapped_column(code(Standing, "standing"))
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    sealed_name: Mapped[bytes]
    sealed_contact: Mapped[bytes]
    named_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    process: Mapped[Process] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("ended_at >= named_at", name="order"),
    )

    @property
    def label(self) -> str:
        return f"R{self.number}"

    @property
    def name(self) -> str:
        return self._open(self.sealed_name, "sealed_name")

    @property
    def contact(self) -> str:
        return self._open(self.sealed_contact, "sealed_contact")

    @classmethod
    async def name_one(
        cls,
        session: AsyncSession,
        case: Case,
        order: CaseOrder,
        *,
        name: str,
        contact: str,
        standing: Standing,
        by: Process,
    ) -> Self:
        """Raises OrderEnded."""
        order.must_stand()
        reporter = cls(
            id=uuid4(),
            case_id=case.id,
            order_id=order.id,
            number=await next_number(session, cls.number, cls.case_id, case.id),
            standing=standing,
            process=by,
            named_at=by.at,
        )
        reporter.sealed_name = reporter._seal(name, "sealed_name")
        reporter.sealed_contact = reporter._seal(contact, "sealed_contact")
        session.add(reporter)
        case.tell(
            session, CaseEventKind.REPORTER_NAMED, by=by, reporter=reporter.number
        )
        return reporter

    def end(self, session: AsyncSession, case: Case, *, by: Process) -> None:
        """Raises ReportsNoMore."""
        if self.ended_at:
            raise ReportsNoMore
        self.ended_at = by.at
        case.tell(session, CaseEventKind.REPORTER_ENDED, by=by, reporter=self.number)

    def _seal(self, words: str, column: str) -> bytes:
        return seal(words.encode(), table=TABLE, column=column, row=str(self.id))

    def _open(self, sealed: bytes, column: str) -> str:
        return unseal(sealed, table=TABLE, column=column, row=str(self.id)).decode()


async def reporters_of(session: AsyncSession, order: CaseOrder) -> Sequence[Reporter]:
    found = await session.scalars(
        select(Reporter).where(Reporter.order_id == order.id).order_by(Reporter.number)
    )
    return found.all()
