"""Where the demo's people have worked and what they have learnt: posts and qualifications, for entries and applications alike."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from register.demo.draw import Draw
from register.demo.homes import Homes
from register.employment import Home
from register.kit.clock import months_after
from register.part import Part
from register.rule_set import AcceptedQualification, Route, Verdict

ADULT_YEARS = 18
FROM_SCHOOL_TO_MANAGER = 4
DIPLOMAS_SINCE = date(2015, 1, 5)
"""The residential childcare diplomas came in with the regulations of 2015."""
OLD_AWARDS = date(2003, 1, 6), date(2014, 7, 31)
BODIES = (
    "Pearson",
    "City & Guilds",
    "NCFE CACHE",
    "Highfield Qualifications",
    "TQUK",
    "OCR",
)
ELSEWHERE = {
    "Wales": "City & Guilds / WJEC",
    "Scotland": "Scottish Qualifications Authority",
    "United Kingdom": "University",
}
MANAGING = {
    "Registered manager": 70.0,
    "Home manager": 15.0,
    "Manager": 12.0,
    "Acting manager": 3.0,
}
BEFORE = (
    ("Deputy manager", Part.DEPUTY, True),
    ("Team leader", Part.DEPUTY, True),
    ("Senior residential worker", Part.RESIDENTIAL_WORKER, True),
    ("Residential support worker", Part.RESIDENTIAL_WORKER, False),
)
"""Steps of a career, the last first: role, part, and whether others were supervised."""
OTHER_WORK = (
    ("Teaching assistant", "Hillcrest Primary School", True),
    ("Care assistant", "Fairway Nursing Home", True),
    ("Youth worker", "Northside Youth Project", True),
    ("Shop assistant", "Penny & Pound Stores", False),
    ("Call handler", "Linkline Insurance", False),
    ("Kitchen assistant", "The Copper Kettle", False),
    ("Warehouse operative", "Swiftparcel Logistics", False),
    ("Soldier", "British Army", False),
    ("Nursery nurse", "Little Oaks Nursery", True),
)
LEFT_BECAUSE = (
    "To take a promotion",
    "The home closed",
    "Moved to another part of the country",
    "To work nearer to my family",
    "Fixed-term contract ended",
    "To train for work with children",
    "Redundancy",
    "Maternity, and did not return to the post",
)


@dataclass(frozen=True)
class Post:
    employer: str
    home: Home | None
    role: str
    part: Part | None
    fte_percent: int
    care: bool
    supervisory: bool
    manages: bool
    since: date
    until: date | None
    reason_for_leaving: str


@dataclass(frozen=True)
class Award:
    id: UUID
    accepted: AcceptedQualification
    awarding_body: str
    awarded_on: date | None
    enrolled_on: date | None = None
    expected_on: date | None = None
    credits: int | None = None
    certificate_number: str | None = None
    learner_number: str | None = None

    @property
    def verdict(self) -> Verdict | None:
        return self.accepted.verdict if self.awarded_on else None


def left_school(born: date) -> date:
    return date(born.year + ADULT_YEARS, 6, 30)


def earliest_managing(born: date) -> date:
    return months_after(left_school(born), 12 * FROM_SCHOOL_TO_MANAGER)


def managing_post(draw: Draw, homes: Homes, home: Home, since: date) -> Post:
    return Post(
        employer=homes.employer_of(home),
        home=home,
        role=draw.weighed(MANAGING),
        part=Part.MANAGER,
        fte_percent=draw.weighed({100: 88.0, 80: 6.0, 60: 4.0, 50: 2.0}),
        care=True,
        supervisory=True,
        manages=True,
        since=since,
        until=None,
        reason_for_leaving="",
    )


def posts_before(
    draw: Draw, homes: Homes, *, begin: date, end: date, steps: int
) -> list[Post]:
    """The way up, from `begin` until the day before `end`, oldest first: homes in the end, something else at first."""
    length = (end - begin).days
    starts = [
        begin + timedelta(days=length * n // steps + (draw.between(0, 20) if n else 0))
        for n in range(steps)
    ]
    posts = []
    for n, since in enumerate(starts):
        until = (starts[n + 1] if n + 1 < steps else end) - timedelta(days=1)
        still = steps - 1 - n
        if still < len(BEFORE):
            posts.append(_in_a_home(draw, homes, BEFORE[still], since, until))
        else:
            posts.append(_elsewhere(draw, since, until))
    return posts


def _in_a_home(
    draw: Draw, homes: Homes, step: tuple[str, Part, bool], since: date, until: date
) -> Post:
    role, part, supervisory = step
    home = draw.one(homes.all)
    return Post(
        employer=homes.employer_of(home),
        home=home,
        role=role,
        part=part,
        fte_percent=draw.weighed({100: 85.0, 75: 10.0, 50: 5.0}),
        care=True,
        supervisory=supervisory,
        manages=False,
        since=since,
        until=until,
        reason_for_leaving=draw.one(LEFT_BECAUSE),
    )


def _elsewhere(draw: Draw, since: date, until: date) -> Post:
    role, employer, care = draw.one(OTHER_WORK)
    return Post(
        employer=employer,
        home=None,
        role=role,
        part=None,
        fte_percent=100,
        care=care,
        supervisory=False,
        manages=False,
        since=since,
        until=until,
        reason_for_leaving=draw.one(LEFT_BECAUSE),
    )


class Awards:
    """What the rules accept, and who was awarded what."""

    def __init__(self, draw: Draw, accepted: list[AcceptedQualification]) -> None:
        self.draw = draw
        (self.portfolio,) = [a for a in accepted if a.route is Route.PORTFOLIO]
        self.full = [
            a for a in accepted if a.verdict is Verdict.FULL and a is not self.portfolio
        ]
        self.partial = [a for a in accepted if a.verdict is Verdict.PARTIAL]

    def of(self, born: date, *, before: date, qualified: bool) -> list[Award]:
        """Full or still to come, and for many the diploma of a worker too."""
        found = []
        if qualified:
            likely = {a: 30.0 if a is self.full[0] else 3.0 for a in self.full}
            found.append(self._awarded(self.draw.weighed(likely), born, before))
        elif self.draw.chance(0.75):
            found.append(self._enrolled(self.full[0], before))
        if not qualified or self.draw.chance(0.35):
            found.append(self._awarded(self.partial[0], born, before))
        return found

    def by_portfolio(self) -> Award:
        return Award(
            id=self.draw.uuid(),
            accepted=self.portfolio,
            awarding_body="",
            awarded_on=None,
        )

    def _awarded(
        self, accepted: AcceptedQualification, born: date, before: date
    ) -> Award:
        first, last = DIPLOMAS_SINCE, before - timedelta(days=40)
        grown = months_after(left_school(born), 12)
        if accepted.title.startswith("NVQ") and grown < OLD_AWARDS[1]:
            first, last = OLD_AWARDS
        draw = self.draw
        return Award(
            id=draw.uuid(),
            accepted=accepted,
            awarding_body=ELSEWHERE.get(accepted.country) or draw.one(BODIES),
            awarded_on=draw.day(min(max(first, grown), last), last),
            credits=draw.one((61, 65, 90, 120)) if draw.chance(0.5) else None,
            certificate_number=f"{draw.between(10, 99)}-{draw.digits(6)}",
            learner_number=draw.digits(10) if draw.chance(0.5) else None,
        )

    def _enrolled(self, accepted: AcceptedQualification, before: date) -> Award:
        enrolled_on = before - timedelta(days=self.draw.between(30, 300))
        return Award(
            id=self.draw.uuid(),
            accepted=accepted,
            awarding_body=self.draw.one(BODIES),
            awarded_on=None,
            enrolled_on=enrolled_on,
            expected_on=months_after(enrolled_on, self.draw.between(14, 24)),
        )
