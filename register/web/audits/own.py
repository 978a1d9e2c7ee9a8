"""What a registrant is told of an audit of their learning, and how they send more."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.cpd.audit import AuditAct, own_cases, request_of, told_of, work_on
from register.kit.errors import NotFound
from register.kit.pages import page
from register.web.guards import SIGNED_IN
from register.web.learning.own import HOME, person_id_of
from register.web.needs import Act, Visit

AT = f"{HOME}/audits"


@get(AT, access=SIGNED_IN)
async def overview(act: Act) -> Template:
    person_id = act.account.person_id
    cases = await own_cases(act.session, person_id) if person_id else []
    return page(
        "register/audits/own.html",
        cases=[
            (
                case,
                await request_of(act.session, case),
                await told_of(act.session, await work_on(act.session, case.id)),
            )
            for case in cases
        ],
    )


@post(f"{AT}/{{case_id:uuid}}", access=SIGNED_IN)
async def send(act: Act, visit: Visit, case_id: FromPath[UUID]) -> Redirect:
    work = await work_on(act.session, case_id, lock=True)
    request = await request_of(act.session, work.case)
    if work.case.person_id != person_id_of(act) or request is None:
        raise NotFound
    by = act.process(AuditAct.ANSWER)
    await work.case.answer(act.session, request, by=by)
    visit.flash("We have your learning, and look at it again")
    return Redirect(AT, status_code=303)


pages = [overview, send]
