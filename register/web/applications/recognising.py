"""What another register says of an applicant's current status there, as an officer keeps it."""

from uuid import UUID

from litestar import post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.application import SectionName
from register.assessment import (
    AssessmentAct,
    Certified,
    NotCurrent,
    SeenAs,
    record_status,
)
from register.kit.clock import day_of
from register.kit.forms import written
from register.web.applications.record import Opened, open_application
from register.web.applications.sections import as_found, checked_in, section_page
from register.web.applications.status_forms import StatusForm
from register.web.casework import CASEWORKERS
from register.web.needs import Act, Form, Session, Visit

SECTION = SectionName.REGISTRATIONS


@post("/{reference:str}/registrations/{registration_id:uuid}", access=CASEWORKERS)
async def certify(
    session: Session,
    act: Act,
    *,
    form: Form,
    visit: Visit,
    reference: FromPath[str],
    registration_id: FromPath[UUID],
) -> Redirect | Template:
    opened = await open_application(session, act, reference)
    answers = StatusForm.of(registration_id, today=day_of(act.now), sent=form)
    if not answers.validate():
        return await _page(session, act, opened, registration_id, answers)
    try:
        await record_status(
            session,
            opened.application,
            registration_id,
            certified=Certified(answers.certified.data),
            seen_as=SeenAs(answers.seen_as.data),
            status_on=answers.status_on.data,
            officer=act.account,
            by=act.process(AssessmentAct.CERTIFY),
        )
    except NotCurrent as error:
        wanted = f"The day of which this is must be {written(error.oldest)} or later"
        answers.add_error("status_on", wanted)
        return await _page(session, act, opened, registration_id, answers)
    visit.flash("The status there has been kept")
    address = f"/staff/applications/{reference}/sections/{SECTION}"
    return Redirect(address, status_code=303)


async def _page(
    session: Session, act: Act, opened: Opened, registration_id: UUID, form: StatusForm
) -> Template:
    checked = await checked_in(session, opened, SECTION)
    return await section_page(
        session,
        act,
        opened,
        checked,
        as_found(SECTION, checked),
        status=(registration_id, form),
    )


pages = [certify]
