"""What did not reach its registrant is due until it is served again: in the words that it had, and once."""

from dataclasses import replace

import pytest

from fitness.case import CaseEventKind, Stage, history
from fitness.due import DueKind, due
from fitness.fence import Capacity, look_as
from fitness.hearing.direction import Directed, Direction, directions_of
from fitness.hearing.kind import Seat
from fitness.hearing.member import ReleasedFor, panel_of
from fitness.hearing.notice import services_for
from fitness.hearing.sitting import empanel, release
from fitness.investigation.served import ServiceKind, services_of
from fitness.leaving import Decision, open_leaving
from fitness.monitoring import EarlyReview
from fitness.order import Decided, Measure, end
from fitness.order import Ended as OrderEnded
from fitness.panel import Side
from fitness.publication import Because
from fitness.publication.publishing import withdraw
from fitness.statistics.workload import workload
from fitness.undelivered import (
    Erased,
    draw_again,
    drop,
    serve_again,
    to_serve,
    undelivered_in,
)
from register.account import StaffRole
from register.kit.errors import NotFound
from register.kit.pages import day
from register.kit.post import silence
from register.notice import CannotBeServed, ServiceMethod
from tests.fitness.examining import make_examined, propose
from tests.fitness.finding import DAY, TODAY, make_told, messages, went_astray
from tests.fitness.investigating import act, make_investigator
from tests.fitness.ordering import leaving_proposed, make_interim, make_order, seat
from tests.fitness.publishing import list_hearing, pass_it, write
from tests.fitness.sitting import make_decider, make_listed, refer, start, tell
from tests.make import NOW, make_account, make_address, make_person

DUE = [(DueKind.UNDELIVERED, True)]


@pytest.fixture
async def manager(session):
    return await make_account(session, StaffRole.TEAM_MANAGER)


async def waits(session, reader, today=TODAY):
    await look_as(session, Capacity.STAFF, reader.id)
    found = await due(session, reader, today=today)
    await look_as(session, Capacity.SERVICE)
    return [
        (one.kind, one.late(today)) for one in found if one.kind is DueKind.UNDELIVERED
    ]


async def make_unreachable(session):
    """Told of the case; then their account was closed."""
    case, account = await make_told(session)
    account.disabled_at = NOW
    await session.flush()
    return case, account


async def the_one(session, case):
    (one,) = await undelivered_in(session, case.id)
    return one


async def again(session, case, one, *, now=NOW + DAY, **more):
    service = await serve_again(session, case, one, by=act(session, now=now), **more)
    await session.flush()
    return service


async def latest(session, case, kind):
    return (await services_of(session, case.id, kind=kind))[0]


# What could not be sent


async def test_an_order_that_nobody_could_be_told_of_is_due_to_be_served(
    session, manager
):
    case, account = await make_unreachable(session)
    assert await waits(session, manager) == []

    await make_interim(session, case, Measure.INTERIM_CONDITIONS)

    assert await waits(session, manager) == DUE
    lines = await history(session, case.id, kinds=(CaseEventKind.NOT_SERVED,))
    assert [line.event.data for line in lines] == [{"of": "order"}]
    one = await the_one(session, case)
    with pytest.raises(CannotBeServed):
        await again(session, case, one)
    account.disabled_at = None
    await session.flush()
    service = await again(session, case, one)
    assert await waits(session, manager) == []
    assert service.kind is ServiceKind.ORDER
    read = await latest(session, case, ServiceKind.ORDER)
    assert "Interim conditions, in force since 10 March 2027" in read.filled.words
    assert "You must not work alone with children." in read.filled.words


async def test_it_stays_due_when_the_case_is_over(session, manager):
    case, _ = await make_unreachable(session)
    await make_interim(session, case)
    case.move(session, Stage.EXAMINATION, by=act(session))
    await session.flush()

    assert await waits(session, manager) == DUE


async def test_what_goes_by_post_says_no_more_than_a_letter_may(session):
    case, _ = await make_unreachable(session)
    await make_interim(session, case, Measure.INTERIM_CONDITIONS)
    await make_address(session, case.person)

    service = await again(session, case, await the_one(session, case), by_post=True)

    *_, sent = await messages(session)
    assert service.method is ServiceMethod.POST
    assert f"What was decided in {case.reference} is in force now." in sent.body
    assert "children" not in sent.body


async def test_an_answer_to_a_request_waits_with_what_was_written(session, manager):
    case, account = await make_told(session)
    order = await make_interim(session, case)
    asked = await EarlyReview.ask(session, case, order, "It is new.", by=act(session))
    account.disabled_at = NOW
    await asked.answer(
        session, case, order, "Nothing is new.", until=None, by=act(session)
    )

    one = await the_one(session, case)

    assert one.kind is ServiceKind.EARLY_REVIEW
    assert one.text.words == "Nothing is new."
    assert "Nothing is new." in one.worded[0]


async def test_a_decision_on_leaving_waits_too(session):
    case, account = await make_told(session)
    await leaving_proposed(session, case)
    account.disabled_at = NOW
    await session.flush()

    await decide_leaving(session, case)

    assert (await the_one(session, case)).kind is ServiceKind.LEAVING


async def decide_leaving(session, case, words="There is an interest."):
    waiting = await open_leaving(session, case)
    decider = await make_account(session, StaffRole.REGISTRAR)
    by = act(session, decider)
    await waiting.decide(
        session,
        case,
        decider,
        Decision.DECLINED,
        investigates=False,
        words=words,
        by=by,
    )
    await waiting.serve(session, case, words, by=by)


async def test_nothing_is_due_to_somebody_who_has_died(session, manager):
    case, _ = await make_unreachable(session)
    await make_interim(session, case)

    await silence(session, case.person_id, now=NOW)
    await session.flush()

    assert await waits(session, manager) == []
    assert await undelivered_in(session, case.id) == []


async def test_nor_where_it_came_back_before_they_died(session, manager, astray):
    case, _ = astray

    await silence(session, case.person_id, now=NOW)
    await session.flush()

    assert await waits(session, manager) == []


async def test_nor_where_they_are_known_to_have_died_as_somebody_else(
    session, manager, astray
):
    case, _ = astray
    became = await make_person(session)
    case.person.merged_into = became.id
    await session.flush()
    assert await waits(session, manager) == DUE

    await silence(session, became.id, now=NOW)
    await session.flush()

    assert await waits(session, manager) == []


# What came back


@pytest.fixture
async def astray(session):
    """The notice of an order that did not arrive."""
    case, _ = await make_told(session)
    await make_interim(session, case)
    service = await latest(session, case, ServiceKind.ORDER)
    await went_astray(session, service)
    await make_address(session, case.person)
    return case, service


async def test_what_came_back_is_due_until_it_is_served_again(session, manager, astray):
    case, service = astray
    assert await waits(session, manager) == DUE

    new = await again(session, case, await the_one(session, case), by_post=True)

    assert await waits(session, manager) == []
    assert (new.again_of, new.method) == (service.id, ServiceMethod.POST)
    read = await latest(session, case, ServiceKind.ORDER)
    assert read.filled.words == service.filled.words
    assert read.template_id == service.template_id


async def test_what_comes_back_again_is_due_again(session, manager, astray):
    case, _ = astray
    new = await again(session, case, await the_one(session, case), by_post=True)
    await went_astray(session, new)

    assert await waits(session, manager) == DUE
    assert (await the_one(session, case)).id == new.id


async def test_it_is_served_again_once(session, astray):
    case, service = astray
    await again(session, case, await the_one(session, case), by_post=True)

    with pytest.raises(NotFound):
        await to_serve(session, case, service.id)


async def test_another_notice_of_its_kind_does_not_stand_for_it(
    session, manager, astray
):
    case, _ = astray
    await make_interim(session, case, Measure.INTERIM_CONDITIONS)

    assert await waits(session, manager) == DUE


async def test_what_arrived_is_not_due(session, manager):
    case, _ = await make_told(session)
    await make_interim(session, case)

    assert await waits(session, manager) == []


async def test_what_was_erased_cannot_be_served(session, astray):
    case, _ = astray
    one = replace(await the_one(session, case), filled=None)

    with pytest.raises(Erased):
        await draw_again(session, case, one, now=NOW)


async def test_what_is_published_is_served_again_too(session, manager):
    case, _ = await make_told(session)
    refer(session, case)
    await seat(session, case, Decided.PANEL)
    order = await make_order(session, case)
    await pass_it(session, case, await write(session, case, order))
    await went_astray(session, await latest(session, case, ServiceKind.PUBLICATION))

    assert await waits(session, manager) == DUE
    await make_address(session, case.person)
    await again(session, case, await the_one(session, case), by_post=True)
    assert await waits(session, manager) == []


async def test_it_is_late_work_for_whoever_works_on_the_case(session, manager):
    taker = await make_investigator(session, name="Inez Vance")
    case, _ = await make_told(session, taker=taker)
    await make_interim(session, case)
    await went_astray(session, await latest(session, case, ServiceKind.ORDER))

    await look_as(session, Capacity.STAFF, manager.id)
    loads = {
        one.name: one.late for one in await workload(session, manager, today=TODAY)
    }

    assert loads["Inez Vance"] == 1


# What stands no more


async def test_once_its_order_has_ended_nobody_is_told_that_it_is_in_force(
    session, manager
):
    case, _ = await make_unreachable(session)
    order = await make_interim(session, case)
    by = act(session, now=NOW + DAY)
    await end(session, case, order, on=by.at, because=OrderEnded.REVOKED, by=by)
    await session.flush()

    one = await the_one(session, case)

    assert "has ended" in one.worded[0]
    assert await waits(session, manager) == DUE


async def test_what_was_taken_down_is_told_to_nobody(session, manager):
    case, _ = await make_told(session)
    refer(session, case)
    await seat(session, case, Decided.PANEL)
    order = await make_order(session, case)
    publication = await write(session, case, order)
    await pass_it(session, case, publication)
    await went_astray(session, await latest(session, case, ServiceKind.PUBLICATION))
    assert await waits(session, manager) == DUE

    by = act(session, now=NOW + DAY)
    await withdraw(session, case, publication, Because.MISTAKE, words="A", by=by)
    await session.flush()

    assert await waits(session, manager) == []


async def test_a_hearing_that_is_listed_without_words_is_told_all_the_same(
    session, manager
):
    case, _ = await make_told(session)
    refer(session, case)
    await pass_it(session, case, await list_hearing(session, case, words=""))
    await went_astray(session, await latest(session, case, ServiceKind.PUBLICATION))

    assert await waits(session, manager) == DUE


async def test_what_is_not_to_be_served_is_due_no_longer(session, manager, astray):
    case, service = astray
    one = await the_one(session, case)

    await drop(session, case, one, "They have read it here.", by=act(session))

    assert await waits(session, manager) == []
    (line,) = await history(session, case.id, kinds=(CaseEventKind.NOTICE_DROPPED,))
    assert line.words == "They have read it here."
    with pytest.raises(NotFound):
        await to_serve(session, case, service.id)


async def test_a_proposal_that_came_back_is_due_from_its_own_page(session, manager):
    found = await make_examined(session)
    await propose(session, found)
    await went_astray(session, await latest(session, found.case, ServiceKind.PROPOSAL))

    assert await waits(session, manager) == DUE
    one = await the_one(session, found.case)
    with pytest.raises(NotFound):
        await to_serve(session, found.case, one.id)


# About a hearing


async def test_a_direction_is_served_again_while_its_hearing_is_to_come(
    session, manager
):
    case, hearing = await make_listed(session)
    await direct(session, case, hearing)
    sent = await latest(session, case, ServiceKind.DIRECTIONS)
    await went_astray(session, sent)
    await make_address(session, case.person)
    assert await waits(session, manager) == DUE

    new = await again(session, case, await the_one(session, case), by_post=True)

    assert await waits(session, manager) == []
    *_, letter = await messages(session)
    assert "before the hearing that begins on" in letter.body
    assert new.id in [one.service_id for one in await services_for(session, hearing)]


async def test_once_its_hearing_has_begun_a_direction_is_of_no_use(session, manager):
    case, hearing = await make_listed(session)
    await direct(session, case, hearing)
    await went_astray(session, await latest(session, case, ServiceKind.DIRECTIONS))

    await start(session, case, hearing)

    assert await waits(session, manager) == []


async def test_a_direction_that_was_met_is_not_served(session, manager):
    case, hearing = await make_listed(session)
    await direct(session, case, hearing)
    await went_astray(session, await latest(session, case, ServiceKind.DIRECTIONS))

    (direction,) = await directions_of(session, hearing)
    direction.meet(session, case, hearing, by=act(session))
    await session.flush()

    assert await waits(session, manager) == []


async def test_a_direction_names_the_day_that_the_hearing_has_now(session, manager):
    case, hearing = await make_listed(session)
    await direct(session, case, hearing)
    await went_astray(session, await latest(session, case, ServiceKind.DIRECTIONS))
    hearing.starts_at += 7 * DAY
    hearing.last_on += 7 * DAY
    await session.flush()
    assert await waits(session, manager) == DUE

    drawn = await draw_again(session, case, await the_one(session, case), now=NOW)

    assert f"the hearing that begins on {day(hearing.first_on)}." in drawn.words
    assert "Send your statement." in drawn.words


async def test_what_was_handed_over_earlier_stands_in_no_way(session, manager):
    """The notice of the investigation came the day before."""
    case, _ = await make_told(session)
    await make_listed(session, case=case, now=NOW + DAY)
    await went_astray(session, await latest(session, case, ServiceKind.HEARING))

    assert await waits(session, manager) == DUE


async def test_who_sits_is_told_again_as_it_is_now(session, manager):
    case, hearing = await make_listed(session)
    _, member, other = await panel_of(session, hearing)
    other.account.name = "Gone Meanwhile"
    await let_go(session, case, hearing, member)
    new = await make_decider(session, Side.REGISTRANT, name="New Comer")
    await empanel(
        session, case, hearing, new, Seat.MEMBER, by=act(session, now=NOW + DAY)
    )
    await went_astray(session, await latest(session, case, ServiceKind.PANEL))
    assert await waits(session, manager) == DUE
    await let_go(session, case, hearing, other)

    drawn = await draw_again(session, case, await the_one(session, case), now=NOW + DAY)

    assert "New Comer" in drawn.words
    assert "Gone Meanwhile" not in drawn.words


async def test_a_later_notice_of_the_hearing_names_the_panel_too(session, manager):
    case, hearing = await make_listed(session)
    _, member, _ = await panel_of(session, hearing)
    await let_go(session, case, hearing, member)
    new = await make_decider(session, Side.REGISTRANT)
    await empanel(
        session, case, hearing, new, Seat.MEMBER, by=act(session, now=NOW + DAY)
    )
    await went_astray(session, await latest(session, case, ServiceKind.PANEL))
    await went_astray(session, await latest(session, case, ServiceKind.HEARING))
    await make_address(session, case.person)
    assert len(await undelivered_in(session, case.id)) == 2

    await tell(session, case, hearing, by_post=True, now=NOW + 2 * DAY)

    assert await waits(session, manager) == []


async def test_a_notice_of_a_hearing_is_due_again_but_from_its_own_page(
    session, manager
):
    case, _ = await make_listed(session)
    await went_astray(session, await latest(session, case, ServiceKind.HEARING))

    assert await waits(session, manager) == DUE
    one = await the_one(session, case)
    with pytest.raises(NotFound):
        await to_serve(session, case, one.id)


async def test_a_notice_of_a_day_that_has_moved_is_of_no_use(session, manager):
    case, hearing = await make_listed(session)
    await went_astray(session, await latest(session, case, ServiceKind.HEARING))

    hearing.starts_at += DAY
    hearing.last_on += DAY
    await session.flush()

    assert await waits(session, manager) == []


async def let_go(session, case, hearing, member):
    await release(
        session,
        case,
        hearing,
        member,
        because=ReleasedFor.CANNOT_COME,
        words="In hospital.",
        by=act(session),
    )


async def direct(session, case, hearing):
    await Direction.give(
        session,
        case,
        hearing,
        "Send your statement.",
        directed=Directed.REGISTRANT,
        due_on=hearing.first_on - DAY,
        by=act(session),
    )
    await session.flush()
