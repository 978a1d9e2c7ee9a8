"""Investigations in every state, to those who work on them and to the registrant."""

from fitness.fence import Capacity, look_as
from fitness.investigation.evidence import Kept, Source
from fitness.investigation.proceeding import ProceedingState
from fitness.investigation.served import services_of
from register.request import Outcome
from tests.fitness.finding import (
    DAY,
    TODAY,
    ask,
    comment,
    disclose,
    draw,
    hold,
    investigate,
    log,
    make_proceeding,
    make_told,
    make_witness,
    plan,
    went_astray,
)
from tests.fitness.investigating import (
    act,
    close,
    make_investigated,
    make_investigator,
)
from tests.leaks.roles import Role
from tests.make import NOW, make_account, make_address

PAGES = (
    "plan",
    "hold",
    "allegations",
    "evidence",
    "witnesses",
    "requests",
    "proceedings",
    "disclosure",
    "chronology",
    "history",
)
FORMS = (
    "allegations/new",
    "evidence/new",
    "requests/new",
    "proceedings/new",
    "notice",
    "disclosure/new",
)
LONG = "He said that nobody had told him. " * 40


def at(case, pages):
    return [f"/staff/cases/{case.reference}/{page}" for page in pages]


async def investigations_in_every_state(stage):
    """Nothing in it yet; something of each kind, some of it late; what came back; over."""
    session = stage.session
    worker = await make_investigator(session, name="Inez Vance")
    readers = [stage.world.accounts[Role.TEAM_MANAGER], worker]
    begun = await make_investigated(session, taker=worker)
    full, _ = await make_told(session, taker=worker)
    await filled(session, full)
    back, _ = await make_told(session, taker=worker)
    await came_back(session, back)
    over, _ = await make_told(session, taker=worker)
    await investigate(session, over)
    await close(session, over, now=NOW + DAY)
    for days in (0, 40):
        stage.driver.clock.now = NOW + days * DAY
        for reader in readers:
            for case in (begun, full, back, over):
                await stage.see(reader, *at(case, PAGES), proved=True)
            await stage.see(reader, *at(full, ["disclosure/1"]), proved=True)
            await stage.see(reader, "/staff/cases/due", proved=True)
        for case in (begun, full, back):
            await stage.see(worker, *at(case, FORMS), proved=True)
    kept = "evidence/1", "evidence/2", "hold"
    await stage.see(worker, *at(full, kept), proved=True)
    nobody = await make_investigator(session, name="Ned Newcomer")
    await stage.see(nobody, "/staff/cases/due", proved=True)


async def filled(session, case):
    await investigate(session, case)
    await log(session, case, LONG, kept=Kept.HEALTH, dated_on=None)
    witness = await make_witness(session, case, "Wolfeschlegelsteinhausenbergerdorff")
    await log(session, case, LONG, source=Source.WITNESS, witness=witness)
    await plan(session, case, LONG, due_on=TODAY - DAY)
    for outcome in Outcome:
        if outcome not in {Outcome.REPLACED, Outcome.EXPIRED}:
            request = await ask(session, case, LONG)
            request.end(session, case, outcome, by=act(session))
    await ask(session, case, replaces=await ask(session, case))
    over = await make_proceeding(session, case, opened_on=None)
    over.hear(
        session,
        case,
        LONG,
        state=ProceedingState.OVER,
        ended_on=TODAY,
        by=act(session),
    )
    withdrawn = await draw(session, case)
    withdrawn.withdraw(session, case, "Not so", by=act(session))
    ended = await hold(session, case, told=False)
    ended.end(session, case, LONG, by=act(session))
    await session.flush()
    await hold(session, case)
    second = await disclose(session, case)
    await comment(session, case, second, LONG)
    await comment(session, case, second, "By post", came_on=TODAY)


async def came_back(session, case):
    await make_address(session, case.person)
    await disclose(session, case)
    for service in await services_of(session, case.id):
        await went_astray(session, service)


async def own_cases_in_every_state(stage):
    """None; told; delayed; to comment on, in time and late; commented; over."""
    session = stage.session
    case, account = await make_told(session)
    here = f"/your-case/{case.reference}"
    pages = here, f"{here}/disclosure/1"

    async def see(*shown):
        """Whoever looks leaves the session as theirs."""
        await stage.see(account, "/your-case", *shown)
        await look_as(session, Capacity.SERVICE)

    await stage.see(await make_account(session), "/your-case")
    await look_as(session, Capacity.SERVICE)
    await see(here)
    held = await hold(session, case)
    await see(here)
    held.end(session, case, "Over", by=act(session))
    item = await log(session, case, LONG)
    disclosure = await disclose(session, case, evidence=[item])
    await see(*pages)
    later = stage.driver.clock.now = NOW + 60 * DAY
    await see(*pages)
    await comment(session, case, disclosure, LONG, now=later)
    await see(*pages)
    await close(session, case, now=later)
    await see(*pages)
