"""What should have been sent of the reminders to renew and what was: for those who must see to it when something is missing."""

from litestar import get
from litestar.response import Template

from register.account import StaffRole
from register.kit.pages import page
from register.renewal import alarms, counts
from register.web.guards import roles
from register.web.needs import Act, Session

REMINDER_READERS = roles(
    StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR, StaffRole.ADMIN, StaffRole.AUDITOR
)


@get("/staff/renewals/reminders", access=REMINDER_READERS)
async def reminders(session: Session, act: Act) -> Template:
    return page(
        "register/renewal_reminders/days.html",
        counts=await counts(session),
        alarm=await alarms(session, act.now),
    )


pages = [reminders]
