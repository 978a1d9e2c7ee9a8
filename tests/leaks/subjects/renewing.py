"""Renewals: a registrant's own, and what staff see of how they stand, of who asks for more time and of what was declared."""

from datetime import date
from uuid import uuid4

from register.application import SectionName, stamp
from register.application.answers import Conduct, Criminal, Health
from register.application.faults import questions
from register.part import Part
from register.particulars import posts_of
from register.renewal import (
    HOLDS,
    ExtensionReason,
    Renewal,
    RenewalDeclaration,
    RenewalExtension,
    keep_answers,
)
from register.renewal.declaring import Regulators
from register.rule_set import RuleSet
from tests.leaks.people import in_public
from tests.leaks.roles import READERS_OF_THE_WATCH_LIST, Role
from tests.leaks.rows import (
    OFFICERS,
    READERS,
    REGISTRANT,
    REGISTRAR,
    TEAM_MANAGER,
    UNDECIDED,
    WATCH_READERS,
    own,
    work,
)
from tests.make import NOW, make_process
from tests.register.learning import make_enough

MORE_TIME = "/staff/renewals/more-time/{extension_id}"
GIVE = "/staff/renewals/{renewal_id}/more-time"
DECLARED = "/staff/renewals/declared/{declaration_id}"
SECTION = "/renew/declarations/{section}"
ENDS, BEFORE = date(2027, 11, 30), date(2026, 11, 30)


async def make(world, session):
    """`renewing`: the registrant's; `extension`: on which it is proposed to give more time; `undecided_extension`; `declared`."""
    person = world.listed.entry.person
    of = world.subject(Role.REGISTRANT, Role.REGISTRANT, entered=True)
    rules = (await RuleSet.on(session, Part.MANAGER, NOW.date())).rules
    world.declaration_version = rules.declaration_version
    world.renewing = await renewal(session, person, ENDS)
    await make_enough(session, person)
    world.saved = said(rules.declaration_version, of)
    for section, answers in world.saved.items():
        by = make_process(session)
        await keep_answers(session, world.renewing, section, answers, by=by)
    posts = await posts_of(session, person.id)
    world.held_posts = [one.id.hex for one in posts if one.valid.upper is None]
    missed = await renewal(session, person, BEFORE)
    world.asking_time = await asked(session, missed, of.private("why more time"))
    world.extension = await of_other(world, session, "extension")
    world.undecided_extension = await of_other(world, session, "undecided_extension")
    officer = world.accounts[Role.CASEWORKER]
    by = make_process(session, actor=officer)
    await world.extension.propose(
        session,
        until=date(2027, 12, 14),
        words=world.subject("extension").office("more time because"),
        proposer=officer,
        by=by,
    )
    world.declared = await declaration(world, session, rules.declaration_version)


async def renewal(session, person, ends_on):
    rule_set = await RuleSet.on(session, Part.MANAGER, NOW.date())
    made = Renewal(
        id=uuid4(),
        person_id=person.id,
        ends_on=ends_on,
        until_on=ends_on.replace(year=ends_on.year + 1),
        rule_set_id=rule_set.id,
        opened_at=NOW,
        only_pays=False,
    )
    session.add(made)
    await session.flush()
    return made


async def asked(session, of_renewal, words):
    extension = RenewalExtension(
        id=uuid4(),
        renewal_id=of_renewal.id,
        person_id=of_renewal.person_id,
        because=ExtensionReason.CARING,
        asked_at=NOW,
    )
    extension.write(words)
    session.add(extension)
    await session.flush()
    return extension


async def of_other(world, session, name):
    of = world.subject(name, entered=True)
    entry = await in_public(session, of)
    theirs = await renewal(session, entry.person, ENDS)
    return await asked(session, theirs, of.told("why more time"))


async def declaration(world, session, version):
    """Of health: for a few only, and each reading is written down."""
    of = world.subject(
        "declared", staff_of_restricted=READERS_OF_THE_WATCH_LIST, entered=True
    )
    entry = await in_public(session, of)
    theirs = await renewal(session, entry.person, ENDS)
    answers = Health(
        version=version, affects_practice=True, details=of.restricted("health")
    )
    made = RenewalDeclaration.of(theirs, SectionName.HEALTH, answers, now=NOW)
    session.add(made)
    await session.flush()
    return made


def said(version, of):
    """As the registrant has saved it and not declared it yet."""
    return {
        SectionName.CRIMINAL: Criminal(
            version=version,
            **dict.fromkeys(questions(Criminal), False)
            | {"cautions": True, "cautions_details": of.private("caution")},
        ),
        SectionName.CONDUCT: Conduct(
            version=version, **dict.fromkeys(questions(Conduct), False)
        ),
        SectionName.HEALTH: Health(
            version=version,
            affects_practice=True,
            details=of.private("renewed health"),
        ),
        SectionName.REGISTRATIONS: Regulators(version=version, acted_against=False),
    }


def at(known, row, _role):
    world = known.world
    if "{section}" in row.path:
        return [{"section": section} for section in HOLDS]
    if "{renewal_id}" in row.path:
        return [{"renewal_id": world.declared.renewal_id}]
    if "{declaration_id}" in row.path:
        return [{"declaration_id": world.declared.id}]
    of = world.undecided_extension if row.of == UNDECIDED else world.extension
    return [{"extension_id": of.id}]


def held(known, _place, _role):
    return {f"held_{post}": "yes" for post in known.world.held_posts} | {"all": "yes"}


def all_no(known, place, _role):
    """In the place of what is saved, as the page showed it."""
    section = SectionName(place.at["section"])
    asked_of = questions(HOLDS[section]) or ["affects_practice"]
    seen = {"opened_on": stamp(known.world.saved[section])}
    return dict.fromkeys(asked_of, "no") | seen


def accepted(known, _place, _role):
    version = known.world.declaration_version
    return {"version": version, "standards": "yes", "true": "yes"}


def taken_back(known, _place, _role):
    return {"extension": str(known.world.asking_time.id)}


ROWS = [
    own("GET", "/renew"),
    *(
        own("GET", f"/renew/{page}", REGISTRANT)
        for page in (
            "check",
            "details",
            "employment",
            "declarations",
            "standards",
            "learning",
            "more-time",
        )
    ),
    own("GET", SECTION, REGISTRANT),
    *(
        own("POST", f"/renew/{page}", REGISTRANT)
        for page in ("details", "employment", "standards", "learning", "more-time")
    ),
    own("POST", SECTION, REGISTRANT),
    own("POST", "/renew/more-time/withdrawal", REGISTRANT),
    work("GET", "/staff/renewals", *READERS),
    work("GET", "/staff/renewals/more-time", *READERS),
    work("GET", GIVE, *OFFICERS),
    work("POST", GIVE, *OFFICERS),
    work("GET", MORE_TIME, *READERS),
    work("POST", f"{MORE_TIME}/proposal", *OFFICERS, of=UNDECIDED),
    work("POST", f"{MORE_TIME}/refusal", *OFFICERS, of=UNDECIDED),
    work("POST", f"{MORE_TIME}/approval", TEAM_MANAGER, REGISTRAR),
    work("POST", f"{MORE_TIME}/return", TEAM_MANAGER, REGISTRAR),
    work("GET", "/staff/renewals/declared", *WATCH_READERS),
    work("GET", DECLARED, *WATCH_READERS),
    work("POST", DECLARED, TEAM_MANAGER, REGISTRAR),
]
GIVEN = {
    "until-day": "14",
    "until-month": "12",
    "until-year": "2027",
    "words": "Shown",
}
SENT = {
    "/renew/details": {"right": "yes"},
    "/renew/employment": held,
    SECTION: all_no,
    "/renew/standards": accepted,
    "/renew/learning": {"done": "yes"},
    "/renew/more-time": {"because": "caring", "words": "I need two weeks"},
    "/renew/more-time/withdrawal": taken_back,
    GIVE: GIVEN,
    f"{MORE_TIME}/proposal": GIVEN,
    f"{MORE_TIME}/refusal": {"refuse-words": "Not exceptional"},
    f"{MORE_TIME}/return": {"words": "Look again"},
    DECLARED: {"outcome": "nothing_further", "words": "Known"},
}
