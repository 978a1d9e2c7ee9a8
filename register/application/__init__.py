"""Applications to be entered in the register."""

from register.application.application import (
    Application,
    NotNow,
    application_of,
    applications_of,
    draw_reference,
    referenced,
)
from register.application.evidence import Evidence, EvidenceKind, evidence_of
from register.application.keeping import (
    SectionClosed,
    keep,
    open_for_change,
    open_request,
    open_sections,
    others_with_the_number,
    sections_asked,
    touch,
)
from register.application.section import (
    ApplicationSection,
    SentSection,
    form_of,
    section_of,
    sendings_of,
    sent_form_of,
    stamp,
)
from register.application.sections import Filled, Progress
from register.application.sending import (
    NotComplete,
    NothingAsked,
    answer,
    filled,
    submit,
)
from register.application.starting import start, withdraw
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
    "Evidence",
    "EvidenceKind",
    "Filled",
    "Move",
    "NotComplete",
    "NotNow",
    "NothingAsked",
    "Progress",
    "SectionClosed",
    "SectionName",
    "SentSection",
    "answer",
    "application_of",
    "applications_of",
    "draw_reference",
    "evidence_of",
    "filled",
    "form_of",
    "keep",
    "open_for_change",
    "open_request",
    "open_sections",
    "others_with_the_number",
    "referenced",
    "section_of",
    "sections_asked",
    "sendings_of",
    "sent_form_of",
    "stamp",
    "start",
    "submit",
    "touch",
    "withdraw",
]
