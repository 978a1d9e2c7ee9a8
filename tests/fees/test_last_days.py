"""Letters about a renewal's fee speak of the day that holds for the person: the last one, a later one, or that of the cure."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from fees.invoice import Invoice
from fees.ledger import owed_on
from fees.pay_link import make_link
from fees.payment import write_off_unpaid
from register.kit.clock import end_of
from register.kit.post import Message
from tests.fees.employing import bill_all
from tests.fees.renewing import CURED_UNTIL, ENDS, OPENS, renewing
from tests.fees.settling import paid
from tests.make import make_process

MORE = timedelta(days=28)
EXTENDED, CURED_LATER = ENDS + MORE, CURED_UNTIL + MORE


@pytest.fixture
async def renewal(session, clock):
    clock.now = OPENS
    renewal = await renewing(session)
    await bill_all(session)
    return renewal


@pytest.fixture
async def invoice(session, renewal):
    return await session.scalar(select(Invoice).where(Invoice.renewal_id == renewal.id))


async def extend(session, renewal):
    renewal.extended_until = EXTENDED
    await session.flush()


async def letter(session, name):
    found = await session.scalar(
        select(Message).where(Message.letter == f"fees/{name}")
    )
    return found.body


def told(day):
    return f"{day.day} {day:%B %Y}"


@pytest.mark.parametrize(
    ("at", "extended", "line"),
    [
        (OPENS, False, f"Renew by: the end of {told(ENDS)}"),
        (OPENS, True, f"Renew by: the end of {told(EXTENDED)}"),
        (end_of(ENDS), False, f"Last day to pay: {told(CURED_UNTIL)}"),
        (end_of(ENDS), True, f"Renew by: the end of {told(EXTENDED)}"),
        (end_of(EXTENDED), True, f"Last day to pay: {told(CURED_LATER)}"),
    ],
)
async def test_who_paid_a_part_reads_until_when_they_may_pay_the_rest(
    session, renewal, invoice, at, extended, line
):
    if extended:
        await extend(session, renewal)

    await paid(session, invoice=invoice, at=at, pence=4_000)

    assert line in await letter(session, "part_receipt")


@pytest.mark.parametrize(
    ("at", "extended", "line"),
    [
        (OPENS, False, f"Do all of it by the end of {told(ENDS)}, or"),
        (end_of(ENDS), True, f"Do all of it by the end of {told(EXTENDED)}, or"),
        (end_of(ENDS), False, f"you can until the end of {told(CURED_UNTIL)}"),
        (end_of(EXTENDED), True, f"you can until the end of {told(CURED_LATER)}"),
    ],
)
async def test_who_paid_before_all_was_done_reads_until_when_they_may_do_the_rest(
    session, renewal, invoice, at, extended, line
):
    if extended:
        await extend(session, renewal)

    await paid(session, invoice=invoice, at=at)

    assert line in await letter(session, "renewal_receipt")


@pytest.mark.parametrize(
    ("extended", "last"), [(False, CURED_UNTIL), (True, CURED_LATER)]
)
async def test_who_paid_too_late_reads_which_day_was_the_last(
    session, renewal, invoice, extended, last
):
    if extended:
        await extend(session, renewal)

    await paid(session, invoice=invoice, at=end_of(last))

    assert f"The last day to pay was {told(last)}," in await letter(
        session, "overpayment"
    )


async def test_what_may_still_be_paid_with_more_time_is_not_written_off(
    session, renewal, invoice
):
    await extend(session, renewal)

    await write_off_unpaid(session, end_of(CURED_LATER))
    before = await owed_on(session, invoice.id)
    await write_off_unpaid(session, end_of(CURED_LATER) + timedelta(hours=4))

    assert (before, await owed_on(session, invoice.id)) == (12_000, 0)


async def test_a_link_of_who_has_more_time_works_as_long_as_they_may_pay(
    session, renewal, invoice
):
    await extend(session, renewal)
    by = make_process(session, now=end_of(CURED_LATER) - timedelta(days=1))

    link = await make_link(session, invoice, by=by)

    assert link.until == end_of(CURED_LATER)
