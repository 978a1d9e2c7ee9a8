"""What a panel finds of one particular, and which ground of one allegation."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.fence import as_the_service
from fitness.hearing.acts import HearingAct
from fitness.hearing.finding import (
    Facts,
    FactsFirst,
    Found,
    NoFindings,
    find,
    find_ground,
)
from fitness.hearing.kind import Kind
from fitness.investigation.allegation import Allegation, Ground, Particular
from fitness.web.cases.opened import attempting
from fitness.web.sittings.opened import ONE, PANELLISTS, SatOn, sat_on
from register.kit import forms
from register.kit.pages import page
from register.kit.security.input import FormData
from register.web.needs import Act, Acting, Form, Visit

ALLEGATION = f"{ONE}/allegations/{{allegation:int}}"
PARTICULAR = f"{ALLEGATION}/{{number:int}}"


class FindForm(forms.Form):
    found = forms.Radios(
        "What do you find?",
        what="what you find",
        choices=[(one, one) for one in Found],
    )
    words = forms.LongText(
        "Why?",
        what="why",
        hint="Whoever it is about reads it, and so may the public. Do not name a child.",
        longest=10_000,
    )


class GroundForm(forms.Form):
    grounds = forms.Checkboxes(
        "Which ground does it make?",
        what="the ground",
        hint="Leave them all empty if it makes none.",
        optional=True,
    )
    words = forms.LongText(
        "Why?",
        what="why",
        hint="Whoever it is about reads it, and so may the public. Do not name a child.",
        longest=10_000,
    )


async def _to_find(
    act: Acting, reference: str, nth: int, *, lock: bool = False
) -> tuple[SatOn, Facts]:
    """Raises NotToSign, HearingOver, NotBegun or NoFindings."""
    it = await sat_on(act, reference, nth, lock=lock)
    it.must_decide()
    it.hearing.must_have_begun()
    if it.hearing.kind is not Kind.FINAL:
        raise NoFindings
    return it, await Facts.of(act.session, it.hearing)


@get(PARTICULAR, access=PANELLISTS)
async def ask(
    act: Act,
    reference: FromPath[str],
    nth: FromPath[int],
    allegation: FromPath[int],
    number: FromPath[int],
) -> Template:
    it, facts = await _to_find(act, reference, nth)
    particular = facts.particular(allegation, number)
    known = facts.finding(particular)
    words = known.text.words if known and known.text else ""
    form = FindForm(data={"found": known.found, "words": words} if known else None)
    return _page(it, facts.allegation(allegation), particular, form)


def _page(
    it: SatOn, allegation: Allegation, particular: Particular, form: FindForm
) -> Template:
    return page(
        "fitness/sittings/find.html",
        case=it.case,
        hearing=it.hearing,
        allegation=allegation,
        particular=particular,
        form=form,
    )


@post(PARTICULAR, access=PANELLISTS)
async def find_one(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    allegation: FromPath[int],
    number: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    it, facts = await _to_find(act, reference, nth, lock=True)
    particular = facts.particular(allegation, number)
    answers = FindForm(form)
    if not answers.validate():
        return _page(it, facts.allegation(allegation), particular, answers)
    async with as_the_service(act.session):
        await find(
            act.session,
            it.case,
            it.hearing,
            particular,
            found=Found(answers.found.data),
            words=answers.words.data,
            by=act.process(HearingAct.FIND),
        )
    visit.flash(f"Your finding on {allegation}.{number} is written down")
    return it.back()


@get(ALLEGATION, access=PANELLISTS)
async def ask_ground(
    act: Act,
    reference: FromPath[str],
    nth: FromPath[int],
    allegation: FromPath[int],
) -> Template:
    it, facts = await _to_find(act, reference, nth)
    one = facts.allegation(allegation)
    known = facts.ground(one)
    words = known.text.words if known and known.text else ""
    data: dict[str, object] | None = None
    if known:
        data = {"grounds": known.grounds, "words": words}
    return _ground_page(it, one, _ground_form(one, data=data))


def _ground_form(
    allegation: Allegation,
    sent: FormData | None = None,
    data: dict[str, object] | None = None,
) -> GroundForm:
    form = GroundForm(sent, data=data)
    form.grounds.choices = [(one, one) for one in allegation.current.grounds]
    return form


def _ground_page(it: SatOn, allegation: Allegation, form: GroundForm) -> Template:
    return page(
        "fitness/sittings/ground.html",
        case=it.case,
        hearing=it.hearing,
        allegation=allegation,
        form=form,
    )


@post(ALLEGATION, access=PANELLISTS)
async def find_its_ground(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    allegation: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    it, facts = await _to_find(act, reference, nth, lock=True)
    one = facts.allegation(allegation)
    answers = _ground_form(one, form)
    if answers.validate():
        try:
            async with attempting(act), as_the_service(act.session):
                await find_ground(
                    act.session,
                    it.case,
                    it.hearing,
                    one,
                    grounds=[Ground(code) for code in answers.grounds.data],
                    words=answers.words.data,
                    by=act.process(HearingAct.FIND),
                )
        except FactsFirst as refused:
            answers.add_error("grounds", str(refused))
    if answers.faults:
        return _ground_page(it, one, answers)
    visit.flash(f"The ground of allegation {allegation} is written down")
    return it.back()


pages = [ask, find_one, ask_ground, find_its_ground]
