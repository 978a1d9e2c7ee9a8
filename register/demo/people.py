"""The demo's people: who they are, before what they do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from register.application.answers import Sex
from register.demo.draw import Draw
from register.demo.names import MIDDLE, ORIGINS, OTHER_LETTERS, UNUSUAL, Origin
from register.kit.clock import months_after
from register.person import fold

YEAR = timedelta(days=365)
WOMEN = 0.68
"""Of the people who work in children's homes about two in three are women."""


@dataclass(frozen=True)
class Somebody:
    given_names: str
    family_name: str
    sex: Sex
    birth_date: date
    nationality: str
    former_names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.given_names} {self.family_name}".strip()

    def address(self, number: int) -> str:
        """An e-mail address that cannot be anybody's."""
        local = ".".join(fold(self.aliases[0] if self.aliases else self.name).split())
        plain = local if local.isascii() else "somebody"
        return f"{plain[:40].strip('.')}{number}@example.org"


def people(draw: Draw) -> Iterator[Somebody]:
    """As many as are asked for, with names like those of the country; nobody's name twice, where that can be."""
    rare = iter(draw.shuffled([*_in_other_letters(draw), *_unusual(draw)]))
    weights = {origin: origin.weight for origin in ORIGINS}
    seen: set[str] = set()
    count = 0
    while True:
        count += 1
        if count % 12 == 5 and (somebody := next(rare, None)):
            yield somebody
            continue
        somebody = _ordinary(draw, draw.weighed(weights))
        if somebody.name in seen and draw.chance(0.9):
            continue
        seen.add(somebody.name)
        yield somebody


def _ordinary(draw: Draw, origin: Origin) -> Somebody:
    woman = draw.chance(WOMEN)
    given = draw.one(origin.women if woman else origin.men)
    families = origin.families if woman else origin.men_s_families or origin.families
    family = draw.one(families)
    born = birth_date(draw)
    british = origin is ORIGINS[0]
    if british and draw.chance(0.25):
        given = f"{given} {draw.one(MIDDLE)}"
    former: tuple[str, ...] = ()
    if woman and draw.chance(0.16):
        former = (f"{given} {draw.one(ORIGINS[0].families)}",)
        if draw.chance(0.3):
            family = f"{former[0].split()[-1]}-{family}"
    aliases = (
        (f"{draw.one(origin.women + origin.men)} {family}",)
        if draw.chance(0.03)
        else ()
    )
    return Somebody(
        given,
        family,
        Sex.FEMALE if woman else Sex.MALE,
        born,
        draw.one(origin.nationalities),
        former,
        aliases,
    )


def _in_other_letters(draw: Draw) -> Iterator[Somebody]:
    for given, family, also, nationality in OTHER_LETTERS:
        sex = draw.one((Sex.FEMALE, Sex.MALE))
        yield Somebody(
            given, family, sex, birth_date(draw), nationality, aliases=(also,)
        )


def _unusual(draw: Draw) -> Iterator[Somebody]:
    for given, family, nationality in UNUSUAL:
        sex = draw.one((Sex.FEMALE, Sex.MALE))
        yield Somebody(given, family, sex, birth_date(draw), nationality)


def birth_date(draw: Draw) -> date:
    """From 24 to 66 years old: nobody manages a home much earlier."""
    youngest = months_after(draw.on, -12 * 24)
    years = round(draw.random.triangular(0, 42, 14), 3)
    return youngest - timedelta(days=int(years * YEAR.days))
