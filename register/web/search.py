"""The public search."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlencode

from litestar import Request, get
from litestar.response import Template

from register.entry import Status
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.kit.security.limits import DEEP_SEARCH, MINUTE, ProcessLimit, Rate
from register.part import Part
from register.published import PublishedPerson
from register.search import FEWEST_LETTERS, Sought, find, towns
from register.web.guards import PUBLIC
from register.web.needs import Limits, Moment, Network, Session

Code = TypeVar("Code", bound=StrEnum)

BURST = ProcessLimit(Rate(60, MINUTE))

PART_NAMES = {
    Part.MANAGER: "Manager",
    Part.DEPUTY: "Deputy manager",
    Part.RESIDENTIAL_WORKER: "Residential worker",
    Part.RESPONSIBLE_INDIVIDUAL: "Responsible individual",
    Part.TRAINEE: "Trainee manager",
}
STATUS_NAMES = {
    Status.REGISTERED: "Registered",
    Status.SUSPENDED: "Suspended",
    Status.LAPSED: "Did not renew",
    Status.REMOVED: "Removed",
    Status.REMOVED_VOLUNTARY: "Left at own request",
    Status.REMOVED_BY_ORDER: "Removed by order",
    Status.HELD: "Ask the regulator",
}


class SearchForm(forms.Form):
    q = forms.Text("Name or registration number", longest=200, optional=True)
    part = forms.Select(
        "Part of the register",
        choices=list(PART_NAMES.items()),
        blank_choice="Any part",
        optional=True,
    )
    town = forms.Select("Town or region", blank_choice="Anywhere", optional=True)
    status = forms.Select(
        "Status",
        choices=list(STATUS_NAMES.items()),
        blank_choice="Any status",
        optional=True,
    )


@get("/search", access=PUBLIC)
async def search(
    request: Request[Any, Any, Any],
    session: Session,
    limits: Limits,
    network: Network,
    now: Moment,
) -> Template:
    form = SearchForm(request.query_params)
    form.town.choices = [(town, town) for town in await towns(session)]
    asked = bool(request.query_params)
    if not asked or not form.validate():
        return results(form, now=now)
    BURST.hit(network)
    after = request.query_params.get("page") or None
    if after:
        # Somebody who goes through page after page is copying the register, not looking for a person.
        await limits.hit(DEEP_SEARCH, network)
    sought = Sought(
        form.q.data,
        _or_none(Part, form.part.data),
        form.town.data or None,
        _or_none(Status, form.status.data),
        after,
    )
    if sought.too_short:
        form.add_error(
            "q",
            f"Enter at least {FEWEST_LETTERS} letters of a name, or a registration number",
        )
        return results(form, now=now)
    found = await find(session, sought, now=now)
    onward = (
        urlencode({**{k: v for k, v in form.data.items() if v}, "page": found.after})
        if found.after
        else ""
    )
    address = onward and f"/search?{onward}"
    return results(form, people=found.people, onward=address, now=now)


def results(
    form: SearchForm,
    people: Sequence[PublishedPerson] | None = None,
    onward: str = "",
    *,
    now: datetime,
) -> Template:
    return page(
        "register/search/results.html",
        form=form,
        people=people,
        onward=onward,
        part_names=PART_NAMES,
        today=day_of(now),
    )


def _or_none(codes: type[Code], value: str) -> Code | None:
    return codes(value) if value else None


pages = [search]
