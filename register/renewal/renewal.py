"""Renewals: what a person does for all their entries once a period, and the one truth of whether it is done."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    exists,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from register.condition import carry_over
from register.cpd import LearningNeed, freeze, missing
from register.entry import A_MOMENT, Entry, Status
from register.entry.facts import Registration, Removal
from register.kit.clock import day_of, end_of
from register.kit.db import Base
from register.kit.errors import Refused
from register.particulars.writing import write
from register.person import Person
from register.process import Process
from register.renewal.acts import RenewalEvent
from register.renewal.noticed import EmployerNews, News, noticed
from register.rule_set import RuleSet


class RenewalStep(StrEnum):
    """What is asked of somebody who renews, in the order of the journey: the money comes last, and alone does nothing."""

    DETAILS = "details"
    EMPLOYMENT = "employment"
    DECLARATIONS = "declarations"
    LEARNING = "learning"
    PAYMENT = "payment"


class RenewedAlready(Refused):
    def __init__(self, renewal: "Renewal") -> None:
        self.renewal = renewal
        super().__init__("This renewal is finished, so nothing more is needed for it.")


class CureOver(Refused):
    def __init__(self, renewal: "Renewal") -> None:
        self.renewal = renewal
        super().__init__(
            "The time to renew is over. You can apply to come back to the register."
        )


class LearningMissing(Refused):
    def __init__(self, renewal: "Renewal") -> None:
        self.renewal = renewal
        super().__init__(
            "The learning that this year asks of you is not all recorded yet."
        )


class Renewal(Base):
    """Of one person, for the period after the one that ends on `ends_on`. No `finished_at`: not renewed, whatever was paid."""

    __tablename__ = "renewal"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    ends_on: Mapped[date]
    """The last day of the period that ends, and the last day to renew."""
    until_on: Mapped[date]
    """The last day of the period that it renews for."""
    rule_set_id: Mapped[UUID] = mapped_column(ForeignKey("rule_set.id"))
    """The rules of the person's leading part on the day it was opened."""
    opened_at: Mapped[datetime]
    only_pays: Mapped[bool]
    """They joined when the period could already be renewed, so that they have declared all else just now."""
    details_at: Mapped[datetime | None]
    employment_at: Mapped[datetime | None]
    declared_at: Mapped[datetime | None]
    declaration_version: Mapped[str | None]
    learning_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    """When the payer paid the whole fee, not when we heard of it."""
    finished_at: Mapped[datetime | None]
    """The moment of the last step."""
    extended_until: Mapped[date | None]
    """The last day to renew, where we agreed to a later one."""
    version: Mapped[int] = mapped_column(default=1)

    person: Mapped[Person] = relationship(lazy="raise")
    rule_set: Mapped[RuleSet] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("person_id", "ends_on"),
        CheckConstraint("ends_on < until_on", name="order"),
        CheckConstraint(
            "(declared_at is null) = (declaration_version is null)", name="declared"
        ),
        CheckConstraint("finished_at is null or paid_at is not null", name="finished"),
        CheckConstraint("extended_until > ends_on", name="extended"),
        Index("renewal_open", "ends_on", "id", postgresql_where="finished_at is null"),
        Index(None, "ends_on", "id"),
        Index(
            "renewal_paid_early",
            "ends_on",
            "id",
            postgresql_where="finished_at is null and paid_at is not null",
        ),
        Index(
            "renewal_extended",
            "ends_on",
            "id",
            postgresql_where="finished_at is null and extended_until is not null",
        ),
        Index(
            "renewal_extended_until",
            "extended_until",
            postgresql_where="extended_until is not null",
        ),
    )

    @property
    def steps(self) -> Sequence[RenewalStep]:
        """All that is asked of this person."""
        return [RenewalStep.PAYMENT] if self.only_pays else list(RenewalStep)

    def done_at(self, step: RenewalStep) -> datetime | None:
        moment: datetime | None = getattr(self, COLUMNS[step])
        return moment

    @property
    def left(self) -> Sequence[RenewalStep]:
        """What is missing; nothing once it is finished."""
        return [step for step in self.steps if self.done_at(step) is None]

    @hybrid_property
    def last_day(self) -> date:
        """On which somebody may still renew without a gap."""
        return self.extended_until or self.ends_on

    @last_day.inplace.expression
    @classmethod
    def _last_day_in_sql(cls) -> ColumnElement[date]:
        return func.coalesce(cls.extended_until, cls.ends_on)

    @property
    def more_time(self) -> timedelta:
        """That we agreed to."""
        return self.last_day - self.ends_on

    @property
    def in_time(self) -> bool:
        """Whether it was finished before its last day was over."""
        return self.finished_at is not None and self.finished_at < self.ended_at

    async def lock(self, session: AsyncSession) -> Self:
        """A double click, a payment and a run that is being written meet here."""
        await session.flush()  # a refresh would undo what has not been written
        await session.refresh(
            self, attribute_names=LOCKED_COLUMNS, with_for_update=True
        )
        return self

    async def confirm(
        self,
        session: AsyncSession,
        step: RenewalStep,
        *,
        declaration_version: str | None = None,
        by: Process,
    ) -> None:
        """They have done one of the steps but the last. Done again it counts anew, but not once the last day is over: what
        was done in time is not late because somebody pressed the button again.

        Raises RenewedAlready, CureOver or LearningMissing.
        """
        await self.must_be_open(session, at=by.at)
        if step is RenewalStep.LEARNING and await self.learning_missing(
            session, now=by.at
        ):
            raise LearningMissing(self)
        if self.done_at(step) is None or by.at < self.ended_at:
            setattr(self, COLUMNS[step], by.at)
            if step is RenewalStep.DECLARATIONS:
                self.declaration_version = declaration_version
        self._tell(RenewalEvent.CONFIRMED, by, step=step)
        await self._finish_if_whole(session, by=by)

    def reopen(self, step: RenewalStep, *, by: Process) -> None:
        """It is to be done again, as something of it has changed."""
        if self.done_at(step) is None:
            return
        setattr(self, COLUMNS[step], None)
        if step is RenewalStep.DECLARATIONS:
            self.declaration_version = None
        self._tell(RenewalEvent.REOPENED, by, step=step)

    async def paid(self, session: AsyncSession, *, at: datetime, by: Process) -> None:
        """The fee has come, once: the news may be told again and again. Alone it renews nobody; raises CureOver."""
        await self.lock(session)
        if self.paid_at is not None:
            return
        await self.must_be_open(session, at=at)
        self.paid_at = at
        self._tell(RenewalEvent.PAID, by)
        await self._finish_if_whole(session, by=by)

    async def must_be_open(self, session: AsyncSession, *, at: datetime) -> None:
        """Raises RenewedAlready, or CureOver once it is too late even for who lapsed."""
        await self.lock(session)
        if self.finished_at is not None:
            raise RenewedAlready(self)
        rule_set = await session.get_one(RuleSet, self.rule_set_id)
        if at >= end_of(rule_set.rules.cure_ends(self.last_day)):
            raise CureOver(self)

    async def learning_missing(
        self, session: AsyncSession, *, now: datetime
    ) -> Sequence[LearningNeed]:
        return await missing(session, self.person_id, year_end=self.ends_on, now=now)

    async def _finish_if_whole(self, session: AsyncSession, *, by: Process) -> None:
        """In time, it outranks a lapse that was written before we heard of it.

        Late, whoever lapsed is registered again; whoever still may lapse waits for the run.
        """
        if self.left:
            return
        asked = RenewalStep.LEARNING in self.steps
        if asked and await self.learning_missing(session, now=by.at):
            # A record was taken away, or less counts of it, since they confirmed the step.
            self.reopen(RenewalStep.LEARNING, by=by)
            return
        await freeze(session, self.person_id, year_end=self.ends_on, by=by)
        moments = [moment for step in self.steps if (moment := self.done_at(step))]
        self.finished_at = max(moments)
        self._tell(RenewalEvent.FINISHED, by, until=self.until_on)
        if self.in_time:
            await self._undo_lapses(session, by=by)
        else:
            await self._cure(session, by=by)
        if self.in_time or not await session.scalar(
            select(noticed(self.id, self.last_day))
        ):
            for entry in await self.entries(session, now=by.at):
                await self.renew(session, entry, by=by)

    async def renew(self, session: AsyncSession, entry: Entry, *, by: Process) -> None:
        """One of the entries that stand, without a gap; with the one receipt: nothing before it says that they are renewed."""
        await self.prolong(session, entry, by=by)
        await self._write(session, "renewal_finished", by=by, renewal=self)

    async def prolong(
        self, session: AsyncSession, entry: Entry, *, by: Process
    ) -> None:
        """Without a letter."""
        rule_set = await RuleSet.on(session, entry.part, self.ends_on)
        await entry.renew(session, until=self.until_on, rule_set=rule_set, by=by)

    async def _undo_lapses(self, session: AsyncSession, *, by: Process) -> None:
        ended = await self._ended(session)
        for entry in ended:
            await entry.go_on(session, ended=self.ended_at, by=by)
        if ended:
            self._tell(RenewalEvent.LAPSE_UNDONE, by, until=self.until_on)
        if any(_stands(entry, by.at) for entry in ended):
            await self._write(
                session,
                "renewal_lapse_undone",
                by=by,
                ends_on=self.last_day,
                until_on=self.until_on,
            )
            await self.tell_employer(session, News.REGISTERED_AGAIN, now=by.at)

    async def _cure(self, session: AsyncSession, *, by: Process) -> None:
        """Whom something else than the end of the period keeps out by then stays out, whatever they pay."""
        for entry in await self._ended(session):
            if entry.status_at(self.again_at) is Status.LAPSED:
                await self.restore(session, entry, by=by)

    async def restore(
        self, session: AsyncSession, entry: Entry, *, by: Process
    ) -> None:
        """One of the entries that lapsed, for a new period that begins when everything was done.

        Of whom we removed since then nobody is told that they are back.
        """
        on = self.again_at
        rule_set = await RuleSet.on(session, entry.part, day_of(on))
        again = await entry.cure(
            session, on=on, rule_set=rule_set, until=self.until_on, by=by
        )
        await carry_over(session, again)
        self._tell(RenewalEvent.CURED, by, entry=entry.id, until=self.until_on)
        if not _stands(entry, by.at):
            return
        await self._write(
            session,
            "renewal_cured",
            by=by,
            ends_on=self.last_day,
            until_on=self.until_on,
            number=entry.person.number,
        )
        await self.tell_employer(session, News.REGISTERED_AGAIN, now=by.at)

    async def move_last_day(
        self, session: AsyncSession, *, until: date, by: Process
    ) -> None:
        """Who had finished after the one before has finished in time now, if the run has left them for our answer."""
        self.extended_until = until
        if self.in_time:
            for entry in await self.entries(session, now=by.at):
                await self.renew(session, entry, by=by)

    @property
    def ended_at(self) -> datetime:
        """When whoever has not finished lapses."""
        return end_of(self.last_day)

    @property
    def again_at(self) -> datetime:
        """When somebody who was late is registered again: a lapse has lasted for a moment at least."""
        assert self.finished_at is not None  # noqa: S101 - asked of what is finished
        return max(self.finished_at, self.ended_at + A_MOMENT)

    async def entries(self, session: AsyncSession, *, now: datetime) -> Sequence[Entry]:
        """Those whose registration stands and ends on that day, locked."""
        return await self._whose(
            session,
            Registration.valid.contains(self.ended_at - A_MOMENT),
            Registration.valid.contains(now),
        )

    async def _ended(self, session: AsyncSession) -> Sequence[Entry]:
        """Those whose period a run has ended."""
        removed = exists().where(
            Removal.entry_id == Entry.id, Removal.valid.contains(self.ended_at)
        )
        return await self._whose(
            session, func.upper(Registration.valid) == self.ended_at, ~removed
        )

    async def _whose(
        self, session: AsyncSession, *which: ColumnElement[bool]
    ) -> Sequence[Entry]:
        ids = await session.scalars(
            select(Entry.id)
            .join(Registration, Registration.entry_id == Entry.id)
            .where(
                Entry.person_id == self.person_id,
                Registration.until_on == self.ends_on,
                *which,
            )
            .order_by(Entry.id)
        )
        return [await Entry.load(session, one, lock=True) for one in ids.all()]

    async def _write(
        self, session: AsyncSession, letter: str, *, by: Process, **more: object
    ) -> None:
        await write(session, self.person_id, letter, key=str(self.id), by=by, **more)

    async def tell_employer(
        self, session: AsyncSession, of: News, *, now: datetime
    ) -> None:
        await session.execute(
            insert(EmployerNews)
            .values(renewal_id=self.id, of=of, at=now)
            .on_conflict_do_nothing()
        )

    def _tell(self, event: RenewalEvent, by: Process, **facts: Any) -> None:
        by.tell(event, person_id=self.person_id, renewal=self.id, **facts)


def _stands(entry: Entry, at: datetime) -> bool:
    status = entry.status_at(at)
    return status is not None and status.current


COLUMNS = {
    RenewalStep.DETAILS: "details_at",
    RenewalStep.EMPLOYMENT: "employment_at",
    RenewalStep.DECLARATIONS: "declared_at",
    RenewalStep.LEARNING: "learning_at",
    RenewalStep.PAYMENT: "paid_at",
}
"""When each step was done."""
LOCKED_COLUMNS = [
    column.key for column in Renewal.__table__.columns if column.key != "id"
]
