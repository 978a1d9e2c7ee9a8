"""Posts that people say they hold at a provider's homes, for a lead user to confirm or deny."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.kit import forms
from register.kit.pages import page
from register.organisation import OrganisationAct, Told, posts_to_confirm, tell_of_post
from register.web.employer.acting import acting_lead
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting, Form, Visit


class ToldForm(forms.Form):
    told = forms.Radios(
        "Do they work here?",
        what="whether they work here",
        choices=[(told, told) for told in Told],
    )


@get("/employer/posts", access=SIGNED_IN)
async def listed(act: Act) -> Template:
    return await _page(act)


@post("/employer/posts/{employment_id:uuid}", access=SIGNED_IN)
async def tell(
    act: Act, form: Form, visit: Visit, employment_id: FromPath[UUID]
) -> Redirect | Template:
    user = await acting_lead(act)
    answers = ToldForm(form)
    if not answers.validate():
        return await _page(act, answers)
    by = act.process(OrganisationAct.TELL_OF_POST)
    await tell_of_post(
        act.session, user.organisation, employment_id, Told(answers.told.data), by=by
    )
    visit.flash("Thank you. We have your answer")
    return Redirect("/employer/posts", status_code=303)


async def _page(act: Acting, form: ToldForm | None = None) -> Template:
    user = await acting_lead(act)
    return page(
        "register/employer/posts.html",
        posts=await posts_to_confirm(act.session, user.organisation, now=act.now),
        form=form,
    )


pages = [listed, tell]
