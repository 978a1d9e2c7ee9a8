"""The pages of an upload as pictures, so that nobody withholds or acknowledges what they have not seen."""

import re
from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Template

from fitness.case import Read
from fitness.docket.document import DocketDocument, document_in
from fitness.docket.looking import Place, pages_of, picture_of
from fitness.web.cases.opened import CASE_READERS
from fitness.web.docket.opened import DOCUMENT
from fitness.web.investigation.opened import investigated
from register.kit.cleaning import Unreadable
from register.kit.errors import NotFound
from register.kit.pages import page
from register.web.needs import Act

LEAF = f"{DOCUMENT}/pages/{{leaf:int}}"
WHOLE = [[0, 0, 1000, 1000]]
PLACES = re.compile(r"\d{1,4}(\.\d{1,4}){3}(-\d{1,4}(\.\d{1,4}){3}){0,199}")


def written(places: Sequence[Place]) -> str:
    """As an address carries them: 10.20.30.40-50.60.70.80."""
    return "-".join(".".join(map(str, place)) for place in places or WHOLE)


def read(said: str) -> list[Place]:
    """Raises NotFound for what nobody of ours has written."""
    if not said:
        return []
    if not PLACES.fullmatch(said):
        raise NotFound
    return [[int(end) for end in place.split(".")] for place in said.split("-")]


@get(LEAF, access=CASE_READERS)
async def one(
    act: Act, reference: FromPath[str], nth: FromPath[int], leaf: FromPath[int]
) -> Template:
    found = await investigated(act, reference, what=Read.DOCKET_DOCUMENT)
    document = await document_in(act.session, found.case.id, nth)
    pages = await _pages_of(document)
    if not 0 < leaf <= pages:
        raise NotFound
    return page(
        "fitness/docket/leaf.html",
        found=found,
        case=found.case,
        document=document,
        leaf=leaf,
        pages=pages,
    )


async def _pages_of(document: DocketDocument) -> int:
    try:
        return await pages_of(document)
    except Unreadable:
        raise NotFound from None


@get(f"{LEAF}/picture", access=CASE_READERS)
async def picture(
    request: Request[Any, Any, Any],
    act: Act,
    reference: FromPath[str],
    nth: FromPath[int],
    leaf: FromPath[int],
) -> Response[bytes]:
    """What is withheld of it is painted over; `mark`: what is framed, because somebody is to look at it."""
    found = await investigated(act, reference, what=Read.DOCKET_DOCUMENT)
    document = await document_in(act.session, found.case.id, nth)
    marked = read(request.query_params.get("mark", ""))
    hidden = [
        place
        for held in document.withheld
        if held.page == leaf
        for place in held.places or WHOLE
    ]
    try:
        drawn = await picture_of(document, leaf, hidden=hidden, marked=marked)
    except Unreadable:
        raise NotFound from None
    return Response(
        drawn,
        media_type="image/png",
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
    )


pages = [one, picture]
