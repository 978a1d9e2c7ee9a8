"""What an employer tells us: an endorsement, or why they do not give one."""

from datetime import date
from enum import StrEnum

import msgspec


class Towards(StrEnum):
    """How it stands with the qualification that the role needs."""

    HELD = "held"
    WORKING_TOWARDS = "working_towards"
    NEITHER = "neither"


class CannotBecause(StrEnum):
    NOT_EMPLOYED = "not_employed"
    NOT_AUTHORISED = "not_authorised"
    CONCERNS = "concerns"
    OTHER = "other"


class Endorsed(msgspec.Struct, kw_only=True, tag="endorsed"):
    started_on: date
    """Or will start."""
    right_part: bool
    """Is the part that they apply for the one of their role?"""
    identity_seen: bool
    dbs_seen: bool
    declarations_checked: bool
    qualification: Towards
    more: str = ""
    name: str
    job: str

    @property
    def doubtful(self) -> bool:
        """Whether something of it was not as it should be."""
        return self.qualification is Towards.NEITHER or not (
            self.right_part
            and self.identity_seen
            and self.dbs_seen
            and self.declarations_checked
        )


class OptedOut(msgspec.Struct, kw_only=True, tag="opted_out"):
    because: CannotBecause
    details: str = ""

    @property
    def doubtful(self) -> bool:
        return self.because in {CannotBecause.NOT_EMPLOYED, CannotBecause.CONCERNS}


Said = Endorsed | OptedOut
