"""The record of what was served in a case: what it says, how and where it went, when it counts as served, and whether it came."""

from uuid import UUID

from litestar import get
from litestar.params import FromPath
from litestar.response import Response, Template
from sqlalchemy import or_, select

from fitness.case import Read
from fitness.concern import Concern
from fitness.investigation.served import service_in, services_of
from fitness.notice_template import OutsideNotice, told_outside
from fitness.undelivered import FROM_THE_RECORD, undelivered_in
from fitness.web.cases.one import ONE
from fitness.web.cases.opened import CASE_READERS, ORDER_WRITERS, opened
from fitness.web.notices.preview import printed
from register.kit.pages import page
from register.kit.security.limits import PDF
from register.web.needs import Act

NOTICES = f"{ONE}/notices"
NOTICE = f"{NOTICES}/{{service_id:uuid}}"


@get(NOTICES, access=CASE_READERS)
async def every(act: Act, reference: FromPath[str]) -> Template:
    found = await opened(act, reference, what=Read.NOTICES)
    return page(
        "fitness/notices/list.html",
        found=found,
        case=found.case,
        services=await services_of(act.session, found.case.id),
        undelivered=await undelivered_in(act.session, found.case.id),
        told=await told_outside(
            act.session,
            or_(
                OutsideNotice.case_id == found.case.id,
                OutsideNotice.concern_id.in_(
                    select(Concern.id).where(Concern.case_id == found.case.id)
                ),
            ),
        ),
        serves=act.viewer.has(*ORDER_WRITERS.roles),
    )


@get(NOTICE, access=CASE_READERS)
async def one(
    act: Act, reference: FromPath[str], service_id: FromPath[UUID]
) -> Template:
    found = await opened(act, reference, what=Read.NOTICES)
    service = await service_in(act.session, found.case.id, service_id)
    return page(
        "fitness/notices/one.html",
        found=found,
        case=found.case,
        service=service,
        reading=service.reading(found.case) if service.template else None,
        undelivered=[
            one.id
            for one in await undelivered_in(act.session, found.case.id)
            if one.kind in FROM_THE_RECORD
        ],
        serves=act.viewer.has(*ORDER_WRITERS.roles),
    )


@get(f"{NOTICE}/notice.pdf", access=CASE_READERS, limit=PDF)
async def paper(
    act: Act, reference: FromPath[str], service_id: FromPath[UUID]
) -> Response[bytes]:
    found = await opened(act, reference, what=Read.NOTICE_FILE)
    service = await service_in(act.session, found.case.id, service_id)
    return await printed(service.reading(found.case), now=act.now)


pages = [every, one, paper]
