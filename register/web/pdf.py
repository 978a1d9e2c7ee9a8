"""A paper as what a page answers with."""

import asyncio
from collections.abc import Mapping

from litestar import Response

from register.kit import paper

NOTHING: Mapping[str, str] = {}


async def pdf(
    html: str, *, name: str, headers: Mapping[str, str] = NOTHING
) -> Response[bytes]:
    """Aside, so that nobody else waits for it. The name is that of a file, and says nothing of a person."""
    return Response(
        await asyncio.to_thread(paper.render, html),
        status_code=200,
        media_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"', **headers},
    )
