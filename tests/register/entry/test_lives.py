"""Arbitrary lives: the status rules and their twin in SQL agree on each at any instant, and what was once said stays known.

Some are written past every verb, as nothing that we do could have brought them about; the others are lived by the verbs.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import DateTime, column, insert, select, text, true, values
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import DBAPIError

from register.entry import (
    ConditionKind,
    Entry,
    Facts,
    LapseReason,
    NewCondition,
    OrderKind,
    RemovalReason,
    WarningKind,
    known_at,
    row_at,
    status_at,
    status_in_sql,
    superseded_facts,
)
from register.entry.facts import (
    Hold,
    Lapse,
    Order,
    Registration,
    Removal,
    WarningFact,
)
from register.kit.clock import since
from register.kit.errors import Refused
from register.part import Part
from register.rule_set import RuleSet
from tests.make import make_entry, make_person, make_process
from tests.thorough import many

HOUR = timedelta(hours=1)
INSTANT = timedelta(microseconds=1)
LIVES, SOME_LIVES = many(300), 50
LIVED, SOME_LIVED = many(50), 15
BEGINNINGS = [
    datetime(2027, 3, 27, tzinfo=UTC),
    datetime(2027, 10, 30, tzinfo=UTC),
    datetime(2028, 2, 28, tzinfo=UTC),
]
"""The clocks change on the way, forward and back, or there is a 29 February."""
HOURS = st.integers(0, 48)
"""Few and near, so that bounds often meet."""


def lives(count):
    return settings(
        max_examples=count,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


# Lives that are written


@st.composite
def written_lives(draw):
    """Facts of every kind, and the instants at which they are looked at: at each bound, just before it, and anywhere."""
    beginning = draw(st.sampled_from(BEGINNINGS))
    moments = HOURS.map(lambda n: beginning + n * HOUR)
    spans = st.builds(span, moments, st.none() | moments)

    def some(kind, /, **codes):
        return draw(st.lists(st.builds(kind, valid=spans, **codes), max_size=3))

    cuts = sorted(draw(st.sets(moments, max_size=6)))
    periods = [Range(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    if len(cuts) % 2:
        periods.append(Range(cuts[-1], None))
    facts = Facts(
        registrations=[
            Registration(valid=valid, until_on=date(2027, 11, 30)) for valid in periods
        ],
        lapses=some(Lapse, because=st.sampled_from(LapseReason)),
        removals=some(Removal, because=st.sampled_from(RemovalReason)),
        orders=some(Order, kind=st.sampled_from(OrderKind)),
        warnings=some(WarningFact, kind=st.sampled_from(WarningKind)),
        holds=some(Hold),
    )
    anywhere = st.datetimes(
        datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone itself
        datetime(2035, 1, 1),  # noqa: DTZ001
        timezones=st.just(UTC),
    )
    near = st.builds(
        lambda at, by: at + by, moments, st.timedeltas(-2 * INSTANT, 2 * HOUR)
    )
    random = draw(st.lists(near | anywhere, min_size=2, max_size=6))
    bounds = facts.bounds()
    return facts, sorted({*random, *bounds, *(bound - INSTANT for bound in bounds)})


def span(start, end):
    return Range(start, None if end is None or end <= start else end)


async def write(session, facts):
    """Past every verb."""
    person = await make_person(session)
    by = make_process(session)
    entry = Entry(id=uuid4(), person_id=person.id, part=Part.MANAGER, created_at=by.at)
    rule_set = await RuleSet.on(session, Part.MANAGER, date(2027, 3, 10))
    session.add(entry)
    await session.flush()
    whose = {"entry_id": entry.id, "recorded_at": by.at, "process_id": by.id}
    for kind, alike in groupby(facts, key=type):
        rows = [{**told(fact), **whose, "id": uuid4()} for fact in alike]
        if kind is Registration:
            rows = [{**row, "rule_set_id": rule_set.id} for row in rows]
        await session.execute(insert(kind).values(rows))
    return entry.id


def told(fact):
    columns = {c.name: getattr(fact, c.name) for c in fact.__table__.columns}
    return {name: value for name, value in columns.items() if value is not None}


async def by_the_twin(session, entry_id, instants):
    """The status at each instant, in one query."""
    asked = values(column("at", DateTime(timezone=True)), name="asked").data(
        [(instant,) for instant in instants]
    )
    rows = await session.execute(
        select(asked.c.at, status_in_sql(asked.c.at))
        .select_from(asked.join(Entry, true()))
        .where(Entry.id == entry_id)
    )
    return {at: status for at, status in rows}  # noqa: C416 - rows are not pairs


async def both_agree(session, life):
    facts, instants = life
    entry_id = await write(session, facts)

    twin = await by_the_twin(session, entry_id, instants)

    assert twin == {at: status_at(facts, at) for at in instants}


@pytest.mark.long
@pytest.mark.timeout(many(900))
@lives(LIVES)
@given(life=written_lives())
async def test_the_rules_and_their_twin_in_sql_agree_on_every_life(session, life):
    await both_agree(session, life)


@lives(SOME_LIVES)
@given(life=written_lives())
async def test_the_rules_and_their_twin_in_sql_agree_on_some_lives(session, life):
    await both_agree(session, life)


# Lives that are lived


async def lapse(entry, session, on, by, draw):
    await entry.lapse(session, on=on, because=draw(st.sampled_from(LapseReason)), by=by)


async def end_period(entry, session, on, by, _):
    await entry.end_period(session, on=on, by=by)


async def remove(entry, session, on, by, draw):
    because = draw(st.sampled_from(RemovalReason))
    await entry.remove(session, on=on, because=because, by=by)


async def restore(entry, session, on, by, _):
    rule_set = await RuleSet.on(session, Part.MANAGER, date(2027, 3, 10))
    until = date(2029, 11, 30)
    await entry.restore(session, on=on, rule_set=rule_set, until=until, by=by)
    assert entry.status_at(on).current


async def renew(entry, session, _, by, draw):
    rule_set = await RuleSet.on(session, Part.MANAGER, date(2027, 3, 10))
    until = draw(st.sampled_from([date(2027, 11, 30), date(2028, 11, 30)]))
    await entry.renew(session, until=until, rule_set=rule_set, by=by)
    assert entry.status_at(by.at).current


async def order(entry, session, on, by, draw):
    kind, until = draw(st.sampled_from(OrderKind)), on + draw(hours(1, 30))
    await entry.order(session, kind, on=on, until=until, wording="Not alone.", by=by)


async def warn(entry, session, on, by, draw):
    kind, until = draw(st.sampled_from(WarningKind)), on + draw(hours(1, 30))
    await entry.warn(session, kind, on=on, until=until, wording=None, by=by)


async def set_condition(entry, session, on, by, _):
    condition = NewCondition(ConditionKind.REGISTRATION, "Is mentored.")
    await entry.set_condition(session, condition, on=on, by=by)


async def hold(entry, session, on, by, _):
    await entry.hold(session, on=on, by=by)


async def register_again(entry, session, on, by, _):
    first = entry.registrations[0] if entry.registrations else None
    if first:
        again = Registration(
            id=uuid4(),
            entry_id=entry.id,
            valid=since(on),
            recorded_at=by.at,
            process=by,
            until_on=first.until_on,
            rule_set_id=first.rule_set_id,
        )
        entry.registrations.append(again)
        await entry.project(session, now=by.at)


async def end(entry, session, on, by, draw):
    await entry.end(session, one_of(entry, draw), on=on, by=by)


async def correct(entry, session, on, by, draw):
    until = draw(st.none() | hours(1, 30).map(lambda lasts: on + lasts))
    await entry.correct(session, one_of(entry, draw), valid=Range(on, until), by=by)


async def withdraw(entry, session, _, by, draw):
    await entry.withdraw(session, one_of(entry, draw), by=by)


VERBS = [
    lapse,
    end_period,
    remove,
    restore,
    renew,
    order,
    warn,
    set_condition,
    hold,
    register_again,
    end,
    correct,
    withdraw,
]
NOT_SO = (Refused, DBAPIError)
"""By the rules, or by the database."""


def hours(least, most):
    return st.integers(least, most).map(lambda n: n * HOUR)


def one_of(entry, draw):
    facts = list(entry.facts)
    return facts[draw(st.integers(0, len(facts) - 1))]


async def lived(session, beginning, draw):
    """A life act by act, some of them backdated and some of what is to come; and what was held after each."""
    entry = await make_entry(session, on=beginning)
    entry_id, at = entry.id, beginning
    said = {at: what_is_held(entry.facts)}
    for verb in draw(st.lists(st.sampled_from(VERBS), min_size=2, max_size=8)):
        at += draw(hours(0, 6))
        on = at + draw(hours(-6, 12))
        try:
            async with session.begin_nested():
                await verb(entry, session, on, make_process(session, now=at), draw)
                await session.execute(text("set constraints all immediate"))
                await session.execute(text("set constraints all deferred"))
        except NOT_SO:
            entry = await Entry.load(session, entry_id, lock=True)
            if not list(entry.facts):
                break
            continue
        said[at] = what_is_held(entry.facts)
        if not list(entry.facts):
            break
    return entry, said


def what_is_held(facts):
    return sorted((str(fact.id), str(fact.valid)) for fact in facts)


async def holds_true(session, data):
    beginning = data.draw(st.sampled_from(BEGINNINGS))
    entry, said = await lived(session, beginning, data.draw)
    facts = entry.facts
    bounds = facts.bounds()
    instants = sorted({beginning, *bounds, *(bound - INSTANT for bound in bounds)})

    twin = await by_the_twin(session, entry.id, instants)
    superseded = (await superseded_facts(session, [entry.id]))[entry.id]

    assert twin == {at: status_at(facts, at) for at in instants}
    for at in instants:
        assert (await row_at(session, entry, at))["status"] is status_at(facts, at)
    moments = sorted(said)
    for moment, following in zip(moments, [*moments[1:], None], strict=True):
        until = following - INSTANT if following else moment + 1000 * HOUR
        for then in (moment, until):
            assert what_is_held(known_at(facts, superseded, then)) == said[moment]
    before = known_at(facts, superseded, moments[0] - INSTANT)
    assert list(before) == []


@pytest.mark.long
@pytest.mark.timeout(many(900))
@lives(LIVED)
@given(data=st.data())
async def test_what_was_said_after_each_act_of_a_life_stays_known(session, data):
    await holds_true(session, data)


@lives(SOME_LIVED)
@given(data=st.data())
async def test_what_was_said_after_each_act_of_some_lives_stays_known(session, data):
    await holds_true(session, data)
