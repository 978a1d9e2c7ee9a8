"""An investigation: its plan, what is alleged, what was found and from whom, who was asked, and what others do about it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from fitness.case import CaseEvent, CaseEventKind, NotNow
from fitness.investigation.allegation import (
    AllegationVersion,
    AllegationWithdrawn,
    Alleged,
    Ground,
    NoGround,
    NotAStandard,
    NothingAlleged,
    NotYetThen,
    allegations_of,
    standards_for,
)
from fitness.investigation.evidence import (
    AfterItCame,
    DisclosedAlready,
    Kept,
    Level,
    Source,
    evidence_in,
    evidence_of,
)
from fitness.investigation.hold import (
    HeldAlready,
    HeldFor,
    NotHeld,
    ReviewedBefore,
    hold_of,
    holds_of,
)
from fitness.investigation.information import Answered, DueBefore, StillTime
from fitness.investigation.plan import NotOnThisCase, StepEnd, StepEnded, plan_of
from fitness.investigation.proceeding import (
    CheckedBefore,
    ProceedingKind,
    ProceedingOver,
    ProceedingState,
    proceedings_of,
)
from fitness.investigation.witness import Witness, witnesses_of
from register.kit.clock import last_second_of
from register.kit.errors import NotFound
from register.process import Event
from register.request import Outcome
from tests.fitness.finding import (
    DAY,
    STRUCK,
    TODAY,
    ask,
    draw,
    hold,
    log,
    make_proceeding,
    make_witness,
    plan,
    redraw,
)
from tests.fitness.investigating import (
    act,
    close,
    make_case,
    make_investigated,
    make_investigator,
)
from tests.make import NOW, make_home

SECOND = timedelta(seconds=1)


@pytest.fixture
async def case(session):
    return await make_investigated(session)


# Stage


@pytest.mark.parametrize(
    "doing", [draw, log, ask, hold, plan, make_witness, make_proceeding]
)
async def test_nothing_is_investigated_before_it_is_opened_or_after_it_is_over(
    session, doing
):
    at_triage = await make_case(session)
    over = await make_investigated(session)
    await close(session, over, now=NOW + DAY)

    for one in (at_triage, over):
        with pytest.raises(NotNow):
            await doing(session, one)


async def test_no_timeline_of_the_person_tells_of_any_of_it(session, case):
    before = (await session.scalars(select(Event.id))).all()

    for doing in (draw, log, ask, hold, plan, make_witness, make_proceeding):
        await doing(session, case)

    assert (await session.scalars(select(Event.id))).all() == before


# Plan


async def test_steps_are_numbered_in_their_case(session, case):
    for words in ("Ask the home", "Ask the police"):
        await plan(session, case, words)
    await plan(session, await make_investigated(session))

    steps = await plan_of(session, case.id)

    assert [(one.number, one.text.words) for one in steps] == [
        (1, "Ask the home"),
        (2, "Ask the police"),
    ]


async def test_a_step_is_for_somebody_who_works_on_the_case(session, case):
    with pytest.raises(NotOnThisCase):
        await plan(session, case, who=await make_investigator(session))


async def test_a_step_is_overdue_after_its_last_day_until_it_ends(session, case):
    step = await plan(session, case, due_on=TODAY)

    assert not step.overdue(TODAY)
    assert step.overdue(TODAY + DAY)
    step.end(session, case, StepEnd.DONE, by=act(session))
    assert not step.overdue(TODAY + DAY)


async def test_a_step_ends_once(session, case):
    step = await plan(session, case)
    step.end(session, case, StepEnd.DROPPED, by=act(session))

    with pytest.raises(StepEnded):
        step.end(session, case, StepEnd.DONE, by=act(session))


# Allegations


async def test_an_allegation_says_what_when_where_on_what_ground_and_against_which_standards(
    session, case
):
    home = await make_home(session)
    await draw(
        session,
        case,
        Alleged("You struck a child.", TODAY - 9 * DAY, home_id=home.id),
        Alleged("You said so to nobody.", TODAY - 9 * DAY, TODAY, place="At school"),
        Alleged("You had done so before."),
        grounds=[Ground.CONVICTION, Ground.MISCONDUCT],
        standards=["R10", "R1"],
    )
    session.expunge_all()

    (allegation,) = await allegations_of(session, case.id)

    assert allegation.current.grounds == ["misconduct", "conviction"]
    assert allegation.current.standards == ["R1", "R10"]
    struck, silent, before = allegation.current.particulars
    assert (struck.from_on, struck.until_on) == (TODAY - 9 * DAY, TODAY - 9 * DAY)
    assert (struck.home.urn, struck.place) == (home.urn, None)
    assert (silent.until_on, silent.place.words) == (TODAY, "At school")
    assert (before.from_on, before.until_on, before.home) == (None, None, None)


async def test_what_is_changed_stands_beside_what_it_was(session, case):
    allegation = await draw(session, case)

    await redraw(session, case, allegation, Alleged("You pushed a child."))
    session.expunge_all()

    (allegation,) = await allegations_of(session, case.id)
    assert allegation.current.version == 2
    assert allegation.current.particulars[0].text.words == "You pushed a child."
    (earlier,) = allegation.earlier
    assert earlier.particulars[0].text.words == STRUCK.words


@pytest.mark.parametrize("of", ["allegation_version", "particular"])
async def test_the_database_changes_nothing_that_was_alleged(session, case, of):
    await draw(session, case)

    with pytest.raises(DBAPIError, match="permission denied"):
        await session.execute(text(f"update {of} set case_id = case_id"))  # noqa: S608


async def test_an_allegation_needs_a_ground(session, case):
    with pytest.raises(NoGround):
        await draw(session, case, grounds=[])


async def test_an_allegation_needs_a_particular(session, case):
    allegation = await draw(session, case)

    with pytest.raises(NothingAlleged):
        await allegation.redraw(
            session,
            case,
            [],
            grounds=[Ground.MISCONDUCT],
            standards=[],
            by=act(session),
        )


async def test_the_database_knows_the_grounds(session, case):
    allegation = await draw(session, case)
    version = allegation.current

    session.expunge(version)
    with pytest.raises(IntegrityError, match="grounds"):
        await session.execute(
            text(
                "insert into allegation_version select gen_random_uuid(), case_id, allegation_id, 2, process_id, drawn_at, "
                "'[\"bad_luck\"]', standards from allegation_version"
            )
        )


async def test_standards_are_those_of_the_rules_of_the_case(session, case):
    known = [one.code for one in await standards_for(session, case)]

    assert known == [f"R{n}" for n in range(1, 11)]
    await draw(session, case, standards=known)
    with pytest.raises(NotAStandard):
        await draw(session, case, standards=["R11"])


async def test_what_is_alleged_may_have_happened_today_and_not_tomorrow(session, case):
    await draw(session, case, Alleged("Today", TODAY))

    with pytest.raises(NotYetThen):
        await draw(session, case, Alleged("Tomorrow", TODAY + DAY))


async def test_what_is_withdrawn_is_not_changed(session, case):
    allegation = await draw(session, case)
    allegation.withdraw(session, case, "It was somebody else.", by=act(session))

    with pytest.raises(AllegationWithdrawn):
        await redraw(session, case, allegation)
    with pytest.raises(AllegationWithdrawn):
        allegation.withdraw(session, case, "Again", by=act(session))


async def test_history_says_which_version_of_which_allegation(session, case):
    await redraw(session, case, await draw(session, case))

    drawn = await session.scalars(
        select(CaseEvent.data)
        .where(CaseEvent.kind == CaseEventKind.ALLEGATION_DRAWN)
        .order_by(CaseEvent.id)
    )
    assert [(one["allegation"], one["version"]) for one in drawn] == [(1, 1), (1, 2)]


# Evidence


async def test_evidence_is_numbered_and_says_from_whom_and_of_which_day(session, case):
    await log(session, case)
    await log(session, case, "A letter", source=Source.POLICE, dated_on=None)

    first, second = await evidence_of(session, case.id)

    assert (first.label, first.source, first.received_on) == (
        "E1",
        Source.EMPLOYER,
        TODAY,
    )
    assert (second.label, second.dated_on, second.text.words) == (
        "E2",
        None,
        "A letter",
    )


@pytest.mark.parametrize(
    ("dated", "received", "taken"),
    [(0, 0, True), (1, 0, False), (0, 1, False), (-1, 0, True), (-1, -1, True)],
)
async def test_evidence_is_of_no_day_after_it_came_nor_came_after_today(
    session, case, dated, received, taken
):
    days = {"dated_on": TODAY + dated * DAY, "received_on": TODAY + received * DAY}
    if taken:
        await log(session, case, **days)
    else:
        with pytest.raises(AfterItCame):
            await log(session, case, **days)


@pytest.mark.parametrize(
    ("kept", "level"),
    [
        (None, Level.OPEN),
        (Kept.HEALTH, Level.SENSITIVE),
        (Kept.THIRD_PARTY, Level.SENSITIVE),
        (Kept.CHILD, Level.SENSITIVE),
        (Kept.REFERRER, Level.SENSITIVE),
        (Kept.LEGAL_ADVICE, Level.STAFF),
        (Kept.POLICE, Level.STAFF),
        (Kept.NOT_RELEVANT, Level.STAFF),
    ],
)
async def test_why_evidence_is_kept_says_how_far(session, case, kept, level):
    assert (await log(session, case, kept=kept)).level is level


async def test_who_may_see_evidence_changes_until_it_is_disclosed(session, case):
    item = await log(session, case, kept=Kept.POLICE)

    item.keep(session, case, None, words="Over", disclosed=False, by=act(session))
    await session.flush()

    assert (await evidence_in(session, case.id, 1)).level is Level.OPEN
    with pytest.raises(DisclosedAlready):
        item.keep(
            session,
            case,
            Kept.CHILD,
            words="Back",
            disclosed=True,
            by=act(session),
        )


async def test_the_database_lets_nobody_change_what_evidence_is(session, case):
    item = await log(session, case)

    item.source = Source.POLICE
    with pytest.raises(DBAPIError, match="permission denied"):
        await session.flush()


async def test_evidence_of_another_case_is_not_there(session, case):
    await log(session, await make_investigated(session))

    with pytest.raises(NotFound):
        await evidence_in(session, case.id, 1)


# Witnesses


async def test_a_witness_is_a_number_and_who_they_are_is_sealed(session, case):
    await make_witness(session, case, "Ada Beck", "07700 900123")
    session.expunge_all()

    (witness,) = await witnesses_of(session, case.id)

    assert (witness.label, witness.name, witness.contact) == (
        "W1",
        "Ada Beck",
        "07700 900123",
    )
    stored = await session.execute(select(Witness.sealed_name, Witness.sealed_contact))
    assert not any(b"Beck" in one or b"900123" in one for one in stored.one())


async def test_what_a_witness_says_is_evidence_of_theirs(session, case):
    witness = await make_witness(session, case)

    await log(session, case, source=Source.WITNESS, witness=witness)

    (said,) = await evidence_of(session, case.id)
    assert said.witness.label == "W1"
    with pytest.raises(IntegrityError, match="said"):
        await log(session, case, source=Source.EMPLOYER, witness=witness)


async def test_a_witness_is_reached_elsewhere_from_then_on(session, case):
    witness = await make_witness(session, case)

    witness.reach(session, case, "07700 900999", by=act(session))
    await session.flush()

    assert witness.contact == "07700 900999"


# Requests for information


async def test_a_request_is_overdue_from_the_second_after_its_last_day(session, case):
    request = await ask(session, case, due_on=TODAY + DAY)
    last = last_second_of(TODAY + DAY)

    assert not request.overdue(last)
    assert request.overdue(last + SECOND)


async def test_an_answer_is_due_tomorrow_at_the_earliest(session, case):
    await ask(session, case, due_on=TODAY + DAY)

    with pytest.raises(DueBefore):
        await ask(session, case, due_on=TODAY)


@pytest.mark.parametrize("outcome", [Outcome.RECEIVED, Outcome.DECLINED])
async def test_a_request_is_answered_once_however_late(session, case, outcome):
    request = await ask(session, case)
    late = NOW + 100 * DAY
    request.remind(session, case, by=act(session, now=late))

    request.end(session, case, outcome, by=act(session, now=late))
    await session.flush()

    assert (request.outcome, request.reminded_at) == (outcome, late)
    assert not request.overdue(late)
    with pytest.raises(Answered):
        request.end(session, case, Outcome.RECEIVED, by=act(session, now=late))
    with pytest.raises(Answered):
        request.remind(session, case, by=act(session, now=late))


async def test_a_request_runs_out_only_after_its_last_day(session, case):
    request = await ask(session, case, due_on=TODAY + DAY)
    last = last_second_of(TODAY + DAY)

    with pytest.raises(StillTime):
        request.end(session, case, Outcome.EXPIRED, by=act(session, now=last))
    request.end(session, case, Outcome.EXPIRED, by=act(session, now=last + SECOND))

    assert not request.open


async def test_a_request_is_replaced_by_another(session, case):
    first = await ask(session, case)

    second = await ask(session, case, "The same of the owner", replaces=first)

    assert first.outcome is Outcome.REPLACED
    assert (second.label, second.replaces_id) == ("R2", first.id)
    with pytest.raises(Answered):
        await ask(session, case, replaces=first)


# Parallel proceedings


async def test_proceedings_are_asked_after_until_they_are_over(session, case):
    proceeding = await make_proceeding(session, case, check_on=TODAY + DAY)

    assert not proceeding.check_due(TODAY)
    assert proceeding.check_due(TODAY + DAY)
    proceeding.hear(
        session,
        case,
        "No charge.",
        state=ProceedingState.OVER,
        ended_on=TODAY,
        by=act(session),
    )
    await session.flush()

    (found,) = await proceedings_of(session, case.id)
    assert (found.kind, found.contact) == (ProceedingKind.POLICE, "DC Hart")
    assert found.text.words == "No charge."
    assert not found.check_due(TODAY + 100 * DAY)
    with pytest.raises(ProceedingOver):
        found.hear(
            session,
            case,
            "More",
            state=ProceedingState.OPEN,
            check_on=TODAY + DAY,
            by=act(session),
        )


async def test_what_is_over_need_not_be_watched(session, case):
    with pytest.raises(ProceedingOver):
        await make_proceeding(session, case, state=ProceedingState.OVER)


async def test_the_next_check_is_after_today(session, case):
    with pytest.raises(CheckedBefore):
        await make_proceeding(session, case, check_on=TODAY)


async def test_the_database_wants_a_next_check_of_what_goes_on(session, case):
    proceeding = await make_proceeding(session, case)

    proceeding.check_on = None
    with pytest.raises(IntegrityError, match="over"):
        await session.flush()


# Holds


async def test_an_investigation_is_held_once_at_a_time(session, case):
    first = await hold(session, case)
    with pytest.raises(HeldAlready):
        await hold(session, case)

    first.end(session, case, "They are done.", by=act(session, now=NOW + DAY))
    await session.flush()
    await hold(session, case, HeldFor.HEALTH, now=NOW + 2 * DAY)

    assert (await hold_of(session, case.id)).because is HeldFor.HEALTH
    _, ended = await holds_of(session, case.id)
    assert ended.until_on == TODAY + DAY
    with pytest.raises(NotHeld):
        first.end(session, case, "Again", by=act(session))


async def test_a_hold_is_looked_at_again_by_its_day(session, case):
    held = await hold(session, case, review_on=TODAY + DAY)

    assert not held.review_due(TODAY)
    assert held.review_due(TODAY + DAY)
    held.review(
        session, case, "Still", review_on=TODAY + 9 * DAY, by=act(session, now=NOW)
    )
    assert not held.review_due(TODAY + DAY)
    with pytest.raises(ReviewedBefore):
        held.review(session, case, "Still", review_on=TODAY, by=act(session, now=NOW))


async def test_a_hold_moves_no_day_that_the_law_gives(session, case):
    before = case.tell_by

    await hold(session, case)

    assert case.tell_by == before == TODAY + 14 * DAY


async def test_versions_are_found_by_their_allegation_alone(session, case):
    await draw(session, case)
    await draw(session, case)

    numbers = await session.scalars(select(AllegationVersion.version))
    assert numbers.all() == [1, 1]
