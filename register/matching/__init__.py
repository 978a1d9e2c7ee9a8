"""Matching: whether two records are of one person, and who is on the watch list."""

from register.matching.agreement import Agreement
from register.matching.blocking import keys_of
from register.matching.known import Known, Name, Traits, names_of
from register.matching.scoring import Field, Score, Verdict, compare, points_of

__all__ = [
    "Agreement",
    "Field",
    "Known",
    "Name",
    "Score",
    "Traits",
    "Verdict",
    "compare",
    "keys_of",
    "names_of",
    "points_of",
]
