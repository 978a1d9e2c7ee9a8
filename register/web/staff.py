"""The first page of staff: what waits for whoever opens it."""

from litestar import get
from litestar.response import Template

from register.account import StaffRole
from register.assessment import (
    Filter,
    Holder,
    count_of,
    pending,
    queue,
    returned_to,
)
from register.kit.pages import page
from register.self_check import latest
from register.web.appeals.staff import APPEAL_READERS
from register.web.casework import READERS, WATCH_READERS
from register.web.guards import STAFF
from register.web.needs import Act, Session
from register.web.self_check import WATCHERS


@get("/staff", access=STAFF)
async def home(session: Session, act: Act) -> Template:
    """Each part is there for those whose work it is."""
    account, now = act.account, act.now
    assesses = StaffRole.CASEWORKER in account.roles
    reads = bool(account.roles & READERS.roles)
    watches = bool(account.roles & WATCHERS.roles)
    check = await latest(session) if watches else None
    return page(
        "register/staff/home.html",
        account=account,
        reads=reads,
        watches=watches,
        alarm=bool(check and check.alarms(now)),
        assesses=assesses,
        reads_appeals=bool(account.roles & APPEAL_READERS.roles),
        reads_watch_list=bool(account.roles & WATCH_READERS.roles),
        mine=await queue(session, account, Filter(holder=Holder.ME), now=now)
        if assesses
        else None,
        returned=await returned_to(session, account) if assesses else [],
        free=await count_of(session, account, Filter(holder=Holder.NOBODY), now=now)
        if reads
        else 0,
        late=await count_of(session, account, Filter(overdue=True), now=now)
        if reads
        else 0,
        to_decide=[p for p in (await pending(session, account)).rows if not p.why_not]
        if reads
        else [],
    )


pages = [home]
