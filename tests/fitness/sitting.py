"""Hearings for tests: listed, empanelled, told of, begun and decided, plausible where it is not said how."""

from datetime import timedelta

from sqlalchemy import select

from fitness.case import Place, Stage
from fitness.fence import Capacity, look_as
from fitness.hearing.application import InterimApplication
from fitness.hearing.decision import Draft, HearingDecision, Made, decision_of, sign
from fitness.hearing.finding import Facts, Found, find, find_ground
from fitness.hearing.hearing import Hearing
from fitness.hearing.kind import Attendance, Kind, Outcome, Privacy, Seat
from fitness.hearing.member import deciding, panel_of
from fitness.hearing.notice import begin, give_notice
from fitness.hearing.outcome import carry_out
from fitness.hearing.sitting import empanel
from fitness.investigation.allegation import Ground
from fitness.order import CaseOrder, Measure
from fitness.panel import Decider, FreeDays, Side
from register.account import StaffRole
from register.entry import Entry
from register.kit.clock import day_of
from tests.fitness.finding import STRUCK, draw, make_told
from tests.fitness.investigating import act
from tests.make import NOW, make_account

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
TODAY = day_of(NOW)
IN_TIME = NOW + 35 * DAY
"""For notice of any hearing, given now."""
SUSPENDED = Draft(
    Outcome.ORDER,
    "A child could come to harm before this is decided.",
    protects_the_public=True,
    order=Made(Measure.INTERIM_SUSPENSION, 18),
)
CONDITIONS = Draft(
    Outcome.IMPAIRED,
    "They have no insight yet.",
    order=Made(Measure.CONDITIONS, 12, "Work with another."),
)


async def make_decider(
    session, side=Side.LAY, *roles, may_chair=None, described=True, free=True, **more
):
    account = await make_account(
        session,
        *(roles or (StaffRole.ADJUDICATOR,)),
        name=more.pop("name", "Ada Judge"),
        **more,
    )
    by = act(session)
    if described:
        chairs = side is Side.LAY if may_chair is None else may_chair
        await Decider.describe(
            session, account, side, may_chair=chairs, areas=[], by=by
        )
    if free:
        FreeDays.offer(session, account, TODAY, TODAY + 2000 * DAY, by=by)
    await session.flush()
    return account


async def make_adviser(session, **more):
    return await make_decider(
        session, Side.LAY, StaffRole.LEGAL_ADVISER, name="Lex Adviser", **more
    )


async def make_officer(session, case=None, *, now=NOW):
    """Whose hearings the case's are."""
    officer = await make_account(session, StaffRole.HEARINGS_OFFICER, name="Hera Rings")
    if case:
        by = act(session, officer, now=now)
        await case.take_on(session, officer, Place.HEARINGS_OFFICER, by=by)
    return officer


async def apply(session, case, words="He is alone with children.", *, now=NOW, **more):
    return await InterimApplication.make(
        session, case, words, by=act(session, now=now), **more
    )


def refer(session, case, *, now=NOW):
    """To a panel, as case examiners do."""
    for stage in (Stage.EXAMINATION, Stage.HEARING):
        case.move(session, stage, by=act(session, now=now))


async def make_hearing(session, case, kind=Kind.INTERIM_ORDER, *, now=NOW, **more):
    """What it is about is there already, but for an application."""
    if kind is Kind.INTERIM_ORDER:
        await apply(session, case, now=now)
    return await list_one(session, case, kind, now=now, **more)


async def list_one(
    session, case, kind=Kind.INTERIM_ORDER, *, starts_at=IN_TIME, now=NOW, **more
):
    return await Hearing.list_one(
        session,
        case,
        kind,
        starts_at=starts_at,
        last_on=more.pop("last_on", day_of(starts_at)),
        remote=more.pop("remote", True),
        place=more.pop("place", "By video"),
        privacy=more.pop("privacy", Privacy.PUBLIC),
        by=act(session, now=now),
        **more,
    )


async def make_panel(session, case, hearing, *, adviser=False, now=NOW):
    """A lay chair, a registrant, and a lay member."""
    seats = [
        (Seat.CHAIR, Side.LAY),
        (Seat.MEMBER, Side.REGISTRANT),
        (Seat.MEMBER, Side.LAY),
    ]
    by = act(session, now=now)
    for seat, side in seats:
        account = await make_decider(session, side)
        await empanel(session, case, hearing, account, seat, by=by)
    if adviser:
        account = await make_adviser(session)
        await empanel(session, case, hearing, account, Seat.ADVISER, by=by)
    return await panel_of(session, hearing)


async def make_listed(session, kind=Kind.INTERIM_ORDER, *, case=None, now=NOW, **more):
    """With its panel, and notice given; the case, and the hearing."""
    case = case or (await make_told(session, now=now))[0]
    hearing = await make_hearing(session, case, kind, now=now, **more)
    await make_panel(session, case, hearing, now=now)
    await tell(session, case, hearing, now=now)
    return case, hearing


async def tell(session, case, hearing, *, now=NOW, **more):
    return await give_notice(
        session, case, hearing, "You may come.", by=act(session, now=now), **more
    )


async def make_begun(session, kind=Kind.INTERIM_ORDER, **more):
    case, hearing = await make_listed(session, kind, **more)
    await start(session, case, hearing)
    return case, hearing


async def start(session, case, hearing, attendance=Attendance.PRESENT, *, now=None):
    await begin(
        session,
        case,
        hearing,
        attendance,
        by=act(session, now=now or hearing.starts_at),
    )


async def draw_up(session, case, hearing, draft=SUSPENDED, *, now=None):
    return await HearingDecision.draw_up(
        session,
        case,
        hearing,
        draft,
        by=act(session, now=now or hearing.starts_at + HOUR),
    )


async def sign_all(session, case, hearing, *, now=None):
    """And what comes of it."""
    now = now or hearing.starts_at + 2 * HOUR
    for member in deciding(await panel_of(session, hearing)):
        by = act(session, now=now)
        if await sign(session, case, hearing, member.account_id, by=by):
            decision = await decision_of(session, hearing)
            await carry_out(session, case, hearing, decision, by=by)
            return decision
    return None


async def decide(session, case, hearing, draft=SUSPENDED, *, now=None):
    await draw_up(session, case, hearing, draft)
    return await sign_all(session, case, hearing, now=now)


async def make_referred(session, *, particulars=(STRUCK,)):
    """Alleged and told; before a panel."""
    case, _ = await make_told(session)
    await draw(session, case, *particulars)
    refer(session, case)
    return case


async def make_final(session, *, case=None, found=Found.PROVED, grounds=None):
    """Begun, and everything found in the same way; None: nothing is found yet."""
    case = case or await make_referred(session)
    _, hearing = await make_listed(session, Kind.FINAL, case=case)
    await start(session, case, hearing)
    if found:
        await find_all(session, case, hearing, found, grounds=grounds)
    return case, hearing


async def find_all(session, case, hearing, found=Found.PROVED, *, grounds=None):
    """The same of every particular."""
    by = act(session, now=hearing.starts_at + HOUR)
    facts = await Facts.of(session, hearing)
    for allegation in facts.allegations:
        for one in allegation.current.particulars:
            await find(
                session, case, hearing, one, found=found, words="We heard it.", by=by
            )
        if found.stands:
            chosen = [Ground.MISCONDUCT] if grounds is None else grounds
            await find_ground(
                session, case, hearing, allegation, grounds=chosen, words="So", by=by
            )


async def orders_in(session, case):
    await look_as(session, Capacity.SERVICE)
    found = await session.scalars(
        select(CaseOrder).where(CaseOrder.case_id == case.id).order_by(CaseOrder.number)
    )
    return found.all()


async def entry_of(session, case):
    found = await session.scalar(
        select(Entry.id).where(Entry.person_id == case.person_id)
    )
    return await Entry.load(session, found)
