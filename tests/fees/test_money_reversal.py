"""Money that was not for us goes back whole, whatever it pays for by then: up to the limit by one officer, above it by two."""

import pytest

from fees import ledger
from fees.acts import FeesAct
from fees.credit_note import SecondPersonNeeded
from fees.invoice import bill
from fees.ledger import AccountCode, balance, owed_on
from fees.money_refund import refund
from fees.money_reversal import propose
from fees.other_money import (
    GivenBack,
    MoneyKind,
    MoneyReversal,
    OtherMoney,
    ReversedAlready,
    ReversedBecause,
)
from register.account import StaffRole
from register.kit.clock import day_of
from register.process import Process
from register.proposal import AboutYourself, AlreadyProposed, NeedsAnotherPerson
from tests.fees.books import the_ledger_is_sound
from tests.fees.owing import make_approved
from tests.make import NOW, make_account, make_process

LIMIT = 10_000


@pytest.fixture
async def officers(session):
    return [await make_account(session, StaffRole.FINANCE_OFFICER) for _ in range(2)]


async def came(session, pence, bill=None):
    by = make_process(session)
    money = await OtherMoney.record(
        session,
        MoneyKind.TRANSFER,
        pence,
        came_on=day_of(NOW),
        statement_reference="NO IDEA",
        by=by,
    )
    if bill:
        await money.pay_for(session, bill, by=by)
    return money


def act(session, kind, officer):
    return Process.begin(session, kind, now=NOW, actor=officer)


async def alone(session, money, officer, because=ReversedBecause.NOT_FOR_US):
    await money.reverse(
        session, because, by=act(session, FeesAct.REVERSE_MONEY, officer)
    )


async def proposed(session, money, officer):
    by = act(session, FeesAct.PROPOSE_REVERSAL, officer)
    return await propose(session, money, proposer=officer, by=by)


async def approved(session, waiting, officer):
    by = act(session, FeesAct.APPROVE_REVERSAL, officer)
    await waiting.approve(session, approver=officer, by=by)


async def test_one_officer_sends_back_as_much_as_the_limit(session, officers):
    await alone(session, await came(session, LIMIT), officers[0])

    assert await balance(session, AccountCode.BANK) == 0
    await the_ledger_is_sound(session)


async def test_and_not_a_penny_more(session, officers):
    money = await came(session, LIMIT + 1)

    with pytest.raises(SecondPersonNeeded):
        await alone(session, money, officers[0])

    assert await balance(session, AccountCode.BANK) == LIMIT + 1


@pytest.mark.parametrize(
    "because", [ReversedBecause.BOUNCED, ReversedBecause.RECORDED_WRONG]
)
async def test_what_sends_nothing_back_needs_no_second_however_high(
    session, officers, because
):
    await alone(session, await came(session, LIMIT + 1), officers[0], because)

    assert await balance(session, AccountCode.BANK) == 0


async def test_a_second_officer_lets_more_go_back_and_what_it_paid_is_owed_again(
    session, officers
):
    invoice = await bill(session, await make_approved(session), now=NOW)
    money = await came(session, 50_000, invoice)
    waiting = await proposed(session, money, officers[0])
    before = await balance(session, AccountCode.BANK)

    await approved(session, waiting, officers[1])

    reversal = await session.get(MoneyReversal, money.id)
    assert reversal.because is ReversedBecause.NOT_FOR_US
    assert (before, await balance(session, AccountCode.BANK)) == (50_000, 0)
    assert await owed_on(session, invoice.id) == 9000
    assert await ledger.unallocated_of(session, money.id) == 0
    await the_ledger_is_sound(session)


async def test_who_proposed_it_does_not_approve_it(session, officers):
    waiting = await proposed(session, await came(session, 50_000), officers[0])

    with pytest.raises(NeedsAnotherPerson):
        await approved(session, waiting, officers[0])


async def test_nobody_proposes_or_approves_it_of_what_paid_for_them(session, officers):
    payer = await make_account(session, StaffRole.FINANCE_OFFICER)
    application = await make_approved(session, account=payer)
    money = await came(session, 50_000, await bill(session, application, now=NOW))
    waiting = await proposed(session, money, officers[0])

    with pytest.raises(AboutYourself):
        await proposed(session, money, payer)
    with pytest.raises(AboutYourself):
        await approved(session, waiting, payer)


async def test_it_is_proposed_once_at_a_time(session, officers):
    money = await came(session, 50_000)
    await proposed(session, money, officers[0])

    with pytest.raises(AlreadyProposed):
        await proposed(session, money, officers[1])


async def test_what_was_given_back_in_part_meanwhile_does_not_go_back_whole(
    session, officers
):
    money = await came(session, 50_000)
    waiting = await proposed(session, money, officers[0])
    await refund(session, money, 1000, by=make_process(session))

    with pytest.raises(GivenBack):
        await approved(session, waiting, officers[1])
    with pytest.raises(GivenBack):
        await proposed(session, await given(session), officers[0])


async def given(session):
    money = await came(session, 50_000)
    await refund(session, money, 1000, by=make_process(session))
    return money


async def test_what_is_reversed_is_not_proposed(session, officers):
    money = await came(session, 50_000)
    await alone(session, money, officers[0], ReversedBecause.BOUNCED)

    with pytest.raises(ReversedAlready):
        await proposed(session, money, officers[0])
