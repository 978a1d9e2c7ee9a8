"""Cases as staff work on them."""

from fitness.web.cases import (
    due,
    figures,
    listing,
    one,
    people,
    rating,
    together,
    triaging,
)

pages = [
    *due.pages,
    *figures.pages,
    *listing.pages,
    *one.pages,
    *people.pages,
    *rating.pages,
    *together.pages,
    *triaging.pages,
]
