"""Who works on a case, and as what: nobody ever holds two places in one case, and the database sees to it (domain.md 7.3)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from register.account import Account, StaffRole
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.process import Process


class Place(StrEnum):
    """What somebody is in a case, whatever else they are in others."""

    INVESTIGATOR = "investigator"
    MANAGER = "manager"
    """A team manager or registrar who answers for it."""
    EXAMINER = "examiner"
    HEARINGS_OFFICER = "hearings_officer"
    INTERIM_PANEL = "interim_panel"
    """Decides on interim orders, and on nothing else in the case."""
    PANEL = "panel"
    LEGAL_ADVISER = "legal_adviser"

    @property
    def roles(self) -> frozenset[StaffRole]:
        """Whose place it may be; the database asks the same."""
        return ROLES[self]

    @property
    def apart(self) -> bool:
        """Whether it is for those only who are no staff otherwise (domain.md 7.3)."""
        return self in APART

    def fits(self, roles: frozenset[StaffRole]) -> bool:
        return bool(roles & self.roles) and not (self.apart and roles - self.roles)


ROLES = {
    Place.INVESTIGATOR: frozenset({StaffRole.INVESTIGATOR}),
    Place.MANAGER: frozenset({StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR}),
    Place.EXAMINER: frozenset({StaffRole.CASE_EXAMINER}),
    Place.HEARINGS_OFFICER: frozenset({StaffRole.HEARINGS_OFFICER}),
    Place.INTERIM_PANEL: frozenset({StaffRole.ADJUDICATOR}),
    Place.PANEL: frozenset({StaffRole.ADJUDICATOR}),
    Place.LEGAL_ADVISER: frozenset({StaffRole.LEGAL_ADVISER}),
}
APART = frozenset(
    {Place.EXAMINER, Place.INTERIM_PANEL, Place.PANEL, Place.LEGAL_ADVISER}
)


class NotTheirPlace(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This person does not hold the role that this place in a case asks for."
        )


class AnotherPlace(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This person has had another place in this case, and nobody may hold two."
        )


class AboutThem(Refused):
    def __init__(self) -> None:
        super().__init__("This case is about this person, so they cannot work on it.")


class CaseMember(Base):
    """From one moment until another; whoever comes back has another row."""

    __tablename__ = "case_member"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    place: Mapped[Place] = mapped_column(code(Place, "place"))
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))

    account: Mapped[Account] = relationship(lazy="raise")
    process: Mapped[Process] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("left_at >= joined_at", name="order"),
        ExcludeConstraint(
            ("case_id", "="),
            ("account_id", "="),
            ("place", "<>"),
            name="case_member_one_place_ex",
            using="gist",
        ),
        Index(
            "case_member_now",
            "case_id",
            "account_id",
            unique=True,
            postgresql_where="left_at is null",
        ),
    )


async def members(
    session: AsyncSession, case_id: UUID, *, ever: bool = False
) -> Sequence[CaseMember]:
    """Those who work on it now, in the order in which they came; `ever`: with those who left."""
    found = (
        select(CaseMember)
        .where(CaseMember.case_id == case_id)
        .options(joinedload(CaseMember.account))
        .order_by(CaseMember.joined_at, CaseMember.id)
    )
    if not ever:
        found = found.where(CaseMember.left_at.is_(None))
    return (await session.scalars(found)).all()
