"""What becomes of publications by themselves: they follow their orders, and leave no words behind when their time is over."""

from datetime import datetime

from sqlalchemy import exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from fitness.case import Case
from fitness.fence import Capacity, look_as
from fitness.order import CaseOrder, OrderAppeal, OrderFact
from fitness.publication.acts import PublicationAct
from fitness.publication.publication import WHOLE, Publication
from fitness.publication.published import Published
from fitness.publication.publishing import follow
from register.entry import Citation
from register.kit.jobs import every
from register.process import Process

BATCH = 200


@every(minutes=1)
async def follow_orders(session: AsyncSession, now: datetime) -> None:
    """Orders that took effect, reached another part, ended or were put off since, and appeals that were lodged or have ended."""
    await look_as(session, Capacity.SERVICE)
    appealed = exists().where(
        OrderAppeal.order_id == CaseOrder.id, OrderAppeal.ended_on.is_(None)
    )
    reached = exists().where(
        OrderFact.order_id == CaseOrder.id,
        ~exists().where(Citation.fact_id == OrderFact.fact_id),
    )
    changed = (
        select(Publication)
        .join(CaseOrder, CaseOrder.id == Publication.order_id)
        .join(Published, Published.slug == Publication.slug)
        .where(
            Published.shown_until > now,
            or_(
                Publication.followed != CaseOrder.version,
                Published.appealed != appealed,
                reached,
            ),
        )
        .options(*WHOLE)
        .order_by(Publication.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=Publication)
    )
    for publication in (await session.scalars(changed)).all():
        case = await session.get_one(
            Case, publication.case_id, options=[joinedload(Case.rule_set)]
        )
        by = Process.begin(session, PublicationAct.FOLLOW, now=now)
        await follow(session, case, publication, by=by)


async def follow_case(session: AsyncSession, case: Case, *, by: Process) -> None:
    """What is published of its orders, at once; as the service. The job does it for whoever does not ask."""
    published = (
        select(Publication)
        .join(Published, Published.slug == Publication.slug)
        .where(
            Publication.case_id == case.id,
            Publication.order_id.is_not(None),
            Published.shown_until > by.at,
        )
        .options(*WHOLE)
        .order_by(Publication.id)
    )
    for publication in (await session.scalars(published)).all():
        await follow(session, case, publication, by=by)


@every(hours=1)
async def forget_what_was_published(session: AsyncSession, now: datetime) -> None:
    """The words stay in the case; under the address nothing is left but that it was there."""
    await session.execute(
        update(Published)
        .where(
            Published.shown_until <= now,
            or_(Published.words.is_not(None), Published.place.is_not(None)),
        )
        .values(words=None, place=None)
    )
