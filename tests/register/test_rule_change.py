"""Rules change for days to come, by two people, and everybody keeps those that they were promised."""

from datetime import date, timedelta

import msgspec
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from register.account import StaffRole
from register.application import SectionName, submit
from register.application.answers import Qualifications
from register.kit.clock import end_of, start_of
from register.part import Part
from register.process import Event
from register.proposal import (
    AlreadyProposed,
    NeedsAnotherPerson,
    NotYours,
)
from register.qualification import Qualification
from register.rule_change import (
    BeginsTooSoon,
    DraftChanged,
    NothingChanged,
    WaitsForSecondPerson,
    affected,
    begin,
    changes,
    discard,
    draft_of,
    propose,
)
from register.rule_set import AcceptedTerms, NotLater, Route, RuleSet, Verdict
from tests.applications import (
    fill,
    make_application,
    make_form,
    make_qualification,
)
from tests.counting import counted
from tests.make import NOW, make_account, make_process

TODAY = NOW.date()
TOMORROW = TODAY + timedelta(days=1)
APRIL = date(2027, 4, 1)


@pytest.fixture
async def writer(session):
    return await make_account(session, StaffRole.TEAM_MANAGER)


@pytest.fixture
async def registrar(session):
    return await make_account(session, StaffRole.REGISTRAR)


@pytest.fixture
async def drafted(session, writer):
    return await begin(session, Part.MANAGER, account=writer, by=make_process(session))


async def write(session, drafted, writer, begins_on=APRIL, **figures):
    draft = drafted.draft
    rules = msgspec.structs.replace(draft.terms.rules, **figures)
    terms = msgspec.structs.replace(draft.terms, rules=rules)
    await draft.change(
        session, account=writer, seen=draft.version, terms=terms, begins_on=begins_on
    )
    await session.flush()


async def proposed(session, drafted, writer):
    by = make_process(session, actor=writer)
    seen = drafted.draft.version
    proposal = await propose(session, drafted, seen=seen, proposer=writer, by=by)
    await session.flush()
    return proposal


async def published(session, drafted, writer, registrar):
    proposal = await proposed(session, drafted, writer)
    by = make_process(session, actor=registrar)
    await proposal.approve(session, approver=registrar, by=by)
    await session.flush()


def chosen(listed):
    """An application that names a qualification from the list."""
    held = make_qualification(accepted_id=listed.id)
    return make_form(qualifications=Qualifications(items=[held]))


# Drafts


async def test_a_draft_says_at_first_what_the_newest_version_says(session, drafted):
    assert changes(drafted.base.terms, drafted.draft.terms) == []


async def test_a_part_has_one_draft(session, drafted, registrar):
    again = await begin(
        session, Part.MANAGER, account=registrar, by=make_process(session)
    )

    assert again.draft is drafted.draft


async def test_what_was_written_on_another_form_of_the_draft_is_not_overwritten(
    session, drafted, writer
):
    await write(session, drafted, writer, appeal_days=14)

    with pytest.raises(DraftChanged):
        await drafted.draft.change(session, account=writer, seen=1)


async def test_a_draft_that_waits_for_a_second_person_stands_still(
    session, drafted, writer
):
    await write(session, drafted, writer, appeal_days=14)
    await proposed(session, drafted, writer)

    with pytest.raises(WaitsForSecondPerson):
        await write(session, drafted, writer, appeal_days=7)
    with pytest.raises(WaitsForSecondPerson):
        await discard(session, drafted.draft, by=make_process(session))


async def test_a_draft_that_is_given_back_is_written_on(
    session, drafted, writer, registrar
):
    await write(session, drafted, writer, appeal_days=14)
    proposal = await proposed(session, drafted, writer)
    by = make_process(session, actor=registrar)

    proposal.return_(words="Too short.", approver=registrar, by=by)
    await session.flush()
    await write(session, drafted, writer, appeal_days=21)

    assert drafted.draft.terms.rules.appeal_days == 21


async def test_a_draft_that_is_discarded_is_gone(session, drafted):
    await discard(session, drafted.draft, by=make_process(session))
    await session.flush()

    assert await draft_of(session, Part.MANAGER) is None


# Two people


async def test_a_draft_that_changes_nothing_is_not_proposed(session, drafted, writer):
    await write(session, drafted, writer)

    with pytest.raises(NothingChanged):
        await proposed(session, drafted, writer)


@pytest.mark.parametrize("day", [None, TODAY, TODAY - timedelta(days=1)])
async def test_rules_are_not_changed_for_today_or_before(session, drafted, writer, day):
    await write(session, drafted, writer, begins_on=day, appeal_days=14)

    with pytest.raises(BeginsTooSoon):
        await proposed(session, drafted, writer)


async def test_rules_may_change_from_tomorrow(session, drafted, writer):
    await write(session, drafted, writer, begins_on=TOMORROW, appeal_days=14)

    proposal = await proposed(session, drafted, writer)

    assert proposal.waiting


async def test_nothing_is_proposed_that_was_changed_since_it_was_seen(
    session, drafted, writer
):
    await write(session, drafted, writer, appeal_days=14)

    with pytest.raises(DraftChanged):
        await propose(
            session, drafted, seen=1, proposer=writer, by=make_process(session)
        )


async def test_one_proposal_waits_for_a_part(session, drafted, writer):
    await write(session, drafted, writer, appeal_days=14)
    await proposed(session, drafted, writer)

    with pytest.raises(AlreadyProposed):
        await proposed(session, drafted, writer)


async def test_only_a_registrar_lets_rules_begin(session, drafted, writer):
    await write(session, drafted, writer, appeal_days=14)
    proposal = await proposed(session, drafted, writer)
    manager = await make_account(session, StaffRole.TEAM_MANAGER)

    with pytest.raises(NotYours):
        await proposal.approve(
            session, approver=manager, by=make_process(session, actor=manager)
        )


async def test_who_wrote_on_a_draft_does_not_approve_it(session, drafted, writer):
    colleague = await make_account(session, StaffRole.REGISTRAR)
    await write(session, drafted, colleague, appeal_days=14)
    proposal = await proposed(session, drafted, writer)

    with pytest.raises(NeedsAnotherPerson):
        await proposal.approve(
            session, approver=colleague, by=make_process(session, actor=colleague)
        )


async def test_a_proposal_that_waited_past_its_day_is_not_carried_out(
    session, drafted, writer, registrar
):
    await write(session, drafted, writer, begins_on=TOMORROW, appeal_days=14)
    proposal = await proposed(session, drafted, writer)

    with pytest.raises(BeginsTooSoon):
        await proposal.approve(
            session,
            approver=registrar,
            by=make_process(session, actor=registrar, now=NOW + timedelta(days=1)),
        )


# What is published


async def test_what_was_approved_holds_from_its_day_and_not_before(
    session, drafted, writer, registrar
):
    await write(session, drafted, writer, appeal_days=14)

    await published(session, drafted, writer, registrar)

    before = await RuleSet.on(session, Part.MANAGER, APRIL - timedelta(days=1))
    after = await RuleSet.on(session, Part.MANAGER, APRIL)
    assert (before.version, before.rules.appeal_days) == (1, 28)
    assert (after.version, after.rules.appeal_days) == (2, 14)
    assert before.valid.upper == after.valid.lower == start_of(APRIL)
    assert await draft_of(session, Part.MANAGER) is None


async def test_publishing_is_told(session, drafted, writer, registrar):
    await write(session, drafted, writer, appeal_days=14)

    await published(session, drafted, writer, registrar)

    told = await session.scalar(
        select(Event.data).where(Event.kind == "rules:published")
    )
    assert told == {"part": "manager", "version": 2, "begins": "2027-04-01"}


async def test_lists_are_published_with_the_figures(
    session, drafted, writer, registrar
):
    ulster = AcceptedTerms(
        code="ni-l5",
        title="A diploma of Northern Ireland",
        route=Route.UK_EQUIVALENT,
        country="Northern Ireland",
        verdict=Verdict.PARTIAL,
        awarded_from=date(2015, 1, 1),
        awarded_until=date(2020, 12, 31),
        gap_units=("Law of England",),
    )
    terms = drafted.draft.terms
    await drafted.draft.change(
        session,
        account=writer,
        seen=1,
        terms=msgspec.structs.replace(terms, accepted=(*terms.accepted, ulster)),
        begins_on=APRIL,
    )
    await session.flush()

    await published(session, drafted, writer, registrar)

    (newest, _) = await RuleSet.versions(session, Part.MANAGER)
    assert newest.terms.accepted[-1] == ulster
    assert newest.terms.standards == terms.standards


async def test_no_version_begins_with_or_before_the_one_that_it_follows(session):
    first = (await RuleSet.versions(session, Part.MANAGER))[0]

    with pytest.raises(NotLater):
        await RuleSet.publish(session, Part.MANAGER, first.terms, on=first.begins)


@pytest.mark.parametrize(
    "change",
    [
        "set data = jsonb_set(data, '{appeal_days}', '1')",
        "set version = 9",
        "set valid = tstzrange('2020-01-01', null)",
        "set valid = tstzrange(lower(valid) - interval '1 day', '2030-01-01')",
    ],
)
async def test_the_database_lets_nobody_change_a_version(session, change):
    with pytest.raises(DBAPIError):
        await session.execute(text(f"update rule_set {change} where part = 'manager'"))


async def test_a_version_that_has_ended_ends_on_no_other_day(
    session, drafted, writer, registrar
):
    await write(session, drafted, writer, appeal_days=14)
    await published(session, drafted, writer, registrar)

    with pytest.raises(DBAPIError):
        await session.execute(
            text(
                "update rule_set set valid = tstzrange(lower(valid), '2031-01-01') where part = 'manager' and version = 1"
            )
        )


# An award counts in its time


@pytest.mark.parametrize(
    ("awarded_on", "verdict"),
    [
        (date(2014, 12, 31), Verdict.NO),
        (date(2015, 1, 1), Verdict.PARTIAL),
        (date(2020, 12, 31), Verdict.PARTIAL),
        (date(2021, 1, 1), Verdict.NO),
    ],
)
async def test_an_award_outside_the_time_of_an_equivalence_does_not_count(
    session, awarded_on, verdict
):
    listed = (await RuleSet.versions(session, Part.MANAGER))[0].accepted[7]
    listed.awarded_from, listed.awarded_until = date(2015, 1, 1), date(2020, 12, 31)

    with session.no_autoflush:
        assert listed.verdict_on(awarded_on) is verdict
    session.expire(listed)


# Whom it affects


async def test_the_sections_in_which_applicants_would_have_more_to_do_are_counted(
    session, drafted, writer
):
    application = await make_application(session)
    await fill(session, application, make_form())
    await write(session, drafted, writer, address_history_years=60)

    found = await affected(session, drafted.base, drafted.draft.terms, on=APRIL)

    assert (found.drafts, found.measured, found.changed) == (1, 1, 1)
    assert (found.more, found.less) == ({SectionName.ADDRESSES: 1}, {})


async def test_a_change_that_asks_nothing_more_of_anybody_affects_nobody(
    session, drafted, writer
):
    application = await make_application(session)
    await fill(session, application, make_form())
    await write(session, drafted, writer, appeal_days=14)

    found = await affected(session, drafted.base, drafted.draft.terms, on=APRIL)

    assert (found.drafts, found.changed) == (1, 0)


async def test_ten_drafts_are_measured_in_as_many_queries_as_one(
    session, engine, drafted, writer
):
    await write(session, drafted, writer, address_history_years=60)
    terms, asked = drafted.draft.terms, []

    for more in (1, 9):
        for _ in range(more):
            application = await make_application(session)
            await fill(session, application, make_form())
        await session.flush()
        with counted(engine) as statements:
            found = await affected(session, drafted.base, terms, on=APRIL)
        asked.append(len(statements))

    assert found.measured == found.changed == 10
    assert asked[0] == asked[1]


async def test_a_qualification_that_leaves_the_list_is_to_be_chosen_again(
    session, drafted, writer
):
    application = await make_application(session)
    listed = drafted.base.accepted[0]
    await fill(session, application, chosen(listed))
    terms = drafted.draft.terms
    fewer = msgspec.structs.replace(terms, accepted=terms.accepted[1:])

    found = await affected(session, drafted.base, fewer, on=APRIL)

    assert found.more == {SectionName.QUALIFICATIONS: 1}


async def test_who_chose_from_the_earlier_list_is_recorded_with_the_newer_one(
    session, drafted, writer, registrar
):
    application = await make_application(session)
    await fill(session, application, chosen(drafted.base.accepted[0]))
    await write(session, drafted, writer, appeal_days=14)
    await published(session, drafted, writer, registrar)

    by = make_process(session, now=end_of(APRIL) - timedelta(hours=1))
    await submit(session, application, by=by)
    await session.flush()

    (newest, _) = await RuleSet.versions(session, Part.MANAGER)
    recorded = await session.scalar(
        select(Qualification.accepted_id).where(
            Qualification.person_id == application.person_id
        )
    )
    assert application.rule_set_id == newest.id
    assert recorded == newest.accepted[0].id
