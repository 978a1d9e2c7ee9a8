"""The employer's endorsement: asked of whom the applicant names, in their organisation's queue or by a link of their own."""

from register.application.endorsement.answering import (
    Invitation,
    in_queue,
    invitation,
)
from register.application.endorsement.answers import (
    CannotBecause,
    Endorsed,
    OptedOut,
    Said,
    Towards,
)
from register.application.endorsement.asking import (
    ask_again,
    ask_endorser,
    endorsers_asked,
)
from register.application.endorsement.endorsement import (
    Endorsement,
    EndorsementWaiver,
    QueuedEndorsement,
    WaivedBecause,
    endorsements_of,
)
from register.application.endorsement.queue import (
    Waiting,
    assign,
    end_account,
    waiting_for,
)
from register.application.endorsement.reminding import (
    expire_endorsements,
    remind_endorsers,
)
from register.application.endorsement.standing import (
    Named,
    NotToBeNamed,
    endorser_of,
    is_endorsed,
    name_endorser,
    waivers_of,
)

__all__ = [
    "CannotBecause",
    "Endorsed",
    "Endorsement",
    "EndorsementWaiver",
    "Invitation",
    "Named",
    "NotToBeNamed",
    "OptedOut",
    "QueuedEndorsement",
    "Said",
    "Towards",
    "Waiting",
    "WaivedBecause",
    "ask_again",
    "ask_endorser",
    "assign",
    "end_account",
    "endorsements_of",
    "endorser_of",
    "endorsers_asked",
    "expire_endorsements",
    "in_queue",
    "invitation",
    "is_endorsed",
    "name_endorser",
    "remind_endorsers",
    "waiting_for",
    "waivers_of",
]
