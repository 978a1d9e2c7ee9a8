"""Card agreements: leave to take the renewal fee each year, and the taking of it. Nothing renews by itself."""

from fees.agreement.agreement import (
    AgreedAlready,
    AgreementState,
    CardAgreement,
    EndedBecause,
    agree,
    check_agreement,
    live_agreement,
    mop_up_agreements,
)
from fees.agreement.collecting import (
    CollectionNotice,
    announce_collections,
    collect_fees,
    give_up_collections,
)

__all__ = [
    "AgreedAlready",
    "AgreementState",
    "CardAgreement",
    "CollectionNotice",
    "EndedBecause",
    "agree",
    "announce_collections",
    "check_agreement",
    "collect_fees",
    "give_up_collections",
    "live_agreement",
    "mop_up_agreements",
]
