"""Does the register say the same everywhere? Everybody is worked out anew from the facts, and held against each surface."""

from register.self_check.checking import check_next, people_to_check
from register.self_check.nightly import FROM_THE_FIRST, Report, SelfCheck, latest
from register.self_check.surfaces import Difference, Surface

__all__ = [
    "FROM_THE_FIRST",
    "Difference",
    "Report",
    "SelfCheck",
    "Surface",
    "check_next",
    "latest",
    "people_to_check",
]
