"""Service: when what we sent counts as having reached somebody, and the days that run from it."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from register.kit.clock import LONDON, working_days_after
from register.kit.notify import Channel


class ServiceMethod(StrEnum):
    EMAIL = "email"
    POST = "post"

    @classmethod
    def by(cls, channel: Channel) -> "ServiceMethod":
        return cls.POST if channel is Channel.LETTER else cls.EMAIL

    @property
    def working_days(self) -> int:
        """How many working days after it left us it is deemed to have come."""
        return {ServiceMethod.EMAIL: 1, ServiceMethod.POST: 2}[self]


PRINTED_AT = time(17, 30)
"""What GOV.UK Notify has of letters by then it prints that evening, and posts on the next working day."""


def left_on(handed_over: datetime, method: ServiceMethod) -> date:
    """The day on which it was posted; an e-mail leaves at once."""
    moment = handed_over.astimezone(LONDON)
    if method is ServiceMethod.EMAIL:
        return moment.date()
    missed = moment.time() >= PRINTED_AT
    return working_days_after(moment.date() + timedelta(days=missed), 1)


def deemed_on(left: date, method: ServiceMethod) -> date:
    return working_days_after(left, method.working_days)


def last_day(served_on: date, days: int) -> date:
    """Day one is the day after service."""
    return served_on + timedelta(days=days)
