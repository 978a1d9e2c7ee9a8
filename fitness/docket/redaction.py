"""Redactions: what of a document nobody is to read, proposed by one of us and acknowledged by another.

Of an upload it is places on a page, or the whole page, which becomes a picture; of our own documents so many letters of a text,
which are never written. The row holds where, and not what stood there.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fitness.case import Case, CaseEventKind, CaseText, say
from fitness.investigation.evidence import Kept
from register.account import Account
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.process import Process


class Verdict(StrEnum):
    ACKNOWLEDGED = "acknowledged"
    RETURNED = "returned"
    """It is not withheld."""


class SecondPerson(Refused):
    def __init__(self) -> None:
        super().__init__(
            "You proposed to withhold this, so somebody else must acknowledge it."
        )


class SettledAlready(Refused):
    def __init__(self) -> None:
        super().__init__("This redaction has been acknowledged or returned already.")


class Redaction(Base):
    """Once it is settled it is never changed: whoever wants to show what was withheld takes the document out and adds it anew."""

    __tablename__ = "docket_redaction"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("docket_document.id"))
    number: Mapped[int]
    page: Mapped[int | None]
    """Of an upload."""
    places: Mapped[list[Any]]
    """Of an upload left, top, right and bottom in thousandths, none for the whole page; of ours text, from and until where."""
    because: Mapped[Kept] = mapped_column(code(Kept, "because"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime]
    approver_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    settled_at: Mapped[datetime | None]
    verdict: Mapped[Verdict | None] = mapped_column(code(Verdict, "verdict"))
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """Why it was returned."""

    author: Mapped[Account] = relationship(lazy="raise", foreign_keys=author_id)
    process: Mapped[Process] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("document_id", "number"),
        CheckConstraint("approver_id <> author_id", name="two_people"),
        CheckConstraint(
            "(settled_at is null) = (verdict is null) and (settled_at is null) = (approver_id is null)",
            name="settled",
        ),
        CheckConstraint("settled_at >= proposed_at", name="order"),
        CheckConstraint(
            "page > 0 or page is null and jsonb_array_length(places) > 0", name="places"
        ),
    )

    @property
    def waits(self) -> bool:
        return self.verdict is None

    @property
    def holds(self) -> bool:
        return self.verdict is Verdict.ACKNOWLEDGED

    @property
    def whole(self) -> bool:
        return not self.places

    def acknowledge(
        self, session: AsyncSession, case: Case, *, approver: Account, by: Process
    ) -> None:
        """Raises SettledAlready or SecondPerson."""
        self._settle(Verdict.ACKNOWLEDGED, approver, by)
        self._tell(session, case, CaseEventKind.REDACTION_ACKNOWLEDGED, by=by)

    def send_back(
        self,
        session: AsyncSession,
        case: Case,
        *,
        approver: Account,
        words: str,
        by: Process,
    ) -> None:
        """Raises SettledAlready or SecondPerson."""
        self._settle(Verdict.RETURNED, approver, by)
        self.text = say(session, case.id, words, by=by)
        self._tell(
            session,
            case,
            CaseEventKind.REDACTION_RETURNED,
            by=by,
            text=self.text.id,
        )

    def _settle(self, verdict: Verdict, approver: Account, by: Process) -> None:
        if self.verdict:
            raise SettledAlready
        if approver.id == self.author_id:
            raise SecondPerson
        self.verdict, self.approver_id = verdict, approver.id
        self.settled_at = by.at

    def _tell(
        self,
        session: AsyncSession,
        case: Case,
        kind: CaseEventKind,
        *,
        by: Process,
        **facts: Any,
    ) -> None:
        case.tell(session, kind, by=by, redaction=self.id, **facts)
