"""A hearing as those open it who sit on it: they read what is laid before them there, and nothing else of the case.

What a panel writes down the service writes for it, once it is known that they sit on the hearing: nobody who decides writes in a
case by themself.
"""

from dataclasses import dataclass

from litestar.response import Redirect
from sqlalchemy import select

from fitness.case import Case, Read, case_for, was_read
from fitness.fence import as_the_service
from fitness.hearing.decision import NotToSign
from fitness.hearing.hearing import Hearing, hearing_in
from fitness.hearing.member import HearingMember, panel_of
from fitness.web.cases.opened import enter
from register.account import StaffRole
from register.kit.errors import NotFound
from register.web.guards import roles
from register.web.needs import Acting

AT = "/staff/sittings"
ONE = f"{AT}/{{reference:str}}/{{nth:int}}"
PANELLISTS = roles(StaffRole.ADJUDICATOR)
SITTING = roles(StaffRole.ADJUDICATOR, StaffRole.LEGAL_ADVISER)


@dataclass(frozen=True)
class SatOn:
    case: Case
    hearing: Hearing
    panel: list[HearingMember]
    member: HearingMember
    """The reader."""

    @property
    def address(self) -> str:
        return f"{AT}/{self.case.reference}/{self.hearing.number}"

    def must_decide(self) -> None:
        """Raises NotToSign for whoever only advises."""
        if not self.member.seat.votes:
            raise NotToSign

    def back(self) -> Redirect:
        return Redirect(self.address, status_code=303)


async def sat_on(act: Acting, reference: str, nth: int, *, lock: bool = False) -> SatOn:
    """Raises NotFound where they do not sit on it."""
    await enter(act)
    if lock:
        # Whoever decides may not change a case, and so not lock one either: of two signatures the second waits here.
        async with as_the_service(act.session):
            await act.session.execute(
                select(Case.id).where(Case.reference == reference).with_for_update()
            )
    case = await case_for(act.session, act.account, reference)
    hearing = await hearing_in(act.session, case.id, nth)
    panel = await panel_of(act.session, hearing)
    for member in panel:
        if member.account_id == act.account.id and member.sits:
            what = Read.HEARINGS
            was_read(act.session, case.id, what, reader=act.account, now=act.now)
            return SatOn(case, hearing, list(panel), member)
    raise NotFound
