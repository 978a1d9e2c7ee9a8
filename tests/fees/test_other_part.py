"""One fee a person: whoever is in one part pays for another only what it costs more, and nothing where it costs no more."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range

from fees.invoice import (
    Invoice,
    InvoiceLine,
    NothingToPay,
    bill,
    fees_of,
    raise_due,
)
from fees.invoice.invoice import OffBecause
from fees.invoice.of_application import Fee
from fees.ledger import LedgerEntry
from fees.payment.mop_up import close_unpaid
from fees.scale import FeeKind, FeeScale, ProRata
from register.application import ApplicationKind, ApplicationState
from register.entry import LapseReason, RemovalReason, parts_of
from register.kit.clock import end_of, since, start_of
from register.kit.post import Message
from register.matching import WatchItem, WatchKind, look_for_matches
from register.part import Part
from tests.fees.books import the_ledger_is_sound
from tests.fees.owing import make_approved
from tests.fees.settling import paid
from tests.make import make_account, make_entry, make_person, make_process

DECEMBER = start_of(date(2026, 12, 1))
JANUARY = datetime(2027, 1, 15, 10, tzinfo=UTC)
PAY_BY = date(2027, 1, 29)
END = date(2027, 11, 30)
A_DAY = timedelta(days=1)


async def approved(session, entry, part=Part.MANAGER, **more):
    """Somebody who is in one part, and whose application for another waits for its fee."""
    terms = {"approved_at": JANUARY, "pay_by": PAY_BY} | more
    return await make_approved(session, person=entry.person, part=part, **terms)


async def deputy(session, **more):
    return await make_entry(session, part=Part.DEPUTY, **({"on": DECEMBER} | more))


async def manager(session, **more):
    return await make_entry(session, on=DECEMBER, **more)


async def amount(session, application, now=JANUARY):
    return (await fees_of(session, application, now=now)).amount_pence


async def reprice(session, part, **terms):
    """Another fee for joining the part, before anybody joins it."""
    old = await FeeScale.on(session, FeeKind.REGISTRATION, part, date(2026, 12, 1))
    old.valid = Range(old.valid.lower, start_of(date(2026, 11, 30)), bounds="[)")
    await session.flush()
    whole = {
        "amount_pence": old.amount_pence,
        "pro_rata": old.pro_rata,
        "each_part": False,
        "instalments": [],
    }
    session.add(
        FeeScale(
            kind=FeeKind.REGISTRATION,
            part=part,
            valid=since(start_of(date(2026, 11, 30))),
            **whole | terms,
        )
    )
    await session.flush()


# What is asked


async def test_a_deputy_who_becomes_a_manager_pays_what_that_costs_more_for_the_months_that_are_left(
    session,
):
    application = await approved(session, await deputy(session))

    invoice = await bill(session, application, now=JANUARY)

    assert invoice.amount_pence == 11000 - 5500
    (line,) = await session.scalars(
        select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id)
    )
    assert (line.months, line.amount_pence) == (11, 5500)
    assert (line.off_pence, line.off_because) == (5500, OffBecause.OTHER_PART)
    await the_ledger_is_sound(session)


async def test_of_several_parts_the_dearest_is_taken_off(session):
    entry = await deputy(session)
    await make_entry(
        session, person=entry.person, part=Part.RESIDENTIAL_WORKER, on=DECEMBER
    )

    assert await amount(session, await approved(session, entry)) == 5500


async def test_a_part_that_the_scale_asks_for_by_itself_is_paid_in_full(session):
    await reprice(session, Part.MANAGER, each_part=True)

    assert await amount(session, await approved(session, await deputy(session))) == (
        11000
    )


async def test_what_the_scale_asks_for_besides_takes_nothing_off_another_part(session):
    await reprice(session, Part.DEPUTY, each_part=True)

    assert await amount(session, await approved(session, await deputy(session))) == (
        11000
    )


async def test_a_part_without_a_price_takes_nothing_off(session):
    entry = await make_entry(session, part=Part.DEPUTY, on=DECEMBER)
    held = await FeeScale.on(
        session, FeeKind.REGISTRATION, Part.DEPUTY, date(2026, 12, 1)
    )
    held.valid = Range(held.valid.lower, start_of(date(2027, 1, 15)), bounds="[)")
    await session.flush()

    assert await amount(session, await approved(session, entry)) == 11000


async def test_a_price_that_is_not_shared_out_is_taken_off_whole(session):
    await reprice(session, Part.DEPUTY, pro_rata=ProRata.NONE)

    assert await amount(session, await approved(session, await deputy(session))) == (
        11000 - 6000
    )


async def test_who_comes_back_to_another_part_pays_for_coming_back_all_the_same(
    session,
):
    application = await approved(
        session,
        await manager(session),
        Part.DEPUTY,
        kind=ApplicationKind.RESTORATION,
        left_on=date(2024, 12, 1),
    )

    invoice = await bill(session, application, now=JANUARY)

    lines = await session.execute(
        select(FeeScale.kind, InvoiceLine.amount_pence)
        .join(InvoiceLine.scale)
        .where(InvoiceLine.invoice_id == invoice.id)
        .order_by(InvoiceLine.position)
    )
    back, registration = lines.all()
    assert tuple(registration) == (FeeKind.REGISTRATION, 0)
    assert back.amount_pence == invoice.amount_pence == 9000
    await the_ledger_is_sound(session)


# What counts as held


@pytest.mark.parametrize(("late", "pence"), [(-1, 5500), (0, 11000)])
async def test_what_stands_at_the_moment_of_billing_counts_and_what_has_ended_does_not(
    session, late, pence
):
    entry = await deputy(session)
    application = await approved(session, entry)
    moment = timedelta(microseconds=1)
    await entry.lapse(
        session,
        on=JANUARY,
        because=LapseReason.NON_PAYMENT,
        by=make_process(session, now=JANUARY),
    )

    assert await amount(session, application, JANUARY + late * moment) == pence


async def test_who_was_removed_from_the_other_part_pays_the_whole_fee(session):
    entry = await deputy(session)
    await entry.remove(
        session,
        on=DECEMBER + timedelta(days=9),
        because=RemovalReason.VOLUNTARY,
        by=make_process(session, now=DECEMBER + timedelta(days=9)),
    )

    assert await amount(session, await approved(session, entry)) == 11000


async def test_that_the_other_part_ends_after_it_was_billed_changes_nothing(session):
    entry = await deputy(session)
    application = await approved(session, entry)
    invoice = await bill(session, application, now=JANUARY)
    later = JANUARY + timedelta(days=2)
    await entry.lapse(
        session,
        on=later,
        because=LapseReason.NON_PAYMENT,
        by=make_process(session, now=later),
    )

    assert await bill(session, application, now=later) is invoice
    assert await amount(session, application, later) == 5500


@pytest.mark.parametrize(
    ("last_day", "pence"),
    [(date(2027, 5, 31), 11000 - 2500), (date(2027, 6, 1), 11000 - 3000), (END, 5500)],
)
async def test_a_part_that_ends_before_the_other_counts_for_the_months_until_then(
    session, last_day, pence
):
    entry = await deputy(session, until=last_day)

    assert await amount(session, await approved(session, entry)) == pence


async def test_a_part_that_stands_after_its_last_day_counts_as_it_is_asked_to_renew(
    session,
):
    december = end_of(END) + timedelta(days=4, hours=10)
    entry = await deputy(session)
    application = await approved(
        session, entry, approved_at=december, pay_by=date(2027, 12, 20)
    )

    assert await amount(session, application, december) == 12000 - 6000


# Two applications at once


@pytest.fixture
async def both(session):
    """Approved on one day: deputy, to be paid first, and manager."""
    person = await make_person(session)
    account = await make_account(session, person=person)
    terms = {"person": person, "account": account, "approved_at": JANUARY}
    return [
        await make_approved(session, part=part, pay_by=PAY_BY + later, **terms)
        for part, later in ((Part.DEPUTY, timedelta()), (Part.MANAGER, A_DAY))
    ]


async def billed(session):
    found = await session.scalars(select(Invoice.amount_pence).order_by(Invoice.number))
    return list(found)


async def test_two_at_once_are_billed_one_after_the_other_and_cost_as_much_as_the_dearest(
    session, both
):
    first, second = both
    await raise_due(session, JANUARY)
    await raise_due(session, JANUARY + timedelta(minutes=1))
    before = await billed(session)
    invoice = await session.scalar(select(Invoice))
    await paid(session, at=JANUARY, invoice=invoice)

    await raise_due(session, JANUARY + timedelta(minutes=2))

    assert before == [5500]
    assert first.state is ApplicationState.GRANTED
    assert await billed(session) == [5500, 11000 - 5500]
    assert second.state is ApplicationState.APPROVED


async def test_of_two_at_once_the_cheaper_costs_nothing_after_the_dearer(session, both):
    deputy, manager = both
    deputy.pay_by, manager.pay_by = PAY_BY + A_DAY, PAY_BY
    await session.flush()
    await raise_due(session, JANUARY)
    before = await billed(session), deputy.state
    await paid(session, at=JANUARY, invoice=await session.scalar(select(Invoice)))

    await raise_due(session, JANUARY + timedelta(minutes=1))

    assert before == ([11000], ApplicationState.APPROVED)
    assert await billed(session) == [11000]
    assert deputy.state is ApplicationState.GRANTED


async def test_once_the_first_of_two_has_closed_unpaid_the_other_is_billed_in_full(
    session, both
):
    first, second = both
    await raise_due(session, JANUARY)
    after = end_of(PAY_BY) + timedelta(hours=4)

    await raise_due(session, after)
    before = await billed(session)
    await close_unpaid(session, after)
    await raise_due(session, after)

    assert (first.state, before) == (ApplicationState.CLOSED_UNPAID, [5500])
    assert await billed(session) == [5500, 11000]
    assert second.state is ApplicationState.APPROVED


async def test_one_of_two_that_has_no_price_keeps_the_other_from_nothing(session, both):
    first, _ = both
    first.part = Part.TRAINEE
    await session.flush()

    await raise_due(session, JANUARY)

    assert await billed(session) == [11000]


async def test_what_was_billed_for_a_year_that_is_over_keeps_nobody_waiting(
    session, both
):
    november = datetime(2027, 11, 29, 10, tzinfo=UTC)
    for later, application in enumerate(both):
        application.approved_at = november
        application.pay_by = date(2027, 12, 13) + later * A_DAY
    await session.flush()
    for application in both:
        await bill(session, application, now=november)

    await raise_due(session, end_of(END))

    assert await billed(session) == [500, 1000, 6000]


# Where nothing is left to pay


async def test_a_manager_who_adds_a_part_that_costs_no_more_is_entered_without_a_payment(
    session,
):
    entry = await manager(session)
    application = await approved(session, entry, Part.DEPUTY)

    await raise_due(session, JANUARY)

    assert application.state is ApplicationState.GRANTED
    assert await parts_of(session, entry.person_id, at=JANUARY) == [
        Part.MANAGER,
        Part.DEPUTY,
    ]
    for kind in (Invoice, LedgerEntry):
        assert await session.scalar(select(func.count()).select_from(kind)) == 0
    letters = await session.scalars(select(Message.letter))
    assert list(letters) == ["application_granted"]


async def test_a_part_at_the_same_price_costs_nothing_more(session):
    await reprice(session, Part.DEPUTY, amount_pence=12000)
    application = await approved(session, await deputy(session))

    await raise_due(session, JANUARY)

    assert application.state is ApplicationState.GRANTED


async def test_a_penny_more_is_asked_for(session):
    await reprice(session, Part.DEPUTY, amount_pence=11999)
    application = await approved(session, await deputy(session))

    await raise_due(session, JANUARY)

    assert application.state is ApplicationState.APPROVED
    assert await session.scalar(select(Invoice.amount_pence)) == 1


async def test_of_whom_nothing_is_asked_no_invoice_is_raised_by_a_click(session):
    application = await approved(session, await manager(session), Part.DEPUTY)

    with pytest.raises(NothingToPay):
        await bill(session, application, now=JANUARY)

    assert application.state is ApplicationState.APPROVED


async def test_of_whom_nothing_is_asked_waits_for_a_last_check_like_who_has_paid(
    session,
):
    person = await make_person(session, "Liz", "Smith", date(1985, 5, 17))
    await look_for_matches(session, person, by=make_process(session))
    application = await approved(
        session, await manager(session, person=person), Part.DEPUTY
    )
    await WatchItem.add(
        session,
        WatchKind.BARRED,
        given_names="Liz",
        family_name="Smith",
        birth_date=date(1985, 5, 17),
        source="DBS, ref 1",
        because="Told by letter",
        by=make_process(session),
    )

    await raise_due(session, JANUARY)
    await raise_due(session, JANUARY + timedelta(minutes=1))

    assert application.state is ApplicationState.PAID
    (letter,) = await session.scalars(select(Message))
    assert letter.letter == "application_paid"
    assert "Nothing is left to pay" in letter.subject
    assert "received" not in letter.body


async def test_who_joins_first_is_never_let_off(session):
    application = await make_approved(session, approved_at=JANUARY, pay_by=PAY_BY)

    await raise_due(session, JANUARY)

    assert application.state is ApplicationState.APPROVED
    assert await session.scalar(select(Invoice.amount_pence)) == 11000


# The letter


async def test_the_letter_says_what_is_taken_off_and_why(session):
    await approved(session, await deputy(session))

    await raise_due(session, JANUARY)

    letter = await session.scalar(select(Message))
    assert letter.subject.startswith("Pay £55 to join the register")
    assert (
        "The registration fee is 11 months of the yearly fee of £120, up to 30 November 2027, less £55: "
        "you are in another part of the register already, and pay only what this part costs more."
        in letter.body
    )


async def test_the_letter_for_a_whole_year_says_the_fee_of_which_something_is_taken_off(
    session,
):
    at = DECEMBER + timedelta(hours=10)
    await approved(session, await deputy(session), approved_at=at)

    await raise_due(session, at)

    letter = await session.scalar(select(Message))
    assert (
        "The registration fee is the yearly fee of £120, up to 30 November 2027, less £60:"
        in letter.body
    )


# The arithmetic

DAYS = st.dates(date(2026, 12, 1), END)
YEARLY = st.integers(0, 10_000_000)
SHARED_OUT = st.sampled_from(ProRata)


def whole(pence, pro_rata, on):
    return Fee.whole(FeeScale(amount_pence=pence, pro_rata=pro_rata), on=on, until=END)


@given(YEARLY, st.lists(YEARLY, max_size=4), DAYS, SHARED_OUT, SHARED_OUT)
def test_what_is_left_to_pay_is_never_below_nought_and_never_above_the_fee(
    pence, others, on, pro_rata, of_others
):
    fee = whole(pence, pro_rata, on)
    held = max((whole(one, of_others, on).amount_pence for one in others), default=0)

    left = fee.less(held, OffBecause.OTHER_PART)

    assert 0 <= left.amount_pence <= fee.amount_pence
    assert left.amount_pence + left.off_pence == fee.amount_pence
    assert (left.off_pence > 0) is (left.off_because is not None)


@given(st.lists(YEARLY, min_size=1, max_size=5), DAYS, SHARED_OUT)
def test_parts_that_are_joined_on_one_day_cost_as_much_as_the_dearest_in_any_order(
    yearly, on, pro_rata
):
    paid, dearest = 0, 0
    for pence in yearly:
        fee = whole(pence, pro_rata, on)
        paid += fee.less(dearest, OffBecause.OTHER_PART).amount_pence
        dearest = max(dearest, fee.amount_pence)

    assert paid == whole(max(yearly), pro_rata, on).amount_pence
