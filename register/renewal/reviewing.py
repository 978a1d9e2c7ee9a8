"""Somebody senior looks at each yes that was declared in a renewal; it holds up nobody's renewal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Select, exists, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from register.account import Account
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.process import Process, TextKind
from register.renewal.acts import RenewalEvent
from register.renewal.declaring import RenewalDeclaration


class DeclarationOutcome(StrEnum):
    NOTHING_FURTHER = "nothing_further"
    PASSED_ON = "passed_on"
    """To somebody else who has to know."""
    CONCERN = "concern"
    """It is to be looked into as a concern."""


class SettledAlready(Refused):
    def __init__(self) -> None:
        super().__init__("Somebody has settled this declaration already.")


class DeclarationReview(Base):
    """Rows are only added."""

    __tablename__ = "declaration_review"

    declaration_id: Mapped[UUID] = mapped_column(
        ForeignKey("renewal_declaration.id"), primary_key=True
    )
    outcome: Mapped[DeclarationOutcome] = mapped_column(code(DeclarationOutcome))
    settled_at: Mapped[datetime]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))

    account: Mapped[Account] = relationship(lazy="raise")
    process: Mapped[Process] = relationship(lazy="raise")

    @classmethod
    async def settle(
        cls,
        session: AsyncSession,
        declaration: RenewalDeclaration,
        outcome: DeclarationOutcome,
        *,
        words: str,
        officer: Account,
        by: Process,
    ) -> Self:
        """Raises SettledAlready."""
        if await review_of(session, declaration.id):
            raise SettledAlready
        review = cls(
            declaration_id=declaration.id,
            outcome=outcome,
            settled_at=by.at,
            account_id=officer.id,
            process=by,
        )
        session.add(review)
        by.say(TextKind.INTERNAL, words)
        by.tell(
            RenewalEvent.DECLARATION_SETTLED,
            person_id=declaration.person_id,
            renewal=declaration.renewal_id,
            section=declaration.section,
            settled=outcome,
        )
        await session.flush()
        return review


async def review_of(
    session: AsyncSession, declaration_id: UUID
) -> DeclarationReview | None:
    found: DeclarationReview | None = await session.scalar(
        select(DeclarationReview)
        .where(DeclarationReview.declaration_id == declaration_id)
        .options(
            joinedload(DeclarationReview.account),
            joinedload(DeclarationReview.process).selectinload(Process.texts),
        )
    )
    return found


PAGE = 50


@dataclass(frozen=True)
class DeclarationsPage:
    rows: Sequence[RenewalDeclaration]
    next: UUID | None


async def declarations_waiting(
    session: AsyncSession, reader: Account, *, after: UUID | None = None
) -> DeclarationsPage:
    """Each yes that nobody has settled, the oldest first; nobody reads of their own."""
    declared_at, id_ = RenewalDeclaration.declared_at, RenewalDeclaration.id
    found = waiting_of_others(reader)
    if after:
        last = select(declared_at, id_).where(id_ == after)
        found = found.where(tuple_(declared_at, id_) > last.scalar_subquery())
    rows = list(await session.scalars(found.order_by(declared_at, id_).limit(PAGE + 1)))
    return DeclarationsPage(
        rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None
    )


def waiting_of_others(reader: Account) -> Select[RenewalDeclaration]:
    settled = exists().where(DeclarationReview.declaration_id == RenewalDeclaration.id)
    return _shown_to(reader).where(RenewalDeclaration.says_yes, ~settled)


async def declaration_for(
    session: AsyncSession, reader: Account, declaration_id: UUID, *, lock: bool = False
) -> RenewalDeclaration:
    """Of those that somebody has to look at; raises NotFound."""
    found = _shown_to(reader).where(
        RenewalDeclaration.id == declaration_id, RenewalDeclaration.says_yes
    )
    if lock:
        found = found.with_for_update(of=RenewalDeclaration)
    declaration = await session.scalar(found)
    if declaration is None:
        raise NotFound
    return declaration


def _shown_to(reader: Account) -> Select[RenewalDeclaration]:
    found = select(RenewalDeclaration).options(joinedload(RenewalDeclaration.person))
    if reader.person_id is None:
        return found
    return found.where(_of_others(reader.person_id))


def _of_others(person_id: UUID) -> ColumnElement[bool]:
    return RenewalDeclaration.person_id != person_id
