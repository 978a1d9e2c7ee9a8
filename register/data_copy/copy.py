"""A copy: who asked when, whether it is made, and until when it is kept."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from register.account import Account
from register.kit.db import Base
from register.kit.jobs import enqueue
from register.process import Process

SOON = timedelta(minutes=10)
"""How long the worker is given before another may be asked for."""
KEPT_FOR = timedelta(days=7)


class DataCopyAct(StrEnum):
    ASK = "data_copy:ask"


class DataCopyEvent(StrEnum):
    ASKED = "data_copy:asked"


class Form(StrEnum):
    JSON = "json"
    PDF = "pdf"


class DataCopy(Base):
    __tablename__ = "data_copy"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    json_kept_as: Mapped[str | None] = mapped_column(unique=True)
    """The name of the file in the store."""
    pdf_kept_as: Mapped[str | None] = mapped_column(unique=True)

    __table_args__ = (
        CheckConstraint(
            "(made_at is null) = (json_kept_as is null) and (made_at is null) = (pdf_kept_as is null)",
            name="made",
        ),
    )

    @classmethod
    async def ask(cls, session: AsyncSession, account: Account, *, by: Process) -> Self:
        """The one that is being made, where somebody asks twice."""
        # Of two who ask at once the second waits for the first.
        await session.refresh(account, with_for_update=True)
        last = next(iter(await copies_of(session, account)), None)
        if isinstance(last, cls) and last.being_made(by.at):
            return last
        copy = cls(id=uuid4(), account_id=account.id, process_id=by.id, asked_at=by.at)
        session.add(copy)
        by.tell(DataCopyEvent.ASKED, person_id=account.person_id, account=account.id)
        await session.flush()
        await enqueue(session, "make_data_copy", {"data_copy": copy.id})
        return copy

    def being_made(self, now: datetime) -> bool:
        return self.made_at is None and now < self.asked_at + SOON

    def kept_as(self, form: Form) -> str | None:
        return self.json_kept_as if form is Form.JSON else self.pdf_kept_as

    @property
    def until(self) -> datetime | None:
        """When it is deleted."""
        return self.made_at + KEPT_FOR if self.made_at else None


async def copies_of(session: AsyncSession, account: Account) -> Sequence[DataCopy]:
    """The newest first."""
    found = await session.scalars(
        select(DataCopy)
        .where(DataCopy.account_id == account.id)
        .order_by(DataCopy.asked_at.desc(), DataCopy.id)
    )
    return found.all()
