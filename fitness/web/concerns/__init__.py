"""Concerns: told from outside by whoever holds a code, and taken in by staff."""

from litestar.types import ControllerRouterHandler

from fitness.web.concerns import documents, draft, duties, staff, start

pages: list[ControllerRouterHandler] = [
    *start.pages,
    *duties.pages,
    *documents.pages,
    *draft.pages,
    *staff.pages,
]
