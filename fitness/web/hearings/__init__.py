"""The hearings of a case as those see to them who bring them about."""

from fitness.web.hearings import (
    applying,
    directing,
    due,
    empanelling,
    extending,
    listing,
    moving,
    one,
    telling,
)

pages = [
    *due.pages,
    *applying.pages,
    *listing.pages,
    *one.pages,
    *empanelling.pages,
    *telling.pages,
    *directing.pages,
    *moving.pages,
    *extending.pages,
]
