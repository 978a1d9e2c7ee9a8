"""The rules of each part, and how two people change them."""

from datetime import date

import msgspec

from register.part import Part
from register.rule_change import begin, propose
from tests.leaks.roles import Role
from tests.leaks.rows import ADMIN, READERS, REGISTRAR, TEAM_MANAGER, work
from tests.make import make_process

RULES = "/staff/rules/{part}"
LISTS = tuple(
    f"{RULES}/draft/{name}/{{code}}"
    for name in ("qualifications", "standards", "statements", "outcomes")
)
WRITERS = (TEAM_MANAGER, REGISTRAR, ADMIN)
"""They are configuration, and what the register's status changes go by."""


async def make(world, session):
    """`rules`: of the manager part a draft that somebody writes, of the deputy part one that waits for a second person."""
    writer = world.accounts[Role.TEAM_MANAGER]
    world.rules = {}
    for part in (Part.MANAGER, Part.DEPUTY):
        drafted = await shorter(session, part, writer)
        world.rules[part] = drafted.draft
    seen = drafted.draft.version
    by = make_process(session, actor=writer)
    await propose(session, drafted, seen=seen, proposer=writer, by=by)
    await session.flush()


async def shorter(session, part, writer):
    by = make_process(session, actor=writer)
    drafted = await begin(session, part, account=writer, by=by)
    terms = drafted.draft.terms
    rules = msgspec.structs.replace(terms.rules, appeal_days=14)
    await drafted.draft.change(
        session,
        account=writer,
        seen=drafted.draft.version,
        terms=msgspec.structs.replace(terms, rules=rules),
        begins_on=date(2027, 4, 1),
    )
    await session.flush()
    return drafted


def at(_known, row, _role):
    proposed = row.path.startswith(f"{RULES}/proposal")
    codes = {"standards": "R1", "statements": "D1", "outcomes": "P1"}
    listed = (code for name, code in codes.items() if f"/{name}/" in row.path)
    return [
        {
            "part": "deputy" if proposed else "manager",
            "version": "1",
            "code": next(listed, "scotland-scqf9"),
        }
    ]


def drafted(known, place, _role):
    """What the pages of a draft carry."""
    draft = known.world.rules[place.at["part"]]
    return {"version": str(draft.version)}


def returned(known, place, role):
    return drafted(known, place, role) | {"words": "Look again"}


def figures(known, place, role):
    rules = msgspec.structs.asdict(known.world.rules[place.at["part"]].terms.rules)
    said = {
        name: ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        for name, value in rules.items()
    }
    return said | drafted(known, place, role) | {"open": "yes"}


def beginning(known, place, role):
    day = {"begins_on-day": "1", "begins_on-month": "5", "begins_on-year": "2027"}
    return drafted(known, place, role) | day


def accepted(known, place, role):
    row = {"title": "A degree", "route": "degree", "country": "Wales"}
    return drafted(known, place, role) | row | {"verdict": "full"}


def standard(known, place, role):
    row = {"code": place.at["code"], "title": "Keep time", "meaning": "Be there"}
    return drafted(known, place, role) | row


def statement(known, place, role):
    row = {"code": place.at["code"], "words": "I will be there in time."}
    return drafted(known, place, role) | row


def outcome(known, place, role):
    row = {"code": place.at["code"], "title": "Lead a team"}
    return drafted(known, place, role) | row


ROWS = [
    work("GET", "/staff/rules", *READERS, ADMIN),
    work("GET", RULES, *READERS, ADMIN),
    work("GET", f"{RULES}/versions/{{version}}", *READERS, ADMIN),
    work("GET", f"{RULES}/draft", *READERS, ADMIN),
    work("POST", f"{RULES}/draft", *WRITERS),
    work("GET", f"{RULES}/draft/figures", *WRITERS),
    work("POST", f"{RULES}/draft/figures", *WRITERS),
    work("GET", f"{RULES}/draft/start", *WRITERS),
    work("POST", f"{RULES}/draft/start", *WRITERS),
    *(work(method, path, *WRITERS) for path in LISTS for method in ("GET", "POST")),
    *(work("POST", f"{path}/removal", *WRITERS) for path in LISTS),
    work("POST", f"{RULES}/draft/removal", *WRITERS),
    work("POST", f"{RULES}/draft/proposal", *WRITERS),
    work("GET", f"{RULES}/proposal", *READERS, ADMIN),
    work("POST", f"{RULES}/proposal/approval", REGISTRAR),
    work("POST", f"{RULES}/proposal/return", REGISTRAR),
]
SENT = {
    f"{RULES}/draft/figures": figures,
    f"{RULES}/draft/start": beginning,
    **dict(zip(LISTS, (accepted, standard, statement, outcome), strict=True)),
    **{f"{path}/removal": drafted for path in LISTS},
    f"{RULES}/draft/proposal": drafted,
    f"{RULES}/proposal/approval": drafted,
    f"{RULES}/proposal/return": returned,
}
