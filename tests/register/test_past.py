"""What the register says of a day gone by; and that no day shows more of anybody than the rules of today let it."""

from datetime import date, timedelta

import pytest

from register.entry import (
    Changed,
    ConditionKind,
    LapseReason,
    NewCondition,
    OrderKind,
    RemovalReason,
    Status,
    WarningKind,
)
from register.kit.clock import since, start_of
from register.kit.errors import Gone, MovedTo, NotFound
from register.part import Part
from register.past import Then, published_then, read_day
from register.qualification import Qualification
from register.rule_set import RuleSet, Verdict
from tests.make import (
    NOW,
    make_employment,
    make_entry,
    make_home,
    make_person,
    make_process,
)
from tests.register.standing import EVERYBODY, dead, merged, withheld

DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
REGISTERED_ON = date(2027, 2, 1)
END = start_of(date(2027, 12, 1))
YEARS_LATER = start_of(date(2029, 6, 1))


async def then(session, entry, as_at, as_known=None, *, now=NOW):
    asked = Then.asked(as_at, as_known, now=now)
    return await published_then(session, entry.person.number, asked, now=now)


async def statuses(session, entry, *days, as_known=None, now=NOW):
    people = [await then(session, entry, day, as_known, now=now) for day in days]
    return [person.entries[0].status if person.entries else None for person in people]


async def ordered(session, entry, kind=OrderKind.SUSPENSION_ORDER, *, on, lasts):
    by, until = make_process(session, now=on), on + lasts
    return await entry.order(session, kind, on=on, until=until, wording=None, by=by)


# Which day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027-03-12", date(2027, 3, 12)),
        ("2028-02-29", date(2028, 2, 29)),
        ("2027-02-29", None),
        ("20270312", None),
        ("2027-W10-5", None),
        ("0000-01-01", None),
        ("12 March 2027", None),
        ("２０２７-03-12", None),
        ("", None),
    ],
)
def test_a_day_is_written_in_one_way(text, day):
    assert read_day(text) == day


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2027, 3, 9), "2027-03-09 23:59:59.999999+00:00"),
        (date(2026, 7, 1), "2026-07-01 22:59:59.999999+00:00"),
        (date(2026, 3, 29), "2026-03-29 22:59:59.999999+00:00"),
        (date(2026, 10, 25), "2026-10-25 23:59:59.999999+00:00"),
        (date(2027, 3, 10), "2027-03-10 10:00:00+00:00"),
    ],
    ids=["winter", "summer", "clocks forward", "clocks back", "today"],
)
def test_as_at_a_day_is_its_end_in_london_and_today_is_now(day, end):
    assert str(Then.asked(day, None, now=NOW).as_at) == end


def test_what_the_register_said_on_a_day_it_said_of_that_day():
    asked = Then.asked(None, date(2027, 3, 9), now=NOW)

    assert asked.day == date(2027, 3, 9)
    assert asked.as_at == asked.as_known


# What was in force


async def test_a_time_away_stays_away_after_the_return(session):
    entry = await make_entry(session)
    by = make_process(session, now=END)
    await entry.lapse(session, on=END, because=LapseReason.NOT_RENEWED, by=by)
    back = start_of(date(2028, 1, 15))
    await entry.restore(
        session,
        on=back,
        rule_set=await RuleSet.on(session, Part.MANAGER, date(2028, 1, 15)),
        until=date(2028, 11, 30),
        by=make_process(session, now=back),
    )
    now = back + 10 * DAY

    days = [date(2027, 11, 30), date(2027, 12, 1), date(2028, 1, 14), date(2028, 1, 15)]

    assert await statuses(session, entry, *days, now=now) == [
        Status.REGISTERED,
        Status.LAPSED,
        Status.LAPSED,
        Status.REGISTERED,
    ]
    said = date(2028, 1, 14)
    assert await statuses(session, entry, said, as_known=said, now=now) == [
        Status.LAPSED
    ]
    back_again = await then(session, entry, date(2028, 1, 20), now=now)
    (period,) = back_again.entries[0].previous_periods
    assert period == {"from": "2027-02-01", "until": "2027-11-30"}


async def test_the_end_of_the_day_counts(session):
    entry = await make_entry(session)
    await ordered(session, entry, on=NOW - 5 * DAY, lasts=2 * DAY)

    days = [date(2027, 1, 31), *(date(2027, 3, d) for d in (4, 5, 6, 7))]

    assert await statuses(session, entry, *days) == [
        None,
        Status.REGISTERED,
        Status.SUSPENDED,
        Status.SUSPENDED,
        Status.REGISTERED,
    ]


async def test_what_changed_on_the_day_is_told_though_it_was_over_at_its_end(session):
    entry = await make_entry(session)
    at = NOW - DAY
    await ordered(session, entry, on=at, lasts=timedelta(hours=2))

    person = await then(session, entry, at.date())

    assert person.entries[0].status is Status.REGISTERED
    told = [(c.at, c.what, c.before, c.after) for _, c in person.changes]
    assert told == [
        (at, Changed.STATUS, "registered", "suspended"),
        (at, Changed.RESTRICTION, None, "suspension_order"),
        (at + timedelta(hours=2), Changed.STATUS, "suspended", "registered"),
        (at + timedelta(hours=2), Changed.RESTRICTION, "suspension_order", None),
    ]


@pytest.mark.parametrize(
    ("day", "changes"),
    [
        (REGISTERED_ON - DAY, 0),
        (REGISTERED_ON, 1),
        (REGISTERED_ON + DAY, 0),
    ],
)
async def test_a_change_at_midnight_belongs_to_the_day_that_begins(
    session, day, changes
):
    entry = await make_entry(session)

    assert len((await then(session, entry, day)).changes) == changes


async def test_nothing_of_today_is_told_that_is_to_come(session):
    entry = await make_entry(session)
    await ordered(session, entry, on=NOW + timedelta(hours=1), lasts=DAY)

    person = await then(session, entry, NOW.date())

    assert person.changes == ()
    assert person.entries[0].status is Status.REGISTERED


async def test_a_hold_does_not_show_in_what_changed(session):
    entry = await make_entry(session)
    await entry.hold(session, on=NOW - DAY, by=make_process(session))

    assert (await then(session, entry, (NOW - DAY).date())).changes == ()


async def test_the_town_is_that_of_the_day_and_of_what_was_known(session):
    person = await make_person(session)
    home = await make_home(session)
    await make_employment(
        session, person, home, start=date(2027, 2, 10), until=date(2027, 2, 20)
    )
    entry = await make_entry(session, person=person)

    told = [
        (await then(session, entry, *days)).town
        for days in (
            [date(2027, 2, 9)],
            [date(2027, 2, 20)],
            [date(2027, 2, 21)],
            [date(2027, 2, 20), date(2027, 3, 9)],
        )
    ]

    assert told == [None, "Yorkshire and The Humber", None, None]


async def test_a_qualification_counts_from_its_award_and_is_known_once_verified(
    session,
):
    entry = await make_entry(session)
    held = Qualification(
        person_id=entry.person_id,
        title="Level 5 diploma",
        awarding_body="Pearson",
        country="England",
        awarded_on=date(2027, 2, 10),
    )
    held.verify(Verdict.FULL, now=NOW - 5 * DAY)
    session.add(held)
    await session.flush()

    told = [
        (await then(session, entry, *days)).entries[0].qualifications
        for days in (
            [date(2027, 2, 9)],
            [date(2027, 2, 10)],
            [date(2027, 2, 10), date(2027, 3, 4)],
            [date(2027, 2, 10), date(2027, 3, 5)],
        )
    ]

    assert told == [(), ("Level 5 diploma",), (), ("Level 5 diploma",)]


# What the register said


async def test_a_correction_is_known_from_its_day_on(session):
    entry = await make_entry(session)
    await entry.correct(
        session,
        entry.registrations[0],
        valid=since(start_of(REGISTERED_ON + DAY)),
        by=make_process(session, now=NOW - DAY),
    )

    before, after = (NOW - 2 * DAY).date(), (NOW - DAY).date()
    asked = [REGISTERED_ON, REGISTERED_ON + DAY]
    said = [
        await statuses(session, entry, *asked, as_known=known)
        for known in (before, after)
    ]
    assert said == [[Status.REGISTERED] * 2, [None, Status.REGISTERED]]
    assert await statuses(session, entry, *asked) == [None, Status.REGISTERED]


async def test_what_was_taken_back_was_said_until_then_with_its_words(session):
    entry = await make_entry(session)
    warning = await entry.warn(
        session,
        WarningKind.WARNING,
        on=NOW - 9 * DAY,
        until=NOW + 90 * DAY,
        wording="Be on time.",
        by=make_process(session, now=NOW - 9 * DAY),
    )
    await entry.withdraw(session, warning, by=make_process(session, now=NOW - 5 * DAY))

    days = [(NOW - n * DAY).date() for n in (6, 5)]
    said = [
        [r["text"] for r in (await then(session, entry, d, d)).entries[0].restrictions]
        for d in days
    ]

    assert said == [["Be on time."], []]
    assert (await then(session, entry, days[0])).entries[0].restrictions == ()


async def test_an_order_that_was_ended_early_was_said_to_last(session):
    entry = await make_entry(session)
    order = await ordered(session, entry, on=NOW - 9 * DAY, lasts=90 * DAY)
    await entry.end(
        session, order, on=NOW - 2 * DAY, by=make_process(session, now=NOW - 3 * DAY)
    )

    day = (NOW - 4 * DAY).date()
    [now_known] = (await then(session, entry, day)).entries[0].restrictions
    [said] = (await then(session, entry, day, day)).entries[0].restrictions

    assert (now_known["until"], said["until"]) == ("2027-03-08", "2027-05-30")


# Whom the rules of today hide


@pytest.mark.parametrize(
    ("make", "raised"), [(withheld, NotFound), (dead, Gone), (merged, MovedTo)]
)
@pytest.mark.parametrize("as_known", [None, REGISTERED_ON + DAY])
async def test_who_is_not_shown_today_is_not_shown_on_any_other_day(
    session, make, raised, as_known
):
    number = await make(session)
    asked = Then.asked(REGISTERED_ON + DAY, as_known, now=NOW)

    with pytest.raises(raised):
        await published_then(session, number, asked, now=NOW)


@pytest.mark.parametrize("path", ["/register/{}", "/api/v1/register/{}"])
@pytest.mark.parametrize("make", EVERYBODY)
async def test_another_day_meets_what_today_meets(browser, session, path, make):
    address = path.format(await make(session))

    today = await browser.get(address)
    past = await browser.get(f"{address}?as_at=2027-02-02")

    assert past.status_code == today.status_code
    if today.status_code != 200:
        assert past.content == today.content


@pytest.mark.parametrize("path", ["/register/{}", "/api/v1/register/{}"])
@pytest.mark.parametrize("day", ["2027-02-29", "2027-03-11", "2027-02-02"])
async def test_no_question_tells_withheld_from_never_issued(
    browser, session, path, day
):
    never = "CH-0000001-B"

    answers = [
        await browser.get(f"{path.format(number)}?as_at={day}")
        for number in (await withheld(session), never)
    ]

    assert answers[0].status_code == answers[1].status_code
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize(("ahead", "shown"), [(INSTANT, True), (timedelta(0), False)])
async def test_once_publication_is_over_the_days_before_are_not_shown_either(
    session, ahead, shown
):
    entry = await make_entry(session)
    by = make_process(session, now=END)
    await entry.lapse(session, on=END, because=LapseReason.NOT_RENEWED, by=by)
    now = start_of(date(2028, 12, 1)) - ahead

    if shown:
        assert await statuses(session, entry, REGISTERED_ON, now=now) == ["registered"]
    else:
        with pytest.raises(Gone):
            await then(session, entry, REGISTERED_ON, now=now)


async def test_an_entry_that_is_shown_no_more_is_left_out_of_past_days_too(session):
    entry = await make_entry(session)
    other = await make_entry(session, person=entry.person, part=Part.DEPUTY)
    by = make_process(session, now=NOW)
    await other.remove(session, on=NOW, because=RemovalReason.VOLUNTARY, by=by)

    for now, parts in (
        (start_of(date(2028, 3, 10)) - INSTANT, [Part.MANAGER, Part.DEPUTY]),
        (start_of(date(2028, 3, 10)), [Part.MANAGER]),
    ):
        person = await then(session, entry, REGISTERED_ON, now=now)
        assert [entry.part for entry in person.entries] == parts
        assert {part for part, _ in person.changes} == set(parts)


# How long a restriction that ended is told


@pytest.mark.parametrize(
    ("ahead", "kinds"), [(INSTANT, ["suspension_order"]), (timedelta(0), [])]
)
async def test_an_order_is_told_for_a_year_after_it_and_that_they_might_not_practise_always(
    session, ahead, kinds
):
    entry = await make_entry(session)
    on = start_of(date(2027, 2, 15))
    await ordered(session, entry, on=on, lasts=start_of(date(2027, 3, 5)) - on)

    now = start_of(date(2028, 3, 5)) - ahead
    person = await then(session, entry, on.date(), now=now)

    [shown] = person.entries
    assert (shown.status, shown.may_practise) == (Status.SUSPENDED, False)
    assert [restriction["kind"] for restriction in shown.restrictions] == kinds
    told = [c.after for _, c in person.changes if c.what is Changed.RESTRICTION]
    assert told == kinds


@pytest.mark.parametrize(("ahead", "count"), [(INSTANT, 1), (timedelta(0), 0)])
async def test_a_warning_is_told_for_its_term(session, ahead, count):
    entry = await make_entry(session)
    until = start_of(date(2027, 6, 1))
    await entry.warn(
        session,
        WarningKind.WARNING,
        on=NOW,
        until=until,
        wording=None,
        by=make_process(session),
    )

    person = await then(session, entry, NOW.date(), now=until - ahead)

    assert len(person.entries[0].restrictions) == count


async def test_a_condition_that_was_taken_back_is_told_for_a_year_though_it_had_no_end(
    session,
):
    entry = await make_entry(session)
    mentored = NewCondition(ConditionKind.REGISTRATION, "Is mentored.")
    on, back = NOW - 9 * DAY, NOW - 2 * DAY
    condition = await entry.set_condition(
        session, mentored, on=on, by=make_process(session, now=on)
    )
    await entry.withdraw(session, condition, by=make_process(session, now=back))

    over = start_of(date(2028, 3, 8))
    counts = [
        len((await then(session, entry, day, day, now=now)).entries[0].restrictions)
        for day in [(NOW - 5 * DAY).date()]
        for now in (over - INSTANT, over)
    ]

    assert counts == [1, 0]
