"""What a referee sees: no account, one link for one reference, and nothing done before it is sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Controller, Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.application.references import (
    CannotBecause,
    Certainty,
    Declined,
    Given,
    Invitation,
    invitation,
)
from register.application.state import ReferenceAct
from register.by_link import LinkClosed, was_answered
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.kit.security.limits import REFERENCE
from register.process import Process
from register.request import RequestKind
from register.web.guards import PUBLIC
from register.web.needs import Form, Moment, Session
from register.web.outside import LONGEST, UNSEEN, anything_else, said_in

YES, NO = "yes", "no"


class ReferenceForm(forms.Form):
    known_as = forms.LongText(
        "How do you know them?", what="how you know them", longest=500
    )
    role = forms.Text(
        "What was their role when you knew them?", what="their role when you knew them"
    )
    known_since = forms.Date(
        "From when have you known them in that role?",
        what="the day from which you have known them",
        past=True,
    )
    still = forms.YesNo(
        "Are they still in that role?", what="they are still in that role"
    )
    known_until = forms.Date(
        "Until when?",
        what="the day until which you knew them",
        past=True,
        only_if=("still", NO),
    )
    reason_for_leaving = forms.LongText(
        "Why did they leave, as far as you know?",
        what="why they left",
        longest=1000,
        only_if=("still", NO),
    )
    certainty = forms.Radios(
        "Are these dates, and any reason for leaving, right?",
        what="how sure you are of the dates and the reason for leaving",
        choices=[(one, one) for one in Certainty],
    )
    unsuitable = forms.YesNo(
        "Do you know of any reason why they should not work with children?",
        what="you know of any reason why they should not work with children",
    )
    unsuitable_details = forms.LongText(
        "What is the reason?",
        what="what the reason is",
        longest=LONGEST,
        only_if=("unsuitable", YES),
    )
    concerns = forms.YesNo(
        "Has there been any concern about their conduct, or about the safety of a child in their care?",
        what="there has been any concern about their conduct or the safety of a child",
    )
    concerns_details = forms.LongText(
        "What was the concern, and what came of it?",
        what="what the concern was and what came of it",
        longest=LONGEST,
        only_if=("concerns", YES),
    )
    again = forms.YesNo(
        "Would you employ them, or work with them, again?",
        what="you would employ them or work with them again",
    )
    again_details = forms.LongText(
        "Why not?",
        what="why you would not",
        longest=LONGEST,
        only_if=("again", NO),
    )
    more = anything_else(
        "Is there anything else that we should know?", what="what else we should know"
    )
    name = forms.Name("Your full name")
    job = forms.Text("Your job title", longest=100)
    true = forms.Confirm(
        "What I have said is true to the best of my knowledge",
        missing="Confirm that what you have said is true",
    )

    def validate(
        self, extra_validators: Mapping[str, Sequence[Any]] | None = None
    ) -> bool:
        """They were known from a day until a later one."""
        sound = super().validate(extra_validators)
        since, until = self.known_since.data, self.known_until.data
        if since and until and until < since:
            self.add_error(
                "known_until",
                f"The day until which you knew them must be on or after {forms.written(since)}",
            )
            return False
        return sound

    @property
    def given(self) -> Given:
        return said_in(self, Given)


class DeclineForm(forms.Form):
    because = forms.Radios(
        "Why can you not give a reference?",
        what="why you cannot give a reference",
        choices=[(one, one) for one in CannotBecause],
    )
    details = anything_else(
        "Is there anything that we should know?", what="what we should know"
    )


def closed(_: Request[Any, Any, Any], error: LinkClosed) -> Template:
    return page("register/references/closed.html", status=410, why=error.why)


def unknown(_: Request[Any, Any, Any], __: NotFound) -> Template:
    return page("register/references/unknown.html", status=404)


class ReferencePages(Controller):
    """A mail scanner that follows the link does nothing: only a POST answers. Whoever else is signed in at the same
    browser, it is the referee who acts.
    """

    path = "/references/{token:str}"
    exception_handlers = {LinkClosed: closed, NotFound: unknown}

    @get(access=PUBLIC)
    async def ask(
        self, session: Session, token: FromPath[str], now: Moment
    ) -> Template:
        invited = await invitation(session, token, now=now)
        return reference_page("ask", invited, token, ReferenceForm(today=day_of(now)))

    @post(access=PUBLIC, limit=REFERENCE)
    async def give(
        self, session: Session, form: Form, token: FromPath[str], now: Moment
    ) -> Template | Redirect:
        invited = await invitation(session, token, now=now, lock=True)
        answers = ReferenceForm(form, today=day_of(now))
        if not answers.validate():
            return reference_page("ask", invited, token, answers)
        by = Process.begin(session, ReferenceAct.GIVE, now=now)
        await invited.give(session, answers.given, by=by)
        return Redirect(f"/references/{token}/sent", status_code=303)

    @get("/decline", access=PUBLIC)
    async def ask_why(
        self, session: Session, token: FromPath[str], now: Moment
    ) -> Template:
        invited = await invitation(session, token, now=now)
        return reference_page("decline", invited, token, DeclineForm())

    @post("/decline", access=PUBLIC, limit=REFERENCE)
    async def decline(
        self, session: Session, form: Form, token: FromPath[str], now: Moment
    ) -> Template | Redirect:
        invited = await invitation(session, token, now=now, lock=True)
        answers = DeclineForm(form)
        if not answers.validate():
            return reference_page("decline", invited, token, answers)
        said = Declined(
            because=CannotBecause(answers.because.data), details=answers.details.data
        )
        by = Process.begin(session, ReferenceAct.DECLINE, now=now)
        await invited.decline(session, said, by=by)
        return Redirect(f"/references/{token}/sent", status_code=303)

    @get("/sent", access=PUBLIC)
    async def sent(
        self, session: Session, token: FromPath[str], now: Moment
    ) -> Template | Redirect:
        if not await was_answered(session, RequestKind.REFERENCE, token, now=now):
            return Redirect(f"/references/{token}", status_code=303)
        return page("register/references/sent.html", headers=UNSEEN)


def reference_page(
    name: str, invited: Invitation, token: str, form: forms.Form
) -> Template:
    return page(
        f"register/references/{name}.html",
        headers=UNSEEN,
        application=invited.application,
        due_on=invited.request.due_on,
        address=f"/references/{token}",
        form=form,
    )


pages = [ReferencePages]
