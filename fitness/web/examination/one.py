"""What waits for an examiner, and one case as it is laid before them."""

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

from fitness.examination.disposal import Answer, Disposal, disposals_of
from fitness.examination.turn import examinations_for
from fitness.investigation.allegation import standards_for
from fitness.investigation.disclosure import disclosures_of
from fitness.web.cases.opened import enter
from fitness.web.examination.opened import AT, EXAMINERS, ONE, Laid, laid_before
from register.kit.clock import day_of
from register.kit.pages import page
from register.web.needs import Act, Acting


@get(AT, access=EXAMINERS)
async def queue(act: Act) -> Template:
    await enter(act)
    return page(
        "fitness/examination/list.html",
        rows=await examinations_for(act.session, act.account),
        today=day_of(act.now),
    )


@get(ONE, access=EXAMINERS)
async def one(act: Act, reference: FromPath[str]) -> Template:
    laid = await laid_before(act, reference)
    given = laid.standpoint.given
    return page(
        "fitness/examination/one.html",
        case=laid.case,
        examination=laid.examination,
        standpoint=laid.standpoint,
        own=given.views.get(act.account.id),
        other=given.other_than(act.account.id),
        disclosures=await disclosures_of(act.session, laid.case.id),
        asked_for=await _asked_for(act, laid),
        standards={
            one.code: one.title for one in await standards_for(act.session, laid.case)
        },
        today=day_of(act.now),
    )


async def _asked_for(act: Acting, laid: Laid) -> Disposal | None:
    """To which the registrant would have had something else, and nothing has been decided since."""
    if laid.examination.ended_at:
        return None
    for latest in await disposals_of(act.session, laid.case.id):
        varied = latest.answer is Answer.VARIED
        here = latest.examination_id == laid.examination.id
        return latest if varied and here else None
    return None


pages = [queue, one]
