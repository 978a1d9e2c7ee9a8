"""Employers who pay for their staff."""

from sqlalchemy import select

from fees.acts import FeesAct
from fees.collective import CollectiveInvoice, offers
from fees.invoice import Invoice, bill_next_renewals
from fees.payment import Payment, check, go_to_pay_together
from register.account import Account
from register.person import Person
from register.process import Process
from register.renewal import open_renewals, renewal_of
from tests.fees.owing import RETURN
from tests.fees.renewing import ENDS, OPENS
from tests.make import make_account, make_employment, make_entry, make_home
from tests.register.employing import make_organisation, make_user
from tests.register.learning import make_enough


async def make_employer(session, *names, **more):
    """An organisation with its lead, and its staff whose renewals are open and billed."""
    home = more.pop("home", None) or await make_home(session, **more)
    organisation = await make_organisation(session, home)
    lead = await make_user(session, organisation, lead=True)
    for name in names or ("Ada", "Bea", "Cem"):
        await make_worker(session, home, name)
    await bill_all(session)
    return lead


async def make_worker(session, home, name, **more):
    entry = await make_entry(session, given_names=name, **more)
    await make_enough(session, entry.person)
    await make_account(session, person=entry.person)
    await make_employment(session, entry.person, home)
    return entry.person


async def bill_all(session):
    await open_renewals(session, OPENS)
    await session.flush()
    await bill_next_renewals(session, now=OPENS)


async def take_over(session, lead, clock, *, but=0):
    """All who are offered, but the last so many."""
    offered = await offers(session, lead.organisation, now=clock.now)
    chosen = [one.invoice.id for one in offered[: len(offered) - but]]
    by = Process.begin(
        session, FeesAct.TAKE_OVER, now=clock.now, actor=await account_of(session, lead)
    )
    return await CollectiveInvoice.take_over(session, lead.organisation, chosen, by=by)


async def account_of(session, lead):
    return await session.get_one(Account, lead.account_id)


async def press(session, sessions, pay, lead, collective, clock):
    return await go_to_pay_together(
        session,
        sessions,
        pay.client,
        collective.id,
        return_url=RETURN,
        now=clock.now,
        by=await account_of(session, lead),
    )


async def look(session, pay, clock):
    for payment in await session.scalars(select(Payment)):
        await check(session, pay.client, payment, now=clock.now)
    await session.flush()


async def pay_all(session, sessions, pay, lead, collective, clock):
    await pay.pays(await press(session, sessions, pay, lead, collective, clock))
    await look(session, pay, clock)


async def renewals(session):
    """By the names of whose they are."""
    billed = await session.scalars(
        select(Person)
        .join(Invoice, Invoice.person_id == Person.id)
        .where(Invoice.renewal_id.is_not(None))
        .order_by(Person.given_names)
    )
    return [await renewal_of(session, one.id, ENDS) for one in billed.all()]
