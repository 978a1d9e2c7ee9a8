"""What an officer does about a reference that has not come: send a new link, or go on without it."""

from uuid import UUID

from litestar import post
from litestar.params import FromPath
from litestar.response import Redirect

from register.application import SectionName
from register.assessment import (
    AssessmentAct,
    ask_referee_again,
    go_on_without_reference,
)
from register.web.applications.record import open_application
from register.web.casework import CASEWORKERS
from register.web.needs import Act, Session, Visit


@post("/{reference:str}/references/{request_id:uuid}/repeat", access=CASEWORKERS)
async def repeat(
    *,
    session: Session,
    act: Act,
    visit: Visit,
    reference: FromPath[str],
    request_id: FromPath[UUID],
) -> Redirect:
    opened = await open_application(session, act, reference)
    await ask_referee_again(
        session,
        opened.application,
        request_id,
        officer=act.account,
        by=act.process(AssessmentAct.ASK_REFEREE_AGAIN),
    )
    visit.flash("The referee has been sent a new link")
    return _back(reference)


@post("/{reference:str}/references/{request_id:uuid}/waiver", access=CASEWORKERS)
async def waive(
    *,
    session: Session,
    act: Act,
    visit: Visit,
    reference: FromPath[str],
    request_id: FromPath[UUID],
) -> Redirect:
    opened = await open_application(session, act, reference)
    await go_on_without_reference(
        session,
        opened.application,
        request_id,
        officer=act.account,
        by=act.process(AssessmentAct.GO_ON_WITHOUT_REFERENCE),
    )
    visit.flash("We no longer wait for this reference")
    return _back(reference)


def _back(reference: str) -> Redirect:
    address = f"/staff/applications/{reference}/sections/{SectionName.REFERENCES}"
    return Redirect(address, status_code=303)


pages = [repeat, waive]
