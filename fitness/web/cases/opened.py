"""A case as its pages open it: by who looks, written down as read, and inside the second fence."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSessionTransaction

from fitness.case import (
    ANSWER_FOR_ALL,
    Case,
    CaseMember,
    Place,
    Read,
    case_for,
    members,
    was_read,
)
from fitness.fence import Capacity, look_as
from register.account import StaffRole
from register.kit.errors import Refused
from register.web.guards import roles
from register.web.needs import Acting

CASE_READERS = roles(
    StaffRole.INVESTIGATOR,
    StaffRole.HEARINGS_OFFICER,
    StaffRole.TEAM_MANAGER,
    StaffRole.REGISTRAR,
    StaffRole.AUDITOR,
)
CASE_WRITERS = roles(
    StaffRole.INVESTIGATOR, StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR
)
ORDER_WRITERS = roles(
    StaffRole.INVESTIGATOR,
    StaffRole.HEARINGS_OFFICER,
    StaffRole.TEAM_MANAGER,
    StaffRole.REGISTRAR,
)
"""Who sees to it that what was decided is kept, and records what a court says of it."""
DOCKET_KEEPERS = roles(StaffRole.INVESTIGATOR, StaffRole.HEARINGS_OFFICER)
INVESTIGATORS = roles(StaffRole.INVESTIGATOR)
HEARINGS_OFFICERS = roles(StaffRole.HEARINGS_OFFICER, StaffRole.TEAM_MANAGER)
"""Who brings hearings about."""
ANSWERING = roles(*ANSWER_FOR_ALL)
"""Who gives cases to people, and says who may know of one."""
READERS_OF_READING = roles(*ANSWER_FOR_ALL, StaffRole.AUDITOR)


class NotTheirWork(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Only who investigates this case does this. A team manager can give it to you."
        )


class NotTheirDocket(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Only who investigates this case, or brings its hearings about, does this."
        )


@dataclass(frozen=True)
class Opened:
    case: Case
    place: Place | None
    """The reader's own."""
    answers: bool
    """Whether the reader may say who works on it."""

    @property
    def investigates(self) -> bool:
        return self.place is Place.INVESTIGATOR

    @property
    def keeps_docket(self) -> bool:
        """What is laid before others is laid by whoever investigates, or brings its hearings about."""
        return self.place in (Place.INVESTIGATOR, Place.HEARINGS_OFFICER)

    def must_investigate(self) -> None:
        if not self.investigates:
            raise NotTheirWork


async def enter(act: Acting) -> None:
    """What the rest of the request reads or writes of cases, it does as this member of staff."""
    await look_as(act.session, Capacity.STAFF, act.account.id)


async def opened(
    act: Acting, reference: str, *, what: Read = Read.CASE, lock: bool = False
) -> Opened:
    """Raises NotFound where there is none for this reader. That it was read is written down, by a form that was sent too."""
    await enter(act)
    case = await case_for(act.session, act.account, reference, lock=lock)
    was_read(act.session, case.id, what, reader=act.account, now=act.now)
    place = await act.session.scalar(
        select(CaseMember.place).where(
            CaseMember.case_id == case.id,
            CaseMember.account_id == act.account.id,
            CaseMember.left_at.is_(None),
        )
    )
    return Opened(case, place, act.viewer.has(*ANSWERING.roles))


def attempting(act: Acting) -> AsyncSessionTransaction:
    """What is refused in here leaves nothing, not even that it was tried, where the page is then shown again."""
    return act.session.begin_nested()


async def member_of(act: Acting, case: Case, member_id: UUID) -> CaseMember | None:
    """None where they have left meanwhile."""
    return next(
        (one for one in await members(act.session, case.id) if one.id == member_id),
        None,
    )
