"""Filters of the queue that a member of staff keeps under a name, and the one that opens first."""

from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from register.account import Account
from register.assessment.queue import Filter
from register.kit.db import Base
from register.kit.errors import NotFound, Refused

MOST = 20
"""More would be a list that somebody has to search."""


class TooManyFilters(Refused):
    def __init__(self) -> None:
        super().__init__(
            f"You have saved {MOST} filters, which is the most there can be. Delete one before you save another."
        )


class NameTaken(Refused):
    def __init__(self, name: str) -> None:
        super().__init__(f"You have a saved filter called “{name}”. Use another name.")


class SavedFilter(Base):
    __tablename__ = "saved_filter"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str]
    query: Mapped[dict[str, Any]]
    """The codes of a Filter."""
    opens_first: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        UniqueConstraint("account_id", "name"),
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint(
            """not jsonb_path_exists(query, '$.** ? (@.type() == "string" && @ like_regex "[[:space:]]")')""",
            name="no_words",
        ),
        Index(
            "saved_filter_first_uq",
            "account_id",
            unique=True,
            postgresql_where="opens_first",
        ),
    )

    @classmethod
    async def save(
        cls, session: AsyncSession, account: Account, name: str, wanted: Filter
    ) -> Self:
        """Raises TooManyFilters and NameTaken."""
        kept = await saved_filters(session, account, lock=True)
        if len(kept) >= MOST:
            raise TooManyFilters
        if any(other.called(name) for other in kept):
            raise NameTaken(name)
        saved = cls(id=uuid4(), account_id=account.id, name=name, query=wanted.codes)
        session.add(saved)
        return saved

    def called(self, name: str) -> bool:
        """Two names that differ only in capitals are one to a reader."""
        return self.name.casefold() == name.casefold()

    async def change(
        self, session: AsyncSession, account: Account, *, name: str, opens_first: bool
    ) -> None:
        """Raises NameTaken."""
        kept = await saved_filters(session, account, lock=True)
        if any(other.called(name) for other in kept if other.id != self.id):
            raise NameTaken(name)
        if opens_first:
            await session.execute(
                update(SavedFilter)
                .where(SavedFilter.account_id == account.id, SavedFilter.opens_first)
                .values(opens_first=False)
            )
        self.name, self.opens_first = name, opens_first


async def saved_filters(
    session: AsyncSession, account: Account, *, lock: bool = False
) -> list[SavedFilter]:
    """By name. With `lock` nobody saves another meanwhile, in a second tab either."""
    if lock:
        await session.execute(
            select(Account.id)
            .where(Account.id == account.id)
            .with_for_update(key_share=True)
        )
    found = await session.scalars(
        select(SavedFilter)
        .where(SavedFilter.account_id == account.id)
        .order_by(SavedFilter.name, SavedFilter.id)
    )
    return list(found)


async def saved_filter_of(
    session: AsyncSession, account: Account, filter_id: UUID
) -> SavedFilter:
    """One's own; raises NotFound."""
    found = await session.scalar(
        select(SavedFilter).where(
            SavedFilter.id == filter_id, SavedFilter.account_id == account.id
        )
    )
    if not found:
        raise NotFound
    return found
