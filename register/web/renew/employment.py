"""The second step: each post that we know of, still held or ended, and those that we do not know of."""

from collections.abc import Sequence
from typing import Any

from litestar import get, post
from litestar.response import Redirect, Template

from register.employment import Employment
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.particulars import end_post, posts_of
from register.renewal import RenewalAct, RenewalEvent, RenewalStep
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting, Form
from register.web.renew.own import HOME, Own, onward, own_step

ADDRESS = f"{HOME}/employment"
MOST_DAYS = 366


def form_for(posts: Sequence[Employment]) -> type[forms.Form]:
    """With the questions of each post."""
    fields: dict[str, Any] = {}
    for post_held in posts:
        held = f"held_{post_held.id.hex}"
        where = f"{post_held.role}, {post_held.employer}"
        fields[held] = forms.YesNo(
            "Do you still hold this post?", what=f"you still hold the post “{where}”"
        )
        fields[f"last_day_{post_held.id.hex}"] = forms.Date(
            "What was, or will be, your last day?",
            what=f"your last day in the post “{where}”",
            earliest=post_held.started_on,
            latest=forms.days_after(MOST_DAYS),
            only_if=(held, "no"),
        )
        fields[f"because_{post_held.id.hex}"] = forms.LongText(
            "Why does it end?",
            longest=1000,
            what=f"why the post “{where}” ends",
            only_if=(held, "no"),
        )
    fields["all"] = forms.Confirm(
        "There is no other post of mine that you do not know of",
        missing="Confirm that you have told us of every post, or tell us of the others first",
    )
    return type("EmploymentForm", (forms.Form,), fields)


@get(ADDRESS, access=SIGNED_IN)
async def ask(act: Act) -> Template | Redirect:
    own = await own_step(act, RenewalStep.EMPLOYMENT)
    if isinstance(own, Redirect):
        return own
    posts = await _held(act, own)
    done = own.renewal.employment_at is not None
    known = {f"held_{one.id.hex}": True for one in posts} | {"all": True}
    form = form_for(posts)(data=known if done else {}, today=day_of(act.now))
    return _page(posts, form)


@post(ADDRESS, access=SIGNED_IN)
async def confirm(act: Act, form: Form) -> Template | Redirect:
    own = await own_step(act, RenewalStep.EMPLOYMENT, lock=True)
    if isinstance(own, Redirect):
        return own
    posts = await _held(act, own)
    answers = form_for(posts)(form, today=day_of(act.now))
    if not answers.validate():
        return _page(posts, answers)
    by = act.process(RenewalAct.CONFIRM)
    for one in posts:
        if answers[f"held_{one.id.hex}"].data:
            by.tell(
                RenewalEvent.POST_CONFIRMED,
                person_id=own.person.id,
                renewal=own.renewal.id,
                employment=one.id,
            )
        else:
            await end_post(
                act.session,
                one,
                on=answers[f"last_day_{one.id.hex}"].data,
                because=answers[f"because_{one.id.hex}"].data,
                by=by,
            )
    await own.renewal.confirm(act.session, RenewalStep.EMPLOYMENT, by=by)
    return onward()


async def _held(act: Acting, own: Own) -> list[Employment]:
    """Those of which no end is known."""
    found = await posts_of(act.session, own.person.id)
    return [one for one in found if one.valid.upper is None]


def _page(posts: Sequence[Employment], form: forms.Form) -> Template:
    return page("register/renew/employment.html", form=form, posts=posts)


pages = [ask, confirm]
