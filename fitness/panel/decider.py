"""Deciders: who may sit on panels and examine cases, lay or registrant, what they have declared, and when they can come."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from fitness.fence import looked_at_by
from register.account import Account, RoleGrant, StaffRole
from register.employment import Home
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.kit.security.sealing import seal, unseal
from register.person import Person
from register.process import Process

TABLE, COLUMN = "declared_interest", "sealed"
ROSTER_READERS = (
    StaffRole.HEARINGS_OFFICER,
    StaffRole.TEAM_MANAGER,
    StaffRole.REGISTRAR,
)
DECIDING = (
    StaffRole.ADJUDICATOR,
    StaffRole.CASE_EXAMINER,
    StaffRole.LEGAL_ADVISER,
)


class PanelAct(StrEnum):
    """None of these processes tells anything of a person."""

    DESCRIBE = "panel:describe"
    DECLARE = "panel:declare"
    FREE = "panel:free"


class Side(StrEnum):
    """From which side of the profession somebody comes."""

    LAY = "lay"
    REGISTRANT = "registrant"


class TakenBack(Refused):
    def __init__(self) -> None:
        super().__init__("This has been taken back already.")


class Backwards(Refused):
    def __init__(self) -> None:
        super().__init__("The last day must not come before the first.")


class LayChairs(Refused):
    def __init__(self) -> None:
        super().__init__("Only a lay adjudicator may chair a panel.")


class Decider(Base):
    """What the office knows of somebody who decides, or advises those who do."""

    __tablename__ = "decider"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    side: Mapped[Side] = mapped_column(code(Side, "side"))
    may_chair: Mapped[bool]
    areas: Mapped[list[Any]]
    """Local authorities, as Ofsted writes them."""
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))

    process: Mapped[Process] = relationship(lazy="raise")

    __table_args__ = (CheckConstraint("side = 'lay' or not may_chair", name="chair"),)

    @classmethod
    async def describe(
        cls,
        session: AsyncSession,
        account: Account,
        side: Side,
        *,
        may_chair: bool,
        areas: Sequence[str],
        by: Process,
    ) -> Self:
        """In place of what was known; raises LayChairs."""
        if may_chair and side is not Side.LAY:
            raise LayChairs
        decider = await session.get(cls, account.id) or cls(account_id=account.id)
        decider.side, decider.may_chair = side, may_chair
        decider.areas, decider.process = list(areas), by
        session.add(decider)
        return decider


class DeclaredInterest(Base):
    """In a person or the homes of a provider, or in words alone. It stays on record when it is taken back."""

    __tablename__ = TABLE

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    home_id: Mapped[UUID | None] = mapped_column(ForeignKey("home.id"))
    """Stands for its provider, and for all of the group."""
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    declared_at: Mapped[datetime]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    sealed: Mapped[bytes]
    taken_back_at: Mapped[datetime | None]

    process: Mapped[Process] = relationship(lazy="raise")
    person: Mapped[Person | None] = relationship(lazy="raise")
    home: Mapped[Home | None] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("from_on <= until_on", name="order"),
        CheckConstraint("num_nonnulls(person_id, home_id) <= 1", name="one"),
    )

    @classmethod
    def declare(
        cls,
        session: AsyncSession,
        account: Account,
        words: str,
        *,
        from_on: date,
        until_on: date | None = None,
        person: Person | None = None,
        home: Home | None = None,
        by: Process,
    ) -> Self:
        """Raises Backwards."""
        if until_on and until_on < from_on:
            raise Backwards
        interest = cls(
            id=uuid4(),
            account_id=account.id,
            person=person,
            home=home,
            from_on=from_on,
            until_on=until_on,
            declared_at=by.at,
            process=by,
        )
        interest.sealed = seal(words.encode(), **interest._place())
        session.add(interest)
        return interest

    @property
    def words(self) -> str:
        return unseal(self.sealed, **self._place()).decode()

    def take_back(self, *, by: Process) -> None:
        if self.taken_back_at:
            raise TakenBack
        self.taken_back_at = by.at

    def _place(self) -> dict[str, str]:
        return {"table": TABLE, "column": COLUMN, "row": str(self.id)}


class FreeDays(Base):
    """On which somebody has said that they can come."""

    __tablename__ = "free_days"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    taken_back_at: Mapped[datetime | None]

    process: Mapped[Process] = relationship(lazy="raise")

    __table_args__ = (CheckConstraint("from_on <= until_on", name="order"),)

    @classmethod
    def offer(
        cls,
        session: AsyncSession,
        account: Account,
        from_on: date,
        until_on: date,
        *,
        by: Process,
    ) -> Self:
        """Raises Backwards."""
        if until_on < from_on:
            raise Backwards
        days = cls(
            id=uuid4(),
            account_id=account.id,
            from_on=from_on,
            until_on=until_on,
            process=by,
        )
        session.add(days)
        return days

    def take_back(self, *, by: Process) -> None:
        if self.taken_back_at:
            raise TakenBack
        self.taken_back_at = by.at


async def deciders(
    session: AsyncSession, *roles: StaffRole
) -> Sequence[tuple[Account, Decider | None]]:
    """Everybody with one of the roles, by name, and what is known of them."""
    found = await session.execute(
        select(Account, Decider)
        .outerjoin(Decider, Decider.account_id == Account.id)
        .where(
            Account.may_be_used(),
            looked_at_by(*ROSTER_READERS),
            Account.id.in_(
                select(RoleGrant.account_id).where(RoleGrant.role.in_(roles))
            ),
        )
        .options(selectinload(Account.grants))
        .order_by(Account.name, Account.id)
    )
    return [(account, decider) for account, decider in found]


async def decider_with(
    session: AsyncSession, account_id: UUID
) -> tuple[Account, Decider | None]:
    """Raises NotFound."""
    for account, decider in await deciders(session, *DECIDING):
        if account.id == account_id:
            return account, decider
    raise NotFound


async def interests_of(
    session: AsyncSession, accounts: Sequence[UUID]
) -> Sequence[DeclaredInterest]:
    """Those that stand, the latest first."""
    found = await session.scalars(
        select(DeclaredInterest)
        .where(
            DeclaredInterest.account_id.in_(accounts),
            DeclaredInterest.taken_back_at.is_(None),
        )
        .options(
            joinedload(DeclaredInterest.person),
            joinedload(DeclaredInterest.home).joinedload(Home.provider),
        )
        .order_by(DeclaredInterest.declared_at.desc(), DeclaredInterest.id)
    )
    return found.all()


async def free_days_of(
    session: AsyncSession, accounts: Sequence[UUID]
) -> Sequence[FreeDays]:
    """Those that stand, the earliest first."""
    found = await session.scalars(
        select(FreeDays)
        .where(FreeDays.account_id.in_(accounts), FreeDays.taken_back_at.is_(None))
        .order_by(FreeDays.from_on, FreeDays.id)
    )
    return found.all()
