"""Triage: whether there are reasonable grounds to look into somebody's fitness to practise (domain.md 7.2, stage 1).

The test is written down factor by factor before anything is decided, and what is weighed again stands beside what was weighed.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from fitness.case import (
    Case,
    CaseEventKind,
    CaseText,
    ClosedBecause,
    Stage,
    draw_referrers,
    say,
    tell_referrers,
)
from fitness.notice_template import Outside
from register.kit.clock import day_of, months_after
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.process import Process


class Factor(StrEnum):
    SERIOUSNESS = "seriousness"
    EVIDENCE = "evidence"
    PATTERN = "pattern"
    """Once, or again and again."""
    STANDARDS = "standards"
    PUBLIC_CONFIDENCE = "public_confidence"
    AGE = "age"
    """How long ago; what is too long ago is looked into in the public interest only."""


class Weight(StrEnum):
    FOR = "for"
    """It speaks for looking into it."""
    AGAINST = "against"
    UNCLEAR = "unclear"


class TriageOutcome(StrEnum):
    OPENED = "opened"
    CLOSED = "closed"
    ADVICE = "advice"
    PASSED_ON = "passed_on"
    ENQUIRIES = "enquiries"
    """Something is still to be found out; the case stays where it is."""


class PassedTo(StrEnum):
    EMPLOYER = "employer"
    LADO = "lado"
    OFSTED = "ofsted"
    POLICE = "police"
    DBS = "dbs"
    TRA = "tra"


CLOSES = {
    TriageOutcome.CLOSED: ClosedBecause.TRIAGE_CLOSED,
    TriageOutcome.ADVICE: ClosedBecause.TRIAGE_ADVICE,
    TriageOutcome.PASSED_ON: ClosedBecause.TRIAGE_PASSED_ON,
}


class NotWeighed(Refused):
    def __init__(self, missing: Sequence[Factor]) -> None:
        self.missing = missing
        super().__init__(
            "Every factor of the test must be weighed before a decision, and some are not yet."
        )


class NoGrounds(Refused):
    def __init__(self) -> None:
        super().__init__(
            "No factor speaks for looking into it, so there are no reasonable grounds to open an investigation."
        )


class TooLongAgo(Refused):
    def __init__(self, since: date) -> None:
        self.since = since
        super().__init__(
            "It happened longer ago than is looked into, unless the factor of its age says why the public interest asks for it."
        )


class TriageFactor(Base):
    """One factor as it was weighed. The latest of each counts; none is changed."""

    __tablename__ = "triage_factor"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    factor: Mapped[Factor] = mapped_column(code(Factor, "factor"))
    weight: Mapped[Weight] = mapped_column(code(Weight, "weight"))
    happened_on: Mapped[date | None]
    """Of the age: the last day on which something is said to have happened; None where nobody knows."""
    weighed_at: Mapped[datetime]
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )

    process: Mapped[Process] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("factor = 'age' or happened_on is null", name="happened"),
    )

    @classmethod
    def weigh(
        cls,
        session: AsyncSession,
        case: Case,
        factor: Factor,
        weight: Weight,
        *,
        words: str,
        happened_on: date | None = None,
        by: Process,
    ) -> Self:
        """Raises NotNow after triage."""
        case.must_be(Stage.TRIAGE)
        weighed = cls(
            id=uuid4(),
            case_id=case.id,
            process=by,
            factor=factor,
            weight=weight,
            happened_on=happened_on,
            weighed_at=by.at,
            text=say(session, case.id, words, by=by),
        )
        session.add(weighed)
        case.tell(
            session, CaseEventKind.FACTOR_WEIGHED, by=by, factor=factor, weight=weight
        )
        return weighed


class TriageDecision(Base):
    """What was decided; several where something had to be found out first."""

    __tablename__ = "triage_decision"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    outcome: Mapped[TriageOutcome] = mapped_column(code(TriageOutcome, "outcome"))
    passed_to: Mapped[list[Any]]
    """Codes of PassedTo."""
    until: Mapped[date | None]
    """Of enquiries: the day on which it is looked at again."""
    decided_at: Mapped[datetime]
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )

    process: Mapped[Process] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("(outcome = 'enquiries') = (until is not null)", name="until"),
        CheckConstraint(
            "(outcome = 'passed_on') = (jsonb_array_length(passed_to) > 0)",
            name="passed_to",
        ),
    )

    @classmethod
    async def decide(
        cls,
        session: AsyncSession,
        case: Case,
        outcome: TriageOutcome,
        *,
        words: str,
        passed_to: Sequence[PassedTo] = (),
        until: date | None = None,
        told: str = "",
        by: Process,
    ) -> Self:
        """`told`: what whoever raised a concern reads besides. Raises NotNow, NotWeighed, NoGrounds or TooLongAgo."""
        await cls.must_be_open(session, case, outcome, now=by.at)
        decision = cls(
            id=uuid4(),
            case_id=case.id,
            process=by,
            outcome=outcome,
            passed_to=list(passed_to),
            until=until,
            decided_at=by.at,
            text=say(session, case.id, words, by=by),
        )
        session.add(decision)
        case.tell(session, CaseEventKind.TRIAGED, by=by, outcome=outcome)
        if outcome is TriageOutcome.OPENED:
            await case.investigate(session, by=by)
        elif because := CLOSES.get(outcome):
            await case.close(session, because, by=by)
        if outcome is not TriageOutcome.ENQUIRIES:
            await tell_referrers(session, case, outcome, words=told, by=by)
        return decision

    @staticmethod
    async def must_be_open(
        session: AsyncSession, case: Case, outcome: TriageOutcome, *, now: datetime
    ) -> None:
        """Raises NotNow, NotWeighed, NoGrounds or TooLongAgo."""
        case.must_be(Stage.TRIAGE)
        weighed = await weighed_in(session, case.id)
        must_be_open_to(outcome, weighed, case, on=day_of(now))

    @classmethod
    async def draw_letters(
        cls,
        session: AsyncSession,
        case: Case,
        outcome: TriageOutcome,
        *,
        told: str = "",
        now: datetime,
    ) -> list[Outside]:
        """What whoever raised a concern would read; raises what `decide` does."""
        await cls.must_be_open(session, case, outcome, now=now)
        if outcome is TriageOutcome.ENQUIRIES:
            return []
        return await draw_referrers(session, case, outcome, told, now=now)


def must_be_open_to(
    outcome: TriageOutcome,
    weighed: Mapping[Factor, TriageFactor],
    case: Case,
    *,
    on: date,
) -> None:
    """Whether the test as it was weighed allows that outcome; enquiries are always open."""
    if outcome is TriageOutcome.ENQUIRIES:
        return
    if missing := [factor for factor in Factor if factor not in weighed]:
        raise NotWeighed(missing)
    if outcome is not TriageOutcome.OPENED:
        return
    age = weighed[Factor.AGE]
    oldest = months_after(on, -case.rule_set.rules.allegation_age_months)
    if age.happened_on and age.happened_on < oldest and age.weight is not Weight.FOR:
        raise TooLongAgo(oldest)
    if all(one.weight is not Weight.FOR for one in weighed.values()):
        raise NoGrounds


async def weighed_in(
    session: AsyncSession, case_id: UUID
) -> Mapping[Factor, TriageFactor]:
    """The latest of each factor, with its words, in the order of the test."""
    rows = await session.scalars(
        select(TriageFactor)
        .where(TriageFactor.case_id == case_id)
        .options(joinedload(TriageFactor.text))
        .order_by(TriageFactor.weighed_at, TriageFactor.id)
    )
    latest = {row.factor: row for row in rows}
    return {factor: latest[factor] for factor in Factor if factor in latest}


async def decisions_in(
    session: AsyncSession, case_id: UUID
) -> Sequence[TriageDecision]:
    """The latest first."""
    found = await session.scalars(
        select(TriageDecision)
        .where(TriageDecision.case_id == case_id)
        .options(joinedload(TriageDecision.text))
        .order_by(TriageDecision.decided_at.desc(), TriageDecision.id)
    )
    return found.all()
