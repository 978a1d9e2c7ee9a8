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
from register.notice import not_served
from register.renewal import alarms as reminders_missing
from register.renewal import never_prepared, overlooked_in, waits_for_release
from register.self_check import latest
from register.web.appeals.staff import APPEAL_READERS
from register.web.applications.queue import address
from register.web.casework import READERS, STATISTICIANS, WATCH_READERS
from register.web.guards import STAFF
from register.web.needs import Act, Session
from register.web.renewal_reminders import REMINDER_READERS
from register.web.renewal_runs import READERS as RUN_READERS
from register.web.self_check import WATCHERS

READ_CASES = {
    StaffRole.INVESTIGATOR,
    StaffRole.HEARINGS_OFFICER,
    StaffRole.TEAM_MANAGER,
    StaffRole.REGISTRAR,
    StaffRole.AUDITOR,
}
"""Of fitness to practise: which ones, it says itself."""

BRING_HEARINGS = {StaffRole.HEARINGS_OFFICER, StaffRole.TEAM_MANAGER}
SIT_ON_HEARINGS = {StaffRole.ADJUDICATOR, StaffRole.LEGAL_ADVISER}

QUEUES = {work: address(wanted.codes) for work, wanted in FILTERS.items()}


@get("/staff", access=STAFF)
async def home(session: Session, act: Act) -> Template:
    """Each part is there for those whose work it is."""
    account, now = act.account, act.now
    assesses = StaffRole.CASEWORKER in account.roles
    reads = bool(account.roles & READERS.roles)
    watches = bool(account.roles & WATCHERS.roles)
    counts_reminders = bool(account.roles & REMINDER_READERS.roles)
    check = await latest(session) if watches else None
    reads_runs = bool(account.roles & RUN_READERS.roles)
    return page(
        "register/staff/home.html",
        account=account,
        reads=reads,
        watches=watches,
        alarm=bool(check and check.alarms(now)),
        counts_reminders=counts_reminders,
        reminders_missing=counts_reminders and await reminders_missing(session, now),
        astray=await not_served(session, account) if reads else [],
        reads_runs=reads_runs,
        waiting_runs=await waits_for_release(session, now=now) if reads_runs else [],
        no_run=reads_runs and await never_prepared(session, now=now),
        overlooked=await overlooked_in(session, account, now=now) if reads else [],
        assesses=assesses,
        reads_cases=bool(account.roles & READ_CASES),
        brings_hearings=bool(account.roles & BRING_HEARINGS),
        sits=bool(account.roles & SIT_ON_HEARINGS),
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
