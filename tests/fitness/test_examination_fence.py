"""The second fence round an examination: who examines a case sees what is laid before them, our other staff what is over."""

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from fitness.fence import Capacity, look_as
from register.account import StaffRole
from tests.fitness.examining import both_view, draft, make_examined, propose
from tests.fitness.investigating import act
from tests.fitness.raising import look_as_nobody
from tests.make import make_account

OF_AN_EXAMINATION = (
    "examination",
    "examination_allegation",
    "examiner_view",
    "examiner_prospect",
    "examination_decision",
    "disposal",
    "disposal_paper",
)
ONCE_OVER = ("examiner_view", "examiner_prospect")
NOT_YET = ("disposal_paper",)
READERS = (StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR, StaffRole.AUDITOR)


@pytest.fixture
async def found(session):
    """A proposal waits for its answer."""
    found = await make_examined(session)
    await propose(session, found)
    return found


async def rows(session):
    return {
        table: await session.scalar(select(func.count()).select_from(text(table)))
        for table in OF_AN_EXAMINATION
    }


def seen(counts):
    return [table for table, count in counts.items() if count]


async def test_who_is_not_named_sees_nothing(session, found):
    await look_as_nobody(session)

    assert seen(await rows(session)) == []


async def test_each_table_is_fenced(session):
    fenced = await session.scalars(
        text("select relname from pg_class where relrowsecurity and relkind = 'r'")
    )

    assert set(OF_AN_EXAMINATION) <= set(fenced)


@pytest.mark.parametrize("role", StaffRole, ids=str)
async def test_those_see_it_who_see_the_case_but_no_views_before_it_is_over(
    session, found, role
):
    account = await make_account(session, role)
    await look_as(session, Capacity.STAFF, account.id)

    visible = [t for t in OF_AN_EXAMINATION if t not in ONCE_OVER + NOT_YET]
    assert seen(await rows(session)) == (visible if role in READERS else [])


async def test_its_examiners_see_it_all(session, found):
    await look_as(session, Capacity.STAFF, found.lay.id)

    assert seen(await rows(session)) == [
        table for table in OF_AN_EXAMINATION if table not in NOT_YET
    ]


async def test_the_registrant_sees_what_was_decided_and_proposed(session, found):
    await look_as(session, Capacity.OWN, found.owner.id)

    assert seen(await rows(session)) == [
        "examination",
        "examination_decision",
        "disposal",
    ]
    words = await session.scalars(text("select words from case_text"))
    assert "The reasons." in set(words)
    assert "The logs bear it out." not in set(words)


async def test_what_is_not_signed_yet_is_not_theirs(session):
    found = await make_examined(session)
    await both_view(session, found)
    await draft(session, found)
    await look_as(session, Capacity.OWN, found.owner.id)

    assert seen(await rows(session)) == ["examination"]


async def test_an_examiner_writes_nothing_of_it_by_themselves(session, found):
    await look_as(session, Capacity.STAFF, found.lay.id)

    for table in ("examination", "examination_decision", "disposal"):
        changed = await session.execute(text(f"update {table} set number = 9"))  # noqa: S608
        assert changed.rowcount == 0
    found.case.note(session, "So", by=act(session))
    with pytest.raises(DBAPIError, match="row-level security"):
        await session.flush()


@pytest.mark.parametrize("table", OF_AN_EXAMINATION)
async def test_nothing_of_it_is_deleted(session, table):
    with pytest.raises(DBAPIError, match="permission denied"):
        await session.execute(text(f"delete from {table}"))  # noqa: S608
