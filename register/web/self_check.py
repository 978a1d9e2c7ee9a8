"""Whether the register said the same everywhere last night: for those who must see to it when it did not."""

from litestar import get
from litestar.response import Template

from register.account import StaffRole
from register.kit.pages import page
from register.self_check import latest
from register.web.guards import roles
from register.web.needs import Act, Session

WATCHERS = roles(StaffRole.REGISTRAR, StaffRole.ADMIN, StaffRole.AUDITOR)


@get("/staff/self-check", access=WATCHERS)
async def report(session: Session, act: Act) -> Template:
    return page(
        "register/self_check/report.html",
        report=await latest(session),
        now=act.now,
    )


pages = [report]
