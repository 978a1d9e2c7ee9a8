"""Learning on the pages of registrants, of whoever reflects on it, and of staff."""

from litestar.types import ControllerRouterHandler

from register.web.learning import less, own, papers, peers, reflecting, staff

pages: list[ControllerRouterHandler] = [
    *own.pages,
    *papers.pages,
    *peers.pages,
    *less.pages,
    *reflecting.pages,
    *staff.pages,
]
