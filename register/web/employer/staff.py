"""The roster of a provider's own staff."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, get
from litestar.response import Template

from register.employment import Home
from register.kit import forms
from register.kit.pages import page
from register.organisation import Sought, homes_of, roster
from register.renewal import standings
from register.web.employer.acting import acting
from register.web.guards import SIGNED_IN
from register.web.needs import Act
from register.web.paging import after_of

ADDRESS = "/employer/staff"


class FilterForm(forms.Form):
    home = forms.Select("Home", blank_choice="All homes", optional=True)
    attention = forms.Checkboxes(
        "Show",
        choices=[("yes", "Only who needs attention")],
        optional=True,
    )


@get(ADDRESS, access=SIGNED_IN)
async def staff(request: Request[Any, Any, Any], act: Act) -> Template:
    user = await acting(act)
    form = FilterForm(request.query_params)
    homes = await homes_of(act.session, user.organisation)
    form.home.choices = [(str(home.id), called(home)) for home in homes]
    after = after_of(request)
    chosen = {}
    found = None
    if form.validate():
        home, attention = form.home.data, bool(form.attention.data)
        chosen = {"home": home or "", "attention": "yes" if attention else ""}
        found = await roster(
            act.session,
            user.organisation,
            Sought(UUID(home) if home else None, attention, after),
            now=act.now,
        )
    return page(
        "register/employer/staff.html",
        form=form,
        found=found,
        renewals=await standings(
            act.session,
            {worker.post.person_id for worker in found.workers},
            now=act.now,
        )
        if found
        else {},
        first=address(**chosen) if after else "",
        onward=address(**chosen, after=str(found.next)) if found and found.next else "",
    )


def called(home: Home) -> str:
    """Most homes have no name that Ofsted publishes."""
    return f"{home.name} ({home.urn})" if home.name else home.urn


def address(**query: str) -> str:
    kept = urlencode({name: value for name, value in query.items() if value})
    return f"{ADDRESS}?{kept}" if kept else ADDRESS


pages = [staff]
