"""Portfolios of practice: two assessors sign each outcome apart, an officer recommends a verdict, somebody else confirms it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from dateutil.relativedelta import relativedelta
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Text,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from register.account import Account
from register.application import Application, ApplicationState
from register.assessment.acts import AssessmentEvent
from register.assessment.assigning import may_assess
from register.assessment.check import NotUnderAssessment, must_be_assessing
from register.assessment.qualifications import (
    answers_behind,
    put_to_second,
    qualification_in,
)
from register.employment import Employment
from register.kit.clock import day_of, months_after
from register.kit.db import Base
from register.kit.errors import Refused
from register.process import Process, TextKind
from register.proposal import Proposal
from register.qualification import Qualification
from register.rule_set import Outcome, Route, Rules, RuleSet, Verdict

ASSESSORS = 2
DAYS_OF_A_MONTH = 30
"""Of the days that are left over after whole months."""


class NoPortfolio(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This qualification is not claimed by a portfolio, or the rules do not say what a portfolio must show."
        )


class OutcomesDiffer(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Say of each outcome that the rules list, and of no other, whether the portfolio shows it."
        )


class NotYourPortfolio(Refused):
    def __init__(self) -> None:
        super().__init__("You may not assess this application.")


class SignedAlready(Refused):
    def __init__(self) -> None:
        super().__init__(
            "You have signed this portfolio already, or two assessors have."
        )


class NotSignedByTwo(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Two assessors must sign the portfolio before a verdict is recommended."
        )


class OutcomesNotMet(Refused):
    def __init__(self) -> None:
        super().__init__(
            "A portfolio meets the requirement only where both assessors found every outcome met."
        )


class TooLittleExperience(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The applicant has less experience than the rules ask of somebody with a portfolio."
        )


@dataclass(frozen=True)
class Experience:
    """In whole months."""

    care: int
    """Of those that the rules look back on."""
    supervising: int

    def enough(self, rules: Rules) -> bool:
        return (
            self.care >= rules.portfolio_care_months
            and self.supervising >= rules.portfolio_supervising_months
        )


@dataclass(frozen=True)
class Span:
    """Of a post: `until` is the first day after it, None while it goes on."""

    since: date
    until: date | None
    care: bool
    supervisory: bool


def experience(spans: Iterable[Span], rules: Rules, *, on: date) -> Experience:
    """What had been worked by that day; posts held side by side count once."""
    posts = list(spans)
    from_ = months_after(on, -rules.portfolio_care_within_months)
    return Experience(
        care=_months([post for post in posts if post.care], from_, on),
        supervising=_months([post for post in posts if post.supervisory], date.min, on),
    )


def _months(posts: Iterable[Span], first: date, on: date) -> int:
    clipped = sorted(
        (max(post.since, first), min(post.until or on, on)) for post in posts
    )
    months, days, reached = 0, 0, first
    merged: list[tuple[date, date]] = []
    for since, until in clipped:
        if until <= since or until <= reached:
            continue
        if merged and since <= reached:
            merged[-1] = (merged[-1][0], until)
        else:
            merged.append((since, until))
        reached = until
    for since, until in merged:
        worked = relativedelta(until, since)
        months += worked.years * 12 + worked.months
        days += worked.days
    return months + days // DAYS_OF_A_MONTH


class PortfolioSignOff(Base):
    """What one assessor finds of the portfolio as it was sent. Rows are only added."""

    __tablename__ = "portfolio_sign_off"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    qualification_id: Mapped[UUID]
    """No key: an applicant may take a qualification back."""
    sent_id: Mapped[UUID]
    """The answers that were looked at: it does not stand for what was sent after it."""
    met: Mapped[list[str]] = mapped_column(ARRAY(Text))
    not_met: Mapped[list[str]] = mapped_column(ARRAY(Text))
    because_id: Mapped[UUID]
    signed_at: Mapped[datetime]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))

    account: Mapped[Account] = relationship(lazy="raise")
    process: Mapped[Process] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint(
            "qualification_id",
            "sent_id",
            "account_id",
            name="portfolio_sign_off_each_once",
        ),
        CheckConstraint("not met && not_met", name="apart"),
    )

    @property
    def because(self) -> str:
        """Empty where it was erased since."""
        return next(
            (text.words for text in self.process.texts if text.id == self.because_id),
            "",
        )


@dataclass(frozen=True)
class Portfolio:
    """A qualification claimed by a portfolio, with all that stands of it."""

    application: Application
    qualification: Qualification
    outcomes: Sequence[Outcome]
    signed: Sequence[PortfolioSignOff]
    """Of the answers as they were last sent; the first comes first."""
    experience: Experience
    rules: Rules

    @property
    def complete(self) -> bool:
        return len(self.signed) == ASSESSORS

    @property
    def enough(self) -> bool:
        return self.experience.enough(self.rules)

    def may_sign(self, account: Account) -> bool:
        return (
            self.application.state is ApplicationState.UNDER_ASSESSMENT
            and may_assess(self.application, account)
            and not self.complete
            and not self._signed_by(account)
        )

    def shown_to(self, reader: Account) -> bool:
        """Nobody who may still sign reads what another found."""
        return (
            self.complete
            or self._signed_by(reader)
            or not may_assess(self.application, reader)
        )

    def _signed_by(self, account: Account) -> bool:
        return any(one.account_id == account.id for one in self.signed)


async def portfolio_of(
    session: AsyncSession, application: Application, qualification_id: UUID
) -> Portfolio:
    """Raises NotFound, or NoPortfolio."""
    qualification = await qualification_in(session, application, qualification_id)
    rule_set = await session.get_one(RuleSet, application.rule_set_id)
    await session.refresh(rule_set, ["outcomes"])
    if not (qualification.by_portfolio and rule_set.outcomes):
        raise NoPortfolio
    sent = await answers_behind(session, application, Route.PORTFOLIO)
    signed = select(PortfolioSignOff).where(
        PortfolioSignOff.application_id == application.id,
        PortfolioSignOff.qualification_id == qualification_id,
        PortfolioSignOff.sent_id == sent,
    )
    if application.sent_back_at:
        signed = signed.where(PortfolioSignOff.signed_at >= application.sent_back_at)
    found = await session.scalars(
        signed.options(
            joinedload(PortfolioSignOff.account),
            joinedload(PortfolioSignOff.process).selectinload(Process.texts),
        ).order_by(PortfolioSignOff.signed_at, PortfolioSignOff.id)
    )
    return Portfolio(
        application,
        qualification,
        rule_set.outcomes,
        found.all(),
        await _experience(session, application, rule_set.rules),
        rule_set.rules,
    )


async def _experience(
    session: AsyncSession, application: Application, rules: Rules
) -> Experience:
    """As of the day on which they applied: that we take our time takes nothing from them."""
    rows = await session.execute(
        select(
            func.lower(Employment.valid),
            func.upper(Employment.valid),
            Employment.care,
            Employment.supervisory,
        ).where(Employment.person_id == application.person_id)
    )
    spans = [
        Span(day_of(since), day_of(until) if until else None, care, supervisory)
        for since, until, care, supervisory in rows
    ]
    assert application.submitted_at is not None  # noqa: S101 - what is assessed has been sent
    return experience(spans, rules, on=day_of(application.submitted_at))


async def sign_off(
    session: AsyncSession,
    application: Application,
    qualification_id: UUID,
    *,
    met: Iterable[str],
    not_met: Iterable[str],
    because: str,
    assessor: Account,
    by: Process,
) -> PortfolioSignOff:
    """Raises NotUnderAssessment, NotYourPortfolio, SignedAlready, OutcomesDiffer or NoPortfolio."""
    await application.lock(session)
    if application.state is not ApplicationState.UNDER_ASSESSMENT:
        raise NotUnderAssessment(application)
    if not may_assess(application, assessor):
        raise NotYourPortfolio
    portfolio = await portfolio_of(session, application, qualification_id)
    if not portfolio.may_sign(assessor):
        raise SignedAlready
    shown, missing = sorted(met), sorted(not_met)
    if sorted([*shown, *missing]) != sorted(one.code for one in portfolio.outcomes):
        raise OutcomesDiffer
    signed = PortfolioSignOff(
        id=uuid4(),
        application_id=application.id,
        qualification_id=qualification_id,
        sent_id=await answers_behind(session, application, Route.PORTFOLIO),
        met=shown,
        not_met=missing,
        because_id=by.say(TextKind.INTERNAL, because).id,
        signed_at=by.at,
        account_id=assessor.id,
        process=by,
    )
    session.add(signed)
    # What was found stands in no event: the other assessor reads the timeline too.
    application.tell(
        AssessmentEvent.PORTFOLIO_SIGNED, by=by, qualification=qualification_id
    )
    return signed


async def recommend(
    session: AsyncSession,
    application: Application,
    qualification_id: UUID,
    verdict: Verdict,
    *,
    because: str,
    officer: Account,
    by: Process,
) -> Proposal:
    """Raises NotSignedByTwo, TooLittleExperience, OutcomesNotMet or AlreadyProposed."""
    await application.lock(session)
    must_be_assessing(application, officer)
    portfolio = await portfolio_of(session, application, qualification_id)
    if not portfolio.complete:
        raise NotSignedByTwo
    if verdict is not Verdict.NO and not portfolio.enough:
        raise TooLittleExperience
    if verdict is Verdict.FULL and any(one.not_met for one in portfolio.signed):
        raise OutcomesNotMet
    by.say(TextKind.INTERNAL, because)
    return await put_to_second(
        session,
        application,
        portfolio.qualification,
        verdict,
        Route.PORTFOLIO,
        proposer=officer,
        by=by,
    )
