"""The page for an act that came second: what changed meanwhile, and what the officer had written."""

from http import HTTPStatus
from typing import Any, Self

from litestar import Request
from litestar.response import Template

from register.assessment import Overtaken, Seen
from register.kit import forms
from register.kit.pages import page
from register.web.timelines import line_of

LARGEST = 2**53


class Stamped(forms.Form):
    """A form that carries what its page showed, so that nobody decides on what they have not seen."""

    version = forms.Number(
        "This page",
        highest=LARGEST,
        missing="This page is out of date. Open it again",
    )
    latest = forms.Number(
        "This page",
        highest=LARGEST,
        missing="This page is out of date. Open it again",
    )

    @property
    def seen(self) -> Seen:
        return Seen(self.version.data, self.latest.data)

    @classmethod
    def showing(cls, seen: Seen, **options: Any) -> Self:
        return cls(data={"version": seen.version, "latest": seen.latest}, **options)


def overtaken(_: Request[Any, Any, Any], error: Overtaken) -> Template:
    return page(
        "register/applications/overtaken.html",
        status=HTTPStatus.CONFLICT,
        sentence=str(error),
        reference=error.reference,
        words=error.words,
        changes=[
            line_of(change.kind, change.at, change.who, change.facts)
            for change in error.changes
        ],
    )
