"""Reminders to renew, on the ladder of the rules: by e-mail and text message, and to providers of all their staff at once.

Each is a row of a ledger before it is a message: never twice, and where it could not be sent, the row says why. Whoever was
given more time is reminded before their own last day, on the same ladder.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Select,
    Text,
    Uuid,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from register.account import Account
from register.entry import Entry
from register.entry.facts import Registration
from register.kit.clock import LONDON, day_of
from register.kit.db import Base, code, rows_of
from register.kit.jobs import START, enqueue_all, go_on, job
from register.kit.notify import Channel
from register.kit.post import Envelope, Silence, letter_of, post_all
from register.organisation import (
    Organisation,
    Told,
    leads_of,
    posts_held,
    said_of,
)
from register.particulars import contacts_of
from register.reaching import write_to
from register.renewal.renewal import Renewal
from register.rule_set import Rules, RuleSet

AT_ONCE = 5_000
MORNING, NO_WAIT = time(8), timedelta(0)


class ReminderChannel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"
    """To whoever has no account, as renewal opens."""
    EMPLOYER = "employer"


class NotSentBecause(StrEnum):
    NO_ACCOUNT = "no_account"
    NO_MOBILE = "no_mobile"
    NO_ADDRESS = "no_address"
    SILENCE = "silence"
    """Nothing is written to them any more."""
    NO_LEAD = "no_lead"
    """Nobody acts for the provider yet."""


class RenewalReminder(Base):
    """One reminder to one person or provider. The database refuses a second, and any change."""

    __tablename__ = "renewal_reminder"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    last_day: Mapped[date]
    """To renew, as they were told: of a later one that was agreed to, all is told anew."""
    rung: Mapped[int]
    """Days before it."""
    channel: Mapped[ReminderChannel] = mapped_column(code(ReminderChannel, "channel"))
    renewal_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("renewal.id"), index=True
    )
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    because: Mapped[NotSentBecause | None] = mapped_column(
        code(NotSentBecause, "because")
    )
    """Why it was not sent."""
    at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("rung > 0", name="rung"),
        CheckConstraint(
            "(channel = 'employer') = (organisation_id is not null) and num_nonnulls(renewal_id, organisation_id) = 1",
            name="whom",
        ),
        Index(
            "renewal_reminder_once",
            "last_day",
            "rung",
            "channel",
            "renewal_id",
            "organisation_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )


@dataclass(frozen=True)
class Rung:
    """A reminder of the ladder: due from its day until the day of the next, the last until the last day to renew."""

    days: int
    due_on: date
    until: date
    """The first day on which it is not due any more."""
    opening: bool


def ladder(rules: Rules, ends_on: date) -> Sequence[Rung]:
    """The day on which renewal opens is the first rung, whatever the ladder says."""
    opening = (ends_on - rules.renewal_opens(ends_on)).days
    days = {opening, *(n for n in rules.renewal_reminder_days if n < opening)}
    return _rungs(ends_on, days - {0}, opening=opening)


def ladder_of_more_time(rules: Rules, last_day: date) -> Sequence[Rung]:
    """Before a later last day that was agreed to: it opens nothing, and they have been told of it."""
    return _rungs(last_day, set(rules.renewal_reminder_days))


def _rungs(
    last_day: date, days: Collection[int], *, opening: int | None = None
) -> Sequence[Rung]:
    down = sorted(days, reverse=True)
    dues = [last_day - timedelta(days=n) for n in down]
    return [
        Rung(n, due, until, n == opening)
        for n, due, until in zip(
            down, dues, [*dues, last_day + timedelta(days=1)][1:], strict=True
        )
    ]


def rung_on(rungs: Sequence[Rung], day: date) -> Rung | None:
    """The one that is due that day."""
    for rung in rungs:
        if rung.due_on <= day < rung.until:
            return rung
    return None


@dataclass(frozen=True)
class Due:
    """A rung, and the renewals to which it applies: by the same rules, and with the same last day."""

    rule_set: RuleSet
    ends_on: date
    last_day: date
    rung: Rung


async def due_on(session: AsyncSession, day: date) -> Sequence[Due]:
    """For all that is being renewed then, the nearest last day first."""
    rows = await session.execute(
        select(Renewal.rule_set_id, Renewal.ends_on, Renewal.last_day)
        .where(
            Renewal.finished_at.is_(None),
            or_(Renewal.ends_on >= day, Renewal.extended_until >= day),
        )
        .distinct()
        .order_by(Renewal.last_day, Renewal.ends_on, Renewal.rule_set_id)
    )
    found = []
    for rule_set_id, ends_on, last_day in rows.all():
        rule_set = await session.get_one(RuleSet, rule_set_id)
        more_time = last_day > ends_on
        above = ladder_of_more_time if more_time else ladder
        if rung := rung_on(above(rule_set.rules, last_day), day):
            found.append(Due(rule_set, ends_on, last_day, rung))
    return found


@job("remind_of_renewal")
async def remind_of_renewal(session: AsyncSession, now: datetime, after: UUID) -> None:
    """Each hour, when renewals have been opened: a rung that was missed is made up for until the next is reached.

    Providers last, once all of their staff have been told.
    """
    reminded = await remind_some(session, now=now, after=after)
    if not await go_on(session, "remind_of_renewal", reminded, after=after):
        await remind_providers(session, now=now)


async def remind_some(
    session: AsyncSession,
    *,
    now: datetime,
    at_once: int = AT_ONCE,
    after: UUID = START,
) -> Sequence[UUID]:
    """The next of those to whom a rung of today is still owed: their renewals, in order."""
    for due in await due_on(session, day_of(now)):
        some = await _owed(session, due, now=now, at_once=at_once, after=after)
        if some:
            await _remind(session, some, due, now=now)
            return [one.renewal.id for one in some]
    return []


@dataclass(frozen=True)
class Owed:
    renewal: Renewal
    email: str | None
    silent: bool


def owed(
    due: Due, channel: ReminderChannel, *, now: datetime, after: UUID = START
) -> Select[Renewal]:
    """Whoever has something left, is in the register still, and has no row for the rung yet, in order."""
    # Not an anti-join: of a table that is just being filled the planner believes that it is empty, and compares each with each.
    told = select(RenewalReminder.renewal_id).where(
        RenewalReminder.renewal_id > after,
        RenewalReminder.last_day == due.last_day,
        RenewalReminder.rung == due.rung.days,
        RenewalReminder.channel == channel,
    )
    more_time = due.last_day if due.last_day > due.ends_on else None
    return (
        select(Renewal)
        .where(
            Renewal.rule_set_id == due.rule_set.id,
            Renewal.ends_on == due.ends_on,
            Renewal.extended_until == more_time,
            Renewal.finished_at.is_(None),
            Renewal.id > after,
            _registered(due.ends_on, now),
            Renewal.id.not_in(told),
        )
        .order_by(Renewal.id)
    )


def _registered(
    ends_on: date | InstrumentedAttribute[date], now: datetime
) -> ColumnElement[bool]:
    """Of each `Renewal`: whether there is something in the register still that it would renew."""
    return exists().where(
        Entry.person_id == Renewal.person_id,
        Registration.entry_id == Entry.id,
        Registration.until_on == ends_on,
        Registration.valid.contains(now),
    )


async def _owed(
    session: AsyncSession, due: Due, *, now: datetime, at_once: int, after: UUID
) -> Sequence[Owed]:
    """Locked, so that two workers remind two others."""
    rows = await session.execute(
        owed(due, ReminderChannel.EMAIL, now=now, after=after)
        .add_columns(
            Account.email, exists().where(Silence.person_id == Renewal.person_id)
        )
        .outerjoin(Account, Account.person_id == Renewal.person_id)
        .limit(at_once)
        .with_for_update(of=Renewal, skip_locked=True)
    )
    return [Owed(renewal, email, silent) for renewal, email, silent in rows]


async def _remind(
    session: AsyncSession, some: Sequence[Owed], due: Due, *, now: datetime
) -> None:
    contacts = await contacts_of(session, [one.renewal.person_id for one in some])
    mobiles = {person_id: told.mobile for person_id, told in contacts.items()}
    if due.rung.opening:
        without = [one for one in some if not one.email]
        await _write_by_post(session, without, due, now=now)
    await _write(
        session,
        ReminderChannel.EMAIL,
        [(one, one.email) for one in some],
        NotSentBecause.NO_ACCOUNT,
        due=due,
        now=now,
    )
    await _write(
        session,
        ReminderChannel.SMS,
        [(one, mobiles.get(one.renewal.person_id)) for one in some],
        NotSentBecause.NO_MOBILE,
        due=due,
        now=now,
    )


async def _write_by_post(
    session: AsyncSession, some: Sequence[Owed], due: Due, *, now: datetime
) -> None:
    """One by one, as each needs the address that is known of them: they are few."""
    for one in some:
        renewal = one.renewal
        because = NotSentBecause.SILENCE if one.silent else None
        if because is None and not await write_to(
            session,
            renewal.person_id,
            "renewal_opened",
            context=_context(renewal),
            key=_key("renewal_opened", renewal, due, ReminderChannel.LETTER),
            now=now,
        ):
            because = NotSentBecause.NO_ADDRESS
        session.add(
            RenewalReminder(
                last_day=due.last_day,
                rung=due.rung.days,
                channel=ReminderChannel.LETTER,
                renewal_id=renewal.id,
                because=because,
                at=now,
            )
        )


def _context(renewal: Renewal) -> dict[str, Any]:
    return {
        "ends_on": renewal.ends_on,
        "last_day": renewal.last_day,
        "left": renewal.left,
        "paid": renewal.paid_at is not None,
    }


def _key(letter: str, renewal: Renewal, due: Due, channel: ReminderChannel) -> str:
    return f"{letter}:{renewal.id}:{due.last_day}:{due.rung.days}:{channel}"


PROVIDER_LETTER = "renewal_reminder_provider"
LETTERS = {
    (ReminderChannel.LETTER, True): "renewal_opened",
    (ReminderChannel.EMAIL, True): "renewal_opened",
    (ReminderChannel.EMAIL, False): "renewal_reminder",
    (ReminderChannel.SMS, True): "renewal_reminder_text",
    (ReminderChannel.SMS, False): "renewal_reminder_text",
}


async def _write(
    session: AsyncSession,
    channel: ReminderChannel,
    to: Iterable[tuple[Owed, str | None]],
    missing: NotSentBecause,
    *,
    due: Due,
    now: datetime,
) -> None:
    """Ledger and outbox together. Those who have the same left to do get the same words, which are put together once."""
    letter = LETTERS[channel, due.rung.opening]
    rows: list[tuple[Renewal, NotSentBecause | None]] = []
    batches: dict[tuple[Any, ...], list[tuple[Renewal, Envelope]]] = defaultdict(list)
    for one, address in to:
        renewal = one.renewal
        because = NotSentBecause.SILENCE if one.silent else None if address else missing
        rows.append((renewal, because))
        if address and because is None:
            same = (tuple(renewal.left), renewal.paid_at is not None)
            key = _key(letter, renewal, due, channel)
            batches[same].append((renewal, Envelope(address, key, renewal.person_id)))
    await _keep(session, rows, channel, due, now=now)
    for alike in batches.values():
        await post_all(
            session,
            letter,
            letter_of(letter, _context(alike[0][0])),
            [envelope for _, envelope in alike],
            channel=Channel(channel),
            now=now,
            after=until_morning(now) if channel is ReminderChannel.SMS else NO_WAIT,
        )


async def _keep(
    session: AsyncSession,
    rows: Sequence[tuple[Renewal, NotSentBecause | None]],
    channel: ReminderChannel,
    due: Due,
    *,
    now: datetime,
) -> None:
    each = rows_of(
        renewal_id=(Uuid, [renewal.id for renewal, _ in rows]),
        because=(Text, [because for _, because in rows]),
    ).c
    await session.execute(
        insert(RenewalReminder).from_select(
            [
                "id",
                "last_day",
                "renewal_id",
                "because",
                "rung",
                "channel",
                "at",
            ],
            select(
                func.gen_random_uuid(),
                cast(literal(due.last_day), Date),
                each.renewal_id,
                each.because,
                cast(literal(due.rung.days), BigInteger),
                literal(channel),
                literal(now),
            ),
        )
    )


def until_morning(now: datetime) -> timedelta:
    """No telephone rings at night: how long a text message waits."""
    morning = datetime.combine(day_of(now), MORNING, LONDON)
    return max(morning - now, NO_WAIT)


# Providers


async def remind_providers(session: AsyncSession, *, now: datetime) -> None:
    """A job for each, so that one that fails keeps no other from being told."""
    for last_day, rung in await rungs_on(session, day_of(now)):
        found = await session.scalars(providers_owed(last_day, rung, now=now))
        until = last_day.isoformat()
        await enqueue_all(
            session,
            "remind_provider",
            [
                {"organisation_id": one, "last_day": until, "rung": rung}
                for one in found
            ],
        )


async def rungs_on(session: AsyncSession, day: date) -> Sequence[tuple[date, int]]:
    """The rungs of that day, whatever the rules: the last day of each, and the days before it."""
    each = await due_on(session, day)
    return list(dict.fromkeys((due.last_day, due.rung.days) for due in each))


def providers_owed(last_day: date, rung: int, *, now: datetime) -> Select[UUID]:
    """Those of whose staff somebody has something left, and who have no row for the rung yet."""
    return select(Organisation.id).where(
        Organisation.open,
        ~_told(last_day, rung),
        unfinished_of(Organisation, last_day, now=now).exists(),
    )


def _told(last_day: date, rung: int) -> ColumnElement[bool]:
    """Of each `Organisation`."""
    return exists().where(
        RenewalReminder.organisation_id == Organisation.id,
        RenewalReminder.last_day == last_day,
        RenewalReminder.rung == rung,
        RenewalReminder.channel == ReminderChannel.EMPLOYER,
    )


@job("remind_provider")
async def remind_provider(
    session: AsyncSession,
    now: datetime,
    organisation_id: UUID,
    last_day: str,
    rung: int,
) -> None:
    """One letter to each of its leads: how many of their staff have something left, and no names."""
    until = date.fromisoformat(last_day)
    organisation = await session.get_one(
        Organisation, organisation_id, with_for_update=True
    )
    this = Organisation.id == organisation_id
    waits = providers_owed(until, rung, now=now).where(this)
    if day_of(now) <= until and await session.scalar(waits):
        await _write_to_leads(session, organisation, until, rung, now=now)


async def _write_to_leads(
    session: AsyncSession,
    organisation: Organisation,
    last_day: date,
    rung: int,
    *,
    now: datetime,
) -> None:
    letter, leads = PROVIDER_LETTER, await leads_of(session, organisation.id)
    people = await session.scalars(unfinished_of(organisation, last_day, now=now))
    session.add(
        RenewalReminder(
            last_day=last_day,
            rung=rung,
            channel=ReminderChannel.EMPLOYER,
            organisation_id=organisation.id,
            because=None if leads else NotSentBecause.NO_LEAD,
            at=now,
        )
    )
    await post_all(
        session,
        letter,
        letter_of(letter, {"last_day": last_day, "people": len(people.all())}),
        [
            Envelope(lead.account.email, f"{letter}:{lead.id}:{last_day}:{rung}")
            for lead in leads
        ],
        channel=Channel.EMAIL,
        now=now,
    )


def unfinished_of(
    organisation: Organisation | type[Organisation], last_day: date, *, now: datetime
) -> Select[UUID]:
    """Those of a provider's staff, as it sees them, who have until that day and have not renewed: of one, or in SQL of each."""
    people = posts_held(organisation, now).where(~said_of(Told.DOES_NOT))
    return select(Renewal.id).where(
        Renewal.person_id.in_(people.correlate(Organisation)),
        Renewal.last_day == last_day,
        Renewal.finished_at.is_(None),
        _registered(Renewal.ends_on, now),
    )
