"""What a referrer tells us, page by page, and what of it has still to be answered."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

import msgspec

from fitness.concern.referral import Facts, Removal
from fitness.concern.state import Referrer


class Trigger(StrEnum):
    """What an employer refers, as NISCC asks for it; lateness, clashes and ordinary sickness are none of them."""

    DISMISSED = "dismissed"
    RESIGNED = "resigned"
    CHARGED = "charged"
    SUSPENDED = "suspended"


class Ground(StrEnum):
    """On which a suspension alone is referred."""

    HIGH_RISK = "high_risk"
    INQUIRY = "inquiry"
    OTHER_WORK = "other_work"


class Danger(StrEnum):
    NOW = "now"
    NOT_NOW = "not_now"
    UNSURE = "unsure"


class Looked(StrEnum):
    """How far an employer's own investigation is."""

    NOT_BEGUN = "not_begun"
    UNDER_WAY = "under_way"
    FINISHED = "finished"


class Speaker(StrEnum):
    """Whether somebody is to speak for a child."""

    HAVE = "have"
    WANT = "want"
    NONE = "none"


NONE = "none"
"""What is sent where nothing on a list applies."""


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answers of one page."""


class Triggers(Told, frozen=True):
    because: tuple[str, ...]
    grounds: tuple[str, ...] = ()

    @property
    def taken(self) -> bool:
        """A suspension alone counts only on grounds of its own."""
        alone = set(self.because) == {Trigger.SUSPENDED}
        return self.because != (NONE,) and (
            not alone or bool(set(self.grounds) - {NONE})
        )


class Subject(Told, frozen=True):
    name: str = ""
    number: str = ""
    role: str = ""
    home: str = ""
    more: str = ""


class What(Told, frozen=True):
    words: str


class When(Told, frozen=True):
    words: str
    last_on: date | None = None


class Safety(Told, frozen=True):
    danger: Danger
    details: str = ""


class Witnesses(Told, frozen=True):
    words: str = ""


class Elsewhere(Told, frozen=True):
    bodies: tuple[str, ...]
    details: str = ""


class Investigation(Told, frozen=True):
    looked: Looked
    outcome: str = ""


class RemovalSaid(Told, frozen=True):
    removal: Removal


class HarmSaid(Told, frozen=True):
    harm: tuple[str, ...]


class AllegationSaid(Told, frozen=True):
    allegation: tuple[str, ...]


class IncidentSaid(Told, frozen=True):
    incident: tuple[str, ...]


class CrimeSaid(Told, frozen=True):
    crime: bool


class TeacherSaid(Told, frozen=True):
    teacher: bool


class Advocate(Told, frozen=True):
    speaker: Speaker
    name: str = ""
    contact: str = ""


class You(Told, frozen=True):
    """`given`: whether they say who they are at all."""

    given: bool = True
    name: str = ""
    organisation: str = ""
    urn: str = ""
    job: str = ""
    email: str = ""
    phone: str = ""


class Naming(Told, frozen=True):
    may_be_named: bool
    why: str = ""


class Section(StrEnum):
    TRIGGER = "trigger"
    SUBJECT = "subject"
    WHAT = "what"
    WHEN = "when"
    SAFETY = "safety"
    WITNESSES = "witnesses"
    ELSEWHERE = "elsewhere"
    INVESTIGATION = "investigation"
    REMOVAL = "removal"
    HARM = "harm"
    ALLEGATION = "allegation"
    INCIDENT = "incident"
    CRIME = "crime"
    TEACHER = "teacher"
    ADVOCATE = "advocate"
    YOU = "you"
    NAMING = "naming"


ANSWERS: Mapping[Section, type[Told]] = {
    Section.TRIGGER: Triggers,
    Section.SUBJECT: Subject,
    Section.WHAT: What,
    Section.WHEN: When,
    Section.SAFETY: Safety,
    Section.WITNESSES: Witnesses,
    Section.ELSEWHERE: Elsewhere,
    Section.INVESTIGATION: Investigation,
    Section.REMOVAL: RemovalSaid,
    Section.HARM: HarmSaid,
    Section.ALLEGATION: AllegationSaid,
    Section.INCIDENT: IncidentSaid,
    Section.CRIME: CrimeSaid,
    Section.TEACHER: TeacherSaid,
    Section.ADVOCATE: Advocate,
    Section.YOU: You,
    Section.NAMING: Naming,
}

OF_FACTS = (
    Section.REMOVAL,
    Section.HARM,
    Section.ALLEGATION,
    Section.INCIDENT,
    Section.CRIME,
    Section.TEACHER,
)
"""By which an employer learns whom else to tell."""

OF_ANYBODY = (
    Section.SUBJECT,
    Section.WHAT,
    Section.WHEN,
    Section.SAFETY,
    Section.WITNESSES,
    Section.ELSEWHERE,
    Section.YOU,
    Section.NAMING,
)
ASKED: Mapping[Referrer, tuple[Section, ...]] = {
    Referrer.CHILD: (
        Section.WHAT,
        Section.SUBJECT,
        Section.WHEN,
        Section.SAFETY,
        Section.ADVOCATE,
        Section.YOU,
        Section.NAMING,
    ),
    Referrer.FAMILY: OF_ANYBODY,
    Referrer.COLLEAGUE: OF_ANYBODY,
    Referrer.OTHER: OF_ANYBODY,
    Referrer.EMPLOYER: (
        Section.TRIGGER,
        Section.SUBJECT,
        Section.WHAT,
        Section.WHEN,
        Section.SAFETY,
        Section.INVESTIGATION,
        Section.WITNESSES,
        *OF_FACTS,
        Section.YOU,
        Section.NAMING,
    ),
}
"""In the order of the pages."""

Answers = Mapping[Section, Told]


def sections_of(referrer: Referrer, answers: Answers) -> list[Section]:
    """Whom nobody knows, nobody can name."""
    return [
        section
        for section in ASKED[referrer]
        if section is not Section.NAMING or not is_anonymous(answers)
    ]


def unfinished(referrer: Referrer, answers: Answers) -> list[Section]:
    """What keeps a concern from being sent."""
    return [
        section
        for section in sections_of(referrer, answers)
        if section not in answers
        or (section is Section.TRIGGER and not is_taken(answers))
    ]


def is_taken(answers: Answers) -> bool:
    """Whether what an employer tells of is among what is referred to us; others may tell of anything."""
    said = answers.get(Section.TRIGGER)
    return not isinstance(said, Triggers) or said.taken


def is_anonymous(answers: Answers) -> bool:
    return not you_of(answers).given


def you_of(answers: Answers) -> You:
    said = answers.get(Section.YOU)
    return said if isinstance(said, You) else You()


def is_protected(answers: Answers) -> bool:
    """Whether the registrant is not to be told who raised it."""
    said = answers.get(Section.NAMING)
    return isinstance(said, Naming) and not said.may_be_named


def facts_in(answers: Answers) -> Facts | None:
    """None until an employer has answered all of it."""
    if any(section not in answers for section in OF_FACTS):
        return None
    said = {
        name: value
        for section in OF_FACTS
        for name, value in msgspec.structs.asdict(answers[section]).items()
    }
    lists = {
        name: [code for code in said[name] if code != NONE]
        for name in ("harm", "allegation", "incident")
    }
    return msgspec.convert(said | lists, Facts)
