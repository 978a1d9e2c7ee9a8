"""Audits of learning: what the public can check, what a registrant is told, who leads one and who assesses."""

from litestar.types import ControllerRouterHandler

from register.web.audits import assessing, cases, own, public, staff

pages: list[ControllerRouterHandler] = [
    *public.pages,
    *own.pages,
    *staff.pages,
    *cases.pages,
    *assessing.pages,
]
