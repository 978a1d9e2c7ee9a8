"""The queue of applications, with its filters."""

from typing import Any
from urllib.parse import urlencode

from litestar import Request, get
from litestar.response import Template

from register.application import ApplicationState
from register.assessment import IN_HAND, Filter, Holder, QueuePage
from register.assessment import queue as queue_of
from register.kit import forms
from register.kit.pages import page
from register.part import Part
from register.web.casework import READERS
from register.web.needs import Act, Session

ADDRESS = "/staff/applications"


class FilterForm(forms.Form):
    holder = forms.Radios(
        "Assigned to",
        what="whose applications to show",
        choices=[
            (holder, holder) for holder in (Holder.ANYONE, Holder.ME, Holder.NOBODY)
        ],
        optional=True,
    )
    state = forms.Select(
        "State",
        choices=[(state, state) for state in ApplicationState if state in IN_HAND],
        blank_choice="Any state",
        optional=True,
    )
    part = forms.Select(
        "Part",
        choices=[(part, part) for part in Part],
        blank_choice="Any part",
        optional=True,
    )
    overdue = forms.Checkboxes(
        "Age", what="an age", choices=[("yes", "Over the target only")], optional=True
    )

    held = forms.Checkboxes(
        "Hold", what="a hold", choices=[("yes", "On hold only")], optional=True
    )

    @property
    def filter(self) -> Filter:
        return Filter(
            holder=Holder(self.holder.data or Holder.ANYONE),
            state=ApplicationState(self.state.data) if self.state.data else None,
            part=Part(self.part.data) if self.part.data else None,
            overdue=bool(self.overdue.data),
            held=bool(self.held.data),
        )

    @property
    def chosen(self) -> dict[str, str]:
        """What narrows the list, as the address says it."""
        said = {name: self[name].data for name in ("holder", "state", "part")}
        for name in ("overdue", "held"):
            said[name] = "yes" if self[name].data else ""
        return {
            name: value
            for name, value in said.items()
            if value and value != Holder.ANYONE
        }


@get("/", access=READERS)
async def applications(
    request: Request[Any, Any, Any], session: Session, act: Act
) -> Template:
    form = FilterForm(request.query_params)
    if not form.validate():
        return queue_page(form, QueuePage([], 0, None))
    after = request.query_params.get("after")
    found = await queue_of(session, act.account, form.filter, now=act.now, after=after)
    return queue_page(form, found, paged=after is not None)


def queue_page(form: FilterForm, found: QueuePage, *, paged: bool = False) -> Template:
    chosen = {} if form.faults else form.chosen
    onward = f"?{urlencode({**chosen, 'after': found.next})}" if found.next else ""
    return page(
        "register/applications/queue.html",
        form=form,
        found=found,
        chosen=[(name, value, without(chosen, name)) for name, value in chosen.items()],
        first=address(chosen) if paged else "",
        onward=onward and ADDRESS + onward,
    )


def without(chosen: dict[str, str], name: str) -> str:
    return address({k: value for k, value in chosen.items() if k != name})


def address(chosen: dict[str, str]) -> str:
    return f"{ADDRESS}?{urlencode(chosen)}" if chosen else ADDRESS


pages = [applications]
