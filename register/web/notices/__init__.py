"""Notices on the pages of those on whom they are served, and of staff; and the removals that follow."""

from litestar.types import ControllerRouterHandler

from register.web.notices import answering, by_code, by_post, deciding, removing

pages: list[ControllerRouterHandler] = [
    *answering.pages,
    *by_code.pages,
    *by_post.pages,
    *deciding.pages,
    *removing.pages,
]
