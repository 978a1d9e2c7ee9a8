"""Qualifications that a person holds or is working towards, and what we made of them."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    case,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from register.kit.clock import LONDON
from register.kit.db import Base, code
from register.person import fold
from register.rule_set import AcceptedQualification, Route, Verdict

UNITED_KINGDOM = frozenset(
    {
        "united kingdom",
        "uk",
        "u k",
        "great britain",
        "britain",
        "gb",
        "england",
        "england and wales",
        "scotland",
        "wales",
        "cymru",
        "northern ireland",
    }
)
"""As applicants write it, folded. Whatever else they write counts as abroad until they put it right."""


class Qualification(Base):
    __tablename__ = "qualification"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    title: Mapped[str]
    awarding_body: Mapped[str]
    level: Mapped[int | None]
    country: Mapped[str]
    credits: Mapped[int | None]
    certificate_number: Mapped[str | None]
    learner_number: Mapped[str | None]
    """The ten-digit Unique Learner Number (ULN)."""
    awarded_on: Mapped[date | None]
    enrolled_on: Mapped[date | None]
    expected_on: Mapped[date | None]
    accepted_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accepted_qualification.id")
    )
    """The row of the rule set that the holder says it is."""
    verdict: Mapped[Verdict | None] = mapped_column(code(Verdict))
    verified_at: Mapped[datetime | None]

    accepted: Mapped[AcceptedQualification | None] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint(
            "awarded_on is not null or enrolled_on is not null or accepted_id is not null",
            name="awarded_or_enrolled",
        ),
        CheckConstraint("(verdict is null) = (verified_at is null)", name="verified"),
    )

    @property
    def from_abroad(self) -> bool:
        """Where `accepted` is loaded."""
        if self.by_portfolio:
            return False
        listed = self.accepted is not None and self.accepted.route is Route.OVERSEAS
        return listed or fold(self.country) not in UNITED_KINGDOM

    @property
    def by_portfolio(self) -> bool:
        """Where `accepted` is loaded."""
        return self.accepted is not None and self.accepted.route is Route.PORTFOLIO

    def verify(self, verdict: Verdict, *, now: datetime) -> None:
        self.verdict, self.verified_at = verdict, now

    def award(self, on: date, *, now: datetime) -> None:
        """What was worked towards is held, and meets the requirement."""
        self.awarded_on = on
        self.verify(Verdict.FULL, now=now)


async def wants_scrutiny(session: AsyncSession, person_id: UUID) -> bool:
    """Whether they hold something from abroad that nobody has judged."""
    found = await session.scalars(
        select(Qualification)
        .where(
            Qualification.person_id == person_id,
            Qualification.awarded_on.is_not(None),
            Qualification.verdict.is_(None),
        )
        .options(joinedload(Qualification.accepted))
        .execution_options(populate_existing=True)
    )
    return any(held.from_abroad for held in found)


async def unfinished(session: AsyncSession, person_id: UUID) -> list[Qualification]:
    """What somebody is working towards."""
    found = await session.scalars(
        select(Qualification)
        .where(
            Qualification.person_id == person_id,
            Qualification.awarded_on.is_(None),
            Qualification.enrolled_on.is_not(None),
        )
        .order_by(Qualification.title, Qualification.id)
    )
    return list(found)


async def titles_shown(
    session: AsyncSession,
    people: Collection[UUID],
    *,
    by: date | None = None,
    known: datetime | None = None,
) -> dict[UUID, list[str]]:
    """What the register shows of each: what was awarded, and verified as meeting the part's requirement or some of it; and
    a portfolio that meets the whole of it, from the day of that verdict.

    Of a day gone by: what was awarded by then, and verified by the moment at which it was known.
    """
    portfolio = AcceptedQualification.route.is_not_distinct_from(Route.PORTFOLIO)
    verified_on = cast(func.timezone(LONDON.key, Qualification.verified_at), Date)
    since = case((portfolio, verified_on), else_=Qualification.awarded_on)
    held = (
        select(Qualification.person_id, Qualification.title)
        .outerjoin(
            AcceptedQualification,
            Qualification.accepted_id == AcceptedQualification.id,
        )
        .where(
            Qualification.person_id.in_(people),
            since.is_not(None),
            or_(
                Qualification.verdict == Verdict.FULL,
                (Qualification.verdict == Verdict.PARTIAL) & ~portfolio,
            ),
        )
    )
    if by:
        held = held.where(since <= by)
    if known:
        held = held.where(Qualification.verified_at <= known)
    rows = await session.execute(held.order_by(since.desc(), Qualification.title))
    titles: dict[UUID, list[str]] = {}
    for person_id, title in rows:
        titles.setdefault(person_id, []).append(title)
    return titles
