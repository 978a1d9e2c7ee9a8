"""Messages that did not arrive, and work of the service that stopped: for staff to look at and set going again."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.account import StaffRole
from register.kit.errors import NotFound
from register.kit.jobs import held, run_again
from register.kit.pages import page
from register.kit.post import failed, message_to_mend
from register.web.casework import OFFICERS, READERS
from register.web.guards import roles
from register.web.needs import Act, Session, Visit
from register.web.paging import after_of

TECHNICIANS = roles(StaffRole.ADMIN)
WATCHERS = roles(StaffRole.ADMIN, StaffRole.AUDITOR)


class OutgoingAct(StrEnum):
    SEND_AGAIN = "message:send_again"
    RUN_AGAIN = "job:run_again"


class OutgoingEvent(StrEnum):
    SENT_AGAIN = "message:sent_again"
    RUN_AGAIN = "job:ran_again"


@get("/staff/outgoing", access=READERS)
async def outgoing(request: Request[Any, Any, Any], session: Session) -> Template:
    after = after_of(request)
    found = await failed(session, after=after)
    return page(
        "register/outgoing/list.html",
        messages=found.messages,
        first="/staff/outgoing" if after else "",
        onward=f"/staff/outgoing?after={found.next}" if found.next else "",
    )


@get("/staff/outgoing/{message_id:uuid}", access=READERS)
async def message(session: Session, act: Act, message_id: FromPath[UUID]) -> Template:
    return page(
        "register/outgoing/message.html",
        message=await message_to_mend(session, message_id),
        may_send=act.viewer.has(*OFFICERS.roles),
    )


@post("/staff/outgoing/{message_id:uuid}", access=OFFICERS)
async def send_again(
    session: Session, act: Act, visit: Visit, message_id: FromPath[UUID]
) -> Redirect:
    found = await message_to_mend(session, message_id, lock=True)
    await found.send_again(session)
    act.process(OutgoingAct.SEND_AGAIN).tell(
        OutgoingEvent.SENT_AGAIN,
        person_id=found.person_id,
        application_id=found.application_id,
        message=found.id,
        letter=found.letter,
    )
    visit.flash("The message is being sent again")
    return Redirect("/staff/outgoing", status_code=303)


@get("/staff/jobs", access=WATCHERS)
async def jobs(session: Session, act: Act) -> Template:
    return page(
        "register/outgoing/jobs.html",
        jobs=await held(session),
        may_run=act.viewer.has(StaffRole.ADMIN),
    )


@post("/staff/jobs/{job_id:int}", access=TECHNICIANS)
async def job_again(
    session: Session, act: Act, visit: Visit, job_id: FromPath[int]
) -> Redirect:
    stopped = next((job for job in await held(session) if job.id == job_id), None)
    if stopped is None:
        raise NotFound
    await run_again(session, job_id)
    act.process(OutgoingAct.RUN_AGAIN).tell(
        OutgoingEvent.RUN_AGAIN, job=job_id, name=stopped.name
    )
    visit.flash("The work is being done again")
    return Redirect("/staff/jobs", status_code=303)


pages = [outgoing, message, send_again, jobs, job_again]
