"""The last page before something is served: exactly what its registrant will read. Nothing is served that was not seen."""

from collections.abc import Sequence
from datetime import datetime

from litestar.response import Response, Template

from fitness.investigation.drawn import Drawn
from fitness.notice_template import Outside, Reading
from fitness.web.cases.opened import Opened
from register.kit.pages import page
from register.kit.security import csrf
from register.kit.security.input import FormData
from register.web.pdf import pdf

SEAL, CHANGE = "seal", "change"


def was_seen(drawn: Drawn, form: FormData) -> bool:
    """Not where the words, the template or the day on which it counts as served are others now."""
    return form.get(SEAL) == drawn.seal


def wants_change(form: FormData) -> bool:
    return form.get(CHANGE) == "yes"


def preview_page(found: Opened, drawn: Drawn, form: FormData, *, to: str) -> Template:
    """`to`: where the form goes that led here; its answers go along."""
    return page(
        "fitness/notices/preview.html",
        found=found,
        case=found.case,
        drawn=drawn,
        reading=drawn.reading,
        carried=_carried(form),
        to=to,
        stale=bool(form.get(SEAL)),
    )


def _carried(form: FormData) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name in form
        if name not in (csrf.FIELD, SEAL, CHANGE)
        for value in form.getall(name)
    ]


def were_seen(letters: Sequence[Outside], form: FormData) -> bool:
    """What others than the registrant are told; nothing to be seen is seen."""
    return not letters or form.get(SEAL) == _seal_of(letters)


def _seal_of(letters: Sequence[Outside]) -> str:
    return ".".join(one.seal for one in letters)


def letters_page(letters: Sequence[Outside], form: FormData, *, to: str) -> Template:
    """As `preview_page`, of e-mails to whoever raised a concern."""
    return page(
        "fitness/notices/letters.html",
        letters=letters,
        seal=_seal_of(letters),
        carried=_carried(form),
        to=to,
        stale=bool(form.get(SEAL)),
    )


async def printed(
    reading: Reading, *, now: datetime, name: str = "notice"
) -> Response[bytes]:
    return await pdf(
        reading.html(now=now), name=f"{name}.pdf", headers={"Cache-Control": "no-store"}
    )
