"""Whom else an employer must tell of what happened, by the law that binds the employer and not us."""

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from fitness.concern.state import Body


class Removal(StrEnum):
    """What became of somebody's work with children."""

    REMOVED = "removed"
    """Dismissed, or moved to where they have nothing to do with children."""
    WOULD_HAVE_BEEN = "would_have_been"
    """Left first: they resigned, retired or were made redundant."""
    NOT_REMOVED = "not_removed"


class Harm(StrEnum):
    """What the Safeguarding Vulnerable Groups Act 2006 asks besides: any one of them."""

    HARM_TEST = "harm_test"
    RELEVANT_CONDUCT = "relevant_conduct"
    RELEVANT_OFFENCE = "relevant_offence"


class Allegation(StrEnum):
    """What makes something an allegation for the local authority's designated officer: any one of them."""

    HARMED_A_CHILD = "harmed_a_child"
    OFFENCE = "offence"
    RISK = "risk"
    UNSUITABLE = "unsuitable"


class Incident(StrEnum):
    """What regulation 40 of the Children's Homes (England) Regulations 2015 has told without delay."""

    DEATH = "death"
    EXPLOITATION = "exploitation"
    POLICE = "police"
    ABUSE = "abuse"
    PROTECTION_ENQUIRY = "protection_enquiry"
    OTHER_SERIOUS = "other_serious"


class Because(StrEnum):
    """Why a body must be told."""

    REMOVED_AND_HARM = "removed_and_harm"
    ALLEGATION = "allegation"
    INCIDENT = "incident"
    REFERRED_TO_DBS = "referred_to_dbs"
    CRIME = "crime"
    TEACHER_REMOVED = "teacher_removed"


class Facts(msgspec.Struct, frozen=True):
    """What an employer says of it, as far as the tests ask."""

    removal: Removal
    harm: frozenset[Harm] = frozenset()
    allegation: frozenset[Allegation] = frozenset()
    incident: frozenset[Incident] = frozenset()
    crime: bool = False
    teacher: bool = False

    @property
    def removed(self) -> bool:
        """Or would have been: whoever leaves in time is referred all the same."""
        return self.removal is not Removal.NOT_REMOVED


@dataclass(frozen=True)
class Duty:
    """A body to be told, and each reason why."""

    body: Body
    because: tuple[Because, ...]


def duties(facts: Facts) -> list[Duty]:
    """The most pressing first; nothing where no test is met, whatever an employer may tell besides.

    A prohibition by the TRA keeps somebody out of children's homes too, so a teacher's removal goes there as well.
    """
    found = {
        Body.POLICE: [Because.CRIME] if facts.crime else [],
        Body.LADO: [Because.ALLEGATION] if facts.allegation else [],
        Body.OFSTED: _for_ofsted(facts),
        Body.DBS: [Because.REMOVED_AND_HARM] if _for_dbs(facts) else [],
        Body.TRA: [Because.TEACHER_REMOVED] if facts.teacher and facts.removed else [],
    }
    return [Duty(body, tuple(because)) for body, because in found.items() if because]


def _for_dbs(facts: Facts) -> bool:
    """Both halves: one of them alone obliges nobody."""
    return facts.removed and bool(facts.harm)


def _for_ofsted(facts: Facts) -> list[Because]:
    """A referral to the DBS is itself something that regulation 40 has told."""
    because = [Because.INCIDENT] if facts.incident else []
    return [*because, Because.REFERRED_TO_DBS] if _for_dbs(facts) else because
