"""Providers as a test needs them: with an account that two members of staff opened, and people who act for it."""

from register.account import StaffRole
from register.employment import Provider
from register.organisation import Asked, Organisation, UserInvitation
from register.proposal import waiting_on
from tests.make import NOW, make_account, make_process


async def propose_organisation(session, home, *, officer=None, **lead):
    return await Organisation.propose(
        session,
        await session.get_one(Provider, home.provider_id),
        **{"lead_name": "Lea Lead", "lead_email": "lea@example.org"} | lead,
        proposer=officer or await make_account(session, StaffRole.CASEWORKER),
        by=make_process(session, actor=officer),
    )


async def make_organisation(session, home, **lead):
    """The account of the provider whose home it is; nobody has joined it yet."""
    organisation = await propose_organisation(session, home, **lead)
    waiting = await waiting_on(session, organisation.about)
    manager = await make_account(session, StaffRole.TEAM_MANAGER)
    by = make_process(session, actor=manager)
    await waiting.approve(session, approver=manager, by=by)
    await session.flush()
    return organisation


async def invite(session, organisation, *, lead=False, now=NOW, **who):
    return await UserInvitation.send(
        session,
        organisation,
        **{"name": "Una User", "email": "una@example.org"} | who,
        asked_as=Asked.LEAD if lead else Asked.ADDITIONAL,
        by=make_process(session, now=now),
    )


async def make_user(session, organisation, *, lead=False, account=None, name=None):
    """Somebody who was invited and has joined."""
    account = account or await make_account(session)
    name = name or ("Lea Lead" if lead else "Una User")
    sent = await invite(
        session, organisation, lead=lead, name=name, email=account.email
    )
    user = await sent.accept(session, account, by=make_process(session, actor=account))
    user.account, user.organisation = account, organisation
    await session.flush()
    return user
