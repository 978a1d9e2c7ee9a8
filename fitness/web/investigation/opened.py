"""A case that is or was investigated, as the pages of its investigation open it."""

from litestar.response import Redirect

from fitness.case import Read, Stage
from fitness.web.cases.listing import AT
from fitness.web.cases.opened import Opened, opened
from register.kit.errors import NotFound
from register.web.needs import Acting


async def investigated(
    act: Acting, reference: str, *, what: Read, lock: bool = False
) -> Opened:
    """Raises NotFound too where nobody has opened an investigation."""
    found = await opened(act, reference, what=what, lock=lock)
    if found.case.tell_by is None:
        raise NotFound
    return found


async def to_work_on(
    act: Acting, reference: str, *, what: Read, lock: bool = False
) -> Opened:
    """For its investigator, while it goes on; raises NotTheirWork or NotNow too."""
    found = await investigated(act, reference, what=what, lock=lock)
    found.must_investigate()
    found.case.must_be(Stage.INVESTIGATION)
    return found


def works(found: Opened) -> bool:
    """Whether `to_work_on` lets them."""
    return found.investigates and found.case.stage is Stage.INVESTIGATION


def back(found: Opened, page: str) -> Redirect:
    return Redirect(f"{AT}/{found.case.reference}/{page}", status_code=303)
