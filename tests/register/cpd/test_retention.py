"""Learning is kept for the current year and two more, and goes whole."""

from datetime import date, timedelta

import msgspec
import pytest
from sqlalchemy import func, select, text

from register.by_link import LinkClosed, token_of
from register.cpd import LearningLess, LearningRecord, LessReason, invited
from register.cpd.audit import Finding, told_of, work_on
from register.cpd.peers import LearningPeer
from register.kit.clock import start_of
from register.process import Event, ProcessText
from register.retention.learning import erase_learning, erase_old_learning, last_kept
from tests.make import NOW, make_entry, make_process
from tests.register.auditing import assessed, make_case
from tests.register.learning import YEAR_END, make_asked, make_record

DAY = timedelta(days=1)
LAST = date(2029, 11, 30)


async def count(session, kind):
    return await session.scalar(select(func.count()).select_from(kind))


async def erased(session, record, now):
    await erase_learning(session, now, record.person_id, record.year_end.isoformat())


@pytest.fixture
async def record(session):
    entry = await make_entry(session)
    return await make_record(session, entry.person)


async def test_a_year_is_kept_through_the_two_years_after_it(session, record):
    assert await last_kept(session, now=start_of(LAST)) == YEAR_END
    await erased(session, record, start_of(LAST))
    assert await count(session, LearningRecord) == 1

    await erased(session, record, start_of(LAST + DAY))

    assert await count(session, LearningRecord) == 0


async def test_whom_was_asked_goes_with_it_and_why_they_were_away(session, record):
    request = await make_asked(session, record)
    await LearningLess.ask(
        session,
        record.person_id,
        year_end=YEAR_END,
        because=LessReason.SICKNESS,
        from_on=YEAR_END,
        until_on=YEAR_END,
        words="I was in hospital.",
        by=make_process(session),
    )

    await erased(session, record, start_of(LAST + DAY))

    assert await count(session, LearningPeer) == 0
    assert await count(session, LearningLess) == 0
    assert await count(session, ProcessText) == 0
    assert await session.scalar(select(Event.id).where(Event.kind == "learning:erased"))
    with pytest.raises(LinkClosed):
        await invited(session, token_of(request), now=NOW)


async def test_each_night_what_is_due_is_queued(session, record):
    found = text("select payload from pgqueuer where entrypoint = 'erase_learning'")

    await erase_old_learning(session, start_of(LAST))
    assert not (await session.scalars(found)).all()
    await erase_old_learning(session, start_of(LAST + DAY))

    (job,) = await session.scalars(found)
    assert msgspec.json.decode(job) == {
        "person": str(record.person_id),
        "year_end": "2027-11-30",
    }


async def test_what_is_in_an_audit_keeps_nobody_elses_back(session, monkeypatch):
    monkeypatch.setattr("register.retention.learning.A_NIGHT", 1)
    await make_case(session)
    other = await make_entry(session)
    await make_record(session, other.person, year_end=date(2028, 11, 30))
    found = text(
        "select payload ->> 'person' from (select convert_from(payload, 'UTF8')::json as payload from pgqueuer"
        " where entrypoint = 'erase_learning') as jobs"
    )

    await erase_old_learning(session, start_of(LAST + 366 * DAY))

    assert (await session.scalars(found)).all() == [str(other.person_id)]


async def test_what_assessors_wrote_goes_and_what_they_found_stays(session):
    _, work = await make_case(session)
    await assessed(session, work.case.id, Finding.ADVISE, "More on sleep.")
    now = start_of(LAST + DAY)

    case_id = work.case.id
    await erase_learning(session, now, work.case.person_id, "2027-11-30")

    session.expire_all()
    after = await work_on(session, case_id)
    assert [one.finding for one in after.assessments] == [Finding.ADVISE]
    assert await told_of(session, after) == []


async def test_nothing_goes_while_it_is_in_an_audit(session):
    _, work = await make_case(session)

    await erase_learning(
        session, start_of(LAST + DAY), work.case.person_id, "2027-11-30"
    )

    assert await count(session, LearningRecord) == 2
