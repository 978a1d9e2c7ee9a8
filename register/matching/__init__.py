"""Matching: whether two records are of one person, and who is on the watch list."""

from register.matching.agreement import Agreement
from register.matching.blocking import keys_of
from register.matching.known import Known, Name, Traits, names_of
from register.matching.match import (
    BY_LIKELIHOOD,
    Match,
    MatchAct,
    MatchEvent,
    MatchState,
    SettledAlready,
    look_for_matches,
    open_matches,
)
from register.matching.record import forget_traits
from register.matching.scoring import Field, Score, Verdict, compare, points_of
from register.matching.watch_list import (
    WatchAct,
    WatchEvent,
    WatchHit,
    WatchItem,
    WatchKind,
    open_hits,
)

__all__ = [
    "BY_LIKELIHOOD",
    "Agreement",
    "Field",
    "Known",
    "Match",
    "MatchAct",
    "MatchEvent",
    "MatchState",
    "Name",
    "Score",
    "SettledAlready",
    "Traits",
    "Verdict",
    "WatchAct",
    "WatchEvent",
    "WatchHit",
    "WatchItem",
    "WatchKind",
    "compare",
    "forget_traits",
    "keys_of",
    "look_for_matches",
    "names_of",
    "open_hits",
    "open_matches",
    "points_of",
]
