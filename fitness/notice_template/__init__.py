"""The catalogue of notices: versioned templates that two people publish, and a notice as its registrant reads it."""

from fitness.notice_template.acts import TemplateAct, TemplateEvent
from fitness.notice_template.draft import (
    NoticeDraft,
    SameWording,
    TemplateChanged,
    TemplateWaits,
    about,
    draft_of,
    drafted,
    write,
)
from fitness.notice_template.kind import ApprovedBy, Gap, NoticeKind, Reader
from fitness.notice_template.outside import (
    OutsideNotice,
    draw_outside,
    tell_outside,
    told_outside,
)
from fitness.notice_template.reading import (
    EXAMPLES,
    Outside,
    Reading,
    Unserved,
    example,
    example_outside,
    page_words,
)
from fitness.notice_template.template import (
    NoticeTemplate,
    catalogue,
    current,
    version,
    versions,
)
from fitness.notice_template.wording import Wording, WrongGaps, faults

__all__ = [
    "EXAMPLES",
    "ApprovedBy",
    "Gap",
    "NoticeDraft",
    "NoticeKind",
    "NoticeTemplate",
    "Outside",
    "OutsideNotice",
    "Reader",
    "Reading",
    "SameWording",
    "TemplateAct",
    "TemplateChanged",
    "TemplateEvent",
    "TemplateWaits",
    "Unserved",
    "Wording",
    "WrongGaps",
    "about",
    "catalogue",
    "current",
    "draft_of",
    "drafted",
    "draw_outside",
    "example",
    "example_outside",
    "faults",
    "page_words",
    "tell_outside",
    "told_outside",
    "version",
    "versions",
    "write",
]
