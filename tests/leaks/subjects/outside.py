"""What referees and endorsers are asked, by a link of their own; and staff asking them again, or doing without."""

from register.application.endorsement import endorsers_asked
from register.by_link import token_of
from tests.leaks.cases import submitted
from tests.leaks.filed import case_at
from tests.leaks.people import somebody
from tests.leaks.roles import EVERYBODY
from tests.leaks.rows import (
    ANSWERED,
    CASE,
    CASEWORKER,
    ELSEWHERE,
    TAMPERED,
    Line,
    Meets,
    held,
    nobody,
    public,
)
from tests.make import NOW
from tests.register.endorsing import SAYING as ENDORSING
from tests.register.referring import SAYING, asked_of, give

LINK = Line(
    "Public: public fields; and what a link was sent for, by whoever holds it",
    EVERYBODY,
)
REFERENCE, ENDORSEMENT = "/references/{token}", "/endorsements/{token}"


async def make(world, session):
    """`links` of referees and `endorsing` of endorsers, by what became of them; `vouching`: not answered yet.

    Whoever holds a referee's link reads of whom it speaks.
    """
    of = world.subject("vouched")
    name = of.public("given name"), of.public("family name")
    account, _ = await somebody(session, of, name=name)
    application = await submitted(session, of, account, name, at=NOW)
    one, another = await asked_of(session, application)
    await give(session, another)
    ((world.vouching, _),) = await endorsers_asked(session, application)
    ((endorsed, _),) = await endorsers_asked(session, world.asked)
    world.links = by_state(one, answered=another)
    world.endorsing = by_state(world.vouching, answered=endorsed)


def by_state(waiting, *, answered):
    token = token_of(waiting)
    return {"": token, ANSWERED: token_of(answered), TAMPERED: token.swapcase()}


def at(known, row, role):
    if row.path.startswith(CASE):
        return case_at(known, row, role)
    of_referee = row.path.startswith(REFERENCE)
    tokens = known.world.links if of_referee else known.world.endorsing
    return [{"token": tokens[row.of]}]


ROWS = [
    *(
        public(method, f"{at}{page}", LINK, find=find, of=of)
        for at in (REFERENCE, ENDORSEMENT)
        for page in ("", "/decline")
        for method in ("GET", "POST")
        for find, of in (
            (Meets.ALLOW, ""),
            (Meets.GONE, ANSWERED),
            (Meets.HIDE, TAMPERED),
        )
    ),
    *(
        public("GET", f"{at}/sent", LINK, find=find, of=of)
        for at in (REFERENCE, ENDORSEMENT)
        for find, of in (
            (Meets.ALLOW, ""),
            (Meets.ALLOW, ANSWERED),
            (Meets.HIDE, TAMPERED),
        )
    ),
    *(
        row
        for what in ("repeat", "waiver")
        for path in (f"{CASE}/references/{{request_id}}/{what}",)
        for row in (
            held("POST", path),
            nobody("POST", path, CASEWORKER, of=ELSEWHERE),
        )
    ),
    held("POST", f"{CASE}/endorsement/repeat"),
    held("POST", f"{CASE}/endorsement/waiver"),
]
SENT = {
    REFERENCE: SAYING,
    f"{REFERENCE}/decline": {"because": "other"},
    ENDORSEMENT: ENDORSING,
    f"{ENDORSEMENT}/decline": {"because": "other"},
    f"{CASE}/endorsement/waiver": {"because": "agency", "words": "An agency"},
}
