"""What did not reach its registrant: what came back, and what could not be sent when it was due.

It is served from the record of notices, in the words that it had: by another way, or once there is an address.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload

from fitness.case import Case, CaseEventKind, CaseText, say
from fitness.examination.disposal import Disposal
from fitness.hearing.direction import Direction, directions_of
from fitness.hearing.hearing import Hearing
from fitness.hearing.kind import OPEN
from fitness.hearing.notice import HearingService, draw_panel, serve
from fitness.investigation.drawn import Drawn, Worded, way_in
from fitness.investigation.owed import DroppedNotice, OwedNotice
from fitness.investigation.served import AS_READ, CaseService, ServiceKind
from fitness.notice_template import NoticeKind, NoticeTemplate
from fitness.order import CaseOrder
from fitness.publication import Publication, PublicationVersion, State
from register.kit.errors import NotFound, Refused
from register.kit.post import Silence
from register.person import Person
from register.process import Process

FROM_THE_RECORD = frozenset(
    {
        ServiceKind.EXAMINATION,
        ServiceKind.PANEL,
        ServiceKind.DIRECTIONS,
        ServiceKind.ORDER,
        ServiceKind.EARLY_REVIEW,
        ServiceKind.PUBLICATION,
        ServiceKind.LEAVING,
    }
)
"""What no other page serves again."""
FROM_THEIR_PAGE = frozenset({ServiceKind.HEARING, ServiceKind.PROPOSAL})
"""What the page of a hearing, or of the examination, serves again."""


class Erased(Refused):
    def __init__(self) -> None:
        super().__init__("Its words were erased, so it cannot be served again.")


@dataclass(frozen=True)
class Undelivered:
    id: UUID
    """Of the service that came back, or of the notice that is owed."""
    kind: ServiceKind
    since: datetime
    template: NoticeTemplate
    text: CaseText | None
    filled: CaseText | None
    letter: CaseText | None
    about_id: UUID | None
    came_back: CaseService | None
    owed: OwedNotice | None

    @property
    def worded(self) -> tuple[str, str]:
        """What is read once signed in, and what a letter says; raises Erased."""
        if self.filled is None or self.letter is None:
            raise Erased
        return self.filled.words, self.letter.words


def came_back() -> ColumnElement[bool]:
    """Of each `CaseService`: it did not arrive, was not served again, and still tells what is to come or what stands."""
    again = aliased(CaseService)
    return and_(
        CaseService.astray,
        CaseService.kind.in_([*FROM_THE_RECORD, *FROM_THEIR_PAGE]),
        CaseService.template_id.is_not(None),
        ~exists().where(again.again_of == CaseService.id),
        ~_tells_of_a_past_hearing(),
        ~_is_answered(),
        ~_stands_no_more(CaseService),
        ~_is_given_up(CaseService),
    )


def owed() -> ColumnElement[bool]:
    """Of each `OwedNotice`: nobody has served it, and it still tells what stands."""
    return and_(
        OwedNotice.service_id.is_(None),
        ~_stands_no_more(OwedNotice),
        ~_is_given_up(OwedNotice),
    )


def _tells_of_a_past_hearing() -> ColumnElement[bool]:
    """That has begun, or does not take place; or it named a day or a panel that something later named."""
    naming, later = aliased(HearingService), aliased(CaseService)
    named_later = (
        exists()
        .where(
            naming.hearing_id == Hearing.id,
            later.id == naming.service_id,
            later.handed_over_at > CaseService.handed_over_at,
            or_(
                later.kind == ServiceKind.HEARING,
                and_(
                    later.kind == ServiceKind.PANEL,
                    CaseService.kind == ServiceKind.PANEL,
                ),
            ),
        )
        .correlate(Hearing, CaseService)
    )
    return exists().where(
        HearingService.service_id == CaseService.id,
        Hearing.id == HearingService.hearing_id,
        or_(
            Hearing.begun_at.is_not(None),
            Hearing.state.not_in(OPEN),
            and_(
                CaseService.kind != ServiceKind.DIRECTIONS,
                or_(named_later, HearingService.starts_at != Hearing.starts_at),
            ),
        ),
    )


def _is_answered() -> ColumnElement[bool]:
    """A proposal that waits for no answer, or was served since."""
    waits = exists().where(
        Disposal.service_id == CaseService.id, Disposal.answered_at.is_(None)
    )
    return and_(CaseService.kind == ServiceKind.PROPOSAL, ~waits)


def _stands_no_more(notice: type[CaseService | OwedNotice]) -> ColumnElement[bool]:
    """An order that has ended is in force no more; what was taken down is not published; and a direction that was met is met."""
    in_force = exists().where(
        NoticeTemplate.id == notice.template_id,
        NoticeTemplate.kind == NoticeKind.ORDER_IN_FORCE,
        CaseOrder.id == notice.about_id,
        ~CaseOrder.standing,
    )
    taken_down = exists().where(
        Publication.id == notice.about_id,
        ~exists()
        .where(
            PublicationVersion.publication_id == Publication.id,
            PublicationVersion.state == State.APPROVED,
        )
        .correlate(Publication),
    )
    met = exists().where(Direction.id == notice.about_id, Direction.met_at.is_not(None))
    return or_(in_force, taken_down, met)


def _is_given_up(notice: type[CaseService | OwedNotice]) -> ColumnElement[bool]:
    """Somebody said that it is not to be served; or its registrant is known to have died, whatever was merged since."""
    quiet = select(Silence.person_id.label("id")).cte(recursive=True)
    quiet = quiet.union_all(
        select(Person.id).join(quiet, Person.merged_into == quiet.c.id)
    )
    return or_(
        exists().where(DroppedNotice.of_id == notice.id),
        exists().where(
            Case.id == notice.case_id, Case.person_id.in_(select(quiet.c.id))
        ),
    )


async def undelivered_in(session: AsyncSession, case_id: UUID) -> Sequence[Undelivered]:
    """The earliest first."""
    services = await session.scalars(
        select(CaseService)
        .where(CaseService.case_id == case_id, came_back())
        .options(*AS_READ, joinedload(CaseService.letter))
    )
    notices = await session.scalars(
        select(OwedNotice)
        .where(OwedNotice.case_id == case_id, owed())
        .options(
            joinedload(OwedNotice.template),
            joinedload(OwedNotice.text),
            joinedload(OwedNotice.filled),
            joinedload(OwedNotice.letter),
        )
    )
    found = [
        *(_of(one, one.handed_over_at, came_back=one) for one in services),
        *(_of(one, one.due_at, owed=one) for one in notices),
    ]
    return sorted(found, key=lambda one: (one.since, one.id))


def _of(
    one: CaseService | OwedNotice,
    since: datetime,
    *,
    came_back: CaseService | None = None,
    owed: OwedNotice | None = None,
) -> Undelivered:
    assert one.template  # noqa: S101 - as `came_back` asks
    return Undelivered(
        one.id,
        one.kind,
        since,
        one.template,
        one.text,
        one.filled,
        one.letter,
        one.about_id,
        came_back,
        owed,
    )


async def to_serve(session: AsyncSession, case: Case, of: UUID) -> Undelivered:
    """Raises NotFound, also of what has been served meanwhile, or is served from another page."""
    for one in await undelivered_in(session, case.id):
        if one.id == of and one.kind in FROM_THE_RECORD:
            return one
    raise NotFound


async def draw_again(
    session: AsyncSession,
    case: Case,
    one: Undelivered,
    *,
    by_post: bool = False,
    now: datetime,
) -> Drawn:
    """In its words, but for a panel and a direction, which are told as they are now. Raises Erased or CannotBeServed."""
    if hearing := await _hearing_of(session, one):
        if one.kind is ServiceKind.PANEL:
            return await draw_panel(session, case, hearing, by_post=by_post, now=now)
        for direction in await directions_of(session, hearing):
            if direction.id == one.about_id:
                return await direction.draw_again(
                    session, case, hearing, by_post=by_post, now=now
                )
    words, letter = one.worded
    way = await way_in(session, case, by_post=by_post)
    return Drawn(Worded(one.template, case.reference, words, letter), way, now)


async def serve_again(
    session: AsyncSession,
    case: Case,
    one: Undelivered,
    *,
    by_post: bool = False,
    by: Process,
) -> CaseService:
    """With the case locked. Raises Erased or CannotBeServed."""
    drawn = await draw_again(session, case, one, by_post=by_post, now=by.at)
    again_of = one.came_back.id if one.came_back else None
    if hearing := await _hearing_of(session, one):
        service = await serve(
            session,
            case,
            hearing,
            one.kind,
            drawn,
            text=one.text,
            again_of=again_of,
            about_id=one.about_id,
            by=by,
        )
    else:
        service = await CaseService.serve(
            session,
            case,
            one.kind,
            drawn,
            text=one.text,
            again_of=again_of,
            about_id=one.about_id,
            by=by,
        )
    await session.flush()
    if one.owed:
        one.owed.service_id = service.id
        await session.flush()
    return service


async def drop(
    session: AsyncSession, case: Case, one: Undelivered, words: str, *, by: Process
) -> None:
    """It is not to be served any more; `words`: why. With the case locked."""
    session.add(DroppedNotice(of_id=one.id, case_id=case.id, process=by, at=by.at))
    why = say(session, case.id, words, by=by)
    case.tell(session, CaseEventKind.NOTICE_DROPPED, by=by, of=one.kind, text=why.id)
    await session.flush()


async def _hearing_of(session: AsyncSession, one: Undelivered) -> Hearing | None:
    found: Hearing | None = await session.scalar(
        select(Hearing)
        .join(HearingService, HearingService.hearing_id == Hearing.id)
        .where(HearingService.service_id == one.id)
        .options(joinedload(Hearing.place))
    )
    return found
