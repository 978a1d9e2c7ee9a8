"""The registrant's renewal, in the order in which it is walked."""

from register.web.renew import (
    declarations,
    details,
    employment,
    journey,
    learning,
    more_time,
)

pages = [
    *journey.pages,
    *details.pages,
    *employment.pages,
    *declarations.pages,
    *learning.pages,
    *more_time.pages,
]
