"""Money: what somebody owes and has paid, as they and the finance officer see it, and what the provider tells us of it."""

import json

from fees.credit_note import CreditReason, credit
from fees.credit_note import propose as propose_credit
from fees.refund import propose as propose_refund
from tests.leaks.cases import granted, in_hand, paid
from tests.leaks.people import somebody
from tests.leaks.roles import EVERYBODY, Role
from tests.leaks.rows import AUDITOR, FINANCE, REGISTRANT, Line, own, public, work
from tests.make import make_process

CREDIT = "/staff/payments/{reference}/credit"
REFUND = "/staff/payments/{reference}/refund"

MACHINE = Line("None: a machine that signs what it says", EVERYBODY)


async def make(world, session):
    """`owing`: approved, billed, and not paid yet; `owed`: its invoice. `credited`: paid, and something is to go back."""
    of = world.subject("owing")
    name = of.billed("given name"), of.billed("family name")
    account, _ = await somebody(session, of, name=name)
    world.owing = await in_hand(world, session, of, account, name)
    world.owed = await granted(world, session, of, world.owing)
    await credited(world, session)


async def credited(world, session):
    """More of it is to be credited and something refunded, when a second person agrees."""
    of = world.subject("credited", entered=True)
    name = of.public("given name"), of.public("family name")
    account, _ = await somebody(session, of, name=name)
    application = await in_hand(world, session, of, account, name)
    world.credited = await granted(world, session, of, application)
    payment = await paid(session, application, world.credited, provider_id="credited")
    officer = world.accounts[Role.TEAM_MANAGER]
    by = make_process(session, actor=officer)
    why = {"reason": CreditReason.GOODWILL, "waits": False, "by": by}
    await credit(session, world.credited, 1000, **why)
    await propose_credit(session, world.credited, 500, proposer=officer, **why)
    await propose_refund(session, payment, 500, proposer=officer, by=by)
    await session.flush()


def at(known, row, _role):
    if row.path.startswith((CREDIT, REFUND)):
        yield {"reference": known.world.credited.reference}
        return
    yield {"reference": known.world.invoice.reference}
    if row.path.startswith("/staff"):
        yield {"reference": known.world.owed.reference}


def signed(_known, _place, _role):
    """As GOV.UK Pay sends it: of a payment that we do not have."""
    notice = {
        "webhook_message_id": "unknown",
        "resource_id": "unknown",
        "event_type": "card_payment_succeeded",
        "resource_type": "payment",
        "resource": {"payment_id": "unknown", "reference": "INV-9999999-1"},
    }
    return {"signed": json.dumps(notice).encode()}


def back(known, _place, _role):
    return {"payment": f"{known.world.credited.reference}-1", "amount": "1"}


ROWS = [
    own("GET", "/account/payments"),
    own("GET", "/account/payments/{reference}", REGISTRANT),
    own("GET", "/pay"),
    own("POST", "/pay"),
    own("GET", "/pay/return"),
    own("GET", "/pay/result"),
    public("POST", "/webhooks/pay", MACHINE),
    work("GET", "/staff/payments", FINANCE, AUDITOR),
    work("GET", "/staff/payments/{reference}", FINANCE, AUDITOR),
    *(
        row
        for path in (CREDIT, REFUND)
        for row in (
            work("GET", path, FINANCE, AUDITOR),
            work("POST", path, FINANCE),
            work("POST", f"{path}/approval", FINANCE),
            work("POST", f"{path}/return", FINANCE),
        )
    ),
]
SENT = {
    "/webhooks/pay": signed,
    CREDIT: {"reason": "goodwill", "amount": "1"},
    f"{CREDIT}/return": {"words": "Look again"},
    REFUND: back,
    f"{REFUND}/return": {"words": "Look again"},
}
QUERIES = {("GET", "/staff/payments"): ("", "?show=due", "?show=paid")}
