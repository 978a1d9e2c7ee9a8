"""The first step: name and contact as we hold them, confirmed or changed."""

from litestar import get, post
from litestar.response import Redirect, Template

from register.kit import forms
from register.kit.pages import page
from register.particulars import changes_of, contact_of
from register.renewal import RenewalAct, RenewalStep
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting, Form
from register.web.renew.own import HOME, Own, onward, own_step

ADDRESS = f"{HOME}/details"


class DetailsForm(forms.Form):
    right = forms.Confirm(
        "My name is right, and you can reach me in this way",
        missing="Confirm that your details are right, or change them first",
    )


@get(ADDRESS, access=SIGNED_IN)
async def ask(act: Act) -> Template | Redirect:
    own = await own_step(act, RenewalStep.DETAILS)
    if isinstance(own, Redirect):
        return own
    done = own.renewal.details_at is not None
    return await _page(act, own, DetailsForm(data={"right": done}))


@post(ADDRESS, access=SIGNED_IN)
async def confirm(act: Act, form: Form) -> Template | Redirect:
    own = await own_step(act, RenewalStep.DETAILS, lock=True)
    if isinstance(own, Redirect):
        return own
    answers = DetailsForm(form)
    answers.validate()
    if not await contact_of(act.session, own.person.id):
        answers.add_error("", "Tell us how we can reach you")
    if answers.faults:
        return await _page(act, own, answers)
    by = act.process(RenewalAct.CONFIRM)
    await own.renewal.confirm(act.session, RenewalStep.DETAILS, by=by)
    return onward()


async def _page(act: Acting, own: Own, form: DetailsForm) -> Template:
    return page(
        "register/renew/details.html",
        form=form,
        person=own.person,
        account=act.account,
        contact=await contact_of(act.session, own.person.id),
        asked={
            change.kind
            for change in await changes_of(act.session, own.person.id)
            if change.open
        },
    )


pages = [ask, confirm]
