"""The second fence: whatever a statement forgets to ask, the database shows a case to those who may know of it alone."""

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from fitness.case import Case, CaseEvent, CaseMember, CaseText, case_for, visible_to
from fitness.fence import Capacity, look_as
from fitness.investigation.disclosure import disclosures_of
from fitness.notice_template import Gap, NoticeKind, tell_outside
from fitness.undelivered import drop, undelivered_in
from register.account import Account, StaffRole
from register.kit.errors import NotFound
from tests.fitness.docketing import add_file, scanned, withhold
from tests.fitness.docketing import ask as ask_for_bundle
from tests.fitness.finding import (
    ask,
    comment,
    draw,
    hold,
    investigate,
    log,
    make_proceeding,
    make_told,
    make_witness,
    plan,
)
from tests.fitness.investigating import (
    act,
    make_case,
    make_investigated,
    make_investigator,
)
from tests.fitness.ordering import leaving_proposed, order_kept
from tests.fitness.publishing import list_hearing
from tests.make import NOW, make_account, make_entry

TABLES = (
    "fitness_case",
    "case_member",
    "case_event",
    "case_text",
    "case_read",
    "case_hold",
    "case_risk",
    "case_link",
    "triage_factor",
    "triage_decision",
    "plan_step",
    "allegation",
    "allegation_version",
    "particular",
    "witness",
    "case_evidence",
    "information_request",
    "proceeding",
    "investigation_hold",
    "disclosure",
    "disclosure_allegation",
    "disclosure_evidence",
    "case_service",
    "owed_notice",
    "dropped_notice",
    "outside_notice",
    "case_comment",
    "publication",
    "publication_version",
    "hearing_notice",
    "case_order",
    "order_fact",
    "order_appeal",
    "reporter",
    "check_in",
    "check_in_answer",
    "early_review",
    "case_leaving",
    "docket_document",
    "docket_redaction",
    "docket_bundle",
    "docket_bundle_document",
)
ANSWERING = (StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR, StaffRole.AUDITOR)


async def seen(session, capacity, account=None):
    """How many cases, members, events and texts there are for who looks so."""
    await look_as(session, capacity, account.id if account else None)
    counts = [
        await session.scalar(select(func.count()).select_from(of))
        for of in (Case, CaseMember, CaseEvent, CaseText)
    ]
    return counts[0], all(counts)


async def restrict(session, case):
    await look_as(session, Capacity.SERVICE)
    case.restricted = True
    await session.flush()


async def test_who_is_not_named_sees_nothing(session):
    await make_investigated(session)

    await session.execute(
        select(
            func.set_config("fitness.capacity", "", True),
            func.set_config("fitness.reader", "", True),
        )
    )

    for table in TABLES:
        assert await session.scalar(select(func.count()).select_from(text(table))) == 0


async def test_every_table_of_a_case_is_fenced(session):
    fenced = await session.scalars(
        text("select relname from pg_class where relrowsecurity and relkind = 'r'")
    )

    assert set(TABLES) <= set(fenced)


@pytest.mark.parametrize("table", TABLES)
async def test_the_fence_costs_no_query_a_plan_of_thousands_of_lines(session, table):
    """Policies are planned with whatever asks the table, and multiply where they ask one another."""
    await look_as(session, Capacity.SERVICE)

    plan = (await session.scalars(text(f"explain table {table}"))).all()

    assert len(plan) < 200


@pytest.mark.parametrize("role", ANSWERING)
async def test_who_answers_for_all_cases_sees_them(session, role):
    account = await make_account(session, role)
    await make_investigated(session)

    assert await seen(session, Capacity.STAFF, account) == (1, True)


@pytest.mark.parametrize(
    "role", [role for role in StaffRole if role not in ANSWERING], ids=str
)
async def test_everybody_else_sees_none_that_is_not_theirs(session, role):
    account = await make_account(session, role)
    await make_investigated(session)

    assert await seen(session, Capacity.STAFF, account) == (0, False)


async def test_an_investigator_sees_the_cases_that_are_theirs(session):
    investigator = await make_investigator(session)
    await make_investigated(session, taker=investigator)
    await make_investigated(session)

    assert await seen(session, Capacity.STAFF, investigator) == (1, True)


async def test_who_left_a_case_sees_it_no_more(session):
    investigator = await make_investigator(session)
    await make_investigated(session, taker=investigator)
    await session.execute(update(CaseMember).values(left_at=NOW))

    assert await seen(session, Capacity.STAFF, investigator) == (0, False)


async def test_a_disabled_account_sees_nothing(session):
    account = await make_account(session, StaffRole.REGISTRAR, disabled_at=NOW)
    await make_investigated(session)

    assert await seen(session, Capacity.STAFF, account) == (0, False)


@pytest.mark.parametrize("role", [StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR])
async def test_a_restricted_case_is_known_to_its_members_alone(session, role):
    investigator = await make_investigator(session)
    account = await make_account(session, role)
    await restrict(session, await make_investigated(session, taker=investigator))

    assert await seen(session, Capacity.STAFF, account) == (0, False)
    assert await seen(session, Capacity.STAFF, investigator) == (1, True)


async def test_an_auditor_reads_a_restricted_case_too(session):
    account = await make_account(session, StaffRole.AUDITOR)
    await restrict(session, await make_investigated(session))

    assert await seen(session, Capacity.STAFF, account) == (1, True)


@pytest.mark.parametrize("role", ANSWERING)
async def test_staff_see_no_case_about_themselves(session, role):
    person = (await make_entry(session)).person
    account = await make_account(session, role, person=person)
    await make_investigated(session, person=person)

    assert await seen(session, Capacity.STAFF, account) == (0, False)


async def test_the_registrant_sees_their_case_once_told_and_nothing_of_the_work(
    session,
):
    person = (await make_entry(session)).person
    account = await make_account(session, person=person)
    case = await make_investigated(session, person=person)

    assert await seen(session, Capacity.OWN, account) == (0, False)
    await look_as(session, Capacity.SERVICE)
    case.told_at = NOW
    await session.flush()

    assert await seen(session, Capacity.OWN, account) == (1, False)
    assert not await session.scalar(select(func.count()).select_from(CaseText))
    assert await seen(session, Capacity.STAFF, account) == (0, False)


async def test_another_registrant_sees_nothing_of_it(session):
    account = await make_account(session, person=(await make_entry(session)).person)
    case = await make_investigated(session)
    case.told_at = NOW
    await session.flush()

    assert await seen(session, Capacity.OWN, account) == (0, False)


async def test_an_auditor_writes_nothing(session):
    account = await make_account(session, StaffRole.AUDITOR)
    case = await make_case(session)
    await look_as(session, Capacity.STAFF, account.id)

    changed = await session.execute(update(Case).values(restricted=True))
    assert changed.rowcount == 0
    case.note(session, "I was here", by=act(session))
    with pytest.raises(DBAPIError, match="row-level security"):
        await session.flush()


async def test_an_investigator_writes_in_no_case_of_another(session):
    other = await make_investigator(session)
    case = await make_case(session)
    await look_as(session, Capacity.STAFF, other.id)

    case.note(session, "I was here", by=act(session))
    with pytest.raises(DBAPIError, match="row-level security"):
        await session.flush()


async def test_nobody_makes_themselves_a_member_of_a_case_that_has_one(session):
    other = await make_investigator(session)
    case = await make_case(session)
    await look_as(session, Capacity.STAFF, other.id)

    with pytest.raises(DBAPIError, match="row-level security"):
        await session.execute(
            text(
                "insert into case_member select gen_random_uuid(), :case, :other, 'investigator', :now, null, id from process"
            ),
            {"case": case.id, "other": other.id, "now": NOW},
        )


@pytest.mark.parametrize("role", StaffRole, ids=str)
@pytest.mark.parametrize("restricted", [True, False])
async def test_the_first_fence_and_the_second_agree(session, role, restricted):
    """The one without the other would prove nothing: each is asked alone."""
    account = await make_account(session, role)
    case = await make_case(session)
    if restricted:
        await restrict(session, case)
    await look_as(session, Capacity.SERVICE)
    first = set(await session.scalars(select(Case.id).where(visible_to(account))))

    await look_as(session, Capacity.STAFF, account.id)
    second = set(await session.scalars(select(Case.id)))

    assert first == second


async def test_a_case_that_is_not_for_you_is_not_there(session):
    other = await make_investigator(session)
    case = await make_case(session)

    with pytest.raises(NotFound):
        await case_for(session, other, case.reference)


# Investigations


OF_AN_INVESTIGATION = TABLES[TABLES.index("plan_step") :]


async def investigated(session, **more):
    """A case with something of each kind."""
    case, account = await make_told(session, **more)
    await investigate(session, case)
    await hold(session, case)
    await tell_employer(session, case)
    account.disabled_at = NOW
    (disclosure,) = await disclosures_of(session, case.id)
    await comment(session, case, disclosure)
    await order_kept(session, case)
    await leaving_proposed(session, case)
    await list_hearing(session, case)
    document = await add_file(session, case, scanned(["The night"]))
    await ask_for_bundle(session, case)
    await withhold(session, case, document, [], page=1, settled=False)
    await drop_one(session, case)
    return case


async def drop_one(session, case):
    one, *_ = await undelivered_in(session, case.id)
    await drop(session, case, one, "They have read it.", by=act(session))


async def tell_employer(session, case):
    said = {Gap.PERSON: "Jo", Gap.NUMBER: "CH-1", Gap.PAGE: "/", Gap.TODAY: "today"}
    await tell_outside(
        session,
        NoticeKind.REGISTER_CHANGED,
        said,
        to="lead@example.org",
        key=f"test:{case.id}",
        case_id=case.id,
        by=act(session),
    )


async def rows(session, account):
    await look_as(session, Capacity.STAFF, account.id)
    return {
        table: await session.scalar(select(func.count()).select_from(text(table)))
        for table in OF_AN_INVESTIGATION
    }


@pytest.mark.parametrize("role", StaffRole, ids=str)
async def test_of_an_investigation_they_see_all_who_see_the_case(session, role):
    await investigated(session)

    counts = await rows(session, await make_account(session, role))

    assert {bool(n) for n in counts.values()} == {role in ANSWERING}


async def test_an_investigator_sees_their_investigation_and_no_other(session):
    investigator = await make_investigator(session)
    await investigated(session, taker=investigator)
    theirs = await rows(session, investigator)
    await look_as(session, Capacity.SERVICE)
    await investigated(session)

    assert all(theirs.values())
    assert await rows(session, investigator) == theirs


@pytest.mark.parametrize(
    "doing", [plan, draw, log, ask, hold, make_witness, make_proceeding]
)
async def test_an_auditor_writes_nothing_in_an_investigation(session, doing):
    auditor = await make_account(session, StaffRole.AUDITOR)
    case = await make_investigated(session)
    await look_as(session, Capacity.STAFF, auditor.id)

    with pytest.raises(DBAPIError, match="row-level security"):
        await doing(session, case)


async def test_the_registrant_sees_nothing_of_the_docket(session):
    case = await investigated(session)
    registrant = await session.scalar(
        select(Account).where(Account.person_id == case.person_id)
    )

    await look_as(session, Capacity.OWN, registrant.id)

    for table in [one for one in TABLES if one.startswith("docket")]:
        assert not await session.scalar(select(func.count()).select_from(text(table)))


@pytest.mark.parametrize("table", OF_AN_INVESTIGATION)
async def test_nothing_of_an_investigation_is_deleted(session, table):
    with pytest.raises(DBAPIError, match="permission denied"):
        await session.execute(text(f"delete from {table}"))  # noqa: S608
