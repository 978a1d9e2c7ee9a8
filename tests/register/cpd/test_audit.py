"""The audit: who may be drawn, who assesses, and what follows when two find that learning is not enough."""

import hashlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from register.account import StaffRole
from register.by_link import token_of
from register.condition import standing_of
from register.cpd import Reflected, freeze, invited
from register.cpd.audit import (
    AuditCase,
    CaseState,
    Finding,
    LearningAudit,
    assessors_for,
    assign,
    give_back,
    given_to,
    own_cases,
    propose_condition,
    published,
    request_of,
    results_of,
    seen_by_assessors,
    to_assess,
    work_on,
)
from register.cpd.audit.assessing import (
    TOLD_WHOSE,
    GivenAlready,
    KnowsThem,
    NothingGiven,
    SomethingElseFirst,
)
from register.cpd.audit.audit import AnnouncedAlready, DrawnAlready, YearNotOver
from register.cpd.audit.case import (
    NothingAdded,
    NothingAwaited,
    NotWithAssessors,
    StillLookedAt,
)
from register.cpd.audit.conditional import DueInThePast, NotFoundWanting, of_learning
from register.cpd.audit.drawing import NobodyToDraw, population_of
from register.cpd.audit.redacting import redacted, telling
from register.cpd.audit.reminding import end_waiting_for_audits, remind_of_audits
from register.entry import Entry, OrderKind, RemovalReason
from register.kit.clock import day_of, end_of, start_of
from register.kit.errors import NotFound
from register.notice import propose_notice_of_removal
from register.notice.removing import NotOverdue
from register.part import Part
from register.proposal import NeedsAnotherPerson
from tests.make import (
    NOW,
    make_account,
    make_employment,
    make_entry,
    make_home,
    make_person,
    make_process,
)
from tests.register.auditing import (
    AUDITED,
    DAY,
    EARLY,
    RENEWED,
    announced,
    assessed,
    draw_audit,
    failed,
    make_case,
    make_renewed,
)
from tests.register.learning import (
    YEAR_END,
    letters_to,
    make_asked,
    make_enough,
    make_record,
    told,
)

HOLDER = "holder@example.org"
LAST_YEAR = date(2026, 11, 30)


async def cases(session):
    return (await session.scalars(select(AuditCase))).all()


async def population(session):
    return await population_of(session, Part.MANAGER, YEAR_END, now=AUDITED)


# Announcing


async def test_a_seed_is_committed_to_before_anybody_is_counted(session):
    audit = await announced(session)

    assert len(audit.commitment) == 64
    assert audit.seed is None
    assert audit.open_seed().encode() not in audit.sealed_seed


async def test_a_year_is_audited_once_it_is_over(session):
    with pytest.raises(YearNotOver):
        await announced(session, now=end_of(YEAR_END) - timedelta(seconds=1))

    assert await announced(session, now=end_of(YEAR_END))


async def test_each_part_and_year_is_audited_once(session):
    await announced(session)
    await announced(session, part=Part.DEPUTY)

    with pytest.raises(AnnouncedAlready):
        await announced(session)


# Who may be drawn


async def test_who_renewed_with_the_learning_of_the_year_may_be_drawn(session):
    entry = await make_renewed(session)
    await make_entry(session, on=EARLY)

    found = await population(session)

    assert found.people == {entry.person.number: entry.person_id}


async def test_who_joined_in_the_year_is_left_out_and_counted(session):
    await make_renewed(session, on=start_of(date(2026, 12, 1)))
    last = await make_renewed(session, on=start_of(date(2026, 11, 30)))

    found = await population(session)

    assert found.people.keys() == {last.person.number}
    assert found.newly_joined == 1


async def test_who_is_under_an_order_is_left_out_and_counted(session):
    entry = await make_renewed(session)
    await entry.order(
        session,
        OrderKind.CONDITIONS_ORDER,
        on=AUDITED - DAY,
        until=AUDITED + DAY,
        wording="Not alone.",
        by=make_process(session),
    )

    found = await population(session)

    assert not found.people
    assert found.under_order == 1


async def test_whom_the_public_does_not_see_leaves_no_trace(session):
    hidden = await make_renewed(
        session, person=await make_person(session, withheld=True)
    )
    dead = await make_renewed(session)
    dead.person.deceased_on = date(2027, 12, 1)
    await session.flush()

    found = await population(session)

    assert hidden.person.number
    assert not found.people
    assert found.newly_joined == found.under_order == 0


async def test_a_hold_leaves_nobody_out_as_the_hash_would_tell_of_it(session):
    entry = await make_renewed(session)
    await make_account(session, person=entry.person, email=HOLDER)
    await entry.hold(session, on=AUDITED - DAY, by=make_process(session))

    await draw_audit(session, await announced(session))

    (case,) = await cases(session)
    assert case.state is CaseState.ASSESSED
    assert await own_cases(session, entry.person_id) == [case]
    assert await letters_to(session, HOLDER) == ["audit_selected"]


async def test_who_is_held_is_told_as_others_and_assessed_once_the_hold_is_over(
    session,
):
    entry = await make_renewed(session)
    hold = await entry.hold(session, on=AUDITED - DAY, by=make_process(session))
    await draw_audit(session, await announced(session))
    (case,) = await cases(session)
    assessor = await make_account(session, StaffRole.CASEWORKER)

    async def given(now):
        work = await work_on(session, case.id)
        await assign(session, work, assessor, by=make_process(session, now=now))

    with pytest.raises(SomethingElseFirst):
        await given(AUDITED)
    await entry.end(session, hold, on=AUDITED + DAY, by=make_process(session))
    await given(AUDITED + DAY)

    assert await to_assess(session, assessor) == [case]


# Drawing


async def test_what_is_published_is_enough_to_repeat_the_draw(session):
    entries = [await make_renewed(session) for _ in range(41)]

    audit = await draw_audit(session, await announced(session))

    numbers = sorted(entry.person.number for entry in entries)
    ordered = sorted(
        numbers,
        key=lambda number: hashlib.sha256((audit.seed + number).encode()).hexdigest(),
    )
    people = {entry.person_id: entry.person.number for entry in entries}
    chosen = {people[case.person_id] for case in await cases(session)}
    assert hashlib.sha256(audit.seed.encode()).hexdigest() == audit.commitment
    assert (
        hashlib.sha256("\n".join(numbers).encode()).hexdigest() == audit.population_hash
    )
    assert (audit.population, audit.size) == (41, 2)
    assert chosen == set(ordered[:2])
    assert (
        hashlib.sha256((audit.seed + ordered[1]).encode()).hexdigest()
        == audit.last_rank
    )


async def test_it_is_drawn_once(session):
    await make_renewed(session)
    audit = await draw_audit(session, await announced(session))

    with pytest.raises(DrawnAlready):
        await draw_audit(session, audit)


async def test_of_nobody_nobody_is_drawn(session):
    audit = await announced(session)

    with pytest.raises(NobodyToDraw):
        await draw_audit(session, audit)


async def test_whoever_did_not_have_enough_last_year_is_always_looked_at(session):
    failing = [
        await make_renewed(
            session,
            on=start_of(date(2025, 6, 1)),
            year_end=LAST_YEAR,
            now=RENEWED - 365 * DAY,
        )
        for _ in range(3)
    ]
    before = AUDITED - 365 * DAY
    first = await draw_audit(
        session, await announced(session, year_end=LAST_YEAR, now=before), now=before
    )
    for case in await cases(session):
        case.failed_at = before
    failed_ids = {case.person_id for case in await cases(session)}
    for entry in failing:
        await make_again(session, entry)
    others = [await make_renewed(session) for _ in range(30)]
    await session.flush()

    second = await draw_audit(session, await announced(session))

    looked_at = {
        case.person_id for case in await cases(session) if case.audit_id == second.id
    }
    assert first.size == 1
    assert failed_ids <= looked_at
    assert len(looked_at) == second.size + second.repeated
    assert second.population == 33
    assert others


async def make_again(session, entry):
    await make_enough(session, entry.person)
    await freeze(
        session,
        entry.person_id,
        year_end=YEAR_END,
        by=make_process(session, now=RENEWED),
    )


async def test_who_is_drawn_is_told(session):
    await make_case(session)

    assert await letters_to(session, HOLDER) == ["audit_selected"]


# Assessing


async def test_one_who_accepts_settles_it(session):
    _entry, work = await make_case(session)

    await assessed(session, work.case.id, Finding.ACCEPT, "")

    assert work.case.state is CaseState.ACCEPTED
    letters = await letters_to(session, HOLDER)
    assert sorted(letters) == ["audit_accepted", "audit_selected"]


async def test_advice_settles_it_too(session):
    _entry, work = await make_case(session)

    await assessed(session, work.case.id, Finding.ADVISE)

    assert work.case.state is CaseState.ADVISED
    assert "audit_advised" in await letters_to(session, HOLDER)


async def test_one_who_finds_it_not_enough_changes_nothing_yet_and_nobody_is_told(
    session,
):
    _entry, work = await make_case(session)

    await assessed(session, work.case.id, Finding.NOT_MET)

    assert work.case.state is CaseState.ASSESSED
    assert (await work_on(session, work.case.id)).to_assign
    assert await letters_to(session, HOLDER) == ["audit_selected"]


async def test_a_second_who_finds_it_enough_settles_it(session):
    _entry, work = await make_case(session)
    await assessed(session, work.case.id, Finding.NOT_MET)

    await assessed(session, work.case.id, Finding.ADVISE)

    assert work.case.state is CaseState.ADVISED
    assert work.case.failed_at is None


async def test_the_second_is_somebody_else(session):
    _entry, work = await make_case(session)
    first = await assessed(session, work.case.id, Finding.NOT_MET)
    work = await work_on(session, work.case.id)

    assert first.id not in {one.id for one in await assessors_for(session, work)}
    with pytest.raises(KnowsThem):
        await assign(session, work, first, by=make_process(session))


async def test_one_assesses_at_a_time(session):
    _entry, work = await make_case(session)
    one, two = [await make_account(session, StaffRole.CASEWORKER) for _ in range(2)]
    await assign(session, work, one, by=make_process(session))

    with pytest.raises(GivenAlready):
        await assign(
            session, await work_on(session, work.case.id), two, by=make_process(session)
        )
    assert [case.id for case in await to_assess(session, one)] == [work.case.id]
    assert await to_assess(session, two) == []
    with pytest.raises(NotFound):
        await given_to(session, two, work.case.id)


async def test_what_is_given_back_goes_to_another_and_never_to_the_same(session):
    _entry, work = await make_case(session)
    one, two = [await make_account(session, StaffRole.CASEWORKER) for _ in range(2)]
    by = make_process(session, now=AUDITED)
    await assign(session, work, one, by=by)

    give_back(await work_on(session, work.case.id), by=by)
    await session.flush()

    work = await work_on(session, work.case.id)
    assert work.to_assign
    assert await to_assess(session, one) == []
    with pytest.raises(NotFound):
        await given_to(session, one, work.case.id)
    with pytest.raises(KnowsThem):
        await assign(session, work, one, by=by)
    await assign(session, work, two, by=by)
    assert await to_assess(session, two) == [work.case]


async def test_nothing_is_given_back_that_nobody_has(session):
    _entry, work = await make_case(session)

    with pytest.raises(NothingGiven):
        give_back(work, by=make_process(session))


@pytest.mark.parametrize("role", sorted(TOLD_WHOSE))
async def test_nobody_assesses_who_reads_whose_learning_is_in_an_audit(session, role):
    _entry, work = await make_case(session)
    leader = await make_account(session, StaffRole.CASEWORKER, role)
    alone = await make_account(session, role)

    assert not {leader.id, alone.id} & {
        one.id for one in await assessors_for(session, work)
    }
    for account in (leader, alone):
        with pytest.raises(KnowsThem):
            await assign(session, work, account, by=make_process(session))


async def test_nobody_assesses_their_own_learning(session):
    entry = await make_renewed(session)
    own = await make_account(session, StaffRole.CASEWORKER, person=entry.person)
    await draw_audit(session, await announced(session))
    (case,) = await cases(session)
    work = await work_on(session, case.id)

    assert own.id not in {one.id for one in await assessors_for(session, work)}
    with pytest.raises(KnowsThem):
        await assign(session, work, own, by=make_process(session))


async def test_nobody_assesses_somebody_with_whom_they_worked(session):
    entry, work = await make_case(session)
    colleague = await make_person(session)
    home = await make_home(session)
    await make_employment(session, entry.person, home)
    await make_employment(session, colleague, home)
    officer = await make_account(session, StaffRole.CASEWORKER, person=colleague)

    with pytest.raises(KnowsThem):
        await assign(session, work, officer, by=make_process(session))


async def test_who_worked_there_at_another_time_may_assess(session):
    entry, work = await make_case(session)
    before = await make_person(session)
    home = await make_home(session)
    await make_employment(session, entry.person, home, start=date(2024, 1, 8))
    await make_employment(
        session, before, home, start=date(2020, 1, 1), until=date(2024, 1, 7)
    )
    officer = await make_account(session, StaffRole.CASEWORKER, person=before)

    await assign(session, work, officer, by=make_process(session))


async def test_nobody_assesses_what_is_settled(session):
    _entry, work = await make_case(session)
    await assessed(session, work.case.id, Finding.ACCEPT)
    officer = await make_account(session, StaffRole.CASEWORKER)

    with pytest.raises(NotWithAssessors):
        await assign(
            session,
            await work_on(session, work.case.id),
            officer,
            by=make_process(session),
        )


async def test_an_assessor_is_not_told_whose_it_is(session):
    person = await make_person(session, given_names="Ngozi", family_name="Adébáyò")
    home = await make_home(session, name="Elm House")
    await make_employment(session, person, home, employer="Northern Care Limited")
    entry = await make_entry(session, person=person, on=EARLY)
    record = await make_record(
        session,
        person,
        learnt=f"At Northern Care Limited, in ELM HOUSE (SC462450), Ngozi Adébáyò ({person.number}) learnt with Priya.",
    )
    request = await make_asked(session, record)
    assert request.open
    work = await drawn(session, entry)

    (seen,) = await seen_by_assessors(session, work.case)

    for one in ("Northern", "ELM", "SC462450", "Ngozi", "Adébáyò", "CH-", "Priya"):
        assert one not in seen.words.learnt
    assert "learnt with" in seen.words.learnt


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("O'Brien", "O’Brien"),
        ("O’Brien", "OBrien"),
        ("Zoë", "Zoe"),
        ("Zoe", "ZOË"),
        ("Søren", "Soren"),
        ("Anne-Marie", "Anne Marie"),
        ("Anne Marie", "annemarie"),
        ("Bo", "Bo"),
        ("CH-0000123-J", "CH0000123J"),
        ("CH-0000123-J", "ch 0000123 j"),
    ],
)
def test_a_name_is_taken_out_however_it_is_typed(name, typed):
    assert redacted(f"I am {typed}, so.", {name}) == "I am […], so."


@pytest.mark.parametrize("text", ["bonfire", "in bo", "Bob", "Zoes", "OBriens"])
def test_what_only_looks_like_a_name_stays(text):
    assert redacted(text, {"Bo", "Zoë", "O'Brien"}) == text


@given(
    st.text("abcdéëøñO'’ -", min_size=3, max_size=12).filter(
        lambda name: name.strip("'’ -") == name and len(name) > 2
    ),
    st.text("xyz ,.", max_size=10),
)
def test_nothing_of_a_name_stays_and_nothing_else_goes(name, around):
    assert redacted(f"{around} {name} {around}", {name}) == f"{around} […] {around}"


async def test_of_two_short_names_each_is_taken_out(session):
    person = await make_person(session, given_names="Bo", family_name="Li")

    hide = await telling(session, person.id)

    assert redacted("I, Bo Li, or Li Bo, also like a libero.", hide) == (
        "I, […], or […], also like a libero."
    )


async def test_an_employer_is_taken_out_without_its_kind_of_firm(session):
    person = await make_person(session)
    home = await make_home(session, name="Elm House")
    await make_employment(session, person, home, employer="Northern Care Limited")

    hide = await telling(session, person.id)

    assert redacted("At Northern Care we sing.", hide) == "At […] we sing."


async def test_an_assessor_is_told_what_was_copied_and_what_was_changed_after_praise(
    session,
):
    entry = await make_entry(session, on=EARLY)
    stranger = await make_entry(session, on=EARLY)
    same = {"learnt": "One two three four.", "impact": "Five.", "reflection": "Six."}
    own = {"impact": "Seven eight nine ten eleven."}
    praised = await make_record(session, entry.person)
    request = await make_asked(session, praised)
    found = await invited(session, token_of(request), now=NOW, lock=True)
    said = Reflected(words="Well done.", name="Priya Peer", job="Deputy manager")
    await found.reflect(session, said, by=make_process(session))
    later = make_process(session, now=NOW + DAY)
    await praised.write(session, told(**own), year_end=YEAR_END, by=later)
    copies = [
        await make_record(session, whose.person, **same)
        for whose in (entry, entry, stranger)
    ]
    work = await drawn(session, entry)

    seen = {one.record.id: one for one in await seen_by_assessors(session, work.case)}

    copied, plain = seen[copies[0].id], seen[praised.id]
    assert (copied.same_as_own, copied.same_as_others) == (100, 100)
    assert (plain.same_as_own, plain.same_as_others) == (0, 0)
    assert [one.changed_since for one in plain.reflections] == [True]


async def drawn(session, entry):
    """In an audit of those who renewed, which are only they."""
    by = make_process(session, now=RENEWED)
    await freeze(session, entry.person_id, year_end=YEAR_END, by=by)
    await draw_audit(session, await announced(session))
    (case,) = await cases(session)
    return await work_on(session, case.id)


def test_only_whole_words_are_taken_out():
    assert (
        redacted("Anna met Annabel at Rowan.", {"anna"}) == "[…] met Annabel at Rowan."
    )
    assert redacted("Nothing", set()) == "Nothing"


# Not enough


async def test_two_who_find_it_not_enough_ask_for_more_within_21_days(session):
    _entry, work = await make_case(session)

    await failed(session, work.case.id)

    request = await request_of(session, work.case)
    assert work.case.state is CaseState.AWAITED
    assert request.due_on == day_of(AUDITED) + 21 * DAY
    assert "audit_more_needed" in await letters_to(session, HOLDER)


async def test_what_is_added_is_looked_at_again(session):
    entry, work = await make_case(session)
    await failed(session, work.case.id)
    request = await request_of(session, work.case)
    later = AUDITED + DAY

    with pytest.raises(NothingAdded):
        await work.case.answer(session, request, by=make_process(session, now=later))
    await make_record(session, entry.person, now=later)
    await work.case.answer(session, request, by=make_process(session, now=later))

    assert work.case.state is CaseState.AGAIN
    assert len(await seen_by_assessors(session, work.case)) == 3
    with pytest.raises(NothingAwaited):
        await work.case.answer(session, request, by=make_process(session, now=later))


async def test_whoever_assessed_it_before_may_look_again(session):
    _entry, work = await make_case(session)
    one, _ = await failed(session, work.case.id)
    await waited(session, work)

    await assessed(session, work.case.id, Finding.ACCEPT, assessor=one)

    assert work.case.state is CaseState.ACCEPTED
    assert work.case.failed_at


async def waited(session, work):
    """Until the last day is over."""
    request = await request_of(session, work.case)
    await end_waiting_for_audits(session, end_of(request.due_on))
    await session.flush()


async def test_a_reminder_comes_a_week_before_the_last_day_and_once(session):
    _entry, work = await make_case(session)
    await failed(session, work.case.id)
    request = await request_of(session, work.case)
    week_before = start_of(request.due_on - 7 * DAY)

    await remind_of_audits(session, week_before - timedelta(seconds=1))
    assert request.reminded_at is None
    await remind_of_audits(session, week_before)
    await remind_of_audits(session, week_before + DAY)

    sent = await letters_to(session, HOLDER)
    assert sent.count("audit_more_reminder") == 1


async def test_the_last_day_counts_whole_and_then_it_is_looked_at_again(session):
    _entry, work = await make_case(session)
    await failed(session, work.case.id)
    request = await request_of(session, work.case)

    await end_waiting_for_audits(session, end_of(request.due_on) - timedelta(seconds=1))
    assert work.case.state is CaseState.AWAITED
    await end_waiting_for_audits(session, end_of(request.due_on))

    assert work.case.state is CaseState.AGAIN
    assert "audit_time_over" in await letters_to(session, HOLDER)


# The condition, and the removal


async def wanting(session):
    """Twice found not enough by two."""
    entry, work = await make_case(session)
    await failed(session, work.case.id)
    await waited(session, work)
    assessors = await failed(session, work.case.id)
    return entry, await work_on(session, work.case.id), assessors


async def condition_proposed(session, work, due_on=None, proposer=None):
    proposer = proposer or await make_account(session, StaffRole.TEAM_MANAGER)
    return await propose_condition(
        session,
        work,
        wording="Records two pieces of learning.",
        due_on=due_on or day_of(AUDITED) + 60 * DAY,
        words="See both findings.",
        proposer=proposer,
        by=make_process(session, actor=proposer, now=AUDITED),
    )


async def conditional(session):
    entry, work, _ = await wanting(session)
    proposal = await condition_proposed(session, work)
    registrar = await make_account(session, StaffRole.REGISTRAR)
    await session.flush()
    await proposal.approve(
        session,
        approver=registrar,
        by=make_process(session, actor=registrar, now=AUDITED),
    )
    return entry, work


async def test_not_enough_once_more_waits_for_a_condition(session):
    _entry, work, _ = await wanting(session)

    assert work.case.state is CaseState.NOT_MET
    assert "audit_not_met" in await letters_to(session, HOLDER)


async def test_a_condition_is_set_by_two_people_with_a_day(session):
    _entry, work = await conditional(session)

    standing = await standing_of(session, work.case.condition_id, now=AUDITED)
    assert standing.condition.due_on == day_of(AUDITED) + 60 * DAY
    assert work.case.state is CaseState.CONDITIONAL
    assert "audit_condition" in await letters_to(session, HOLDER)
    assert await of_learning(session, [standing.condition.id])


async def test_no_assessor_approves_it(session):
    _entry, work, (assessor, _) = await wanting(session)
    proposal = await condition_proposed(session, work)
    assessor.grants[0].role = StaffRole.REGISTRAR
    await session.flush()

    with pytest.raises(NeedsAnotherPerson):
        await proposal.approve(
            session, approver=assessor, by=make_process(session, now=AUDITED)
        )


async def test_a_condition_needs_two_looks_and_a_day_to_come(session):
    _entry, work = await make_case(session)
    with pytest.raises(NotFoundWanting):
        await condition_proposed(session, work)

    work.case.state, work.case.failed_at = CaseState.NOT_MET, AUDITED
    with pytest.raises(DueInThePast):
        await condition_proposed(session, work, due_on=day_of(AUDITED))


async def test_a_condition_whose_day_has_come_before_it_is_approved_is_not_set(
    session,
):
    _entry, work, _ = await wanting(session)
    proposal = await condition_proposed(session, work, due_on=day_of(AUDITED) + DAY)
    registrar = await make_account(session, StaffRole.REGISTRAR)
    await session.flush()

    with pytest.raises(DueInThePast):
        await proposal.approve(
            session,
            approver=registrar,
            by=make_process(session, actor=registrar, now=AUDITED + DAY),
        )


# Who is registered no more


async def test_what_is_open_is_set_aside_once_they_are_not_registered(session):
    entry, work, _ = await wanting(session)
    by = make_process(session, now=AUDITED + DAY)

    with pytest.raises(StillLookedAt):
        await work.case.set_aside(session, by=by)
    await entry.lapse(session, on=AUDITED, because="not_renewed", by=by)
    await work.case.set_aside(session, by=by)

    assert work.case.state is CaseState.SET_ASIDE
    assert work.case.ended_at == by.at
    assert (await results_of(session, work.case.audit)).open == 0
    assert (await results_of(session, work.case.audit)).not_met == 1


async def test_while_more_is_awaited_nothing_is_set_aside(session):
    entry, work = await make_case(session)
    await failed(session, work.case.id)
    by = make_process(session, now=AUDITED + DAY)
    await entry.lapse(session, on=AUDITED, because="not_renewed", by=by)
    work = await work_on(session, work.case.id)

    with pytest.raises(StillLookedAt):
        await work.case.set_aside(session, by=by)
    await waited(session, work)
    await work.case.set_aside(session, by=by)


async def test_notice_of_removal_for_learning_waits_until_the_condition_is_overdue(
    session,
):
    entry, work = await conditional(session)
    due_on = day_of(AUDITED) + 60 * DAY
    officer = await make_account(session, StaffRole.CASEWORKER)

    async def proposed(now):
        return await propose_notice_of_removal(
            session,
            await Entry.load(session, entry.id),
            because=RemovalReason.CPD,
            condition_id=work.case.condition_id,
            words="Nothing was added.",
            proposer=officer,
            by=make_process(session, actor=officer, now=now),
        )

    with pytest.raises(NotOverdue):
        await proposed(end_of(due_on) - timedelta(seconds=1))
    proposal = await proposed(end_of(due_on))
    registrar = await make_account(session, StaffRole.REGISTRAR)
    await session.flush()
    await proposal.approve(
        session,
        approver=registrar,
        by=make_process(session, actor=registrar, now=end_of(due_on)),
    )

    assert "notice_minded_to_remove" in await letters_to(session, HOLDER)


# Figures


async def test_results_count_what_two_found_not_enough_whatever_came_of_it(session):
    _entry, work = await make_case(session)
    await failed(session, work.case.id)
    audit = await session.get_one(LearningAudit, work.case.audit_id)
    before = await results_of(session, audit)
    await waited(session, work)
    await assessed(session, work.case.id, Finding.ACCEPT)

    after = await results_of(session, audit)

    assert (before.not_met, before.open) == (1, 1)
    assert (after.not_met, after.accepted, after.open) == (1, 0, 0)


@pytest.mark.parametrize(
    ("count", "shown"), [(None, None), (0, 0), (1, None), (4, None), (5, 5)]
)
def test_nothing_is_published_that_tells_of_fewer_than_five(count, shown):
    assert published(count) == shown
