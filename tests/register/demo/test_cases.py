"""The demo's cases: at every stage but with examiners, closed at triage for every reason, and one that only its members know."""

from sqlalchemy import select

from fitness.case import Case, ClosedBecause, Stage
from fitness.demo import PLOTS
from fitness.demo_decided import OUTCOMES
from fitness.fence import Capacity, look_as
from fitness.publication import Asked, decisions, hearings
from register.entry import Entry
from register.kit.clock import start_of
from register.reaching import way_to
from tests.register.demo.conftest import ON

MORNING = start_of(ON)


AT_TRIAGE = {
    ClosedBecause.TRIAGE_CLOSED,
    ClosedBecause.TRIAGE_ADVICE,
    ClosedBecause.TRIAGE_PASSED_ON,
    ClosedBecause.JOINED,
}


async def test_there_is_a_case_at_every_stage_but_with_examiners(session):
    await look_as(session, Capacity.SERVICE)
    found = (await session.scalars(select(Case))).all()

    assert {one.stage for one in found} == set(Stage) - {Stage.EXAMINATION}
    assert {one.because for one in found} >= AT_TRIAGE
    assert len(found) == len(PLOTS) + 1 + len(OUTCOMES) + 1
    assert sum(one.restricted for one in found) == 1


async def test_the_public_reads_of_some_decisions_and_of_a_hearing_to_come(session):
    found = await decisions(session, Asked(), now=MORNING)

    assert len(found.rows) == len(OUTCOMES)
    assert len(await hearings(session, now=MORNING)) == 1


async def test_whoever_is_investigated_can_be_told_by_post(session):
    await look_as(session, Capacity.SERVICE)
    persons = await session.scalars(
        select(Case.person_id).where(Case.stage == Stage.INVESTIGATION)
    )

    ways = [await way_to(session, one, by_post=True) for one in persons.all()]

    assert ways
    assert None not in ways


async def test_whoever_is_investigated_is_held(session):
    await look_as(session, Capacity.SERVICE)
    persons = await session.scalars(
        select(Case.person_id).where(Case.stage == Stage.INVESTIGATION)
    )
    ids = await session.scalars(
        select(Entry.id).where(Entry.person_id.in_(persons.all()))
    )

    entries = await Entry.load_many(session, ids.all())

    standing = [e for e in entries if (s := e.status_at(MORNING)) and s.current]
    assert standing
    assert all(entry.held_at(MORNING) for entry in standing)
