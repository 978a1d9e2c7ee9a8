"""Service: when what we sent counts as having reached somebody, and the days that run from it."""

from datetime import date, timedelta
from enum import StrEnum

from register.kit.clock import working_days_after


class ServiceMethod(StrEnum):
    EMAIL = "email"
    POST = "post"

    @property
    def working_days(self) -> int:
        """How many working days after the sending it is deemed to have come."""
        return {ServiceMethod.EMAIL: 1, ServiceMethod.POST: 2}[self]


def deemed_on(sent_on: date, method: ServiceMethod) -> date:
    return working_days_after(sent_on, method.working_days)


def last_day(served_on: date, days: int) -> date:
    """Day one is the day after service."""
    return served_on + timedelta(days=days)
