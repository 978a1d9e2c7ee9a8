"""From the case to the public and back: what is approved is copied, follows what becomes of its order, and is taken down."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case
from fitness.order import CaseOrder, Ended, OrderAppeal, OrderFact, appeal_of
from fitness.publication.matter import Kind
from fitness.publication.publication import Publication
from fitness.publication.published import Published
from fitness.publication.state import Because, TimeIsOver, WasQuashed
from fitness.publication.telling import tell_of_publication
from fitness.publication.term import Term, decision_until, hearing_term
from fitness.publication.version import Heard, PublicationVersion
from register.account import Account
from register.entry import Entry
from register.kit.clock import day_of, start_of
from register.process import Process


async def approve(
    session: AsyncSession,
    case: Case,
    publication: Publication,
    *,
    approver: Account,
    by: Process,
) -> Published:
    """The public reads it from its time on. Raises what `Publication.approve` does, WasQuashed and TimeIsOver."""
    if refusal := publication.why_not(approver):
        raise refusal
    if publication.order and publication.order.because is Ended.QUASHED:
        raise WasQuashed
    public = await as_public(session, case, publication, publication.latest, now=by.at)
    if public.shown_until <= by.at:
        raise TimeIsOver(public.shown_until)
    shown = await session.get(Published, publication.slug)
    if shown and shown.shown(by.at):
        # A correction is no news: it stays where it stood in the list.
        public.shown_from = shown.shown_from
    publication.approve(session, case, approver=approver, by=by)
    await session.flush()
    public = await session.merge(public)
    await cite(session, publication, public, by=by)
    if publication.order:
        publication.followed = publication.order.version
    await session.flush()
    await tell_of_publication(session, case, publication.id, public, by=by)
    return public


async def withdraw(
    session: AsyncSession,
    case: Case,
    publication: Publication,
    because: Because,
    *,
    words: str = "",
    by: Process,
) -> None:
    """One person does it, and at once. Raises NotPublished."""
    publication.end(session, case, because, words=words, by=by)
    public = await session.get_one(Published, publication.slug)
    if by.at < public.shown_from:
        await session.delete(public)
    else:
        public.shown_until = min(public.shown_until, by.at)
        public.forget()
    for entry, fact_id in await _reached(session, publication):
        await entry.uncite(session, fact_id, by=by)
    await session.flush()


async def follow(
    session: AsyncSession, case: Case, publication: Publication, *, by: Process
) -> None:
    """What is published says how it is with the order now; where that was quashed, nothing is published any more."""
    order = publication.order
    assert order is not None  # noqa: S101 - nothing else is followed
    publication.followed = order.version
    version = publication.approved
    if version is None:
        return
    if order.because is Ended.QUASHED:
        await withdraw(session, case, publication, Because.QUASHED, by=by)
        return
    public = await session.get_one(Published, publication.slug)
    appeal = await appeal_of(session, order)
    _date(public, order, appeal)
    public.shown_until = _term(case, publication, version, public).shown_until
    await cite(session, publication, public, by=by)
    await session.flush()


async def follow_hearing(
    session: AsyncSession,
    case: Case,
    publication: Publication,
    heard: Heard | None,
    *,
    by: Process,
) -> None:
    """`heard`: when it will be, with whatever is known of it; None where it will not be, or not in public."""
    version = publication.approved
    if version is None:
        return
    if heard is None:
        await withdraw(session, case, publication, Because.NOT_HELD, by=by)
        return
    public = await session.get_one(Published, publication.slug)
    public.first_day, public.last_day = heard.first, heard.last
    term = _term(case, publication, version, public)
    public.shown_from, public.shown_until = term.shown_from, term.shown_until
    await session.flush()


async def cite(
    session: AsyncSession, publication: Publication, public: Published, *, by: Process
) -> None:
    """The register leads to it from every fact that came of the order, as long as it is published."""
    shown = Range(public.shown_from, public.shown_until, bounds="[)")
    for entry, fact_id in await _reached(session, publication):
        await entry.cite(session, fact_id, public.address, shown=shown, by=by)


async def _reached(
    session: AsyncSession, publication: Publication
) -> list[tuple[Entry, UUID]]:
    facts = await session.scalars(
        select(OrderFact)
        .where(OrderFact.order_id == publication.order_id)
        .order_by(OrderFact.entry_id)
    )
    return [
        (await Entry.load(session, one.entry_id, lock=True), one.fact_id)
        for one in facts.all()
    ]


async def as_public(
    session: AsyncSession,
    case: Case,
    publication: Publication,
    version: PublicationVersion,
    *,
    now: datetime,
) -> Published:
    """What the public would read if the version were approved now; not written."""
    public = Published(
        slug=publication.slug,
        kind=publication.kind,
        person_id=case.person_id,
        version=version.number,
        approved_at=now,
        words=version.words or None,
        health=version.health,
        matter=publication.matter,
        decided_on=publication.decided_on,
        appealed=False,
    )
    if heard := version.heard:
        public.hearing_kind, public.place = heard.kind, heard.place or None
        public.first_day, public.last_day = heard.first, heard.last
    if order := publication.order:
        public.decided_by, public.decided_on = order.decided_by, day_of(order.made_at)
        public.appeal_by = order.appeal_by
        _date(public, order, await appeal_of(session, order))
    term = _term(case, publication, version, public)
    public.shown_from, public.shown_until = term.shown_from, term.shown_until
    return public


def _date(public: Published, order: CaseOrder, appeal: OrderAppeal | None) -> None:
    """While an appeal is open nobody knows when an order that has not taken effect will."""
    public.appealed = appeal is not None and appeal.ended_on is None
    public.begins_at = order.in_force_at or (
        None if public.appealed else order.starts_at
    )
    public.ends_at = order.ended_at or order.ends_at


def _term(
    case: Case, publication: Publication, version: PublicationVersion, public: Published
) -> Term:
    rules = case.rule_set.rules
    if publication.kind is Kind.HEARING:
        assert public.first_day and public.last_day  # noqa: S101, PT018 - the table's CHECK
        return hearing_term(
            rules,
            first=public.first_day,
            last=public.last_day,
            approved_at=public.approved_at,
        )
    assert public.matter and public.decided_on  # noqa: S101, PT018 - the table's CHECK
    order = publication.order
    begins = (
        (order.in_force_at or order.starts_at) if order else start_of(public.decided_on)
    )
    until = decision_until(
        public.matter, rules, begins=begins, ends=public.ends_at, health=public.health
    )
    wanted = start_of(version.not_before) if version.not_before else public.approved_at
    return Term(max(public.approved_at, wanted), until)
