"""Allegations: drawn up, changed and withdrawn."""

from collections.abc import Sequence
from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy import select

from fitness.case import Read
from fitness.investigation.acts import InvestigationAct
from fitness.investigation.allegation import (
    Allegation,
    AllegationVersion,
    Alleged,
    Ground,
    Particular,
    allegations_of,
    standards_for,
)
from fitness.numbers import numbered
from fitness.web.cases.one import ONE
from fitness.web.cases.opened import CASE_READERS, INVESTIGATORS, Opened
from fitness.web.investigation.opened import back, investigated, to_work_on, works
from register.employment import Home
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.kit.security.input import FormData
from register.rule_set import Standard
from register.web.needs import Act, Acting, Form, Visit

ALLEGATIONS = f"{ONE}/allegations"
MOST = 20


class ParticularForm(forms.Form):
    words = forms.LongText(
        "What is said to have happened",
        optional=True,
        hint="The registrant reads it. Do not name a child. Leave it empty to leave this particular out.",
    )
    from_on = forms.Date(
        "From", what="the first day", optional=True, past=True, hint="If it is known"
    )
    until_on = forms.Date(
        "Until",
        what="the last day",
        optional=True,
        past=True,
        hint="If it was not on one day",
    )
    urn = forms.Text(
        "URN of the home", optional=True, longest=12, hint="If it was in a home"
    )
    place = forms.Text("Or another place", what="the place", optional=True, longest=200)
    home: Home | None = None

    async def check(self, act: Acting) -> None:
        """What one answer says of another, and whether we know the home."""
        self.validate()
        first, last = self.from_on.data, self.until_on.data
        if last and not first:
            self.add_error("from_on", "Enter the first day too")
        if first and last and last < first:
            self.add_error("until_on", "The last day must not be before the first")
        if not self.urn.data:
            return
        if self.place.data:
            self.add_error(
                "place", "Enter the URN of a home or another place, not both"
            )
        self.home = await act.session.scalar(
            select(Home).where(Home.urn == self.urn.data.upper().replace(" ", ""))
        )
        if self.home is None:
            self.add_error("urn", "We know no home with this URN. Check it")

    @property
    def said(self) -> bool:
        return bool(self.words.data)

    @property
    def alleged(self) -> Alleged:
        return Alleged(
            self.words.data,
            self.from_on.data,
            self.until_on.data,
            self.home.id if self.home else None,
            self.place.data or "",
        )


class AllegationForm(forms.Form):
    grounds = forms.Checkboxes(
        "On which grounds?",
        what="at least one ground",
        choices=[(one, one) for one in Ground],
    )
    standards = forms.Checkboxes(
        "Which standards would it break?",
        what="the standards",
        optional=True,
    )
    particulars: Sequence[ParticularForm] = ()

    @property
    def faults(self) -> list[tuple[str, str]]:
        below = [fault for one in self.particulars for fault in one.faults]
        return [*super().faults, *below]

    async def check(self, act: Acting) -> None:
        self.validate()
        for one in self.particulars:
            await one.check(act)
        if not any(one.said for one in self.particulars):
            self.particulars[0].add_error(
                "words", "Enter what is said to have happened"
            )


class WithdrawForm(forms.Form):
    words = forms.LongText(
        "Why is it withdrawn?", what="why it is withdrawn", longest=4000
    )


@get(ALLEGATIONS, access=CASE_READERS)
async def every(act: Act, reference: FromPath[str]) -> Template:
    found = await investigated(act, reference, what=Read.ALLEGATIONS)
    return page(
        "fitness/investigation/allegations.html",
        found=found,
        case=found.case,
        allegations=await allegations_of(act.session, found.case.id),
        standards=await _titles(act, found),
        works=works(found),
    )


async def _titles(act: Acting, found: Opened) -> dict[str, str]:
    return {one.code: one.title for one in await _standards(act, found)}


async def _standards(act: Acting, found: Opened) -> Sequence[Standard]:
    return await standards_for(act.session, found.case)


@get(f"{ALLEGATIONS}/new", access=INVESTIGATORS)
async def ask(act: Act, reference: FromPath[str]) -> Template:
    found = await to_work_on(act, reference, what=Read.ALLEGATIONS)
    return _form_page(found, await _form(act, found))


@post(f"{ALLEGATIONS}/new", access=INVESTIGATORS)
async def draw(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    found = await to_work_on(act, reference, what=Read.ALLEGATIONS, lock=True)
    answers = await _form(act, found, form)
    if form.get("more"):
        return _form_page(found, answers)
    await answers.check(act)
    if answers.faults:
        return _form_page(found, answers)
    await Allegation.draw(
        act.session,
        found.case,
        _alleged(answers),
        grounds=[Ground(one) for one in answers.grounds.data],
        standards=answers.standards.data or (),
        by=act.process(InvestigationAct.ALLEGE),
    )
    visit.flash("The allegation is drawn up")
    return back(found, "allegations")


@get(f"{ALLEGATIONS}/{{nth:int}}", access=INVESTIGATORS)
async def ask_change(
    act: Act, reference: FromPath[str], nth: FromPath[int]
) -> Template:
    found = await to_work_on(act, reference, what=Read.ALLEGATIONS)
    one = await _numbered(act, found, nth)
    form = await _form(act, found, of=one.current)
    return _form_page(found, form, one)


@post(f"{ALLEGATIONS}/{{nth:int}}", access=INVESTIGATORS)
async def change(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    found = await to_work_on(act, reference, what=Read.ALLEGATIONS, lock=True)
    one = await _numbered(act, found, nth)
    answers = await _form(act, found, form)
    if form.get("more"):
        return _form_page(found, answers, one)
    await answers.check(act)
    if answers.faults:
        return _form_page(found, answers, one)
    await one.redraw(
        act.session,
        found.case,
        _alleged(answers),
        grounds=[Ground(one) for one in answers.grounds.data],
        standards=answers.standards.data or (),
        by=act.process(InvestigationAct.ALLEGE),
    )
    visit.flash(f"Allegation {nth} is changed. What it was stands beside it")
    return back(found, "allegations")


@get(f"{ALLEGATIONS}/{{nth:int}}/withdrawal", access=INVESTIGATORS)
async def ask_why(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    found = await to_work_on(act, reference, what=Read.ALLEGATIONS)
    one = await _numbered(act, found, nth)
    return _withdraw_page(found, one, WithdrawForm())


def _withdraw_page(found: Opened, one: Allegation, form: WithdrawForm) -> Template:
    return page(
        "fitness/investigation/withdraw.html",
        found=found,
        case=found.case,
        allegation=one,
        form=form,
    )


@post(f"{ALLEGATIONS}/{{nth:int}}/withdrawal", access=INVESTIGATORS)
async def withdraw(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    found = await to_work_on(act, reference, what=Read.ALLEGATIONS, lock=True)
    one = await _numbered(act, found, nth)
    answers = WithdrawForm(form)
    if not answers.validate():
        return _withdraw_page(found, one, answers)
    by = act.process(InvestigationAct.ALLEGE)
    one.withdraw(act.session, found.case, answers.words.data, by=by)
    visit.flash(f"Allegation {nth} is withdrawn")
    return back(found, "allegations")


async def _numbered(act: Acting, found: Opened, nth: int) -> Allegation:
    return numbered(await allegations_of(act.session, found.case.id), nth)


async def _form(
    act: Acting,
    found: Opened,
    sent: FormData | None = None,
    *,
    of: AllegationVersion | None = None,
) -> AllegationForm:
    """With one particular more than there are, for another."""
    drawn = {"grounds": of.grounds, "standards": of.standards} if of else {}
    form = AllegationForm(sent, data=drawn)
    form.standards.choices = [
        (one.code, f"{one.code} {one.title}") for one in await _standards(act, found)
    ]
    there = [_drawn(one) for one in of.particulars] if of else []
    count = _count(sent) if sent else len(there) + (not there)
    form.particulars = [
        ParticularForm(
            sent,
            data=there[n] if n < len(there) else {},
            today=day_of(act.now),
            prefix=f"p{n + 1}-",
        )
        for n in range(min(count, MOST))
    ]
    return form


def _count(sent: FormData) -> int:
    """How many there were on the page that was sent, and one more where it asks for it."""
    shown = sum(f"p{n}-words" in sent for n in range(1, MOST + 1))
    return max(shown + bool(sent.get("more")), 1)


def _drawn(one: Particular) -> dict[str, Any]:
    return {
        "words": one.text.words if one.text else "",
        "from_on": one.from_on,
        "until_on": one.until_on,
        "urn": one.home.urn if one.home else "",
        "place": one.place.words if one.place else "",
    }


def _alleged(form: AllegationForm) -> list[Alleged]:
    return [one.alleged for one in form.particulars if one.said]


def _form_page(
    found: Opened, form: AllegationForm, one: Allegation | None = None
) -> Template:
    return page(
        "fitness/investigation/allegation.html",
        found=found,
        case=found.case,
        allegation=one,
        form=form,
        most=MOST,
    )


pages = [every, ask, draw, ask_change, change, ask_why, withdraw]
