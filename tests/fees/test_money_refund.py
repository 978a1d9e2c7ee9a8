"""What is left of a transfer or cheque goes back, above the limit by two officers, and nobody's fee is touched by it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from fees import ledger
from fees.acts import FeesAct
from fees.credit_note import SecondPersonNeeded
from fees.invoice import Invoice
from fees.ledger import AccountCode, balance, owed_on
from fees.money_refund import propose, refund, refunds_of
from fees.other_money import GivenBack, MoneyKind, OtherMoney, ReversedBecause
from fees.refund import NotThatMuch
from register.account import StaffRole
from register.kit.clock import day_of
from register.kit.post import Message
from register.part import Part
from register.process import Event, Process
from register.proposal import AlreadyProposed, NeedsAnotherPerson
from register.rule_set import RuleSet
from tests.fees.books import the_ledger_is_sound
from tests.fees.employing import make_employer, take_over
from tests.fees.renewing import OPENS
from tests.make import make_account, make_process

LIMIT = 10_000


@pytest.fixture(autouse=True)
def today(clock):
    clock.now = OPENS + timedelta(days=10, hours=15)


@pytest.fixture
async def officers(session):
    return [await make_account(session, StaffRole.FINANCE_OFFICER) for _ in range(2)]


async def came(session, clock, pence, bill=None):
    by = make_process(session, now=clock.now)
    money = await OtherMoney.record(
        session,
        MoneyKind.TRANSFER,
        pence,
        came_on=day_of(clock.now),
        statement_reference="NO IDEA",
        by=by,
    )
    if bill:
        await money.pay_for(session, bill, by=by)
    return money


def by(session, clock, act, officer):
    return Process.begin(session, act, now=clock.now, actor=officer)


async def given(session, clock, money, pence, officer=None):
    process = by(session, clock, FeesAct.REFUND_MONEY, officer)
    return await refund(session, money, pence, by=process)


async def test_the_limit_is_a_figure_of_the_rules(session, clock):
    rule_set = await RuleSet.on(session, Part.MANAGER, day_of(clock.now))

    assert rule_set.rules.refund_alone_pence == LIMIT


async def test_what_belongs_to_nobody_goes_back(session, clock):
    money = await came(session, clock, 5_000)

    one = await given(session, clock, money, 4_000)

    assert (one.reference[:4], one.amount) == ("BRF-", "£40")
    assert await ledger.unallocated_of(session, money.id) == 1_000
    assert await balance(session, AccountCode.BANK) == 1_000
    assert await refunds_of(session, money) == [one]
    await the_ledger_is_sound(session)


async def test_its_history_names_nobody(session, clock):
    money = await came(session, clock, 5_000)

    one = await given(session, clock, money, 5_000)

    event = await session.scalar(
        select(Event).where(Event.kind == "other_money:refunded")
    )
    assert event.data == {
        "money": money.reference,
        "refund": one.reference,
        "pence": 5_000,
    }


@pytest.mark.parametrize("pence", [0, 5_001])
async def test_no_more_goes_back_than_pays_for_nothing(session, clock, pence):
    money = await came(session, clock, 5_000)

    with pytest.raises(NotThatMuch):
        await given(session, clock, money, pence)


async def test_many_small_ones_are_no_way_around_the_second_officer(session, clock):
    money = await came(session, clock, 50_000)
    await given(session, clock, money, LIMIT)

    with pytest.raises(SecondPersonNeeded):
        await given(session, clock, money, 1)


async def test_above_the_limit_a_second_officer_agrees(session, clock, officers):
    one, another = officers
    money = await came(session, clock, 50_000)
    proposal = await propose(
        session,
        money,
        50_000,
        proposer=one,
        by=by(session, clock, FeesAct.PROPOSE_MONEY_REFUND, one),
    )
    approving = by(session, clock, FeesAct.APPROVE_MONEY_REFUND, another)
    with pytest.raises(NeedsAnotherPerson):
        await proposal.approve(session, approver=one, by=approving)

    await proposal.approve(session, approver=another, by=approving)

    assert await ledger.unallocated_of(session, money.id) == 0
    await the_ledger_is_sound(session)


async def test_one_proposal_waits_at_a_time(session, clock, officers):
    money = await came(session, clock, 50_000)
    process = by(session, clock, FeesAct.PROPOSE_MONEY_REFUND, officers[0])
    await propose(session, money, 50_000, proposer=officers[0], by=process)
    await session.flush()

    with pytest.raises(AlreadyProposed):
        await propose(session, money, 20_000, proposer=officers[0], by=process)


async def test_of_an_employer_s_transfer_only_what_is_left_over_goes_back(
    session, clock
):
    lead = await make_employer(session, "Ada", "Bea")
    collective = await take_over(session, lead, clock)
    money = await came(session, clock, 30_000, collective)
    with pytest.raises(NotThatMuch):
        await given(session, clock, money, 6_001)

    await given(session, clock, money, 6_000)

    for invoice in (await session.scalars(select(Invoice))).all():
        assert await owed_on(session, invoice.id) == 0
    letter = await session.scalar(
        select(Message).where(Message.letter == "fees/money_refund")
    )
    assert "£60 of the bank transfer that came on" in letter.body
    assert collective.reference in letter.body


async def test_what_was_given_back_in_part_is_not_reversed(session, clock):
    money = await came(session, clock, 5_000)
    await given(session, clock, money, 1_000)

    with pytest.raises(GivenBack):
        await money.reverse(
            session, ReversedBecause.BOUNCED, by=make_process(session, now=clock.now)
        )


@pytest.mark.parametrize(
    "change", ["update money_refund set amount_pence = 1", "delete from money_refund"]
)
async def test_the_database_keeps_it_as_it_is(session, clock, change):
    money = await came(session, clock, 5_000)
    await given(session, clock, money, 1_000)

    with pytest.raises(DBAPIError):
        await session.execute(text(change))
