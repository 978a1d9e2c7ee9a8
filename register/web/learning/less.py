"""Asking for less learning in a year, and deciding on it."""

from datetime import date
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.cpd import (
    LearningAct,
    LearningLess,
    LessReason,
    all_less_of,
    less_for,
    rules_of,
    standing,
)
from register.kit import forms
from register.kit.clock import day_of, months_after
from register.kit.pages import page
from register.web.casework import OFFICERS, READERS
from register.web.guards import SIGNED_IN
from register.web.learning.own import HOME, person_id_of
from register.web.needs import Act, Acting, Form, Visit

AT = "/staff/learning/less/{less_id:uuid}"


class LessForm(forms.Form):
    year = forms.Radios(
        "For which registration year do you ask?", what="the registration year"
    )
    because = forms.Radios(
        "Why can you do less?",
        what="why you can do less",
        choices=[(reason, reason) for reason in LessReason],
    )
    from_on = forms.Date(
        "From when were you away, or will you be?",
        what="the day from which you are away",
    )
    until_on = forms.Date(
        "Until when, as far as you know?", what="the day until which you are away"
    )
    words = forms.LongText(
        "Is there anything that we should know?",
        what="what we should know",
        longest=2000,
        optional=True,
    )

    def in_order(self) -> bool:
        since, until = self.from_on.data, self.until_on.data
        if since and until and until < since:
            self.add_error(
                "until_on",
                f"The day until which you are away must be on or after {forms.written(since)}",
            )
        return not self.faults


class GrantForm(forms.Form):
    records = forms.Number(
        "How many records of each kind shall be asked for at most?",
        what="how many records of each kind shall be asked for",
        hint="0 if nothing shall be asked for",
        highest=20,
    )


class TurnDownForm(forms.Form):
    words = forms.LongText(
        "Why we do not agree",
        what="why we do not agree",
        hint="The registrant reads this.",
        longest=2000,
    )


# The registrant


@get(f"{HOME}/less", access=SIGNED_IN)
async def ask(act: Act) -> Template:
    return await _own_page(act, LessForm(today=day_of(act.now)))


@post(f"{HOME}/less", access=SIGNED_IN)
async def send(act: Act, form: Form, visit: Visit) -> Redirect | Template:
    person_id = person_id_of(act)
    answers = LessForm(form, today=day_of(act.now))
    answers.year.choices = _choices(await _years(act))
    answers.validate()
    if not answers.in_order():
        return await _own_page(act, answers)
    await LearningLess.ask(
        act.session,
        person_id,
        year_end=date.fromisoformat(answers.year.data),
        because=LessReason(answers.because.data),
        from_on=answers.from_on.data,
        until_on=answers.until_on.data,
        words=answers.words.data,
        by=act.process(LearningAct.ASK_FOR_LESS),
    )
    visit.flash("We have your request. We will write to you when we have decided")
    return Redirect(HOME, status_code=303)


async def _own_page(act: Acting, form: LessForm) -> Template:
    years = await _years(act)
    form.year.choices = _choices(years)
    return page(
        "register/learning/less.html",
        form=form,
        asked=await all_less_of(act.session, person_id_of(act)),
        years=years,
    )


async def _years(act: Acting) -> list[date]:
    """This one, and the next and the one before."""
    rules = await rules_of(act.session, person_id_of(act), now=act.now)
    current = rules.period_end(day_of(act.now))
    return [months_after(current, months) for months in (-12, 0, 12)]


def _choices(years: list[date]) -> list[tuple[str, str]]:
    return [
        (end.isoformat(), f"The year that ends on {forms.written(end)}")
        for end in years
    ]


# Staff


@get(AT, access=READERS)
async def one(act: Act, less_id: FromPath[UUID]) -> Template:
    return await _page(act, await less_for(act.session, act.account, less_id))


async def _page(
    act: Acting,
    less: LearningLess,
    grant_form: GrantForm | None = None,
    turn_down_form: TurnDownForm | None = None,
) -> Template:
    grants, turns_down = grant_form or GrantForm(), turn_down_form or TurnDownForm()
    return page(
        "register/learning/staff_less.html",
        form=turns_down if turns_down.faults else grants,
        less=less,
        stands=await standing(
            act.session, less.person_id, year_end=less.year_end, now=act.now
        ),
        decides=less.waiting and act.viewer.has(*OFFICERS.roles),
        grant_form=grants,
        turn_down_form=turns_down,
    )


@post(f"{AT}/grant", access=OFFICERS)
async def grant(
    act: Act, form: Form, visit: Visit, less_id: FromPath[UUID]
) -> Redirect | Template:
    less = await less_for(act.session, act.account, less_id, lock=True)
    answers = GrantForm(form)
    if not answers.validate():
        return await _page(act, less, grant_form=answers)
    by = act.process(LearningAct.GRANT_LESS, reason=less.because)
    await less.grant(
        act.session, records=answers.records.data, officer=act.account, by=by
    )
    visit.flash("Less learning is asked for, and the registrant is told")
    return Redirect("/staff/learning", status_code=303)


@post(f"{AT}/refusal", access=OFFICERS)
async def turn_down(
    act: Act, form: Form, visit: Visit, less_id: FromPath[UUID]
) -> Redirect | Template:
    less = await less_for(act.session, act.account, less_id, lock=True)
    answers = TurnDownForm(form)
    if not answers.validate():
        return await _page(act, less, turn_down_form=answers)
    by = act.process(LearningAct.TURN_DOWN_LESS)
    await less.turn_down(
        act.session, words=answers.words.data, officer=act.account, by=by
    )
    visit.flash("The registrant is told why")
    return Redirect("/staff/learning", status_code=303)


pages = [ask, send, one, grant, turn_down]
