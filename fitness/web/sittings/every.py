"""The hearings on which somebody sits, and one of them as it is laid before its panel."""

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

from fitness.hearing.decision import decision_of
from fitness.hearing.direction import directions_of
from fitness.hearing.finding import Facts
from fitness.hearing.kind import Kind
from fitness.hearing.member import sittings_of
from fitness.investigation.allegation import standards_for
from fitness.investigation.disclosure import disclosures_of
from fitness.web.cases.opened import enter
from fitness.web.sittings.opened import AT, ONE, SITTING, sat_on
from register.kit.pages import page
from register.web.needs import Act


@get(AT, access=SITTING)
async def every(act: Act) -> Template:
    await enter(act)
    found = await sittings_of(act.session, act.account.id)
    return page("fitness/sittings/list.html", sittings=found)


@get(ONE, access=SITTING)
async def one(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    it = await sat_on(act, reference, nth)
    session, case, hearing = act.session, it.case, it.hearing
    begun = hearing.begun_at is not None
    return page(
        "fitness/sittings/one.html",
        case=case,
        hearing=hearing,
        panel=it.panel,
        member=it.member,
        directions=await directions_of(session, hearing),
        facts=await Facts.of(session, hearing),
        disclosures=await disclosures_of(session, case.id),
        decision=await decision_of(session, hearing),
        standards={one.code: one.title for one in await standards_for(session, case)},
        decides=begun and it.member.seat.votes,
        finds=begun and it.member.seat.votes and hearing.kind is Kind.FINAL,
    )


pages = [every, one]
