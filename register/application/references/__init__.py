"""References: each referee is asked by a link of their own, and what they say is sealed."""

from register.application.references.answering import (
    Closed,
    Invitation,
    LinkClosed,
    invitation,
    was_answered,
)
from register.application.references.answers import (
    CannotBecause,
    Certainty,
    Declined,
    Given,
    Said,
)
from register.application.references.asking import (
    AWAITING,
    ask_again,
    ask_referees,
    awaited,
    referees_asked,
    token_of,
)
from register.application.references.reference import (
    Reference,
    heard_of,
    references_of,
)
from register.application.references.reminding import (
    expire_references,
    remind_referees,
)
from register.application.references.standing import (
    STILL_OPEN,
    Named,
    NotToBeReplaced,
    name_another,
    referees_of,
    to_be_replaced,
)

__all__ = [
    "AWAITING",
    "STILL_OPEN",
    "CannotBecause",
    "Certainty",
    "Closed",
    "Declined",
    "Given",
    "Invitation",
    "LinkClosed",
    "Named",
    "NotToBeReplaced",
    "Reference",
    "Said",
    "ask_again",
    "ask_referees",
    "awaited",
    "expire_references",
    "heard_of",
    "invitation",
    "name_another",
    "referees_asked",
    "referees_of",
    "references_of",
    "remind_referees",
    "to_be_replaced",
    "token_of",
    "was_answered",
]
