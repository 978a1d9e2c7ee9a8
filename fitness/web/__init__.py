"""The pages of fitness to practise."""

from litestar.types import ControllerRouterHandler

from fitness.web import (
    cases,
    concerns,
    docket,
    examination,
    hearings,
    investigation,
    leaving,
    notice_templates,
    notices,
    orders,
    panel,
    publications,
    sittings,
    your_case,
    your_orders,
    your_proposal,
)

pages: list[ControllerRouterHandler] = [
    *cases.pages,
    *concerns.pages,
    *examination.pages,
    *investigation.pages,
    *orders.pages,
    *leaving.pages,
    *notice_templates.pages,
    *notices.pages,
    *docket.pages,
    *publications.pages,
    *panel.pages,
    *hearings.pages,
    *sittings.pages,
    *your_case.pages,
    *your_orders.pages,
    *your_proposal.pages,
]
