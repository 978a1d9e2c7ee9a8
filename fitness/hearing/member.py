"""Who sits on a hearing, in which seat, and whether they are enough to decide.

Nobody sits in two places on one day, and the database sees to it.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from fitness.case import Case, CaseText
from fitness.hearing.hearing import Hearing
from fitness.hearing.kind import Kind, Seat
from fitness.panel import Side
from register.account import Account
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.process import Process
from register.rule_set import Rules


class ReleasedFor(StrEnum):
    CONFLICT = "conflict"
    CANNOT_COME = "cannot_come"
    OTHER = "other"


class NoQuorum(Refused):
    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        super().__init__(f"A panel needs at least {wanted} members who decide.")


class NoChair(Refused):
    def __init__(self) -> None:
        super().__init__("Nobody chairs this hearing.")


class NotMixed(Refused):
    def __init__(self) -> None:
        super().__init__(
            "A panel needs at least one lay member and one who is a registrant."
        )


class HearingMember(Base):
    """From empanelment until they are released or the hearing is over; whoever comes back has another row."""

    __tablename__ = "hearing_member"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    hearing_id: Mapped[UUID] = mapped_column(ForeignKey("hearing.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    seat: Mapped[Seat] = mapped_column(code(Seat, "seat"))
    side: Mapped[Side | None] = mapped_column(code(Side, "side"))
    """As it was when they were empanelled."""
    first_on: Mapped[date]
    last_on: Mapped[date]
    """The days of the hearing, as long as they sit on it."""
    weighed: Mapped[list[Any]]
    """Codes of the warnings that the radar gave."""
    joined_at: Mapped[datetime]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """Why they sit though there were warnings."""
    released_at: Mapped[datetime | None]
    released_for: Mapped[ReleasedFor | None] = mapped_column(
        code(ReleasedFor, "released_for")
    )
    signed_at: Mapped[datetime | None]
    over_at: Mapped[datetime | None]
    """When the hearing was decided or vacated: since then they may sit elsewhere."""

    process: Mapped[Process] = relationship(lazy="raise")
    account: Mapped[Account] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("first_on <= last_on", name="days"),
        CheckConstraint("(seat = 'adviser') = (side is null)", name="side"),
        CheckConstraint(
            "(released_at is null) = (released_for is null)", name="released"
        ),
        CheckConstraint("seat <> 'adviser' or signed_at is null", name="signed"),
        ExcludeConstraint(
            ("account_id", "="),
            (literal_column("daterange(first_on, last_on, '[]')"), "&&"),
            name="hearing_member_one_place_ex",
            using="gist",
            where=literal_column("released_at is null and over_at is null"),
        ),
        Index(
            "hearing_member_seats",
            "hearing_id",
            "seat",
            unique=True,
            postgresql_where="released_at is null and seat <> 'member'",
        ),
    )

    @hybrid_property
    def sits(self) -> bool:
        """Still, and the hearing is not over."""
        return self.released_at is None and self.over_at is None

    @sits.inplace.expression
    @classmethod
    def _sits_in_sql(cls) -> ColumnElement[bool]:
        return cls.released_at.is_(None) & cls.over_at.is_(None)


def unsign(panel: Collection[HearingMember]) -> None:
    """What they signed is not what there is any more."""
    for member in panel:
        member.signed_at = None


def deciding(panel: Collection[HearingMember]) -> list[HearingMember]:
    return [one for one in panel if one.seat.votes]


def must_be_able_to_decide(
    panel: Collection[HearingMember], kind: Kind, rules: Rules
) -> None:
    """Raises NoQuorum, NoChair or NotMixed."""
    voting = deciding(panel)
    if len(voting) < rules.panel_quorum:
        raise NoQuorum(rules.panel_quorum)
    if not any(one.seat is Seat.CHAIR for one in voting):
        raise NoChair
    if kind.mixed and {one.side for one in voting} != set(Side):
        raise NotMixed


async def panel_of(session: AsyncSession, hearing: Hearing) -> Sequence[HearingMember]:
    """Those who sit on it, or sat when it was over: the chair first, the adviser last."""
    found = await session.scalars(
        select(HearingMember)
        .where(
            HearingMember.hearing_id == hearing.id,
            HearingMember.released_at.is_(None),
        )
        .options(joinedload(HearingMember.account), joinedload(HearingMember.text))
    )
    seats = list(Seat)
    return sorted(
        found, key=lambda one: (seats.index(one.seat), one.joined_at, str(one.id))
    )


async def panels_of(
    session: AsyncSession, case_id: UUID
) -> dict[UUID, list[HearingMember]]:
    """Of all hearings of the case, by the hearing."""
    found = await session.scalars(
        select(HearingMember)
        .where(HearingMember.case_id == case_id, HearingMember.released_at.is_(None))
        .options(joinedload(HearingMember.account))
        .order_by(HearingMember.seat, HearingMember.joined_at, HearingMember.id)
    )
    panels: dict[UUID, list[HearingMember]] = {}
    for member in found:
        panels.setdefault(member.hearing_id, []).append(member)
    return panels


async def member_in(
    session: AsyncSession, hearing: Hearing, member_id: UUID
) -> HearingMember:
    """Raises NotFound where they do not sit on it any more."""
    for member in await panel_of(session, hearing):
        if member.id == member_id:
            return member
    raise NotFound


async def sittings_of(
    session: AsyncSession, account_id: UUID
) -> Sequence[tuple[Hearing, str]]:
    """Hearings on which somebody sits that are not over, with the references of their cases; the earliest first."""
    found = await session.execute(
        select(Hearing, Case.reference)
        .join(HearingMember, HearingMember.hearing_id == Hearing.id)
        .join(Case, Case.id == Hearing.case_id)
        .where(HearingMember.account_id == account_id, HearingMember.sits)
        .order_by(Hearing.starts_at, Hearing.id)
    )
    return [(hearing, reference) for hearing, reference in found]
