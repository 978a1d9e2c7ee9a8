"""What a certificate says of an entry: public facts only, as they stood at one instant."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Self

import msgspec

from register.entry import EntryProjection, Status
from register.part import Part


@dataclass(frozen=True)
class Restriction:
    """`until_on` is its last day; None while no end is known."""

    kind: str
    text: str | None
    from_on: date
    until_on: date | None


@dataclass(frozen=True)
class Record:
    """Kept with the certificate, so that it can be held against the register later."""

    name: str
    number: str
    part: Part
    status: Status | None
    registered_from: date | None
    registered_until: date | None
    qualifications: tuple[str, ...] = ()
    restrictions: tuple[Restriction, ...] = ()

    @classmethod
    def of(cls, row: EntryProjection) -> Self:
        return cls(
            name=row.name,
            number=row.number,
            part=row.part,
            status=row.status,
            registered_from=row.registered_from,
            registered_until=row.registered_until,
            qualifications=tuple(row.qualifications),
            restrictions=tuple(_restriction(sent) for sent in row.restrictions),
        )

    @classmethod
    def kept(cls, says: dict[str, Any]) -> Self:
        return msgspec.convert(says, cls)

    def keep(self) -> dict[str, Any]:
        says: dict[str, Any] = msgspec.to_builtins(self)
        return says

    def differences(self, other: "Record") -> tuple[str, ...]:
        """The names of the facts that the two give otherwise."""
        mine, theirs = self.keep(), other.keep()
        return tuple(name for name in mine if mine[name] != theirs[name])


def _restriction(sent: dict[str, Any]) -> Restriction:
    """From the form in which the API sends it, where the days are `from` and `until`."""
    return msgspec.convert(
        {**sent, "from_on": sent["from"], "until_on": sent["until"]}, Restriction
    )
