"""Looking into the upload of a document: how many pages it has, where words stand on them, and what a page looks like."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fitness.docket.children import with_sheets
from fitness.docket.document import DocketDocument
from register.kit.cleaning import MediaType
from register.kit.errors import NotFound
from register.kit.files import content_of

Place = Sequence[int]


async def pages_of(document: DocketDocument) -> int:
    """Raises Unreadable."""
    pages: int = (await _looked_up(document, words="", page=None))["pages"]
    return pages


async def found_in(
    document: DocketDocument, words: str, *, page: int | None = None
) -> Mapping[int, Sequence[Place]]:
    """By page, on one or on all; raises Unreadable."""
    found = await _looked_up(document, words=words, page=page)
    return {int(number): places for number, places in found["places"].items()}


async def picture_of(
    document: DocketDocument,
    page: int,
    *,
    hidden: Sequence[Place] = (),
    marked: Sequence[Place] = (),
) -> bytes:
    """A PNG of the page as it was sent, with places painted over or framed; raises Unreadable."""
    return await _asked(document, do="show", page=page, hidden=hidden, marked=marked)


async def _looked_up(document: DocketDocument, **order: Any) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(await _asked(document, do="look up", **order))
    return told


async def _asked(document: DocketDocument, **order: Any) -> bytes:
    if document.file is None:
        raise NotFound
    sent = b"".join([piece async for piece in content_of(document.file)])
    of_pdf = document.file.media_type is MediaType.PDF
    return await with_sheets(sent, pdf=of_pdf, **order)
