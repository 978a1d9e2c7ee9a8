"""The renewal as a whole: what is done, what is left, and all of it to check before the payment."""

from litestar import get
from litestar.response import Redirect, Template

from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.particulars import contact_of, posts_of
from register.person import Person
from register.renewal import RenewalStep, answers_of, extensions_of
from register.web.apply.own import told
from register.web.guards import SIGNED_IN
from register.web.needs import Act
from register.web.renew.own import HOME, own_standing


@get(HOME, access=SIGNED_IN)
async def tasks(act: Act) -> Template:
    found = await own_standing(act)
    renewal = found.renewal if found else None
    return page(
        "register/renew/tasks.html",
        standing=found,
        renewal=renewal,
        today=day_of(act.now),
        steps=[(step, renewal.done_at(step)) for step in renewal.steps]
        if renewal
        else [],
        extensions=await extensions_of(act.session, renewal.id) if renewal else [],
    )


@get(f"{HOME}/check", access=SIGNED_IN)
async def check(act: Act) -> Template | Redirect:
    found = await own_standing(act)
    if found is None or found.renewal is None:
        raise NotFound
    if not found.state.may_act:
        return Redirect(HOME, status_code=303)
    renewal = found.renewal
    answers = await answers_of(act.session, renewal)
    return page(
        "register/renew/check.html",
        standing=found,
        renewal=renewal,
        person=await act.session.get_one(Person, renewal.person_id),
        contact=await contact_of(act.session, renewal.person_id),
        posts=await posts_of(act.session, renewal.person_id),
        now=act.now,
        answers={section: told(said) for section, said in answers.items()},
        left=[step for step in found.left if step is not RenewalStep.PAYMENT],
    )


pages = [tasks, check]
