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

from fitness.case import Case, CaseText
from fitness.hearing.hearing import Hearing
from fitness.hearing.kind import OPEN
from fitness.hearing.notice import HearingService, draw_panel, serve
from fitness.investigation.drawn import Drawn, Worded, way_in
from fitness.investigation.owed import OwedNotice
from fitness.investigation.served import AS_READ, CaseService, ServiceKind
from fitness.notice_template import NoticeTemplate
from register.kit.errors import NotFound, Refused
from register.kit.post import Silence
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
        CaseService.kind.in_([*FROM_THE_RECORD, ServiceKind.HEARING]),
        CaseService.template_id.is_not(None),
        ~exists().where(again.again_of == CaseService.id),
        ~_tells_of_the_past(),
    )


def _tells_of_the_past() -> ColumnElement[bool]:
    """A hearing that has begun, or does not take place; a day or a panel that something later named."""
    naming, later = aliased(HearingService), aliased(CaseService)
    named_later = exists().where(
        naming.hearing_id == Hearing.id,
        later.id == naming.service_id,
        later.handed_over_at > CaseService.handed_over_at,
        or_(
            later.kind == ServiceKind.HEARING,
            and_(
                later.kind == ServiceKind.PANEL, CaseService.kind == ServiceKind.PANEL
            ),
        ),
    )
    names_another_day = and_(
        CaseService.kind == ServiceKind.HEARING,
        HearingService.starts_at != Hearing.starts_at,
    )
    return exists().where(
        HearingService.service_id == CaseService.id,
        Hearing.id == HearingService.hearing_id,
        or_(
            Hearing.begun_at.is_not(None),
            Hearing.state.not_in(OPEN),
            and_(CaseService.kind != ServiceKind.DIRECTIONS, named_later),
            names_another_day,
        ),
    )


def owed() -> ColumnElement[bool]:
    """Of each `OwedNotice`: nobody has served it, and its registrant is not known to have died."""
    return and_(
        OwedNotice.service_id.is_(None),
        ~exists().where(
            Case.id == OwedNotice.case_id, Silence.person_id == Case.person_id
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
    found = [*map(_of_service, services), *map(_of_owed, notices)]
    return sorted(found, key=lambda one: (one.since, one.id))


def _of_service(one: CaseService) -> Undelivered:
    assert one.template  # noqa: S101 - as `came_back` asks
    return Undelivered(
        one.id,
        one.kind,
        one.handed_over_at,
        one.template,
        one.text,
        one.filled,
        one.letter,
        came_back=one,
        owed=None,
    )


def _of_owed(one: OwedNotice) -> Undelivered:
    return Undelivered(
        one.id,
        one.kind,
        one.due_at,
        one.template,
        one.text,
        one.filled,
        one.letter,
        came_back=None,
        owed=one,
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
    """In its words, but for who sits on a panel, which is told as it is now. Raises Erased or CannotBeServed."""
    if one.kind is ServiceKind.PANEL:
        hearing = await _hearing_of(session, one)
        assert hearing  # noqa: S101 - it was served so
        return await draw_panel(session, case, hearing, by_post=by_post, now=now)
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
            by=by,
        )
    else:
        service = await CaseService.serve(
            session, case, one.kind, drawn, text=one.text, again_of=again_of, by=by
        )
    await session.flush()
    if one.owed:
        one.owed.service_id = service.id
        await session.flush()
    return service


async def _hearing_of(session: AsyncSession, one: Undelivered) -> Hearing | None:
    found: Hearing | None = await session.scalar(
        select(Hearing)
        .join(HearingService, HearingService.hearing_id == Hearing.id)
        .where(HearingService.service_id == one.id)
        .options(joinedload(Hearing.place))
    )
    return found
