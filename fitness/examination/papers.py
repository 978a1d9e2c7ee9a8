"""A proposal on paper: what is proposed, what it would mean, what the public would read, and where to sign."""

from collections.abc import Mapping
from datetime import datetime

from fitness.case import Case
from fitness.examination.disposal import Disposal
from fitness.examination.preview import Preview
from register.kit import paper
from register.kit.settings import settings
from register.part import Part


def paper_html(
    case: Case,
    disposal: Disposal,
    preview: Preview,
    *,
    part_names: Mapping[Part, str],
    now: datetime,
) -> str:
    return paper.html_of(
        "fitness/examination/paper.html",
        made_at=now,
        case=case,
        disposal=disposal,
        preview=preview,
        part_names=part_names,
        contact=settings().contact_email,
        now=now,
    )
