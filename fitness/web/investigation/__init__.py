"""Investigations as staff work on them."""

from fitness.web.investigation import (
    alleging,
    asking,
    chronology,
    comments,
    disclosing,
    evidence,
    hold,
    notice,
    plan,
    proceedings,
    witnesses,
)

pages = [
    *plan.pages,
    *hold.pages,
    *alleging.pages,
    *evidence.pages,
    *witnesses.pages,
    *asking.pages,
    *proceedings.pages,
    *chronology.pages,
    *notice.pages,
    *disclosing.pages,
    *comments.pages,
]
