"""Applications to be entered in the register."""

from register.application.application import (
    Application,
    NotNow,
    application_of,
    applications_of,
    draw_reference,
    referenced,
)
from register.application.section import ApplicationSection
from register.application.state import (
    EVENT_OF,
    MOVES,
    OVER,
    ApplicationAct,
    ApplicationEvent,
    ApplicationState,
    Move,
    SectionName,
)

__all__ = [
    "EVENT_OF",
    "MOVES",
    "OVER",
    "Application",
    "ApplicationAct",
    "ApplicationEvent",
    "ApplicationSection",
    "ApplicationState",
    "Move",
    "NotNow",
    "SectionName",
    "application_of",
    "applications_of",
    "draw_reference",
    "referenced",
]
