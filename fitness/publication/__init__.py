"""Publication: what the public may read of decisions and hearings, and for how long."""

from fitness.publication.acts import PublicationAct
from fitness.publication.following import (
    follow_case,
    follow_orders,
    forget_what_was_published,
)
from fitness.publication.matter import HearingKind, Kind, Matter
from fitness.publication.public import (
    Asked,
    Listed,
    Shown,
    decisions,
    hearings,
    months,
    shown_at,
)
from fitness.publication.publication import (
    Publication,
    publication_in,
    publications_of,
)
from fitness.publication.published import Published, Standing
from fitness.publication.publishing import (
    approve,
    as_public,
    follow,
    follow_hearing,
    withdraw,
)
from fitness.publication.queue import Waiting, waiting
from fitness.publication.state import (
    Because,
    NothingToPublish,
    NothingWritten,
    NotPublished,
    NotToDecide,
    NotWaiting,
    PublishedAlready,
    State,
    TimeIsOver,
    Waits,
    WasQuashed,
    WroteIt,
)
from fitness.publication.term import Term, decision_until, hearing_term
from fitness.publication.version import Heard, HearingNotice, PublicationVersion

__all__ = [
    "Asked",
    "Because",
    "Heard",
    "HearingKind",
    "HearingNotice",
    "Kind",
    "Listed",
    "Matter",
    "NotPublished",
    "NotToDecide",
    "NotWaiting",
    "NothingToPublish",
    "NothingWritten",
    "Publication",
    "PublicationAct",
    "PublicationVersion",
    "Published",
    "PublishedAlready",
    "Shown",
    "Standing",
    "State",
    "Term",
    "TimeIsOver",
    "Waiting",
    "Waits",
    "WasQuashed",
    "WroteIt",
    "approve",
    "as_public",
    "decision_until",
    "decisions",
    "follow",
    "follow_case",
    "follow_hearing",
    "follow_orders",
    "forget_what_was_published",
    "hearing_term",
    "hearings",
    "months",
    "publication_in",
    "publications_of",
    "shown_at",
    "waiting",
    "withdraw",
]
