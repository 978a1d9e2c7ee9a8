"""What differs between two versions of the rules of a part."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from register.rule_set import (
    AcceptedTerms,
    OutcomeTerms,
    Rules,
    StandardTerms,
    StatementTerms,
    Terms,
)


class Kind(StrEnum):
    FIGURE = "figure"
    ACCEPTED = "accepted"
    STANDARD = "standard"
    STATEMENT = "statement"
    OUTCOME = "outcome"


@dataclass(frozen=True)
class Change:
    """`before` or `after` is None where there is nothing on that side."""

    kind: Kind
    name: str
    """The figure, or the code of the qualification, standard, statement or outcome."""
    before: Any
    after: Any


def changes(old: Terms, new: Terms) -> list[Change]:
    """In the order in which the pages show them."""
    return [
        *_figures(old.rules, new.rules),
        *_listed(Kind.ACCEPTED, old.accepted, new.accepted),
        *_listed(Kind.STANDARD, old.standards, new.standards),
        *_listed(Kind.STATEMENT, old.statements, new.statements),
        *_listed(Kind.OUTCOME, old.outcomes, new.outcomes),
    ]


def _figures(old: Rules, new: Rules) -> Iterator[Change]:
    for name in Rules.__struct_fields__:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield Change(Kind.FIGURE, name, before, after)


Listed = (
    Sequence[AcceptedTerms]
    | Sequence[StandardTerms]
    | Sequence[StatementTerms]
    | Sequence[OutcomeTerms]
)


def _listed(kind: Kind, old: Listed, new: Listed) -> Iterator[Change]:
    before: Mapping[str, Any] = {row.code: row for row in old}
    after: Mapping[str, Any] = {row.code: row for row in new}
    for code in [*before, *(code for code in after if code not in before)]:
        if before.get(code) != after.get(code):
            yield Change(kind, code, before.get(code), after.get(code))
