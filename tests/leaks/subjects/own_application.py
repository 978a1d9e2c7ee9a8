"""One's own application, from the first page until it is decided."""

from register.application import ApplicationKind, SectionName, form_of, keep
from register.application.evidence import EvidenceKind
from tests.applications import claim_by_portfolio, make_health
from tests.leaks.cases import asked, drafted, in_hand, mapped, uploaded
from tests.leaks.filed import LISTED
from tests.leaks.people import somebody
from tests.leaks.roles import Role
from tests.leaks.rows import APPLICANT, ELSEWHERE, REGISTRANT, Meets, own, public
from tests.make import NOW
from tests.uploading import pdf

DOCUMENT = "/apply/{reference}/documents/{document}"
ITEM = "/apply/{reference}/{section}/items/{item}"
OUTCOME = "/apply/{reference}/portfolio/{code}"
REFEREE = "/apply/{reference}/referees/{referee}"


async def make(world, session):
    """`asked`: the applicant's, about every section, so that all may be changed; `unsent`, `mapping`: documents added since."""
    of = world.subject(Role.APPLICANT, Role.APPLICANT)
    account, name = await somebody(session, of)
    world.asked = await in_hand(world, session, of, account, name)
    officer = world.accounts[Role.CASEWORKER]
    await asked(session, of, world.asked, officer=officer)
    world.accounts[Role.APPLICANT] = account
    await changed(world, session, of)
    await draft(world, session)


async def changed(world, session, of):
    """What the applicant has put right so far, and not sent yet."""
    health = make_health(
        affects_practice=True, details=of.private("health.details changed")
    )
    await keep(session, world.asked, SectionName.HEALTH, health, now=NOW)
    section, kind = SectionName.IDENTITY, EvidenceKind.NAME_CHANGE
    world.unsent = await uploaded(session, of.private, world.asked, section, kind)
    form = await form_of(session, world.asked.id)
    await claim_by_portfolio(session, world.asked, beside=form.qualifications.items)
    world.mapping = await mapped(session, of.private, world.asked)


async def draft(world, session):
    """`draft`: the other applicant's, and nobody else's business."""
    nobody = frozenset()
    of = world.subject(
        Role.OTHER_APPLICANT,
        Role.OTHER_APPLICANT,
        staff=nobody,
        staff_of_restricted=nobody,
    )
    account, name = await somebody(session, of)
    world.draft = await drafted(session, of, account, name)
    world.accounts[Role.OTHER_APPLICANT] = account


def at(known, row, _role):
    filed, draft = known.filed["asked"], known.filed["draft"]
    at = {"reference": filed.reference}
    of = draft if row.of == ELSEWHERE else filed
    if row.path.startswith(DOCUMENT):
        unsent = known.world.unsent.id
        yield at | {"document": of.documents[False][0] if of is draft else unsent}
    elif row.path == REFEREE:
        yield at | {"referee": of.items["references"]}
    elif row.path.startswith(ITEM):
        yield from (at | {"section": name, "item": of.items[name]} for name in LISTED)
    elif "{code}" in row.path:
        yield at | {"code": "P1"}
    elif "{section}" in row.path:
        documented = "/evidence/" in row.path
        yield from (
            at | {"section": section}
            for section in ApplicationKind.FIRST.sections
            if section.assessed or not documented
        )
    else:
        yield at


def form_at(place):
    """The same for whichever item of a section."""
    return place.path, place.at.get("section")


def from_the_page(known, place, _role):
    """What a browser of the applicant would send from the page as it stands."""
    return known.forms[form_at(place)]


ROWS = [
    public("GET", "/apply"),
    own("GET", "/apply/begin"),
    own("POST", "/apply/begin", refused=REGISTRANT),
    own("GET", "/apply/{reference}", APPLICANT),
    own("POST", "/apply/{reference}/answer", APPLICANT),
    own("GET", "/apply/{reference}/check", APPLICANT),
    own("GET", DOCUMENT, APPLICANT),
    own("GET", DOCUMENT, APPLICANT, find=Meets.HIDE, of=ELSEWHERE),
    own("GET", f"{DOCUMENT}/remove", APPLICANT),
    own("GET", f"{DOCUMENT}/remove", APPLICANT, find=Meets.HIDE, of=ELSEWHERE),
    own("POST", f"{DOCUMENT}/remove", APPLICANT),
    own("POST", f"{DOCUMENT}/remove", APPLICANT, find=Meets.HIDE, of=ELSEWHERE),
    own("GET", "/apply/{reference}/employment-gaps", APPLICANT),
    own("POST", "/apply/{reference}/employment-gaps", APPLICANT),
    own("GET", "/apply/{reference}/evidence/{section}", APPLICANT),
    own("POST", "/apply/{reference}/evidence/{section}", APPLICANT),
    own("GET", "/apply/{reference}/portfolio", APPLICANT),
    own("POST", "/apply/{reference}/portfolio", APPLICANT),
    own("GET", OUTCOME, APPLICANT),
    own("POST", OUTCOME, APPLICANT),
    own("GET", f"{OUTCOME}/document", APPLICANT),
    own("POST", f"{OUTCOME}/document", APPLICANT),
    own("GET", REFEREE, APPLICANT),
    own("GET", REFEREE, APPLICANT, find=Meets.HIDE, of=ELSEWHERE),
    own("POST", REFEREE, APPLICANT),
    own("POST", REFEREE, APPLICANT, find=Meets.HIDE, of=ELSEWHERE),
    own("GET", "/apply/{reference}/endorser", APPLICANT),
    own("POST", "/apply/{reference}/endorser", APPLICANT),
    own("GET", "/apply/{reference}/register-by", APPLICANT),
    own("GET", "/apply/{reference}/send", APPLICANT),
    own("POST", "/apply/{reference}/send", APPLICANT),
    own("GET", "/apply/{reference}/sent", APPLICANT),
    own("GET", "/apply/{reference}/withdraw", APPLICANT),
    own("POST", "/apply/{reference}/withdraw", APPLICANT),
    own("GET", "/apply/{reference}/{section}", APPLICANT),
    own("POST", "/apply/{reference}/{section}", APPLICANT),
    own("GET", ITEM, APPLICANT),
    own("GET", ITEM, APPLICANT, find=Meets.HIDE, of=ELSEWHERE),
    own("POST", ITEM, APPLICANT),
    own("POST", ITEM, APPLICANT, find=Meets.IGNORE, of=ELSEWHERE),
    own("GET", f"{ITEM}/remove", APPLICANT),
    own("GET", f"{ITEM}/remove", APPLICANT, find=Meets.HIDE, of=ELSEWHERE),
    own("POST", f"{ITEM}/remove", APPLICANT),
    own("POST", f"{ITEM}/remove", APPLICANT, find=Meets.IGNORE, of=ELSEWHERE),
]
FORM_PAGES = {
    OUTCOME,
    "/apply/{reference}/{section}",
    ITEM,
    "/apply/{reference}/employment-gaps",
}
SENT = {
    "/apply/begin": {"part": "manager"},
    "/apply/{reference}/send": {
        "version": "1",
        "privacy": "y",
        "true": "y",
        "signature": "A B",
    },
    "/apply/{reference}/evidence/{section}": {"kind": "letter", "file": pdf()},
    f"{OUTCOME}/document": {"kind": "testimony", "file": pdf()},
    **dict.fromkeys(FORM_PAGES, from_the_page),
}
