"""The publications of a case, and what waits for a second person in any."""

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

from fitness.case import Read
from fitness.publication import publications_of, waiting
from fitness.web.cases.opened import CASE_READERS, enter, opened
from fitness.web.publications.opened import PUBLICATIONS, writes
from register.kit.pages import page
from register.web.needs import Act


@get("/staff/publications", access=CASE_READERS)
async def queue(act: Act) -> Template:
    await enter(act)
    rows = await waiting(act.session, act.account)
    return page("fitness/publications/queue.html", rows=rows)


@get(PUBLICATIONS, access=CASE_READERS)
async def every(act: Act, reference: FromPath[str]) -> Template:
    found = await opened(act, reference, what=Read.PUBLICATIONS)
    return page(
        "fitness/publications/list.html",
        found=found,
        case=found.case,
        publications=await publications_of(act.session, found.case.id),
        writes=writes(found),
    )


pages = [queue, every]
