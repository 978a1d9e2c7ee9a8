"""Registrants who may renew."""

from register.part import Part
from register.renewal import open_renewals, renewal_of
from tests.make import make_account, make_entry
from tests.register.learning import make_enough
from tests.register.renewing import CURED_UNTIL, ENDS, OPENS, STEPS, do

__all__ = ["CURED_UNTIL", "ENDS", "OPENS", "STEPS", "confirm", "renewing"]


async def renewing(session, *parts, on=None, account=True):
    """A registrant of those parts, on the first day on which they may renew, who has learnt what the year asks for."""
    entry = None
    for part in parts or (Part.MANAGER,):
        more = {"person": entry.person} if entry else {}
        entry = await make_entry(
            session, part=part, **({"on": on} if on else {}), **more
        )
    await make_enough(session, entry.person)
    if account:
        await make_account(session, person=entry.person)
    await open_renewals(session, max(OPENS, on or OPENS))
    await session.flush()
    return await renewal_of(session, entry.person_id, ENDS)


async def confirm(session, renewal, at):
    """All steps but the payment."""
    await do(session, renewal, *STEPS, at=at)
