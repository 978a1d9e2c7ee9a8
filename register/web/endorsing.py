"""The forms of an endorsement, which the holder of a link and the user of an organisation fill in alike."""

from typing import Any

from litestar.response import Template

from register.application.endorsement import (
    CannotBecause,
    Endorsed,
    Invitation,
    OptedOut,
    Towards,
)
from register.application.faults import FAR_AHEAD
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.web.outside import UNSEEN, anything_else, said_in


class EndorsementForm(forms.Form):
    started_on = forms.Date(
        "When did they start in this role with you, or when will they start?",
        what="the day they started or will start",
        latest=forms.days_after(FAR_AHEAD.days),
    )
    right_part = forms.YesNo(
        "Is this the right part of the register for their role?",
        what="this is the right part of the register for their role",
    )
    identity_seen = forms.YesNo(
        "Have you seen the originals of their identity documents?",
        what="you have seen the originals of their identity documents",
    )
    dbs_seen = forms.YesNo(
        "Have you seen their enhanced DBS certificate?",
        what="you have seen their enhanced DBS certificate",
    )
    declarations_checked = forms.YesNo(
        "Have you talked with them about what they declare of their record and conduct?",
        what="you have talked with them about what they declare",
    )
    qualification = forms.Radios(
        "Do they hold the qualification that the role needs?",
        what="whether they hold the qualification",
        choices=[(one, one) for one in Towards],
    )
    more = anything_else(
        "Is there anything else that we should know?", what="what else we should know"
    )
    name = forms.Name("Your full name")
    job = forms.Text("Your job title", longest=100)
    true = forms.Confirm(
        "I may speak for the employer, and what I have said is true to the best of my knowledge",
        missing="Confirm that you may speak for the employer and that what you have said is true",
    )

    @property
    def endorsed(self) -> Endorsed:
        return said_in(self, Endorsed)


class OptOutForm(forms.Form):
    because = forms.Radios(
        "Why do you not endorse the application?",
        what="why you do not endorse the application",
        choices=[(one, one) for one in CannotBecause],
    )
    details = anything_else(
        "Is there anything that we should know?", what="what we should know"
    )

    @property
    def opted_out(self) -> OptedOut:
        return OptedOut(
            because=CannotBecause(self.because.data), details=self.details.data or ""
        )


def endorsement_form(now: Any, sent: Any = None) -> EndorsementForm:
    return EndorsementForm(sent, today=day_of(now))


def endorsement_page(
    name: str, waiting: Invitation, form: forms.Form, *, address: str, **context: Any
) -> Template:
    return page(
        f"register/endorsements/{name}.html",
        headers=UNSEEN,
        application=waiting.application,
        due_on=waiting.request.due_on,
        address=address,
        form=form,
        **context,
    )
