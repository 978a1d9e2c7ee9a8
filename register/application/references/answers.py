"""What a referee tells us: a reference, or why they cannot give one."""

from datetime import date
from enum import StrEnum

import msgspec


class Certainty(StrEnum):
    """How sure a referee is of the dates and of the reason for leaving."""

    RECORDS = "records"
    MEMORY = "memory"
    UNSURE = "unsure"


class CannotBecause(StrEnum):
    DOES_NOT_KNOW = "does_not_know"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    DATES_ONLY = "dates_only"
    """Their organisation confirms dates of employment and nothing else."""
    OTHER = "other"


class Given(msgspec.Struct, kw_only=True, tag="given"):
    known_as: str
    """How they know the applicant."""
    known_since: date
    known_until: date | None = None
    """None where they still do."""
    role: str
    reason_for_leaving: str = ""
    certainty: Certainty
    unsuitable: bool
    """Do they know of a reason why the applicant should not work with children?"""
    unsuitable_details: str = ""
    concerns: bool
    """About conduct or safeguarding, proved or not."""
    concerns_details: str = ""
    again: bool
    """Would they employ the applicant, or work with them, again?"""
    again_details: str = ""
    more: str = ""
    name: str
    job: str

    @property
    def adverse(self) -> bool:
        """Whether something in it speaks against the applicant."""
        return self.unsuitable or self.concerns or not self.again


class Declined(msgspec.Struct, kw_only=True, tag="declined"):
    because: CannotBecause
    details: str = ""


Said = Given | Declined
