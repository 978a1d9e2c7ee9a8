"""Words that stand for what somebody told us: each is in one field of one person, and known to some roles only."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, product
from string import ascii_lowercase

from tests.leaks.roles import (
    EVERYBODY,
    OWN_EMPLOYERS,
    READERS,
    READERS_OF_CASES,
    READERS_OF_RESTRICTED,
    READERS_OF_THE_WATCH_LIST,
    Role,
)

BEGINNING = 4
MADE = re.compile(r"zqx([a-z]{3})xqz")


@dataclass(frozen=True)
class Canary:
    subject: str
    """Whose it is."""
    place: str
    """In which field: "health.details"."""
    known_to: frozenset[Role]
    sealed: bool = False
    """Of health or crime: whoever of the staff reads it is written down."""
    written: bool = False
    """May stand in a letter to whom it is about."""

    def __str__(self) -> str:
        return f"{self.subject} {self.place}"


@dataclass
class Aviary:
    """All canaries of a world."""

    _made: dict[str, Canary] = field(default_factory=dict)
    _figures: dict[str, dict[str, Canary]] = field(default_factory=dict)
    """By how they begin: most texts hold no such beginning, and need not be searched for each of them."""

    def __post_init__(self) -> None:
        self._letters = map("".join, product(ascii_lowercase, repeat=3))

    def word(self, canary: Canary) -> str:
        """One that can stand wherever a name may: letters only."""
        letters = next(self._letters)
        self._made[letters] = canary
        return f"Zqx{letters}xqz"

    def figure(self, canary: Canary, *forms: str) -> str:
        """A number or a day, in every form in which a page may show it; the first is the one that is kept."""
        for form in map(str.casefold, forms):
            self._figures.setdefault(form[:BEGINNING], {})[form] = canary
        return forms[0]

    def sung_in(self, text: str) -> Iterator[tuple[str, Canary]]:
        """The canaries in a text, each with how it stands there."""
        heard = text.casefold()
        for letters in sorted(set(MADE.findall(heard))):
            if letters in self._made:
                yield f"Zqx{letters}xqz", self._made[letters]
        for beginning, forms in self._figures.items():
            if beginning in heard:
                yield from ((form, forms[form]) for form in forms if form in heard)

    def __iter__(self) -> Iterator[Canary]:
        figures = (forms.values() for forms in self._figures.values())
        yield from {*self._made.values(), *chain.from_iterable(figures)}


@dataclass(frozen=True)
class Subject:
    """Somebody whose words are told apart from everybody else's, and by whom they may be read."""

    aviary: Aviary
    name: str
    own: frozenset[Role]
    """The role that is themselves."""
    staff: frozenset[Role] = READERS
    staff_of_restricted: frozenset[Role] = READERS_OF_RESTRICTED
    entered: bool = False
    """Whether they are in the register, where some of it is public."""

    def public(self, place: str) -> str:
        return self._word(place, EVERYBODY, written=True)

    def told(self, place: str) -> str:
        """What they told us, for casework."""
        return self._word(place, self.own | self.staff)

    def restricted(self, place: str) -> str:
        """What they told us of health and crime."""
        return self._word(place, self.own | self.staff_of_restricted, sealed=True)

    def shown(self, place: str) -> str:
        """What they told us, and the register shows of who is in it."""
        return self.public(place) if self.entered else self.told(place)

    def private(self, place: str) -> str:
        """What nobody else reads, such as what they have saved and not sent."""
        return self._word(place, self.own)

    def asked(self, place: str) -> str:
        """What staff write to them."""
        return self._word(place, self.own | self.staff, written=True)

    def found(self, place: str) -> str:
        """What staff write for each other, until the decision is made and they read it."""
        return self._word(place, self.staff, written=True)

    def found_of_restricted(self, place: str) -> str:
        return self._word(place, self.staff_of_restricted, sealed=True)

    def watched(self, place: str) -> str:
        """What the watch list says; whoever reads it is written down."""
        return self._word(place, READERS_OF_THE_WATCH_LIST, sealed=True)

    def office(self, place: str) -> str:
        """What staff write for each other."""
        return self._word(place, self.staff)

    def employed(self, place: str) -> str:
        """What their employer may know of them too."""
        return self._word(place, self.own | self.staff | OWN_EMPLOYERS, written=True)

    def billed(self, place: str) -> str:
        """What an invoice has of them too."""
        return self._word(place, self.own | self.staff | {Role.FINANCE_OFFICER})

    def secret(self, place: str, value: str) -> str:
        """What nobody reads."""
        return self.aviary.figure(Canary(self.name, place, frozenset()), value)

    def reached(self, place: str) -> str:
        """Where something is served on them too: the record of a service in a case says so (domain.md 1)."""
        return self._word(place, self.own | self.staff | READERS_OF_CASES)

    def figure(self, place: str, *forms: str) -> str:
        canary = Canary(self.name, place, self.own | self.staff)
        return self.aviary.figure(canary, *forms)

    def _word(self, place: str, known_to: frozenset[Role], **more: bool) -> str:
        return self.aviary.word(Canary(self.name, place, known_to, **more))
