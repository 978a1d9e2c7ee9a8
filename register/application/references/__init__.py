"""References: each referee is asked by a link of their own, and what they say is sealed."""

from register.application.references.answering import Invitation, invitation
from register.application.references.answers import (
    CannotBecause,
    Certainty,
    Declined,
    Given,
    Said,
)
from register.application.references.asking import (
    ask_again,
    ask_referees,
    awaited,
    referees_asked,
)
from register.application.references.reference import Reference, references_of
from register.application.references.reminding import (
    expire_references,
    remind_referees,
)
from register.application.references.standing import (
    Named,
    NotToBeReplaced,
    name_another,
    referees_of,
    to_be_replaced,
)

__all__ = [
    "CannotBecause",
    "Certainty",
    "Declined",
    "Given",
    "Invitation",
    "Named",
    "NotToBeReplaced",
    "Reference",
    "Said",
    "ask_again",
    "ask_referees",
    "awaited",
    "expire_references",
    "invitation",
    "name_another",
    "referees_asked",
    "referees_of",
    "references_of",
    "remind_referees",
    "to_be_replaced",
]
