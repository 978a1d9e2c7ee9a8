"""A notice as its registrant reads it, on the page and on paper."""

from uuid import UUID

from litestar import get
from litestar.params import FromPath
from litestar.response import Response, Template

from fitness.investigation.own import own_case
from fitness.investigation.served import service_in
from fitness.web.notices.preview import printed
from register.kit.pages import page
from register.kit.security.limits import PDF
from register.kit.settings import settings
from register.web.guards import SIGNED_IN
from register.web.needs import Act

YOURS = "/your-case/{reference:str}/notices/{service_id:uuid}"


@get(YOURS, access=SIGNED_IN)
async def read(
    act: Act, reference: FromPath[str], service_id: FromPath[UUID]
) -> Template:
    case = await own_case(act.session, act.account, reference)
    service = await service_in(act.session, case.id, service_id)
    return page(
        "fitness/your_case/notice.html",
        case=case,
        service=service,
        reading=service.reading(case),
        contact=settings().contact_email,
    )


@get(f"{YOURS}/notice.pdf", access=SIGNED_IN, limit=PDF)
async def paper(
    act: Act, reference: FromPath[str], service_id: FromPath[UUID]
) -> Response[bytes]:
    case = await own_case(act.session, act.account, reference)
    service = await service_in(act.session, case.id, service_id)
    return await printed(service.reading(case), now=act.now)


pages = [read, paper]
