"""Whatever shows what is published shows it to the last second of its time, and nothing does afterwards.

Every address that is open to everybody is walked: one that is new joins by itself, or fails here until it says that it leads to
something that somebody was sent a link to. What a registrant sees of themselves is walked too.
"""

import re
from datetime import timedelta

import pypdfium2
import pytest
from sqlalchemy import select

from fitness.fence import Capacity, look_as
from fitness.order import (
    AppealOutcome,
    Ended,
    Measure,
    OrderAppeal,
    bring_orders_into_force,
    end,
)
from fitness.publication import Because, follow_orders, withdraw
from register.certificate import Certificate, grouped
from register.certificate.serial import draw_serial
from register.entry import Entry
from register.kit.clock import day_of, start_of
from register.web.guards import PUBLIC, handlers
from tests.fitness.investigating import act
from tests.fitness.ordering import DAY, make_heard, served
from tests.fitness.publishing import list_hearing, make_published, pass_it
from tests.make import NOW, make_account
from tests.register.test_self_check import differences

SECOND = timedelta(seconds=1)
PARAMETER = re.compile(r"\{(\w+)\}")
BY_LINK = (
    "/concerns/",
    "/endorsements/",
    "/learning/reflect/",
    "/notices/by-post",
    "/pay/link/",
    "/references/",
    "/sign-in/reset/",
    "/static/",
)
"""What is behind these somebody was given, and it is about nothing that is published."""
OF_ONESELF = ("/your-registration", "/account", "/certificates", "/your-case")
PAST = "?as_at={day}", "?as_at={day}&as_known={today}"
QUERIES = {
    "/decisions": ("", "?q=adebayo", "?month=2027-03"),
    "/search": ("?q=adebayo", "?q={number}"),
    "/api/v1/register": ("?q=adebayo",),
    "/register/{number}": ("", *PAST),
    "/api/v1/register/{number}": ("", *PAST),
}
OWN_PAGES = {"/decisions/{slug}", "/decisions/{slug}/decision.pdf"}
LISTS = {"/decisions", "/decisions?q=adebayo", "/decisions?month=2027-03"}
THEN = {
    f"{path}{query}"
    for path in ("/register/{number}", "/api/v1/register/{number}")
    for query in PAST
}
NOW_TOO = {
    "/register/{number}",
    "/api/v1/register/{number}",
    "/api/v1/register?q=adebayo",
    "/your-registration",
}
EVERYWHERE = LISTS | OWN_PAGES | NOW_TOO | THEN
"""That leads to a decision while its order stands."""


def public(app):
    return sorted(
        path
        for path, methods, handler in handlers(app)
        if "GET" in methods
        and handler.opt["access"] is PUBLIC
        and not path.startswith(BY_LINK)
    )


class Walk:
    """What of all addresses leads to something, by its slug; each known by what the address is made of."""

    def __init__(self, app, browser, clock, session, account, known):
        self.app, self.browser, self.clock = app, browser, clock
        self.session, self.account, self.known = session, account, known

    @property
    def addresses(self):
        for path in public(self.app):
            yield from (path + query for query in QUERIES.get(path, ("",)))
        yield from OF_ONESELF

    async def leading(self, *, at):
        self.clock.now = at
        await self.browser.sign_in(self.account)
        known = self.known | {"today": day_of(at)}
        found = set()
        for address in self.addresses:
            answer = await self.browser.get(address.format(**known))
            assert answer.status_code < 500
            own = "{slug}" in address and answer.is_success
            if own or self.known["slug"] in said(answer):
                found.add(address)
        # Whoever looked left the session as theirs.
        await look_as(self.session, Capacity.SERVICE)
        return found


def said(answer):
    if answer.headers.get("content-type") == "application/pdf":
        leaves = pypdfium2.PdfDocument(answer.content)
        return " ".join(leaf.get_textpage().get_text_bounded() for leaf in leaves)
    return answer.text


@pytest.fixture
def walk(app, browser, clock, session):
    async def begin(case, published):
        await look_as(session, Capacity.SERVICE)
        (entry,) = [
            await Entry.load(session, one)
            for one in await entries_of(session, case.person_id)
        ]
        account = await make_account(session, person=entry.person)
        known = {
            "slug": published.slug,
            "number": entry.person.number,
            "serial": grouped(await certified(session, entry)),
            "day": day_of(NOW),
            "year": "2027",
            "part": "manager",
        }
        return Walk(app, browser, clock, session, account, known)

    return begin


async def certified(session, entry):
    if entry.removals:
        return draw_serial()
    return (await Certificate.issue(session, entry, by=act(session))).serial


async def entries_of(session, person_id):
    return await session.scalars(select(Entry.id).where(Entry.person_id == person_id))


def test_every_address_that_is_open_to_all_is_walked(app):
    known = {"slug", "number", "serial", "year", "part"}

    unknown = [path for path in public(app) if set(PARAMETER.findall(path)) - known]

    assert unknown == []


@pytest.mark.parametrize(
    ("measure", "lead"),
    [
        (Measure.WARNING, EVERYWHERE),
        (Measure.SUSPENSION, LISTS | OWN_PAGES | THEN),
        (Measure.REMOVAL, EVERYWHERE),
    ],
)
async def test_a_decision_is_gone_from_everywhere_the_moment_its_time_is_over(
    session, walk, measure, lead
):
    case, *_, published = await make_published(session, measure)
    walking = await walk(case, published)

    assert await walking.leading(at=published.shown_until - SECOND) == lead
    assert await walking.leading(at=published.shown_until) == set()
    for moment in (published.shown_until - SECOND, published.shown_until):
        assert await differences(session, moment) == []


async def test_while_an_order_stands_its_entry_leads_to_the_decision(session, walk):
    case, order, _, published = await make_published(session)
    walking = await walk(case, published)

    assert await walking.leading(at=order.ends_at - SECOND) == EVERYWHERE
    assert await walking.leading(at=order.ends_at) == LISTS | OWN_PAGES | THEN


async def test_what_is_about_health_is_gone_with_the_restriction(session, walk):
    case, order, _, published = await make_published(session, words="", health=True)
    walking = await walk(case, published)

    assert await walking.leading(at=order.ends_at - SECOND)
    assert await walking.leading(at=order.ends_at) == set()


async def test_what_is_taken_down_is_gone_from_everywhere_at_once(session, walk):
    case, _, publication, published = await make_published(session)
    walking = await walk(case, published)
    at = NOW + 9 * DAY
    assert await walking.leading(at=at - SECOND)

    by = act(session, now=at)
    await withdraw(session, case, publication, Because.SAFETY, by=by)

    assert await walking.leading(at=at) == set()
    assert await differences(session, at) == []


async def test_an_appeal_that_is_allowed_takes_all_of_it_away(session, walk):
    case, order, _, published = await make_published(session, served_on=served())
    walking = await walk(case, published)
    at = start_of(order.appeal_by)
    by = act(session, now=at)
    appeal = await OrderAppeal.lodge(
        session, case, order, on=day_of(at), words="CO/1/2027", by=by
    )
    await appeal.end(session, case, order, AppealOutcome.ALLOWED, on=day_of(at), by=by)

    await follow_orders(session, at)

    assert await walking.leading(at=at) == set()


async def test_an_order_that_ends_early_is_led_to_as_long_as_it_stood_only(
    session, walk
):
    case, order, _, published = await make_published(session)
    walking = await walk(case, published)
    at = NOW + 40 * DAY
    by = act(session, now=at)
    await end(session, case, order, on=at, because=Ended.REVOKED, by=by)
    await follow_orders(session, at)
    await session.refresh(published)

    assert await walking.leading(at=at) == LISTS | OWN_PAGES | THEN
    assert await walking.leading(at=published.shown_until - SECOND)
    assert await walking.leading(at=published.shown_until) == set()


async def test_what_takes_effect_later_is_led_to_from_then_on(session, walk):
    case, order, _, published = await make_published(session, served_on=served())
    walking = await walk(case, published)
    assert await walking.leading(at=order.starts_at - SECOND) == LISTS | OWN_PAGES

    await bring_orders_into_force(session, order.starts_at)
    await follow_orders(session, order.starts_at)

    lead = await walking.leading(at=order.starts_at)
    assert lead >= NOW_TOO


async def test_a_hearing_is_gone_from_everywhere_the_moment_its_time_is_over(
    session, walk
):
    case = await make_heard(session)
    published = await pass_it(session, case, await list_hearing(session, case))
    walking = await walk(case, published)
    shown = {"/hearings", "/hearings/{slug}"}

    assert await walking.leading(at=published.shown_from - SECOND) == set()
    assert await walking.leading(at=published.shown_from) == shown
    assert await walking.leading(at=published.shown_until - SECOND) == shown
    assert await walking.leading(at=published.shown_until) == set()
