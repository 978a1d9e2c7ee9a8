"""Entries: a person's place in one part of the register, and everything that may be done to it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Select, UniqueConstraint, func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from register.entry.citation import Citation
from register.entry.facts import (
    Condition,
    ConditionKind,
    Current,
    Hold,
    Lapse,
    LapseReason,
    Order,
    OrderKind,
    Registration,
    Removal,
    RemovalReason,
    WarningFact,
    WarningKind,
)
from register.entry.projection import project
from register.entry.status import Facts, Status, status_at
from register.kit.clock import since
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.part import Part
from register.person import Person
from register.process import Process, ProcessText, TextKind
from register.rule_set import RuleSet

F = TypeVar("F", bound=Current)


class EntryEvent(StrEnum):
    NUMBERED = "entry:numbered"
    REGISTERED = "entry:registered"
    RENEWED = "entry:renewed"
    RESTORED = "entry:restored"
    LAPSED = "entry:lapsed"
    REMOVED = "entry:removed"
    ORDERED = "entry:ordered"
    CONDITION_SET = "entry:condition_set"
    DUE_MOVED = "entry:due_moved"
    WARNED = "entry:warned"
    HELD = "entry:held"
    PERIOD_ENDED = "entry:period_ended"
    FACT_ENDED = "entry:fact_ended"
    FACT_CORRECTED = "entry:fact_corrected"
    FACT_WITHDRAWN = "entry:fact_withdrawn"
    CITED = "entry:cited"
    """A decision is published, of which a fact is what came."""


class Move(StrEnum):
    """What may be done to an entry."""

    RENEW = "renew"
    LAPSE = "lapse"
    END_PERIOD = "end_period"
    REMOVE = "remove"
    RESTORE = "restore"
    ORDER = "order"
    CONDITION = "condition"
    WARN = "warn"
    HOLD = "hold"


MOVES: dict[Move, frozenset[Status]] = {
    Move.RENEW: frozenset({Status.REGISTERED, Status.SUSPENDED}),
    Move.LAPSE: frozenset({Status.REGISTERED, Status.SUSPENDED}),
    Move.END_PERIOD: frozenset({Status.REGISTERED, Status.SUSPENDED}),
    Move.REMOVE: frozenset(
        {Status.REGISTERED, Status.SUSPENDED, Status.LAPSED, Status.HELD}
    ),
    Move.RESTORE: frozenset(
        {
            Status.LAPSED,
            Status.REMOVED,
            Status.REMOVED_VOLUNTARY,
            Status.REMOVED_BY_ORDER,
        }
    ),
    Move.ORDER: frozenset({Status.REGISTERED, Status.SUSPENDED, Status.HELD}),
    Move.CONDITION: frozenset({Status.REGISTERED, Status.SUSPENDED}),
    Move.WARN: frozenset({Status.REGISTERED, Status.SUSPENDED, Status.HELD}),
    Move.HOLD: frozenset(
        {Status.REGISTERED, Status.SUSPENDED, Status.LAPSED, Status.HELD}
    ),
}
"""Which statuses allow which move."""


class NotPossible(Refused):
    def __init__(self, entry: "Entry", move: Move, status: Status | None) -> None:
        self.entry, self.move, self.status = entry, move, status
        super().__init__("The state of this entry does not allow that.")


class EntryHeld(Refused):
    def __init__(self, entry: "Entry") -> None:
        self.entry = entry
        super().__init__("This entry is held, so it cannot end now.")


class EndsAsItBegins(Refused):
    def __init__(self, fact: Current) -> None:
        self.fact = fact
        super().__init__(
            "This had not begun before that moment: take it back instead of ending it."
        )


class EndedAlready(Refused):
    def __init__(self, fact: Current) -> None:
        self.fact = fact
        super().__init__("This had ended by that moment.")


class NotHeld(Refused):
    def __init__(self, entry: "Entry") -> None:
        self.entry = entry
        super().__init__("This entry is not held, so its period ends by a lapse.")


class RenewedAlready(Refused):
    def __init__(self, entry: "Entry") -> None:
        self.entry = entry
        super().__init__("This entry is registered for that time already.")


class AlreadyEntered(Refused):
    def __init__(self, entry: "Entry") -> None:
        self.entry = entry
        super().__init__(
            "This person has an entry in this part of the register already."
        )


@dataclass(frozen=True)
class NewCondition:
    """A condition to set when an entry is granted."""

    kind: ConditionKind
    wording: str
    due_on: date | None = None


class Entry(Base):
    __tablename__ = "entry"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    part: Mapped[Part] = mapped_column(code(Part))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    person: Mapped[Person] = relationship(lazy="raise")
    registrations: Mapped[list[Registration]] = relationship(lazy="raise")
    lapses: Mapped[list[Lapse]] = relationship(lazy="raise")
    removals: Mapped[list[Removal]] = relationship(lazy="raise")
    orders: Mapped[list[Order]] = relationship(lazy="raise")
    conditions: Mapped[list[Condition]] = relationship(lazy="raise")
    warnings: Mapped[list[WarningFact]] = relationship(lazy="raise")
    holds: Mapped[list[Hold]] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (UniqueConstraint("person_id", "part"),)

    @classmethod
    async def grant(
        cls,
        session: AsyncSession,
        *,
        person: Person,
        part: Part,
        on: datetime,
        rule_set: RuleSet,
        until: date,
        by: Process,
        conditions: Sequence[NewCondition] = (),
    ) -> Self:
        """Enter the person in the part from `on`, with a number where they have none; raises AlreadyEntered."""
        existing = await session.scalar(
            select(cls).where(cls.person_id == person.id, cls.part == part)
        )
        if existing:
            raise AlreadyEntered(existing)
        entry = cls(
            id=uuid4(),
            person=person,
            person_id=person.id,
            part=part,
            created_at=by.at,
            **{kind: [] for kind in FACTS},
        )
        session.add(entry)
        if not person.number:
            await person.take_number(session)
            by.tell(EntryEvent.NUMBERED, person_id=person.id, number=person.number)
        period = entry._fact(
            Registration, since(on), by, until_on=until, rule_set_id=rule_set.id
        )
        await entry._add(
            session,
            entry.registrations,
            period,
            EntryEvent.REGISTERED,
            by,
            part=part,
            until=until,
        )
        for condition in conditions:
            await entry.set_condition(session, condition, on=on, by=by)
        return entry

    async def restore(
        self,
        session: AsyncSession,
        *,
        on: datetime,
        rule_set: RuleSet,
        until: date,
        by: Process,
        conditions: Sequence[NewCondition] = (),
    ) -> None:
        """Register again from `on`: what ended the entry ends then, and all that was stays on record.

        Whether the rules let somebody back is asked before; this knows only that the entry has ended.
        """
        self._must_allow(Move.RESTORE, on)
        for fact in (*self.lapses, *self.removals):
            if fact.holds(on):
                self._bound(fact, on, by)
        await session.flush()
        period = self._fact(
            Registration, self._from(on), by, until_on=until, rule_set_id=rule_set.id
        )
        await self._add(
            session,
            self.registrations,
            period,
            EntryEvent.RESTORED,
            by,
            part=self.part,
            until=until,
        )
        for condition in conditions:
            await self.set_condition(session, condition, on=on, by=by)

    async def cure(
        self,
        session: AsyncSession,
        *,
        on: datetime,
        rule_set: RuleSet,
        until: date,
        by: Process,
    ) -> dict[UUID, UUID]:
        """Restore who finished renewing after the end: conditions that ended then stand again, told by what they were."""
        ended = max(one.valid.upper for one in self.registrations if one.valid.upper)
        stood = [one for one in self.conditions if one.valid.upper == ended]
        await self.restore(session, on=on, rule_set=rule_set, until=until, by=by)
        again = {}
        for condition in stood:
            fact = self._fact(
                Condition,
                self._from(on),
                by,
                kind=condition.kind,
                due_on=condition.due_on,
                text_id=condition.text_id,
            )
            await self._add_condition(session, fact, by)
            again[condition.id] = fact.id
        return again

    async def go_on(
        self, session: AsyncSession, *, ended: datetime, by: Process
    ) -> None:
        """What ended at that moment did not end: a lapse of then is withdrawn, the registration and its conditions go on."""
        next_one = min(
            (
                fact.starts
                for fact in (*self.registrations, *self.removals)
                if fact.starts >= ended
            ),
            default=None,
        )
        for fact in (*self.registrations, *self.conditions):
            if fact.valid.upper == ended:
                valid = Range(fact.starts, next_one, bounds="[)")
                await self.correct(session, fact, valid=valid, by=by)
        for lapse in [one for one in self.lapses if one.starts == ended]:
            await self.withdraw(session, lapse, by=by)

    async def renew(
        self, session: AsyncSession, *, until: date, rule_set: RuleSet, by: Process
    ) -> None:
        """Let the registration that stands go on until another last day, under the rules of that time; raises RenewedAlready.

        It stays one registration: what we said of its last day before is superseded.
        """
        self._must_allow(Move.RENEW, by.at)
        (standing,) = [one for one in self.registrations if one.holds(by.at)]
        if until <= standing.until_on:
            raise RenewedAlready(self)
        standing.until_on, standing.rule_set_id = until, rule_set.id
        standing.recorded_at, standing.process = by.at, by
        by.tell(
            EntryEvent.RENEWED,
            person_id=self.person_id,
            entry=self.id,
            part=self.part,
            until=until,
        )
        await self.project(session, now=by.at)

    def ended_since(self, instant: datetime) -> bool:
        """Whether a lapse or removal began then or later."""
        return any(fact.starts >= instant for fact in (*self.lapses, *self.removals))

    @classmethod
    async def load(
        cls, session: AsyncSession, entry_id: UUID, *, lock: bool = False
    ) -> Self:
        """The entry with its person and facts; locked, nobody else changes it meanwhile."""
        found = cls._whole().where(cls.id == entry_id)
        if lock:
            # Two who act on one entry would each decide on facts that the other is changing.
            found = found.with_for_update(of=cls).execution_options(
                populate_existing=True
            )
        entry: Self = (await session.execute(found)).scalar_one()
        return entry

    @classmethod
    async def load_many(
        cls, session: AsyncSession, entry_ids: Collection[UUID]
    ) -> list[Self]:
        """The entries with their persons and facts, in a few queries."""
        return list(await session.scalars(cls._whole().where(cls.id.in_(entry_ids))))

    @classmethod
    def _whole(cls) -> Select[Self]:
        return select(cls).options(
            selectinload(cls.person), *(selectinload(getattr(cls, k)) for k in FACTS)
        )

    @property
    def facts(self) -> Facts:
        return Facts(**{kind: getattr(self, kind) for kind in FACTS})

    def status_at(self, instant: datetime) -> Status | None:
        return status_at(self.facts, instant)

    def held_at(self, instant: datetime) -> bool:
        return any(hold.holds(instant) for hold in self.holds)

    def allows(self, move: Move, on: datetime) -> bool:
        return self.status_at(on) in MOVES[move]

    async def lapse(
        self, session: AsyncSession, *, on: datetime, because: LapseReason, by: Process
    ) -> None:
        """Take the entry out of force for not being renewed; raises EntryHeld while a hold stands.

        A condition that was set since then never stood.
        """
        if self.held_at(on):
            raise EntryHeld(self)
        self._must_allow(Move.LAPSE, on)
        await self._end_period(session, on, by)
        await self._add(
            session,
            self.lapses,
            self._fact(Lapse, since(on), by, because=because),
            EntryEvent.LAPSED,
            by,
            because=because,
        )

    async def end_period(
        self, session: AsyncSession, *, on: datetime, by: Process
    ) -> None:
        """Let the period of a held entry end without a lapse: it is kept only for what holds it."""
        if not self.held_at(on):
            raise NotHeld(self)
        self._must_allow(Move.END_PERIOD, on)
        await self._end_period(session, on, by)
        by.tell(EntryEvent.PERIOD_ENDED, person_id=self.person_id, entry=self.id)
        await self.project(session, now=by.at)

    async def remove(
        self,
        session: AsyncSession,
        *,
        on: datetime,
        because: RemovalReason,
        by: Process,
    ) -> None:
        self._must_allow(Move.REMOVE, on)
        await self._end_registration(session, on, by)
        await self._add(
            session,
            self.removals,
            self._fact(Removal, since(on), by, because=because),
            EntryEvent.REMOVED,
            by,
            because=because,
        )

    async def order(
        self,
        session: AsyncSession,
        kind: OrderKind,
        *,
        on: datetime,
        until: datetime,
        wording: str | None,
        by: Process,
    ) -> Order:
        """Restrict or suspend from `on`; overlapping orders never shorten each other."""
        self._must_allow(Move.ORDER, on)
        order = self._fact(
            Order,
            Range(on, until, bounds="[)"),
            by,
            kind=kind,
            text_id=self._words(wording, by),
        )
        await self._add(session, self.orders, order, EntryEvent.ORDERED, by, of=kind)
        return order

    async def set_condition(
        self,
        session: AsyncSession,
        condition: NewCondition,
        *,
        on: datetime,
        by: Process,
    ) -> Condition:
        """Set a condition of registration, until it is discharged or the registration ends."""
        self._must_allow(Move.CONDITION, on)
        text_id = self._words(condition.wording, by)
        fact = self._fact(
            Condition,
            self._from(on),
            by,
            kind=condition.kind,
            due_on=condition.due_on,
            text_id=text_id,
        )
        await self._add_condition(session, fact, by)
        return fact

    async def move_due(
        self, session: AsyncSession, condition: Condition, *, due_on: date, by: Process
    ) -> None:
        """Let a condition be due on another day; what we said before stays on record as superseded."""
        condition.due_on, condition.recorded_at, condition.process = due_on, by.at, by
        by.tell(
            EntryEvent.DUE_MOVED,
            person_id=self.person_id,
            entry=self.id,
            condition=condition.id,
            due=due_on,
        )
        await self.project(session, now=by.at)

    async def warn(
        self,
        session: AsyncSession,
        kind: WarningKind,
        *,
        on: datetime,
        until: datetime,
        wording: str | None,
        by: Process,
    ) -> WarningFact:
        self._must_allow(Move.WARN, on)
        fact = self._fact(
            WarningFact,
            Range(on, until, bounds="[)"),
            by,
            kind=kind,
            text_id=self._words(wording, by),
        )
        await self._add(session, self.warnings, fact, EntryEvent.WARNED, by, of=kind)
        return fact

    async def hold(self, session: AsyncSession, *, on: datetime, by: Process) -> Hold:
        """Keep the entry from lapsing until the hold is ended."""
        self._must_allow(Move.HOLD, on)
        fact = self._fact(Hold, since(on), by)
        await self._add(session, self.holds, fact, EntryEvent.HELD, by)
        return fact

    async def end(
        self, session: AsyncSession, fact: Current, *, on: datetime, by: Process
    ) -> None:
        """End a fact at `on`; the form in which we held it is kept as superseded."""
        self._bound(fact, on, by)
        by.tell(
            EntryEvent.FACT_ENDED,
            person_id=self._whose(fact),
            entry=self.id,
            fact=fact.id,
            of=fact.__tablename__,
        )
        await self.project(session, now=by.at)

    async def correct(
        self,
        session: AsyncSession,
        fact: Current,
        *,
        valid: Range[datetime],
        by: Process,
    ) -> None:
        """Put right when a fact was true; what we said before stays on record as superseded."""
        fact.valid, fact.recorded_at, fact.process = valid, by.at, by
        by.tell(
            EntryEvent.FACT_CORRECTED,
            person_id=self.person_id,
            entry=self.id,
            fact=fact.id,
            of=fact.__tablename__,
        )
        await self.project(session, now=by.at)

    async def withdraw(
        self, session: AsyncSession, fact: Current, *, by: Process
    ) -> None:
        """Take back a fact that was never true; that we held it stays on record as superseded."""
        await session.execute(
            select(func.set_config("register.moment", by.at.isoformat(), True))
        )
        self.rows(fact).remove(fact)
        await session.delete(fact)
        by.tell(
            EntryEvent.FACT_WITHDRAWN,
            person_id=self.person_id,
            entry=self.id,
            fact=fact.id,
            of=fact.__tablename__,
        )
        await self.project(session, now=by.at)

    async def cite(
        self,
        session: AsyncSession,
        fact_id: UUID,
        address: str,
        *,
        shown: Range[datetime],
        by: Process,
    ) -> None:
        """Say where the public may read why, for that time; told again, for another."""
        cited = await session.get(Citation, fact_id)
        if cited is None:
            cited = Citation(fact_id=fact_id, entry_id=self.id, recorded_at=by.at)
            session.add(cited)
            by.tell(
                EntryEvent.CITED,
                person_id=self.person_id,
                entry=self.id,
                fact=fact_id,
            )
        cited.address, cited.shown, cited.process = address, shown, by
        await self.project(session, now=by.at)

    async def uncite(
        self, session: AsyncSession, fact_id: UUID, *, by: Process
    ) -> None:
        """It is shown no longer from now on."""
        cited = await session.get(Citation, fact_id)
        if cited is None or cited.ends <= by.at:
            return
        if cited.begins < by.at:
            cited.shown, cited.process = Range(cited.begins, by.at, bounds="[)"), by
        else:
            await session.delete(cited)
        await self.project(session, now=by.at)

    def rows(self, fact: Current) -> list[Any]:
        """The list of this entry that the fact belongs to."""
        rows: list[Any] = next(
            getattr(self, name)
            for name, kind in FACTS.items()
            if isinstance(fact, kind)
        )
        return rows

    async def project(self, session: AsyncSession, *, now: datetime) -> None:
        """Rewrite the row that search and lists read; every fact does it in its own transaction."""
        await session.flush()
        await project(session, self, now=now)

    def _from(self, on: datetime) -> Range[datetime]:
        """Until the next removal that is on record, if there is one: no registration goes on behind it."""
        later = (one.starts for one in self.removals if one.starts > on)
        return Range(on, min(later, default=None), bounds="[)")

    def _must_allow(self, move: Move, on: datetime) -> None:
        if not self.allows(move, on):
            raise NotPossible(self, move, self.status_at(on))

    async def _end_registration(
        self, session: AsyncSession, on: datetime, by: Process
    ) -> None:
        """Conditions end with the registration that they were conditions of."""
        for fact in (*self.conditions, *self.registrations):
            if fact.holds(on):
                self._bound(fact, on, by)
        await session.flush()

    async def _end_period(
        self, session: AsyncSession, on: datetime, by: Process
    ) -> None:
        """It may end later than it was due to end."""
        for condition in [one for one in self.conditions if one.starts >= on]:
            await self.withdraw(session, condition, by=by)
        await self._end_registration(session, on, by)

    def _bound(self, fact: Current, on: datetime, by: Process) -> None:
        if on <= fact.starts:
            raise EndsAsItBegins(fact)
        if fact.valid.upper and fact.valid.upper < on:
            raise EndedAlready(fact)
        fact.valid = Range(fact.starts, on, bounds="[)")
        fact.recorded_at, fact.process = by.at, by

    def _fact(
        self, kind: type[F], valid: Range[datetime], by: Process, /, **terms: Any
    ) -> F:
        return kind(
            id=uuid4(),
            entry_id=self.id,
            valid=valid,
            recorded_at=by.at,
            process=by,
            **terms,
        )

    async def _add_condition(
        self, session: AsyncSession, fact: Condition, by: Process
    ) -> None:
        await self._add(
            session,
            self.conditions,
            fact,
            EntryEvent.CONDITION_SET,
            by,
            of=fact.kind,
            due=fact.due_on,
        )

    def _words(self, wording: str | None, by: Process) -> UUID | None:
        text: ProcessText | None = by.say(TextKind.PUBLIC, wording) if wording else None
        return text.id if text else None

    async def _add(
        self,
        session: AsyncSession,
        rows: list[Any],
        fact: Current,
        event: EntryEvent,
        by: Process,
        **codes: Any,
    ) -> None:
        """The one door: a fact, its event and the projection go in together."""
        rows.append(fact)
        by.tell(event, person_id=self._whose(fact), entry=self.id, **codes)
        await self.project(session, now=by.at)

    def _whose(self, fact: Current) -> UUID | None:
        """Whose timeline tells of it: of a hold none does, as it would say that there is a case."""
        return None if isinstance(fact, Hold) else self.person_id


FACTS: dict[str, type[Current]] = {
    "registrations": Registration,
    "lapses": Lapse,
    "removals": Removal,
    "orders": Order,
    "conditions": Condition,
    "warnings": WarningFact,
    "holds": Hold,
}
