"""The orders of a case as staff see to them."""

from fitness.web.orders import (
    appealing,
    checking,
    early,
    every,
    forward,
    reporting,
)

pages = [
    *every.pages,
    *appealing.pages,
    *reporting.pages,
    *checking.pages,
    *forward.pages,
    *early.pages,
]
