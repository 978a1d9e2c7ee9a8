"""Applications as staff work on them: the queue, one application and its sections, asking for more, proposing a decision."""

from litestar import Router

from register.assessment import Overtaken
from register.web.applications import (
    asking,
    assigning,
    evidence,
    notes,
    proposing,
    queue,
    recognising,
    record,
    references,
    reopening,
    sections,
)
from register.web.applications.overtaken import overtaken

pages = [
    Router(
        path="/staff/applications",
        route_handlers=[
            *queue.pages,
            *record.pages,
            *assigning.pages,
            *notes.pages,
            *sections.pages,
            *recognising.pages,
            *evidence.pages,
            *asking.pages,
            *references.pages,
            *proposing.pages,
            *reopening.pages,
        ],
        exception_handlers={Overtaken: overtaken},
    )
]
