"""Taking back an approval that has been paid for, where the last check finds somebody who may not join."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.application import Move
from register.assessment import AssessmentAct, lock_unchanged, propose_reopening
from register.kit import forms
from register.web.applications.overtaken import Stamped
from register.web.applications.record import (
    Opened,
    application_page,
    open_application,
)
from register.web.casework import WATCHERS
from register.web.needs import Act, Form, Session, Visit


class ReopeningForm(Stamped):
    words = forms.LongText(
        "What is to be looked at again",
        what="what is to be looked at again",
        hint="Every caseworker can read this. Say nothing about the watch list.",
        longest=2000,
    )


@get("/{reference:str}/approval", access=WATCHERS)
async def ask(session: Session, act: Act, reference: FromPath[str]) -> Template:
    opened = await open_application(session, act, reference)
    opened.application.must_allow(Move.REOPEN)
    return reopening_page(opened, ReopeningForm.showing(opened.seen))


@post("/{reference:str}/approval", access=WATCHERS)
async def propose(
    session: Session, act: Act, form: Form, visit: Visit, reference: FromPath[str]
) -> Redirect | Template:
    opened = await open_application(session, act, reference)
    answers = ReopeningForm(form)
    if not answers.validate():
        return reopening_page(opened, answers)
    words = answers.words.data
    await lock_unchanged(session, opened.application, seen=answers.seen, words=words)
    await propose_reopening(
        session,
        opened.application,
        words=words,
        proposer=act.account,
        by=act.process(AssessmentAct.PROPOSE_REOPENING),
    )
    visit.flash("Your proposal waits for a second person")
    return Redirect(f"/staff/applications/{reference}", status_code=303)


def reopening_page(opened: Opened, form: ReopeningForm) -> Template:
    return application_page("approval", opened, form=form)


pages = [ask, propose]
