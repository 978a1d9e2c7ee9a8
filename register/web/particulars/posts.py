"""Where somebody works: a post begun, or ended."""

from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.application.answers import Post
from register.employment import Employment
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.particulars import ParticularsAct, begin_post, end_post, post_of
from register.web.apply.items import OTHER, WorkForm
from register.web.apply.own import answers_from, find_home, of_home
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Form, Visit
from register.web.particulars.own import own_here

MOST_DAYS = 366


class BeginForm(WorkForm):
    since = forms.Date(
        "When did you start, or when will you start?",
        what="the day you started or will start",
        latest=forms.days_after(MOST_DAYS),
    )


class EndForm(forms.Form):
    last_day = forms.Date(
        "What was, or will be, your last day?",
        what="your last day",
        latest=forms.days_after(MOST_DAYS),
    )
    because = forms.LongText("Why does it end?", longest=1000, what="why it ends")


@get("/particulars/employment", access=SIGNED_IN)
async def ask(act: Act) -> Template:
    await own_here(act)
    return _begin_page(BeginForm(today=day_of(act.now)))


def _begin_page(form: BeginForm) -> Template:
    return page("register/particulars/begin_post.html", form=form)


@post("/particulars/employment", access=SIGNED_IN)
async def begin(act: Act, form: Form, visit: Visit) -> Redirect | Template:
    person = await own_here(act, lock=True)
    answers = BeginForm(form, today=day_of(act.now))
    sound = answers.validate()
    home = await find_home(act.session, answers)
    if not sound or answers.faults:
        return _begin_page(answers)
    part = None if answers.part.data == OTHER else answers.part.data
    told = answers_from(
        answers, Post, **of_home(answers, home) | {"id": uuid4(), "part": part}
    )
    by = act.process(ParticularsAct.BEGIN_POST)
    await begin_post(act.session, person, told, by=by)
    visit.flash("We have recorded where you work")
    return Redirect("/particulars", status_code=303)


@get("/particulars/employment/{post_id:uuid}", access=SIGNED_IN)
async def ask_end(act: Act, post_id: FromPath[UUID]) -> Template:
    found = await post_of(act.session, await own_here(act), post_id)
    return _end_page(found, EndForm(today=day_of(act.now)))


def _end_page(found: Employment, form: EndForm) -> Template:
    return page("register/particulars/end_post.html", post=found, form=form)


@post("/particulars/employment/{post_id:uuid}", access=SIGNED_IN)
async def end(
    act: Act, form: Form, visit: Visit, post_id: FromPath[UUID]
) -> Redirect | Template:
    found = await post_of(act.session, await own_here(act, lock=True), post_id)
    answers = EndForm(form, today=day_of(act.now))
    if not answers.validate():
        return _end_page(found, answers)
    if answers.last_day.data < found.started_on:
        answers.add_error(
            "last_day", "Your last day must be the day you started or after it"
        )
        return _end_page(found, answers)
    await end_post(
        act.session,
        found,
        on=answers.last_day.data,
        because=answers.because.data,
        by=act.process(ParticularsAct.END_POST),
    )
    visit.flash("We have recorded that this post ends")
    return Redirect("/particulars", status_code=303)


pages = [ask, begin, ask_end, end]
