"""What a year's learning must hold, what counts for it, and what a renewal freezes."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from register.cpd import (
    Lack,
    LearningNeed,
    LearningRecord,
    LearningYear,
    RecordFrozen,
    Told,
    Words,
    freeze,
    missing,
    standards_for,
    standing,
    take_learning,
)
from register.cpd.year import Counted, cite_more, spent_on, wanted_by
from register.kit.clock import last_second_of, start_of
from register.part import Part
from register.rule_set import RuleSet
from tests.applications import RULES
from tests.make import NOW, make_entry, make_person, make_process
from tests.register.learning import (
    TALKED_OVER,
    YEAR_END,
    make_asked,
    make_enough,
    make_record,
    told,
)

EARLY = start_of(date(2026, 6, 1))
LAST_YEAR = date(2026, 11, 30)
DAY = timedelta(days=1)
RENEWING = datetime(2027, 9, 20, 12, 0, tzinfo=UTC)
IMPACT, REFLECTION, SAFEGUARDING, LEADERSHIP = LearningNeed


@pytest.fixture
async def entry(session):
    return await make_entry(session, on=EARLY)


async def lacking(session, entry, *, year_end=YEAR_END, now=RENEWING):
    return await missing(session, entry.person_id, year_end=year_end, now=now)


async def frozen(session, entry, *, year_end=YEAR_END, now=RENEWING):
    by = make_process(session, now=now)
    return await freeze(session, entry.person_id, year_end=year_end, by=by)


# What is asked


async def test_a_manager_who_has_recorded_nothing_lacks_all_four(session, entry):
    assert await lacking(session, entry) == [
        IMPACT,
        REFLECTION,
        SAFEGUARDING,
        LEADERSHIP,
    ]


async def test_two_records_may_serve_all_that_is_asked(session, entry):
    await make_enough(session, entry.person)

    assert await lacking(session, entry) == []


async def test_one_record_serves_several_needs_but_counts_once(session, entry):
    await make_record(
        session, entry.person, safeguarding=True, leadership=True, **TALKED_OVER
    )

    assert await lacking(session, entry) == [IMPACT]


async def test_a_record_without_an_impact_on_children_does_not_count_as_one_with_it(
    session, entry
):
    await make_enough(session, entry.person, impact="")

    assert await lacking(session, entry) == [IMPACT]


async def test_nothing_about_leadership_is_asked_of_a_worker(session):
    entry = await make_entry(session, part=Part.RESIDENTIAL_WORKER, on=EARLY)

    assert LEADERSHIP not in await lacking(session, entry)


async def test_who_holds_two_parts_must_meet_what_either_asks(session):
    worker = await make_entry(session, part=Part.RESIDENTIAL_WORKER, on=EARLY)
    await make_entry(session, person=worker.person, on=EARLY)

    assert LEADERSHIP in await lacking(session, worker)


def test_of_two_rules_the_higher_number_is_asked():
    many, few = (
        msgspec.structs.replace(RULES, cpd_records=3, cpd_leadership=0),
        msgspec.structs.replace(RULES, cpd_records=1, cpd_leadership=1),
    )

    assert wanted_by([many, few])[IMPACT] == 3
    assert wanted_by([many, few])[LEADERSHIP] == 1
    assert LEADERSHIP not in wanted_by([many])


async def test_a_draft_does_not_count_and_says_what_it_lacks(session, entry):
    draft = await make_record(
        session, entry.person, safeguarding=True, reflection="", standards=()
    )

    assert draft.lacks == [Lack.REFLECTION, Lack.STANDARDS]
    assert SAFEGUARDING in await lacking(session, entry)


def test_a_title_alone_is_a_draft_that_lacks_everything_else():
    assert Told(words=Words(title="A course")).lacks == list(Lack)


async def test_learning_of_another_year_does_not_count(session, entry):
    await make_enough(session, entry.person, year_end=LAST_YEAR, on=date(2026, 11, 30))

    assert len(await lacking(session, entry)) == 4
    assert await lacking(session, entry, year_end=LAST_YEAR) == []


async def test_who_lapsed_the_day_after_is_asked_as_the_parts_held_on_the_last_day(
    session, entry
):
    await entry.lapse(
        session,
        on=start_of(YEAR_END + DAY),
        because="not_renewed",
        by=make_process(session),
    )

    assert LEADERSHIP in await lacking(
        session, entry, now=start_of(YEAR_END + DAY) + DAY
    )


async def test_who_lapsed_may_still_say_which_standards_their_learning_is_about(
    session, entry
):
    ends = start_of(YEAR_END + DAY)
    before = await standards_for(session, entry.person_id, now=ends - DAY)
    await entry.lapse(session, on=ends, because="not_renewed", by=make_process(session))

    assert before
    assert await standards_for(session, entry.person_id, now=ends) == before


async def test_somebody_outside_the_register_is_asked_nothing(session):
    person = await make_person(session)

    assert await missing(session, person.id, year_end=YEAR_END, now=NOW) == []


# Who came late


async def test_who_came_on_the_last_day_of_august_owes_learning(session):
    entry = await make_entry(session, on=start_of(date(2027, 8, 31)))

    assert await lacking(session, entry, now=RENEWING)


async def test_who_came_on_the_first_of_september_owes_none_for_that_year(session):
    entry = await make_entry(session, on=start_of(date(2027, 9, 1)))
    found = await standing(session, entry.person_id, year_end=YEAR_END, now=RENEWING)

    assert found.missing == []
    assert found.joined_late
    assert await lacking(
        session, entry, year_end=date(2028, 11, 30), now=RENEWING + 365 * DAY
    )


# A peer's reflection


async def test_a_peer_who_has_been_asked_and_has_not_answered_does_not_count(
    session, entry
):
    record = await make_record(session, entry.person)
    request = await make_asked(session, record)

    before = await lacking(session, entry)
    request.receive(by=make_process(session))
    await session.flush()

    assert REFLECTION in before
    assert REFLECTION not in await lacking(session, entry)


# Freezing


async def test_a_renewal_freezes_the_records_that_it_cites(session, entry):
    records = await make_enough(session, entry.person)

    year = await frozen(session, entry)

    assert set(year.cited) == {one.id for one in records}
    with pytest.raises(RecordFrozen):
        await records[0].write(
            session, told(), year_end=YEAR_END, by=make_process(session)
        )


async def test_a_record_may_be_changed_until_then(session, entry):
    first, _ = await make_enough(session, entry.person)

    await first.write(
        session, told(title="Other"), year_end=YEAR_END, by=make_process(session)
    )

    assert first.words.title == "Other"


async def test_freezing_twice_is_freezing_once(session, entry):
    await make_enough(session, entry.person)
    first = await frozen(session, entry)
    await make_record(session, entry.person)

    second = await frozen(session, entry, now=RENEWING + DAY)

    assert second is first
    assert len(second.cited) == 2


async def test_what_is_recorded_after_the_renewal_stays_open_and_is_not_cited(
    session, entry
):
    await make_enough(session, entry.person)
    year = await frozen(session, entry)

    later = await make_record(session, entry.person)

    assert not later.frozen
    assert later.id not in year.cited


async def test_who_is_still_asked_to_reflect_on_a_cited_record_is_asked_no_more(
    session, entry
):
    first, _ = await make_enough(session, entry.person)
    request = await make_asked(session, first)

    await frozen(session, entry)

    assert request.outcome == "waived"


async def test_more_may_be_cited_after_the_renewal(session, entry):
    await make_enough(session, entry.person)
    year = await frozen(session, entry)
    later = await make_record(session, entry.person)
    await make_record(session, entry.person, reflection="")

    added = await cite_more(session, year, by=make_process(session))

    assert added == [later.id]
    assert later.frozen
    assert later.id in year.cited


async def test_what_was_added_to_a_year_after_the_renewal_does_not_count_twice(
    session, entry, three_months
):
    year = await frozen(session, entry)
    await make_enough(session, entry.person, on=date(2027, 10, 1))
    await cite_more(session, year, by=make_process(session))

    assert len(await lacking(session, entry, year_end=NEXT, now=NEXT_NOW)) == 4


# Carrying over


def counted(*serves):
    record = LearningRecord(id=uuid4(), last_on=date(2027, 1, 1))
    return Counted(record, frozenset(serves))


WANTED = {IMPACT: 2, SAFEGUARDING: 1}


def test_what_is_not_needed_is_not_spent():
    both, plain, more = (
        counted(IMPACT, SAFEGUARDING),
        counted(IMPACT),
        counted(LEADERSHIP),
    )

    assert set(spent_on([more, plain, both], WANTED)) == {
        both.record.id,
        plain.record.id,
    }


@given(
    st.lists(st.frozensets(st.sampled_from(LearningNeed)), max_size=8),
    st.dictionaries(st.sampled_from(LearningNeed), st.integers(1, 3)),
)
def test_what_is_spent_meets_as_much_as_all_records_would(serves, wanted):
    records = [counted(*one) for one in serves]
    spent = [one for one in records if one.record.id in spent_on(records, wanted)]

    for need, count in wanted.items():
        have = sum(need in one.serves for one in records)
        kept = sum(need in one.serves for one in spent)
        assert kept >= min(have, count)
    assert len(spent) <= sum(wanted.values())


@pytest.fixture
async def three_months(session, monkeypatch):
    """The rules let what was learnt in the last three months count in the next year."""
    real = RuleSet.rules.fget
    changed = property(
        lambda self: msgspec.structs.replace(real(self), cpd_carry_over_months=3)
    )
    monkeypatch.setattr(RuleSet, "rules", changed)


NEXT = date(2028, 11, 30)
NEXT_NOW = RENEWING + 366 * DAY


async def test_by_default_nothing_is_carried_into_the_next_year(session, entry):
    await make_enough(session, entry.person)
    await frozen(session, entry)
    await make_record(session, entry.person, safeguarding=True, on=YEAR_END)

    assert SAFEGUARDING in await lacking(session, entry, year_end=NEXT, now=NEXT_NOW)


async def test_where_the_rules_say_so_what_was_not_needed_counts_in_the_next_year(
    session, entry, three_months
):
    await make_enough(session, entry.person)
    await frozen(session, entry)
    await make_record(session, entry.person, safeguarding=True, on=date(2027, 9, 1))

    found = await standing(session, entry.person_id, year_end=NEXT, now=NEXT_NOW)

    assert SAFEGUARDING not in found.missing
    assert [one.carried for one in found.counted] == [True]


async def test_what_was_learnt_a_day_earlier_is_not_carried(
    session, entry, three_months
):
    await make_enough(session, entry.person)
    await frozen(session, entry)
    await make_record(session, entry.person, safeguarding=True, on=date(2027, 8, 31))

    assert SAFEGUARDING in await lacking(session, entry, year_end=NEXT, now=NEXT_NOW)


async def test_what_a_year_needed_does_not_count_twice(session, entry, three_months):
    await make_enough(session, entry.person, on=date(2027, 9, 10))
    await frozen(session, entry)

    assert len(await lacking(session, entry, year_end=NEXT, now=NEXT_NOW)) == 4


async def test_the_years_of_two_records_of_one_person_come_together(session, entry):
    other = await make_entry(session, part=Part.DEPUTY, on=EARLY)
    await make_enough(session, other.person)
    await frozen(session, other)

    kept = entry.person_id
    await take_learning(session, kept=kept, lost=other.person_id)

    session.expire_all()
    assert await session.get(LearningYear, (kept, YEAR_END))
    found = await standing(
        session, kept, year_end=YEAR_END, now=last_second_of(YEAR_END)
    )
    assert len(found.counted) == 2
