"""What registration costs, for everybody to read."""

from itertools import groupby

from litestar import get
from litestar.response import Template

from fees.scale import FeeKind, ProRata, scale_on
from register.kit.clock import day_of
from register.kit.pages import page
from register.part import Part
from register.rule_set import RuleSet
from register.web.guards import PUBLIC
from register.web.needs import Moment, Session


@get("/fees", access=PUBLIC)
async def fees(session: Session, now: Moment) -> Template:
    scale = await scale_on(session, day_of(now))
    parts = {
        part: {fee.kind: fee for fee in prices}
        for part, prices in groupby(scale, key=lambda fee: fee.part)
    }
    rules = (await RuleSet.on(session, Part.MANAGER, day_of(now))).rules
    return page(
        "fees/fees/scale.html",
        parts=parts,
        kinds=list(FeeKind),
        today=day_of(now),
        scrutinised=any(fee.kind is FeeKind.OVERSEAS_SCRUTINY for fee in scale),
        once=any(fee.kind.yearly and not fee.each_part for fee in scale),
        besides=any(fee.each_part for fee in scale),
        shared_out=any(fee.pro_rata is ProRata.WHOLE_MONTHS for fee in scale),
        year_ends=rules.period_end(day_of(now)),
    )


pages = [fees]
