"""Those who may decide, as the office knows them: lay or registrant, what they declared, when they can come."""

from dataclasses import dataclass
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy import select

from fitness.panel import (
    DECIDING,
    Backwards,
    Decider,
    DeclaredInterest,
    FreeDays,
    LayChairs,
    PanelAct,
    Side,
    decider_with,
    deciders,
    free_days_of,
    interests_of,
)
from fitness.web.cases.opened import HEARINGS_OFFICERS, attempting, enter
from register.account import Account
from register.employment import Home, home_by_urn
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.kit.security.input import FormData
from register.person import Person, read_number
from register.web.needs import Act, Acting, Form, Visit

AT = "/staff/panel"
ONE = f"{AT}/{{account_id:uuid}}"


class DescribeForm(forms.Form):
    side = forms.Radios(
        "Are they lay, or a registrant?",
        what="whether they are lay or a registrant",
        choices=[(one, one) for one in Side],
    )
    may_chair = forms.YesNo(
        "May they chair a panel?",
        what="they may chair a panel",
        only_if=("side", "lay"),
    )
    areas = forms.Checkboxes(
        "In which areas do they live or work?",
        what="the areas",
        hint="Where the registrant worked in the same area, you are asked before they sit.",
        optional=True,
    )


class InterestForm(forms.Form):
    words = forms.LongText(
        "What have they declared?", what="what they have declared", longest=2000
    )
    urn = forms.Text(
        "URN of a home",
        what="the URN",
        hint="It stands for its provider and for every home of the group. Leave it empty if it is about no home.",
        optional=True,
        longest=20,
    )
    number = forms.Text(
        "Registration number of a person",
        what="the registration number",
        hint="Whom they know. Leave it empty if it is about nobody in the register.",
        optional=True,
        longest=40,
    )
    from_on = forms.Date("From when?", what="the day from which", past=True)
    until_on = forms.Date(
        "Until when?",
        what="the day until which",
        hint="Leave it empty if it goes on.",
        optional=True,
    )


class FreeForm(forms.Form):
    first = forms.Date("From", what="the first day", future=True)
    last = forms.Date("Until", what="the last day", future=True)


@dataclass
class Forms:
    """Of which one may have been sent."""

    describe: DescribeForm
    interest: InterestForm
    free: FreeForm

    @property
    def wrong(self) -> forms.Form:
        """The one for the summary of errors."""
        every = (self.describe, self.interest, self.free)
        return next((one for one in every if one.faults), self.describe)


@get(AT, access=HEARINGS_OFFICERS)
async def every(act: Act) -> Template:
    await enter(act)
    found = await deciders(act.session, *DECIDING)
    return page("fitness/panel/list.html", deciders=found)


@get(ONE, access=HEARINGS_OFFICERS)
async def one(act: Act, account_id: FromPath[UUID]) -> Template:
    account, decider = await _known(act, account_id)
    return await _page(act, account, decider)


async def _known(act: Acting, account_id: UUID) -> tuple[Account, Decider | None]:
    await enter(act)
    return await decider_with(act.session, account_id)


async def _page(
    act: Acting, account: Account, decider: Decider | None, sent: Forms | None = None
) -> Template:
    shown = sent or Forms(
        await _describing(act, decider),
        InterestForm(today=day_of(act.now)),
        FreeForm(today=day_of(act.now)),
    )
    return page(
        "fitness/panel/one.html",
        account=account,
        decider=decider,
        interests=await interests_of(act.session, [account.id]),
        days=await free_days_of(act.session, [account.id]),
        describe=shown.describe,
        interest=shown.interest,
        free=shown.free,
        form=shown.wrong,
        today=day_of(act.now),
    )


async def _describing(
    act: Acting, decider: Decider | None, sent: FormData | None = None
) -> DescribeForm:
    known = (
        {
            "side": decider.side,
            "may_chair": decider.may_chair,
            "areas": decider.areas,
        }
        if decider
        else {}
    )
    form = DescribeForm(sent, data=known, today=day_of(act.now))
    areas = await act.session.scalars(
        select(Home.local_authority).distinct().order_by(Home.local_authority)
    )
    form.areas.choices = [(area, area) for area in areas]
    return form


@post(ONE, access=HEARINGS_OFFICERS)
async def describe(
    act: Act, *, account_id: FromPath[UUID], form: Form, visit: Visit
) -> Redirect | Template:
    account, decider = await _known(act, account_id)
    answers = await _describing(act, decider, form)
    if answers.validate():
        try:
            async with attempting(act):
                await Decider.describe(
                    act.session,
                    account,
                    Side(answers.side.data),
                    may_chair=bool(answers.may_chair.data),
                    areas=answers.areas.data,
                    by=act.process(PanelAct.DESCRIBE),
                )
        except LayChairs as refused:
            answers.add_error("may_chair", str(refused))
    if answers.faults:
        today = day_of(act.now)
        sent = Forms(answers, InterestForm(today=today), FreeForm(today=today))
        return await _page(act, account, decider, sent)
    visit.flash(f"What is known of {account.name} is saved")
    return _back(account)


def _back(account: Account) -> Redirect:
    return Redirect(f"{AT}/{account.id}", status_code=303)


@post(f"{ONE}/interests", access=HEARINGS_OFFICERS)
async def declare(
    act: Act, *, account_id: FromPath[UUID], form: Form, visit: Visit
) -> Redirect | Template:
    account, decider = await _known(act, account_id)
    answers = InterestForm(form, today=day_of(act.now))
    if answers.validate():
        home = await _home(act, answers)
        person = await _person(act, answers)
        if not answers.faults:
            try:
                DeclaredInterest.declare(
                    act.session,
                    account,
                    answers.words.data,
                    from_on=answers.from_on.data,
                    until_on=answers.until_on.data,
                    person=person,
                    home=home,
                    by=act.process(PanelAct.DECLARE),
                )
            except Backwards as refused:
                answers.add_error("until_on", str(refused))
    if answers.faults:
        describing = await _describing(act, decider)
        sent = Forms(describing, answers, FreeForm(today=day_of(act.now)))
        return await _page(act, account, decider, sent)
    visit.flash("The interest is on record")
    return _back(account)


async def _home(act: Acting, answers: InterestForm) -> Home | None:
    if not answers.urn.data:
        return None
    home = await home_by_urn(act.session, answers.urn.data)
    if home is None:
        answers.add_error("urn", "We know no home with this URN. Check it")
    return home


async def _person(act: Acting, answers: InterestForm) -> Person | None:
    if not answers.number.data:
        return None
    if answers.urn.data:
        answers.add_error("number", "Declare the home and the person apart")
        return None
    person: Person | None = await act.session.scalar(
        select(Person).where(Person.number == (read_number(answers.number.data) or ""))
    )
    if person is None:
        answers.add_error("number", "No person in the register has this number")
    return person


@post(f"{ONE}/interests/{{interest_id:uuid}}/end", access=HEARINGS_OFFICERS)
async def take_back(
    act: Act, *, account_id: FromPath[UUID], interest_id: FromPath[UUID], visit: Visit
) -> Redirect:
    account, _ = await _known(act, account_id)
    for interest in await interests_of(act.session, [account.id]):
        if interest.id == interest_id:
            interest.take_back(by=act.process(PanelAct.DECLARE))
            visit.flash("The interest is taken back")
            return _back(account)
    raise NotFound


@post(f"{ONE}/days", access=HEARINGS_OFFICERS)
async def offer(
    act: Act, *, account_id: FromPath[UUID], form: Form, visit: Visit
) -> Redirect | Template:
    account, decider = await _known(act, account_id)
    answers = FreeForm(form, today=day_of(act.now))
    if answers.validate():
        try:
            FreeDays.offer(
                act.session,
                account,
                answers.first.data,
                answers.last.data,
                by=act.process(PanelAct.FREE),
            )
        except Backwards as refused:
            answers.add_error("last", str(refused))
    if answers.faults:
        describing = await _describing(act, decider)
        sent = Forms(describing, InterestForm(today=day_of(act.now)), answers)
        return await _page(act, account, decider, sent)
    visit.flash("The days are on record")
    return _back(account)


@post(f"{ONE}/days/{{days_id:uuid}}/end", access=HEARINGS_OFFICERS)
async def withdraw(
    act: Act, *, account_id: FromPath[UUID], days_id: FromPath[UUID], visit: Visit
) -> Redirect:
    account, _ = await _known(act, account_id)
    for days in await free_days_of(act.session, [account.id]):
        if days.id == days_id:
            days.take_back(by=act.process(PanelAct.FREE))
            visit.flash("The days are taken back")
            return _back(account)
    raise NotFound


pages = [every, one, describe, declare, take_back, offer, withdraw]
