"""The run for one last day: counted each night, proposed by one person, released by a registrar, and then written."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from register.account import Account
from register.entry.facts import Registration
from register.kit.clock import day_of, end_of
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.kit.jobs import START, enqueue, every
from register.kit.pages import moment
from register.part import Part
from register.process import Process
from register.proposal import Proposal, ProposalKind, carries_out
from register.renewal.acts import RenewalEvent
from register.renewal.lapsing import Count, count_of, counted
from register.renewal.renewal import Renewal
from register.rule_set import PartNotOpen, Rules, RuleSet


class RunState(StrEnum):
    PREPARED = "prepared"
    PROPOSED = "proposed"
    RELEASED = "released"
    WRITTEN = "written"


class TooEarly(Refused):
    def __init__(self, opens_at: datetime) -> None:
        self.opens_at = opens_at
        super().__init__(
            f"These lapses cannot be released before {moment(opens_at)}, so that what was done on the last day is known."
        )


class NotPrepared(Refused):
    def __init__(self) -> None:
        super().__init__("This run has been proposed or released already.")


class NotReleased(Refused):
    def __init__(self) -> None:
        super().__init__("Nobody has released this run, so nothing of it is written.")


class LapseRun(Base):
    """Of all whose last day to renew it is."""

    __tablename__ = "lapse_run"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    last_day: Mapped[date] = mapped_column(unique=True)
    state: Mapped[RunState] = mapped_column(code(RunState, "state"))
    prepared_at: Mapped[datetime]
    counted_at: Mapped[datetime]
    counts: Mapped[list[Any]]
    """What it would do, as the last night found it."""
    proposer_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    approver_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    released_at: Mapped[datetime | None]
    written_at: Mapped[datetime | None]
    lapsed: Mapped[int] = mapped_column(default=0)
    restored: Mapped[int] = mapped_column(default=0)
    """Of the lapsed, those that were registered again in the same moment."""
    ended: Mapped[int] = mapped_column(default=0)
    """Held: their periods ended without a lapse."""
    renewed: Mapped[int] = mapped_column(default=0)
    """Without a gap, though late."""
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("approver_id <> proposer_id", name="two_people"),
        CheckConstraint(
            "(state = 'prepared') = (proposer_id is null)", name="proposed"
        ),
        CheckConstraint(
            "(state in ('released', 'written')) = (released_at is not null) and (released_at is null) = (approver_id is null)",
            name="released",
        ),
        CheckConstraint(
            "(state = 'written') = (written_at is not null)", name="written"
        ),
        CheckConstraint(
            "released_at >= ((last_day + 1)::timestamp at time zone 'Europe/London')",
            name="after_the_last_day",
        ),
    )

    @property
    def about(self) -> str:
        """As a proposal names it."""
        return f"lapses:{self.last_day}"

    @property
    def ends(self) -> datetime:
        """The moment at which the entries lapse."""
        return end_of(self.last_day)

    @property
    def preview(self) -> list[Count]:
        return [count_of(told) for told in self.counts]

    async def count(self, session: AsyncSession, *, now: datetime) -> None:
        found = await counted(session, self.last_day, now=now)
        self.counts, self.counted_at = [one.as_json() for one in found], now

    async def propose(
        self, session: AsyncSession, *, proposer: Account, by: Process
    ) -> Proposal:
        """Raises NotPrepared."""
        if self.state is not RunState.PREPARED:
            raise NotPrepared
        await self.count(session, now=by.at)
        proposal = await Proposal.make(
            session,
            ProposalKind.RELEASE_LAPSES,
            about=self.about,
            data={"last_day": self.last_day.isoformat(), "counts": self.counts},
            touched=[],
            proposer=proposer,
            by=by,
        )
        self.state, self.proposer_id = RunState.PROPOSED, proposer.id
        return proposal

    def send_back(
        self, proposal: Proposal, *, words: str, approver: Account, by: Process
    ) -> None:
        proposal.return_(words=words, approver=approver, by=by)
        self.state, self.proposer_id = RunState.PREPARED, None

    async def release(
        self, session: AsyncSession, *, approver_id: UUID, by: Process
    ) -> None:
        """From now on it is written; raises TooEarly."""
        opens_at = await opens(session, self.last_day)
        if by.at < opens_at:
            raise TooEarly(opens_at)
        if self.state is not RunState.PROPOSED:
            raise NotPrepared
        self.state, self.approver_id, self.released_at = (
            RunState.RELEASED,
            approver_id,
            by.at,
        )
        by.tell(RenewalEvent.RELEASED, run=self.id, last_day=self.last_day)
        await enqueue(session, "lapse_some", {"run_id": self.id, "after": START})

    def must_be_released(self) -> None:
        if self.state is not RunState.RELEASED:
            raise NotReleased

    @classmethod
    async def on(cls, session: AsyncSession, day: date, *, lock: bool = False) -> Self:
        """Raises NotFound where there is nothing to renew."""
        found: Self | None = await session.scalar(
            select(cls)
            .where(cls.last_day == day)
            .with_for_update()
            .execution_options(populate_existing=True)
            if lock
            else select(cls).where(cls.last_day == day)
        )
        if found is None:
            raise NotFound
        return found


@carries_out(ProposalKind.RELEASE_LAPSES)
async def release(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    day = date.fromisoformat(proposal.data["last_day"])
    run = await LapseRun.on(session, day, lock=True)
    assert proposal.approver_id is not None  # noqa: S101 - it has just been approved
    await run.release(session, approver_id=proposal.approver_id, by=by)


async def opens(session: AsyncSession, day: date) -> datetime:
    """When a run may be released at the earliest: by the rules of the part that waits longest."""
    hours = [rules.renewal_release_hours for rules in await _rules(session, day)]
    return end_of(day) + timedelta(hours=max(hours, default=0))


async def _rules(session: AsyncSession, day: date) -> list[Rules]:
    found = []
    for part in Part:
        try:
            found.append((await RuleSet.on(session, part, day)).rules)
        except PartNotOpen:
            continue
    return found


@every(hours=24)
async def prepare_runs(session: AsyncSession, now: datetime) -> None:
    """Each night, from the day on which notice is first given until the run is released: what it would do is counted anew."""
    today = day_of(now)
    for day in await _days(session):
        days = [rules.renewal_notice_days for rules in await _rules(session, day)]
        if today < day - timedelta(days=max(days, default=0)):
            continue
        run = await session.scalar(
            select(LapseRun).where(LapseRun.last_day == day).with_for_update()
        )
        if run is None:
            run = LapseRun(
                id=uuid4(), last_day=day, state=RunState.PREPARED, prepared_at=now
            )
        if run.released_at is None:  # by somebody, since the days were listed
            await run.count(session, now=now)
            session.add(run)


async def _days(session: AsyncSession) -> Sequence[date]:
    """The last days of all that stands, but for those of which a run was released: whoever writes it must find it free."""
    released = select(LapseRun.last_day).where(LapseRun.released_at.is_not(None))
    standing = select(Registration.until_on).where(func.upper_inf(Registration.valid))
    later = select(Renewal.last_day).where(
        or_(Renewal.finished_at.is_(None), Renewal.extended_until.is_not(None))
    )
    found = set(await session.scalars(standing.union(later)))
    return sorted(found - set(await session.scalars(released)))


async def runs(session: AsyncSession, *, limit: int = 100) -> Sequence[LapseRun]:
    """The latest first."""
    found = await session.scalars(
        select(LapseRun).order_by(LapseRun.last_day.desc()).limit(limit)
    )
    return found.all()


async def waits_for_release(
    session: AsyncSession, *, now: datetime
) -> Sequence[LapseRun]:
    """Runs that could have been released, and of which entries still show that their renewal is being processed."""
    found = await session.scalars(
        select(LapseRun)
        .where(LapseRun.last_day < day_of(now), LapseRun.state != RunState.WRITTEN)
        .order_by(LapseRun.last_day)
    )
    return [
        run
        for run in found
        if any(one.fate.waits for one in run.preview)
        and now >= await opens(session, run.last_day)
    ]


async def never_prepared(session: AsyncSession, *, now: datetime) -> bool:
    """Whether a period is over of which there is no run: the work of the night has stopped."""
    there = exists().where(LapseRun.last_day == Registration.until_on)
    over = exists().where(
        Registration.until_on < day_of(now),
        func.upper_inf(Registration.valid),
        ~there,
    )
    return bool(await session.scalar(select(over)))
