"""The queue of applications, with its filters, and giving several at once."""

import re
from collections.abc import Sequence
from typing import Any, Self
from urllib.parse import urlencode

from litestar import Request, get, post
from litestar.response import Redirect, Template

from register.account import Account
from register.application import ApplicationState
from register.assessment import (
    IN_HAND,
    PAGE,
    AssessmentAct,
    Due,
    Filter,
    Holder,
    QueuePage,
    Turn,
    assign_all,
    caseworkers,
    saved_filters,
)
from register.assessment import queue as queue_of
from register.kit import forms
from register.kit.pages import page, plural
from register.part import Part
from register.web.casework import MANAGERS, READERS
from register.web.needs import Act, Acting, Form, Session, Visit

ADDRESS = "/staff/applications"
ALL = f"{ADDRESS}?holder={Holder.ANYONE}"
"""Without a word the address opens what the reader chose to see first."""
SEEN = re.compile(r"A-[0-9A-HJKMNP-TV-Z]{8}\.[0-9]{1,9}")
NONE_CHOSEN = "Select one or more applications"


class FilterForm(forms.Form):
    holder = forms.Select(
        "Assigned to", what="whose applications to show", optional=True
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
    turn = forms.Select(
        "Waiting for",
        choices=[(turn, turn) for turn in Turn],
        blank_choice="Anyone",
        optional=True,
    )
    due = forms.Select(
        "Time",
        choices=[(due, due) for due in Due],
        blank_choice="Any time",
        optional=True,
    )

    @classmethod
    def of(cls, colleagues: Sequence[Account], sent: Any) -> Self:
        form = cls(sent)
        form.holder.blank_choice = "Anyone"
        form.holder.choices = [
            (Holder.ANYONE, Holder.ANYONE),
            (Holder.ME, Holder.ME),
            (Holder.NOBODY, Holder.NOBODY),
            *((str(one.id), one.name) for one in colleagues),
        ]
        return form

    @property
    def filter(self) -> Filter:
        return Filter.of({name: self[name].data or "" for name in self.data})

    @property
    def codes(self) -> dict[str, str]:
        """None where there is a fault in them."""
        return self.filter.codes if self.validate() else {}


class GiveForm(forms.Form):
    """`chosen`: each a reference and the version that the list showed, as "A-0123ABCD.4"."""

    chosen = forms.Checkboxes(
        "Applications", what="one or more applications", missing=NONE_CHOSEN
    )
    to = forms.Select(
        "Give the selected to", what="a caseworker", blank_choice="Choose a caseworker"
    )

    @classmethod
    def offering(cls, colleagues: Sequence[Account], sent: Any = None) -> Self:
        form = cls(sent)
        form.to.choices = [(str(one.id), one.name) for one in colleagues]
        form.chosen.choices = [
            (seen, seen) for seen in form.chosen.ticked[:PAGE] if SEEN.fullmatch(seen)
        ]
        return form

    @property
    def versions(self) -> dict[str, int]:
        """The version seen of each application, by its reference."""
        pairs = (seen.split(".") for seen in self.chosen.data)
        return {reference: int(version) for reference, version in pairs}


@get("/", access=READERS)
async def applications(
    request: Request[Any, Any, Any], session: Session, act: Act
) -> Template | Redirect:
    kept = await saved_filters(session, act.account)
    first = next((saved for saved in kept if saved.opens_first), None)
    if first and not request.query_params:
        return Redirect(address(first.query), status_code=303)
    return await queue_page(act, request.query_params)


async def queue_page(act: Acting, sent: Any, *, refused: bool = False) -> Template:
    """`sent`: the filters, with what was chosen to be given where that was refused."""
    colleagues = await caseworkers(act.session)
    form = FilterForm.of(colleagues, sent)
    found, chosen, after = QueuePage([], 0, None), {}, sent.get("after")
    if form.validate():
        wanted, chosen = form.filter, form.filter.codes
        found = await queue_of(
            act.session, act.account, wanted, now=act.now, after=after
        )
    give = GiveForm.offering(colleagues, sent if refused else None)
    if refused:
        give.validate()
    return page(
        "register/applications/queue.html",
        form=give if give.faults else form,
        filters=form,
        give=give if act.viewer.has(*MANAGERS.roles) else None,
        found=found,
        names={str(one.id): one.name for one in colleagues},
        chosen=[(name, value, without(chosen, name)) for name, value in chosen.items()],
        kept={**chosen, "after": after} if after else chosen,
        clear=ALL,
        first=address(chosen) if after else "",
        onward=address({**chosen, "after": found.next}) if found.next else "",
    )


def without(chosen: dict[str, str], name: str) -> str:
    return address({k: value for k, value in chosen.items() if k != name})


def address(chosen: dict[str, str]) -> str:
    return f"{ADDRESS}?{urlencode(chosen)}" if chosen else ALL


@post("/assignment", access=MANAGERS)
async def give(
    session: Session, act: Act, form: Form, visit: Visit
) -> Redirect | Template:
    colleagues = await caseworkers(session)
    answers = GiveForm.offering(colleagues, form)
    if not answers.validate():
        return await queue_page(act, form, refused=True)
    to = next(one for one in colleagues if str(one.id) == answers.to.data)
    not_given = await assign_all(
        session,
        answers.versions,
        to=to,
        giver=act.account,
        by=act.process(AssessmentAct.ASSIGN),
    )
    given = len(answers.versions) - len(not_given)
    back = address(FilterForm.of(colleagues, form).codes)
    if not_given:
        return page(
            "register/applications/given.html",
            given=given,
            to=to,
            not_given=not_given,
            back=back,
        )
    visit.flash(f"{plural(given, 'application')} given to {to.name}")
    return Redirect(back, status_code=303)


pages = [applications, give]
