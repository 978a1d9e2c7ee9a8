"""A link lets somebody else pay one invoice: for some days, a few tries, and never once it is paid."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range

from fees.agreement import CardAgreement, agree, check_agreement
from fees.credit_note import CreditReason, credit
from fees.invoice import Invoice
from fees.pay_link import (
    Closed,
    LinkClosed,
    NothingOwed,
    closed,
    latest_try,
    link_in,
    link_of,
    live_link,
    make_link,
)
from fees.payment import (
    BegunByAnother,
    Payment,
    PaymentState,
    TooLateToPay,
    go_to_pay,
    latest_payment,
    to_pay,
)
from fees.scale import FeeKind, FeeScale, ProRata
from register.account import Account
from register.kit.clock import day_of, end_of, since, start_of
from register.kit.errors import NotFound
from register.part import Part
from tests.fees.books import the_ledger_is_sound
from tests.fees.employing import bill_all, look
from tests.fees.owing import CARD, DECLINED, RETURN
from tests.fees.renewing import CURED_UNTIL, ENDS, OPENS, renewing
from tests.make import make_process

BACK = "https://register.example/pay/link/return"
INSTANT = timedelta(microseconds=1)


@pytest.fixture
async def invoice(session, clock):
    clock.now = OPENS
    await renewing(session)
    await bill_all(session)
    return await session.scalar(select(Invoice))


async def made(session, invoice, clock):
    return await make_link(session, invoice, by=make_process(session, now=clock.now))


async def presses(session, sessions, pay, link, clock):
    page = await link.go_to_pay(
        session, sessions, pay.client, return_url=BACK, now=clock.now
    )
    await session.flush()
    return page


async def test_somebody_without_an_account_pays_by_it(
    session, sessions, pay, invoice, clock
):
    link = await made(session, invoice, clock)

    await pay.pays(await presses(session, sessions, pay, link, clock))
    await look(session, pay, clock)

    assert await closed(session, link, invoice, now=clock.now) is Closed.PAID
    await the_ledger_is_sound(session)


async def test_what_is_paid_is_not_paid_again(session, sessions, pay, invoice, clock):
    link = await made(session, invoice, clock)
    await pay.pays(await presses(session, sessions, pay, link, clock))
    await look(session, pay, clock)

    with pytest.raises(LinkClosed) as refused:
        await presses(session, sessions, pay, link, clock)
    with pytest.raises(NothingOwed):
        await made(session, invoice, clock)

    assert refused.value.why is Closed.PAID


async def test_a_double_click_makes_one_payment(session, sessions, pay, invoice, clock):
    link = await made(session, invoice, clock)

    pages = {await presses(session, sessions, pay, link, clock) for _ in range(2)}

    assert len(pages) == 1


async def test_the_fifth_try_is_the_last(session, sessions, pay, invoice, clock):
    link = await made(session, invoice, clock)
    for _ in range(5):
        page = await presses(session, sessions, pay, link, clock)
        await pay.pays(page, card_number=DECLINED)
        await look(session, pay, clock)

    with pytest.raises(LinkClosed) as refused:
        await presses(session, sessions, pay, link, clock)

    assert refused.value.why is Closed.NO_TRIES_LEFT
    assert len((await session.scalars(select(Payment))).all()) == 5


async def test_it_works_to_the_end_of_its_fourteenth_day_and_no_longer(
    session, invoice, clock
):
    link = await made(session, invoice, clock)
    ends = OPENS + timedelta(days=14)

    assert await link_in(session, link.token, now=ends - INSTANT) == link
    with pytest.raises(LinkClosed) as refused:
        await link_in(session, link.token, now=ends)
    assert refused.value.why is Closed.EXPIRED
    assert await live_link(session, invoice, now=ends) is None


async def test_it_never_outlives_the_last_day_to_pay(session, invoice, clock):
    clock.now = end_of(CURED_UNTIL) - timedelta(hours=3)

    link = await made(session, invoice, clock)

    assert link.until == end_of(CURED_UNTIL)


async def test_none_is_made_after_the_last_day_to_pay(session, invoice, clock):
    clock.now = end_of(CURED_UNTIL)

    with pytest.raises(TooLateToPay):
        await made(session, invoice, clock)


async def test_another_takes_the_place_of_the_first(
    session, sessions, pay, invoice, clock
):
    first = await made(session, invoice, clock)
    second = await made(session, invoice, clock)

    with pytest.raises(LinkClosed) as refused:
        await presses(session, sessions, pay, first, clock)

    assert refused.value.why is Closed.WITHDRAWN
    assert await link_of(session, invoice) == second


async def test_one_that_we_never_signed_leads_nowhere(session, invoice, clock):
    link = await made(session, invoice, clock)

    with pytest.raises(NotFound):
        await link_in(session, link.token[:-2] + "AA", now=clock.now)


class Ada:
    """Whose invoice it is, and who pays it herself."""

    def __init__(self, session, sessions, pay, clock, account):
        self.session, self.sessions = session, sessions
        self.pay, self.clock, self.account = pay, clock, account

    async def begins(self, *, agrees=False, **more):
        set_up = ""
        if agrees:
            set_up = await agree(
                self.session,
                self.sessions,
                self.pay.client,
                self.account,
                now=self.clock.now,
            )
        page = await go_to_pay(
            self.session,
            self.sessions,
            self.pay.client,
            await to_pay(self.session, self.account, today=day_of(self.clock.now)),
            return_url=RETURN,
            now=self.clock.now,
            by=self.account,
            set_up_agreement=set_up,
            **more,
        )
        await self.session.flush()
        return page


@pytest.fixture
async def ada(session, sessions, pay, clock, invoice):
    account = await session.get_one(Account, invoice.account_id)
    return Ada(session, sessions, pay, clock, account)


async def in_instalments(session):
    """The fee of a manager, as it is for the year to come."""
    before = await session.scalar(
        select(FeeScale).where(
            FeeScale.kind == FeeKind.RENEWAL,
            FeeScale.part == Part.MANAGER,
            func.upper_inf(FeeScale.valid),
        )
    )
    begins = start_of(ENDS)
    before.valid = Range(before.valid.lower, begins, bounds="[)")
    await session.flush()
    session.add(
        FeeScale(
            kind=FeeKind.RENEWAL,
            part=Part.MANAGER,
            valid=since(begins),
            amount_pence=12_000,
            pro_rata=ProRata.NONE,
            each_part=False,
            instalments=["09-30", "10-31", "11-30"],
        )
    )
    await session.flush()


async def tries(session):
    return (
        await session.scalars(
            select(Payment)
            .order_by(Payment.attempt)
            .execution_options(populate_existing=True)
        )
    ).all()


async def test_whoever_comes_by_it_never_makes_the_agreement_that_another_began(
    session, sessions, pay, invoice, clock, ada
):
    hers = await ada.begins(agrees=True)
    link = await made(session, invoice, clock)

    page = await presses(session, sessions, pay, link, clock)
    await pay.pays(page)
    await look(session, pay, clock)
    clock.now += timedelta(minutes=1)
    await check_agreement(
        session, clock.now, await session.scalar(select(CardAgreement.id))
    )

    begun, by_link = await tries(session)
    assert page != hers
    assert [begun.state, by_link.state] == [PaymentState.CANCELLED, PaymentState.PAID]
    assert (begun.link_id, by_link.link_id) == (None, link.id)
    assert not (await session.scalar(select(CardAgreement))).active


async def test_whoever_comes_by_it_pays_all_though_another_began_an_instalment(
    session, sessions, pay, clock
):
    clock.now = OPENS
    await in_instalments(session)
    await renewing(session)
    await bill_all(session)
    invoice = await session.scalar(select(Invoice))
    account = await session.get_one(Account, invoice.account_id)
    await Ada(session, sessions, pay, clock, account).begins(in_shares=True)
    link = await made(session, invoice, clock)

    await presses(session, sessions, pay, link, clock)

    assert [one.amount_pence for one in await tries(session)] == [4_000, 12_000]


async def test_what_that_link_began_goes_on_unless_less_is_owed_by_now(
    session, sessions, pay, invoice, clock
):
    link = await made(session, invoice, clock)
    first = await presses(session, sessions, pay, link, clock)
    same = await presses(session, sessions, pay, link, clock)
    await credit(
        session,
        invoice,
        1_000,
        reason=CreditReason.WAIVED,
        waits=False,
        by=make_process(session, now=OPENS),
    )
    other = await presses(session, sessions, pay, link, clock)

    assert first == same != other
    assert [one.amount_pence for one in await tries(session)] == [12_000, 11_000]


async def test_another_link_goes_on_with_nothing_of_the_first(
    session, sessions, pay, invoice, clock
):
    first = await made(session, invoice, clock)
    before = await presses(session, sessions, pay, first, clock)
    second = await made(session, invoice, clock)

    after = await presses(session, sessions, pay, second, clock)

    assert before != after
    assert [one.link_id for one in await tries(session)] == [first.id, second.id]


async def test_beside_what_is_in_doubt_nothing_is_begun(
    session, sessions, pay, invoice, clock, ada
):
    link = await made(session, invoice, clock)
    pay.transport.next = ["lost"]
    await ada.begins()

    with pytest.raises(BegunByAnother):
        await presses(session, sessions, pay, link, clock)

    assert len(await tries(session)) == 1


async def test_who_has_given_their_card_is_not_stopped(
    session, sessions, pay, invoice, clock, ada
):
    link = await made(session, invoice, clock)
    hers = await ada.begins()
    await pay.payer.post(hers, data=CARD)

    with pytest.raises(BegunByAnother):
        await presses(session, sessions, pay, link, clock)

    await pay.payer.post(f"{hers}/confirm")
    await look(session, pay, clock)
    (begun,) = await tries(session)
    assert begun.state is PaymentState.PAID


async def test_where_stopping_fails_nothing_is_begun(
    session, sessions, pay, invoice, clock, ada
):
    link = await made(session, invoice, clock)
    await ada.begins()
    pay.transport.next = ["down"] * 3

    with pytest.raises(BegunByAnother):
        await presses(session, sessions, pay, link, clock)

    (begun,) = await tries(session)
    assert begun.state is PaymentState.OPEN


async def test_what_is_taken_by_agreement_is_never_stopped_for_a_link(
    session, sessions, pay, invoice, clock
):
    link = await made(session, invoice, clock)
    session.add(
        Payment(
            invoice_id=invoice.id,
            attempt=1,
            reference=f"{invoice.reference}-1",
            amount_pence=12_000,
            taken_by="agreement1",
            asked_at=clock.now,
        )
    )
    await session.flush()

    with pytest.raises(BegunByAnother):
        await presses(session, sessions, pay, link, clock)


async def test_who_finds_that_another_has_paid_meanwhile_begins_nothing(
    session, sessions, pay, invoice, clock, ada
):
    link = await made(session, invoice, clock)
    await pay.pays(await ada.begins())

    page = await presses(session, sessions, pay, link, clock)

    assert page == ""
    assert await closed(session, link, invoice, now=clock.now) is Closed.PAID
    await the_ledger_is_sound(session)


async def test_what_another_began_by_a_link_is_not_what_they_come_back_from(
    session, sessions, pay, invoice, clock, ada
):
    await pay.leaves(await ada.begins())
    await look(session, pay, clock)
    link = await made(session, invoice, clock)
    clock.now += timedelta(minutes=1)
    await presses(session, sessions, pay, link, clock)

    hers, by_link = await tries(session)

    assert await latest_payment(session, ada.account) == hers
    assert await latest_try(session, link) == by_link
