"""A month is closed by two once it is over; then nothing is posted in it, whatever is tried."""

import csv
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from fees import ledger
from fees.acts import FeesAct
from fees.ledger import AccountCode, EntryKind, LedgerAccount, LedgerEntry, Posting
from fees.period import (
    AccountingPeriod,
    ChangedSince,
    ClosedAlready,
    NotNext,
    NotOver,
    close,
    general_ledger,
    months,
    propose,
    read_month,
    trial_balance,
)
from register.account import StaffRole
from register.kit.clock import start_of
from register.kit.db import Role, connect, sessions_of
from register.kit.errors import NotFound
from register.process import Process
from register.proposal import AlreadyProposed, NeedsAnotherPerson, NotYours
from tests.fees.settling import paid
from tests.make import make_account

MARCH, APRIL, MAY = date(2027, 3, 1), date(2027, 4, 1), date(2027, 5, 1)
MARCH_OVER = datetime(2027, 3, 31, 23, tzinfo=UTC)
"""Midnight in London, where summer time had begun on 28 March."""
INSTANT = timedelta(microseconds=1)


async def post(session, at, pence=100):
    """A movement of that moment."""
    await ledger.enter(
        session,
        EntryKind.SETTLED,
        [ledger.Post("bank", pence), ledger.Post("provider_fees", -pence)],
        by=Process.begin(session, FeesAct.TAKE_IN_SETTLEMENT, now=at),
    )


@pytest.fixture
async def officers(session):
    return [await make_account(session, StaffRole.FINANCE_OFFICER) for _ in range(2)]


async def proposed(session, officer, month, now):
    by = Process.begin(session, FeesAct.PROPOSE_CLOSING, now=now, actor=officer)
    return await propose(session, month, proposer=officer, by=by)


async def agreed(session, waiting, officer, now):
    by = Process.begin(session, FeesAct.APPROVE_CLOSING, now=now, actor=officer)
    await waiting.approve(session, approver=officer, by=by)


async def closed(session, officers, month, now=MARCH_OVER):
    waiting = await proposed(session, officers[0], month, now)
    await agreed(session, waiting, officers[1], now)


async def test_a_month_may_be_closed_from_the_instant_on_which_it_is_over(
    session, officers
):
    await post(session, start_of(MARCH))

    await closed(session, officers, MARCH, MARCH_OVER)

    assert (await session.get(AccountingPeriod, MARCH)).entries == 1


async def test_and_not_the_instant_before(session, officers):
    await post(session, start_of(MARCH))

    with pytest.raises(NotOver):
        await proposed(session, officers[0], MARCH, MARCH_OVER - INSTANT)


async def test_the_database_holds_to_that_too(session):
    by = Process.begin(session, FeesAct.APPROVE_CLOSING, now=MARCH_OVER)
    session.add(
        AccountingPeriod(
            month=MARCH, closed_at=MARCH_OVER - INSTANT, entries=0, process=by
        )
    )

    with pytest.raises(DBAPIError, match="accounting_period_over_ck"):
        await session.flush()


async def test_nothing_is_posted_in_its_last_instant_any_more(session, officers):
    await post(session, MARCH_OVER - INSTANT)
    await closed(session, officers, MARCH)

    with pytest.raises(DBAPIError, match="month of 2027-03 is closed"):
        await post(session, MARCH_OVER - INSTANT)


async def test_nor_before_it(session, officers):
    await post(session, start_of(MARCH))
    await closed(session, officers, MARCH)

    with pytest.raises(DBAPIError, match="month of 2027-02 is closed"):
        await post(session, start_of(MARCH) - INSTANT)


async def test_the_first_instant_of_the_next_month_is_open(session, officers):
    await post(session, start_of(MARCH))
    await closed(session, officers, MARCH)

    await post(session, MARCH_OVER)

    assert (await trial_balance(session, APRIL)).entries == 1


BALANCED = """insert into posting (entry_id, account, pence)
  select id, account, pence from ledger_entry, (values ('bank', 100), ('provider_fees', -100)) line (account, pence)
  limit 2"""


@pytest.fixture
async def apart(clone):
    """Where a commit is one."""
    engine = connect(await clone(), Role.APP, pool_size=2)
    yield sessions_of(engine)
    await engine.dispose()


async def posted(apart):
    async with apart() as session:
        return await session.scalar(select(func.count()).select_from(Posting))


async def add_lines(apart, role=Role.APP):
    """Two that balance, to whatever entry there is."""
    async with apart.begin() as session:
        await session.execute(text(f"set local role {role}"))
        await session.execute(text(BALANCED))


@pytest.mark.parametrize("over", [False, True])
async def test_no_lines_are_added_to_an_entry_whether_its_month_is_open_or_closed(
    apart, over
):
    async with apart.begin() as session:
        await post(session, MARCH_OVER - INSTANT)
        if over:
            two = [await make_account(session, StaffRole.FINANCE_OFFICER) for _ in "ab"]
            await closed(session, two, MARCH)

    for role in (Role.APP, Role.OWNER):
        with pytest.raises(DBAPIError, match="has all its lines"):
            await add_lines(apart, role)

    assert await posted(apart) == 2


async def test_nor_by_one_who_began_before_the_entry_was_made(apart):
    async with apart() as before:
        await before.execute(text("select pg_current_xact_id()"))
        async with apart.begin() as session:
            await post(session, MARCH_OVER - INSTANT)

        with pytest.raises(DBAPIError, match="has all its lines"):
            await before.execute(text(BALANCED))


async def test_an_entry_and_its_lines_may_come_apart_within_one_transaction(apart):
    async with apart.begin() as session:
        by = Process.begin(session, FeesAct.TAKE_IN_SETTLEMENT, now=MARCH_OVER)
        await session.flush()
        async with session.begin_nested():
            entry = LedgerEntry(kind=EntryKind.SETTLED, at=by.at, process_id=by.id)
            session.add(entry)
            await session.flush()
        for line in (("bank", 100), ("provider_fees", -100)):
            async with session.begin_nested():
                session.add(Posting(entry_id=entry.id, account=line[0], pence=line[1]))
                await session.flush()

    assert await posted(apart) == 2


async def test_the_owner_is_refused_too(session, officers):
    await post(session, start_of(MARCH))
    await closed(session, officers, MARCH)
    await session.execute(text("set local role register_owner"))

    with pytest.raises(DBAPIError, match="is closed"):
        await post(session, start_of(MARCH))


@pytest.mark.parametrize(
    "change",
    [
        "delete from accounting_period",
        "update accounting_period set entries = 0",
        "truncate accounting_period",
    ],
)
async def test_it_cannot_be_opened_again(session, officers, change):
    await post(session, start_of(MARCH))
    await closed(session, officers, MARCH)

    with pytest.raises(DBAPIError, match="permission denied"):
        async with session.begin_nested():
            await session.execute(text(change))
    await session.execute(text("set local role register_owner"))
    with pytest.raises(DBAPIError, match="keeps what it holds"):
        await session.execute(text(change))


async def test_it_is_not_closed_twice(session, officers):
    await post(session, start_of(MARCH))
    await closed(session, officers, MARCH)

    with pytest.raises(ClosedAlready):
        await proposed(session, officers[0], MARCH, MARCH_OVER)


async def test_months_are_closed_in_turn(session, officers):
    await post(session, start_of(MARCH))
    june = start_of(date(2027, 6, 1))

    with pytest.raises(NotNext, match="Close March 2027 first"):
        await proposed(session, officers[0], APRIL, june)
    await closed(session, officers, MARCH, june)
    await closed(session, officers, APRIL, june)

    assert await months(session, today=date(2027, 5, 31)) == [
        (MAY, False),
        (APRIL, True),
        (MARCH, True),
    ]


async def test_a_month_before_anything_was_posted_is_none(session, officers):
    await post(session, start_of(MARCH))

    with pytest.raises(NotFound):
        await proposed(session, officers[0], date(2027, 2, 1), MARCH_OVER)


async def test_nobody_closes_it_alone(session, officers):
    await post(session, start_of(MARCH))
    waiting = await proposed(session, officers[0], MARCH, MARCH_OVER)

    with pytest.raises(NeedsAnotherPerson):
        await agreed(session, waiting, officers[0], MARCH_OVER)
    with pytest.raises(AlreadyProposed):
        await proposed(session, officers[1], MARCH, MARCH_OVER)
    assert await session.get(AccountingPeriod, MARCH) is None


async def test_only_a_finance_officer_agrees(session, officers):
    await post(session, start_of(MARCH))
    waiting = await proposed(session, officers[0], MARCH, MARCH_OVER)
    registrar = await make_account(session, StaffRole.REGISTRAR)

    with pytest.raises(NotYours):
        await agreed(session, waiting, registrar, MARCH_OVER)


async def test_what_was_posted_after_the_proposal_has_to_be_looked_at_again(
    session, officers
):
    await post(session, start_of(MARCH))
    waiting = await proposed(session, officers[0], MARCH, MARCH_OVER)
    await post(session, MARCH_OVER - INSTANT)

    with pytest.raises(ChangedSince):
        await close(session, waiting, Process.begin(session, FeesAct.APPROVE_CLOSING, now=MARCH_OVER))  # fmt: skip


async def test_a_trial_balance_carries_on_from_the_month_before(session):
    await post(session, start_of(MARCH), 100)
    await post(session, MARCH_OVER - INSTANT, 50)
    await post(session, MARCH_OVER, -30)

    session.add(LedgerAccount(code="bursary", kind="expense", title="Bursaries"))
    await session.flush()
    await ledger.enter(
        session,
        EntryKind.SETTLED,
        [ledger.Post("bursary", 7), ledger.Post("unidentified", -7)],
        by=Process.begin(session, FeesAct.TAKE_IN_SETTLEMENT, now=MARCH_OVER),
    )

    of_march = {row.account: row for row in (await trial_balance(session, MARCH)).rows}
    found = await trial_balance(session, APRIL)
    of_april = {row.account: row for row in found.rows}

    assert of_march["bank"].after_pence == 150
    assert of_march["bursary"].after_pence == 0
    bank = of_april["bank"]
    assert (bank.before_pence, bank.debit_pence, bank.credit_pence, bank.after_pence) == (150, 0, -30, 120)  # fmt: skip
    assert found.left_pence == 0
    assert set(of_april) >= set(AccountCode)


async def lines(session, month=MARCH):
    return [line async for line in general_ledger(session, month)]


async def test_a_closed_month_goes_to_the_general_ledger_by_account_and_day(
    session, officers
):
    await post(session, datetime(2027, 3, 9, 10, tzinfo=UTC), 100)
    await post(session, datetime(2027, 3, 9, 23, 59, tzinfo=UTC), 50)
    await post(session, datetime(2027, 3, 30, 23, 30, tzinfo=UTC), -20)
    numbers = list(
        await session.scalars(select(LedgerEntry.number).order_by(LedgerEntry.number))
    )
    first, second, third = numbers
    await closed(session, officers, MARCH)

    found = await lines(session)

    assert found[1:] == [
        f"CHW-20270309,2027-03-09,bank,Bank,1.50,0.00,2,{first},{second}\r\n",
        f"CHW-20270309,2027-03-09,provider_fees,Fees of the payment provider,0.00,1.50,2,{first},{second}\r\n",
        f"CHW-20270331,2027-03-31,bank,Bank,0.00,0.20,1,{third},{third}\r\n",
        f"CHW-20270331,2027-03-31,provider_fees,Fees of the payment provider,0.20,0.00,1,{third},{third}\r\n",
    ]


async def test_the_same_month_is_the_same_bytes_whenever_it_is_asked_for(
    session, officers
):
    await paid(session)
    await closed(session, officers, MARCH)
    before = await lines(session)

    await post(session, MARCH_OVER)

    assert await lines(session) == before
    debits = await session.scalar(
        select(func.sum(Posting.pence))
        .join(Posting.entry)
        .where(Posting.pence > 0, LedgerEntry.at < MARCH_OVER)
    )
    told = [row["debit"] for row in csv.DictReader(before)]
    assert sum(int(debit.replace(".", "")) for debit in told) == debits


async def test_an_open_month_does_not_go(session):
    await post(session, start_of(MARCH))

    with pytest.raises(NotFound):
        await lines(session)


@pytest.mark.parametrize("typed", ["2027-13", "march", "2027-3", "2027-03-01", ""])
def test_what_is_no_month_is_not_found(typed):
    with pytest.raises(NotFound):
        read_month(typed)
