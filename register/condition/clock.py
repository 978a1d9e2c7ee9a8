"""The clock of a condition: it runs towards the day on which the condition is due, and stands still while it is paused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, selectinload

from register.condition.acts import ConditionEvent
from register.employment import in_role_since
from register.entry import ConditionKind, Entry, rules_at
from register.entry.facts import Condition
from register.kit.clock import day_of, months_after
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.kit.forms import written
from register.process import Process
from register.reaching import write_to

DAY = timedelta(days=1)


class PauseReason(StrEnum):
    """Why somebody cannot work towards what is due (CHR r28 and r32: a break, or part-time work)."""

    PARENTAL_LEAVE = "parental_leave"
    SICKNESS = "sickness"
    BREAK = "break"
    PART_TIME = "part_time"
    OTHER = "other"


class AlreadyPaused(Refused):
    def __init__(self) -> None:
        super().__init__("The clock of this condition stands still already.")


class NotPaused(Refused):
    def __init__(self) -> None:
        super().__init__("The clock of this condition is running.")


class DueAlready(Refused):
    """A pause begins while the clock runs: not after the condition was due."""

    def __init__(self) -> None:
        super().__init__(
            "A pause must begin on or before the day on which the condition is due."
        )


class BeforeTheClock(Refused):
    """What was before the clock began took nothing from the time that it gives."""

    def __init__(self, began: date) -> None:
        self.began = began
        super().__init__(
            f"A pause must begin on or after {written(began)}, when the clock of this condition began."
        )


class PausedThen(Refused):
    """A day on which the clock stood still counts once."""

    def __init__(self, last: "ClockPause") -> None:
        self.last = last
        super().__init__(
            "The clock stood still on that day already. A pause must begin after the last one ended."
        )


class OutOfOrder(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The last day of the pause must not be before its first, nor in the future."
        )


class ClockPause(Base):
    __tablename__ = "condition_pause"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    condition_id: Mapped[UUID] = mapped_column(index=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), index=True)
    because: Mapped[PauseReason] = mapped_column(code(PauseReason))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    """The last day of the pause."""
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    recorded_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("from_on <= until_on", name="order"),
        Index(
            "condition_pause_one_open",
            "condition_id",
            unique=True,
            postgresql_where="until_on is null",
        ),
    )

    @property
    def days(self) -> int:
        """How long it took, both days included; 0 while it lasts."""
        return (self.until_on - self.from_on).days + 1 if self.until_on else 0


@dataclass(frozen=True)
class Standing:
    """A condition that is in force, with its entry and its pauses, the newest first."""

    entry: Entry
    condition: Condition
    pauses: Sequence[ClockPause]

    @property
    def about(self) -> str:
        """As a proposal names it."""
        return f"condition:{self.condition.id}"

    @property
    def paused(self) -> ClockPause | None:
        return next((pause for pause in self.pauses if pause.until_on is None), None)

    async def began(self, session: AsyncSession) -> date:
        """The clock runs from the start of the role (CHR r28 and r32), or from the day on which the condition was set.

        Of a role that we do not know, its start is what the deadline was counted from.
        """
        assert self.condition.valid.lower is not None  # noqa: S101 - each fact begins
        role = await in_role_since(session, self.entry.person_id, self.entry.part)
        began = role or await self._counted_from(session)
        set_on = day_of(self.condition.valid.lower)
        return min(began, set_on) if began else set_on

    async def _counted_from(self, session: AsyncSession) -> date | None:
        condition = self.condition
        rules = await rules_at(session, self.entry.facts, condition.starts)
        if rules is None or condition.kind is not ConditionKind.QUALIFICATION:
            return None
        months = rules.qualification_deadline_months
        return months_after(condition.due_on, -months) if condition.due_on else None

    def overdue(self, today: date) -> bool:
        """Not while the clock stands still."""
        due_on = self.condition.due_on
        return due_on is not None and due_on < today and self.paused is None

    async def write(
        self, session: AsyncSession, letter: str, *, by: Process, **more: Any
    ) -> None:
        """To the holder."""
        await write_to(
            session,
            self.entry.person_id,
            letter,
            context={"standing": self, **more},
            key=f"{letter}:{by.id}",
            now=by.at,
        )

    @classmethod
    async def of(
        cls, session: AsyncSession, entry: Entry, condition: Condition
    ) -> Self:
        pauses = await session.scalars(
            select(ClockPause)
            .where(ClockPause.condition_id == condition.id)
            .order_by(ClockPause.from_on.desc())
        )
        return cls(entry, condition, pauses.all())


async def standing_of(
    session: AsyncSession, condition_id: UUID, *, now: datetime, lock: bool = False
) -> Standing:
    """Raises NotFound for what is not there or no longer in force."""
    entry_id = await session.scalar(
        select(Condition.entry_id).where(Condition.id == condition_id)
    )
    if entry_id is None:
        raise NotFound
    entry = await Entry.load(session, entry_id, lock=lock)
    condition = next(one for one in entry.conditions if one.id == condition_id)
    if not condition.holds(now):
        raise NotFound
    return await Standing.of(session, entry, condition)


async def standings_of(
    session: AsyncSession, person_id: UUID, *, now: datetime
) -> list[Standing]:
    """All conditions of somebody that are in force."""
    entries = await session.scalars(
        select(Entry)
        .where(Entry.person_id == person_id)
        .options(selectinload(Entry.conditions), selectinload(Entry.person))
    )
    return [
        await Standing.of(session, entry, condition)
        for entry in entries.all()
        for condition in entry.conditions
        if condition.holds(now)
    ]


async def resume(
    session: AsyncSession, standing: Standing, *, until_on: date, by: Process
) -> None:
    """The clock runs again after that day, and the condition is due as many days later; raises NotPaused or OutOfOrder."""
    pause = standing.paused
    if pause is None:
        raise NotPaused
    if not pause.from_on <= until_on <= day_of(by.at):
        raise OutOfOrder
    pause.until_on = until_on
    condition, entry = standing.condition, standing.entry
    by.tell(
        ConditionEvent.RESUMED,
        person_id=entry.person_id,
        condition=condition.id,
        days=pause.days,
    )
    if condition.due_on:
        due_on = condition.due_on + pause.days * DAY
        await entry.move_due(session, condition, due_on=due_on, by=by)
    await standing.write(session, "condition_resumed", by=by)
