"""What a panel decides: drawn up by its members, signed by each of them, and then no more to be changed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from fitness.case import Case, CaseEventKind, CaseText, say
from fitness.hearing.finding import Facts
from fitness.hearing.hearing import Hearing
from fitness.hearing.kind import (
    HearingState,
    Kind,
    Outcome,
    measures_for,
)
from fitness.hearing.member import (
    HearingMember,
    deciding,
    must_be_able_to_decide,
    panel_of,
    unsign,
)
from fitness.order import CaseOrder, Measure, NotATerm, NotTheirs, WordsNeeded
from register.assessment import panel
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.process import Process
from register.proposal import Proposal
from register.rule_set import Rules


class NotAnOutcome(Refused):
    def __init__(self) -> None:
        super().__init__("A hearing of this kind cannot end so.")


class WhyNecessary(Refused):
    def __init__(self) -> None:
        super().__init__(
            "An interim order is made, or goes on, only where it is necessary to protect the public or is in the "
            "registrant’s best interests."
        )


class MeasureNeeded(Refused):
    def __init__(self) -> None:
        super().__init__("Say which order is made.")


class NoOrderThen(Refused):
    def __init__(self) -> None:
        super().__init__("No order comes with this outcome.")


class NotFoundYet(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Find on every particular, and on the ground of whatever was admitted or proved, before you decide."
        )


class AgainstTheFacts(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This does not follow from what was found: without a fact that stands nothing is proved, and without a ground "
            "nobody’s fitness to practise is impaired."
        )


class NothingToCover(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Only where an order restricts somebody’s practice can an interim order cover the time until it takes effect."
        )


class NothingDrawnUp(Refused):
    def __init__(self) -> None:
        super().__init__("There is no decision to sign yet.")


class SignedAlready(Refused):
    def __init__(self) -> None:
        super().__init__("You have signed this decision already.")


class NotToSign(Refused):
    def __init__(self) -> None:
        super().__init__("Only those who decide on this hearing sign its decision.")


@dataclass(frozen=True)
class Made:
    """An order as a panel would make it."""

    measure: Measure
    months: int | None = None
    words: str = ""


@dataclass(frozen=True)
class Draft:
    """What somebody on the panel writes down."""

    outcome: Outcome
    reasons: str
    protects_the_public: bool = False
    in_their_interests: bool = False
    order: Made | None = None
    cover: Made | None = None
    """An interim order until the other takes effect."""


class HearingDecision(Base):
    __tablename__ = "hearing_decision"

    hearing_id: Mapped[UUID] = mapped_column(ForeignKey("hearing.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    drawn_at: Mapped[datetime]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    outcome: Mapped[Outcome] = mapped_column(code(Outcome, "outcome"))
    protects_the_public: Mapped[bool]
    in_their_interests: Mapped[bool]
    measure: Mapped[Measure | None] = mapped_column(code(Measure, "measure"))
    months: Mapped[int | None]
    cover: Mapped[Measure | None] = mapped_column(code(Measure, "cover"))
    cover_months: Mapped[int | None]
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """The reasons, as the registrant reads them."""
    wording_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """What the register is to say of the order."""
    cover_wording_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_order.id"))
    """That came of it; of one that may be appealed once the decision is served."""
    cover_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_order.id"))

    process: Mapped[Process] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise", foreign_keys=text_id)
    wording: Mapped[CaseText | None] = relationship(
        lazy="raise", foreign_keys=wording_id
    )
    cover_wording: Mapped[CaseText | None] = relationship(
        lazy="raise", foreign_keys=cover_wording_id
    )
    order: Mapped[CaseOrder | None] = relationship(lazy="raise", foreign_keys=order_id)

    __table_args__ = (
        CheckConstraint("measure is not null or order_id is null", name="order"),
        CheckConstraint("cover is not null or cover_id is null", name="cover"),
    )

    @classmethod
    async def draw_up(
        cls,
        session: AsyncSession,
        case: Case,
        hearing: Hearing,
        draft: Draft,
        *,
        by: Process,
    ) -> "HearingDecision":
        """In place of what was drawn up before; whoever had signed that signs again.

        Raises HearingOver, NotBegun, NotAnOutcome, NotFoundYet, AgainstTheFacts, WhyNecessary, MeasureNeeded, NoOrderThen,
        NotTheirs, NotATerm, WordsNeeded, NothingToCover or NotShownToBeMet.
        """
        hearing.must_have_begun()
        if draft.outcome not in hearing.kind.outcomes:
            raise NotAnOutcome
        if hearing.kind is Kind.FINAL:
            must_follow(await Facts.of(session, hearing), draft.outcome)
        if hearing.kind is Kind.RESTORATION:
            await must_be_restorable(session, case, draft.outcome)
        must_be_possible(hearing, draft, case.rule_set.rules)
        decision = await decision_of(session, hearing)
        if decision is None:
            decision = cls(hearing_id=hearing.id, case_id=case.id)
            session.add(decision)
        decision._hold(session, case, draft, by=by)
        hearing.tell(
            session,
            case,
            CaseEventKind.DECISION_DRAWN_UP,
            by=by,
            text=decision.text_id,
        )
        unsign(await panel_of(session, hearing))
        await session.flush()
        return decision

    def _hold(
        self, session: AsyncSession, case: Case, draft: Draft, *, by: Process
    ) -> None:
        def said(words: str) -> CaseText | None:
            return say(session, case.id, words, by=by) if words else None

        order, cover = draft.order, draft.cover
        self.drawn_at, self.process, self.outcome = by.at, by, draft.outcome
        self.protects_the_public = draft.protects_the_public
        self.in_their_interests = draft.in_their_interests
        self.measure = order.measure if order else None
        self.months = order.months if order else None
        self.cover = cover.measure if cover else None
        self.cover_months = cover.months if cover else None
        self.text, self.wording, self.cover_wording = (
            said(draft.reasons),
            said(order.words if order else ""),
            said(cover.words if cover else ""),
        )
        self.text_id = self.text.id if self.text else None

    def changed_at(self, facts: Facts) -> datetime:
        """When anything of what is signed was written last."""
        found = [one.found_at for one in facts.findings.values()]
        grounds = [one.found_at for one in facts.grounds.values()]
        return max([self.drawn_at, *found, *grounds])

    @property
    def waits_to_be_served(self) -> bool:
        """Its order is made only then: the time to appeal runs from it."""
        return (
            self.measure is not None
            and not self.measure.interim
            and self.order_id is None
        )


async def must_be_restorable(
    session: AsyncSession, case: Case, outcome: Outcome
) -> None:
    """Raises NotShownToBeMet."""
    proposal = await session.get_one(Proposal, case.proposal_id)
    panel.must_be_possible(proposal, RESTORING[outcome])


RESTORING = {
    Outcome.RESTORED: panel.Restoring.RESTORED,
    Outcome.RESTORATION_REFUSED: panel.Restoring.REFUSED,
    Outcome.SENT_BACK: panel.Restoring.SENT_BACK,
}


def must_follow(facts: Facts, outcome: Outcome) -> None:
    """Raises NotFoundYet or AgainstTheFacts."""
    if not facts.all_found:
        raise NotFoundYet
    proved = outcome is not Outcome.NOT_PROVED
    if proved != facts.any_proved:
        raise AgainstTheFacts
    if outcome is Outcome.IMPAIRED and not facts.any_ground:
        raise AgainstTheFacts


def must_be_possible(hearing: Hearing, draft: Draft, rules: Rules) -> None:
    """Raises WhyNecessary, MeasureNeeded, NoOrderThen, NotTheirs, NotATerm, WordsNeeded or NothingToCover."""
    kind, outcome = hearing.kind, draft.outcome
    lasts = outcome.makes_order or outcome is Outcome.CONTINUE
    necessary = draft.protects_the_public or draft.in_their_interests
    if kind.interim and lasts and not necessary:
        raise WhyNecessary
    may = measures_for(kind, outcome, hearing.order.measure if hearing.order else None)
    if draft.order is None:
        if outcome.makes_order:
            raise MeasureNeeded
    elif not may:
        raise NoOrderThen
    else:
        _must_be_made(draft.order, may, rules)
    if draft.cover:
        covers = draft.order is not None and draft.order.measure in COVERED
        if kind is Kind.RESTORATION or not covers:
            raise NothingToCover
        _must_be_made(draft.cover, INTERIM, rules)


COVERED = frozenset({Measure.CONDITIONS, Measure.SUSPENSION, Measure.REMOVAL})
INTERIM = (Measure.INTERIM_CONDITIONS, Measure.INTERIM_SUSPENSION)


def _must_be_made(made: Made, may: Collection[Measure], rules: Rules) -> None:
    if made.measure not in may:
        raise NotTheirs(made.measure)
    terms = made.measure.terms(rules)
    if (made.months or 0) not in (terms or (0,)):
        raise NotATerm(made.measure, terms)
    if made.measure.worded and not made.words:
        raise WordsNeeded(made.measure)


async def sign(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    account_id: UUID,
    *,
    by: Process,
) -> bool:
    """Whether that was the last signature, by which it is decided.

    Raises NotNow, HearingOver, NotBegun, NotToSign, NothingDrawnUp, SignedAlready, NotFoundYet, AgainstTheFacts, NoQuorum,
    NoChair or NotMixed.
    """
    case.must_be(*hearing.kind.stages)
    hearing.must_have_begun()
    panel = await panel_of(session, hearing)
    member = _theirs(panel, account_id)
    decision = await decision_of(session, hearing)
    if decision is None:
        raise NothingDrawnUp
    if member.signed_at:
        raise SignedAlready
    if hearing.kind is Kind.FINAL:
        must_follow(await Facts.of(session, hearing), decision.outcome)
    must_be_able_to_decide(panel, hearing.kind, case.rule_set.rules)
    member.signed_at = by.at
    hearing.tell(
        session, case, CaseEventKind.DECISION_SIGNED, by=by, account=account_id
    )
    await session.flush()
    if not all(one.signed_at for one in deciding(panel)):
        return False
    hearing.state, hearing.decided_at = HearingState.DECIDED, by.at
    if hearing.application:
        hearing.application.ended_at = by.at
    hearing.tell(session, case, CaseEventKind.HEARING_DECIDED, by=by)
    await session.flush()
    return True


def _theirs(panel: Collection[HearingMember], account_id: UUID) -> HearingMember:
    for member in deciding(panel):
        if member.account_id == account_id:
            return member
    raise NotToSign


async def decision_of(
    session: AsyncSession, hearing: Hearing
) -> HearingDecision | None:
    """With its words; None while nothing is drawn up."""
    found: HearingDecision | None = await session.scalar(
        select(HearingDecision)
        .where(HearingDecision.hearing_id == hearing.id)
        .options(
            joinedload(HearingDecision.text),
            joinedload(HearingDecision.wording),
            joinedload(HearingDecision.cover_wording),
            joinedload(HearingDecision.order),
        )
    )
    return found
