"""Notice of intention: whoever has not finished is told in good time that their registration would lapse."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Date, Uuid, cast, exists, func, insert, literal, select
from sqlalchemy.dialects.postgresql import insert as insert_or_ignore
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.entry import Entry
from register.entry.facts import Registration
from register.kit.clock import day_of, start_of
from register.kit.db import rows_of
from register.kit.jobs import START, enqueue, every, go_on, job
from register.kit.post import Outgoing, Silence, post_many
from register.notice import ServiceMethod, deemed_on
from register.person import Person
from register.process import Event, Process
from register.reaching import write_to
from register.renewal.acts import RenewalAct, RenewalEvent
from register.renewal.noticed import EmployerNews, LapseNotice, News
from register.renewal.renewal import Renewal
from register.rule_set import RuleSet

BATCH = 5_000


@every(hours=1)
async def begin_to_notice(session: AsyncSession, now: datetime) -> None:  # noqa: ARG001 - each job is handed the moment
    """Through the queue, batch by batch, so that a worker that dies loses no more than one."""
    await enqueue(session, "notice_some", {"after": START}, key="notice_some")


@job("notice_some")
async def notice_some(session: AsyncSession, now: datetime, after: UUID) -> None:
    told = await give_notice(session, now, after=after)
    await go_on(session, "notice_some", told, after=after)


@dataclass(frozen=True)
class _Due:
    renewal: Renewal
    last_day: date
    number: str | None
    email: str | None


async def give_notice(
    session: AsyncSession, now: datetime, batch: int = BATCH, *, after: UUID = START
) -> Sequence[UUID]:
    """To the next who have not finished, once of each last day: their renewals, in order. It is given as long as it would be
    served in time.
    """
    due = await _due(session, now, batch, ServiceMethod.EMAIL, after=after)
    if not due:
        return []
    by = Process.begin(session, RenewalAct.NOTICE, now=now)
    sent = await post_many(session, [_letter(one) for one in due], now=now)
    told = [one.renewal for one in due if _key(one.renewal) in sent]
    await _keep(session, told, sent, ServiceMethod.EMAIL, by=by)
    return [one.id for one in told]


@every(hours=6)
async def give_notice_by_post(session: AsyncSession, now: datetime) -> None:
    """To whoever has no account, where we know an address; one by one, as they are few."""
    by = Process.begin(session, RenewalAct.NOTICE, now=now)
    due = await _due(session, now, BATCH, ServiceMethod.POST, after=START)
    while due:
        sent: dict[str, UUID] = {}
        for one in due:
            letter = _letter(one)
            message_id = await write_to(
                session,
                one.renewal.person_id,
                letter.letter,
                context={**letter.context, **letter.own},
                key=letter.key,
                now=now,
            )
            if message_id:
                sent[letter.key] = message_id
        told = [one.renewal for one in due if _key(one.renewal) in sent]
        await _keep(session, told, sent, ServiceMethod.POST, by=by)
        last = due[-1].renewal.id
        due = await _due(session, now, BATCH, ServiceMethod.POST, after=last)


async def notice_ends(session: AsyncSession, last_day: date) -> date:
    """The last day on which notice by e-mail would be served in time, by the rules of the part that asks for most."""
    least = RuleSet.data["renewal_notice_least_days"].as_integer()
    rules = select(func.max(least)).where(RuleSet.valid.contains(start_of(last_day)))
    served = last_day - timedelta(days=await session.scalar(rules) or 0)
    day = served
    while deemed_on(day, ServiceMethod.EMAIL) > served:
        day -= timedelta(days=1)
    return day


async def _due(
    session: AsyncSession,
    now: datetime,
    batch: int,
    method: ServiceMethod,
    *,
    after: UUID,
) -> Sequence[_Due]:
    today = day_of(now)
    served = deemed_on(today, method)
    by_email = method is ServiceMethod.EMAIL
    begins = RuleSet.data["renewal_notice_days"].as_integer()
    least = RuleSet.data["renewal_notice_least_days"].as_integer()
    rows = await session.execute(
        select(Renewal, Renewal.last_day, Person.number, Account.email)
        .join(Person, Person.id == Renewal.person_id)
        .outerjoin(Account, Account.person_id == Renewal.person_id)
        .join(RuleSet, RuleSet.id == Renewal.rule_set_id)
        .where(
            Account.id.is_not(None) if by_email else Account.id.is_(None),
            Renewal.finished_at.is_(None),
            Renewal.id > after,
            Renewal.last_day - begins <= today,
            Renewal.last_day - least >= cast(literal(served), Date),
            Person.deceased_on.is_(None),
            Person.merged_into.is_(None),
            ~exists().where(
                LapseNotice.renewal_id == Renewal.id,
                LapseNotice.last_day == Renewal.last_day,
                LapseNotice.renewal_id > after,
            ),
            ~exists().where(Silence.person_id == Renewal.person_id),
            exists()
            .where(Entry.person_id == Renewal.person_id)
            .where(
                Registration.entry_id == Entry.id,
                Registration.until_on == Renewal.ends_on,
                Registration.valid.contains(now),
            ),
        )
        .order_by(Renewal.id)
        .limit(batch)
        .with_for_update(of=Renewal, skip_locked=True)
    )
    return [_Due(*row) for row in rows]


def _letter(due: _Due) -> Outgoing:
    return Outgoing(
        to=due.email or "",
        letter="renewal_notice",
        context={"last_day": due.last_day, "left": tuple(due.renewal.left)},
        own={"number": due.number or ""},
        key=_key(due.renewal),
        person_id=due.renewal.person_id,
    )


def _key(renewal: Renewal) -> str:
    return f"renewal_notice:{renewal.id}:{renewal.last_day}"


async def _keep(
    session: AsyncSession,
    told: Sequence[Renewal],
    sent: dict[str, UUID],
    method: ServiceMethod,
    *,
    by: Process,
) -> None:
    """The service record, the line of history and the news for the employer of each."""
    if not told:
        return
    await session.flush()
    served = deemed_on(day_of(by.at), method)
    each = rows_of(
        renewal_id=(Uuid, [one.id for one in told]),
        person_id=(Uuid, [one.person_id for one in told]),
        last_day=(Date, [one.last_day for one in told]),
        message_id=(Uuid, [sent[_key(one)] for one in told]),
    ).c
    process_id, at = cast(literal(by.id), Uuid), literal(by.at)
    await session.execute(
        insert(LapseNotice).from_select(
            [
                "renewal_id",
                "last_day",
                "method",
                "message_id",
                "sent_at",
                "deemed_on",
                "process_id",
            ],
            select(
                each.renewal_id,
                each.last_day,
                literal(method),
                each.message_id,
                at,
                cast(literal(served), Date),
                process_id,
            ),
        )
    )
    await session.execute(
        insert(Event).from_select(
            ["process_id", "kind", "at", "person_id", "data"],
            select(
                process_id,
                literal(RenewalEvent.NOTICED),
                at,
                each.person_id,
                func.jsonb_build_object(
                    "renewal", each.renewal_id, "deemed_on", cast(literal(served), Date)
                ),
            ),
        )
    )
    await session.execute(
        insert_or_ignore(EmployerNews)
        .from_select(
            ["renewal_id", "of", "at"],
            select(each.renewal_id, literal(News.NOT_FINISHED), at),
        )
        .on_conflict_do_nothing()
    )
