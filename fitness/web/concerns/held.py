"""Which concerns this browser has shown the code of, until it leaves them or its session ends."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fitness.concern import Concern, Receipt, draft_of, receipt_of
from register.kit.errors import NotFound, Refused
from register.kit.security.sessions import WebSession

HELD = "concerns"


class NotHeld(NotFound):
    """Not there, gone, or somebody else's: the code has to be shown, and the three look the same."""


class SentAlready(Refused):
    """What was sent is changed no more."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        super().__init__(f"Concern {reference} has been sent already.")


def hold(visit: WebSession, concern: Concern) -> None:
    visit.put(HELD, {**visit.get(HELD, {}), concern.reference: str(concern.id)})
    visit.renew()


def let_go(visit: WebSession, reference: str) -> None:
    left = {name: id_ for name, id_ in visit.get(HELD, {}).items() if name != reference}
    visit.put(HELD, left or None)


def held(visit: WebSession, reference: str) -> UUID:
    """Raises NotHeld."""
    found = visit.get(HELD, {}).get(reference)
    if found is None:
        raise NotHeld
    return UUID(found)


async def own_draft(
    session: AsyncSession,
    visit: WebSession,
    reference: str,
    *,
    now: datetime,
    lock: bool = False,
) -> Concern:
    """Raises NotHeld, and SentAlready."""
    concern_id = held(visit, reference)
    if draft := await draft_of(session, concern_id, now=now, lock=lock):
        return draft
    if await receipt_of(session, concern_id):
        raise SentAlready(reference)
    raise NotHeld


async def own_receipt(
    session: AsyncSession, visit: WebSession, reference: str
) -> Receipt | None:
    """None while it is a draft; raises NotHeld."""
    return await receipt_of(session, held(visit, reference))
