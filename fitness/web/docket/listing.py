"""What stands in the docket, at which level, and for whom."""

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

from fitness.case import Read
from fitness.docket.document import docket_of
from fitness.web.cases.opened import CASE_READERS
from fitness.web.docket.opened import DOCKET, keeps
from fitness.web.investigation.opened import investigated
from register.kit.pages import page
from register.web.needs import Act


@get(DOCKET, access=CASE_READERS)
async def every(act: Act, reference: FromPath[str]) -> Template:
    found = await investigated(act, reference, what=Read.DOCKET)
    return page(
        "fitness/docket/docket.html",
        found=found,
        case=found.case,
        documents=await docket_of(act.session, found.case.id, all_of_it=True),
        keeps=keeps(found),
    )


pages = [every]
