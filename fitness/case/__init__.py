"""Cases: what they are, who works on them, what happened in them and who read it."""

from fitness.case.acts import CaseAct, CaseEventKind
from fitness.case.case import (
    ANSWER_FOR_ALL,
    Case,
    CaseHold,
    MustStay,
    NotBothWays,
    NotNow,
    OnlyRestoration,
    case_for,
    draw_reference,
    hold_entries,
    visible_to,
)
from fitness.case.history import CaseEvent, CaseText, history, say
from fitness.case.link import (
    AboutAnother,
    CaseLink,
    LinkedAlready,
    NotWithItself,
    join,
    link_between,
    linked_with,
)
from fitness.case.listing import CasePage, cases
from fitness.case.member import (
    AboutThem,
    AnotherPlace,
    CaseMember,
    NotTheirPlace,
    Place,
    members,
)
from fitness.case.reads import CaseRead, Read, reads_of, was_read
from fitness.case.risk import SCALE, CaseRisk, Level, level_of, risks_of
from fitness.case.state import MOVES, ClosedBecause, Stage
from fitness.case.taking import (
    AboutSomebodyElse,
    concerns_of,
    draw_referrers,
    open_about,
    take,
    tell_referrers,
)

__all__ = [
    "ANSWER_FOR_ALL",
    "MOVES",
    "SCALE",
    "AboutAnother",
    "AboutSomebodyElse",
    "AboutThem",
    "AnotherPlace",
    "Case",
    "CaseAct",
    "CaseEvent",
    "CaseEventKind",
    "CaseHold",
    "CaseLink",
    "CaseMember",
    "CasePage",
    "CaseRead",
    "CaseRisk",
    "CaseText",
    "ClosedBecause",
    "Level",
    "LinkedAlready",
    "MustStay",
    "NotBothWays",
    "NotNow",
    "NotTheirPlace",
    "NotWithItself",
    "OnlyRestoration",
    "Place",
    "Read",
    "Stage",
    "case_for",
    "cases",
    "concerns_of",
    "draw_reference",
    "draw_referrers",
    "history",
    "hold_entries",
    "join",
    "level_of",
    "link_between",
    "linked_with",
    "members",
    "open_about",
    "reads_of",
    "risks_of",
    "say",
    "take",
    "tell_referrers",
    "visible_to",
    "was_read",
]
