"""Hearings in every state, to those who bring them about, to those who sit on them and to the registrant."""

from fitness.case import Place
from fitness.fence import Capacity, look_as
from fitness.hearing.decision import Draft, Made
from fitness.hearing.direction import Directed, Direction
from fitness.hearing.finding import Found
from fitness.hearing.kind import Kind, Outcome, Privacy, PrivateFor, Seat
from fitness.hearing.member import ReleasedFor, panel_of
from fitness.hearing.notice import notice_of, services_for
from fitness.hearing.sitting import adjourn, release, vacate
from fitness.order import Measure
from fitness.panel import DeclaredInterest, Side
from register.account import Account
from register.kit.clock import day_of
from tests.fitness.finding import comment, disclose, draw, log, make_told, went_astray
from tests.fitness.investigating import act, make_investigator
from tests.fitness.sitting import (
    CONDITIONS,
    DAY,
    HOUR,
    IN_TIME,
    TODAY,
    apply,
    decide,
    draw_up,
    find_all,
    make_decider,
    make_hearing,
    make_listed,
    make_officer,
    make_panel,
    refer,
    start,
    tell,
)
from tests.leaks.roles import Role
from tests.make import NOW, make_employment, make_home

LONG = "He said that nobody had told him. " * 40
FORMS = (
    "/opening",
    "/panel",
    "/notice",
    "/directions/new",
    "/adjournment",
    "/vacating",
)


async def hearings_in_every_state(stage):
    """None; applied for; listed, with a panel, told, in vain; adjourned; begun; vacated; decided; due; extended."""
    session = stage.session
    await look_as(session, Capacity.SERVICE)
    worker = await make_investigator(session, name="Inez Vance")
    office = HearingsOffice(stage, worker, await make_officer(session))
    await office.deciders()
    await office.to_come()
    await office.going_on()
    await office.over()
    await office.due()


class HearingsOffice:
    def __init__(self, stage, worker, officer):
        self.stage, self.worker, self.officer = stage, worker, officer
        self.session = stage.session

    async def see(self, account, *pages):
        """Whoever looks leaves the session as theirs."""
        await self.stage.see(account, *pages, proved=True)
        await look_as(self.session, Capacity.SERVICE)

    async def told(self):
        case, account = await make_told(self.session, taker=self.worker)
        await case.take_on(
            self.session,
            self.officer,
            Place.HEARINGS_OFFICER,
            by=act(self.session, self.officer),
        )
        return case, account

    async def deciders(self):
        """What is known of one of them, filled in rightly and wrongly."""
        session = self.session
        home = await make_home(session)
        known = await make_decider(session, Side.REGISTRANT, name="Rex Peer")
        DeclaredInterest.declare(
            session, known, LONG, from_on=TODAY, home=home, by=act(session)
        )
        await session.flush()
        unknown = await make_decider(session, described=False, free=False)
        pages = [f"/staff/panel/{one.id}" for one in (known, unknown)]
        await self.see(self.officer, "/staff/panel", *pages, "/staff")
        async with self.stage.visitor(self.officer, proved=True) as browser:
            await self.stage.show(browser, pages[1], {"side": "lay"})
            await self.stage.show(browser, f"{pages[1]}/interests", {"urn": "SC1"})
            await self.stage.show(browser, f"{pages[1]}/days", {"first-day": "x"})
        await look_as(session, Capacity.SERVICE)

    async def to_come(self):
        session = self.session
        case, _ = await self.told()
        at = f"/staff/cases/{case.reference}"
        await log(session, case, LONG)
        await self.see(self.worker, f"{at}/hearings", f"{at}/interim-application")
        async with self.stage.visitor(self.worker, proved=True) as browser:
            await self.stage.show(browser, f"{at}/interim-application", {"words": ""})
        await look_as(session, Capacity.SERVICE)
        await apply(session, case, LONG, evidence=["E1"])
        await self.see(self.officer, f"{at}/hearings", f"{at}/hearings/new")
        async with self.stage.visitor(self.officer, proved=True) as browser:
            await self.stage.show(browser, f"{at}/hearings/new", {"privacy": "private"})
        await look_as(session, Capacity.SERVICE)
        await self.listed()

    async def listed(self):
        """With a warning that was answered, and a conflict that was found out since."""
        session = self.session
        case, account = await self.told()
        at = f"/staff/cases/{case.reference}/hearings/1"
        hearing = await make_hearing(
            session,
            case,
            privacy=Privacy.PRIVATE,
            private_because=PrivateFor.INTERIM,
            last_on=day_of(IN_TIME) + 2 * DAY,
            place=LONG,
        )
        await self.see(self.officer, at, *(f"{at}{page}" for page in FORMS))
        panel = await make_panel(session, case, hearing, adviser=True)
        await tell(session, case, hearing)
        for directed in Directed:
            await Direction.give(
                session,
                case,
                hearing,
                LONG,
                directed=directed,
                due_on=TODAY,
                by=act(session),
            )
        home = await make_home(session, urn="SC999001")
        await make_employment(session, case.person, home)
        chair = await session.get_one(Account, panel[0].account_id)
        DeclaredInterest.declare(
            session, chair, "A cousin", from_on=TODAY, home=home, by=act(session)
        )
        await session.flush()
        released = f"{at}/panel/{panel[1].id}/release"
        await self.see(self.officer, at, f"{at}/panel", released)
        await self.wrongly(at, "/panel", "/notice", "/directions/new", "/adjournment")
        await self.wrongly(at, "/vacating", f"/panel/{panel[1].id}/release", "/opening")
        await self.see(account, f"/your-case/{case.reference}")
        await self.came_back(case, hearing, at)

    async def wrongly(self, at, *pages):
        async with self.stage.visitor(self.officer, proved=True) as browser:
            for page in pages:
                await self.stage.show(browser, f"{at}{page}", {})
        await look_as(self.session, Capacity.SERVICE)

    async def came_back(self, case, hearing, at):
        """Somebody was released and replaced, the notice came back, and it was adjourned."""
        session = self.session
        _, member, *_ = await panel_of(session, hearing)
        await release(
            session,
            case,
            hearing,
            member,
            because=ReleasedFor.CONFLICT,
            words=LONG,
            by=act(session),
        )
        notice = notice_of(hearing, await services_for(session, hearing))
        await went_astray(session, notice)
        await self.see(self.officer, at, f"{at}/notice")
        await adjourn(
            session,
            case,
            hearing,
            LONG,
            starts_at=IN_TIME + 30 * DAY,
            last_on=day_of(IN_TIME) + 30 * DAY,
            by=act(session),
        )
        await self.see(self.officer, at, f"/staff/cases/{case.reference}/history")
        await vacate(session, case, hearing, LONG, by=act(session))
        await self.see(self.officer, at)

    async def going_on(self):
        """A final hearing, to those who sit on it."""
        session = self.session
        case, _ = await self.told()
        allegation = await draw(session, case)
        disclosure = await disclose(session, case, [allegation])
        await comment(session, case, disclosure, LONG)
        refer(session, case)
        hearing = await make_hearing(session, case, Kind.FINAL)
        await make_panel(session, case, hearing, adviser=True)
        await tell(session, case, hearing)
        chair = await self.seated(hearing, Seat.CHAIR)
        adviser = await self.seated(hearing, Seat.ADVISER)
        here = f"/staff/sittings/{case.reference}/1"
        await self.see(chair, "/staff/sittings", here)
        self.stage.driver.clock.now = IN_TIME
        await start(session, case, hearing)
        finding = f"{here}/allegations/1/1"
        await self.see(chair, here, finding)
        await find_all(session, case, hearing, Found.PROVED)
        ground, decision = f"{here}/allegations/1", f"{here}/decision"
        await self.see(chair, here, finding, ground, decision)
        async with self.stage.visitor(chair, proved=True) as browser:
            for page in (finding, ground, decision):
                await self.stage.show(browser, page, {})
        await look_as(session, Capacity.SERVICE)
        await draw_up(session, case, hearing, CONDITIONS)
        await self.see(chair, here, decision, f"{here}/signature")
        await self.see(adviser, here)
        nobody = await make_decider(session, name="Ned Newcomer")
        await self.see(nobody, "/staff/sittings")
        self.stage.driver.clock.now = NOW

    async def seated(self, hearing, seat):
        for member in await panel_of(self.session, hearing):
            if member.seat is seat:
                return await self.session.get_one(Account, member.account_id)
        raise AssertionError

    async def over(self):
        """Decided, served or in vain, to the office and to the registrant."""
        session = self.session
        case, account = await self.told()
        await draw(session, case)
        refer(session, case)
        _, hearing = await make_listed(session, Kind.FINAL, case=case)
        await start(session, case, hearing)
        await find_all(session, case, hearing, Found.ADMITTED)
        draft = Draft(
            Outcome.IMPAIRED,
            LONG,
            order=Made(Measure.CONDITIONS, 12, LONG),
            cover=Made(Measure.INTERIM_CONDITIONS, 12, LONG),
        )
        await decide(session, case, hearing, draft)
        at = f"/staff/cases/{case.reference}/hearings"
        self.stage.driver.clock.now = IN_TIME + DAY
        await self.see(self.officer, at, f"{at}/1", f"{at}/1/decision")
        await self.see(account, f"/your-case/{case.reference}")
        service, *_ = await services_for(session, hearing)
        await went_astray(session, service.service)
        await self.see(self.officer, f"{at}/1", f"{at}/1/decision")
        await self.wrongly(at, "/1/decision")
        self.stage.driver.clock.now = NOW

    async def due(self):
        """Nothing; a review that is red, one to list, one to tell of, and one that is ready."""
        session = self.session
        nobody = await make_officer(session)
        await self.see(nobody, "/staff/hearings/due")
        for told in (None, False, True):
            case, _ = await self.told()
            _, hearing = await make_listed(session, case=case)
            await start(session, case, hearing)
            decision = await decide(session, case, hearing)
            if told is not None:
                review = await make_hearing(
                    session,
                    case,
                    Kind.INTERIM_REVIEW,
                    order=decision.order,
                    starts_at=IN_TIME + 60 * DAY,
                    now=IN_TIME + 3 * HOUR,
                )
                if told:
                    await tell(session, case, review, now=IN_TIME + 3 * HOUR)
        at = f"/staff/cases/{case.reference}"
        for days in (1, 180):
            self.stage.driver.clock.now = IN_TIME + days * DAY
            await self.see(self.officer, "/staff/hearings/due")
        await self.see(self.officer, f"{at}/hearings", f"{at}/extension/1")
        await self.wrongly(at, "/extension/1")
        manager = self.stage.world.accounts[Role.TEAM_MANAGER]
        await self.see(manager, "/staff/hearings/due", f"{at}/hearings/1")
        self.stage.driver.clock.now = NOW
