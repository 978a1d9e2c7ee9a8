"""Who works on a case, given and taken by those who answer for it, and who may know of it at all."""

from collections.abc import Sequence
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy import select

from fitness.case import (
    AboutThem,
    AnotherPlace,
    CaseAct,
    NotTheirPlace,
    Place,
    Stage,
    members,
)
from fitness.web.cases.listing import AT
from fitness.web.cases.one import ONE
from fitness.web.cases.opened import (
    ANSWERING,
    CASE_READERS,
    Opened,
    attempting,
    member_of,
    opened,
)
from register.account import Account, RoleGrant
from register.kit import forms
from register.kit.errors import NotFound
from register.kit.pages import page
from register.web.needs import Act, Acting, Form, Visit

OPEN = frozenset(Stage) - {Stage.CLOSED}


class GiveForm(forms.Form):
    account = forms.Select("Who shall work on it?", what="who shall work on it")


class BringForm(forms.Form):
    """A form beside the other, so its field has another name."""

    officer = forms.Select(
        "Who shall bring its hearings about?", what="who shall bring its hearings about"
    )


class RestrictForm(forms.Form):
    words = forms.LongText(
        "Why?",
        what="why",
        hint="Whoever may know of the case reads it.",
        longest=2000,
    )


@get(f"{ONE}/people", access=CASE_READERS)
async def people(act: Act, reference: FromPath[str]) -> Template:
    return await _page(act, await opened(act, reference))


async def _page(
    act: Acting,
    found: Opened,
    give: GiveForm | None = None,
    bring: BringForm | None = None,
    restrict: RestrictForm | None = None,
) -> Template:
    working = await members(act.session, found.case.id)
    could = await _who_could(act, found, [m.account_id for m in working])
    bring = bring or BringForm()
    give = give or GiveForm()
    give.account.choices = _choices(could, Place.INVESTIGATOR)
    bring.officer.choices = _choices(could, Place.HEARINGS_OFFICER)
    return page(
        "fitness/cases/people.html",
        found=found,
        case=found.case,
        working=working,
        form=next((one for one in (restrict, bring) if one and one.faults), give),
        give=give,
        bring=bring,
        restrict=restrict or RestrictForm(),
        may=found.answers and found.case.stage is not Stage.CLOSED,
        last=len([m for m in working if m.place is Place.INVESTIGATOR]) == 1,
    )


def _choices(could: Sequence[Account], place: Place) -> list[tuple[str, str]]:
    return [(str(one.id), one.name) for one in could if place.fits(one.roles)]


async def _who_could(
    act: Acting, found: Opened, already: Sequence[UUID]
) -> Sequence[Account]:
    """Those who are not on it yet; whether each may be is asked when one is chosen."""
    rows = await act.session.scalars(
        Account.usable()
        .where(
            Account.id.in_(
                select(RoleGrant.account_id).where(
                    RoleGrant.role.in_(
                        Place.INVESTIGATOR.roles | Place.HEARINGS_OFFICER.roles
                    )
                )
            ),
            Account.id.not_in(already),
            Account.person_id.is_distinct_from(found.case.person_id),
        )
        .order_by(Account.name, Account.id)
    )
    return rows.all()


@post(f"{ONE}/people", access=ANSWERING)
async def give(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    found = await opened(act, reference, lock=True)
    found.case.must_be(*OPEN)
    answers = GiveForm(form)
    if await _given(act, found, answers, answers.account, Place.INVESTIGATOR):
        visit.flash("The case is given to them")
        return Redirect(f"{AT}/{reference}/people", status_code=303)
    return await _page(act, found, give=answers)


@post(f"{ONE}/people/hearings-officer", access=ANSWERING)
async def bring(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    found = await opened(act, reference, lock=True)
    found.case.must_be(*OPEN)
    answers = BringForm(form)
    if await _given(act, found, answers, answers.officer, Place.HEARINGS_OFFICER):
        visit.flash("Its hearings are given to them")
        return Redirect(f"{AT}/{reference}/people", status_code=303)
    return await _page(act, found, bring=answers)


async def _given(
    act: Acting, found: Opened, answers: forms.Form, field: forms.Select, place: Place
) -> bool:
    could = await _who_could(act, found, [])
    field.choices = _choices(could, place)
    if not answers.validate():
        return False
    chosen = next(one for one in could if str(one.id) == field.data)
    try:
        async with attempting(act):
            await found.case.take_on(
                act.session, chosen, place, by=act.process(CaseAct.TAKE_ON)
            )
    except (AboutThem, AnotherPlace, NotTheirPlace) as refused:
        answers.add_error(field.name, str(refused))
    return not answers.faults


@post(f"{ONE}/people/{{member_id:uuid}}/release", access=ANSWERING)
async def release(
    act: Act, *, reference: FromPath[str], member_id: FromPath[UUID], visit: Visit
) -> Redirect:
    found = await opened(act, reference, lock=True)
    member = await member_of(act, found.case, member_id)
    if member is None:
        raise NotFound
    await found.case.release(act.session, member, by=act.process(CaseAct.RELEASE))
    visit.flash("They do not work on it any more")
    return Redirect(f"{AT}/{reference}/people", status_code=303)


@post(f"{ONE}/restriction", access=ANSWERING)
async def restrict(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    """The page says which of the two it would do: a second click, or somebody else's, does not undo the first."""
    found = await opened(act, reference, lock=True)
    answers = RestrictForm(form)
    if not answers.validate():
        return await _page(act, found, restrict=answers)
    if form.get("lift"):
        found.case.lift_restriction(
            act.session,
            words=answers.words.data,
            by=act.process(CaseAct.LIFT_RESTRICTION),
        )
        visit.flash("The case is not restricted any more")
    else:
        await found.case.restrict(
            act.session,
            act.account,
            words=answers.words.data,
            by=act.process(CaseAct.RESTRICT),
        )
        visit.flash("Only its members may know of the case")
    return Redirect(f"{AT}/{reference}/people", status_code=303)


pages = [people, give, bring, release, restrict]
