"""Case examiners: what is laid before whom, what each makes of it without the other, and what comes of the two together."""

from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from fitness.case import (
    AboutThem,
    Case,
    CaseEvent,
    CaseEventKind,
    CaseMember,
    ClosedBecause,
    NotNow,
    NotTheirPlace,
    Place,
    Stage,
    history,
    members,
)
from fitness.examination.decision import (
    DraftedMeanwhile,
    NotAgreed,
    NothingToPublish,
    OwnDraft,
    decision_of,
)
from fitness.examination.disposal import disposal_of
from fitness.examination.examination import (
    ExaminationOver,
    MayStillComment,
    NotDisclosed,
    NothingToExamine,
    OnHold,
    examination_of,
)
from fitness.examination.examiner import (
    Conflicted,
    NotDescribed,
    SeatTaken,
    appoint,
)
from fitness.examination.outcome import (
    InterestNotWeighed,
    NotByTheTest,
    Outcome,
    Prospect,
)
from fitness.examination.view import (
    ExaminerView,
    Interest,
    OtherHasChanged,
    TooEarlyForALastWord,
    views_of,
)
from fitness.fence import Capacity, look_as
from fitness.investigation.disclosure import disclosures_of
from fitness.investigation.served import ServiceKind, services_of
from fitness.order import (
    CaseOrder,
    Decided,
    Ended,
    Measure,
    NotATerm,
    WordsNeeded,
    orders_of,
)
from fitness.panel import Decider, DeclaredInterest, Side
from register.account import Account, StaffRole
from register.kit.errors import NotFound
from tests.fitness.examining import (
    BEFORE,
    both_view,
    confirm,
    decide,
    draft,
    make_examined,
    make_examiner,
    make_ready,
    report,
    view,
)
from tests.fitness.finding import (
    DAY,
    TODAY,
    disclose,
    draw,
    hold,
    make_told,
    redraw,
)
from tests.fitness.investigating import act, make_case, make_investigator
from tests.make import NOW, make_account, make_employment, make_entry, make_home

FIVE_YEARS_AGO = date(2022, 3, 10)


async def events(session, case):
    found = await session.scalars(
        select(CaseEvent.kind).where(CaseEvent.case_id == case.id)
    )
    return list(found)


@pytest.fixture
async def found(session):
    return await make_examined(session)


# The report


async def test_a_report_brings_a_case_before_the_examiners(session):
    case, _ = await make_ready(session)

    examination = await report(session, case, "It is borne out.")

    assert case.stage is Stage.EXAMINATION
    assert examination.target_on == TODAY + 84 * DAY
    found = await examination_of(session, case.id)
    assert found.text.words == "It is borne out."
    assert [one.allegation.number for one in found.alleged] == [1]


async def test_none_is_written_of_what_was_never_disclosed(session):
    case, _ = await make_told(session)
    with pytest.raises(NothingToExamine):
        await report(session, case)

    await draw(session, case)
    with pytest.raises(NotDisclosed) as refused:
        await report(session, case)
    assert refused.value.numbers == [1]


async def test_none_is_written_of_what_was_changed_since(session):
    case, _ = await make_told(session, now=BEFORE)
    allegation = await draw(session, case)
    await disclose(session, case, [allegation], now=BEFORE)
    await redraw(session, case, allegation)

    with pytest.raises(NotDisclosed):
        await report(session, case, now=NOW + 60 * DAY)


async def test_a_withdrawn_allegation_need_not_be_disclosed(session):
    case, _ = await make_ready(session)
    withdrawn = await draw(session, case)
    withdrawn.withdraw(session, case, "Not so", by=act(session))

    examination = await report(session, case)

    assert len((await examination_of(session, case.id)).alleged) == 1
    assert examination.number == 1


async def test_none_is_written_while_the_registrant_may_still_comment(session):
    case, _ = await make_told(session)
    disclosure = await disclose(session, case)

    with pytest.raises(MayStillComment):
        await report(
            session, case, now=NOW + (disclosure.comment_by - TODAY).days * DAY
        )


async def test_it_is_written_once_their_time_is_over(session):
    case, _ = await make_told(session)
    disclosure = await disclose(session, case)
    after = NOW + (disclosure.comment_by - TODAY).days * DAY + DAY

    await report(session, case, now=after)

    assert case.stage is Stage.EXAMINATION


async def test_none_is_written_while_the_investigation_is_on_hold(session):
    case, _ = await make_ready(session)
    await hold(session, case)

    with pytest.raises(OnHold):
        await report(session, case)


async def test_it_is_written_once(session, found):
    with pytest.raises(NotNow):
        await report(session, found.case)


async def test_the_database_keeps_one_examination_open_in_a_case(session, found):
    with pytest.raises(IntegrityError, match="examination_one_open"):
        await session.execute(
            text(
                "insert into examination (id, case_id, number, process_id, began_at, target_on, views_since) "
                "select gen_random_uuid(), case_id, 2, process_id, began_at, target_on, views_since from examination"
            )
        )


# Who examines


async def seat(session, found, account):
    await appoint(session, found.case, found.examination, account, by=act(session))
    await session.flush()


@pytest.fixture
async def reported(session):
    """Nobody examines it yet."""
    case, _ = await make_ready(session)
    return SimpleNamespace(case=case, examination=await report(session, case))


async def test_one_lay_and_one_registrant_examine_a_case(session, reported):
    await seat(session, reported, await make_examiner(session, Side.LAY))
    with pytest.raises(SeatTaken):
        await seat(session, reported, await make_examiner(session, Side.LAY))

    registrant = await make_examiner(session, Side.REGISTRANT)
    await seat(session, reported, registrant)
    with pytest.raises(SeatTaken):
        await seat(session, reported, await make_examiner(session, Side.REGISTRANT))


async def test_of_an_examiner_it_must_be_known_which_of_the_two_they_are(
    session, reported
):
    account = await make_account(session, StaffRole.CASE_EXAMINER, name="Ada")
    with pytest.raises(NotDescribed):
        await seat(session, reported, account)


async def test_nobody_examines_who_is_other_staff_too(session, reported):
    account = await make_account(session, StaffRole.CASE_EXAMINER, StaffRole.CASEWORKER)
    await Decider.describe(
        session, account, Side.LAY, may_chair=False, areas=[], by=act(session)
    )

    with pytest.raises(NotTheirPlace):
        await seat(session, reported, account)


async def test_nobody_examines_a_case_about_themselves(session, reported):
    await session.execute(update(Account).values(person_id=None))
    account = await make_examiner(session, person=reported.case.person)

    with pytest.raises(AboutThem):
        await seat(session, reported, account)


async def test_nobody_examines_a_second_case_about_the_same_person(session, found):
    other = await make_case(session, person=found.case.person)
    await session.execute(
        update(Case).values(stage="examination").where(Case.id == other.id)
    )
    await session.refresh(other)
    await session.refresh(other, ["person", "rule_set"])
    session.add(
        CaseMember(
            case_id=other.id,
            account_id=(late := await make_examiner(session)).id,
            place=Place.EXAMINER,
            joined_at=NOW,
            process=act(session),
        )
    )
    await session.flush()

    with pytest.raises(SeatTaken):
        await seat(session, found, late)
    await session.execute(
        update(CaseMember)
        .values(left_at=NOW)
        .where(CaseMember.account_id == found.lay.id)
    )
    with pytest.raises(Conflicted):
        await seat(session, found, late)


async def employed(session, reported, until):
    """An examiner who worked in a home of the provider for whom the registrant works."""
    home = await make_home(session)
    await make_employment(session, reported.case.person, home)
    person = (await make_entry(session)).person
    start = until - 400 * DAY
    await make_employment(session, person, home, start=start, until=until)
    return await make_examiner(session, Side.REGISTRANT, person=person)


async def test_nobody_examines_who_worked_for_the_same_provider(session, reported):
    account = await employed(session, reported, FIVE_YEARS_AGO)

    with pytest.raises(Conflicted):
        await seat(session, reported, account)


async def test_what_was_longer_ago_does_not_count(session, reported):
    account = await employed(session, reported, FIVE_YEARS_AGO - DAY)

    await seat(session, reported, account)

    assert await members(session, reported.case.id)


async def test_nobody_examines_who_has_declared_that_they_know_them(session, reported):
    account = await make_examiner(session)
    DeclaredInterest.declare(
        session,
        account,
        "A neighbour",
        from_on=TODAY,
        person=reported.case.person,
        by=act(session),
    )
    await session.flush()

    with pytest.raises(Conflicted):
        await seat(session, reported, account)


async def test_other_staff_are_not_described(session, reported):
    with pytest.raises(NotDescribed):
        await seat(session, reported, await make_investigator(session))


async def test_an_examiner_who_leaves_makes_room_for_another(session, found):
    (member,) = await session.scalars(
        select(CaseMember).where(CaseMember.account_id == found.lay.id)
    )
    await found.case.release(session, member, by=act(session))
    await session.flush()

    other = await make_examiner(session, Side.LAY)
    await seat(session, found, other)

    with pytest.raises(NotFound):
        await view(session, found, found.lay)
    await view(session, found, other)


# What each makes of it


async def as_examiner(session, account):
    await session.flush()
    await look_as(session, Capacity.STAFF, account.id)


async def shown(session, found, account):
    """The numbers of the views that the database shows them."""
    await as_examiner(session, account)
    return [one.number for one in await views_of(session, found.examination)]


async def test_neither_sees_what_the_other_makes_of_it_before_both_have_said(
    session, found
):
    await view(session, found, found.lay)

    assert await shown(session, found, found.lay) == [1]
    assert await shown(session, found, found.registrant) == []

    await view(session, found, found.registrant)

    assert await shown(session, found, found.registrant) == [2, 1]
    assert await shown(session, found, found.lay) == [2, 1]


async def test_our_other_staff_see_it_once_it_is_over(session, found):
    manager = await make_account(session, StaffRole.TEAM_MANAGER)
    await both_view(session, found)
    assert await shown(session, found, manager) == []

    await look_as(session, Capacity.SERVICE)
    await draft(session, found)
    await confirm(session, found)

    assert await shown(session, found, manager) == [2, 1]


async def test_an_examiner_of_another_case_sees_nothing_of_it(session, found):
    await both_view(session, found)
    other = await make_examined(session)

    assert await shown(session, found, other.lay) == []
    assert await session.scalar(select(func.count()).select_from(Case)) == 1


async def test_examiners_see_what_was_disclosed_and_said_and_no_more(session, found):
    await as_examiner(session, found.lay)
    session.expunge_all()

    (disclosure,) = await disclosures_of(session, found.case.id)
    assert disclosure.comments[0].words == "I was not there."
    for table in ("case_event", "case_risk", "plan_step", "witness", "triage_factor"):
        counted = select(func.count()).select_from(text(table))
        assert await session.scalar(counted) == 0


@pytest.mark.parametrize(
    ("prospect", "interest", "outcome"),
    [
        (Prospect.NO, None, Outcome.HEARING),
        (Prospect.NO, None, Outcome.DISPOSAL),
        (Prospect.YES, True, Outcome.WARNING),
        (Prospect.YES, True, Outcome.DISPOSAL),
        (Prospect.YES, False, Outcome.HEARING),
        (Prospect.YES, False, Outcome.NO_ACTION),
        (Prospect.UNCLEAR, None, Outcome.NO_ACTION),
        (Prospect.UNCLEAR, None, Outcome.HEARING),
    ],
)
async def test_nobody_decides_otherwise_than_the_test_leads_to(
    session, found, prospect, interest, outcome
):
    months = {Outcome.WARNING: 12, Outcome.DISPOSAL: 12}.get(outcome)
    measure = Measure.CONDITIONS if outcome is Outcome.DISPOSAL else None
    said = None if interest is None else Interest(interest, "So")

    with pytest.raises(NotByTheTest):
        await view(
            session,
            found,
            found.lay,
            outcome,
            prospect=prospect,
            interest=said,
            measure=measure,
            months=months,
        )


@pytest.mark.parametrize("prospect", list(Prospect))
async def test_more_may_always_be_asked_for(session, found, prospect):
    given = await view(
        session, found, found.lay, Outcome.MORE_INFORMATION, prospect=prospect
    )

    assert given.outcome is Outcome.MORE_INFORMATION


async def test_where_there_is_a_prospect_the_second_part_is_asked(session, found):
    with pytest.raises(InterestNotWeighed):
        await view(session, found, found.lay, Outcome.HEARING, interest=None)


@pytest.mark.parametrize("months", [1, 24, 61])
async def test_a_warning_has_one_of_its_terms(session, found, months):
    with pytest.raises(NotATerm):
        await view(session, found, found.lay, Outcome.WARNING, months=months)


async def test_that_an_interim_order_is_wanted_is_told_at_once(session, found):
    await view(session, found, found.lay, interim=True)

    assert CaseEventKind.INTERIM_WANTED in await events(session, found.case)


async def test_a_view_cannot_be_given_for_whoever_does_not_examine_it(session, found):
    stranger = await make_examiner(session)

    with pytest.raises(NotFound):
        await view(session, found, stranger)
    with pytest.raises(DBAPIError, match="does not examine this case"):
        await session.execute(
            text(
                "insert into examiner_view (id, examination_id, case_id, number, account_id, process_id, given_at, outcome, "
                "interim, stands) "
                "select gen_random_uuid(), id, case_id, 1, :who, process_id, began_at, 'no_action', false, false from examination"
            ),
            {"who": stranger.id},
        )


async def test_a_view_is_never_changed(session, found):
    await view(session, found, found.lay)

    with pytest.raises(DBAPIError, match="permission denied"):
        await session.execute(update(ExaminerView).values(stands=True))


# Together


async def test_whoever_changes_their_view_has_read_the_other(session, found):
    await both_view(session, found)
    await view(session, found, found.registrant, Outcome.ADVICE)

    with pytest.raises(OtherHasChanged):
        await view(session, found, found.lay, Outcome.ADVICE, read=2)

    given = await view(session, found, found.lay, Outcome.ADVICE, read=3)
    assert given.number == 4


async def test_nobody_stands_by_a_view_without_having_read_the_other(session, found):
    with pytest.raises(TooEarlyForALastWord):
        await view(session, found, found.lay, stands=True)


async def test_where_they_do_not_agree_at_last_a_panel_hears_it(session, found):
    await view(session, found, found.lay, Outcome.NO_ACTION)
    await view(session, found, found.registrant, Outcome.ADVICE)
    await view(session, found, found.lay, Outcome.NO_ACTION, stands=True)
    assert found.case.stage is Stage.EXAMINATION

    await view(session, found, found.registrant, Outcome.ADVICE, stands=True)

    assert found.case.stage is Stage.HEARING
    assert found.examination.outcome is Outcome.HEARING
    assert await decision_of(session, found.examination) is None
    (told, *_) = await services_of(session, found.case.id, kind=ServiceKind.EXAMINATION)
    assert told.handed_over_at == NOW


async def test_one_who_joins_the_other_at_last_agrees(session, found):
    await view(session, found, found.lay, Outcome.NO_ACTION)
    await view(session, found, found.registrant, Outcome.ADVICE)
    await view(session, found, found.lay, Outcome.NO_ACTION, stands=True)

    await view(session, found, found.registrant, Outcome.NO_ACTION, stands=True)

    assert found.case.stage is Stage.EXAMINATION
    await draft(session, found)


async def test_they_agree_only_if_they_do_on_each_allegation(session, found):
    await view(session, found, found.lay, Outcome.WARNING, months=12)
    await view(session, found, found.registrant, Outcome.WARNING, months=36)

    with pytest.raises(NotAgreed):
        await draft(session, found)


# What they decide


async def test_with_no_further_action_the_case_is_closed(session, found):
    await decide(session, found)

    assert (found.case.stage, found.case.because) == (
        Stage.CLOSED,
        ClosedBecause.NO_ACTION,
    )
    assert found.examination.outcome is Outcome.NO_ACTION
    assert not await orders_of(session, found.case.id)
    assert await services_of(session, found.case.id, kind=ServiceKind.EXAMINATION)


@pytest.mark.parametrize(
    ("outcome", "months", "because"),
    [
        (Outcome.ADVICE, 12, ClosedBecause.ADVICE),
        (Outcome.WARNING, 36, ClosedBecause.WARNING),
    ],
)
async def test_advice_and_warnings_are_in_the_register_at_once(
    session, found, outcome, months, because
):
    await both_view(session, found, outcome, months=months)
    await draft(session, found, wording="Keep the log.")
    await confirm(session, found)

    (order,) = await orders_of(session, found.case.id)
    assert (order.measure, order.months, order.decided_by) == (
        Measure(outcome),
        months,
        Decided.EXAMINERS,
    )
    assert order.in_force_at == NOW
    assert order.text.words == "Keep the log."
    assert found.case.because is because


async def test_a_case_is_referred_to_a_hearing_by_both(session, found):
    await decide(session, found, Outcome.HEARING)

    assert found.case.stage is Stage.HEARING
    assert not await orders_of(session, found.case.id)


async def test_where_more_is_to_be_found_out_it_is_investigated_again(session, found):
    await decide(session, found, Outcome.MORE_INFORMATION)

    assert found.case.stage is Stage.INVESTIGATION
    assert found.examination.outcome is Outcome.MORE_INFORMATION

    again = await report(session, found.case)
    assert again.number == 2
    assert found.case.stage is Stage.EXAMINATION


async def test_one_alone_decides_nothing(session, found):
    await both_view(session, found)
    await draft(session, found, found.lay)

    with pytest.raises(OwnDraft):
        await confirm(session, found, found.lay)
    with pytest.raises(IntegrityError, match="confirmed"):
        await session.execute(
            text(
                "update examination_decision set confirmer_id = account_id, confirmed_at = drafted_at"
            )
        )


async def test_of_two_who_write_at_the_same_moment_the_second_is_told(session, found):
    await both_view(session, found)
    await draft(session, found, found.lay, read=0)

    with pytest.raises(DraftedMeanwhile):
        await draft(session, found, found.registrant, read=0)

    await draft(session, found, found.registrant, read=1)
    await confirm(session, found, found.lay)


async def test_what_is_written_anew_is_not_confirmed_by_whoever_read_what_it_was(
    session, found
):
    await both_view(session, found)
    first = await draft(session, found, found.lay)
    await draft(session, found, found.lay)

    with pytest.raises(DraftedMeanwhile):
        await first.confirm(
            session, found.case, found.examination, found.registrant, by=act(session)
        )


async def test_a_decision_falls_where_one_changes_their_view_before_it_is_signed(
    session, found
):
    await both_view(session, found)
    await draft(session, found)
    await view(session, found, found.registrant, Outcome.ADVICE)

    with pytest.raises(NotAgreed):
        await confirm(session, found)


async def test_a_decision_stays_what_it_was_although_they_agree_on_another(
    session, found
):
    await both_view(session, found)
    await draft(session, found)
    await both_view(session, found, Outcome.HEARING)

    with pytest.raises(NotAgreed):
        await confirm(session, found)


async def test_what_is_decided_is_decided(session, found):
    await decide(session, found, Outcome.MORE_INFORMATION)
    await report(session, found.case)

    with pytest.raises(ExaminationOver):
        await view(session, found, found.lay)
    with pytest.raises(DBAPIError, match="never changed"):
        await session.execute(
            text("update examination_decision set confirmer_id = account_id")
        )


async def test_an_order_has_words_and_a_proposal_what_the_public_reads(session, found):
    await both_view(
        session, found, Outcome.DISPOSAL, measure=Measure.CONDITIONS, months=6
    )

    with pytest.raises(WordsNeeded):
        await draft(session, found, wording="")
    with pytest.raises(NothingToPublish):
        await draft(session, found, public="")


async def test_nothing_is_decided_in_a_case_that_is_closed_meanwhile(session, found):
    await both_view(session, found)
    await found.case.close(session, ClosedBecause.LEFT, by=act(session))

    with pytest.raises(NotNow):
        await draft(session, found)


async def test_an_interim_order_ends_where_nothing_is_to_be_done(session, found):
    panel = [await make_account(session, StaffRole.ADJUDICATOR) for _ in range(2)]
    for one in panel:
        await found.case.take_on(session, one, Place.INTERIM_PANEL, by=act(session))
    await session.flush()
    order = await CaseOrder.make(
        session,
        found.case,
        Measure.INTERIM_SUSPENSION,
        months=6,
        words="",
        decided=Decided.INTERIM_PANEL,
        by=act(session),
    )

    await decide(session, found)

    assert order.because is Ended.OVERTAKEN


async def test_the_history_tells_who_decided_and_no_word_of_what_they_think(
    session, found
):
    await decide(session, found, Outcome.ADVICE)

    told = await history(session, found.case.id)
    kinds = [line.event.kind for line in reversed(told)]
    assert [kind for kind in kinds if kind in OF_EXAMINERS] == [
        CaseEventKind.REPORTED,
        CaseEventKind.VIEW_GIVEN,
        CaseEventKind.VIEW_GIVEN,
        CaseEventKind.DECISION_DRAFTED,
        CaseEventKind.EXAMINED,
    ]
    for line in told:
        if line.event.kind is CaseEventKind.VIEW_GIVEN:
            assert list(line.event.data) == ["account"]


OF_EXAMINERS = {
    CaseEventKind.REPORTED,
    CaseEventKind.VIEW_GIVEN,
    CaseEventKind.DECISION_DRAFTED,
    CaseEventKind.EXAMINED,
}


# Nothing is proposed yet


async def test_there_is_no_proposal_where_none_was_made(session, found):
    await decide(session, found)

    with pytest.raises(NotFound):
        await disposal_of(session, found.case.id)
