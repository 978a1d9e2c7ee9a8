"""The first page of staff: what is due, and what waits for whoever opens it."""

from litestar import get
from litestar.response import Template

from register.account import StaffRole
from register.assessment import (
    FILTERS,
    Filter,
    Holder,
    pending,
    queue,
    returned_to,
    saved_filters,
    work_of,
)
from register.kit.pages import page
from register.self_check import latest
from register.web.appeals.staff import APPEAL_READERS
from register.web.applications.queue import address
from register.web.casework import READERS, STATISTICIANS, WATCH_READERS
from register.web.guards import STAFF
from register.web.needs import Act, Session
from register.web.self_check import WATCHERS

QUEUES = {work: address(wanted.codes) for work, wanted in FILTERS.items()}


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
        oversees=bool(account.roles & STATISTICIANS.roles),
        work=await work_of(session, account, now=now),
        queues=QUEUES,
        saved=[
            (one, address(one.query)) for one in await saved_filters(session, account)
        ]
        if reads
        else [],
        mine=await queue(session, account, Filter(holder=Holder.ME), now=now)
        if assesses
        else None,
        returned=await returned_to(session, account) if assesses else [],
        to_decide=(await pending(session, account, theirs=True)).rows if reads else [],
    )


pages = [home]
