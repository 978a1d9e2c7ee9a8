"""Receipts and yearly statements to take away as PDF, each to whom it is about and to nobody else."""

import re

from litestar import Response, get
from litestar.params import FromPath

from fees.invoice import read_invoice_reference
from fees.papers import receipt_html, statement, statement_html
from fees.payment.standing import record
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.security.limits import PDF
from register.person import Person
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Session
from register.web.pdf import pdf

YEAR_FILE = re.compile(r"([12]\d{3})\.pdf")


@get("/account/payments/{reference:str}/receipt.pdf", access=SIGNED_IN, limit=PDF)
async def receipt(
    session: Session, act: Act, reference: FromPath[str]
) -> Response[bytes]:
    """Somebody else's, and one of what is not paid or is owed again, are not there."""
    found = await record(
        session,
        read_invoice_reference(reference),
        account=act.account,
        today=day_of(act.now),
    )
    if not found.standing.receipt or found.standing.left_pence:
        raise NotFound
    name = f"receipt-{found.standing.invoice.reference}.pdf"
    return await pdf(receipt_html(found), name=name)


@get("/account/payments/tax-year/{file:str}", access=SIGNED_IN, limit=PDF)
async def tax_year(session: Session, act: Act, file: FromPath[str]) -> Response[bytes]:
    named = YEAR_FILE.fullmatch(file)
    year = int(named[1]) if named else None
    found = await statement(session, act.account, year) if year else None
    if found is None:
        raise NotFound
    person = (
        await session.get(Person, act.account.person_id)
        if act.account.person_id
        else None
    )
    name = person.name if person else act.account.name
    html = statement_html(found, name=name)
    return await pdf(html, name=f"payments-{year}.pdf")


pages = [receipt, tax_year]
