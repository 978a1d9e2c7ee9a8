"""Applications: from the first answer to the entry that the fee buys, or to the other ways in which one ends."""

import secrets
from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, Uuid, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql import ColumnElement

from register.account import Account
from register.application.following import FOLLOWING
from register.application.returning import how_it_ended, must_be_open
from register.application.state import (
    EVENT_OF,
    MOVES,
    OVER,
    UNDECIDED,
    ApplicationEvent,
    ApplicationKind,
    ApplicationState,
    Move,
)
from register.entry import AlreadyEntered, ConditionKind, Entry, NewCondition
from register.kit.clock import day_of, start_of
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.kit.post import post
from register.matching import open_hits
from register.part import Part
from register.person import Person
from register.process import Fact, Process, ProcessText
from register.rule_set import RuleSet

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def draw_reference() -> str:
    """A reference nobody can guess: A-7K2M9QXD."""
    return "A-" + "".join(secrets.choice(CROCKFORD) for _ in range(8))


class NotNow(Refused):
    """The state of the application does not allow the move."""

    def __init__(self, application: "Application", move: Move) -> None:
        self.application, self.move = application, move
        super().__init__(
            f"Application {application.reference} {IS[application.state]}, so this cannot be done now."
        )


class AnotherBegun(Refused):
    """The person has gone on by another application meanwhile."""

    def __init__(self, application: "Application") -> None:
        self.application = application
        super().__init__(
            f"The applicant has begun another application for this part since, so {application.reference} cannot be opened again."
        )


IS = {
    ApplicationState.DRAFT: "has not been sent yet",
    ApplicationState.SUBMITTED: "has been sent",
    ApplicationState.UNDER_ASSESSMENT: "is being assessed",
    ApplicationState.INFORMATION_REQUESTED: "is waiting for information from the applicant",
    ApplicationState.SUITABILITY_REVIEW: "is with somebody who reviews suitability",
    ApplicationState.PROPOSED: "is waiting for a second person to decide",
    ApplicationState.MINDED_TO: "is waiting for the applicant to answer a notice",
    ApplicationState.APPROVED: "has been approved and is waiting for the fee",
    ApplicationState.PAID: "has nothing left to pay and is waiting for a last check",
    ApplicationState.GRANTED: "has been granted",
    ApplicationState.REFUSED: "has been refused",
    ApplicationState.WITHDRAWN: "has been withdrawn",
    ApplicationState.EXPIRED: "was not sent in time and has expired",
    ApplicationState.CLOSED_UNPAID: "was closed because the fee was not paid in time",
}


class Application(Base):
    """One person's request to be entered in one part."""

    __tablename__ = "application"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    reference: Mapped[str] = mapped_column(unique=True, default=draw_reference)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    part: Mapped[Part] = mapped_column(code(Part))
    kind: Mapped[ApplicationKind] = mapped_column(
        code(ApplicationKind, "kind"), default=ApplicationKind.FIRST
    )
    left_on: Mapped[date | None]
    """Of a restoration: since when they have not been registered; what they did since then is asked."""
    state: Mapped[ApplicationState] = mapped_column(
        code(ApplicationState, "state"), default=ApplicationState.DRAFT
    )
    rule_set_id: Mapped[UUID] = mapped_column(ForeignKey("rule_set.id"))
    """The rules it is decided under: those of the day it was begun, then those of the day it was sent."""
    created_at: Mapped[datetime]
    draft_until: Mapped[date]
    """The last day on which the draft is kept."""
    warned_at: Mapped[datetime | None]
    """When the applicant was told that the draft will expire."""
    register_by: Mapped[date | None]
    """The day by which the role may only be held by somebody in the register; told on the eligibility page."""
    submitted_at: Mapped[datetime | None]
    assigned_to_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("account.id"), index=True
    )
    decided_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    pay_by: Mapped[date | None]
    paid_at: Mapped[datetime | None]
    """When the payer paid the fee, or was let off it; it stays paid where the approval is taken back, until it is given back."""
    conditions: Mapped[list[Any]] = mapped_column(default=list)
    """What the decision attaches to the entry, as codes and dates; carried out with the grant."""
    scrutiny_asked_at: Mapped[datetime | None]
    """When a qualification from abroad was first sent with it: there is a fee for its scrutiny."""
    scrutiny_cleared_at: Mapped[datetime | None]
    """When that fee was paid, or was found not to be asked."""
    closed_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
    """When a decision was undone: from then on it is assessed again."""
    excluded: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    """Who decided on it before it was sent back by an appeal: others do now."""
    version: Mapped[int] = mapped_column(default=1)

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])
    account: Mapped[Account] = relationship(lazy="raise", foreign_keys=[account_id])
    assigned_to: Mapped[Account | None] = relationship(
        lazy="raise", foreign_keys=[assigned_to_id]
    )

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("reference ~ '^A-[0-9A-HJKMNP-TV-Z]{8}$'", name="reference"),
        CheckConstraint(
            "(kind = 'restoration') = (left_on is not null)", name="left_on"
        ),
        CheckConstraint(
            "(state in ('draft', 'expired')) = (submitted_at is null) or state = 'withdrawn'",
            name="sent",
        ),
        CheckConstraint(
            "state not in ('approved', 'paid', 'granted', 'closed_unpaid') or (approved_at is not null and pay_by is not null)",
            name="approved",
        ),
        CheckConstraint(
            "state not in ('paid', 'granted') or paid_at is not null", name="paid"
        ),
        CheckConstraint(
            "scrutiny_cleared_at is null or scrutiny_asked_at is not null",
            name="scrutiny",
        ),
        Index(
            "application_scrutiny_ix",
            "scrutiny_asked_at",
            postgresql_where=text(
                "scrutiny_asked_at is not null and scrutiny_cleared_at is null"
            ),
        ),
        Index(
            "application_queue_ix",
            "submitted_at",
            "id",
            postgresql_where=text(
                "state in ('submitted', 'under_assessment', 'information_requested', 'proposed', 'minded_to', 'paid', "
                "'suitability_review')"
            ),
        ),
        Index(
            "application_open_uq",
            "person_id",
            "part",
            unique=True,
            postgresql_where=text(
                "state not in ('granted', 'refused', 'withdrawn', 'expired', 'closed_unpaid')"
            ),
        ),
    )

    @property
    def sent_back_at(self) -> datetime | None:
        """When an appeal sent it back, to be assessed by others from the beginning."""
        return self.reopened_at if self.excluded else None

    @hybrid_property
    def over(self) -> bool:
        return self.state in OVER

    @over.inplace.expression
    @classmethod
    def _over(cls) -> ColumnElement[bool]:
        return cls.state.in_(OVER)

    @hybrid_property
    def scrutiny_waits(self) -> bool:
        """Whether what comes from abroad is scrutinised only once the fee for it is paid."""
        asked, cleared = self.scrutiny_asked_at, self.scrutiny_cleared_at
        return asked is not None and cleared is None and self.state.undecided

    @scrutiny_waits.inplace.expression
    @classmethod
    def _scrutiny_waits(cls) -> ColumnElement[bool]:
        asked, cleared = cls.scrutiny_asked_at, cls.scrutiny_cleared_at
        return asked.is_not(None) & cleared.is_(None) & cls.state.in_(UNDECIDED)

    async def lock(self, session: AsyncSession) -> Self:
        """Read the row again and keep others from it: a double click, two tabs and two officers meet here."""
        await session.flush()  # a refresh would undo what has not been written
        await session.refresh(
            self, attribute_names=LOCKED_COLUMNS, with_for_update=True
        )
        return self

    def allows(self, move: Move) -> bool:
        return move in MOVES[self.state]

    def must_allow(self, move: Move) -> None:
        if not self.allows(move):
            raise NotNow(self, move)

    def go(self, move: Move, *, by: Process, **facts: Fact) -> None:
        """The one door through which the state changes: the rule, the state and the line of history together."""
        self.must_allow(move)
        self.state = MOVES[self.state][move]
        self.closed_at = by.at if self.state.over else None
        self.tell(EVENT_OF[move], by=by, **facts)

    def tell(self, event: StrEnum, *, by: Process, **facts: Fact) -> None:
        by.tell(event, person_id=self.person_id, application_id=self.id, **facts)

    def take_up(self, officer: Account, *, by: Process) -> None:
        """An officer begins the assessment and has it from now on."""
        self.go(Move.TAKE_UP, by=by, assigned_to=officer.id)
        self.assigned_to_id = officer.id

    def ask(self, *, by: Process, **facts: Fact) -> None:
        self.go(Move.ASK, by=by, **facts)

    def go_on_without(self, *, by: Process) -> None:
        """What was asked for has not come in time, or is no longer needed."""
        self.go(Move.GO_ON_WITHOUT, by=by)

    def propose(self, *, by: Process, **facts: Fact) -> None:
        self.go(Move.PROPOSE, by=by, **facts)

    def take_back(self, *, by: Process) -> None:
        """The second person returned the proposal."""
        self.go(Move.RETURN, by=by)

    def give_notice(self, *, by: Process, **facts: Fact) -> None:
        """A second person agreed that the applicant is told what we are minded to decide."""
        self.go(Move.GIVE_NOTICE, by=by, **facts)

    def hear(self, *, by: Process, **facts: Fact) -> None:
        """The applicant has answered the notice, or the time to do so is over."""
        self.go(Move.HEAR, by=by, **facts)

    def approve(
        self,
        *,
        pay_by: date,
        conditions: Sequence[dict[str, Any]] = (),
        by: Process,
        move: Move = Move.APPROVE,
    ) -> None:
        """Decide to grant; the entry is made when the fee is paid. `move`: ALLOW where an appeal says so."""
        self.go(move, by=by, pay_by=pay_by)
        self.decided_at = self.approved_at = by.at
        self.pay_by, self.conditions = pay_by, list(conditions)

    def refuse(self, *, because: StrEnum | str, by: Process) -> None:
        self.go(Move.REFUSE, by=by, because=because)
        self.decided_at = by.at

    async def reopen(
        self,
        session: AsyncSession,
        move: Move,
        *,
        excluded: Collection[UUID] = (),
        by: Process,
        **facts: Fact,
    ) -> None:
        """Undo the decision, so that it is assessed again; raises AnotherBegun or AlreadyEntered.

        `excluded`: who may take no part in it now; it waits for somebody else to take it.
        """
        await self.must_be_free_to_return(session, at=by.at)
        self.go(move, by=by, **facts)
        self.decided_at = self.approved_at = self.pay_by = None
        self.conditions, self.reopened_at = [], by.at
        if excluded:
            self.excluded = sorted({*self.excluded, *excluded})
            self.assigned_to_id = None

    async def must_be_free_to_return(
        self, session: AsyncSession, *, at: datetime
    ) -> None:
        """Nobody has two open applications for one part, nor one for a part they are in."""
        another = select(Application.id).where(
            Application.person_id == self.person_id,
            Application.part == self.part,
            Application.id != self.id,
            ~Application.over,
        )
        if await session.scalar(another):
            raise AnotherBegun(self)
        entry_id = await session.scalar(
            select(Entry.id).where(
                Entry.person_id == self.person_id, Entry.part == self.part
            )
        )
        if entry_id is None:
            return
        entry = await Entry.load(session, entry_id)
        status = entry.status_at(at)
        if self.kind is ApplicationKind.FIRST or (status and status.current):
            raise AlreadyEntered(entry)

    def ask_scrutiny(self, *, by: Process) -> None:
        """There is one fee, whatever comes from abroad and however often it is sent."""
        if self.scrutiny_asked_at is None:
            self.scrutiny_asked_at = by.at
            self.tell(ApplicationEvent.SCRUTINY_ASKED, by=by)

    async def clear_scrutiny(self, session: AsyncSession, *, by: Process) -> None:
        """The fee for it has come or is not asked, once."""
        await self.lock(session)
        if self.scrutiny_asked_at and self.scrutiny_cleared_at is None:
            self.scrutiny_cleared_at = by.at
            self.tell(ApplicationEvent.SCRUTINY_CLEARED, by=by)

    def close_unpaid(self, *, by: Process) -> None:
        self.go(Move.CLOSE_UNPAID, by=by)

    async def paid(self, session: AsyncSession, *, at: datetime, by: Process) -> None:
        """The fee has come, or none is asked for, once: the news of it may be told again and again."""
        await self.lock(session)
        if self.paid_at is not None:
            return
        self.must_allow(Move.PAY)
        self.paid_at = at
        await self.complete(session, on=start_of(day_of(at)), by=by)

    async def complete(
        self, session: AsyncSession, *, on: datetime, by: Process
    ) -> None:
        """Approved and paid for: make the entry from `on`, or wait until what would have kept the approval back is settled."""
        # A hit that is being written holds on to its person: with this lock it is seen here, or it comes after the entry.
        person = await session.get_one(Person, self.person_id, with_for_update=True)
        if not await open_hits(session, self.person_id):
            await self._enter(session, person, on=on, by=by)
        elif self.state is not ApplicationState.PAID:
            self.go(Move.PAY, by=by)
            await self.write_to_applicant(session, "application_paid", now=by.at)

    async def _enter(
        self, session: AsyncSession, person: Person, *, on: datetime, by: Process
    ) -> None:
        self.go(Move.GRANT, by=by)
        rule_set = await session.get_one(RuleSet, self.rule_set_id)
        until = rule_set.rules.period_end(day_of(on))
        conditions = await self._conditions(session)
        terms: dict[str, Any] = {
            "on": on,
            "rule_set": rule_set,
            "until": until,
            "conditions": conditions,
            "by": by,
        }
        if former := await self.former_entry(session, at=by.at, lock=True):
            # Who left on that day or later comes back at this moment: the time away stays on record.
            begins = {"on": by.at} if former.ended_since(on) else {}
            await former.restore(session, **terms | begins)
            entry = former
        else:
            entry = await Entry.grant(session, person=person, part=self.part, **terms)
        for follows in FOLLOWING:
            await follows(session, entry, by)
        begun = max(entry.registrations, key=lambda one: one.starts)
        await self.write_to_applicant(
            session,
            "application_granted",
            now=by.at,
            number=person.number,
            until=begun.until_on,
            conditions=conditions,
        )

    async def restores(self, session: AsyncSession) -> bool:
        """Whether it leads back to an entry: one that it was made for, or that a merge has found to be the applicant's."""
        if self.kind is ApplicationKind.RESTORATION:
            return True
        entered = select(Entry.id).where(
            Entry.person_id == self.person_id, Entry.part == self.part
        )
        return await session.scalar(entered) is not None

    async def former_entry(
        self, session: AsyncSession, *, at: datetime, lock: bool = False
    ) -> Entry | None:
        """What the person had in the part; raises AlreadyEntered while it stands, NeverAgain or NotBefore."""
        entry_id = await session.scalar(
            select(Entry.id).where(
                Entry.person_id == self.person_id, Entry.part == self.part
            )
        )
        if entry_id is None:
            return None
        entry = await Entry.load(session, entry_id, lock=lock)
        ended = how_it_ended(entry, at)
        if ended is None:
            raise AlreadyEntered(entry)
        rule_set = await session.get_one(RuleSet, self.rule_set_id)
        must_be_open(ended, rule_set.rules, on=day_of(at))
        return entry

    async def _conditions(self, session: AsyncSession) -> list[NewCondition]:
        return [
            NewCondition(
                kind=ConditionKind(condition["kind"]),
                wording=await _words(session, condition.get("text")),
                due_on=date.fromisoformat(condition["due_on"])
                if condition.get("due_on")
                else None,
            )
            for condition in self.conditions
        ]

    async def write_to_applicant(
        self,
        session: AsyncSession,
        letter: str,
        *,
        now: datetime,
        of: UUID | None = None,
        **context: object,
    ) -> None:
        """Post one of the letters of an application's life; each is written once, or once for each `of`."""
        account = await session.get_one(Account, self.account_id)
        await post(
            session,
            to=account.email,
            letter=letter,
            context={"application": self, **context},
            key=f"{letter}:{of or self.id}",
            person_id=self.person_id,
            application_id=self.id,
            now=now,
        )


async def _words(session: AsyncSession, text_id: str | None) -> str:
    return (await session.get_one(ProcessText, UUID(text_id))).words if text_id else ""


LOCKED_COLUMNS = [
    column.key for column in Application.__table__.columns if column.key != "id"
]


async def application_of(
    session: AsyncSession, account: Account, reference: str
) -> Application:
    """The account's own application; somebody else's is not there."""
    found = await session.scalar(
        select(Application).where(
            Application.reference == reference, Application.account_id == account.id
        )
    )
    if not found:
        raise NotFound
    return found


async def applications_of(session: AsyncSession, account: Account) -> list[Application]:
    """All the account's applications, newest first."""
    found = await session.scalars(
        select(Application)
        .where(Application.account_id == account.id)
        .order_by(Application.created_at.desc())
    )
    return list(found)


async def referenced(session: AsyncSession, reference: str) -> Application:
    """Any sent application, for staff; a draft is not there."""
    found = await session.scalar(
        select(Application).where(Application.reference == reference)
    )
    if not found or not found.state.sent:
        raise NotFound
    return found
