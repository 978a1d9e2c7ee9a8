"""Dockets in every state: empty, full, with what waits to be withheld and what is, and bundles being built, ready and failed."""

from fitness.docket.document import MadeFrom, Matter
from fitness.docket.level import Audience, Level
from fitness.fence import Capacity, look_as
from fitness.investigation.evidence import Kept
from register.kit.cleaning import MediaType
from tests.fitness.docketing import add, add_file, ask, build, scanned, withhold
from tests.fitness.finding import DAY, draw, make_told
from tests.fitness.investigating import act, close, make_investigator
from tests.leaks.roles import Role
from tests.make import NOW, make_account
from tests.uploading import picture

LONG = (
    "The log of the waking night staff of Mill House, with what was added by hand, and when. "
    * 2
)
PAGES = ("docket", "docket/bundles", "history")
IN_A_FULL_ONE = (
    *(f"docket/{nth}" for nth in (1, 2, 3, 4)),
    *("docket/1/pages/1", "docket/1/pages/2", "docket/3/pages/1"),
    *(f"docket/1/redactions/{nth}" for nth in (1, 2, 3)),
    "docket/2/redactions/1",
    *(f"docket/bundles/{nth}" for nth in (1, 2, 3)),
)
FORMS = (
    *("docket/new", "docket/1/level", "docket/1/removal"),
    *(f"docket/{nth}/redactions/new" for nth in (1, 2, 3)),
)
LOOKS = (
    (1, {"how": "words", "words": "Zebedee", "because": "child"}),
    (1, {"how": "words", "words": "Nobody", "because": "child"}),
    (1, {"how": "place", "page": "9", "place": "All of it"}),
    (2, {"how": "words", "words": "child", "because": "third_party"}),
    (3, {"how": "whole", "page": "1", "because": "health"}),
)


async def dockets_in_every_state(stage):
    session = stage.session
    worker = await make_investigator(session, name="Inez Vance")
    manager = stage.world.accounts[Role.TEAM_MANAGER]
    empty, full, over = [(await make_told(session, taker=worker))[0] for _ in range(3)]
    for case in (full, over):
        await filled(session, case)
    await close(session, over, now=NOW + DAY)
    for reader in (worker, manager):
        await stage.see(reader, *at(empty, PAGES), proved=True)
        for case in (full, over):
            await stage.see(reader, *at(case, PAGES + IN_A_FULL_ONE), proved=True)
    await stage.see(worker, *at(full, FORMS), proved=True)
    async with stage.visitor(worker, proved=True) as browser:
        for nth, how in LOOKS:
            (form,) = at(full, [f"docket/{nth}/redactions/new"])
            await stage.show(browser, form, how)
        for to, data in (("docket/bundles", {"audience": "panel"}), ("docket/new", {})):
            await stage.show(browser, *at(full, [to]), data)


def at(case, pages):
    return [f"/staff/cases/{case.reference}/{page}" for page in pages]


async def filled(session, case):
    """A file, our own, a picture and one taken out; a bundle that is ready, one that failed, and one that is being built."""
    await look_as(session, Capacity.SERVICE)
    await draw(session, case)
    pages = scanned(["The shift began", "Zebedee came"], ["Zebedee left"])
    log = await add_file(session, case, pages, LONG)
    own = await add(session, case, Matter(MadeFrom.ALLEGATIONS), "What is alleged")
    shot = picture("PNG", (900, 1200))
    await add_file(session, case, shot, "A photograph", kind=MediaType.PNG)
    await withhold(session, case, log, [[100, 50, 300, 100]], page=1)
    await withhold(session, case, own, own.paper.places_of("child"))
    await build(session, await ask(session, case, Audience.PANEL))
    broken = await add_file(session, case, b"%PDF-1.7 and no more", "Broken")
    await build(session, await ask(session, case, Audience.EXAMINERS))
    broken.take_out(session, case, words="It is broken", by=act(session))
    await session.flush()
    await ask(session, case, Audience.REGISTRANT)
    returned = await withhold(
        session, case, log, [], page=2, because=Kept.POLICE, settled=False
    )
    returned.send_back(
        session,
        case,
        approver=await make_account(session),
        words=LONG,
        by=act(session),
    )
    await withhold(session, case, log, [], page=2, settled=False)
    log.set_level(session, case, Level.DECIDERS, words=LONG, by=act(session))
    await session.flush()
