"""Decisions and hearings as anybody may read them, to the minute for as long as they are published."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.publication import (
    Asked,
    Kind,
    Matter,
    Published,
    decisions,
    hearings,
    months,
    shown_at,
)
from fitness.publication.paper import paper_html
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import Gone, MovedTo, NotFound
from register.kit.pages import page
from register.kit.security.limits import MINUTE, PDF, ProcessLimit, Rate
from register.kit.settings import settings
from register.published import published
from register.web.guards import PUBLIC
from register.web.needs import Moment, Network, Session
from register.web.pdf import pdf

LOOKS = ProcessLimit(Rate(600, MINUTE))
FRESH = {"Cache-Control": "no-cache"}


class FindForm(forms.Form):
    q = forms.Text("Name", longest=200, optional=True)
    matter = forms.Select(
        "What was decided",
        choices=[(one, one) for one in Matter],
        blank_choice="Anything",
        optional=True,
    )
    month = forms.Select("In which month", blank_choice="Any", optional=True)

    @property
    def asked(self) -> Asked:
        month = self.month.data
        return Asked(
            self.q.data or "",
            Matter(self.matter.data) if self.matter.data else None,
            datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC).date()
            if month
            else None,
        )


@get("/decisions", access=PUBLIC)
async def every_decision(
    request: Request[Any, Any, Any], session: Session, network: Network, now: Moment
) -> Template:
    LOOKS.hit(network)
    sent = request.query_params
    form, after = FindForm(sent), sent.get("after") or None
    form.month.choices = [
        (f"{one:%Y-%m}", f"{one:%B %Y}") for one in await months(session, now=now)
    ]
    asked = form.asked if form.validate() else Asked()
    found = await decisions(session, asked, after=after, now=now)
    kept = {name: value for name, value in form.data.items() if value}
    return page(
        "fitness/publications/decisions.html",
        form=form,
        found=found,
        asked=asked != Asked(),
        first=f"/decisions?{urlencode(kept)}" if after else "",
        onward=f"/decisions?{urlencode(kept | {'after': found.next})}"
        if found.next
        else "",
        headers=FRESH,
    )


@get("/decisions/{slug:str}", access=PUBLIC)
async def decision(
    session: Session, network: Network, now: Moment, slug: FromPath[str]
) -> Template:
    LOOKS.hit(network)
    shown = await shown_at(session, Kind.DECISION, slug, now=now)
    return page(
        "fitness/publications/decision.html",
        shown=shown,
        entered=await _in_public(session, shown.number, now=now),
        now=now,
        headers=_headers(shown.published),
    )


@get("/decisions/{slug:str}/decision.pdf", access=PUBLIC, limit=PDF)
async def decision_paper(
    session: Session, now: Moment, slug: FromPath[str]
) -> Response[bytes]:
    shown = await shown_at(session, Kind.DECISION, slug, now=now)
    address = f"{settings().public_url.rstrip('/')}{shown.published.address}"
    html = paper_html(shown, address=address, now=now)
    return await pdf(html, name="decision.pdf", headers=_headers(shown.published))


@get("/hearings", access=PUBLIC)
async def every_hearing(session: Session, network: Network, now: Moment) -> Template:
    LOOKS.hit(network)
    found, today = await hearings(session, now=now), day_of(now)
    ended = [one for one in found if one.published.heard_by(today)]
    return page(
        "fitness/publications/hearings.html",
        coming=[one for one in found if one not in ended],
        recent=ended[::-1],
        headers=FRESH,
    )


@get("/hearings/{slug:str}", access=PUBLIC)
async def hearing(
    session: Session, network: Network, now: Moment, slug: FromPath[str]
) -> Template:
    LOOKS.hit(network)
    shown = await shown_at(session, Kind.HEARING, slug, now=now)
    return page(
        "fitness/publications/hearing.html",
        shown=shown,
        headers=_headers(shown.published),
    )


def _headers(found: Published) -> dict[str, str]:
    """A search engine is told when to forget it; of what it is not told again it keeps nothing."""
    until = found.shown_until.astimezone(UTC).isoformat(timespec="seconds")
    return FRESH | {"X-Robots-Tag": f"noarchive, unavailable_after: {until}"}


async def _in_public(session: AsyncSession, number: str, *, now: datetime) -> bool:
    """Whether the register has a page of them: it shows a former entry for a time of its own."""
    try:
        await published(session, number, now=now)
    except (NotFound, Gone, MovedTo):
        return False
    return True


pages = [every_decision, decision, decision_paper, every_hearing, hearing]
