"""What an officer does about an endorsement that has not come: ask again, or go on without it."""

from litestar import post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.application import SectionName
from register.application.endorsement import WaivedBecause
from register.assessment import (
    AssessmentAct,
    ask_endorser_again,
    go_on_without_endorsement,
)
from register.web.applications.record import open_application
from register.web.applications.sections import (
    WaiverForm,
    as_found,
    checked_in,
    section_page,
)
from register.web.casework import CASEWORKERS
from register.web.needs import Act, Form, Session, Visit


@post("/{reference:str}/endorsement/repeat", access=CASEWORKERS)
async def repeat(
    *, session: Session, act: Act, visit: Visit, reference: FromPath[str]
) -> Redirect:
    opened = await open_application(session, act, reference)
    await ask_endorser_again(
        session,
        opened.application,
        officer=act.account,
        by=act.process(AssessmentAct.ASK_ENDORSER_AGAIN),
    )
    visit.flash("The employer has been asked again")
    return _back(reference)


@post("/{reference:str}/endorsement/waiver", access=CASEWORKERS)
async def waive(
    *,
    session: Session,
    act: Act,
    form: Form,
    visit: Visit,
    reference: FromPath[str],
) -> Redirect | Template:
    opened = await open_application(session, act, reference)
    answers = WaiverForm(form)
    if not answers.validate():
        checked = await checked_in(session, opened, SectionName.ENDORSEMENT)
        own = as_found(checked.section, checked)
        return await section_page(session, act, opened, checked, own, waiver=answers)
    await go_on_without_endorsement(
        session,
        opened.application,
        because=WaivedBecause(answers.because.data),
        words=answers.words.data,
        officer=act.account,
        by=act.process(AssessmentAct.GO_ON_WITHOUT_ENDORSEMENT),
    )
    visit.flash("We go on without the endorsement")
    return _back(reference)


def _back(reference: str) -> Redirect:
    address = f"/staff/applications/{reference}/sections/{SectionName.ENDORSEMENT}"
    return Redirect(address, status_code=303)


pages = [repeat, waive]
