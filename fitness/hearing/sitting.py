"""How panels come about and go: empanelled past the conflict radar, released with a reason, moved with their hearing."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case, CaseEventKind, Place, members, say
from fitness.fence import as_the_service
from fitness.hearing.hearing import Hearing
from fitness.hearing.kind import Kind, Seat
from fitness.hearing.member import (
    HearingMember,
    ReleasedFor,
    deciding,
    panel_of,
    unsign,
)
from fitness.hearing.notice import draw_joining, serve
from fitness.hearing.radar import clashes_in, sitting_elsewhere
from fitness.investigation.drawn import Drawn
from fitness.investigation.served import ServiceKind
from fitness.panel import Clash, Decider
from register.account import Account
from register.kit.clock import day_of
from register.kit.errors import Refused
from register.process import Process


class NotDescribed(Refused):
    def __init__(self) -> None:
        super().__init__(
            "It is not known yet whether they are lay or a registrant: describe them in the list of deciders first."
        )


class Blocked(Refused):
    def __init__(self, found: Collection[Clash]) -> None:
        self.found = found
        super().__init__(
            "They cannot sit on this hearing: there is a conflict of interest."
        )


class NotWeighed(Refused):
    """Warnings about which nobody has said anything."""

    def __init__(self, found: Collection[Clash]) -> None:
        self.found = found
        super().__init__(
            "There may be a conflict of interest. Say why they can sit all the same."
        )


class SitsAlready(Refused):
    def __init__(self) -> None:
        super().__init__("They sit on this hearing already.")


class SeatTaken(Refused):
    def __init__(self) -> None:
        super().__init__("Somebody has this seat already, or the panel is complete.")


class MayNotChair(Refused):
    def __init__(self) -> None:
        super().__init__("They may not chair this hearing.")


async def empanel(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    account: Account,
    seat: Seat,
    *,
    words: str = "",
    by: Process,
) -> HearingMember:
    """`words`: why, though the radar warns.

    The registrant is told of who joins after notice was given. Raises what `draw_empanelling` and `Case.take_on` do.
    """
    decider, found = await _may_sit(session, case, hearing, account, seat, words=words)
    drawn = await draw_joining(session, case, hearing, account, seat, now=by.at)
    place = hearing.kind.place if seat.votes else Place.LEGAL_ADVISER
    await case.take_on(session, account, place, by=by)
    member = HearingMember(
        id=uuid4(),
        hearing_id=hearing.id,
        case_id=case.id,
        account_id=account.id,
        seat=seat,
        side=decider.side if decider and seat.votes else None,
        first_on=hearing.first_on,
        last_on=hearing.last_on,
        weighed=list(found),
        joined_at=by.at,
        process=by,
        text=say(session, case.id, words, by=by) if words else None,
    )
    session.add(member)
    hearing.tell(
        session,
        case,
        CaseEventKind.PANEL_SEATED,
        by=by,
        account=account.id,
        seat=seat,
        text=member.text.id if member.text else None,
    )
    await session.flush()
    if drawn:
        await serve(session, case, hearing, ServiceKind.PANEL, drawn, by=by)
    return member


async def draw_empanelling(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    account: Account,
    seat: Seat,
    *,
    words: str,
    now: datetime,
) -> Drawn | None:
    """What `empanel` would serve; None before notice was given.

    Raises HearingOver, BegunAlready, SitsAlready, SeatTaken, NotDescribed, MayNotChair, Blocked, NotWeighed or CannotBeServed.
    """
    await _may_sit(session, case, hearing, account, seat, words=words)
    return await draw_joining(session, case, hearing, account, seat, now=now)


async def _may_sit(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    account: Account,
    seat: Seat,
    *,
    words: str,
) -> tuple[Decider | None, Collection[Clash]]:
    """What is known of them, and of what the radar warns."""
    hearing.must_not_have_begun()
    await _must_be_free(session, case, hearing, account, seat)
    decider = await _described(session, account, seat, hearing.kind)
    found = await clashes_in(session, case, hearing, account, seat)
    if blocks := [clash for clash in found if clash.blocks]:
        raise Blocked(blocks)
    if found and not words:
        raise NotWeighed(found)
    return decider, found


async def _must_be_free(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    account: Account,
    seat: Seat,
) -> None:
    sitting = await panel_of(session, hearing)
    if any(one.account_id == account.id for one in sitting):
        raise SitsAlready
    taken = [one for one in sitting if one.seat is seat]
    full = len(deciding(sitting)) >= case.rule_set.rules.panel_members
    if (taken and seat is not Seat.MEMBER) or (seat.votes and full):
        raise SeatTaken


async def _described(
    session: AsyncSession, account: Account, seat: Seat, kind: Kind
) -> Decider | None:
    """Raises NotDescribed or MayNotChair."""
    decider = await session.get(Decider, account.id)
    if seat.votes and decider is None:
        raise NotDescribed
    if seat is Seat.CHAIR and decider and kind.mixed and not decider.may_chair:
        raise MayNotChair
    return decider


async def release(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    member: HearingMember,
    *,
    because: ReleasedFor,
    words: str,
    by: Process,
) -> None:
    """What the others have signed they sign again; raises HearingOver."""
    hearing.must_be_open()
    member.released_at, member.released_for = by.at, because
    hearing.tell(
        session,
        case,
        CaseEventKind.PANEL_RELEASED,
        by=by,
        account=member.account_id,
        released=because,
        text=say(session, case.id, words, by=by).id,
    )
    unsign(await panel_of(session, hearing))
    await session.flush()
    await let_go(session, case, [member.account_id], by=by)


async def let_go(
    session: AsyncSession, case: Case, accounts: Collection[UUID], *, by: Process
) -> None:
    """They see the case no more, unless they sit on another of its hearings."""
    sitting = await session.scalars(
        select(HearingMember.account_id).where(
            HearingMember.case_id == case.id, HearingMember.sits
        )
    )
    stay = set(sitting.all())
    for member in await members(session, case.id):
        if member.account_id in accounts and member.account_id not in stay:
            await case.release(session, member, by=by)
    await session.flush()


async def adjourn(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    words: str,
    *,
    starts_at: datetime,
    last_on: date,
    by: Process,
) -> None:
    """With its panel, who sign anew what they decide after it.

    Raises HearingOver, PastDay, or Blocked where one of them sits elsewhere on the new days.
    """
    hearing.must_be_open()
    panel = await panel_of(session, hearing)
    await _must_be_free_then(session, hearing, panel, starts_at, last_on)
    hearing.move(session, case, words, starts_at=starts_at, last_on=last_on, by=by)
    unsign(panel)
    for member in panel:
        member.first_on, member.last_on = hearing.first_on, hearing.last_on
    await session.flush()


async def _must_be_free_then(
    session: AsyncSession,
    hearing: Hearing,
    panel: Collection[HearingMember],
    starts_at: datetime,
    last_on: date,
) -> None:
    """Raises Blocked."""
    accounts = [one.account_id for one in panel]
    async with as_the_service(session):
        if await sitting_elsewhere(
            session, accounts, hearing, day_of(starts_at), last_on
        ):
            raise Blocked([Clash.BUSY])


async def vacate(
    session: AsyncSession, case: Case, hearing: Hearing, words: str, *, by: Process
) -> None:
    """Nobody sits on it any more; raises HearingOver."""
    hearing.drop(session, case, words, by=by)
    await disperse(session, case, hearing, by=by)


async def disperse(
    session: AsyncSession, case: Case, hearing: Hearing, *, by: Process
) -> None:
    """The hearing is over: who sat on it may sit elsewhere, and sees the case no more."""
    panel = await panel_of(session, hearing)
    for member in panel:
        member.over_at = by.at
    await session.flush()
    await let_go(session, case, [one.account_id for one in panel], by=by)
