"""The pages of an applicant."""

from register.web.apply.endorser import EndorserPages
from register.web.apply.evidence import DocumentPages, EvidencePages
from register.web.apply.gaps import GapPages
from register.web.apply.portfolio import OutcomePages, PortfolioPages
from register.web.apply.referees import RefereePages
from register.web.apply.sections import ItemPages, SectionPages
from register.web.apply.start import StartPages
from register.web.apply.tasks import ApplicationPages

pages = [
    StartPages,
    ApplicationPages,
    GapPages,
    RefereePages,
    EndorserPages,
    EvidencePages,
    DocumentPages,
    PortfolioPages,
    OutcomePages,
    SectionPages,
    ItemPages,
]
