"""What each section holds: the applicant's own words and dates, before anybody has checked them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID, uuid4

import msgspec

from register.application.state import SectionName
from register.part import Part


class Answers(msgspec.Struct, kw_only=True):
    """One section's answers."""


def new_id() -> UUID:
    """An item's id, which is also that of the row it becomes."""
    fresh: UUID = msgspec.field(default_factory=uuid4)
    return fresh


class ManagingAs(StrEnum):
    REGISTERED = "registered"
    APPOINTED = "appointed"
    ACTING = "acting"


class Eligibility(Answers, kw_only=True):
    in_role: bool
    """In a role of the part, or with a day on which it begins."""
    managing_as: ManagingAs | None = None
    """Of managers only."""
    started_on: date | None = None
    urn: str = ""
    home_id: UUID | None = None
    """The home with that URN; None where the URN is only what the applicant typed."""
    home_name: str = ""
    registered_before: bool
    former_number: str = ""
    regulated_elsewhere: bool


class Sex(StrEnum):
    """As the Disclosure and Barring Service asks it."""

    FEMALE = "female"
    MALE = "male"


class Identity(Answers, kw_only=True):
    given_names: str = ""
    family_name: str
    title: str = ""
    preferred_name: str = ""
    former_names: list[str] = []
    aliases: list[str] = []
    birth_date: date
    sex: Sex
    nationality: str
    ni_number: str = ""
    """Empty for those who have none."""


class PostalAddress(Answers, kw_only=True):
    line_1: str
    line_2: str = ""
    town: str
    postcode: str = ""
    """Empty abroad."""
    country: str = ""
    """Empty in the United Kingdom."""

    @property
    def lines(self) -> list[str]:
        return [
            line
            for line in (
                self.line_1,
                self.line_2,
                self.town,
                self.postcode,
                self.country,
            )
            if line
        ]


class Contact(PostalAddress, kw_only=True):
    mobile: str
    """The second way to reach the applicant; the first is the confirmed e-mail address of the account. Empty where it is
    only an address that we know.
    """


class Address(PostalAddress, kw_only=True):
    id: UUID = new_id()
    since: date
    until: date | None = None
    """None where the applicant lives there now."""


class Addresses(Answers, kw_only=True):
    items: list[Address] = []


class Proof(StrEnum):
    """How a qualification is to be checked."""

    CERTIFICATE = "certificate"
    AWARDING_BODY = "awarding_body"
    PORTFOLIO = "portfolio"
    """It is no award: the applicant shows each outcome of the rules by what they have done."""


class HeldQualification(msgspec.Struct, kw_only=True):
    id: UUID = new_id()
    title: str
    accepted_id: UUID | None = None
    """The row of the rule set that it is said to be."""
    awarding_body: str
    level: int | None = None
    country: str
    credits: int | None = None
    awarded: bool
    awarded_on: date | None = None
    certificate_number: str = ""
    learner_number: str = ""
    enrolled_on: date | None = None
    expected_on: date | None = None
    proof: Proof | None = None


class Qualifications(Answers, kw_only=True):
    items: list[HeldQualification] = []
    none: bool = False
    """Holds none and is enrolled on none."""

    @property
    def accepted_ids(self) -> set[UUID]:
        """The accepted qualifications that the applicant chose."""
        return {said.accepted_id for said in self.items if said.accepted_id}


class ShownOutcome(msgspec.Struct, kw_only=True):
    """How the applicant meets an outcome of the rules, and the pieces of evidence that show it: one may show several."""

    code: str
    words: str
    evidence: list[UUID] = []


class PortfolioMap(Answers, kw_only=True):
    outcomes: list[ShownOutcome] = []

    def of(self, code: str) -> ShownOutcome | None:
        return next((shown for shown in self.outcomes if shown.code == code), None)

    def showing(self, shown: ShownOutcome) -> "PortfolioMap":
        """The map with that in place of what it said of the same outcome."""
        others = [other for other in self.outcomes if other.code != shown.code]
        return PortfolioMap(outcomes=[*others, shown])

    def without(self, evidence_id: UUID) -> "PortfolioMap":
        """The map once a piece of evidence has been taken back."""
        return PortfolioMap(
            outcomes=[
                msgspec.structs.replace(
                    shown,
                    evidence=[id_ for id_ in shown.evidence if id_ != evidence_id],
                )
                for shown in self.outcomes
            ]
        )


class Post(msgspec.Struct, kw_only=True):
    id: UUID = new_id()
    employer: str
    home_name: str = ""
    urn: str = ""
    home_id: UUID | None = None
    role: str
    part: Part | None = None
    fte_percent: Annotated[int, msgspec.Meta(ge=1, le=100)]
    care: bool
    supervisory: bool
    manages: bool
    since: date
    until: date | None = None
    reason_for_leaving: str = ""


class Gap(msgspec.Struct, kw_only=True):
    """A time without a post and what the applicant says of it."""

    since: date
    until: date | None
    """None where it lasts."""
    explanation: str


class EmploymentHistory(Answers, kw_only=True):
    left_education_on: date | None = None
    items: list[Post] = []
    gaps: list[Gap] = []


class Skills(Answers, kw_only=True):
    """What somebody did while away to be able to practise again."""

    practice_hours: int
    """Of work like that of the part, in the time away."""
    learning: str
    vouched_by: str = ""
    """Who can confirm that they are ready to practise again."""


class Body(StrEnum):
    """The other registers somebody may be on."""

    SWE = "swe"
    HCPC = "hcpc"
    NMC = "nmc"
    GMC = "gmc"
    TRA = "tra"
    SCW = "scw"
    SSSC = "sssc"
    NISCC = "niscc"
    OFSTED = "ofsted"
    OTHER = "other"


class OtherRegistration(msgspec.Struct, kw_only=True):
    id: UUID = new_id()
    body: Body
    body_name: str = ""
    number: str
    current: bool


class OtherRegistrations(Answers, kw_only=True):
    registered: bool | None = None
    acted_against: bool | None = None
    """Refused, removed, suspended, restricted or warned, anywhere."""
    acted_against_details: str = ""
    items: list[OtherRegistration] = []


class Dbs(Answers, kw_only=True):
    certificate_number: str
    issued_on: date
    enhanced: bool
    child_workforce: bool
    """For work with children, or with children and adults."""
    children_barred_list: bool
    update_service: bool
    update_consent: bool = False
    """May we look at the Update Service? Asked of subscribers only."""


class Declared(Answers, kw_only=True):
    """A declaration of suitability, which holds for the questions as that version of the declaration asks them."""

    version: str


class Criminal(Declared, kw_only=True):
    convictions: bool
    convictions_details: str = ""
    cautions: bool
    cautions_details: str = ""
    charges: bool
    charges_details: str = ""
    investigations: bool
    investigations_details: str = ""
    overseas: bool
    overseas_details: str = ""


class Conduct(Declared, kw_only=True):
    disciplinary: bool
    disciplinary_details: str = ""
    dismissed: bool
    dismissed_details: str = ""
    resigned: bool
    """During an investigation, or before one could begin."""
    resigned_details: str = ""
    safeguarding: bool
    safeguarding_details: str = ""
    civil: bool
    civil_details: str = ""
    prohibited: bool
    prohibited_details: str = ""
    disqualified: bool
    disqualified_details: str = ""
    ofsted: bool
    ofsted_details: str = ""


class Health(Declared, kw_only=True):
    affects_practice: bool
    details: str = ""
    adjustments: str = ""


class EnglishShownBy(StrEnum):
    FIRST_LANGUAGE = "first_language"
    TRAINED_IN_ENGLISH = "trained_in_english"
    TEST = "test"
    WORK = "work"

    @property
    def needs_evidence(self) -> bool:
        return self in {EnglishShownBy.TEST, EnglishShownBy.WORK}


class English(Answers, kw_only=True):
    shown_by: EnglishShownBy
    details: str = ""


class Knows(StrEnum):
    """From where a referee knows the applicant."""

    LATEST_EMPLOYER = "latest_employer"
    CHILD_CARE = "child_care"


class Referee(msgspec.Struct, kw_only=True):
    id: UUID = new_id()
    knows_from: Knows
    name: str
    job: str
    organisation: str
    email: str
    phone: str


class References(Answers, kw_only=True):
    items: list[Referee] = []


class NoEmployer(StrEnum):
    """Why nobody can endorse."""

    NOT_EMPLOYED = "not_employed"
    SELF_EMPLOYED = "self_employed"
    AGENCY = "agency"


class Endorser(Answers, kw_only=True):
    """Who at the employer can endorse the application."""

    has_employer: bool
    name: str = ""
    job: str = ""
    email: str = ""
    none_because: NoEmployer | None = None


class StandardsDeclared(Answers, kw_only=True):
    version: str
    declared_at: datetime


class EqualityAsked(Answers, kw_only=True):
    """Only that the questions were met: the answers are in a store of their own."""

    answered: bool


HOLDS: dict[SectionName, type[Answers]] = {
    SectionName.ELIGIBILITY: Eligibility,
    SectionName.IDENTITY: Identity,
    SectionName.CONTACT: Contact,
    SectionName.ADDRESSES: Addresses,
    SectionName.QUALIFICATIONS: Qualifications,
    SectionName.PORTFOLIO: PortfolioMap,
    SectionName.EMPLOYMENT: EmploymentHistory,
    SectionName.SKILLS: Skills,
    SectionName.REGISTRATIONS: OtherRegistrations,
    SectionName.DBS: Dbs,
    SectionName.CRIMINAL: Criminal,
    SectionName.CONDUCT: Conduct,
    SectionName.HEALTH: Health,
    SectionName.ENGLISH: English,
    SectionName.REFERENCES: References,
    SectionName.ENDORSEMENT: Endorser,
    SectionName.STANDARDS: StandardsDeclared,
    SectionName.EQUALITY: EqualityAsked,
}


class ApplicationForm(msgspec.Struct, kw_only=True):
    """All that an application says, section by section; None where nothing has been saved."""

    eligibility: Eligibility | None = None
    identity: Identity | None = None
    contact: Contact | None = None
    addresses: Addresses | None = None
    qualifications: Qualifications | None = None
    portfolio: PortfolioMap | None = None
    employment: EmploymentHistory | None = None
    skills: Skills | None = None
    registrations: OtherRegistrations | None = None
    dbs: Dbs | None = None
    criminal: Criminal | None = None
    conduct: Conduct | None = None
    health: Health | None = None
    english: English | None = None
    references: References | None = None
    endorsement: Endorser | None = None
    standards: StandardsDeclared | None = None
    equality: EqualityAsked | None = None

    def of(self, section: SectionName) -> Answers | None:
        found: Answers | None = getattr(self, section)
        return found

    @property
    def accepted_ids(self) -> set[UUID]:
        """The accepted qualifications that the applicant chose."""
        return self.qualifications.accepted_ids if self.qualifications else set()
