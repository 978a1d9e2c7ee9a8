"""A proposal on paper: what is proposed, what it would mean, what the public would read, and where to sign."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from fitness.case import Case
from fitness.examination.disposal import Disposal
from fitness.examination.preview import Preview
from register.kit.pages import environment
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
    template = _environment().get_template("fitness/examination/paper.html")
    return str(
        template.render(
            case=case,
            disposal=disposal,
            preview=preview,
            part_names=part_names,
            contact=settings().contact_email,
            now=now,
            made_at=now.astimezone(UTC),
        )
    )


@cache
def _environment() -> Any:
    return environment("register", "fitness")
