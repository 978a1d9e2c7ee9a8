"""What is due in the cases of which a member of staff may know."""

from litestar import get
from litestar.response import Template

from fitness.due import due
from fitness.web.cases.listing import AT
from fitness.web.cases.opened import CASE_READERS, enter
from register.kit.clock import day_of
from register.kit.pages import page
from register.web.needs import Act


@get(f"{AT}/due", access=CASE_READERS)
async def queue(act: Act) -> Template:
    await enter(act)
    today = day_of(act.now)
    return page(
        "fitness/cases/due.html",
        rows=await due(act.session, act.account, today=today),
        today=today,
    )


pages = [queue]
