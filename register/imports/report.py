"""What an import did, or would have done, and what kept it from being done."""

from collections.abc import Callable
from dataclasses import dataclass, field

Step = Callable[[int], None]
"""Told how many rows were looked at since it was last told."""


@dataclass(frozen=True)
class Fault:
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.reason}"


@dataclass
class Report:
    """`columns` says which heading of the file was read as what; an import with a fault is not carried out at all."""

    columns: dict[str, str]
    ignored: list[str]
    new: int = 0
    changed: int = 0
    same: int = 0
    alike: int = 0
    """Of the new: who may be somebody that we know."""
    faults: list[Fault] = field(default_factory=list)
