"""Figures of fitness to practise: for those who answer for it, of the cases of which they may know."""

from fitness.statistics.caseload import Age, Caseload, age_of, caseload
from fitness.statistics.flow import Flow, flow
from fitness.statistics.outcomes import Cut, Outcomes, outcomes
from fitness.statistics.public import Year, years
from fitness.statistics.times import Stay, stays
from fitness.statistics.workload import Load, workload

__all__ = [
    "Age",
    "Caseload",
    "Cut",
    "Flow",
    "Load",
    "Outcomes",
    "Stay",
    "Year",
    "age_of",
    "caseload",
    "flow",
    "outcomes",
    "stays",
    "workload",
    "years",
]
