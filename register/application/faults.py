"""What cannot be true in an answer: days out of order, before birth or still to come, numbers that nobody issues."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import singledispatch
from typing import Any, NamedTuple

from register.application.answers import (
    Address,
    Conduct,
    Criminal,
    Dbs,
    Eligibility,
    EmploymentHistory,
    Endorser,
    English,
    Health,
    HeldQualification,
    Identity,
    OtherRegistrations,
    Post,
    Proof,
    Referee,
    Skills,
)
from register.application.formats import DBS_NUMBER, ULN
from register.kit.clock import months_after
from register.kit.forms import written
from register.kit.forms.field import in_a_sentence
from register.part import Part
from register.rule_set import Rules

FAR_AHEAD = timedelta(days=366)
"""The longest time before a post begins, or after an award, that is worth applying for."""


class Fault(NamedTuple):
    """The answer that is wrong, and the sentence that says what to do."""

    field: str
    sentence: str


class Facts(NamedTuple):
    """What an answer is measured by: the day, the rules, and what the applicant has said elsewhere."""

    on: date
    part: Part
    rules: Rules
    birth_date: date | None = None
    email: str = ""
    referees: tuple[Referee, ...] = ()
    """The referees already named, other than the one that is looked at."""


@singledispatch
def faults(answers: Any, facts: Facts) -> Iterator[Fault]:  # noqa: ARG001 - the answers without rules of their own
    """What is wrong with a section's answers, or with one of its items."""
    yield from ()


@faults.register
def _(answers: Eligibility, facts: Facts) -> Iterator[Fault]:
    if not answers.in_role:
        return
    if facts.part is Part.MANAGER and not answers.managing_as:
        yield Fault("managing_as", "Select what you manage as")
    if not answers.started_on:
        yield Fault("started_on", "Enter the day you started or will start")
    elif answers.started_on > facts.on + FAR_AHEAD:
        yield Fault("started_on", "The day you start must be within the next 12 months")
    elif _before_birth(answers.started_on, facts):
        yield Fault(
            "started_on", "The day you started must be after your date of birth"
        )


@faults.register
def _(answers: Identity, facts: Facts) -> Iterator[Fault]:
    years = facts.rules.minimum_age_years
    if answers.birth_date > facts.on:
        yield Fault("birth_date", "Date of birth must be in the past")
    elif months_after(answers.birth_date, 12 * years) > facts.on:
        yield Fault("birth_date", f"You must be {years} or older to apply")
    elif answers.birth_date.year < facts.on.year - OLDEST:
        yield Fault("birth_date", "Check the year of your date of birth")


OLDEST = 110


@faults.register
def _(answers: Address, facts: Facts) -> Iterator[Fault]:
    yield from _past_span(
        facts,
        since=("since", answers.since, "The day you moved in"),
        until=("until", answers.until, "The day you moved out"),
    )


@faults.register
def _(answers: HeldQualification, facts: Facts) -> Iterator[Fault]:
    if answers.learner_number and not ULN.fullmatch(answers.learner_number):
        yield Fault("learner_number", "Unique Learner Number must be 10 numbers")
    if answers.proof is Proof.PORTFOLIO:
        return
    if not answers.awarded:
        yield from _enrolment(answers, facts)
        return
    if not answers.awarded_on:
        yield Fault("awarded_on", "Enter the day it was awarded")
    else:
        yield from _past(
            "awarded_on", answers.awarded_on, "The day it was awarded", facts
        )
    if not answers.proof:
        yield Fault("proof", "Select how we can check it")


def _enrolment(answers: HeldQualification, facts: Facts) -> Iterator[Fault]:
    if not answers.enrolled_on:
        yield Fault("enrolled_on", "Enter the day you enrolled")
    else:
        yield from _past(
            "enrolled_on", answers.enrolled_on, "The day you enrolled", facts
        )
    if not answers.expected_on:
        yield Fault("expected_on", "Enter the day you expect to finish")
    elif answers.enrolled_on and answers.expected_on <= answers.enrolled_on:
        yield Fault(
            "expected_on",
            "The day you expect to finish must be after the day you enrolled",
        )
    elif answers.expected_on < facts.on:
        yield Fault(
            "expected_on", "The day you expect to finish must be today or in the future"
        )


@faults.register
def _(answers: Post, facts: Facts) -> Iterator[Fault]:
    yield from _past_span(
        facts,
        since=("since", answers.since, "The day you started"),
        until=("until", answers.until, "The day you left"),
    )
    if answers.until and not answers.reason_for_leaving:
        yield Fault("reason_for_leaving", "Enter why you left")


@faults.register
def _(answers: EmploymentHistory, facts: Facts) -> Iterator[Fault]:
    if answers.left_education_on:
        yield from _past(
            "left_education_on",
            answers.left_education_on,
            "The day you left education",
            facts,
        )


@faults.register
def _(answers: Skills, facts: Facts) -> Iterator[Fault]:  # noqa: ARG001 - one shape for all
    if answers.practice_hours < 0:
        yield Fault("practice_hours", "Hours of practice must be 0 or more")
    if not answers.learning:
        yield Fault("learning", "Enter what you did to keep your skills up to date")


@faults.register
def _(answers: OtherRegistrations, facts: Facts) -> Iterator[Fault]:  # noqa: ARG001 - one shape for all
    if answers.acted_against and not answers.acted_against_details:
        yield Fault(
            "acted_against_details", "Enter what happened, when and with which body"
        )


@faults.register
def _(answers: Dbs, facts: Facts) -> Iterator[Fault]:
    if not DBS_NUMBER.fullmatch(answers.certificate_number):
        yield Fault("certificate_number", "DBS certificate number must be 12 numbers")
    yield from _past("issued_on", answers.issued_on, "The day it was issued", facts)


@faults.register(Criminal)
@faults.register(Conduct)
def _(answers: Criminal | Conduct, facts: Facts) -> Iterator[Fault]:  # noqa: ARG001 - one shape for all
    for question in questions(type(answers)):
        if getattr(answers, question) and not getattr(answers, f"{question}_details"):
            yield Fault(
                f"{question}_details", "Enter what happened, when, and how it ended"
            )


def questions(declaration: type[Criminal | Conduct]) -> list[str]:
    """The yes-or-no questions of a declaration; each has its details."""
    return [
        name
        for name in declaration.__struct_fields__
        if f"{name}_details" in declaration.__struct_fields__
    ]


@faults.register
def _(answers: Health, facts: Facts) -> Iterator[Fault]:  # noqa: ARG001 - one shape for all
    if answers.affects_practice and not answers.details:
        yield Fault("details", "Enter how it may affect your work with children")


@faults.register
def _(answers: English, facts: Facts) -> Iterator[Fault]:  # noqa: ARG001 - one shape for all
    if answers.shown_by.needs_evidence and not answers.details:
        yield Fault(
            "details", "Enter the test you passed or the work you did in English"
        )


@faults.register
def _(answers: Referee, facts: Facts) -> Iterator[Fault]:
    email = answers.email.casefold()
    if email == facts.email.casefold():
        yield Fault("email", "A referee’s email address must not be your own")
    if email in {referee.email.casefold() for referee in facts.referees}:
        yield Fault("email", "Your referees must have different email addresses")


@faults.register
def _(answers: Endorser, facts: Facts) -> Iterator[Fault]:
    if answers.email and answers.email.casefold() == facts.email.casefold():
        yield Fault("email", "Your endorser’s email address must not be your own")


def _past_span(
    facts: Facts, *, since: tuple[str, date, str], until: tuple[str, date | None, str]
) -> Iterator[Fault]:
    yield from _past(*since, facts)
    if until[1] is None:
        return
    yield from _past(until[0], until[1], until[2], facts)
    if until[1] < since[1]:
        yield Fault(
            until[0],
            f"{until[2]} must be on or after {written(since[1])}, {in_a_sentence(since[2])}",
        )


def _past(field: str, day: date, subject: str, facts: Facts) -> Iterator[Fault]:
    if day > facts.on:
        yield Fault(field, f"{subject} must be today or in the past")
    elif _before_birth(day, facts):
        yield Fault(field, f"{subject} must be on or after your date of birth")


def _before_birth(day: date, facts: Facts) -> bool:
    return facts.birth_date is not None and day < facts.birth_date
