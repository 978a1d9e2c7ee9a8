"""Reminders that a condition falls due, on the ladder of the rules: each rung once, and none while the clock stands still."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from sqlalchemy import Text, cast, exists, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from register.condition.acts import ConditionAct, ConditionEvent
from register.condition.clock import ClockPause
from register.entry import Entry
from register.entry.facts import Condition, ConditionKind, Registration
from register.kit.clock import day_of, months_after
from register.kit.jobs import every
from register.kit.post import Message
from register.process import Process
from register.reaching import way_to, write_to
from register.rule_set import RuleSet

LETTER = "condition_reminder"
AT_ONCE = 200


@every(hours=6)
async def remind_of_conditions(session: AsyncSession, now: datetime) -> None:
    """What one run leaves, the next takes. A rung that was missed is made up for until the next one is reached."""
    rule_sets = await session.scalars(
        select(RuleSet).where(exists().where(Registration.rule_set_id == RuleSet.id))
    )
    for rule_set in rule_sets.all():
        ladder = sorted(rule_set.rules.qualification_reminder_months, reverse=True)
        for months, until in rungs(ladder):
            await _remind(session, rule_set, months, until, now=now)


def rungs(ladder: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Each number of months with the one that comes after it; after the last comes the day itself."""
    return pairwise([*ladder, 0])


async def _remind(
    session: AsyncSession, rule_set: RuleSet, months: int, until: int, *, now: datetime
) -> None:
    """Those whose condition is due in at most `months` months and in more than `until`."""
    today = day_of(now)
    key = func.concat(
        literal(f"{LETTER}:"),
        Condition.id,
        ":",
        cast(Condition.due_on, Text),
        f":{months}",
    )
    due = (
        select(Condition, Entry.person_id)
        .join(Entry, Entry.id == Condition.entry_id)
        .join(Registration, Registration.entry_id == Entry.id)
        .where(
            Registration.rule_set_id == rule_set.id,
            Registration.valid.contains(now),
            Condition.valid.contains(now),
            Condition.kind == ConditionKind.QUALIFICATION,
            Condition.due_on > last_before(today, until),
            Condition.due_on <= last_before(today, months),
            ~exists().where(
                ClockPause.condition_id == Condition.id, ClockPause.until_on.is_(None)
            ),
            ~exists().where(Message.key == key),
        )
        .order_by(Condition.due_on, Condition.id)
        .limit(AT_ONCE)
    )
    for condition, person_id in (await session.execute(due)).all():
        way = await way_to(session, person_id)
        if way is None:
            continue
        by = Process.begin(session, ConditionAct.REMIND, now=now)
        by.tell(
            ConditionEvent.REMINDED,
            person_id=person_id,
            condition=condition.id,
            months=months,
        )
        await write_to(
            session,
            person_id,
            LETTER,
            way=way,
            context={"condition": condition},
            key=f"{LETTER}:{condition.id}:{condition.due_on}:{months}",
            now=now,
        )


def last_before(today: date, months: int) -> date:
    """The last day of which it is so many months before, at most: of 31 March it is one month before on 28 February."""
    following = today + timedelta(days=1)
    return max(
        months_after(today, months), months_after(following, months) - timedelta(days=1)
    )
