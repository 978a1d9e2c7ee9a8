"""Examinations in every state, to the two examiners, to the staff who follow them and to the registrant."""

from fitness.examination.disposal import Answer
from fitness.examination.outcome import Outcome, Prospect
from fitness.examination.view import Interest
from fitness.fence import Capacity, look_as
from fitness.order import Measure
from fitness.panel import Side
from register.kit.security import totp
from tests.fitness.examining import (
    answer_with,
    both_view,
    confirm,
    decide,
    draft,
    make_examined,
    make_examiner,
    make_ready,
    propose,
    record,
    report,
    view,
)
from tests.fitness.finding import DAY, went_astray
from tests.fitness.investigating import act, make_investigator
from tests.leaks.roles import Role
from tests.make import NOW, make_address

LONG = "He said that nobody had told him. " * 40


async def examinations_in_every_state(stage):
    """To be reported; without examiners; viewed by one; not agreed; agreed; written; proposed; decided each way."""
    session = stage.session
    worker = await make_investigator(session, name="Inez Vance")
    two = [await make_examiner(session, side, name=f"{side} examiner") for side in Side]
    office = Office(stage, worker, two)
    ready, _ = await make_ready(session, taker=worker)
    await office.staff(ready, "", "/report")
    await report(session, ready, LONG)
    await office.staff(ready, "")
    await office.seats(ready)
    for make in (viewed, apart, agreed, written, decided):
        found = await make_examined(session, taker=worker, examiners=two)
        await make(session, found)
        await office.all(found)
    await office.proposals()


class Office:
    """Those who work on it, and what each opens."""

    def __init__(self, stage, worker, two):
        self.stage, self.worker, self.two = stage, worker, two

    async def see(self, account, *pages):
        """Whoever looks leaves the session as theirs."""
        await self.stage.see(account, *pages, proved=True)
        await look_as(self.stage.session, Capacity.SERVICE)

    async def seats(self, case):
        at = f"/staff/cases/{case.reference}/examination"
        manager = self.stage.world.accounts[Role.TEAM_MANAGER]
        await self.see(manager, at)
        async with self.stage.visitor(manager, proved=True) as browser:
            await self.stage.show(browser, f"{at}/examiners", {})

    async def staff(self, case, *pages):
        at = f"/staff/cases/{case.reference}/examination"
        for reader in (self.worker, self.stage.world.accounts[Role.TEAM_MANAGER]):
            await self.see(reader, *(f"{at}{page}" for page in pages))

    async def all(self, found):
        at = f"/staff/examinations/{found.case.reference}"
        for examiner in self.two:
            pages = "/staff/examinations", at, f"{at}/view", f"{at}/decision"
            await self.see(examiner, *pages)
        await self.staff(found.case, "")
        await self.see(found.owner, f"/your-case/{found.case.reference}")

    async def proposals(self):
        """Of each measure; answered each way; without an app; recorded on paper; astray; over."""
        session = self.stage.session
        for measure, months in (
            (Measure.WARNING, 12),
            (Measure.CONDITIONS, 12),
            (Measure.SUSPENSION, 6),
            (Measure.REMOVAL, None),
        ):
            found = await make_examined(session, taker=self.worker, examiners=self.two)
            await propose(session, found, measure, months)
            await self.proposal(found)
        own = await session.get_one(type(found.owner), found.owner.id)
        await own.set_factor(session, totp.new_secret(), step=1, by=act(session))
        await session.flush()
        await self.proposal(found)
        async with self.stage.visitor(found.owner) as browser:
            at = f"/your-case/{found.case.reference}/proposal"
            for page in ("", "/variation", "/refusal"):
                await self.stage.show(browser, f"{at}{page}", {})
        await look_as(session, Capacity.SERVICE)
        await record(session, found, self.worker, Answer.VARIED, words=LONG)
        await self.proposal(found)
        for how in (Answer.VARIED, Answer.AGREED, Answer.REFUSED):
            await self.answered(how)
        await self.astray()

    async def proposal(self, found):
        await self.staff(found.case, "", "/proposal")
        at = f"/your-case/{found.case.reference}"
        await self.see(found.owner, at, f"{at}/proposal")
        for examiner in self.two:
            await self.see(examiner, f"/staff/examinations/{found.case.reference}")

    async def answered(self, how):
        session = self.stage.session
        found = await make_examined(session, taker=self.worker, examiners=self.two)
        await propose(session, found)
        await answer_with(session, found, how, words=LONG)
        await self.proposal(found)
        if how is Answer.VARIED:
            await draft(session, found)
            await confirm(session, found)
            await self.proposal(found)

    async def astray(self):
        session = self.stage.session
        found = await make_examined(session, taker=self.worker, examiners=self.two)
        disposal = await propose(session, found)
        await make_address(session, found.case.person)
        await went_astray(session, disposal.service)
        self.stage.driver.clock.now = NOW + 100 * DAY
        await self.proposal(found)
        await self.see(self.two[0], "/staff/examinations")
        at = f"/staff/cases/{found.case.reference}/examination/proposal"
        async with self.stage.visitor(self.worker, proved=True) as browser:
            await self.stage.show(browser, f"{at}/papers", {})
        self.stage.driver.clock.now = NOW


async def viewed(session, found):
    await view(session, found, found.lay, Outcome.WARNING, months=12, interim=True)


async def apart(session, found):
    await view(
        session,
        found,
        found.lay,
        Outcome.MORE_INFORMATION,
        prospect=Prospect.YES,
        interest=Interest(True, LONG),
    )
    await view(session, found, found.registrant)
    await view(session, found, found.registrant, stands=True)


async def agreed(session, found):
    await both_view(
        session, found, Outcome.DISPOSAL, measure=Measure.CONDITIONS, months=12
    )


async def written(session, found):
    await agreed(session, found)
    await draft(session, found, words=LONG)


async def decided(session, found):
    await decide(session, found, Outcome.ADVICE)
