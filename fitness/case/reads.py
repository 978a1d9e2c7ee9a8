"""Who has read what of a case, and when: a row each time, that nobody changes."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from register.account import Account
from register.kit.db import Base, code


class Read(StrEnum):
    CASE = "case"
    HISTORY = "history"
    PLAN = "plan"
    ALLEGATIONS = "allegations"
    EVIDENCE = "evidence"
    EVIDENCE_FILE = "evidence_file"
    WITNESSES = "witnesses"
    REQUESTS = "requests"
    PROCEEDINGS = "proceedings"
    CHRONOLOGY = "chronology"
    DISCLOSURE = "disclosure"
    COMMENT_FILE = "comment_file"
    ORDERS = "orders"
    EXAMINATION = "examination"
    PUBLICATIONS = "publications"
    CHECK_IN_FILE = "check_in_file"
    LEAVING = "leaving"
    DOCKET = "docket"
    DOCKET_DOCUMENT = "docket_document"
    BUNDLE = "bundle"
    HEARINGS = "hearings"
    NOTICES = "notices"
    NOTICE_FILE = "notice_file"


class CaseRead(Base):
    __tablename__ = "case_read"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    what: Mapped[Read] = mapped_column(code(Read, "what"))
    at: Mapped[datetime]

    account: Mapped[Account] = relationship(lazy="raise")

    __table_args__ = (Index(None, "case_id", "id"),)


def was_read(
    session: AsyncSession,
    case_id: UUID,
    what: Read,
    *,
    reader: Account,
    now: datetime,
) -> None:
    session.add(CaseRead(case_id=case_id, account_id=reader.id, what=what, at=now))


async def reads_of(
    session: AsyncSession, case_id: UUID, *, before: int | None = None, limit: int
) -> Sequence[CaseRead]:
    """The latest first."""
    found = (
        select(CaseRead)
        .where(CaseRead.case_id == case_id)
        .options(joinedload(CaseRead.account))
        .order_by(CaseRead.id.desc())
        .limit(limit)
    )
    if before is not None:
        found = found.where(CaseRead.id < before)
    return (await session.scalars(found)).all()
