"""What must be true of the ledger whatever has happened."""

from sqlalchemy import func, select, text

from fees.collective import CollectiveShare
from fees.invoice import Invoice
from fees.ledger import AccountCode, LedgerEntry, Posting, balance
from fees.other_money import MoneyReversal, OtherMoney
from fees.payment import Overpayment, Payment, PaymentState, Receipt


async def the_ledger_is_sound(session):
    """Nothing is out of balance, nobody has paid more than was asked, and no penny that came is lost."""
    await session.flush()
    await session.execute(text("set constraints all immediate"))
    await session.execute(text("set constraints all deferred"))
    assert await session.scalar(select(func.coalesce(func.sum(Posting.pence), 0))) == 0
    assert await _lowest(session, Posting.invoice_id, AccountCode.RECEIVABLE, 1) >= 0
    assert await _lowest(session, Posting.payment_id, AccountCode.UNALLOCATED, -1) >= 0
    await _every_invoice_is_entered_once(session)
    await _money_is_conserved(session)
    await _paid_is_nothing_owed(session)


async def _lowest(session, column, account, sign):
    sums = (
        select(func.sum(Posting.pence * sign).label("pence"))
        .where(Posting.account == account)
        .group_by(column)
        .subquery()
    )
    return await session.scalar(select(func.coalesce(func.min(sums.c.pence), 0)))


async def _every_invoice_is_entered_once(session):
    raised = select(func.count()).where(LedgerEntry.kind == "invoice_raised")
    invoices = select(func.count()).select_from(Invoice)
    assert await session.scalar(raised) == await session.scalar(invoices)


async def _money_is_conserved(session):
    """Received is what is allocated, what is not, what is on its way back and what has gone back."""
    cards = await session.scalar(
        select(func.coalesce(func.sum(Payment.amount_pence), 0)).where(
            Payment.state == PaymentState.PAID
        )
    )
    received = cards + await _other_money(session)
    allocated = await session.scalar(
        select(func.coalesce(-func.sum(Posting.pence), 0)).where(
            Posting.account == AccountCode.RECEIVABLE, Posting.payment_id.is_not(None)
        )
    )
    refunded = await session.scalar(
        select(func.coalesce(-func.sum(Posting.pence), 0))
        .join(Posting.entry)
        .where(
            Posting.account.in_([AccountCode.CARD_CLEARING, AccountCode.BANK]),
            LedgerEntry.kind == "refund_succeeded",
        )
    )
    unallocated = -await balance(session, AccountCode.UNALLOCATED)
    on_its_way = -await balance(session, AccountCode.REFUNDS_PAYABLE)
    assert received == allocated + unallocated + on_its_way + refunded
    held = [
        await balance(session, account)
        for account in (
            AccountCode.CARD_CLEARING,
            AccountCode.BANK,
            AccountCode.PROVIDER_FEES,
            AccountCode.UNIDENTIFIED,
        )
    ]
    assert sum(held) == received - refunded


async def _other_money(session):
    """What came otherwise and has not been taken back."""
    return await session.scalar(
        select(func.coalesce(func.sum(OtherMoney.amount_pence), 0))
        .outerjoin(OtherMoney.reversal)
        .where(MoneyReversal.money_id.is_(None))
    )


async def _paid_is_nothing_owed(session):
    owed = (
        select(func.sum(Posting.pence))
        .where(
            Posting.account == AccountCode.RECEIVABLE,
            Posting.invoice_id == Receipt.invoice_id,
        )
        .scalar_subquery()
    )
    taken_back = select(MoneyReversal.money_id)
    not_so = select(Receipt.invoice_id).where(
        owed != 0, Receipt.payment_id.not_in(taken_back)
    )
    assert list(await session.scalars(not_so)) == []
    cards = select(Payment.id)
    for_nothing = await session.scalar(
        select(func.coalesce(func.sum(Overpayment.amount_pence), 0))
    )
    for_nothing += await _unshared(session)
    released = await session.scalar(
        select(func.coalesce(-func.sum(Posting.pence), 0))
        .join(Posting.entry)
        .where(
            Posting.account == AccountCode.UNALLOCATED,
            Posting.payment_id.in_(cards),
            LedgerEntry.kind == "released",
        )
    )
    taken = await session.scalar(
        select(func.coalesce(func.sum(Posting.pence), 0))
        .join(Posting.entry)
        .where(
            Posting.account == AccountCode.UNALLOCATED,
            LedgerEntry.kind.in_(["refund_asked", "refund_failed", "reallocated"]),
        )
    )
    unallocated = await session.scalar(
        select(func.coalesce(-func.sum(Posting.pence), 0)).where(
            Posting.account == AccountCode.UNALLOCATED, Posting.payment_id.in_(cards)
        )
    )
    assert for_nothing + released - taken == unallocated


async def _unshared(session):
    """Of what came for collective invoices, what no line of them took."""
    came = await session.scalar(
        select(func.coalesce(func.sum(Payment.amount_pence), 0)).where(
            Payment.collective_id.is_not(None), Payment.state == PaymentState.PAID
        )
    )
    shared = await session.scalar(
        select(func.coalesce(func.sum(CollectiveShare.pence), 0)).where(
            CollectiveShare.payment_id.in_(select(Payment.id))
        )
    )
    return came - shared
