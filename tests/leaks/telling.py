"""An application with a canary in every field that somebody can write in."""

from datetime import date
from itertools import count

from register.application.answers import (
    Address,
    Addresses,
    Body,
    Conduct,
    Contact,
    Criminal,
    Dbs,
    Eligibility,
    EmploymentHistory,
    Endorser,
    English,
    EnglishShownBy,
    Gap,
    HeldQualification,
    Identity,
    Knows,
    ManagingAs,
    OtherRegistration,
    OtherRegistrations,
    Post,
    Proof,
    Qualifications,
    Referee,
    References,
    Sex,
)
from register.application.faults import questions
from tests.applications import make_form, make_health


class People:
    """Numbers those of a world: a second world in the same process begins again."""

    def __init__(self):
        self.restart()

    def restart(self):
        self._numbers = count(1)

    def __next__(self):
        return next(self._numbers)


PEOPLE = People()
ENDED, BEGAN = date(2015, 6, 30), date(2016, 1, 1)
"""Of two posts, with a gap between them that has to be explained."""


def told_by(subject, name):
    """All sixteen sections. `name`: given and family name."""
    n = next(PEOPLE)
    return make_form(
        eligibility=eligibility(subject, n),
        identity=identity(subject, n, name),
        contact=Contact(**address(subject, "contact", n), mobile=phone(subject, n)),
        addresses=addresses(subject, n),
        qualifications=qualifications(subject, n),
        employment=employment(subject, n),
        registrations=registrations(subject),
        dbs=dbs(subject, n),
        criminal=declared(Criminal, subject.restricted, "criminal"),
        conduct=declared(Conduct, subject.told, "conduct"),
        health=make_health(
            affects_practice=True,
            details=subject.restricted("health.details"),
            adjustments=subject.restricted("health.adjustments"),
        ),
        english=English(
            shown_by=EnglishShownBy.TEST, details=subject.told("english.details")
        ),
        references=references(subject, n),
        endorsement=Endorser(
            has_employer=True,
            name=subject.told("endorser.name"),
            job=subject.told("endorser.job"),
            email=f"{subject.told('endorser.email')}@example.org".lower(),
        ),
    )


def eligibility(subject, n):
    return Eligibility(
        in_role=True,
        managing_as=ManagingAs.REGISTERED,
        started_on=date(2027, 1, 4),
        urn=subject.figure("eligibility.urn", f"SC9100{n:02}"),
        home_name=subject.told("eligibility.home_name"),
        registered_before=False,
        regulated_elsewhere=True,
    )


def identity(subject, n, name):
    given_names, family_name = name
    return Identity(
        given_names=given_names,
        family_name=family_name,
        title=subject.told("identity.title"),
        preferred_name=subject.told("identity.preferred_name"),
        former_names=[subject.told("identity.former_names")],
        aliases=[subject.told("identity.aliases")],
        birth_date=birth_date(subject, n),
        sex=Sex.FEMALE,
        nationality=subject.told("identity.nationality"),
        ni_number=subject.figure(
            "identity.ni_number", f"AB1234{n:02}C", f"AB 12 34 {n:02} C"
        ),
    )


def birth_date(subject, n):
    # Two digits each, so that no day is read within another.
    born = date(1971, 1 + n // 19, 10 + n % 19)
    words = f"{born.day} {born:%B} 1971"
    subject.figure("identity.birth_date", born.isoformat(), words)
    return born


def phone(subject, n):
    return subject.figure(
        "contact.mobile", f"+4477009001{n:02}", f"077009001{n:02}", f"07700 9001{n:02}"
    )


def address(subject, place, n):
    return {
        "line_1": subject.told(f"{place}.line_1"),
        "line_2": subject.told(f"{place}.line_2"),
        "town": subject.told(f"{place}.town"),
        "postcode": subject.figure(f"{place}.postcode", f"LS{n} {POSTCODES[place]}"),
    }


POSTCODES = {"contact": "7QX", "address": "7QZ"}


def addresses(subject, n):
    lived = Address(**address(subject, "address", n), since=date(2010, 5, 1))
    return Addresses(items=[lived])


def qualifications(subject, n):
    held = HeldQualification(
        title=subject.shown("qualification.title"),
        awarding_body=subject.told("qualification.awarding_body"),
        level=5,
        country=subject.told("qualification.country"),
        awarded=True,
        awarded_on=date(2019, 6, 30),
        certificate_number=subject.told("qualification.certificate_number"),
        learner_number=subject.figure(
            "qualification.learner_number", f"99887766{n:02}"
        ),
        proof=Proof.AWARDING_BODY,
    )
    return Qualifications(items=[held])


def employment(subject, n):
    worked = {"fte_percent": 100, "care": True, "supervisory": True, "manages": True}
    left = Post(
        **worked,
        employer=subject.told("post.employer"),
        home_name=subject.told("post.home_name"),
        urn=subject.figure("post.urn", f"SC9200{n:02}"),
        role=subject.told("post.role"),
        since=date(2006, 7, 1),
        until=ENDED,
        reason_for_leaving=subject.told("post.reason_for_leaving"),
    )
    held = Post(
        **worked,
        employer=subject.told("post.employer now"),
        role=subject.told("post.role now"),
        since=BEGAN,
    )
    gap = Gap(
        since=date(2015, 7, 1),
        until=date(2015, 12, 31),
        explanation=subject.told("gap.explanation"),
    )
    return EmploymentHistory(
        left_education_on=date(2006, 6, 30), items=[left, held], gaps=[gap]
    )


def registrations(subject):
    held = OtherRegistration(
        body=Body.OTHER,
        body_name=subject.told("registration.body_name"),
        number=subject.told("registration.number"),
        current=True,
    )
    return OtherRegistrations(
        registered=True,
        acted_against=True,
        acted_against_details=subject.told("registrations.acted_against_details"),
        items=[held],
    )


def dbs(subject, n):
    return Dbs(
        certificate_number=subject.figure(
            "dbs.certificate_number", f"0012345678{n:02}", f"0012 3456 78{n:02}"
        ),
        issued_on=date(2026, 2, 1),
        enhanced=True,
        child_workforce=True,
        children_barred_list=True,
        update_service=True,
        update_consent=True,
    )


def declared(kind, word, place):
    """Everything answered with yes, and each time in detail."""
    asked = list(questions(kind))
    said = {f"{name}_details": word(f"{place}.{name}_details") for name in asked}
    return kind(version="2026-1", **dict.fromkeys(asked, True), **said)


def references(subject, n):
    return References(
        items=[
            Referee(
                knows_from=knows,
                name=subject.told(f"referee.name {knows}"),
                job=subject.told(f"referee.job {knows}"),
                organisation=subject.told(f"referee.organisation {knows}"),
                email=f"{subject.told(f'referee.email {knows}')}@example.org".lower(),
                phone=subject.figure(
                    f"referee.phone {knows}",
                    f"+44163296{code}{n:02}",
                    f"0163296{code}{n:02}",
                    f"01632 96{code}{n:02}",
                ),
            )
            for code, knows in zip(("01", "02"), Knows, strict=True)
        ]
    )
