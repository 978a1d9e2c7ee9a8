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
    matches,
    outgoing,
    persons,
    proposals,
    reset,
    search,
    sign_in,
    sign_up,
    staff,
    verify,
    watch_list,
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
    *persons.pages,
    *matches.pages,
    *watch_list.pages,
    *search.pages,
    *entries.pages,
    *api.pages,
    *certificates.pages,
    *verify.pages,
    *outgoing.pages,
]
