"""A proposal on paper."""

from datetime import datetime

from litestar.response import Response
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case
from fitness.examination.disposal import Disposal, ProposalAnswered
from fitness.examination.papers import paper_html
from fitness.examination.preview import Preview
from register.web.pdf import pdf
from register.web.search import PART_NAMES


async def printed(
    session: AsyncSession, case: Case, disposal: Disposal, *, now: datetime
) -> Response[bytes]:
    """Raises ProposalAnswered: then there is nothing to sign any more."""
    if disposal.answer:
        raise ProposalAnswered(disposal.answer)
    preview = await Preview.of(session, case, disposal, now=now)
    html = paper_html(case, disposal, preview, part_names=PART_NAMES, now=now)
    return await pdf(
        html, name=f"{case.reference}.pdf", headers={"Cache-Control": "no-store"}
    )
