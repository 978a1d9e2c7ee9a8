"""Coming back to the register: who may ask and when, what is asked, who decides, and what it makes of the entry."""

from datetime import date, timedelta
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import select

from register.application import (
    ApplicationKind,
    ApplicationState,
    NeverAgain,
    NotBefore,
    SectionName,
    StillCurable,
    Way,
    start,
    submit,
    way_of,
)
from register.application.answers import EmploymentHistory, Gap, Qualifications, Skills
from register.application.returning import first_day, how_it_ended, must_be_open
from register.application.sections import Progress
from register.assessment import (
    AssessmentAct,
    Filter,
    go_on_without_reference,
    propose_grant,
    queue,
)
from register.assessment.deciding import RemovedSince, removed_by_order
from register.employment import Employment, EmploymentGap
from register.entry import AlreadyEntered, Entry, LapseReason, RemovalReason, Status
from register.entry.facts import Lapse, Registration, Removal
from register.kit.clock import days, since, start_of
from register.kit.post import Message
from register.matching import open_hits
from register.part import Part
from register.proposal import ForAPanel, ProposalKind
from register.qualification import Qualification
from register.rule_set import RuleSet, Verdict
from tests.applications import (
    RULES,
    fill,
    make_filled,
    make_form,
    make_post,
)
from tests.make import (
    NOW,
    make_account,
    make_employment,
    make_entry,
    make_person,
    make_process,
)
from tests.register.assessing import act, check_all, give, make_office
from tests.register.referring import asked_of

DAY = timedelta(days=1)
LEFT = start_of(date(2024, 12, 1))


# Who may ask, and from which day


def entry_that_ended(*removals, lapsed=LEFT):
    return Entry(
        registrations=[
            Registration(
                valid=days(date(2020, 2, 1), date(2024, 11, 30)),
                until_on=date(2024, 11, 30),
            )
        ],
        lapses=[Lapse(valid=since(lapsed), because=LapseReason.NOT_RENEWED)]
        if lapsed
        else [],
        removals=[
            Removal(valid=since(on), because=because) for because, on in removals
        ],
        orders=[],
        conditions=[],
        warnings=[],
        holds=[],
    )


def ended(*removals, **more):
    return how_it_ended(entry_that_ended(*removals, **more), NOW)


@pytest.mark.parametrize(
    "because",
    [
        RemovalReason.VOLUNTARY,
        RemovalReason.VOLUNTARY_DURING_CASE,
        RemovalReason.CONDITION,
        RemovalReason.CPD,
    ],
)
def test_most_may_ask_at_once(because):
    found = ended((because, LEFT), lapsed=None)

    must_be_open(found, RULES, on=date(2024, 12, 1))

    assert found.kind is ApplicationKind.RESTORATION
    assert found.left_on == date(2024, 12, 1)


def test_after_a_removal_by_order_five_years_go_by():
    found = ended((RemovalReason.ORDER, LEFT), lapsed=None)

    with pytest.raises(NotBefore, match="from 1 December 2029"):
        must_be_open(found, RULES, on=date(2029, 11, 30))
    must_be_open(found, RULES, on=date(2029, 12, 1))


def test_the_wait_counts_from_the_order_though_they_had_lapsed_before():
    found = ended((RemovalReason.ORDER, start_of(date(2026, 6, 1))))

    assert first_day(found, RULES) == date(2031, 6, 1)
    assert found.left_on == date(2024, 12, 1)


def test_after_a_refusal_twelve_months_go_by():
    found = ended()
    refused = start_of(date(2027, 1, 15)) + timedelta(hours=15)

    with pytest.raises(NotBefore):
        must_be_open(found, RULES, on=date(2028, 1, 14), refused=refused)
    must_be_open(found, RULES, on=date(2028, 1, 15), refused=refused)


def test_a_conviction_lets_nobody_back_whatever_else_there_was():
    found = ended(
        (RemovalReason.VOLUNTARY, LEFT), (RemovalReason.AUTOMATIC, LEFT + DAY)
    )

    with pytest.raises(NeverAgain):
        must_be_open(found, RULES, on=date(2099, 1, 1))


def test_what_should_never_have_been_entered_is_applied_for_anew():
    assert ended((RemovalReason.ERROR, LEFT)).kind is ApplicationKind.FIRST


def test_who_stands_in_the_register_has_not_left():
    assert how_it_ended(entry_that_ended(lapsed=None), LEFT - DAY) is None


# By which way, by how long ago they left

CURED = date(2024, 12, 14)
TWO_YEARS = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("on", "way"),
    [
        (date(2024, 12, 1), Way.FINISH_RENEWAL),
        (CURED, Way.FINISH_RENEWAL),
        (CURED + DAY, Way.RESTORATION),
        (TWO_YEARS, Way.RESTORATION),
        (TWO_YEARS + DAY, Way.RESTORATION_WITH_PRACTICE),
    ],
)
def test_how_long_ago_an_entry_lapsed_says_by_which_way_one_comes_back(on, way):
    assert way_of(ended(), RULES, on) is way


def test_what_did_not_lapse_is_not_cured():
    found = ended((RemovalReason.VOLUNTARY, LEFT), lapsed=None)

    assert way_of(found, RULES, date(2024, 12, 1)) is Way.RESTORATION


def test_who_can_still_finish_the_renewal_asks_for_nothing_else():
    with pytest.raises(StillCurable, match="until 14 December 2024"):
        must_be_open(ended(), RULES, on=CURED)
    must_be_open(ended(), RULES, on=CURED + DAY)


@pytest.mark.parametrize(
    ("on", "hours", "vouched_by", "complete"),
    [
        (TWO_YEARS, 0, "", True),
        (TWO_YEARS + DAY, 99, "", False),
        (TWO_YEARS + DAY, 100, "", True),
        (TWO_YEARS + DAY, 0, "Nia Rees, manager at Holly House", True),
    ],
)
def test_who_was_away_long_shows_practice_or_who_vouches_for_them(
    on, hours, vouched_by, complete
):
    said = Skills(practice_hours=hours, learning="Reading", vouched_by=vouched_by)

    filled = coming_back(skills=said)._replace(on=on)

    assert (filled.problems(SectionName.SKILLS) == []) is complete


# What is asked


def coming_back(**given):
    return make_filled(**given)._replace(
        kind=ApplicationKind.RESTORATION, left_on=date(2024, 12, 1)
    )


def test_somebody_who_comes_back_is_asked_less_and_what_they_did_meanwhile():
    asked = set(ApplicationKind.RESTORATION.sections)

    assert SectionName.SKILLS in asked
    assert SectionName.SKILLS not in ApplicationKind.FIRST.sections
    assert not asked & {SectionName.ELIGIBILITY, SectionName.ADDRESSES}
    assert coming_back().unfinished() == []


def test_the_time_since_they_left_is_asked_for_and_no_earlier_one():
    history = EmploymentHistory(items=[make_post(since=date(2025, 6, 1))])
    gap = Gap(
        since=date(2024, 12, 1), until=date(2025, 5, 31), explanation="My first child"
    )

    without = coming_back(employment=history)
    explained = coming_back(
        employment=EmploymentHistory(items=history.items, gaps=[gap])
    )

    (fault,) = without.problems(SectionName.EMPLOYMENT)
    assert fault.sentence == "Explain what you did from 1 December 2024 to 31 May 2025"
    assert explained.progress(SectionName.EMPLOYMENT) is Progress.COMPLETED


def test_a_time_away_without_any_job_is_explained():
    gap = Gap(since=date(2024, 12, 1), until=None, explanation="Caring for my mother")

    filled = coming_back(employment=EmploymentHistory(gaps=[gap]))

    assert filled.progress(SectionName.EMPLOYMENT) is Progress.COMPLETED


# Asking


async def former(session, because=None, *, left=LEFT):
    """Somebody who was in the register, with an account."""
    person = await make_person(session, "Zoë", "O’Connor-Łuczak", date(1985, 2, 28))
    account = await make_account(session, person=person)
    entry = await make_entry(
        session, person=person, on=start_of(date(2024, 2, 1)), until=date(2024, 11, 30)
    )
    by = make_process(session, now=left)
    if because:
        await entry.remove(session, on=left, because=because, by=by)
    else:
        await entry.lapse(session, on=left, because=LapseReason.NOT_RENEWED, by=by)
    await session.flush()
    return account, entry


async def begin(session, account, *, part=Part.MANAGER, now=NOW):
    by = make_process(session, now=now, actor=account)
    application = await start(session, account, part, by=by)
    await session.flush()
    return application


async def test_who_lapsed_begins_a_restoration(session):
    account, _ = await former(session)

    application = await begin(session, account)

    assert application.kind is ApplicationKind.RESTORATION
    assert application.left_on == date(2024, 12, 1)
    assert await begin(session, account) is application


async def test_who_is_registered_begins_nothing(session):
    person = await make_person(session)
    account = await make_account(session, person=person)
    await make_entry(session, person=person)

    with pytest.raises(AlreadyEntered):
        await begin(session, account)


async def test_who_was_removed_by_order_begins_nothing_before_the_day(session):
    account, _ = await former(session, RemovalReason.ORDER)

    with pytest.raises(NotBefore):
        await begin(session, account)
    later = await begin(session, account, now=start_of(date(2029, 12, 1)))

    assert later.kind is ApplicationKind.RESTORATION


@pytest.mark.parametrize("because", [RemovalReason.ORDER, RemovalReason.AUTOMATIC])
async def test_another_part_is_no_way_around_a_removal_from_the_register(
    session, because
):
    account, _ = await former(session, because)
    latest, *_ = await RuleSet.versions(session, Part.DEPUTY)
    rules = msgspec.structs.replace(latest.rules, open=True)
    terms = msgspec.structs.replace(latest.terms, rules=rules)
    await RuleSet.publish(session, Part.DEPUTY, terms, on=NOW.date() - DAY)
    await session.flush()

    with pytest.raises((NotBefore, NeverAgain)):
        await begin(session, account, part=Part.DEPUTY)
    if because is RemovalReason.ORDER:
        later = start_of(date(2029, 12, 1))
        application = await begin(session, account, part=Part.DEPUTY, now=later)
        assert application.kind is ApplicationKind.FIRST
        assert await removed_by_order(session, application, at=later)


async def test_who_was_removed_in_error_applies_as_if_for_the_first_time(session):
    account, _ = await former(session, RemovalReason.ERROR)

    application = await begin(session, account)

    assert application.kind is ApplicationKind.FIRST
    assert application.left_on is None


async def test_who_was_refused_may_ask_again_after_a_year(session):
    account, _ = await former(session)
    refused = await begin(session, account)
    refused.state, refused.decided_at = ApplicationState.REFUSED, NOW
    refused.submitted_at = NOW
    await session.flush()

    with pytest.raises(NotBefore, match="from 10 March 2028"):
        await begin(session, account, now=start_of(date(2028, 3, 9)))
    again = await begin(session, account, now=start_of(date(2028, 3, 10)))

    assert again.id != refused.id


# Deciding


async def sent(session, account, officer, *, now=NOW, form=None, checked=True):
    """With the officer, every section met where it is checked."""
    application = await begin(session, account, now=now)
    none = Qualifications(none=True)
    await fill(session, application, form or make_form(qualifications=none), now=now)
    await submit(session, application, by=make_process(session, now=now))
    await session.flush()
    held = Qualification(
        id=uuid4(),
        person_id=application.person_id,
        title="Level 5 Diploma",
        awarding_body="City & Guilds",
        level=5,
        country="England",
        awarded_on=date(2020, 7, 1),
        verdict=Verdict.FULL,
        verified_at=NOW,
    )
    session.add(held)
    await give(session, application, to=officer, giver=officer, now=now)
    for request in await asked_of(session, application):
        by = act(session, AssessmentAct.GO_ON_WITHOUT_REFERENCE, officer, now=now)
        await go_on_without_reference(
            session, application, request.id, officer=officer, by=by
        )
    if checked:
        await check_all(session, application, officer=officer)
    return application


async def proposed(session, application, officer, *, now=NOW):
    by = act(session, AssessmentAct.PROPOSE, officer, now=now)
    proposal = await propose_grant(session, application, proposer=officer, by=by)
    await session.flush()
    return proposal


async def approve(session, proposal, approver, *, now=NOW):
    by = act(session, AssessmentAct.APPROVE, approver, now=now)
    await proposal.approve(session, approver=approver, by=by)
    await session.flush()


async def test_who_comes_back_has_the_same_number_and_a_new_period(session):
    office = await make_office(session)
    account, entry = await former(session)
    number = entry.person.number
    application = await sent(session, account, office.caseworker)

    await approve(
        session, await proposed(session, application, office.caseworker), office.manager
    )
    await application.paid(session, at=NOW, by=make_process(session))
    await session.flush()

    entry = await Entry.load(session, entry.id)
    latest = max(entry.registrations, key=lambda period: period.starts)
    letters = await session.execute(
        select(Message.letter, Message.body).where(
            Message.application_id == application.id
        )
    )
    said = {letter: body for letter, body in letters}  # noqa: C416 - rows are not pairs
    assert application.state is ApplicationState.GRANTED
    assert entry.person.number == number
    assert entry.status_at(NOW) is Status.REGISTERED
    assert entry.status_at(NOW - DAY) is Status.LAPSED
    assert latest.starts == start_of(date(2027, 3, 10))
    assert latest.until_on == date(2027, 11, 30)
    assert len(entry.registrations) == 2
    assert "We aim to decide within 84 days." in said["application_submitted"]
    assert "Workforce Register again" in said["application_granted"]


async def test_who_comes_back_on_the_day_on_which_they_left_comes_back_at_that_moment(
    session,
):
    office = await make_office(session)
    today = start_of(date(2027, 3, 10))
    account, entry = await former(session, RemovalReason.VOLUNTARY, left=today)
    application = await sent(session, account, office.caseworker)

    await approve(
        session, await proposed(session, application, office.caseworker), office.manager
    )
    await application.paid(session, at=NOW, by=make_process(session))
    await session.flush()

    entry = await Entry.load(session, entry.id)
    left = Status.REMOVED_VOLUNTARY
    assert entry.status_at(today) is left
    assert entry.status_at(NOW - timedelta(microseconds=1)) is left
    assert entry.status_at(NOW) is Status.REGISTERED


async def test_what_they_did_before_they_left_stays_on_record(session):
    office = await make_office(session)
    account, entry = await former(session)
    before = await make_employment(
        session, entry.person, start=date(2024, 2, 1), until=date(2024, 11, 30)
    )
    break_ = EmploymentGap(
        person_id=entry.person_id,
        valid=days(date(2020, 1, 1), date(2020, 6, 30)),
        explanation="Travelling",
    )
    session.add(break_)

    since_then = EmploymentHistory(items=[make_post(since=date(2024, 12, 1))])
    form = make_form(employment=since_then, qualifications=Qualifications(none=True))
    await sent(session, account, office.caseworker, form=form)

    posts = await session.scalars(
        select(Employment.id).where(Employment.person_id == entry.person_id)
    )
    gaps = await session.scalars(
        select(EmploymentGap.id).where(EmploymentGap.person_id == entry.person_id)
    )
    assert set(posts) == {before.id, since_then.items[0].id}
    assert list(gaps) == [break_.id]


@pytest.fixture
async def two_years(session):
    """Rules by which somebody may ask two years after a removal by order."""
    latest, *_ = await RuleSet.versions(session, Part.MANAGER)
    rules = msgspec.structs.replace(latest.rules, restoration_after_order_months=24)
    terms = msgspec.structs.replace(latest.terms, rules=rules)
    await RuleSet.publish(session, Part.MANAGER, terms, on=date(2027, 1, 1))
    await session.flush()


async def test_after_a_removal_by_order_nobody_of_us_decides(session, two_years):
    office = await make_office(session)
    account, entry = await former(session, RemovalReason.ORDER)
    application = await sent(session, account, office.caseworker)
    proposal = await proposed(session, application, office.caseworker)

    assert proposal.kind is ProposalKind.GRANT_AFTER_ORDER
    for one in (office.manager, office.registrar):
        with pytest.raises(ForAPanel):
            await approve(session, proposal, one)
    (hit,) = await open_hits(session, entry.person_id)
    assert hit.removed_id == entry.person_id


async def test_a_removal_by_order_after_the_proposal_takes_it_from_us(
    session, two_years
):
    office = await make_office(session)
    account, entry = await former(session)
    application = await sent(session, account, office.caseworker)
    proposal = await proposed(session, application, office.caseworker)
    await entry.remove(
        session,
        on=LEFT + DAY,
        because=RemovalReason.ORDER,
        by=make_process(session),
    )

    with pytest.raises(RemovedSince):
        await approve(session, proposal, office.manager)


async def test_a_removal_by_order_after_the_approval_lets_nobody_back(session):
    office = await make_office(session)
    account, entry = await former(session)
    application = await sent(session, account, office.caseworker)
    await approve(
        session, await proposed(session, application, office.caseworker), office.manager
    )
    await entry.remove(
        session,
        on=start_of(date(2027, 3, 9)),
        because=RemovalReason.ORDER,
        by=make_process(session),
    )

    with pytest.raises(NotBefore):
        await application.paid(session, at=NOW, by=make_process(session))


@pytest.mark.parametrize(("waited", "overdue"), [(84, False), (85, True)])
async def test_a_restoration_is_to_be_decided_in_84_days(session, waited, overdue):
    office = await make_office(session)
    account, _ = await former(session)
    application = await sent(session, account, office.caseworker)

    found = await queue(
        session, office.manager, Filter(), now=NOW + timedelta(days=waited)
    )

    (row,) = found.rows
    assert row.application.id == application.id
    assert (row.clock.used, row.clock.target, row.clock.overdue) == (
        waited,
        84,
        overdue,
    )
