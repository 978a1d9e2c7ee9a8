"""What should have been sent of the reminders to renew, held against what was, day by day: none is missing silently."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import Text, cast, exists, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.elements import ColumnElement

from register.account import Account
from register.kit.clock import day_of, start_of
from register.kit.db import Base, code
from register.kit.jobs import every
from register.kit.post import Message, MessageState
from register.part import Part
from register.renewal.reminding import (
    LETTERS,
    ReminderChannel,
    RenewalReminder,
    Rung,
    owed,
    periods_open,
    rung_on,
)
from register.renewal.renewal import Renewal
from register.rule_set import PartNotOpen, RuleSet

log = structlog.get_logger(__name__)

OVERDUE = timedelta(hours=4)
"""So long after the day begins every reminder of it is out, or somebody should look why not."""
SHOWN = 100
TO_PEOPLE = (ReminderChannel.EMAIL, ReminderChannel.SMS, ReminderChannel.LETTER)


class ReminderCount(Base):
    """One rung on one day and channel: everybody expected has been written to, or there is a reason why not."""

    __tablename__ = "reminder_count"

    day: Mapped[date] = mapped_column(primary_key=True)
    ends_on: Mapped[date] = mapped_column(primary_key=True)
    rung: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    channel: Mapped[ReminderChannel] = mapped_column(
        code(ReminderChannel, "channel"), primary_key=True
    )
    expected: Mapped[int]
    sent: Mapped[int]
    not_sent: Mapped[int]
    """With a reason: no account, no mobile number, or nothing is written to them any more."""
    undelivered: Mapped[int]
    """Of what was sent: it did not arrive."""
    counted_at: Mapped[datetime]

    @hybrid_property
    def missing(self) -> int:
        """Neither sent nor accounted for."""
        return self.expected - self.sent - self.not_sent

    @missing.inplace.expression
    @classmethod
    def _missing_in_sql(cls) -> ColumnElement[int]:
        return cls.expected - cls.sent - cls.not_sent


@every(hours=1)
async def count_reminders(session: AsyncSession, now: datetime) -> None:
    """Of today: counted again each hour, so that the last count of a day is the day's report."""
    counted: dict[tuple[date, int, ReminderChannel], list[int]] = {}
    for rule_set, ends_on in await periods_open(session, now=now):
        rung = rung_on(rule_set.rules, ends_on, day_of(now))
        if rung is None:
            continue
        for channel in TO_PEOPLE:
            whom = owed(rule_set, ends_on, rung, channel, now=now)
            if channel is ReminderChannel.LETTER:
                if not rung.opening:
                    continue
                whom = whom.where(
                    ~exists().where(Account.person_id == Renewal.person_id)
                )
            waiting = whom.subquery()
            missing = (
                await session.execute(select(func.count()).select_from(waiting))
            ).scalar_one()
            count = counted.setdefault((ends_on, rung.days, channel), [0])
            count[0] += missing
    for (ends_on, days, channel), (missing,) in counted.items():
        await _count(session, ends_on, days, channel, missing, now=now)


async def _count(
    session: AsyncSession,
    ends_on: date,
    rung: int,
    channel: ReminderChannel,
    missing: int,
    *,
    now: datetime,
) -> None:
    row = (
        RenewalReminder.ends_on == ends_on,
        RenewalReminder.rung == rung,
        RenewalReminder.channel == channel,
    )
    failed = exists().where(
        Message.key.in_(_keys(rung, channel)), Message.state == MessageState.FAILED
    )
    sent, not_sent, undelivered = (
        await session.execute(
            select(
                func.count().filter(RenewalReminder.because.is_(None)),
                func.count().filter(RenewalReminder.because.is_not(None)),
                func.count().filter(failed),
            ).where(*row)
        )
    ).one()
    values = {
        "expected": sent + not_sent + missing,
        "sent": sent,
        "not_sent": not_sent,
        "undelivered": undelivered,
        "counted_at": now,
    }
    which = {"day": day_of(now), "ends_on": ends_on, "rung": rung, "channel": channel}
    await session.execute(
        insert(ReminderCount)
        .values(**which, **values)
        .on_conflict_do_update(index_elements=list(which), set_=values)
    )
    if missing and now >= start_of(day_of(now)) + OVERDUE:
        log.error(
            "reminders are missing",
            ends_on=str(ends_on),
            rung=rung,
            channel=channel,
            missing=missing,
        )


def _keys(rung: int, channel: ReminderChannel) -> list[ColumnElement[str]]:
    """What the message of a row of the ledger is called."""
    letters = {letter for (of, _), letter in LETTERS.items() if of is channel}
    return [
        func.concat(
            literal(f"{letter}:"),
            cast(RenewalReminder.renewal_id, Text),
            literal(f":{rung}:{channel}"),
        )
        for letter in sorted(letters)
    ]


async def counts(session: AsyncSession) -> Sequence[ReminderCount]:
    """The latest day first."""
    found = await session.scalars(
        select(ReminderCount)
        .order_by(
            ReminderCount.day.desc(),
            ReminderCount.ends_on,
            ReminderCount.rung,
            ReminderCount.channel,
        )
        .limit(SHOWN)
    )
    return found.all()


async def alarms(session: AsyncSession, now: datetime) -> bool:
    """A reminder of today is missing, or nobody has counted them."""
    today = day_of(now)
    if now < start_of(today) + OVERDUE:
        return False
    missing, counted = (
        await session.execute(
            select(func.count().filter(ReminderCount.missing > 0), func.count()).where(
                ReminderCount.day == today
            )
        )
    ).one()
    return bool(missing) or (not counted and await _rung_of(session, today) is not None)


async def _rung_of(session: AsyncSession, today: date) -> Rung | None:
    """A rung on which some part is today."""
    for part in Part:
        try:
            rules = (await RuleSet.on(session, part, today)).rules
        except PartNotOpen:
            continue
        if rung := rung_on(rules, rules.period_end(today), today):
            return rung
    return None
