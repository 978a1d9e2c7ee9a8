"""The pages of the register. Each module lists its own; a new module is added here."""

from litestar.types import ControllerRouterHandler

from register.web import (
    account,
    api,
    applications,
    apply,
    certificates,
    entries,
    health,
    home,
    outgoing,
    persons,
    proposals,
    references,
    reset,
    rules,
    search,
    sign_in,
    sign_up,
    staff,
    verify,
)

pages: list[ControllerRouterHandler] = [
    *apply.pages,
    *home.pages,
    *health.pages,
    *sign_in.pages,
    *sign_up.pages,
    *reset.pages,
    *account.pages,
    *staff.pages,
    *applications.pages,
    *proposals.pages,
    *references.pages,
    *rules.pages,
    *persons.pages,
    *search.pages,
    *entries.pages,
    *api.pages,
    *certificates.pages,
    *verify.pages,
    *outgoing.pages,
]
