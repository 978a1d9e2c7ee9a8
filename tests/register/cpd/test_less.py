"""Who was away may be asked for less: by a number or not at all, decided by an officer, and never on themselves."""

from datetime import date

import pytest

from register.account import StaffRole
from register.cpd import (
    AskedForLess,
    LearningLess,
    LearningNeed,
    LessReason,
    LessState,
    missing,
)
from register.cpd.less import DecidedAlready
from register.kit.clock import start_of
from register.proposal import AboutYourself
from tests.make import NOW, make_account, make_entry, make_process
from tests.register.learning import YEAR_END, letters_to, make_record

HOLDER = "holder@example.org"


@pytest.fixture
async def entry(session):
    entry = await make_entry(session, on=start_of(date(2026, 6, 1)))
    await make_account(session, person=entry.person, email=HOLDER)
    return entry


@pytest.fixture
async def officer(session):
    return await make_account(session, StaffRole.CASEWORKER)


async def asked(session, entry, year_end=YEAR_END):
    return await LearningLess.ask(
        session,
        entry.person_id,
        year_end=year_end,
        because=LessReason.PARENTAL_LEAVE,
        from_on=date(2027, 1, 4),
        until_on=date(2027, 10, 1),
        words="A child was born.",
        by=make_process(session),
    )


async def granted(session, entry, officer, records):
    less = await asked(session, entry)
    by = make_process(session, actor=officer)
    await less.grant(session, records=records, officer=officer, by=by)
    await session.flush()
    return less


async def lacking(session, entry):
    return await missing(session, entry.person_id, year_end=YEAR_END, now=NOW)


async def test_asking_changes_nothing_yet(session, entry):
    await asked(session, entry)

    assert len(await lacking(session, entry)) == 4


async def test_a_waiver_leaves_nothing_to_do(session, entry, officer):
    await granted(session, entry, officer, 0)

    assert await lacking(session, entry) == []
    assert await letters_to(session, HOLDER) == ["learning_less_granted"]


async def test_a_lower_number_lowers_each_kind_to_it(session, entry, officer):
    await granted(session, entry, officer, 1)
    await make_record(session, entry.person)

    assert LearningNeed.IMPACT not in await lacking(session, entry)
    assert LearningNeed.SAFEGUARDING in await lacking(session, entry)


async def test_it_holds_for_one_year_only(session, entry, officer):
    await granted(session, entry, officer, 0)

    assert await missing(session, entry.person_id, year_end=date(2028, 11, 30), now=NOW)


async def test_it_is_asked_once_a_year(session, entry):
    await asked(session, entry)

    with pytest.raises(AskedForLess):
        await asked(session, entry)


async def test_after_it_was_turned_down_it_may_be_asked_again(session, entry, officer):
    less = await asked(session, entry)
    await less.turn_down(
        session,
        words="Two weeks are not long.",
        officer=officer,
        by=make_process(session, actor=officer),
    )
    await session.flush()

    again = await asked(session, entry)

    assert again.state is LessState.ASKED
    assert await letters_to(session, HOLDER) == ["learning_less_turned_down"]


async def test_it_is_decided_once(session, entry, officer):
    less = await granted(session, entry, officer, 1)

    with pytest.raises(DecidedAlready):
        await less.grant(session, records=0, officer=officer, by=make_process(session))


async def test_nobody_grants_it_to_themselves(session, entry):
    less = await asked(session, entry)
    other = await make_entry(session)
    officer = await make_account(session, StaffRole.CASEWORKER, person=other.person)
    own = await asked(session, other)

    with pytest.raises(AboutYourself):
        await own.grant(session, records=0, officer=officer, by=make_process(session))
    await less.grant(
        session, records=0, officer=officer, by=make_process(session, actor=officer)
    )
