"""Applications as staff work on them: the queue, one application and its sections, asking for more, proposing a decision."""

from litestar import Router

from register.assessment import Overtaken
from register.web.applications import (
    asking,
    assigning,
    endorsement,
    evidence,
    holding,
    notes,
    portfolio,
    proposing,
    queue,
    recognising,
    record,
    references,
    reopening,
    reversing,
    scrutiny,
    sections,
    suitability,
    verdicts,
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
            *scrutiny.pages,
            *portfolio.pages,
            *verdicts.pages,
            *evidence.pages,
            *asking.pages,
            *references.pages,
            *endorsement.pages,
            *suitability.pages,
            *holding.pages,
            *proposing.pages,
            *reversing.pages,
            *reopening.pages,
        ],
        exception_handlers={Overtaken: overtaken},
    )
]
