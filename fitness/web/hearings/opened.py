"""A hearing of a case as those who bring it about open it."""

from dataclasses import dataclass

from litestar.response import Redirect

from fitness.case import Case, Read
from fitness.hearing.hearing import Hearing, hearing_in
from fitness.web.cases.listing import AT
from fitness.web.cases.one import ONE
from fitness.web.cases.opened import Opened, opened
from register.web.needs import Acting

HEARINGS = f"{ONE}/hearings"
HEARING = f"{HEARINGS}/{{nth:int}}"


@dataclass(frozen=True)
class OpenedHearing:
    found: Opened
    hearing: Hearing

    @property
    def case(self) -> Case:
        return self.found.case

    @property
    def address(self) -> str:
        return f"{AT}/{self.case.reference}/hearings/{self.hearing.number}"

    def back(self) -> Redirect:
        return Redirect(self.address, status_code=303)


async def opened_hearing(
    act: Acting, reference: str, nth: int, *, lock: bool = False
) -> OpenedHearing:
    """Raises NotFound. Whoever locks the case locks its hearings."""
    found = await opened(act, reference, what=Read.HEARINGS, lock=lock)
    return OpenedHearing(found, await hearing_in(act.session, found.case.id, nth))
