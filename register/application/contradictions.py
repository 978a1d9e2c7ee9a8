"""Pairs of answers that exclude each other, in whichever section each was given."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

from register.application.answers import ApplicationForm, Eligibility, EmploymentHistory
from register.application.faults import Fault
from register.application.state import SectionName


class Side(NamedTuple):
    section: SectionName
    field: str
    holds: Callable[[Any, date], bool]
    """Whether these answers say so, on that day."""
    said: str
    """What they say, as it follows “you said that”."""


def _answered(section: SectionName, field: str, answer: bool, *, said: str) -> Side:
    return Side(
        section, field, lambda answers, _: getattr(answers, field) is answer, said
    )


def _in_post(answers: Eligibility, on: date) -> bool:
    return bool(answers.in_role and answers.started_on and answers.started_on <= on)


def _out_of_work(answers: EmploymentHistory, on: date) -> bool:
    return bool(answers.items) and all(
        post.until is not None and post.until < on for post in answers.items
    )


NEVER_ACTED_AGAINST = _answered(
    SectionName.REGISTRATIONS,
    "acted_against",
    False,
    said="no register or regulator has ever acted against you",
)

PAIRS = (
    (
        _answered(
            SectionName.ELIGIBILITY,
            "regulated_elsewhere",
            True,
            said="you are or were on another register",
        ),
        _answered(
            SectionName.REGISTRATIONS,
            "registered",
            False,
            said="you are on no other register and never were",
        ),
    ),
    (
        NEVER_ACTED_AGAINST,
        _answered(
            SectionName.CONDUCT,
            "prohibited",
            True,
            said="you have been prohibited or restricted",
        ),
    ),
    (
        NEVER_ACTED_AGAINST,
        _answered(
            SectionName.CONDUCT,
            "ofsted",
            True,
            said="Ofsted has refused or cancelled a registration of yours",
        ),
    ),
    (
        Side(
            SectionName.ELIGIBILITY,
            "in_role",
            _in_post,
            "you have begun in your role",
        ),
        Side(
            SectionName.EMPLOYMENT,
            "",
            _out_of_work,
            "you have left every job in your history",
        ),
    ),
)

TITLES = {
    SectionName.ELIGIBILITY: "Eligibility",
    SectionName.EMPLOYMENT: "Employment",
    SectionName.REGISTRATIONS: "Other registrations",
    SectionName.CONDUCT: "Conduct declaration",
}


def contradictions(
    form: ApplicationForm, section: SectionName, *, on: date
) -> Iterator[Fault]:
    """What the section says that another section excludes: either answer may be the one to change."""
    for first, second in PAIRS:
        for here, there in ((first, second), (second, first)):
            if here.section is section and _say(form, on, here, there):
                yield Fault(
                    here.field,
                    f"You said here that {here.said}, but in “{TITLES[there.section]}” that {there.said}:"
                    " change one of the two answers",
                )


def _say(form: ApplicationForm, on: date, *sides: Side) -> bool:
    told = [(side, form.of(side.section)) for side in sides]
    return all(
        answers is not None and side.holds(answers, on) for side, answers in told
    )
