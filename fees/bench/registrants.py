"""A register full of people whose registration ends on the same day, written by a few statements however many they are."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from register.bench.records import FAMILIES
from register.kit.clock import end_of, start_of
from register.part import Part
from register.person import CHECK_LETTERS
from register.renewal.reminding import ladder
from register.rule_set import RuleSet

MADE_ON = date(2027, 2, 1)
MORNING = timedelta(hours=9)


@dataclass(frozen=True)
class Year:
    """The days of the year that is run through, as the rules say."""

    rule_set: UUID
    began: datetime
    ends_on: date
    until_on: date
    cure_until: date
    opens: datetime
    noticed: datetime
    ends: datetime
    released: datetime
    rung: int
    """Days before the last day of the first reminder."""
    kept_months: int

    @classmethod
    async def of(cls, session: AsyncSession) -> Self:
        rule_set = await RuleSet.on(session, Part.MANAGER, MADE_ON)
        rules = rule_set.rules
        ends_on = rules.period_end(MADE_ON)
        notice_on = ends_on - timedelta(days=rules.renewal_notice_days)
        return cls(
            rule_set=rule_set.id,
            began=start_of(MADE_ON),
            ends_on=ends_on,
            until_on=rules.next_period_end(ends_on),
            cure_until=rules.cure_ends(ends_on),
            opens=start_of(rules.renewal_opens(ends_on)) + MORNING,
            noticed=start_of(notice_on) + MORNING,
            ends=end_of(ends_on),
            released=end_of(ends_on) + MORNING,
            rung=ladder(rules, ends_on)[0].days,
            kept_months=rules.publication_former_months,
        )


async def fill(session: AsyncSession, year: Year, *, first: int, last: int) -> None:
    """Managers with those numbers, each with an account."""
    values = {
        "process": uuid4(),
        "now": year.began,
        "day": MADE_ON,
        "until": year.ends_on,
        "rule_set": year.rule_set,
        "first": first,
        "last": last,
        "low": f"CH-{first:07d}",
        "high": f"CH-{last + 1:07d}",
        "letters": CHECK_LETTERS,
        "families": list(FAMILIES),
    }
    for statement in PEOPLE:
        await session.execute(text(statement), values)


PEOPLE = (
    """insert into process (id, kind, at) values (:process, 'bench:register', :now)""",
    """insert into person (id, number, given_names, family_name, name_key, birth_date, withheld, created_at, version)
       select gen_random_uuid(),
              'CH-' || lpad(n::text, 7, '0') || '-' || substr(cast(:letters as text), n % 23 + 1, 1),
              given, family, lower(family || ' ' || given), date '1970-01-01' + n % 10000, false, :now, 1
       from generate_series(cast(:first as integer), cast(:last as integer)) as n,
            lateral (select 'Sam' || n % 1000 as given,
                            (cast(:families as text[]))[n % cardinality(cast(:families as text[])) + 1] as family)""",
    """insert into issued_number (number, person_id)
       select number, id from person where number between :low and :high""",
    """insert into account (id, email, email_folded, name, password_hash, created_at, confirmed_at, person_id, version)
       select gen_random_uuid(), lower(number) || '@example.org', lower(number) || '@example.org', '', 'unusable',
              :now, :now, id, 1
       from person where number between :low and :high""",
    """insert into entry (id, person_id, part, created_at, version)
       select gen_random_uuid(), id, 'manager', :now, 1
       from person where number between :low and :high""",
    """insert into registration (id, entry_id, valid, until_on, rule_set_id, recorded_at, process_id)
       select gen_random_uuid(), entry.id, tstzrange(:now, null), :until, :rule_set, :now, :process
       from entry join person on person.id = entry.person_id where number between :low and :high""",
    """insert into entry_projection (entry_id, person_id, number, part, name, name_key, status, may_practise,
              registered_from, registered_until, qualifications, restrictions, previous_periods, tokens, published)
       select entry.id, person.id, person.number, 'manager', given_names || ' ' || family_name, name_key, 'registered',
              true, :day, :until, '{}', '[]', '[]', string_to_array(name_key, ' '), true
       from entry join person on person.id = entry.person_id
       where number between :low and :high""",
)
