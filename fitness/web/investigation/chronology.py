"""The chronology of a case, as it builds itself."""

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

from fitness.case import Read
from fitness.investigation.chronology import chronology_of
from fitness.web.cases.one import ONE
from fitness.web.cases.opened import CASE_READERS
from fitness.web.investigation.opened import investigated
from register.kit.pages import page
from register.web.needs import Act


@get(f"{ONE}/chronology", access=CASE_READERS)
async def chronology(act: Act, reference: FromPath[str]) -> Template:
    found = await investigated(act, reference, what=Read.CHRONOLOGY)
    return page(
        "fitness/investigation/chronology.html",
        found=found,
        case=found.case,
        lines=await chronology_of(act.session, found.case),
    )


pages = [chronology]
