"""What should have been sent of the reminders to renew, held against what was, day by day: none is missing silently."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Select, exists, func, select
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
from register.organisation import OrganisationUser
from register.part import Part
from register.renewal.reminding import (
    LETTERS,
    PROVIDER_LETTER,
    ReminderChannel,
    RenewalReminder,
    due_on,
    ladder,
    owed,
    providers_owed,
    rung_on,
    rungs_on,
)
from register.renewal.renewal import Renewal
from register.rule_set import PartNotOpen, RuleSet

log = structlog.get_logger(__name__)

OVERDUE = timedelta(hours=4)
"""So long after the day begins every reminder of it is out, or somebody should look why not."""
SHOWN = 300
TO_PEOPLE = (ReminderChannel.EMAIL, ReminderChannel.SMS, ReminderChannel.LETTER)


class ReminderCount(Base):
    """One rung of one last day, on one day and channel: everybody expected has been written to, or there is a reason why not."""

    __tablename__ = "reminder_count"

    day: Mapped[date] = mapped_column(primary_key=True)
    last_day: Mapped[date] = mapped_column(primary_key=True)
    rung: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    channel: Mapped[ReminderChannel] = mapped_column(
        code(ReminderChannel, "channel"), primary_key=True
    )
    expected: Mapped[int]
    sent: Mapped[int]
    not_sent: Mapped[int]
    """With a reason: no account, no mobile number, nobody who leads, or nothing is written to them any more."""
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
    missing: Counter[tuple[date, int, ReminderChannel]] = Counter()
    for due in await due_on(session, day_of(now)):
        for channel in TO_PEOPLE:
            whom = owed(due, channel, now=now)
            if channel is ReminderChannel.LETTER:
                if not due.rung.opening:
                    continue
                whom = whom.where(
                    ~exists().where(Account.person_id == Renewal.person_id)
                )
            which = (due.last_day, due.rung.days, channel)
            missing[which] += await _number(session, whom)
    for last_day, rung in await rungs_on(session, day_of(now)):
        providers = providers_owed(last_day, rung, now=now)
        which = (last_day, rung, ReminderChannel.EMPLOYER)
        missing[which] = await _number(session, providers)
    for (last_day, rung, channel), count in missing.items():
        await _count(session, last_day, rung, channel, count, now=now)


async def _number(session: AsyncSession, of: Select[Any]) -> int:
    found = await session.execute(select(func.count()).select_from(of.subquery()))
    return found.scalar_one()


async def _count(
    session: AsyncSession,
    last_day: date,
    rung: int,
    channel: ReminderChannel,
    missing: int,
    *,
    now: datetime,
) -> None:
    sent, not_sent, undelivered = (
        await session.execute(
            select(
                func.count().filter(RenewalReminder.because.is_(None)),
                func.count().filter(RenewalReminder.because.is_not(None)),
                func.count().filter(_failed(channel)),
            ).where(
                RenewalReminder.last_day == last_day,
                RenewalReminder.rung == rung,
                RenewalReminder.channel == channel,
            )
        )
    ).one()
    values = {
        "expected": sent + not_sent + missing,
        "sent": sent,
        "not_sent": not_sent,
        "undelivered": undelivered,
        "counted_at": now,
    }
    which = {"last_day": last_day, "rung": rung, "channel": channel}
    key = {"day": day_of(now), **which}
    await session.execute(
        insert(ReminderCount)
        .values(**key, **values)
        .on_conflict_do_update(index_elements=list(key), set_=values)
    )
    if missing and now >= start_of(day_of(now)) + OVERDUE:
        told = which | {"last_day": str(last_day)}
        log.error("reminders are missing", **told, missing=missing)


def _failed(channel: ReminderChannel) -> ColumnElement[bool]:
    """Of each row of the ledger: whether its message, or one of them, did not arrive."""
    row, lead = RenewalReminder, OrganisationUser
    failed = exists().where(Message.state == MessageState.FAILED)
    if channel is ReminderChannel.EMPLOYER:
        key = func.concat_ws(":", PROVIDER_LETTER, lead.id, row.last_day, row.rung)
        return failed.where(
            Message.key == key, lead.organisation_id == row.organisation_id
        )
    keys = [
        func.concat_ws(":", letter, row.renewal_id, row.last_day, row.rung, row.channel)
        for letter in sorted(
            {name for (of, _), name in LETTERS.items() if of is channel}
        )
    ]
    return failed.where(Message.key.in_(keys))


async def counts(session: AsyncSession) -> Sequence[ReminderCount]:
    """The latest day first."""
    found = await session.scalars(
        select(ReminderCount)
        .order_by(
            ReminderCount.day.desc(),
            ReminderCount.last_day,
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
    return bool(missing) or (not counted and await _any_due(session, today))


async def _any_due(session: AsyncSession, today: date) -> bool:
    """A rung of some part is today, whether or not its renewals were opened, or one of somebody who has more time."""
    for part in Part:
        try:
            rules = (await RuleSet.on(session, part, today)).rules
        except PartNotOpen:
            continue
        if rung_on(ladder(rules, rules.period_end(today)), today):
            return True
    return bool(await due_on(session, today))
