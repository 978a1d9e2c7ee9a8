"""The docket of a case, as its pages open it."""

from fitness.case import Read
from fitness.docket.document import OVER, DocketDocument, document_in, must_be_open
from fitness.web.cases.one import ONE
from fitness.web.cases.opened import NotTheirDocket, Opened
from fitness.web.investigation.opened import investigated
from register.web.needs import Acting

DOCKET = f"{ONE}/docket"
DOCUMENT = f"{DOCKET}/{{nth:int}}"


async def to_keep(
    act: Acting, reference: str, *, what: Read = Read.DOCKET, lock: bool = False
) -> Opened:
    """For those who keep it, as long as the case goes on; raises NotFound, NotTheirDocket or NotNow."""
    found = await investigated(act, reference, what=what, lock=lock)
    if not found.keeps_docket:
        raise NotTheirDocket
    must_be_open(found.case)
    return found


def keeps(found: Opened) -> bool:
    """Whether `to_keep` lets them."""
    return found.keeps_docket and found.case.stage not in OVER


async def document_to_keep(
    act: Acting, reference: str, nth: int, *, lock: bool = False
) -> tuple[Opened, DocketDocument]:
    found = await to_keep(act, reference, what=Read.DOCKET_DOCUMENT, lock=lock)
    return found, await document_in(act.session, found.case.id, nth)
