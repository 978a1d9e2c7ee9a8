"""The parts of the register: what a person may be entered as."""

from enum import StrEnum


class Part(StrEnum):
    """In the order in which a person's leading entry is chosen."""

    MANAGER = "manager"
    DEPUTY = "deputy"
    RESIDENTIAL_WORKER = "residential_worker"
    RESPONSIBLE_INDIVIDUAL = "responsible_individual"
    TRAINEE = "trainee"

    @property
    def position(self) -> int:
        return list(Part).index(self)
