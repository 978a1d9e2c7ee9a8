"""Proposals: what one person may not decide alone waits here for a second."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import Uuid

from register.account import Account, StaffRole
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.process import Process, ProcessText, TextKind


class ProposalKind(StrEnum):
    GRANT = "grant"
    GRANT_WITH_CONDITIONS = "grant_with_conditions"
    GRANT_AFTER_ORDER = "grant_after_order"
    """Of who was removed by order, with conditions or without."""
    REFUSE = "refuse"
    REFUSE_AFTER_ORDER = "refuse_after_order"
    """Who was removed by order."""
    TAKE_BACK_APPROVAL = "take_back_approval"
    MINDED_TO_REFUSE = "minded_to_refuse"
    MINDED_TO_CONDITION = "minded_to_condition"
    MINDED_TO_REMOVE = "minded_to_remove"
    REMOVE = "remove"
    CHANGE_RULES = "change_rules"
    SHOW_AGAIN = "show_again"
    UNDO_DEATH = "undo_death"
    AGREE_TO_LEAVE = "agree_to_leave"
    PAUSE_CLOCK = "pause_clock"
    EXTEND_CONDITION = "extend_condition"
    DISCHARGE_CONDITION = "discharge_condition"
    MERGE = "merge"
    OPEN_ORGANISATION = "open_organisation"
    REVERSE = "reverse"
    APPEAL_OUTCOME = "appeal_outcome"
    CHANGE_PARTICULARS = "change_particulars"
    CORRECT_ENTRY = "correct_entry"
    CONFIRM_VERDICT = "confirm_verdict"
    """Of a qualification that one person may not judge alone."""
    DRAW_AUDIT = "draw_audit"
    """Of learning."""
    RENEW_CONDITIONALLY = "renew_conditionally"
    """Of somebody whose learning was not enough."""
    EXTEND_RENEWAL = "extend_renewal"
    REFUSE_EXTENSION = "refuse_extension"
    CHANGE_FEES = "change_fees"
    CREDIT = "credit"
    """Of an invoice, over the limit."""
    REFUND = "refund"
    """Over the limit."""
    REFUND_MONEY = "refund_money"
    """Of what came otherwise than by card, over the limit."""
    REVERSE_MONEY = "reverse_money"
    """All of it sent back as not for us, over the limit."""
    RELEASE_LAPSES = "release_lapses"
    CLOSE_PERIOD = "close_period"
    """A month of the ledger."""
    CHANGE_NOTICE = "change_notice"
    """The template of one."""

    @property
    def for_a_panel(self) -> bool:
        return self in FOR_A_PANEL

    @property
    def approvers(self) -> frozenset[StaffRole]:
        """Who may say yes: finance to money, adjudicators to appeals, else the registrar, and to some the team manager too.

        Nobody to what a panel decides together.
        """
        if self.for_a_panel:
            return frozenset()
        if self in FINANCE:
            return frozenset({StaffRole.FINANCE_OFFICER})
        if self in TEAM_MANAGERS:
            return frozenset({StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR})
        if self is ProposalKind.APPEAL_OUTCOME:
            return frozenset({StaffRole.ADJUDICATOR})
        return frozenset({StaffRole.REGISTRAR})


FOR_A_PANEL = frozenset(
    {ProposalKind.GRANT_AFTER_ORDER, ProposalKind.REFUSE_AFTER_ORDER}
)
"""Whether somebody whom a panel removed comes back (domain.md 7.2)."""
TEAM_MANAGERS = frozenset(
    {
        ProposalKind.GRANT,
        ProposalKind.MINDED_TO_REFUSE,
        ProposalKind.MINDED_TO_CONDITION,
        ProposalKind.CHANGE_PARTICULARS,
        ProposalKind.OPEN_ORGANISATION,
        ProposalKind.CONFIRM_VERDICT,
        ProposalKind.EXTEND_RENEWAL,
        ProposalKind.REFUSE_EXTENSION,
        ProposalKind.CHANGE_NOTICE,
    }
)
"""What a team manager may say yes to as well (domain.md 11)."""
FINANCE = frozenset(
    {
        ProposalKind.CHANGE_FEES,
        ProposalKind.CREDIT,
        ProposalKind.REFUND,
        ProposalKind.REFUND_MONEY,
        ProposalKind.REVERSE_MONEY,
        ProposalKind.CLOSE_PERIOD,
    }
)
"""What a second finance officer says yes to."""


class ProposalState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    """What it was about has gone away."""


class ProposalEvent(StrEnum):
    MADE = "proposal:made"
    APPROVED = "proposal:approved"
    RETURNED = "proposal:returned"
    WITHDRAWN = "proposal:withdrawn"


class AlreadyDecided(Refused):
    def __init__(self, proposal: "Proposal") -> None:
        self.proposal = proposal
        super().__init__("This proposal has been decided already.")


class AlreadyProposed(Refused):
    def __init__(self, proposal: "Proposal") -> None:
        self.proposal = proposal
        super().__init__("A proposal for this is waiting for a second person already.")


class NeedsAnotherPerson(Refused):
    def __init__(self) -> None:
        super().__init__(
            "You took an earlier step of this, so somebody else must decide it."
        )


class NotYours(Refused):
    def __init__(self, kind: ProposalKind) -> None:
        self.kind = kind
        super().__init__("Your role does not decide proposals of this kind.")


class ForAPanel(Refused):
    def __init__(self) -> None:
        super().__init__("A panel decides on this, at a hearing.")


class AboutYourself(Refused):
    def __init__(self) -> None:
        super().__init__("This is about you, so somebody else must decide it.")


class Proposal(Base):
    """`touched` holds every account that took an earlier step; the database refuses each of them as approver."""

    __tablename__ = "proposal"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[ProposalKind] = mapped_column(code(ProposalKind))
    about: Mapped[str]
    """What it would change, as a code and an id: of each thing one proposal waits at a time."""
    application_id: Mapped[UUID | None] = mapped_column(index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    data: Mapped[dict[str, Any]]
    """What will be done, as codes, ids and dates; the words stand in the texts of the process."""
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    proposer_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime]
    touched: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    state: Mapped[ProposalState] = mapped_column(code(ProposalState, "state"))
    approver_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    decided_in: Mapped[UUID | None] = mapped_column(ForeignKey("process.id"))
    version: Mapped[int] = mapped_column(default=1)

    process: Mapped[Process] = relationship(lazy="raise", foreign_keys=process_id)
    decision: Mapped[Process | None] = relationship(
        lazy="raise", foreign_keys=decided_in
    )

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("approver_id <> proposer_id", name="two_people"),
        CheckConstraint("approver_id <> all (touched)", name="fresh_eyes"),
        CheckConstraint("about ~ '^[a-z_]+:[a-z0-9_-]+$'", name="about"),
        CheckConstraint(
            "(state in ('waiting', 'withdrawn')) = (approver_id is null) and (state = 'waiting') = (decided_at is null)",
            name="decided",
        ),
        Index(
            "proposal_one_waiting",
            "about",
            unique=True,
            postgresql_where="state = 'waiting'",
        ),
    )

    @classmethod
    async def make(
        cls,
        session: AsyncSession,
        kind: ProposalKind,
        *,
        about: str,
        application_id: UUID | None = None,
        person_id: UUID | None = None,
        data: dict[str, Any],
        touched: Iterable[UUID],
        proposer: Account,
        by: Process,
    ) -> Self:
        """Propose; raises AlreadyProposed, or AboutYourself."""
        if person_id and proposer.person_id == person_id:
            raise AboutYourself
        if waiting := await waiting_on(session, about):
            raise AlreadyProposed(waiting)
        proposal = cls(
            id=uuid4(),
            kind=kind,
            about=about,
            application_id=application_id,
            person_id=person_id,
            data=data,
            process=by,
            proposer_id=proposer.id,
            proposed_at=by.at,
            touched=sorted({*touched, proposer.id}),
            state=ProposalState.WAITING,
        )
        session.add(proposal)
        proposal._tell(ProposalEvent.MADE, by)
        return proposal

    async def approve(
        self, session: AsyncSession, *, approver: Account, by: Process
    ) -> None:
        """Say yes, and do what was proposed in the same transaction; raises what `_decide` raises."""
        self._decide(ProposalState.APPROVED, ProposalEvent.APPROVED, approver, by)
        await session.flush()
        await EFFECTS[self.kind](session, self, by)

    def return_(self, *, words: str, approver: Account, by: Process) -> None:
        """Send it back to the proposer, who reads in `words` what is still to be done."""
        self._decide(ProposalState.RETURNED, ProposalEvent.RETURNED, approver, by)
        by.say(TextKind.INTERNAL, words)

    def withdraw(self, *, by: Process) -> None:
        """Take it off the table: the applicant has withdrawn."""
        if not self.waiting:
            raise AlreadyDecided(self)
        self.state, self.decided_at, self.decision = (
            ProposalState.WITHDRAWN,
            by.at,
            by,
        )
        self._tell(ProposalEvent.WITHDRAWN, by)

    @property
    def key(self) -> str:
        """The id in `about`."""
        return self.about.partition(":")[2]

    @hybrid_property
    def waiting(self) -> bool:
        return self.state is ProposalState.WAITING

    @waiting.inplace.expression
    @classmethod
    def _waiting_in_sql(cls) -> ColumnElement[bool]:
        return cls.state == ProposalState.WAITING

    def why_not(self, account: Account) -> Refused | None:
        """What keeps this account from deciding, for the page that would offer it."""
        if not self.waiting:
            return AlreadyDecided(self)
        if self.kind.for_a_panel:
            return ForAPanel()
        if not account.roles & self.kind.approvers:
            return NotYours(self.kind)
        if self.person_id and account.person_id == self.person_id:
            return AboutYourself()
        if account.id == self.proposer_id or account.id in self.touched:
            return NeedsAnotherPerson()
        return None

    def _decide(
        self, state: ProposalState, event: ProposalEvent, approver: Account, by: Process
    ) -> None:
        if refusal := self.why_not(approver):
            raise refusal
        self._settle(state, event, approver.id, by)

    def decide_as_panel(
        self,
        state: ProposalState,
        event: ProposalEvent,
        chair_id: UUID,
        others: Iterable[UUID],
        *,
        by: Process,
    ) -> None:
        """By the chair for all who sat on the hearing: none of them decides an appeal.

        Raises AlreadyDecided or NeedsAnotherPerson.
        """
        if not self.waiting:
            raise AlreadyDecided(self)
        if chair_id in self.touched:
            raise NeedsAnotherPerson
        self.touched = sorted({*self.touched, *others})
        self._settle(state, event, chair_id, by)

    def _settle(
        self, state: ProposalState, event: ProposalEvent, approver_id: UUID, by: Process
    ) -> None:
        self.state, self.approver_id, self.decided_at, self.decision = (
            state,
            approver_id,
            by.at,
            by,
        )
        self._tell(event, by)

    def _tell(self, event: ProposalEvent, by: Process) -> None:
        by.tell(
            event,
            person_id=self.person_id,
            application_id=self.application_id,
            proposal=self.id,
            of=self.kind,
        )


async def why_returned(
    session: AsyncSession, about: str, *, since: datetime | None = None
) -> str | None:
    """What the second person wants done, where the last proposal of this thing came back."""
    last = await session.scalar(
        select(Proposal)
        .where(Proposal.about == about)
        .order_by(Proposal.proposed_at.desc())
        .limit(1)
    )
    if last is None or last.state is not ProposalState.RETURNED:
        return None
    if since and last.proposed_at < since:
        return None
    words: str | None = await session.scalar(
        select(ProcessText.words).where(ProcessText.process_id == last.decided_in)
    )
    return words


async def waiting_on(session: AsyncSession, about: str) -> Proposal | None:
    """The proposal about this that waits for a second person."""
    found: Proposal | None = await session.scalar(
        select(Proposal).where(Proposal.about == about, Proposal.waiting)
    )
    return found


async def withdraw_waiting(session: AsyncSession, about: str, *, by: Process) -> None:
    """What waits for a second person waits no longer: what it is about has ended, or is another thing now."""
    if waiting := await waiting_on(session, about):
        waiting.withdraw(by=by)


Effect = Callable[[AsyncSession, Proposal, Process], Awaitable[None]]
EFFECTS: dict[ProposalKind, Effect] = {}
"""What approval does, by kind: told by the module that owns the kind."""


def carries_out(*kinds: ProposalKind) -> Callable[[Effect], Effect]:
    """Mark the function that does what a proposal of these kinds proposed."""

    def mark(effect: Effect) -> Effect:
        EFFECTS.update(dict.fromkeys(kinds, effect))
        return effect

    return mark
