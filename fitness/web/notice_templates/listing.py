"""Which notices there are, what the templates say now and said before, with values that are nobody's."""

from litestar import get
from litestar.params import FromPath
from litestar.response import Response, Template

from fitness.notice_template import (
    NoticeKind,
    NoticeTemplate,
    Outside,
    Reading,
    Wording,
    catalogue,
    current,
    draft_of,
    drafted,
    example,
    example_outside,
    version,
    versions,
)
from fitness.web.cases.opened import CASE_READERS
from register.account import StaffRole
from register.kit.errors import NotFound
from register.kit.pages import page
from register.kit.security.limits import PDF
from register.web.guards import roles
from register.web.needs import Act, Acting
from register.web.pdf import pdf

AT = "/staff/notice-templates"
ONE = f"{AT}/{{kind:str}}"
WRITERS = roles(StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR)


def kind_named(name: str) -> NoticeKind:
    try:
        return NoticeKind(name)
    except ValueError:
        raise NotFound from None


@get(AT, access=CASE_READERS)
async def every(act: Act) -> Template:
    return page(
        "fitness/notice_templates/list.html",
        found=await catalogue(act.session),
        drafted=await drafted(act.session),
    )


@get(ONE, access=CASE_READERS)
async def one(act: Act, kind: FromPath[str]) -> Template:
    """The version in use."""
    return await _page(act, await current(act.session, kind_named(kind)))


@get(f"{ONE}/versions/{{number:int}}", access=CASE_READERS)
async def before(act: Act, kind: FromPath[str], number: FromPath[int]) -> Template:
    return await _page(act, await version(act.session, kind_named(kind), number))


async def _page(act: Acting, template: NoticeTemplate) -> Template:
    return page(
        "fitness/notice_templates/one.html",
        kind=template.kind,
        version=template,
        reading=shown(template.kind, template.wording),
        versions=await versions(act.session, template.kind),
        draft=await draft_of(act.session, template.kind),
        writes=act.viewer.has(*WRITERS.roles),
    )


@get(f"{ONE}/versions/{{number:int}}/example.pdf", access=CASE_READERS, limit=PDF)
async def paper(
    act: Act, kind: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    found = await version(act.session, kind_named(kind), number)
    return await printed(act, found.kind, found.wording)


def shown(kind: NoticeKind, wording: Wording) -> Reading | Outside:
    """With values that are nobody's."""
    return example_outside(wording) if kind.reader.outside else example(wording)


async def printed(act: Acting, kind: NoticeKind, wording: Wording) -> Response[bytes]:
    return await pdf(shown(kind, wording).html(now=act.now), name="example.pdf")


pages = [every, one, before, paper]
