"""Which hearings the public may know of: final hearings, reviews of orders, and of whoever asks to be restored.

What is said of each in public is a version of its own, written elsewhere; this says only that there is such a hearing.
"""

from fitness.case import Case
from fitness.hearing.hearing import Hearing
from fitness.hearing.kind import HearingState, Privacy


def in_public(case: Case, hearing: Hearing) -> bool:
    """None that is held in private or will not be held, and none of a case that is restricted."""
    return not (
        hearing.kind.interim
        or hearing.state is HearingState.VACATED
        or hearing.privacy is Privacy.PRIVATE
        or case.restricted
    )
