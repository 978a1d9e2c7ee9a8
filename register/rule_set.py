"""Rule sets: the effective-dated terms of each part; every decision and deadline records the version it was made under."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Text,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSTZRANGE, Range
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import (
    Mapped,
    aliased,
    mapped_column,
    relationship,
    selectinload,
)

from register.kit.clock import day_of, since, start_of
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.part import Part


class PartNotOpen(Refused):
    def __init__(self, part: Part) -> None:
        self.part = part
        super().__init__("This part of the register is not open for applications.")


class NotLater(Refused):
    """A version begins after the one that it follows, so that no day has had two rules."""

    def __init__(self, latest: "RuleSet") -> None:
        self.latest = latest
        super().__init__(
            "These rules must begin after the day on which the version before them begins."
        )


class Route(StrEnum):
    """The way by which a qualification counts."""

    NAMED = "named"
    PREDECESSOR = "predecessor"
    UK_EQUIVALENT = "uk_equivalent"
    APPRENTICESHIP = "apprenticeship"
    DEGREE = "degree"
    OVERSEAS = "overseas"
    PORTFOLIO = "portfolio"


class Verdict(StrEnum):
    """How far a qualification meets what the part asks for."""

    FULL = "full"
    PARTIAL = "partial"
    NO = "no"


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The figures of a rule set. Months and days are calendar ones unless the name says working days."""

    open: bool
    title: str
    registrar_name: str
    minimum_age_years: int
    register_by_months: int
    """From the start of the role to the day by which the holder must be registered."""
    qualification_deadline_months: int
    """From the start of the role, not from registration (CHR r28 and r32)."""
    qualification_reminder_months: tuple[int, ...]
    """Before the day on which the qualification is due."""
    address_history_years: int
    employment_gap_days: int
    """A longer time without a post needs an explanation."""
    draft_kept_days: int
    draft_reminder_days: int
    information_due_days: int
    information_reminder_days: int
    """Before the last day to answer; no reminder comes where less time was given."""
    reference_due_days: int
    """From the asking of a referee to the last day on which their link works."""
    reference_reminder_days: int
    """Before that day."""
    endorsement_due_days: int
    """From the asking of an employer to the last day on which they may answer."""
    endorsement_reminder_days: int
    """Before that day."""
    status_certificate_days: int
    """How old what another register certifies may be when we record it."""
    portfolio_care_months: int
    """The least time in residential care that somebody needs who comes by a portfolio."""
    portfolio_care_within_months: int
    """Before the application was sent: what was earlier does not count as care."""
    portfolio_supervising_months: int
    """The least time in which they supervised others, whenever that was."""
    portfolio_valid_months: int
    """From a verdict that a portfolio meets part of the requirement to the last day on which the rest may be due."""
    representations_days: int
    """From the day after a notice is served to the last day to answer it."""
    representations_reminder_days: int
    """Before that day."""
    cpd_records: int
    """Of learning that says what children have of it, in each registration year."""
    cpd_reflections: int
    """Of those that a peer or supervisor reflected on."""
    cpd_safeguarding: int
    cpd_leadership: int
    cpd_carry_over_months: int
    """At the end of a year: what was learnt in them and not needed for it counts in the next."""
    cpd_joined_months: int
    """At the end of a year: who came in them owes no learning for it."""
    cpd_reflection_due_days: int
    """From the asking of a peer to the last day on which their link works."""
    cpd_reflection_reminder_days: int
    """Before that day."""
    cpd_sample_per_mille: int
    """Of those who may be drawn for an audit, rounded up."""
    cpd_grace_days: int
    """From the day on which an audit asks for more learning to the last day to send it."""
    cpd_grace_reminder_days: int
    """Before that day."""
    assessment_target_working_days: int
    restricted_reads_warn: int
    """Different health and criminal record sections that a member of staff may open in a day before they are warned."""
    restricted_reads_lock: int
    """And before no more are shown to them."""
    payment_window_working_days: int
    payment_reminder_days: int
    """Before the last day to pay."""
    refund_alone_pence: int
    """The most that one finance officer gives back or credits without a second."""
    period_end_month: int
    period_end_day: int
    renewal_opens_month: int
    renewal_opens_day: int
    renewal_reminder_days: tuple[int, ...]
    """Before the last day to renew, besides the day on which renewal opens."""
    renewal_notice_days: int
    """Before the last day to renew: from then on, notice is given that an entry will lapse."""
    renewal_notice_least_days: int
    """Before that day a notice must have been served, or nobody lapses by it."""
    renewal_release_hours: int
    """After the end of that day, before lapses may be released: a payment that was begun on it must have been heard of."""
    renewal_cure_days: int
    """After that day, in which who lapsed may still finish what was left."""
    renewal_extension_days: int
    """After that day, to which it may be moved at most for one person."""
    publication_former_months: int
    publication_order_months: int
    concern_draft_days: int
    """How long a concern is kept that somebody has begun to write."""
    concern_screen_working_days: int
    """Within which a concern is looked at for an immediate risk to children."""
    concern_acknowledge_days: int
    """Within which whoever raised it is told that we have it."""
    allegation_age_months: int
    """What happened longer ago is not looked into unless the public interest asks for it."""
    triage_target_days: int
    investigation_notice_days: int
    """From the opening of an investigation to the last day on which its registrant is told."""
    investigation_target_days: int
    """From the opening of an investigation to the day by which it should be over, not counting days on hold."""
    investigation_comment_days: int
    """From the day after what we found is served to the last day to say something to it."""
    case_escalation_months: tuple[int, ...]
    """From the opening of a case: its age is then told to those who answer for it."""
    examination_target_days: int
    """From the report on an investigation to the day by which two case examiners should have decided."""
    proposal_answer_days: int
    proposal_reminder_days: int
    """From the day after a disposal is proposed to the registrant to the last day on which they may agree to it."""
    interim_notice_days: int
    """Between the day on which notice of a hearing for an interim order counts as served and that hearing."""
    hearing_notice_days: int
    """The same for a final hearing."""
    review_notice_days: int
    early_review_answer_days: int
    """The same for a hearing that reviews an order."""
    hearing_listed_days: int
    """Before a hearing: from then on the public list names it."""
    hearing_shown_months: int
    """After a hearing: until then the public list names it."""
    panel_members: int
    """How many adjudicators sit on a panel."""
    panel_quorum: int
    """With how many a panel may still decide."""
    conflict_employer_months: int
    """Before a hearing: an adjudicator who worked for the same provider group in that time does not sit."""
    conflict_area_months: int
    """Before a hearing: an adjudicator who worked in the same area in that time is asked about it first."""
    interim_order_months: int
    """The longest term of an interim order."""
    check_in_reminder_days: int
    """Before the last day to show how an order is kept."""
    interim_review_months: int
    """From its making, or the last review, to the day by which an interim order is reviewed."""
    advice_months: int
    """How long advice is shown."""
    warning_months: tuple[int, ...]
    """The terms that a warning may have."""
    conditions_months: int
    """The longest term of an order of conditions."""
    suspension_months: int
    """The longest term of an order of suspension."""
    order_appeal_days: int
    """From the day after an order is served to the last day to appeal to the court."""
    publication_advice_months: int
    """How long a published decision to advise is shown."""
    publication_after_months: int
    """How long a published order of conditions or suspension is shown after its term."""
    appeal_days: int
    further_appeal: str
    """To whom somebody may go whose appeal is dismissed, as letters say it."""
    restoration_after_order_months: int
    """From the day on which a removal by order took effect to the first day on which the person may ask to come back."""
    restoration_retry_months: int
    """From the refusal of a restoration to the first day on which the person may ask again."""
    restoration_practice_after_months: int
    """From the first day on which they were not registered: whoever was away longer shows practice, or who vouches for them."""
    restoration_practice_hours: int
    """How much of it."""
    restoration_decide_days: int
    """Within which a restoration is to be decided, not counting days on which the applicant is awaited."""
    retention_granted_months: int
    """From the end of the registration to the day on which the application behind it is erased."""
    retention_ended_months: int
    """From the end of an application that led to no entry."""
    retention_health_months: int
    """From the decision to the day on which what was told of health is erased."""
    retention_equality_months: int
    """Until answers to the equality questions become counts."""
    retention_cpd_years: int
    """After the year in which it was learnt."""
    retention_fees_months: int
    """From the end of the tax year in which the last thing happened to an invoice."""
    retention_enquiries_months: int
    """From the last message of a thread."""
    retention_letters_months: int
    """Of letters that belong to no application; those of an application go with it."""
    standards_version: str
    declaration_version: str

    def period_end(self, day: date) -> date:
        """The last day of the registration period in which `day` falls."""
        end = date(day.year, self.period_end_month, self.period_end_day)
        return end if day <= end else end.replace(year=day.year + 1)

    def next_period_end(self, ends_on: date) -> date:
        """The last day of the period after the one that ends then."""
        return self.period_end(ends_on + timedelta(days=1))

    def renewal_opens(self, ends_on: date) -> date:
        """The first day on which a period that ends then may be renewed."""
        opens = date(ends_on.year, self.renewal_opens_month, self.renewal_opens_day)
        return opens if opens <= ends_on else opens.replace(year=ends_on.year - 1)

    def cure_ends(self, last_day: date) -> date:
        """The last day on which a lapse after that last day to renew is cured."""
        return last_day + timedelta(days=self.renewal_cure_days)

    def longest_extension(self, ends_on: date) -> date:
        """The latest day until which one person may be given to renew."""
        return ends_on + timedelta(days=self.renewal_extension_days)


class AcceptedTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A qualification that the part names, or one that counts as it."""

    code: str
    """Stays the same from version to version."""
    title: str
    route: Route
    country: str
    verdict: Verdict
    level: int | None = None
    awarding_body: str | None = None
    """None where it counts whoever awarded it."""
    awarded_from: date | None = None
    awarded_until: date | None = None
    """The last day on which an award counts."""
    gap_units: tuple[str, ...] = ()
    """What is still to be learnt where the verdict is partial."""
    evidence: str | None = None
    """Where the equivalence is shown, as an address."""


class StandardTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    title: str
    meaning: str


class StatementTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence of the declaration with which an application is sent."""

    code: str
    words: str


class OutcomeTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that the named qualification teaches, which a portfolio must show."""

    code: str
    title: str


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that one version says."""

    rules: Rules
    accepted: tuple[AcceptedTerms, ...]
    standards: tuple[StandardTerms, ...]
    statements: tuple[StatementTerms, ...]
    outcomes: tuple[OutcomeTerms, ...]


class RuleSet(Base):
    """The terms of one part for a time. The database refuses any change of a row but one: a new version ends the one before."""

    __tablename__ = "rule_set"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    part: Mapped[Part] = mapped_column(code(Part))
    version: Mapped[int]
    valid: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    data: Mapped[dict[str, Any]]

    accepted: Mapped[list["AcceptedQualification"]] = relationship(
        lazy="raise", order_by="AcceptedQualification.position"
    )
    standards: Mapped[list["Standard"]] = relationship(
        lazy="raise", order_by="Standard.position"
    )
    statements: Mapped[list["Statement"]] = relationship(
        lazy="raise", order_by="Statement.position"
    )

    outcomes: Mapped[list["Outcome"]] = relationship(
        lazy="raise", order_by="Outcome.position"
    )

    __table_args__ = (
        UniqueConstraint("part", "version"),
        # The database holds this one WITHOUT OVERLAPS.
        UniqueConstraint("part", "valid", name="rule_set_part_valid_key"),
        CheckConstraint("version > 0", name="version"),
    )

    @property
    def rules(self) -> Rules:
        return msgspec.convert(self.data, Rules)

    @classmethod
    async def on(cls, session: AsyncSession, part: Part, day: date) -> Self:
        """The terms of the part on that day, open or not; raises PartNotOpen where there were none yet."""
        found = await session.scalar(
            select(cls).where(cls.part == part, cls.valid.contains(start_of(day)))
        )
        if found is None:
            raise PartNotOpen(part)
        return found

    @classmethod
    async def open_on(cls, session: AsyncSession, part: Part, day: date) -> Self:
        """The terms under which somebody may apply that day; raises PartNotOpen."""
        found = await cls.on(session, part, day)
        if not found.rules.open:
            raise PartNotOpen(part)
        return found

    @classmethod
    async def versions(cls, session: AsyncSession, part: Part) -> list[Self]:
        """Every version that was, is and will be, the newest first, with all that it says."""
        found = await session.scalars(
            select(cls)
            .where(cls.part == part)
            .options(*(selectinload(getattr(cls, name)) for name in LISTS))
            .order_by(cls.version.desc())
        )
        return list(found)

    @classmethod
    async def publish(
        cls, session: AsyncSession, part: Part, terms: Terms, *, on: date
    ) -> Self:
        """Let the terms begin that day; the version before them ends as it begins. Raises NotLater."""
        latest = await session.scalar(
            select(cls)
            .where(cls.part == part, func.upper_inf(cls.valid))
            .with_for_update()
        )
        if latest is None:
            raise PartNotOpen(part)
        if on <= latest.begins:
            raise NotLater(latest)
        latest.valid = Range(latest.valid.lower, start_of(on), bounds="[)")
        await session.flush()
        following = cls(
            id=uuid4(),
            part=part,
            version=latest.version + 1,
            valid=since(start_of(on)),
            data=msgspec.to_builtins(terms.rules),
            accepted=[
                AcceptedQualification(
                    id=uuid4(), position=n, **_columns(accepted, AcceptedTerms)
                )
                for n, accepted in enumerate(terms.accepted, start=1)
            ],
            standards=[
                Standard(id=uuid4(), position=n, **_columns(standard, StandardTerms))
                for n, standard in enumerate(terms.standards, start=1)
            ],
            statements=[
                Statement(id=uuid4(), position=n, **_columns(said, StatementTerms))
                for n, said in enumerate(terms.statements, start=1)
            ],
            outcomes=[
                Outcome(id=uuid4(), position=n, **_columns(outcome, OutcomeTerms))
                for n, outcome in enumerate(terms.outcomes, start=1)
            ],
        )
        session.add(following)
        return following

    @property
    def terms(self) -> Terms:
        """Where its LISTS are loaded."""
        return Terms(
            rules=self.rules,
            accepted=tuple(row.terms for row in self.accepted),
            standards=tuple(row.terms for row in self.standards),
            statements=tuple(row.terms for row in self.statements),
            outcomes=tuple(row.terms for row in self.outcomes),
        )

    @property
    def begins(self) -> date:
        assert self.valid.lower is not None  # noqa: S101 - each version begins
        return day_of(self.valid.lower)


LISTS = ("accepted", "standards", "statements", "outcomes")
"""What a version lists, beside its figures."""

ROUTE, VERDICT = code(Route, "route"), code(Verdict)


class AcceptedQualification(Base):
    """A row of a version's list: AcceptedTerms says what it means."""

    __tablename__ = "accepted_qualification"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    rule_set_id: Mapped[UUID] = mapped_column(ForeignKey("rule_set.id"), index=True)
    position: Mapped[int]
    code: Mapped[str]
    title: Mapped[str]
    route: Mapped[Route] = mapped_column(ROUTE)
    level: Mapped[int | None]
    country: Mapped[str]
    awarding_body: Mapped[str | None]
    awarded_from: Mapped[date | None]
    awarded_until: Mapped[date | None]
    verdict: Mapped[Verdict] = mapped_column(VERDICT)
    gap_units: Mapped[list[str]] = mapped_column(ARRAY(Text))
    evidence: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("rule_set_id", "code"),
        CheckConstraint("awarded_from <= awarded_until", name="awarded"),
        CheckConstraint(
            "verdict = 'partial' or cardinality(gap_units) = 0", name="gap_units"
        ),
    )

    @property
    def terms(self) -> AcceptedTerms:
        return msgspec.convert(
            {name: getattr(self, name) for name in AcceptedTerms.__struct_fields__},
            AcceptedTerms,
        )

    def verdict_on(self, awarded_on: date) -> Verdict:
        """What the list says of an award of that day."""
        too_early = self.awarded_from and awarded_on < self.awarded_from
        too_late = self.awarded_until and awarded_on > self.awarded_until
        return Verdict.NO if too_early or too_late else self.verdict


class Standard(Base):
    """A professional standard that holders of the part declare that they meet."""

    __tablename__ = "standard"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    rule_set_id: Mapped[UUID] = mapped_column(ForeignKey("rule_set.id"), index=True)
    position: Mapped[int]
    code: Mapped[str]
    title: Mapped[str]
    meaning: Mapped[str]

    __table_args__ = (UniqueConstraint("rule_set_id", "code"),)

    @property
    def terms(self) -> StandardTerms:
        return StandardTerms(self.code, self.title, self.meaning)


class Statement(Base):
    """A sentence that applicants declare as they send: what somebody declared is found by the version they accepted."""

    __tablename__ = "statement"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    rule_set_id: Mapped[UUID] = mapped_column(ForeignKey("rule_set.id"), index=True)
    position: Mapped[int]
    code: Mapped[str]
    words: Mapped[str]

    __table_args__ = (UniqueConstraint("rule_set_id", "code"),)

    @property
    def terms(self) -> StatementTerms:
        return StatementTerms(self.code, self.words)


class Outcome(Base):
    """What a portfolio must show, one by one: OutcomeTerms says what it means."""

    __tablename__ = "portfolio_outcome"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    rule_set_id: Mapped[UUID] = mapped_column(ForeignKey("rule_set.id"), index=True)
    position: Mapped[int]
    code: Mapped[str]
    title: Mapped[str]

    __table_args__ = (UniqueConstraint("rule_set_id", "code"),)

    @property
    def terms(self) -> OutcomeTerms:
        return OutcomeTerms(self.code, self.title)


async def by_portfolio(session: AsyncSession, ids: Collection[UUID]) -> set[UUID]:
    """Of accepted qualifications of any version, those that are claimed by a portfolio."""
    found = await session.scalars(
        select(AcceptedQualification.id).where(
            AcceptedQualification.id.in_(ids),
            AcceptedQualification.route == Route.PORTFOLIO,
        )
    )
    return set(found)


async def renewed(
    session: AsyncSession, rule_set_id: UUID, ids: Collection[UUID]
) -> dict[UUID, UUID]:
    """Of accepted qualifications of any version, those that this one has too: its own rows by theirs."""
    older, newer = aliased(AcceptedQualification), aliased(AcceptedQualification)
    rows = await session.execute(
        select(older.id, newer.id)
        .join(newer, newer.code == older.code)
        .where(older.id.in_(ids), newer.rule_set_id == rule_set_id)
    )
    return {old: new for old, new in rows}  # noqa: C416 - rows are not pairs to the type checker


def _columns(terms: msgspec.Struct, kind: type[msgspec.Struct]) -> dict[str, Any]:
    values = {name: getattr(terms, name) for name in kind.__struct_fields__}
    return {n: list(v) if isinstance(v, tuple) else v for n, v in values.items()}
