"""How far a version of a publication has come, and what keeps it from coming further."""

from datetime import datetime
from enum import StrEnum

from register.account import StaffRole
from register.kit.errors import Refused

APPROVERS = frozenset(
    {StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR, StaffRole.HEARINGS_OFFICER}
)
"""Who may be the second person, in cases that they may know of."""


class State(StrEnum):
    DRAFTED = "drafted"
    PROPOSED = "proposed"
    """It waits for a second person."""
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    """Approved once, and taken down since."""


class Because(StrEnum):
    """Why something was taken down before its time."""

    SAFETY = "safety"
    MISTAKE = "mistake"
    COURT = "court"
    """It said so."""
    QUASHED = "quashed"
    """The order, on appeal: that happens by itself, as what follows does."""
    NOT_HELD = "not_held"
    """The hearing, or not in public."""

    @property
    def by_hand(self) -> bool:
        return self not in {Because.QUASHED, Because.NOT_HELD}


class NothingToPublish(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Of an interim order the register shows what it is and its dates, and nothing else is published."
        )


class WasQuashed(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The order was quashed on appeal, so nothing of it is published."
        )


class PublishedAlready(Refused):
    def __init__(self) -> None:
        super().__init__(
            "There is a publication about this already. Write its next version instead."
        )


class Waits(Refused):
    def __init__(self) -> None:
        super().__init__(
            "A version waits for a second person, so nobody can change it now."
        )


class NotWaiting(Refused):
    def __init__(self) -> None:
        super().__init__("No version of this waits for a second person.")


class NothingWritten(Refused):
    def __init__(self) -> None:
        super().__init__("There is no draft that could go to a second person.")


class WroteIt(Refused):
    def __init__(self) -> None:
        super().__init__(
            "You had a part in writing this, so somebody else must decide whether the public may read it."
        )


class NotToDecide(Refused):
    def __init__(self) -> None:
        super().__init__("Your role does not decide on what is published.")


class NotPublished(Refused):
    def __init__(self) -> None:
        super().__init__("Nothing of this is published, so nothing can be taken down.")


class TimeIsOver(Refused):
    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__("The time for which this may be published is over.")
