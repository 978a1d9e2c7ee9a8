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
    begin_to_announce,
    begin_to_collect,
    begin_to_give_up,
    collect_fees,
    give_up_collections,
)
from fees.agreement.taking import being_taken, go_on_taking, take_payment

__all__ = [
    "AgreedAlready",
    "AgreementState",
    "CardAgreement",
    "CollectionNotice",
    "EndedBecause",
    "agree",
    "announce_collections",
    "begin_to_announce",
    "begin_to_collect",
    "begin_to_give_up",
    "being_taken",
    "check_agreement",
    "collect_fees",
    "give_up_collections",
    "go_on_taking",
    "live_agreement",
    "mop_up_agreements",
    "take_payment",
]
