"""The page of a person in the register, as anybody may see it: today, or on a day gone by."""

from datetime import date, datetime
from typing import Any

from litestar import Request, get
from litestar.datastructures import MultiDict
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import MovedTo, NotFound
from register.kit.pages import page
from register.kit.security.limits import MINUTE, ProcessLimit, Rate
from register.past import PastPerson, Then, published_then
from register.person import read_number
from register.published import PublishedPerson, published
from register.web.days import DAYS, days_of, fault_of_day, known_too_early, then_of
from register.web.guards import PUBLIC
from register.web.needs import Moment, Network, Session
from register.web.search import PART_NAMES

CHECKS = ProcessLimit(Rate(600, MINUTE))

IN_FORCE, SAID = "in_force", "said"
BOXED = "day-day"
"""The first box, without which the form was not sent."""


class DayForm(forms.Form):
    """Another day, in boxes; `as_at` and `as_known` have it in one piece."""

    day = forms.Date("Day", what="the day", past=True, hint="For example, 27 3 2027")
    view = forms.Radios(
        "What do you want to see?",
        what="what you want to see",
        choices=[
            (IN_FORCE, "What was in force on that day, as we know it now"),
            (SAID, "What the register said on that day"),
        ],
    )

    @property
    def address(self) -> str:
        known = f"&as_known={self.day.data}" if self.view.data == SAID else ""
        return f"?as_at={self.day.data}{known}"

    def read_address(self, asked: MultiDict[str]) -> None:
        """Say what is wrong with the days of an address that was typed by hand."""
        for name in DAYS:
            for value in asked.getall(name, []):
                if fault := fault_of_day(value, self.today):  # type: ignore[arg-type]  # every one of these has it
                    self.add_error("day", f"Day {fault.rstrip('.')}")
            if len(asked.getall(name, [])) > 1:
                self.add_error("day", "Day must be given once")
        if known_too_early(asked):
            sentence = "The register says nothing of a day before it has come"
            self.add_error("day", sentence)


@get("/register/{number:str}", access=PUBLIC)
async def entry(
    request: Request[Any, Any, Any],
    session: Session,
    network: Network,
    now: Moment,
    number: FromPath[str],
) -> Template | Redirect:
    CHECKS.hit(network)
    canonical = read_number(number)
    if canonical is None:
        raise NotFound
    if canonical != number:
        raise MovedTo(f"/register/{canonical}")
    asked = request.query_params
    form = day_form(asked, day_of(now))
    if BOXED in asked and not form.faults:
        return Redirect(f"/register/{number}{form.address}", status_code=303)
    then = None if form.faults else then_of(asked, now)
    if then:
        past = await published_then(session, number, then, now=now)
        return entry_page(past, form, now=now, then=then)
    return entry_page(await published(session, number, now=now), form, now=now)


def day_form(asked: MultiDict[str], today: date) -> DayForm:
    """What is wrong with a day that is asked for stands in its faults, however it was asked for."""
    if BOXED in asked:
        form = DayForm(asked, today=today)
        form.validate()
    else:
        form = DayForm(data=in_boxes(asked), today=today)
        form.read_address(asked)
    return form


def in_boxes(asked: MultiDict[str]) -> dict[str, Any]:
    """What an address asks for, to start from."""
    as_at, as_known = days_of(asked)
    return {"day": as_at or as_known, "view": SAID if as_known else IN_FORCE}


def entry_page(
    person: PublishedPerson | PastPerson,
    form: DayForm,
    *,
    now: datetime,
    then: Then | None = None,
) -> Template:
    headers = {"Cache-Control": "no-cache"}
    return page(
        "register/entries/entry.html",
        status=422 if form.faults else 200,
        person=person,
        form=form,
        then=then,
        now=now,
        today=then.day if then else day_of(now),
        part_names=PART_NAMES,
        # Search engines would keep what was in force as if it still were.
        headers=headers | ({"X-Robots-Tag": "noindex"} if then or form.faults else {}),
    )


pages = [entry]
