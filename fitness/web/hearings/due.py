"""What is due about hearings, to those who bring them about."""

from litestar import get
from litestar.response import Template

from fitness.hearing.due import decisions_to_serve, hearings_to_come, reviews_due
from fitness.web.cases.opened import HEARINGS_OFFICERS, enter
from register.kit.pages import page
from register.web.needs import Act


@get("/staff/hearings/due", access=HEARINGS_OFFICERS)
async def queue(act: Act) -> Template:
    await enter(act)
    return page(
        "fitness/hearings/due.html",
        reviews=await reviews_due(act.session, act.account, now=act.now),
        hearings=await hearings_to_come(act.session, act.account),
        unserved=await decisions_to_serve(act.session, act.account),
    )


pages = [queue]
