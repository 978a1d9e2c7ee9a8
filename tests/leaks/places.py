"""The addresses of a world: what stands for each parameter of a path, and what is sent there."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

from fitness.publication.publication import SLUG
from register.application.application import draw_reference
from register.certificate import grouped
from register.certificate.serial import draw_serial
from register.kit.security import links
from register.kit.security.codes import draw
from register.person import number_of
from tests.leaks.filed import Known
from tests.leaks.roles import Role
from tests.leaks.subjects.own_application import FORM_PAGES, form_at
from tests.leaks.table import SUBJECT_OF, TABLE
from tests.make import NOW

PARAMETER = re.compile(r"\{(\w+)\}")
TOMORROW = NOW + timedelta(days=1)
NEVER_ISSUED = number_of(9_999_999)


@dataclass(frozen=True)
class Place:
    """One address: its path filled in, perhaps with a query."""

    path: str
    at: dict[str, str] = field(default_factory=dict)
    query: str = ""

    @property
    def url(self) -> str:
        return PARAMETER.sub(lambda name: self.at[name[1]], self.path) + self.query

    @property
    def names_something(self) -> bool:
        return any(map(missing, self.at))

    def missing(self) -> "Place":
        """The same for a thing that never was."""
        never = {name: missing(name) for name in self.at}
        at = {
            name: never[name](kept) if never[name] else kept
            for name, kept in self.at.items()
        }
        return Place(self.path, at, self.query)


def missing(name):
    """Draws what a parameter never was, unless every address has the same."""
    return MISSING.get(name, uuid if name.endswith("_id") else None)


def uuid(_=None):
    return str(uuid4())


MISSING = {
    "reference": lambda kept: (
        "INV-9999999" if kept.startswith("INV") else draw_reference()
    ),
    "document": uuid,
    "item": uuid,
    "referee": uuid,
    "token": lambda _: links.sign("reference", uuid(), until=TOMORROW),
    "serial": lambda _: grouped(draw_serial()),
    "number": lambda _: NEVER_ISSUED,
    "slug": lambda _: draw(SLUG),
    "code": lambda _: grouped(draw_serial())[:14],
    "job_id": lambda _: "999999999",
    "kind": lambda _: "nothing",
    "part": lambda _: "gardener",
}


class Atlas:
    """Every place of a world that a row of the table speaks of."""

    def __init__(self, world, known):
        self.world = world
        self.known = known

    @classmethod
    async def of(cls, world, session):
        return cls(world, await Known.of(world, session))

    async def read_forms(self, read):
        """What a browser of the applicant would send from each page that may be changed."""
        for row in TABLE:
            if row.method == "GET" and row.path in FORM_PAGES and not row.of:
                for place in self.places(row, Role.APPLICANT):
                    self.known.forms[form_at(place)] = await read(row, place)

    def places(self, row, role):
        """For a member of staff, what is about themselves where there is such a thing."""
        of_subject = getattr(SUBJECT_OF[row], "QUERIES", {})
        queries = of_subject.get((row.method, row.path), ("",))
        number = self.world.withheld.entry.person.number
        return [
            Place(row.path, at, query.format(withheld=number))
            for at in self._at(row, role)
            for query in queries
        ]

    def _at(self, row, role):
        names = PARAMETER.findall(row.path)
        if not names:
            return [{}]
        found = SUBJECT_OF[row].at(self.known, row, role)
        return [{name: str(at[name]) for name in names} for at in found]

    def first(self, row, place, role):
        """What whoever may act has done before, as a place and what is sent to it."""
        found = getattr(SUBJECT_OF[row], "FIRST", {}).get(row.path)
        if not found or role not in row.allowed:
            return None
        path, sent = found
        return Place(path, place.at), sent

    def sent(self, row, place, role):
        """What is posted there: where the role may act, it is done."""
        ready = getattr(SUBJECT_OF[row], "SENT", {}).get(row.path, {})
        return ready(self.known, place, role) if callable(ready) else dict(ready)
