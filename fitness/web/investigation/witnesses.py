"""Witnesses: named, and how they are reached."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.case import Read
from fitness.investigation.acts import InvestigationAct
from fitness.investigation.witness import Standing, Witness, witnesses_of
from fitness.numbers import numbered
from fitness.web.cases.one import ONE
from fitness.web.cases.opened import CASE_READERS, INVESTIGATORS, Opened
from fitness.web.investigation.opened import back, investigated, to_work_on, works
from register.kit import forms
from register.kit.pages import page
from register.web.needs import Act, Acting, Form, Visit

WITNESSES = f"{ONE}/witnesses"


def reached() -> forms.LongText:
    return forms.LongText(
        "How are they reached?", what="how they are reached", longest=1000
    )


class ReachForm(forms.Form):
    contact = reached()


class WitnessForm(forms.Form):
    name = forms.Name("Name", what="the name")
    standing = forms.Radios(
        "Who are they in this?",
        what="who they are in this",
        choices=[(one, one) for one in Standing],
    )
    contact = reached()


@get(WITNESSES, access=CASE_READERS)
async def every(act: Act, reference: FromPath[str]) -> Template:
    found = await investigated(act, reference, what=Read.WITNESSES)
    return await _page(act, found, WitnessForm())


async def _page(act: Acting, found: Opened, form: WitnessForm) -> Template:
    return page(
        "fitness/investigation/witnesses.html",
        found=found,
        case=found.case,
        witnesses=await witnesses_of(act.session, found.case.id),
        form=form,
        works=works(found),
    )


@post(WITNESSES, access=INVESTIGATORS)
async def name(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    found = await to_work_on(act, reference, what=Read.WITNESSES, lock=True)
    answers = WitnessForm(form)
    if not answers.validate():
        return await _page(act, found, answers)
    witness = await Witness.name_one(
        act.session,
        found.case,
        name=answers.name.data,
        contact=answers.contact.data,
        standing=Standing(answers.standing.data),
        by=act.process(InvestigationAct.NAME_WITNESS),
    )
    visit.flash(f"The witness is {witness.label} in this case")
    return back(found, "witnesses")


@get(f"{WITNESSES}/{{nth:int}}", access=INVESTIGATORS)
async def ask(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    found = await to_work_on(act, reference, what=Read.WITNESSES)
    witness = await _numbered(act, found, nth)
    return _reach_page(found, witness, ReachForm(data={"contact": witness.contact}))


def _reach_page(found: Opened, witness: Witness, form: ReachForm) -> Template:
    return page(
        "fitness/investigation/witness.html",
        found=found,
        case=found.case,
        witness=witness,
        form=form,
    )


@post(f"{WITNESSES}/{{nth:int}}", access=INVESTIGATORS)
async def reach(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    found = await to_work_on(act, reference, what=Read.WITNESSES, lock=True)
    witness = await _numbered(act, found, nth)
    answers = ReachForm(form)
    if not answers.validate():
        return _reach_page(found, witness, answers)
    by = act.process(InvestigationAct.NAME_WITNESS)
    witness.reach(act.session, found.case, answers.contact.data, by=by)
    visit.flash(f"How {witness.label} is reached is written down")
    return back(found, "witnesses")


async def _numbered(act: Acting, found: Opened, nth: int) -> Witness:
    return numbered(await witnesses_of(act.session, found.case.id), nth)


pages = [every, name, ask, reach]
