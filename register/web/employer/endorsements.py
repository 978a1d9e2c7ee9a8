"""Endorsements that wait for a provider's users: lead users see all, and give them to whom they choose."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.application.endorsement import (
    Invitation,
    assign,
    in_queue,
    waiting_for,
)
from register.application.state import EndorsementAct
from register.kit import forms
from register.kit.pages import page
from register.organisation import OrganisationUser, users_of
from register.web.employer.acting import acting, acting_lead
from register.web.endorsing import OptOutForm, endorsement_form, endorsement_page
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting, Form, Visit
from register.web.paging import after_of

LIST = "/employer/endorsements"
ONE = f"{LIST}/{{request_id:uuid}}"


class GiveForm(forms.Form):
    to = forms.Select(
        "Who shall answer?", what="who shall answer", blank_choice="Choose somebody"
    )


@get(LIST, access=SIGNED_IN)
async def listed(request: Request[Any, Any, Any], act: Act) -> Template:
    user = await acting(act)
    after = after_of(request)
    found = await waiting_for(act.session, user, after=after)
    return page(
        "register/employer/endorsements.html",
        user=user,
        rows=found.rows,
        first=LIST if after else "",
        onward=f"{LIST}?after={found.next}" if found.next else "",
    )


@get(ONE, access=SIGNED_IN)
async def ask(act: Act, request_id: FromPath[UUID]) -> Template:
    user = await acting(act)
    waiting = await in_queue(act.session, user, request_id)
    return await _page(act, user, waiting, endorsement_form(act.now))


@post(ONE, access=SIGNED_IN)
async def endorse(
    act: Act, form: Form, visit: Visit, request_id: FromPath[UUID]
) -> Template | Redirect:
    user = await acting(act)
    waiting = await in_queue(act.session, user, request_id, lock=True)
    answers = endorsement_form(act.now, form)
    if not answers.validate():
        return await _page(act, user, waiting, answers)
    by = act.process(EndorsementAct.ENDORSE)
    await waiting.endorse(act.session, answers.endorsed, by=by)
    visit.flash("Thank you. We have your endorsement")
    return Redirect(LIST, status_code=303)


@get(f"{ONE}/decline", access=SIGNED_IN)
async def ask_to_opt_out(act: Act, request_id: FromPath[UUID]) -> Template:
    waiting = await in_queue(act.session, await acting(act), request_id)
    return _decline_page(waiting, OptOutForm())


@post(f"{ONE}/decline", access=SIGNED_IN)
async def opt_out(
    act: Act, form: Form, visit: Visit, request_id: FromPath[UUID]
) -> Template | Redirect:
    user = await acting(act)
    waiting = await in_queue(act.session, user, request_id, lock=True)
    answers = OptOutForm(form)
    if not answers.validate():
        return _decline_page(waiting, answers)
    by = act.process(EndorsementAct.OPT_OUT)
    await waiting.opt_out(act.session, answers.opted_out, by=by)
    visit.flash("Thank you. We have your answer")
    return Redirect(LIST, status_code=303)


@post(f"{ONE}/assignment", access=SIGNED_IN)
async def give(
    act: Act, form: Form, visit: Visit, request_id: FromPath[UUID]
) -> Template | Redirect:
    lead = await acting_lead(act)
    waiting = await in_queue(act.session, lead, request_id)
    giving = await _give_form(act, lead, form)
    if not giving.validate():
        return await _page(act, lead, waiting, endorsement_form(act.now), giving)
    users = await users_of(act.session, lead.organisation_id)
    to = next(user for user in users if str(user.id) == giving.to.data)
    by = act.process(EndorsementAct.ASSIGN)
    await assign(act.session, lead, request_id, to, by=by)
    visit.flash(f"{to.name} shall answer")
    return Redirect(LIST, status_code=303)


async def _give_form(act: Acting, lead: OrganisationUser, sent: Any = None) -> GiveForm:
    form = GiveForm(sent)
    users = await users_of(act.session, lead.organisation_id)
    form.to.choices = [(str(user.id), user.name) for user in users]
    return form


async def _page(
    act: Acting,
    user: OrganisationUser,
    waiting: Invitation,
    form: forms.Form,
    giving: GiveForm | None = None,
) -> Template:
    if user.lead and giving is None:
        giving = await _give_form(act, user)
    return endorsement_page(
        "ask",
        waiting,
        giving if giving and giving.faults else form,
        address=_address(waiting),
        back=LIST,
        answers=form,
        giving=giving,
    )


def _decline_page(waiting: Invitation, form: forms.Form) -> Template:
    return endorsement_page("decline", waiting, form, address=_address(waiting))


def _address(waiting: Invitation) -> str:
    return f"{LIST}/{waiting.request.id}"


pages = [listed, ask, endorse, ask_to_opt_out, opt_out, give]
