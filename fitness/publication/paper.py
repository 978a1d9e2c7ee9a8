"""A decision on paper: what its page says, as it stood when it was printed."""

from datetime import datetime

from fitness.publication.public import Shown
from register.kit import paper


def paper_html(shown: Shown, *, address: str, now: datetime) -> str:
    return paper.html_of(
        "fitness/publications/papers/decision.html",
        made_at=now,
        shown=shown,
        published=shown.published,
        address=address,
        now=now,
    )
