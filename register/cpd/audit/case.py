"""One registrant's learning in an audit: what assessors find apart, and what follows when two find it not enough."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    exists,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from register.account import Account
from register.cpd.audit.acts import AuditEvent
from register.cpd.audit.audit import LearningAudit
from register.cpd.peers import write_to_registrant
from register.cpd.year import LearningYear, cite_more
from register.entry import Entry
from register.entry.facts import Hold, Registration
from register.kit.clock import day_of, months_after
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.person import Person
from register.process import Process, ProcessText
from register.request import Request, RequestKind
from register.rule_set import RuleSet

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 8


class Finding(StrEnum):
    ACCEPT = "accept"
    ADVISE = "advise"
    """Enough, with advice."""
    NOT_MET = "not_met"


class CaseState(StrEnum):
    ASSESSED = "assessed"
    """It is with assessors, or waits for one."""
    AWAITED = "awaited"
    """More was asked for."""
    AGAIN = "again"
    """It is looked at again with what was sent since."""
    NOT_MET = "not_met"
    """Two found it not enough, twice: a condition is to be proposed."""
    CONDITIONAL = "conditional"
    """A condition of registration says what is still to be done, and by when."""
    ACCEPTED = "accepted"
    ADVISED = "advised"
    SET_ASIDE = "set_aside"
    """Whose it is is registered in the part no more: nothing could follow."""

    @property
    def with_assessors(self) -> bool:
        return self in {CaseState.ASSESSED, CaseState.AGAIN}

    @property
    def over(self) -> bool:
        return self in {
            CaseState.CONDITIONAL,
            CaseState.ACCEPTED,
            CaseState.ADVISED,
            CaseState.SET_ASIDE,
        }


ENOUGH = {
    Finding.ACCEPT: (CaseState.ACCEPTED, "audit_accepted"),
    Finding.ADVISE: (CaseState.ADVISED, "audit_advised"),
}


class NotWithAssessors(Refused):
    def __init__(self) -> None:
        super().__init__("Nobody is to assess this now.")


class StillLookedAt(Refused):
    """Set aside is only what is open, of somebody who is not registered in the part, and of whom nothing is awaited."""

    def __init__(self) -> None:
        super().__init__(
            "This can be set aside only once they are not registered in the part, and we are not waiting for them to send more."
        )


class NothingAwaited(Refused):
    def __init__(self) -> None:
        super().__init__("We are not waiting for more learning from you.")


class NothingAdded(Refused):
    def __init__(self) -> None:
        super().__init__(
            "You have finished no record of that year since we asked. Add one, or finish a draft, before you send it."
        )


class AuditCase(Base):
    __tablename__ = "audit_case"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    reference: Mapped[str] = mapped_column(unique=True)
    """By which assessors know it: it says nothing of whose it is."""
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("learning_audit.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    by_chance: Mapped[bool]
    """Or because the year before was not enough."""
    state: Mapped[CaseState] = mapped_column(code(CaseState, "state"))
    turn: Mapped[int] = mapped_column(default=1)
    """1, and 2 once more was asked for."""
    opened_at: Mapped[datetime]
    failed_at: Mapped[datetime | None]
    """When two people had found it not enough for the first time."""
    ended_at: Mapped[datetime | None]
    condition_id: Mapped[UUID | None] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(default=1)

    audit: Mapped[LearningAudit] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("audit_id", "person_id"),
        CheckConstraint("turn in (1, 2)", name="turn"),
        CheckConstraint("turn = 1 or failed_at is not null", name="failed"),
        CheckConstraint(
            "(state = 'conditional') = (condition_id is not null)", name="condition"
        ),
        CheckConstraint(
            "(state in ('conditional', 'accepted', 'advised', 'set_aside')) = (ended_at is not null)",
            name="ended",
        ),
    )

    @classmethod
    async def open_for(
        cls,
        session: AsyncSession,
        audit: LearningAudit,
        person_id: UUID,
        *,
        by_chance: bool,
        by: Process,
    ) -> Self:
        """The registrant is told, whatever else is looked at: by the lot they can tell that they were drawn."""
        case = cls(
            id=uuid4(),
            reference="".join(
                secrets.choice(ALPHABET) for _ in range(REFERENCE_LENGTH)
            ),
            audit_id=audit.id,
            person_id=person_id,
            by_chance=by_chance,
            state=CaseState.ASSESSED,
            turn=1,
            opened_at=by.at,
        )
        session.add(case)
        await session.flush()
        case.tell(AuditEvent.SELECTED, by)
        await case.write(session, "audit_selected", of=case.id, now=by.at, audit=audit)
        return case

    def tell(self, event: AuditEvent, by: Process, **facts: Any) -> None:
        by.tell(event, person_id=self.person_id, case=self.id, **facts)

    async def write(
        self,
        session: AsyncSession,
        letter: str,
        *,
        of: Any,
        now: datetime,
        **context: Any,
    ) -> None:
        await write_to_registrant(
            session, self.person_id, letter, of=of, now=now, **context
        )

    # What two assessors find

    async def found(
        self, session: AsyncSession, told: Sequence["Assessment"], *, by: Process
    ) -> None:
        """After each assessment of this turn: one that it is enough settles it; two that it is not have their consequence."""
        last = told[-1]
        if last.finding in ENOUGH:
            state, letter = ENOUGH[last.finding]
            await self._end(session, state, letter, last, by=by)
        elif len(told) > 1:
            await self._not_enough(session, told, by=by)

    async def _end(
        self,
        session: AsyncSession,
        state: CaseState,
        letter: str,
        last: "Assessment",
        *,
        by: Process,
    ) -> None:
        self.state, self.ended_at = state, by.at
        self.tell(AuditEvent.SETTLED, by, outcome_of=state)
        words = await words_of(session, last)
        await self.write(session, letter, of=self.id, now=by.at, words=words)

    async def _not_enough(
        self, session: AsyncSession, told: Sequence["Assessment"], *, by: Process
    ) -> None:
        words = "\n\n".join([await words_of(session, one) for one in told])
        if self.turn > 1:
            self.state = CaseState.NOT_MET
            await self.write(
                session, "audit_not_met", of=self.id, now=by.at, words=words
            )
            return
        rules = (await session.get_one(RuleSet, self.audit.rule_set_id)).rules
        due_on = day_of(by.at) + timedelta(days=rules.cpd_grace_days)
        self.failed_at, self.state = by.at, CaseState.AWAITED
        await Request.ask(
            session,
            RequestKind.LEARNING,
            person_id=self.person_id,
            about_id=self.id,
            items=[],
            due_on=due_on,
            by=by,
        )
        await self.write(
            session,
            "audit_more_needed",
            of=self.id,
            now=by.at,
            words=words,
            due_on=due_on,
        )

    # What the registrant sends, or does not

    async def answer(
        self, session: AsyncSession, request: Request, *, by: Process
    ) -> None:
        """With what they have finished since; raises NothingAwaited or NothingAdded."""
        if self.state is not CaseState.AWAITED or not request.open:
            raise NothingAwaited
        if not await self._take_more(session, by=by):
            raise NothingAdded
        request.receive(by=by)
        self._look_again()

    async def go_on(
        self, session: AsyncSession, request: Request, *, by: Process
    ) -> None:
        """The last day has gone by: what was finished meanwhile counts all the same."""
        request.expire(by=by)
        await self._take_more(session, by=by)
        self._look_again()
        await self.write(session, "audit_time_over", of=request.id, now=by.at)

    async def _take_more(self, session: AsyncSession, *, by: Process) -> list[UUID]:
        year = await session.get_one(
            LearningYear,
            (self.person_id, self.audit.year_end),
            with_for_update=True,
            populate_existing=True,
        )
        return await cite_more(session, year, by=by)

    def _look_again(self) -> None:
        self.state, self.turn = CaseState.AGAIN, 2

    # Where nothing more is to be found

    @property
    def may_be_set_aside(self) -> bool:
        """As far as its own state says."""
        return self.state.with_assessors or self.state is CaseState.NOT_MET

    async def set_aside(self, session: AsyncSession, *, by: Process) -> None:
        """What was found stays, and is remembered in the next audit; raises StillLookedAt."""
        if not self.may_be_set_aside or await self.is_registered(session, at=by.at):
            raise StillLookedAt
        self.state, self.ended_at = CaseState.SET_ASIDE, by.at
        self.tell(AuditEvent.SETTLED, by, outcome_of=self.state)

    async def is_registered(self, session: AsyncSession, *, at: datetime) -> bool:
        """In the part that is audited."""
        found = exists().where(
            Registration.valid.contains(at),
            Registration.entry_id == Entry.id,
            Entry.person_id == self.person_id,
            Entry.part == self.audit.part,
        )
        return bool(await session.scalar(select(found)))

    async def is_held(self, session: AsyncSession, *, at: datetime) -> bool:
        """Something else is looked at that comes first. The registrant may not know of it yet."""
        found = exists().where(
            Hold.valid.contains(at),
            Hold.entry_id == Entry.id,
            Entry.person_id == self.person_id,
        )
        return bool(await session.scalar(select(found)))

    def settle_with(self, condition_id: UUID, *, by: Process) -> None:
        self.state, self.condition_id, self.ended_at = (
            CaseState.CONDITIONAL,
            condition_id,
            by.at,
        )
        self.tell(AuditEvent.CONDITION_SET, by, condition=condition_id)


class Assignment(Base):
    """Who is to assess, or has: one at a time in each turn, the second only after the first found it not enough."""

    __tablename__ = "audit_assignment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("audit_case.id"))
    turn: Mapped[int]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    assigned_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When it was given back, not assessed."""
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))

    account: Mapped[Account] = relationship(lazy="raise")
    process: Mapped[Process] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("case_id", "turn", "account_id"),
        CheckConstraint("ended_at >= assigned_at", name="ended"),
    )


class Assessment(Base):
    """What one assessor found; only added."""

    __tablename__ = "audit_assessment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("audit_case.id"))
    turn: Mapped[int]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    finding: Mapped[Finding] = mapped_column(code(Finding))
    words_id: Mapped[UUID | None]
    """For the registrant; the text may be erased."""
    found_at: Mapped[datetime]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))

    account: Mapped[Account] = relationship(lazy="raise")
    process: Mapped[Process] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("case_id", "turn", "account_id"),
        Index(None, "case_id", "turn", "found_at"),
    )


async def words_of(session: AsyncSession, assessment: Assessment) -> str:
    """Empty where there were none, or they are kept no more."""
    text = (
        await session.get(ProcessText, assessment.words_id)
        if assessment.words_id
        else None
    )
    return text.words if text else ""


@dataclass(frozen=True)
class Work:
    """A case with who is to assess it and what they found, in their order."""

    case: AuditCase
    assignments: Sequence[Assignment]
    assessments: Sequence[Assessment]

    def in_turn(self, turn: int | None = None) -> list[Assessment]:
        turn = turn or self.case.turn
        return [one for one in self.assessments if one.turn == turn]

    @property
    def waiting(self) -> Assignment | None:
        """Who has been given it and has not said what they found."""
        if not self.case.state.with_assessors:
            return None
        done = {one.account_id for one in self.in_turn()}
        return next(
            (
                one
                for one in self.assignments
                if one.turn == self.case.turn
                and one.ended_at is None
                and one.account_id not in done
            ),
            None,
        )

    @property
    def to_assign(self) -> bool:
        return self.case.state.with_assessors and self.waiting is None


async def told_of(session: AsyncSession, work: Work) -> list[str]:
    """What the registrant may read: what one of two assessors found is nobody's to read before it has a consequence."""
    case = work.case
    turns = range(1, case.turn + (not case.state.with_assessors))
    words = [
        await words_of(session, one) for turn in turns for one in work.in_turn(turn)
    ]
    return [one for one in words if one]


async def work_on(session: AsyncSession, case_id: UUID, *, lock: bool = False) -> Work:
    """Raises NotFound."""
    found = (
        select(AuditCase)
        .where(AuditCase.id == case_id)
        .options(joinedload(AuditCase.audit), joinedload(AuditCase.person))
    )
    if lock:
        found = found.with_for_update(of=AuditCase).execution_options(
            populate_existing=True
        )
    case = await session.scalar(found)
    if case is None:
        raise NotFound
    assignments = await session.scalars(
        select(Assignment)
        .where(Assignment.case_id == case_id)
        .options(joinedload(Assignment.account))
        .order_by(Assignment.assigned_at, Assignment.id)
    )
    assessments = await session.scalars(
        select(Assessment)
        .where(Assessment.case_id == case_id)
        .options(joinedload(Assessment.account))
        .order_by(Assessment.found_at, Assessment.id)
    )
    return Work(case, assignments.all(), assessments.all())


async def request_of(session: AsyncSession, case: AuditCase) -> Request | None:
    """For more learning, open or ended."""
    found: Request | None = await session.scalar(
        select(Request).where(
            Request.kind == RequestKind.LEARNING, Request.about_id == case.id
        )
    )
    return found


async def own_cases(session: AsyncSession, person_id: UUID) -> Sequence[AuditCase]:
    """The latest first."""
    found = await session.scalars(
        select(AuditCase)
        .where(AuditCase.person_id == person_id)
        .options(joinedload(AuditCase.audit))
        .order_by(AuditCase.opened_at.desc(), AuditCase.id)
    )
    return found.all()


async def awaited_since(session: AsyncSession, person_id: UUID) -> date | None:
    """The first day of the earliest year of which we wait for more: records of it are taken, however long it is over."""
    year_end: date | None = await session.scalar(
        select(func.min(LearningAudit.year_end))
        .join(AuditCase, AuditCase.audit_id == LearningAudit.id)
        .where(AuditCase.person_id == person_id, AuditCase.state == CaseState.AWAITED)
    )
    return months_after(year_end, -12) + timedelta(days=1) if year_end else None
