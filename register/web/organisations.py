"""Accounts of providers, as staff open and end them."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.account import Account
from register.application.endorsement import end_account
from register.employment import Home, Provider, home_by_urn
from register.kit import forms
from register.kit.errors import NotFound
from register.kit.pages import page
from register.organisation import (
    Organisation,
    OrganisationAct,
    invitations_of,
    invite_lead,
    organisation_for,
    organisations,
    users_of,
)
from register.proposal import Proposal, waiting_on, why_returned
from register.web.casework import APPROVERS, OFFICERS, READERS
from register.web.needs import Act, Acting, Form, Session, Visit
from register.web.paging import after_of
from register.web.returning import ReturnForm

LIST = "/staff/organisations"
ONE = f"{LIST}/{{organisation_id:uuid}}"


class AddForm(forms.Form):
    urn = forms.Text(
        "Ofsted number (URN) of one of the provider’s homes",
        what="the URN of one of the provider’s homes",
        longest=20,
    )
    lead_name = forms.Name(
        "Full name of the first lead user", what="the name of the first lead user"
    )
    lead_email = forms.Email(
        "Their work email address", what="their work email address"
    )


class EndForm(forms.Form):
    words = forms.LongText(
        "Why the account is ended",
        what="why the account is ended",
        hint="Staff read this, and nobody outside.",
        longest=2000,
    )


@get(LIST, access=READERS)
async def listed(
    request: Request[Any, Any, Any], session: Session, act: Act
) -> Template:
    after = after_of(request)
    found = await organisations(session, after=after)
    return page(
        "register/organisations/list.html",
        rows=found.rows,
        may_add=act.viewer.has(*OFFICERS.roles),
        first=LIST if after else "",
        onward=f"{LIST}?after={found.next}" if found.next else "",
    )


@get(f"{LIST}/add", access=OFFICERS)
async def ask() -> Template:
    return page("register/organisations/add.html", form=AddForm())


@post(f"{LIST}/add", access=OFFICERS)
async def add(act: Act, form: Form, visit: Visit) -> Redirect | Template:
    answers = AddForm(form)
    home = await _home(act, answers) if answers.validate() else None
    if home is None:
        return page("register/organisations/add.html", form=answers)
    organisation = await Organisation.propose(
        act.session,
        await act.session.get_one(Provider, home.provider_id),
        lead_name=answers.lead_name.data,
        lead_email=answers.lead_email.data,
        proposer=act.account,
        by=act.process(OrganisationAct.PROPOSE),
    )
    visit.flash("Your proposal waits for a second person")
    return _back(organisation)


async def _home(act: Acting, answers: AddForm) -> Home | None:
    home = await home_by_urn(act.session, answers.urn.data)
    if home is None:
        answers.add_error("urn", "No home in Ofsted’s list has this URN")
    return home


@get(ONE, access=READERS)
async def one(act: Act, organisation_id: FromPath[UUID]) -> Template:
    return await _page(act, await organisation_for(act.session, organisation_id))


@post(f"{ONE}/approval", access=APPROVERS)
async def approve(act: Act, visit: Visit, organisation_id: FromPath[UUID]) -> Redirect:
    organisation, waiting = await _waiting(act, organisation_id)
    by = act.process(OrganisationAct.OPEN)
    await waiting.approve(act.session, approver=act.account, by=by)
    visit.flash(f"The account is open, and {organisation.lead_name} is invited")
    return _back(organisation)


@post(f"{ONE}/return", access=APPROVERS)
async def send_back(
    act: Act, form: Form, visit: Visit, organisation_id: FromPath[UUID]
) -> Redirect | Template:
    organisation, waiting = await _waiting(act, organisation_id)
    answers = ReturnForm(form)
    if not answers.validate():
        return await _page(act, organisation, returning=answers)
    organisation.send_back(
        waiting,
        words=answers.words.data,
        approver=act.account,
        by=act.process(OrganisationAct.RETURN),
    )
    visit.flash("The proposal is back with who made it")
    return _back(organisation)


@post(f"{ONE}/invitation", access=OFFICERS)
async def invite_again(
    act: Act, visit: Visit, organisation_id: FromPath[UUID]
) -> Redirect:
    organisation = await organisation_for(act.session, organisation_id, lock=True)
    by = act.process(OrganisationAct.INVITE)
    await invite_lead(act.session, organisation, by=by)
    visit.flash(f"{organisation.lead_name} is invited again")
    return _back(organisation)


@post(f"{ONE}/end", access=APPROVERS)
async def end(
    act: Act, form: Form, visit: Visit, organisation_id: FromPath[UUID]
) -> Redirect | Template:
    organisation = await organisation_for(act.session, organisation_id, lock=True)
    answers = EndForm(form)
    if not answers.validate():
        return await _page(act, organisation, ending=answers)
    by = act.process(OrganisationAct.END)
    await end_account(act.session, organisation, because=answers.words.data, by=by)
    visit.flash("The account is ended: nobody acts for this provider now")
    return _back(organisation)


async def _waiting(act: Acting, organisation_id: UUID) -> tuple[Organisation, Proposal]:
    organisation = await organisation_for(act.session, organisation_id, lock=True)
    waiting = await waiting_on(act.session, organisation.about)
    if waiting is None:
        raise NotFound
    return organisation, waiting


async def _page(
    act: Acting,
    organisation: Organisation,
    *,
    returning: ReturnForm | None = None,
    ending: EndForm | None = None,
) -> Template:
    waiting = await waiting_on(act.session, organisation.about)
    users = await users_of(act.session, organisation.id)
    return page(
        "register/organisations/one.html",
        organisation=organisation,
        users=users,
        invitations=await invitations_of(act.session, organisation, now=act.now),
        waiting=waiting,
        proposer=await act.session.get_one(Account, waiting.proposer_id)
        if waiting
        else None,
        why_not=waiting.why_not(act.account) if waiting else None,
        returned=await why_returned(act.session, organisation.about),
        may_invite=organisation.open and not users and act.viewer.has(*OFFICERS.roles),
        may_end=organisation.open and act.viewer.has(*APPROVERS.roles),
        form=returning or ending,
        returning=returning or ReturnForm(),
        ending=ending or EndForm(),
    )


def _back(organisation: Organisation) -> Redirect:
    return Redirect(f"{LIST}/{organisation.id}", status_code=303)


pages = [listed, ask, add, one, approve, send_back, invite_again, end]
