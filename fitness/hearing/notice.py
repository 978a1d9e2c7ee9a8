"""Notice of a hearing: served for the day that it has, long enough before it, or it cannot begin without the registrant.

The day on which it counts as served, and then the days of the rules, must be over. What came back was not served.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import (
    Mapped,
    contains_eager,
    mapped_column,
    relationship,
)

from fitness.case import Case, CaseEventKind, CaseText, say
from fitness.hearing.hearing import Hearing
from fitness.hearing.kind import Attendance, Kind, Seat
from fitness.hearing.member import (
    HearingMember,
    must_be_able_to_decide,
    panel_of,
)
from fitness.investigation.drawn import ERASED, Drawn, draw
from fitness.investigation.served import AS_READ, CaseService, ServiceKind
from fitness.notice_template import Gap, NoticeKind, page_words
from register.account import Account
from register.kit.clock import end_of
from register.kit.db import Base
from register.kit.errors import Refused
from register.kit.pages import day, moment
from register.notice import ServiceMethod, deemed_on, last_day, left_on
from register.process import Process
from register.rule_set import Rules

A_DAY = timedelta(days=1)


class NotToldOfTheCase(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The registrant must be given notice of the investigation before they are told of a hearing."
        )


class NoticeGiven(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Notice of this hearing has been given for this day, and it has not come back."
        )


class NotToldInTime(Refused):
    """The days of the rules would not be over."""

    def __init__(self, earliest: date) -> None:
        self.earliest = earliest
        super().__init__(
            "The registrant has not had notice for as many days as the rules give them. Adjourn the hearing to a later day."
        )


class NotTold(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The registrant has been given no notice of this day, or it did not arrive. It begins only if they attend."
        )


class PanelNotTold(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The registrant has not been told who sits on the panel now. It begins only if they attend."
        )


class NotItsDay(Refused):
    def __init__(self) -> None:
        super().__init__(
            "A hearing begins at its time or after it, and on one of its days. Adjourn it to begin it on another."
        )


def first_day_after(served_on: date, kind: Kind, rules: Rules) -> date:
    """On which a hearing may begin of which notice counts as served on a day."""
    return last_day(served_on, kind.notice_days(rules)) + A_DAY


def first_day_if_sent(
    now: datetime, method: ServiceMethod, kind: Kind, rules: Rules
) -> date:
    return first_day_after(deemed_on(left_on(now, method), method), kind, rules)


class HearingService(Base):
    """What was served about a hearing, and which day it named."""

    __tablename__ = "hearing_service"

    service_id: Mapped[UUID] = mapped_column(
        ForeignKey("case_service.id"), primary_key=True
    )
    hearing_id: Mapped[UUID] = mapped_column(ForeignKey("hearing.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    starts_at: Mapped[datetime]
    last_on: Mapped[date]

    service: Mapped[CaseService] = relationship(lazy="raise")

    @property
    def kind(self) -> ServiceKind:
        return self.service.kind

    @property
    def astray(self) -> bool:
        return self.service.astray

    def names(self, hearing: Hearing) -> bool:
        """The days that it has now."""
        named = self.starts_at, self.last_on
        return named == (hearing.starts_at, hearing.last_on)


async def serve(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    kind: ServiceKind,
    drawn: Drawn,
    *,
    text: CaseText | None = None,
    again_of: UUID | None = None,
    about_id: UUID | None = None,
    by: Process,
) -> CaseService:
    service = await CaseService.serve(
        session,
        case,
        kind,
        drawn,
        text=text,
        again_of=again_of,
        about_id=about_id,
        by=by,
    )
    await session.flush()
    session.add(
        HearingService(
            service=service,
            hearing_id=hearing.id,
            case_id=case.id,
            starts_at=hearing.starts_at,
            last_on=hearing.last_on,
        )
    )
    await session.flush()
    return service


NOTICES = {
    Kind.INTERIM_ORDER: NoticeKind.INTERIM_HEARING,
    Kind.INTERIM_REVIEW: NoticeKind.INTERIM_REVIEW,
    Kind.FINAL: NoticeKind.FINAL_HEARING,
    Kind.ORDER_REVIEW: NoticeKind.ORDER_REVIEW,
    Kind.RESTORATION: NoticeKind.RESTORATION_HEARING,
}


Sitting = tuple[Account, Seat]


async def _sitting(session: AsyncSession, hearing: Hearing) -> list[Sitting]:
    return [(one.account, one.seat) for one in await panel_of(session, hearing)]


def _said(hearing: Hearing, sitting: Sequence[Sitting]) -> dict[Gap, str]:
    names = _names(sitting) or "we tell you as soon as we know"
    return {**when_and_where(hearing), Gap.PANEL: names}


def when_and_where(hearing: Hearing) -> dict[Gap, str]:
    last = f", and may go on until {day(hearing.last_on)}"
    place = hearing.place.words if hearing.place else ERASED
    where = "It is held remotely:" if hearing.remote else "It is held here:"
    return {
        Gap.DAY: day(hearing.first_on),
        Gap.TIME: moment(hearing.starts_at).partition(" at ")[2]
        + (last if hearing.last_on != hearing.first_on else ""),
        Gap.PLACE: f"{where}\n{place}",
    }


def _names(sitting: Sequence[Sitting]) -> str:
    """The chair first, the adviser last."""
    words, seats = page_words("fitness/hearings/words.html").seat_words, list(Seat)
    in_order = sorted(sitting, key=lambda one: seats.index(one[1]))
    return ", ".join(
        f"{account.name} ({words[seat].lower()})" for account, seat in in_order
    )


async def services_for(
    session: AsyncSession, hearing: Hearing
) -> Sequence[HearingService]:
    """All that was served about it, the latest first."""
    return (await services_of(session, [hearing])).get(hearing.id, [])


async def services_of(
    session: AsyncSession, hearings: Collection[Hearing]
) -> dict[UUID, list[HearingService]]:
    """By the hearing, the latest first."""
    rows = await session.scalars(
        select(HearingService)
        .join(HearingService.service)
        .where(HearingService.hearing_id.in_([one.id for one in hearings]))
        .options(contains_eager(HearingService.service).options(*AS_READ))
        .order_by(CaseService.handed_over_at.desc(), CaseService.id)
    )
    found: dict[UUID, list[HearingService]] = {}
    for row in rows:
        found.setdefault(row.hearing_id, []).append(row)
    return found


def notice_of(
    hearing: Hearing, services: Sequence[HearingService]
) -> CaseService | None:
    """The latest notice, if it names the days that the hearing has now."""
    for one in services:
        if one.kind is ServiceKind.HEARING:
            return one.service if one.names(hearing) else None
    return None


async def draw_notice(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    words: str,
    *,
    by_post: bool = False,
    now: datetime,
) -> Drawn:
    """As `give_notice` would serve it; raises what it does."""
    hearing.must_not_have_begun()
    if case.told_at is None:
        raise NotToldOfTheCase
    earlier = notice_of(hearing, await services_for(session, hearing))
    if earlier and not earlier.astray:
        raise NoticeGiven
    said = _said(hearing, await _sitting(session, hearing)) | {Gap.OUR_WORDS: words}
    kind = NOTICES[hearing.kind]
    drawn = await draw(session, case, kind, said, by_post=by_post, now=now)
    earliest = first_day_after(drawn.deemed_on, hearing.kind, case.rule_set.rules)
    if hearing.first_on < earliest:
        raise NotToldInTime(earliest)
    return drawn


async def give_notice(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    words: str,
    *,
    by_post: bool = False,
    by: Process,
) -> CaseService:
    """Again only where the last did not arrive.

    Raises HearingOver, BegunAlready, NotToldOfTheCase, NoticeGiven, CannotBeServed or NotToldInTime.
    """
    drawn = await draw_notice(session, case, hearing, words, by_post=by_post, now=by.at)
    text = say(session, case.id, words, by=by)
    return await serve(
        session, case, hearing, ServiceKind.HEARING, drawn, text=text, by=by
    )


async def draw_joining(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    account: Account,
    seat: Seat,
    *,
    now: datetime,
) -> Drawn | None:
    """Who will sit on it once somebody joins, where notice was given before: the notice stands. Raises CannotBeServed."""
    notice = notice_of(hearing, await services_for(session, hearing))
    if notice is None:
        return None
    sitting = [*await _sitting(session, hearing), (account, seat)]
    return await draw(
        session,
        case,
        NoticeKind.PANEL,
        _said(hearing, sitting),
        by_post=notice.method is ServiceMethod.POST,
        now=now,
    )


async def draw_panel(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    *,
    by_post: bool = False,
    now: datetime,
) -> Drawn:
    """Who sits on it now. Raises CannotBeServed."""
    said = _said(hearing, await _sitting(session, hearing))
    return await draw(session, case, NoticeKind.PANEL, said, by_post=by_post, now=now)


NAME_THE_PANEL = frozenset({ServiceKind.HEARING, ServiceKind.PANEL})


def must_have_been_told(
    case: Case,
    hearing: Hearing,
    services: Sequence[HearingService],
    panel: Sequence[HearingMember],
) -> None:
    """Raises NotTold, NotToldInTime or PanelNotTold."""
    if not hearing.told_in_the_room:
        notice = notice_of(hearing, services)
        if notice is None or notice.astray:
            raise NotTold
        earliest = first_day_after(notice.deemed_on, hearing.kind, case.rule_set.rules)
        if hearing.first_on < earliest:
            raise NotToldInTime(earliest)
    told = [
        one.service.handed_over_at
        for one in services
        if one.kind in NAME_THE_PANEL and not one.astray
    ]
    newest = max(one.joined_at for one in panel)
    if not (told and max(told) >= newest) and not (
        hearing.told_in_the_room and newest <= hearing.set_at
    ):
        raise PanelNotTold


async def begin(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    attendance: Attendance,
    *,
    by: Process,
) -> None:
    """Whoever attends needs no notice.

    Raises NotNow, HearingOver, BegunAlready, NotItsDay, NoQuorum, NoChair, NotMixed, NotTold, NotToldInTime or PanelNotTold.
    """
    case.must_be(*hearing.kind.stages)
    hearing.must_not_have_begun()
    if not hearing.starts_at <= by.at < end_of(hearing.last_on):
        raise NotItsDay
    panel = await panel_of(session, hearing)
    must_be_able_to_decide(panel, hearing.kind, case.rule_set.rules)
    if not attendance.attends:
        services = await services_for(session, hearing)
        must_have_been_told(case, hearing, services, panel)
    hearing.begun_at, hearing.attendance = by.at, attendance
    hearing.tell(
        session, case, CaseEventKind.HEARING_BEGUN, by=by, attendance=attendance
    )
    await session.flush()
