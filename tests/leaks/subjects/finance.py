"""The finance officer's own pages, and what payers take away of what they paid."""

from datetime import date

from sqlalchemy import select

from fees.acts import FeesAct
from fees.payment import Payment
from fees.period import AccountingPeriod, about
from fees.reconciliation import take_in
from fees.reconciliation.file import Told
from register.process import Process
from register.proposal import Proposal, ProposalKind
from tests.leaks.roles import Role
from tests.leaks.rows import AUDITOR, FINANCE, REGISTRANT, own, work
from tests.make import NOW

FINANCE_PAGES = "/staff/finance"
SETTLEMENTS = f"{FINANCE_PAGES}/settlements"
LEFT = f"{FINANCE_PAGES}/unallocated/payments/{{reference}}"
RECEIPT = f"{FINANCE_PAGES}/unallocated/receipts/{{provider_id}}"
PERIOD = f"{FINANCE_PAGES}/periods/{{month}}"
UNKNOWN = "unknown0receipt"
DAY = date(2027, 3, 9)
LONG_CLOSED, CLOSING = date(2010, 1, 1), date(2010, 2, 1)


async def make(world, session):
    """The provider paid out what was paid for `invoice` and what nobody knows; somebody proposed to close the month."""
    officer = world.accounts[Role.TEAM_MANAGER]
    known = await session.scalar(
        select(Payment).where(Payment.invoice_id == world.invoice.id)
    )
    by = Process.begin(session, FeesAct.TAKE_IN_SETTLEMENT, now=NOW, actor=officer)
    rows = [
        Told(2, known.provider_id, known.reference, known.amount_pence, 0, known.amount_pence, DAY, 1),
        Told(3, UNKNOWN, "INV-9999999-1", 9000, 50, 8950, DAY, 1),
    ]  # fmt: skip
    world.settlement = (await take_in(session, b"", rows, by=by)).settlement
    await session.flush()
    await session.refresh(world.settlement)
    by = Process.begin(session, FeesAct.PROPOSE_CLOSING, now=NOW, actor=officer)
    await Proposal.make(
        session,
        ProposalKind.CLOSE_PERIOD,
        about=about(CLOSING),
        data={"month": CLOSING.isoformat(), "entries": 0},
        touched=[],
        proposer=officer,
        by=by,
    )
    session.add(
        AccountingPeriod(month=LONG_CLOSED, closed_at=NOW, entries=0, process=by)
    )


def at(known, row, _role):
    if row.path == f"{SETTLEMENTS}/{{reference}}":
        return [{"reference": known.world.settlement.reference}]
    if row.path == LEFT:
        return [{"reference": f"{known.world.credited.reference}-1"}]
    if row.path == RECEIPT:
        return [{"provider_id": UNKNOWN}]
    if row.path.startswith(PERIOD):
        file = row.path.endswith(".csv")
        return [{"month": "2010-01" if file else "2010-02"}]
    if row.path.endswith("{file}"):
        return [{"file": "2026.pdf"}]
    return [{"reference": known.world.invoice.reference}]


def to_owed(known, _place, _role):
    day = {"paid_on-day": "9", "paid_on-month": "3", "paid_on-year": "2027"}
    return {"invoice": known.world.owed.reference, "amount": "1"} | day


READ = (FINANCE, AUDITOR)
ROWS = [
    own("GET", "/account/payments/{reference}/receipt.pdf", REGISTRANT),
    own("GET", "/account/payments/tax-year/{file}", REGISTRANT),
    work("GET", FINANCE_PAGES, *READ),
    work("GET", SETTLEMENTS, *READ),
    work("POST", SETTLEMENTS, FINANCE),
    work("GET", f"{SETTLEMENTS}/template.csv", *READ),
    work("GET", f"{SETTLEMENTS}/{{reference}}", *READ),
    work("GET", f"{FINANCE_PAGES}/unallocated", *READ),
    work("GET", LEFT, *READ),
    work("POST", LEFT, FINANCE),
    work("GET", RECEIPT, *READ),
    work("POST", RECEIPT, FINANCE),
    work("GET", f"{FINANCE_PAGES}/periods", *READ),
    work("GET", PERIOD, *READ),
    work("POST", f"{PERIOD}/closing", FINANCE),
    work("POST", f"{PERIOD}/approval", FINANCE),
    work("POST", f"{PERIOD}/return", FINANCE),
    work("GET", f"{PERIOD}/general-ledger.csv", *READ),
    work("GET", f"{FINANCE_PAGES}/debt", *READ),
    work("GET", f"{FINANCE_PAGES}/debt/aged-debt.csv", *READ),
    work("GET", f"{FINANCE_PAGES}/income", *READ),
    work("GET", f"{FINANCE_PAGES}/income/income.csv", *READ),
]
SENT = {
    SETTLEMENTS: {
        "file": b"Provider ID,Reference,Gross,Fee,Net,Settled on\nnew1,INV-9999998-1,5,0,5,2027-03-09\n"
    },
    LEFT: to_owed,
    RECEIPT: to_owed,
    f"{PERIOD}/return": {"words": "Look again"},
}
FIRST = {f"{PERIOD}/closing": (f"{PERIOD}/return", {"words": "Look again"})}
QUERIES = {
    ("GET", f"{SETTLEMENTS}/{{reference}}"): ("", "?show=unidentified"),
}
