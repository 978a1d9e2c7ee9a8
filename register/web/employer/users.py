"""Who acts for a provider: lead users invite others, end their access, and pass on the lead."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.kit import forms
from register.kit.errors import NotFound
from register.kit.pages import page
from register.organisation import (
    OrganisationAct,
    OrganisationUser,
    UserInvitation,
    invitations_of,
    users_of,
)
from register.web.employer.acting import acting_lead
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting, Form, Visit

USERS = "/employer/users"


class InviteForm(forms.Form):
    name = forms.Name("Their full name", what="their full name")
    email = forms.Email("Their work email address", what="their work email address")


@get(USERS, access=SIGNED_IN)
async def listed(act: Act) -> Template:
    return await _page(act, await acting_lead(act), InviteForm())


@post(USERS, access=SIGNED_IN)
async def invite(act: Act, form: Form, visit: Visit) -> Redirect | Template:
    lead = await acting_lead(act)
    answers = InviteForm(form)
    if not answers.validate():
        return await _page(act, lead, answers)
    await UserInvitation.send(
        act.session,
        lead.organisation,
        name=answers.name.data,
        email=answers.email.data,
        by=act.process(OrganisationAct.INVITE),
    )
    visit.flash(f"We have sent an invitation to {answers.email.data}")
    return _back()


@post(f"{USERS}/{{user_id:uuid}}/end", access=SIGNED_IN)
async def end(act: Act, visit: Visit, user_id: FromPath[UUID]) -> Redirect:
    lead = await acting_lead(act)
    user = await _user(act, lead, user_id)
    await user.end(act.session, by=act.process(OrganisationAct.END_USER))
    visit.flash(f"{user.name} no longer acts for you")
    return _back() if user.id != lead.id else Redirect("/account", status_code=303)


@post(f"{USERS}/{{user_id:uuid}}/lead", access=SIGNED_IN)
async def pass_lead(act: Act, visit: Visit, user_id: FromPath[UUID]) -> Redirect:
    lead = await acting_lead(act)
    user = await _user(act, lead, user_id)
    by = act.process(OrganisationAct.PASS_LEAD)
    await lead.pass_lead(act.session, user, by=by)
    visit.flash(f"{user.name} is a lead user now, and you are an additional user")
    return Redirect("/employer", status_code=303)


@post(
    "/employer/invitations/{invitation_id:uuid}/withdrawal",
    access=SIGNED_IN,
)
async def take_back(act: Act, visit: Visit, invitation_id: FromPath[UUID]) -> Redirect:
    lead = await acting_lead(act)
    sent = await invitations_of(act.session, lead.organisation, now=act.now)
    invitation = next((one for one in sent if one.id == invitation_id), None)
    if invitation is None:
        raise NotFound
    invitation.take_back(by=act.process(OrganisationAct.TAKE_BACK))
    visit.flash(f"The invitation to {invitation.name} is taken back")
    return _back()


async def _user(act: Acting, lead: OrganisationUser, user_id: UUID) -> OrganisationUser:
    """One of the lead's own organisation; raises NotFound."""
    for user in await users_of(act.session, lead.organisation_id):
        if user.id == user_id:
            return user
    raise NotFound


async def _page(act: Acting, lead: OrganisationUser, form: InviteForm) -> Template:
    return page(
        "register/employer/users.html",
        lead=lead,
        users=await users_of(act.session, lead.organisation_id),
        invitations=await invitations_of(act.session, lead.organisation, now=act.now),
        form=form,
    )


def _back() -> Redirect:
    return Redirect(USERS, status_code=303)


pages = [listed, invite, end, pass_lead, take_back]
