"""Hearings on the public list: which may be named there, and what becomes of it as a hearing is moved or will not be held."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Date, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from fitness.case import Case
from fitness.fence import Capacity, look_as
from fitness.hearing.hearing import Hearing, hearings_of
from fitness.hearing.kind import HearingState, Kind, Privacy
from fitness.hearing.public import in_public
from fitness.publication import (
    Heard,
    HearingKind,
    Publication,
    PublicationAct,
    Published,
    follow_hearing,
)
from fitness.publication.publication import WHOLE
from register.kit.clock import LONDON
from register.kit.errors import Refused
from register.kit.jobs import every
from register.process import Process

KINDS = {
    Kind.FINAL: HearingKind.FINAL,
    Kind.ORDER_REVIEW: HearingKind.REVIEW,
    Kind.RESTORATION: HearingKind.RESTORATION,
}
BATCH = 200


class NothingToList(Refused):
    def __init__(self) -> None:
        super().__init__(
            "There is no hearing to come in this case that could be listed."
        )


async def to_list(session: AsyncSession, case: Case) -> Sequence[Hearing]:
    """Hearings of the case that are to come, of which nothing is written for the public yet and may be."""
    written = await session.scalars(
        select(Publication.hearing).where(
            Publication.case_id == case.id, Publication.hearing.is_not(None)
        )
    )
    already = set(written.all())
    return [
        one
        for one in await hearings_of(session, case.id)
        if one.state.open and one.number not in already and in_public(case, one)
    ]


def heard_as(hearing: Hearing, place: str) -> Heard:
    """`place`: in words for the public, since how to join is not theirs to know."""
    return Heard(KINDS[hearing.kind], hearing.first_on, hearing.last_on, place)


@every(minutes=1)
async def follow_hearings(session: AsyncSession, now: datetime) -> None:
    """Those that were moved, will not be held, or are in private after all."""
    await look_as(session, Capacity.SERVICE)
    first = cast(func.timezone(LONDON.key, Hearing.starts_at), Date)
    changed = (
        select(Publication, Hearing, Case)
        .join(
            Hearing,
            and_(
                Hearing.case_id == Publication.case_id,
                Hearing.number == Publication.hearing,
            ),
        )
        .join(Case, Case.id == Publication.case_id)
        .join(Published, Published.slug == Publication.slug)
        .where(
            Published.shown_until > now,
            or_(
                Published.first_day != first,
                Published.last_day != Hearing.last_on,
                Hearing.state == HearingState.VACATED,
                Hearing.privacy == Privacy.PRIVATE,
                Case.restricted,
            ),
        )
        .options(*WHOLE, joinedload(Case.rule_set))
        .order_by(Publication.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=Publication)
    )
    for publication, hearing, case in (await session.execute(changed)).all():
        heard = heard_as(hearing, "") if in_public(case, hearing) else None
        by = Process.begin(session, PublicationAct.FOLLOW, now=now)
        await follow_hearing(session, case, publication, heard, by=by)
