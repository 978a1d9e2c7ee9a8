"""Taking an application, or giving it to a caseworker."""

from collections.abc import Sequence
from typing import Self
from uuid import UUID

from litestar import post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.account import Account
from register.application import Application
from register.assessment import (
    AssessmentAct,
    application_for,
    assign,
    caseworkers,
    lock_unchanged,
    may_assess,
    seen_now,
)
from register.kit import forms
from register.kit.pages import page
from register.web.applications.overtaken import Stamped
from register.web.casework import GIVERS
from register.web.needs import Act, Form, Session, Visit


class GiveForm(Stamped):
    to = forms.Select(
        "Give to", what="a caseworker", blank_choice="Choose a caseworker"
    )

    @classmethod
    def offering(cls, people: Sequence[Account], application: Application) -> Self:
        form = cls(data={"to": str(application.assigned_to_id or "")})
        form.to.choices = [(str(person.id), person.name) for person in people]
        return form


@post("/{reference:str}/assignment", access=GIVERS)
async def give(
    session: Session, act: Act, form: Form, visit: Visit, reference: FromPath[str]
) -> Redirect | Template:
    application = await application_for(session, act.account, reference)
    offered = {
        c.id: c for c in await caseworkers(session) if may_assess(application, c)
    }
    answers = GiveForm(form)
    answers.to.choices = [(str(key), account.name) for key, account in offered.items()]
    if not answers.validate():
        return page(
            "register/applications/give.html",
            form=answers,
            application=application,
            seen=await seen_now(session, application),
        )
    await lock_unchanged(session, application, seen=answers.seen)
    to = offered[UUID(answers.to.data)]
    by = act.process(AssessmentAct.ASSIGN)
    await assign(session, application, to=to, giver=act.account, by=by)
    visit.flash(f"Application {reference} is with {to.name} now")
    return Redirect(f"/staff/applications/{reference}", status_code=303)


pages = [give]
