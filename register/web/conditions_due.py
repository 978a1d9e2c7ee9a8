"""The list of conditions that are over their day, or soon will be."""

from typing import Any

from litestar import Request, get
from litestar.response import Template

from register.condition import ConditionDue, conditions_due
from register.kit import forms
from register.kit.pages import page
from register.web.casework import READERS
from register.web.needs import Act
from register.web.paging import after_of

ADDRESS = "/staff/conditions"


class DueForm(forms.Form):
    due = forms.Radios(
        "Show",
        what="which conditions to show",
        choices=[(due, due) for due in ConditionDue],
        optional=True,
    )


@get(ADDRESS, access=READERS)
async def due(request: Request[Any, Any, Any], act: Act) -> Template:
    form, after = DueForm(request.query_params), after_of(request)
    known = form.validate() and form.due.data
    shown = ConditionDue(form.due.data) if known else ConditionDue.OVERDUE
    found = await conditions_due(
        act.session, act.account, shown, now=act.now, after=after
    )
    here = f"{ADDRESS}?due={shown}"
    return page(
        "register/conditions/list.html",
        form=form,
        shown=shown,
        rows=found.rows,
        first=here if after else "",
        onward=f"{here}&after={found.next}" if found.next else "",
    )


pages = [due]
