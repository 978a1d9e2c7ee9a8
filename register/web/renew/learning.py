"""The fourth step: the learning of the year that ends."""

from litestar import get, post
from litestar.response import Redirect, Template

from register.cpd import standing
from register.kit import forms
from register.kit.pages import page
from register.renewal import RenewalAct, RenewalStep
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting, Form
from register.web.renew.own import HOME, Own, onward, own_step

ADDRESS = f"{HOME}/learning"


class LearningForm(forms.Form):
    done = forms.Confirm(
        "My records are true, and I have finished those that count for this year",
        missing="Confirm that your records are true and finished",
    )


@get(ADDRESS, access=SIGNED_IN)
async def ask(act: Act) -> Template | Redirect:
    own = await own_step(act, RenewalStep.LEARNING)
    if isinstance(own, Redirect):
        return own
    done = own.renewal.learning_at is not None
    return await _page(act, own, LearningForm(data={"done": done}))


@post(ADDRESS, access=SIGNED_IN)
async def confirm(act: Act, form: Form) -> Template | Redirect:
    own = await own_step(act, RenewalStep.LEARNING, lock=True)
    if isinstance(own, Redirect):
        return own
    answers = LearningForm(form)
    answers.validate()
    if await own.renewal.learning_missing(act.session, now=act.now):
        answers.add_error("", "Record the learning that is still missing first")
    if answers.faults:
        return await _page(act, own, answers)
    by = act.process(RenewalAct.CONFIRM)
    await own.renewal.confirm(act.session, RenewalStep.LEARNING, by=by)
    return onward()


async def _page(act: Acting, own: Own, form: LearningForm) -> Template:
    year_end = own.renewal.ends_on
    return page(
        "register/renew/learning.html",
        form=form,
        stands=await standing(
            act.session, own.person.id, year_end=year_end, now=act.now
        ),
    )


pages = [ask, confirm]
