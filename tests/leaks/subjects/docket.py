"""The docket of the investigation of which the registrant is told: what is in it, what waits to be withheld, and a bundle."""

from fitness.docket.bundle import Bundle, bundle_in
from fitness.docket.document import DocketDocument, MadeFrom, Matter, document_in
from fitness.docket.level import Audience, Level
from fitness.fence import Capacity, look_as
from fitness.investigation.evidence import Kept
from tests.fitness.docketing import build, found_clean, scanned, sent
from tests.leaks.roles import READERS_OF_CASES, Role
from tests.leaks.rows import INVESTIGATOR, REGISTRAR, TEAM_MANAGER, case
from tests.leaks.subjects.cases import OFFICERS, READERS, STRANGERS, subject
from tests.leaks.subjects.investigation import logged
from tests.make import make_process

DOCKET = "/staff/cases/{reference}/docket"
DOCUMENT, BUNDLES = f"{DOCKET}/{{nth}}", f"{DOCKET}/bundles"
REDACTIONS = f"{DOCUMENT}/redactions"


async def make(world, session):
    """Two documents of `told_case`: our own, and a file, of which two want to withhold something: no one of them alone may."""
    await look_as(session, Capacity.SERVICE)
    worker = world.accounts[Role.INVESTIGATOR]
    found = world.told_case
    of = subject(world, "docket", READERS_OF_CASES)
    by = make_process(session, actor=worker)
    content = scanned([of.private("docket file")])
    item = await logged(
        session, found, of.restricted("docket evidence"), by, file=sent(content)
    )
    await found_clean(session, item.file_id, content)
    await added(session, found, of, Matter(MadeFrom.EVIDENCE, item), Level.DECIDERS, by)
    await added(session, found, of, Matter(MadeFrom.ALLEGATIONS), Level.OPEN, by)
    document = await document_in(session, found.id, 1)
    for author in (worker, world.accounts[Role.TEAM_MANAGER]):
        await document.withhold(
            session, found, [], page=1, because=Kept.CHILD, author=author, by=by
        )
    bundle = await Bundle.ask(session, found, Audience.REGISTRANT, by=by)
    await build(session, bundle)
    assert (await bundle_in(session, found.id, 1)).kept_as
    # Whoever uploaded a document is read anew with it, and without their roles.
    await session.refresh(worker, ["grants"])


async def added(session, found, of, matter, level, by):
    title = of.restricted(f"docket {matter.of}")
    await DocketDocument.add(session, found, matter, title=title, level=level, by=by)
    await session.flush()


def at(known, row, role):
    world = known.world
    found = world.their_case if role is Role.INTERESTED else world.told_case
    piece = 2 if role is Role.INVESTIGATOR else 1
    return [{"reference": found.reference, "nth": 1, "leaf": 1, "piece": piece}]


def read(path):
    return case("GET", path, *READERS, hidden=OFFICERS)


def worked(path, *methods):
    return [
        case(method, path, INVESTIGATOR, hidden=OFFICERS)
        for method in methods or ("GET", "POST")
    ]


ROWS = [
    read(DOCKET),
    *worked(f"{DOCKET}/new"),
    read(BUNDLES),
    *worked(BUNDLES, "POST"),
    read(f"{BUNDLES}/{{nth}}"),
    read(f"{BUNDLES}/{{nth}}/file"),
    read(DOCUMENT),
    *worked(f"{DOCUMENT}/level"),
    *worked(f"{DOCUMENT}/removal"),
    read(f"{DOCUMENT}/pages/{{leaf}}"),
    read(f"{DOCUMENT}/pages/{{leaf}}/picture"),
    *worked(f"{REDACTIONS}/new"),
    read(f"{REDACTIONS}/{{piece}}"),
    case(
        "POST",
        f"{REDACTIONS}/{{piece}}",
        INVESTIGATOR,
        TEAM_MANAGER,
        REGISTRAR,
        hidden=STRANGERS,
    ),
]
SENT = {
    f"{DOCKET}/new": {"of": "chronology", "title": "What happened", "level": "open"},
    BUNDLES: {"audience": "registrant"},
    f"{DOCUMENT}/level": {"level": "staff", "words": "Not yet"},
    f"{DOCUMENT}/removal": {"words": "It is there twice"},
    f"{REDACTIONS}/new": {
        "how": "whole",
        "page": "1",
        "because": "child",
        "sure": "yes",
    },
    f"{REDACTIONS}/{{piece}}": {"verdict": "acknowledged"},
}
