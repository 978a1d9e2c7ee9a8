"""A renewal is billed once and by person; what is paid for it is one step of it, and told apart from being renewed."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import selectinload

from fees.invoice import (
    Invoice,
    NothingToPay,
    Purpose,
    bill_next_renewals,
    bill_reinstatements,
    bill_renewal,
    renewal_fees,
)
from fees.payment import (
    OverpaidBecause,
    Overpayment,
    Owed,
    Payment,
    PaymentState,
    Receipt,
    check,
    go_to_pay,
    to_pay,
)
from fees.scale import FeeKind, FeeScale, ProRata
from register.account import Account
from register.kit.clock import day_of, end_of, since, start_of
from register.kit.post import Message
from register.part import Part
from register.process import Event
from tests.fees.books import the_ledger_is_sound
from tests.fees.owing import RETURN, make_approved
from tests.fees.renewing import CURED_UNTIL, ENDS, OPENS, STEPS, confirm, renewing
from tests.make import make_account

INSTANT = timedelta(microseconds=1)
LATER, CURED_LATER = date(2028, 1, 14), date(2028, 1, 28)


async def invoices(session):
    return list(
        await session.scalars(
            select(Invoice)
            .options(selectinload(Invoice.lines))
            .order_by(Invoice.number)
        )
    )


async def price(
    session, part, pence, kind=FeeKind.RENEWAL, *, on=date(2027, 2, 2), **more
):
    """Another price from that day on."""
    before = await session.scalar(
        select(FeeScale).where(
            FeeScale.kind == kind, FeeScale.part == part, func.upper_inf(FeeScale.valid)
        )
    )
    before.valid = Range(before.valid.lower, start_of(on), bounds="[)")
    await session.flush()
    if pence is None:
        return
    terms = {"pro_rata": ProRata.NONE, "each_part": False} | more
    session.add(
        FeeScale(
            kind=kind,
            part=part,
            valid=since(start_of(on)),
            amount_pence=pence,
            **({"instalments": []} | terms),
        )
    )
    await session.flush()


# Billing


async def test_an_open_renewal_is_billed_for_the_whole_year_that_it_renews_for(session):
    renewal = await renewing(session)

    await bill_next_renewals(session, now=OPENS)

    (invoice,) = await invoices(session)
    assert (invoice.purpose, invoice.renewal_id) == (Purpose.RENEWAL, renewal.id)
    assert (invoice.amount_pence, invoice.covers_until) == (12000, date(2028, 11, 30))
    assert invoice.pay_by == CURED_UNTIL
    assert [(line.months, line.amount_pence) for line in invoice.lines] == [
        (None, 12000)
    ]


async def test_a_renewal_is_billed_once_however_often_it_is_asked(session):
    renewal = await renewing(session)

    for _ in range(3):
        await bill_next_renewals(session, now=OPENS)
        await bill_renewal(session, renewal, now=OPENS)

    assert len(await invoices(session)) == 1
    told = select(Event).where(Event.kind == "invoice_raised")
    (event,) = await session.scalars(told)
    (invoice,) = await invoices(session)
    assert event.data == {
        "invoice": invoice.reference,
        "renewal": str(renewal.id),
        "pence": 12000,
        "pay_by": "2027-12-14",
    }


async def test_who_holds_several_parts_pays_the_dearest_alone(session):
    await renewing(session, Part.DEPUTY, Part.MANAGER, Part.RESIDENTIAL_WORKER)

    await bill_next_renewals(session, now=OPENS)

    (invoice,) = await invoices(session)
    assert [line.amount_pence for line in invoice.lines] == [12000]


async def test_the_dearest_part_need_not_be_the_leading_one(session):
    await price(session, Part.DEPUTY, 20000)
    await renewing(session, Part.MANAGER, Part.DEPUTY)

    await bill_next_renewals(session, now=OPENS)

    assert [one.amount_pence for one in await invoices(session)] == [20000]


async def test_a_part_that_the_scale_bills_by_itself_comes_on_top(session):
    await price(session, Part.DEPUTY, 6000, each_part=True)
    await renewing(session, Part.RESIDENTIAL_WORKER, Part.MANAGER, Part.DEPUTY)

    await bill_next_renewals(session, now=OPENS)

    (invoice,) = await invoices(session)
    assert invoice.amount_pence == 18000
    assert [line.amount_pence for line in invoice.lines] == [12000, 6000]


async def test_two_parts_at_one_price_are_one_fee(session):
    await price(session, Part.DEPUTY, 12000)
    renewal = await renewing(session, Part.MANAGER, Part.DEPUTY)

    fees = await renewal_fees(session, renewal)

    assert [(fee.part, fee.amount_pence) for fee in fees.each] == [
        (Part.MANAGER, 12000)
    ]


async def test_the_price_is_that_of_the_first_day_of_the_year_that_is_renewed_for(
    session,
):
    renewal = await renewing(session)
    first_day = ENDS + timedelta(days=1)
    for day, pence in ((first_day, 12200), (first_day + timedelta(days=1), 9900)):
        await price(session, Part.MANAGER, pence, on=day)
        assert (await renewal_fees(session, renewal)).amount_pence == 12200


async def test_who_has_no_account_is_billed_once_they_have_one(session):
    renewal = await renewing(session, account=False)
    await bill_next_renewals(session, now=OPENS)
    before = await invoices(session)

    await session.refresh(renewal, ["person"])
    await make_account(session, person=renewal.person)
    await bill_next_renewals(session, now=OPENS)

    assert before == []
    assert len(await invoices(session)) == 1


async def test_a_part_without_a_price_keeps_nobody_else_from_being_billed(session):
    await price(session, Part.DEPUTY, None)
    deputy = await renewing(session, Part.DEPUTY)
    await renewing(session)

    billed = [await bill_next_renewals(session, now=OPENS, at_once=1) for _ in range(2)]

    assert [len(some) for some in billed] == [1, 0]
    with pytest.raises(NothingToPay):
        await bill_renewal(session, deputy, now=OPENS)


async def test_batches_bill_everybody_and_nobody_twice(session):
    for _ in range(3):
        await renewing(session)

    billed = [await bill_next_renewals(session, now=OPENS, at_once=2) for _ in range(3)]

    assert [len(some) for some in billed] == [2, 1, 0]
    assert len(await invoices(session)) == 3


async def test_whom_the_scale_asks_nothing_has_paid(session):
    await price(session, Part.MANAGER, 0)
    renewal = await renewing(session)

    await bill_next_renewals(session, now=OPENS)

    assert await invoices(session) == []
    assert renewal.left == STEPS


@pytest.mark.parametrize(("late", "billed"), [(0, 1), (1, 0)])
@pytest.mark.parametrize(
    ("extended_until", "cured_until"), [(None, CURED_UNTIL), (LATER, CURED_LATER)]
)
async def test_a_renewal_is_billed_until_the_last_day_of_the_cure(
    session, extended_until, cured_until, late, billed
):
    (await renewing(session)).extended_until = extended_until
    await session.flush()

    await bill_next_renewals(session, now=start_of(cured_until + timedelta(days=late)))

    assert len(await invoices(session)) == billed


# Paying


class Payer:
    def __init__(self, session, sessions, pay, clock, renewal, account):
        self.session, self.sessions, self.pay = session, sessions, pay
        self.clock, self.renewal, self.account = clock, renewal, account

    async def owes(self):
        return await to_pay(self.session, self.account, today=day_of(self.clock.now))

    async def presses_pay_now(self, **more):
        return await go_to_pay(
            self.session,
            self.sessions,
            self.pay.client,
            await self.owes(),
            return_url=RETURN,
            now=self.clock.now,
            by=self.account,
            **more,
        )

    async def comes_back(self):
        for payment in await self.session.scalars(
            select(Payment).execution_options(populate_existing=True)
        ):
            await check(self.session, self.pay.client, payment, now=self.clock.now)
        await self.session.flush()

    async def pays(self):
        await self.pay.pays(await self.presses_pay_now())
        await self.comes_back()

    async def count(self, table):
        return await self.session.scalar(select(func.count()).select_from(table))

    async def letter(self, name):
        letter = Message.letter == f"fees/{name}"
        return await self.session.scalar(select(Message).where(letter))


@pytest.fixture
async def payer(session, sessions, pay, clock):
    clock.now = OPENS
    renewal = await renewing(session)
    account = await session.scalar(
        select(Account).where(Account.person_id == renewal.person_id)
    )
    await session.commit()
    return Payer(session, sessions, pay, clock, renewal, account)


async def test_who_pays_first_has_paid_and_is_not_renewed(payer, pay):
    await payer.pays()

    assert payer.renewal.paid_at == OPENS
    assert payer.renewal.finished_at is None
    assert [made.amount for made in pay.made()] == [12000]
    assert pay.made()[0].description.startswith("Renewal fee, ")


async def test_the_receipt_of_who_pays_first_says_that_they_are_not_renewed(payer):
    await payer.pays()

    letter = await payer.letter("renewal_receipt")
    assert letter.subject == "Receipt for £120, paid but not renewed yet"
    assert "Paid, not renewed yet: 4 things left." in letter.body
    assert "- record your learning" in letter.body
    assert "ou are renewed" not in letter.subject + letter.body


async def test_who_pays_last_is_renewed_and_told_so(payer, session):
    await confirm(session, payer.renewal, OPENS)

    await payer.pays()

    assert payer.renewal.finished_at == OPENS
    letter = await payer.letter("renewal_receipt")
    assert letter.subject == "You are renewed: receipt for £120"
    assert "You are renewed until 30 November 2028." in letter.body


async def test_the_moment_of_the_payer_decides_not_when_we_hear_of_it(
    payer, session, clock, pay
):
    await confirm(session, payer.renewal, OPENS)
    clock.now = end_of(ENDS) - timedelta(seconds=30)
    await pay.pays(await payer.presses_pay_now())

    clock.now = end_of(ENDS) + timedelta(hours=2)
    await payer.comes_back()

    assert payer.renewal.in_time


async def test_money_in_the_last_moment_of_the_cure_counts(payer, clock, pay):
    clock.now = end_of(CURED_UNTIL) - timedelta(seconds=1)
    page = await payer.presses_pay_now()
    await pay.pays(page)

    await payer.comes_back()

    assert payer.renewal.paid_at == clock.now


async def test_money_after_the_cure_is_to_be_given_back(payer, clock, pay, session):
    clock.now = end_of(CURED_UNTIL) - timedelta(seconds=1)
    page = await payer.presses_pay_now()
    clock.now = end_of(CURED_UNTIL)
    await pay.pays(page)

    await payer.comes_back()

    assert payer.renewal.paid_at is None
    because = await session.scalar(select(Overpayment.because))
    assert because is OverpaidBecause.LATE
    assert (await payer.letter("overpayment")).subject == "We will give you back £120"


async def test_money_that_comes_again_is_to_be_given_back(payer, session, clock):
    await payer.pays()
    (invoice,) = await invoices(session)
    second = Payment(
        invoice_id=invoice.id,
        attempt=2,
        reference=f"{invoice.reference}-2",
        amount_pence=12000,
        state=PaymentState.ASKING,
        asked_at=OPENS,
    )
    session.add(second)
    await session.flush()
    await payer.pay.pays(
        (
            await payer.pay.client.create(
                amount_pence=12000,
                reference=second.reference,
                description="Renewal fee",
                return_url=RETURN,
            )
        ).next_url
    )
    clock.now += timedelta(minutes=2)

    await payer.comes_back()

    assert (await payer.count(Receipt), await payer.count(Overpayment)) == (1, 1)


async def test_an_approved_application_is_paid_before_a_renewal(payer, session):
    application = await make_approved(
        session, account=payer.account, approved_at=OPENS, pay_by=date(2027, 9, 15)
    )

    assert await payer.owes() == Owed.for_application(application)


async def test_what_cannot_be_paid_any_more_stands_in_nobodys_way(
    payer, session, clock
):
    await make_approved(
        session, account=payer.account, approved_at=OPENS, pay_by=date(2027, 9, 15)
    )
    clock.now = end_of(date(2027, 9, 15))

    owed = await payer.owes()

    assert (owed.purpose, owed.about) == (Purpose.RENEWAL, payer.renewal.id)


async def test_who_has_paid_owes_nothing(payer):
    await payer.pays()

    assert await payer.owes() is None


# In instalments


async def test_a_fee_may_be_paid_in_the_shares_of_the_scale(
    session, sessions, pay, clock
):
    clock.now = OPENS
    await price(session, Part.MANAGER, 12001, instalments=["09-30", "10-31", "11-30"])
    renewal = await renewing(session)
    account = await session.scalar(
        select(Account).where(Account.person_id == renewal.person_id)
    )
    await session.commit()
    payer = Payer(session, sessions, pay, clock, renewal, account)
    left = []
    for _ in range(3):
        owed = await payer.owes()
        left.append((owed.instalments, owed.left_pence, renewal.paid_at))
        await pay.pays(await payer.presses_pay_now(in_shares=True))
        await payer.comes_back()
        clock.now += timedelta(days=1)

    assert left == [(3, None, None), (2, 8000, None), (1, 4000, None)]
    assert sorted(made.amount for made in pay.made()) == [4000, 4000, 4001]
    assert renewal.paid_at == clock.now - timedelta(days=1)
    assert (await payer.count(Receipt), await payer.count(Overpayment)) == (1, 0)
    assert (await payer.letter("part_receipt")).subject.startswith(
        "We have received £40.01, and £80 is left"
    )
    await the_ledger_is_sound(session)


# Finished late


async def finished(session, payer, at):
    payer.clock.now = at
    await confirm(session, payer.renewal, at)
    await payer.pays()
    await bill_reinstatements(session, at + timedelta(hours=1))
    return [i for i in await invoices(session) if i.purpose is Purpose.REINSTATEMENT]


async def test_who_finishes_in_the_last_moment_pays_nothing_more(payer, session):
    assert await finished(session, payer, end_of(ENDS) - INSTANT) == []


async def test_who_finishes_a_moment_later_is_asked_for_the_fee_for_that(
    payer, session
):
    (invoice,) = await finished(session, payer, end_of(ENDS))

    assert (invoice.amount_pence, invoice.renewal_id) == (2000, payer.renewal.id)
    assert (await payer.letter("reinstatement")).subject.startswith(
        "Pay £20 for renewing late"
    )
    owed = await payer.owes()
    assert (owed.purpose, owed.about) == (Purpose.REINSTATEMENT, invoice.id)


@pytest.mark.parametrize(
    ("at", "asked"),
    [
        (end_of(ENDS), []),
        (end_of(LATER) - INSTANT, []),
        (end_of(LATER), [2000]),
    ],
)
async def test_who_has_more_time_renews_late_only_after_their_own_last_day(
    payer, session, at, asked
):
    payer.renewal.extended_until = LATER
    await session.commit()

    assert [one.amount_pence for one in await finished(session, payer, at)] == asked


async def test_the_fee_for_renewing_late_is_asked_once_and_paid_once(payer, session):
    await finished(session, payer, end_of(ENDS))
    await bill_reinstatements(session, end_of(ENDS) + timedelta(hours=2))

    await payer.pays()

    assert await payer.count(Invoice) == 2
    assert await payer.count(Receipt) == 2
    assert await payer.letter("reinstatement_receipt")
    assert await payer.owes() is None


async def test_where_it_costs_nothing_nobody_is_asked(payer, session):
    await price(session, Part.MANAGER, 0, FeeKind.LATE_REINSTATEMENT)

    assert await finished(session, payer, end_of(ENDS)) == []
