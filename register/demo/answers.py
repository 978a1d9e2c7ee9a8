"""What the demo's applicants answer: every section, plausible, complete, and different from one to the next."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import cycle
from typing import Any, TypeVar
from uuid import UUID

from register.application.answers import (
    Address,
    Addresses,
    ApplicationForm,
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
    EqualityAsked,
    Gap,
    Health,
    HeldQualification,
    Identity,
    Knows,
    ManagingAs,
    OtherRegistration,
    OtherRegistrations,
    PortfolioMap,
    Proof,
    Qualifications,
    Referee,
    References,
    ShownOutcome,
    Skills,
    StandardsDeclared,
)
from register.application.answers import Post as PostAnswer
from register.application.faults import questions
from register.demo.careers import (
    Award,
    Post,
    earliest_managing,
    left_school,
    managing_post,
    posts_before,
)
from register.demo.draw import Draw
from register.demo.homes import Homes
from register.demo.people import Somebody
from register.demo.wordings import (
    ADJUSTMENTS,
    CONVICTIONS,
    DEGREES_ABROAD,
    DISCIPLINARY,
    ENGLISH_TESTS,
    GAPS,
    HEALTH,
    LEARNING,
    OUTCOMES_MET,
    REFEREES,
    STREETS,
)
from register.employment import Home
from register.kit.clock import months_after
from register.rule_set import OutcomeTerms, Route, Rules, Verdict

SCHOOL_ENGLISH = {"British", "Irish"}
STUDENT_YEARS = 22
NUMBERS_ELSEWHERE = {
    Body.SWE: "SW{}",
    Body.SCW: "W/{}",
    Body.OFSTED: "RM{}",
}


D = TypeVar("D", Criminal, Conduct)


class Trait(StrEnum):
    """What makes an application unlike the plain ones."""

    UNQUALIFIED = "unqualified"
    CONVICTED = "convicted"
    DISCIPLINED = "disciplined"
    ILL = "ill"
    GAP = "gap"
    REGISTERED_ELSEWHERE = "registered_elsewhere"
    NOT_YET_IN_POST = "not_yet_in_post"
    BY_PORTFOLIO = "by_portfolio"
    FROM_ABROAD = "from_abroad"
    """With a degree of another country, and nothing else."""


@dataclass(frozen=True)
class Applicant:
    somebody: Somebody
    email: str
    home: Home
    awards: list[Award]
    traits: Collection[Trait] = field(default_factory=frozenset)

    def proofs(self) -> list[UUID]:
        """The awards of which a certificate is sent."""
        return [a.id for a in self.awards if a.awarded_on and not _by_body(a)]

    @property
    def english(self) -> EnglishShownBy:
        if self.somebody.nationality in SCHOOL_ENGLISH:
            return EnglishShownBy.FIRST_LANGUAGE
        if any(a.accepted.verdict is Verdict.FULL for a in self.awards):
            return EnglishShownBy.TRAINED_IN_ENGLISH
        return EnglishShownBy.TEST


def _by_body(award: Award) -> bool:
    """Some ask us to have the award confirmed instead."""
    return award.id.int % 4 == 0


def answered(
    draw: Draw, homes: Homes, who: Applicant, *, rules: Rules, at: datetime, on: date
) -> ApplicationForm:
    """The whole form as it is filled in until `at`, to be sent on the day `on`."""
    managing_since = _managing_since(draw, who, on)
    return ApplicationForm(
        eligibility=_eligibility(draw, who, managing_since),
        identity=_identity(draw, who),
        contact=_contact(draw, homes, who),
        addresses=_addresses(draw, homes, who, on),
        qualifications=_qualifications(draw, who),
        employment=_employment(draw, homes, who, managing_since, on),
        registrations=_registrations(draw, who),
        dbs=_dbs(draw, on),
        criminal=_criminal(draw, who, rules),
        conduct=_conduct(draw, who, rules),
        health=_health(draw, who, rules),
        english=_english(draw, who),
        references=_references(draw, homes, who),
        endorsement=_endorser(draw),
        standards=StandardsDeclared(version=rules.standards_version, declared_at=at),
        equality=EqualityAsked(answered=draw.chance(0.8)),
        skills=Skills(
            practice_hours=draw.between(0, 40) * 10, learning=draw.one(LEARNING)
        ),
    )


def mapped(
    draw: Draw, outcomes: Sequence[OutcomeTerms], evidence: Sequence[UUID]
) -> PortfolioMap:
    """Each outcome, shown by one or two of the documents."""
    return PortfolioMap(
        outcomes=[
            ShownOutcome(
                code=outcome.code,
                words=words,
                evidence=draw.some(evidence, draw.between(1, 2)),
            )
            for outcome, words in zip(outcomes, cycle(OUTCOMES_MET), strict=False)
        ]
    )


def _managing_since(draw: Draw, who: Applicant, on: date) -> date:
    if Trait.NOT_YET_IN_POST in who.traits:
        return on + timedelta(days=draw.between(10, 60))
    earliest = earliest_managing(who.somebody.birth_date)
    # Without the qualification one may manage for three years only.
    longest = 500 if Trait.UNQUALIFIED in who.traits else 2000
    return max(on - timedelta(days=draw.between(20, longest)), earliest)


def _eligibility(draw: Draw, who: Applicant, since: date) -> Eligibility:
    later = Trait.NOT_YET_IN_POST in who.traits
    return Eligibility(
        in_role=True,
        managing_as=ManagingAs.APPOINTED
        if later
        else draw.weighed({ManagingAs.REGISTERED: 4, ManagingAs.ACTING: 1}),
        started_on=since,
        urn=who.home.urn,
        home_id=who.home.id,
        home_name=who.home.name,
        registered_before=False,
        regulated_elsewhere=Trait.REGISTERED_ELSEWHERE in who.traits,
    )


def _identity(draw: Draw, who: Applicant) -> Identity:
    somebody = who.somebody
    return Identity(
        given_names=somebody.given_names,
        family_name=somebody.family_name,
        title=draw.one(("", "", "Mr", "Dr"))
        if somebody.sex == "male"
        else draw.one(("", "", "Ms", "Mrs", "Miss")),
        former_names=list(somebody.former_names),
        aliases=list(somebody.aliases),
        birth_date=somebody.birth_date,
        sex=somebody.sex,
        nationality=somebody.nationality,
        # QQ is given to nobody.
        ni_number=f"QQ{draw.digits(6)}{draw.one('ABCD')}",
    )


def _contact(draw: Draw, homes: Homes, who: Applicant) -> Contact:
    # Ofcom keeps these numbers for use in drama.
    return Contact(**_street(draw, homes, who), mobile=f"+447700900{draw.digits(3)}")


def _street(draw: Draw, homes: Homes, who: Applicant) -> dict[str, str]:
    area = homes.areas[who.home.id]
    return {
        "line_1": f"{draw.between(1, 180)} {draw.one(STREETS)}",
        "town": draw.one(area.towns),
        "postcode": f"{area.postcodes}{draw.between(1, 20)} {draw.between(1, 9)}ZZ",
    }


def _addresses(draw: Draw, homes: Homes, who: Applicant, on: date) -> Addresses:
    first = months_after(on, -12 * 5) - timedelta(days=draw.between(20, 1500))
    count = draw.weighed({1: 5.0, 2: 3.0, 3: 1.0})
    length = (on - first).days // count
    starts = [first + timedelta(days=n * length) for n in range(count)]
    ends = [start - timedelta(days=1) for start in starts[1:]]
    return Addresses(
        items=[
            Address(id=draw.uuid(), **_street(draw, homes, who), since=start, until=end)
            for start, end in zip(starts, [*ends, None], strict=True)
        ]
    )


def _qualifications(draw: Draw, who: Applicant) -> Qualifications:
    if Trait.FROM_ABROAD in who.traits:
        return Qualifications(items=[_from_abroad(draw, who)])
    return Qualifications(items=[_held(a) for a in who.awards], none=not who.awards)


def _from_abroad(draw: Draw, who: Applicant) -> HeldQualification:
    title, body, country = draw.one(DEGREES_ABROAD)
    graduated = who.somebody.birth_date.year + STUDENT_YEARS
    return HeldQualification(
        id=draw.uuid(),
        title=title,
        awarding_body=body,
        country=country,
        awarded=True,
        awarded_on=date(graduated, 7, draw.between(1, 28)),
        certificate_number=draw.digits(8),
        proof=Proof.AWARDING_BODY,
    )


def _held(award: Award) -> HeldQualification:
    proof = Proof.AWARDING_BODY if _by_body(award) else Proof.CERTIFICATE
    return HeldQualification(
        id=award.id,
        title=award.accepted.title,
        accepted_id=award.accepted.id,
        awarding_body=award.awarding_body,
        level=award.accepted.level,
        country=award.accepted.country,
        credits=award.credits,
        awarded=award.awarded_on is not None,
        awarded_on=award.awarded_on,
        certificate_number=award.certificate_number or "",
        learner_number=award.learner_number or "",
        enrolled_on=award.enrolled_on,
        expected_on=award.expected_on,
        proof=Proof.PORTFOLIO
        if award.accepted.route is Route.PORTFOLIO
        else proof
        if award.awarded_on
        else None,
    )


def _employment(
    draw: Draw, homes: Homes, who: Applicant, managing_since: date, on: date
) -> EmploymentHistory:
    left = left_school(who.somebody.birth_date)
    in_post = managing_since <= on
    end = managing_since if in_post else on
    posts = posts_before(
        draw,
        homes,
        begin=left + timedelta(days=draw.between(1, 25)),
        end=end,
        steps=draw.between(3, 6),
    )
    gaps = []
    if Trait.GAP in who.traits:
        gap, posts[-1] = _with_gap(draw, posts[-1])
        gaps.append(gap)
    last = managing_post(draw, homes, who.home, end)
    said = [_said(draw, post) for post in posts]
    return EmploymentHistory(
        left_education_on=left,
        items=[*said, _said(draw, last)] if in_post else _still(said),
        gaps=gaps,
    )


def _still(posts: list[PostAnswer]) -> list[PostAnswer]:
    """Who has not begun to manage is in the last of their posts."""
    posts[-1].until, posts[-1].reason_for_leaving = None, ""
    return posts


def _with_gap(draw: Draw, post: Post) -> tuple[Gap, Post]:
    """The post begun later than the one before it ended."""
    length = (post.until - post.since).days if post.until else 0
    later = post.since + timedelta(days=length // 3)
    gap = Gap(
        since=post.since, until=later - timedelta(days=1), explanation=draw.one(GAPS)
    )
    return gap, Post(**{**vars(post), "since": later})


def _said(draw: Draw, post: Post) -> PostAnswer:
    return PostAnswer(
        id=draw.uuid(),
        employer=post.employer,
        home_name=post.home.name if post.home else "",
        urn=post.home.urn if post.home else "",
        home_id=post.home.id if post.home else None,
        role=post.role,
        part=post.part,
        fte_percent=post.fte_percent,
        care=post.care,
        supervisory=post.supervisory,
        manages=post.manages,
        since=post.since,
        until=post.until,
        reason_for_leaving=post.reason_for_leaving,
    )


def _registrations(draw: Draw, who: Applicant) -> OtherRegistrations:
    if Trait.REGISTERED_ELSEWHERE not in who.traits:
        return OtherRegistrations(registered=False, acted_against=False)
    body = draw.one(list(NUMBERS_ELSEWHERE))
    number = NUMBERS_ELSEWHERE[body].format(draw.digits(6))
    item = OtherRegistration(
        id=draw.uuid(), body=body, number=number, current=draw.chance(0.7)
    )
    return OtherRegistrations(registered=True, acted_against=False, items=[item])


def _dbs(draw: Draw, on: date) -> Dbs:
    subscribed = draw.chance(0.6)
    return Dbs(
        certificate_number=f"00{draw.digits(10)}",
        issued_on=on - timedelta(days=draw.between(20, 900)),
        enhanced=True,
        child_workforce=True,
        children_barred_list=True,
        update_service=subscribed,
        update_consent=subscribed,
    )


def _nothing(declaration: type[D], rules: Rules) -> D:
    said: dict[str, Any] = dict.fromkeys(questions(declaration), False)
    return declaration(version=rules.declaration_version, **said)


def _criminal(draw: Draw, who: Applicant, rules: Rules) -> Criminal:
    said = _nothing(Criminal, rules)
    if Trait.CONVICTED in who.traits:
        said.convictions, said.convictions_details = True, draw.one(CONVICTIONS)
    return said


def _conduct(draw: Draw, who: Applicant, rules: Rules) -> Conduct:
    said = _nothing(Conduct, rules)
    if Trait.DISCIPLINED in who.traits:
        said.disciplinary, said.disciplinary_details = True, draw.one(DISCIPLINARY)
    return said


def _health(draw: Draw, who: Applicant, rules: Rules) -> Health:
    if Trait.ILL not in who.traits:
        return Health(version=rules.declaration_version, affects_practice=False)
    return Health(
        version=rules.declaration_version,
        affects_practice=True,
        details=draw.one(HEALTH),
        adjustments=draw.one(ADJUSTMENTS),
    )


def _english(draw: Draw, who: Applicant) -> English:
    tested = who.english.needs_evidence
    return English(
        shown_by=who.english, details=draw.one(ENGLISH_TESTS) if tested else ""
    )


def _references(draw: Draw, homes: Homes, who: Applicant) -> References:
    first, second = draw.some(draw.shuffled(REFEREES), 2)
    employer = homes.employer_of(who.home)
    return References(
        items=[
            _referee(
                draw, first, "Responsible individual", employer, Knows.LATEST_EMPLOYER
            ),
            _referee(
                draw, second, "Social worker", "Local authority", Knows.CHILD_CARE
            ),
        ]
    )


def _endorser(draw: Draw) -> Endorser:
    return Endorser(
        has_employer=True,
        name=draw.one(REFEREES),
        job="Responsible individual",
        email=f"endorser{draw.digits(6)}@example.org",
    )


def _referee(
    draw: Draw, name: str, job: str, organisation: str, knows_from: Knows
) -> Referee:
    return Referee(
        id=draw.uuid(),
        knows_from=knows_from,
        name=name,
        job=job,
        organisation=organisation,
        email=f"referee{draw.digits(6)}@example.org",
        phone=f"+441632960{draw.digits(3)}",
    )
