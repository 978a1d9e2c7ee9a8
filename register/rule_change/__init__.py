"""Changing the rules of a part: a draft, whom it would affect, and the two people who publish it."""

from register.rule_change.affected import Affected, affected
from register.rule_change.draft import (
    DraftChanged,
    Drafted,
    NothingChanged,
    RuleDraft,
    RulesAct,
    RulesEvent,
    WaitsForSecondPerson,
    begin,
    discard,
    draft_of,
)
from register.rule_change.publishing import (
    BeginsTooSoon,
    SameStandardsVersion,
    propose,
)
from register.rule_change.terms import Change, changes

__all__ = [
    "Affected",
    "BeginsTooSoon",
    "Change",
    "DraftChanged",
    "Drafted",
    "NothingChanged",
    "RuleDraft",
    "RulesAct",
    "RulesEvent",
    "SameStandardsVersion",
    "WaitsForSecondPerson",
    "affected",
    "begin",
    "changes",
    "discard",
    "draft_of",
    "propose",
]
