"""A proposal on paper, printed aside, so that nobody else waits for it."""

import asyncio
from datetime import datetime

from litestar.response import Response
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case
from fitness.concern.sheet import render
from fitness.examination.disposal import Disposal, ProposalAnswered
from fitness.examination.papers import paper_html
from fitness.examination.preview import Preview
from register.web.search import PART_NAMES


async def printed(
    session: AsyncSession, case: Case, disposal: Disposal, *, now: datetime
) -> Response[bytes]:
    """Raises ProposalAnswered: then there is nothing to sign any more."""
    if disposal.answer:
        raise ProposalAnswered(disposal.answer)
    preview = await Preview.of(session, case, disposal, now=now)
    html = paper_html(case, disposal, preview, part_names=PART_NAMES, now=now)
    return Response(
        await asyncio.to_thread(render, html),
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{case.reference}.pdf"',
            "Cache-Control": "no-store",
        },
    )
