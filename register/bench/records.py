"""Records of people of whom some are one: published ones, and made-up ones with slips of other kinds."""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib.resources import files
from itertools import accumulate

from register.matching import Known, Traits, names_of


@dataclass(frozen=True)
class Record:
    person: str
    """Records with the same are of one person."""
    given: str
    family: str
    born: date | None
    ni_number: str = ""
    line: str = ""
    town: str = ""
    postcode: str = ""
    email: str = ""
    others: tuple[str, ...] = ()

    def known(self, *, ni_number: bool = True) -> Known:
        return Known(
            names_of(self.given, self.family, self.others),
            self.born,
            Traits.of(
                ni_number=self.ni_number if ni_number else "",
                homes=[(self.line, self.town, self.postcode)],
                emails=[self.email],
            ),
        )


def published() -> list[Record]:
    """Febrl's dataset 1: its soc_sec_id stands for the National Insurance number."""
    text = files(__package__).joinpath("data/febrl_dataset1.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines(), skipinitialspace=True)
    return [
        Record(
            person=row["rec_id"].split("-")[1],
            given=row["given_name"],
            family=row["surname"],
            born=_day(row["date_of_birth"]),
            ni_number=row["soc_sec_id"],
            line=f"{row['street_number']} {row['address_1']}",
            town=row["suburb"],
            postcode=row["postcode"],
        )
        for row in rows
    ]


def _day(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def made_up(persons: int, *, seed: int) -> list[Record]:
    """So many persons, each twice, the second time with what happens to real records; and their relatives."""
    return list(_made_up(random.Random(seed), persons))


def _made_up(draw: random.Random, persons: int) -> Iterator[Record]:
    for n in range(persons):
        first = somebody(draw, str(n))
        yield first
        yield _again(draw, first)
        if draw.random() < RELATIVES:
            yield _relative(draw, first)


RELATIVES = 0.1
RARE = 0.5
SYLLABLES = "ber cott dale ford ham ing ley mar nor ock pen ridge son ton wick worth yard zell ash bur".split()


def somebody(draw: random.Random, person: str, *, rare: bool = False) -> Record:
    """`rare`: with a family name out of thousands, as among a million people, and not out of a few."""
    given = draw.choice(list(CALLED))
    (family,) = draw.choices(FAMILIES, cum_weights=OFTEN)
    if rare and draw.random() < RARE:
        family = "".join(draw.choice(SYLLABLES) for _ in range(3)).capitalize()
    digits = f"{draw.randrange(10**6):06}"
    return Record(
        person,
        given,
        family,
        date(1960, 1, 1) + timedelta(days=draw.randrange(45 * 365)),
        f"{draw.choice('ABCEGHJ')}{draw.choice('ABCEGHJ')}{digits}{draw.choice('ABCD')}",
        f"{draw.randrange(1, 200)} {draw.choice(STREETS)}",
        draw.choice(TOWNS),
        f"{draw.choice(AREAS)}{draw.randrange(1, 30)} {draw.randrange(1, 10)}{draw.choice('ABDE')}{draw.choice('ABDE')}",
        f"{given}.{family}{draw.randrange(1000)}@example.org",
    )


def _again(draw: random.Random, record: Record) -> Record:
    """One to three of the ways in which the same person comes a second time."""
    for change in draw.sample(CHANGES, draw.choice((1, 1, 2, 2, 3))):
        record = change(draw, record)
    return record


def _nicknamed(draw: random.Random, record: Record) -> Record:
    return replace(
        record, given=draw.choice(CALLED.get(record.given) or [record.given])
    )


def _married(draw: random.Random, record: Record) -> Record:
    (family,) = draw.choices(FAMILIES, cum_weights=OFTEN)
    return replace(record, family=family, others=(record.family,))


def _double(draw: random.Random, record: Record) -> Record:
    return replace(record, family=f"{record.family}-{draw.choice(FAMILIES)}")


def _exchanged(_: random.Random, record: Record) -> Record:
    return replace(record, given=record.family, family=record.given)


def _day_and_month(_: random.Random, record: Record) -> Record:
    born = record.born
    if born is None or born.day > 12:
        return record
    return replace(record, born=born.replace(month=born.day, day=born.month))


def _wrong_year(draw: random.Random, record: Record) -> Record:
    born = record.born
    years = draw.choice((-10, -1, 1, 10))
    if born is None or (born.month, born.day) == (2, 29):
        return record
    return replace(record, born=born.replace(year=born.year + years))


def _moved(draw: random.Random, record: Record) -> Record:
    new = somebody(draw, record.person)
    return replace(record, line=new.line, town=new.town, postcode=new.postcode)


def _other_email(draw: random.Random, record: Record) -> Record:
    return replace(record, email=somebody(draw, record.person).email)


def _no_number(_: random.Random, record: Record) -> Record:
    return replace(record, ni_number="")


def _mistyped_number(draw: random.Random, record: Record) -> Record:
    return replace(record, ni_number=_mistyped(draw, record.ni_number))


def _mistyped_family(draw: random.Random, record: Record) -> Record:
    return replace(record, family=_mistyped(draw, record.family))


def _middle_name(draw: random.Random, record: Record) -> Record:
    return replace(record, given=f"{record.given} {draw.choice(list(CALLED))}")


def _mistyped(draw: random.Random, text: str) -> str:
    if len(text) < 4:
        return text
    n = draw.randrange(1, len(text) - 1)
    return draw.choice(
        (
            text[:n] + text[n + 1] + text[n] + text[n + 2 :],
            text[:n] + text[n + 1 :],
            text[:n] + text[n] + text[n:],
        )
    )


CHANGES = (
    _nicknamed,
    _married,
    _double,
    _exchanged,
    _day_and_month,
    _wrong_year,
    _moved,
    _other_email,
    _no_number,
    _mistyped_number,
    _mistyped_family,
    _middle_name,
)


def _relative(draw: random.Random, record: Record) -> Record:
    """A twin, or the parent of the same name; in the same home, with a number of their own."""
    new = somebody(draw, f"{record.person} relative")
    at_home = replace(
        new,
        family=record.family,
        line=record.line,
        town=record.town,
        postcode=record.postcode,
    )
    if record.born and draw.random() < TWINS:
        return replace(at_home, born=record.born, email=record.email)
    return replace(at_home, given=record.given)


TWINS = 0.1

CALLED = {
    "Elizabeth": ["Liz", "Beth", "Betty"],
    "William": ["Bill", "Will"],
    "Margaret": ["Maggie", "Peggy"],
    "Katherine": ["Kate", "Kathy"],
    "Robert": ["Bob", "Rob"],
    "Patricia": ["Pat", "Trish"],
    "Richard": ["Dick", "Rick"],
    "Susan": ["Sue"],
    "Anthony": ["Tony"],
    "Jennifer": ["Jenny"],
    "Michael": ["Mike", "Mick"],
    "Deborah": ["Debbie"],
    "Christopher": ["Chris"],
    "Rebecca": ["Becky"],
    "Oluwaseun": ["Seun"],
    "Ngozi": [],
    "Siobhán": [],
    "Mohammed": ["Mo"],
    "Aaliyah": [],
    "Agnieszka": [],
    "Gethin": [],
    "Chloë": [],
    "Thabo": [],
    "Priya": [],
}
FAMILIES = (
    "Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Robinson Wright Thompson Evans Walker White Roberts Green "
    "Hall Khan Thomas Clarke Jackson Wood Harris Edwards Turner Martin Cooper Hill Ward Hughes Moore Clark King Harrison "
    "Lewis Baker Lee Allen Morris Scott Watson Parker Begum Bennett Young Singh Mitchell Phillips Davis Bailey Richardson "
    "Ali Ahmed Adebayo Okafor Mensah Kowalska Nowak O’Connor O’Neill MacDonald Fitzgerald Łuczak Müller García Nguyễn "
    "Ferreira Papadopoulos Achterberg Blenkinsop Cholmondeley Featherstonehaugh Higginbottom Ramsbottom Thistlethwaite"
).split()
OFTEN = list(accumulate(1 / rank for rank in range(1, len(FAMILIES) + 1)))
"""A few names are many people's."""
STREETS = ("High Street", "Station Road", "Church Lane", "Mill Hill", "Victoria Avenue")
TOWNS = tuple(
    "Leeds Manchester Birmingham Newcastle Bristol Cardiff York Durham Bath Truro".split()
)
AREAS = ("LS", "M", "B", "NE", "BS", "CF")
