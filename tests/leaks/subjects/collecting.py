"""Money that others than the registrant pay: an employer for its staff, by transfer or cheque, and by a link."""

from datetime import timedelta

from fees import money_reversal
from fees.agreement import AgreementState, CardAgreement
from fees.collective import CollectiveInvoice, CollectiveLine
from fees.invoice import bill_renewal
from fees.money_refund import propose
from fees.other_money import MoneyKind, OtherMoney
from fees.pay_link import make_link
from register.kit.clock import day_of
from register.person import Person
from register.renewal import Renewal
from tests.leaks.roles import LEADS, Role
from tests.leaks.rows import (
    AUDITOR,
    EMPLOYER,
    FINANCE,
    LINK,
    REGISTRANT,
    TAMPERED,
    Meets,
    own,
    public,
    work,
)
from tests.leaks.subjects.renewing import ENDS, renewal
from tests.make import NOW, make_account, make_process

FEES = "/employer/fees"
OTHER = "/staff/payments/other"
GIVEN_BACK = f"{OTHER}/{{reference}}/refund"
SENT_BACK = f"{OTHER}/{{reference}}/reversal"
BY_LINK = "/pay/link/{token}"
EMPLOYER_LEAD = frozenset({Role.EMPLOYER_LEAD})


async def make(world, session):
    """`collective`: what the employer pays at once; `money` that came by transfer; `paying`: links.

    `bills`: of renewals that nobody has paid, the registrant's own and one of the staff of the other employer.
    """
    by = make_process(session)
    taken = await session.get_one(Renewal, world.extension.renewal_id)
    theirs = await session.get_one(Person, world.leaving.person_id)
    for person_id in (taken.person_id, theirs.id):
        person = await session.get_one(Person, person_id)
        await make_account(session, person=person)
    line = await bill_renewal(session, taken, now=NOW)
    own_one = await bill_renewal(session, world.renewing, now=NOW)
    other = await bill_renewal(session, await renewal(session, theirs, ENDS), now=NOW)
    world.bills = {Role.OTHER_EMPLOYER: other.reference}
    world.bill = own_one.reference
    world.collective = CollectiveInvoice(
        organisation_id=world.organisation.id,
        process=by,
        raised_at=NOW,
        pay_by=day_of(NOW + timedelta(days=30)),
        amount_pence=line.amount_pence,
        lines=[
            CollectiveLine(
                position=1, invoice_id=line.id, amount_pence=line.amount_pence
            )
        ],
    )
    session.add(world.collective)
    of = world.subject("transferring")
    world.money = await OtherMoney.record(
        session,
        MoneyKind.TRANSFER,
        5000,
        came_on=day_of(NOW),
        statement_reference=of.billed("statement reference"),
        by=by,
    )
    officer = world.accounts[Role.TEAM_MANAGER]
    await propose(session, world.money, 500, proposer=officer, by=by)
    await money_reversal.propose(session, world.money, proposer=officer, by=by)
    link = await make_link(session, world.owed, by=by)
    world.paying = {"": link.token, TAMPERED: link.token.swapcase()}
    registrant = world.accounts[Role.REGISTRANT]
    session.add(
        CardAgreement(
            account_id=registrant.id,
            person_id=registrant.person_id,
            state=AgreementState.ACTIVE,
            provider_id="agreed",
            agreed_at=NOW,
            active_at=NOW,
            process=by,
        )
    )
    await session.flush()


def at(known, row, _role):
    world = known.world
    if row.path.startswith(FEES):
        return [{"reference": world.collective.reference}]
    if row.path.startswith(OTHER):
        return [{"reference": world.money.reference}]
    if row.path.startswith("/staff"):
        return [{"reference": world.owed.reference}]
    return [{"reference": world.bill, "token": world.paying.get(row.of)}]


def to_owed(known, _place, _role):
    return {"invoice": known.world.owed.reference}


def whose(known, _place, role):
    world = known.world
    return {"who": world.bills.get(role, world.bill)}


ROWS = [
    own("GET", FEES, LEADS, line=EMPLOYER),
    own("POST", FEES, LEADS, line=EMPLOYER),
    own("GET", f"{FEES}/return", LEADS, line=EMPLOYER),
    own("GET", f"{FEES}/{{reference}}", EMPLOYER_LEAD, line=EMPLOYER),
    own("POST", f"{FEES}/{{reference}}/payment", EMPLOYER_LEAD, line=EMPLOYER),
    own("POST", f"{FEES}/{{reference}}/cancellation", EMPLOYER_LEAD, line=EMPLOYER),
    work("GET", "/staff/payments/collective", FINANCE, AUDITOR),
    work("GET", OTHER, FINANCE, AUDITOR),
    work("GET", f"{OTHER}/record", FINANCE),
    work("POST", f"{OTHER}/record", FINANCE),
    work("GET", f"{OTHER}/{{reference}}", FINANCE, AUDITOR),
    work("POST", f"{OTHER}/{{reference}}/allocation", FINANCE),
    work("POST", SENT_BACK, FINANCE),
    work("GET", SENT_BACK, FINANCE, AUDITOR),
    work("POST", f"{SENT_BACK}/approval", FINANCE),
    work("POST", f"{SENT_BACK}/return", FINANCE),
    work("GET", GIVEN_BACK, FINANCE, AUDITOR),
    work("POST", GIVEN_BACK, FINANCE),
    work("POST", f"{GIVEN_BACK}/approval", FINANCE),
    work("POST", f"{GIVEN_BACK}/return", FINANCE),
    own("POST", "/account/payments/{reference}/link", REGISTRANT),
    own("POST", "/account/payments/{reference}/link/withdrawal", REGISTRANT),
    work("POST", "/staff/payments/{reference}/link", FINANCE),
    work("POST", "/staff/payments/{reference}/link/withdrawal", FINANCE),
    own("GET", "/account/payments/agreement"),
    own("POST", "/account/payments/agreement/cancellation", REGISTRANT),
    public("GET", BY_LINK, LINK),
    public("POST", BY_LINK, LINK),
    public("GET", f"{BY_LINK}/return", LINK),
    public("GET", BY_LINK, LINK, find=Meets.HIDE, of=TAMPERED),
    public("POST", BY_LINK, LINK, find=Meets.HIDE, of=TAMPERED),
]
SENT = {
    FEES: whose,
    f"{OTHER}/record": {
        "kind": "cheque",
        "amount": "10",
        "came_on-day": str(NOW.day),
        "came_on-month": str(NOW.month),
        "came_on-year": str(NOW.year),
        "statement_reference": "CHQ 1",
    },
    f"{OTHER}/{{reference}}/allocation": to_owed,
    SENT_BACK: {"because": "recorded_wrong"},
    f"{SENT_BACK}/return": {"words": "Look again"},
    GIVEN_BACK: {"amount": "1"},
    f"{GIVEN_BACK}/return": {"words": "Look again"},
}
