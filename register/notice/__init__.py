"""Notices of what we are minded to decide: how they are served, answered and carried out."""

from register.notice.acts import NoticeAct, NoticeEvent
from register.notice.listing import (
    NoticePage,
    notice_for,
    open_notices,
    own_notice,
    own_notices,
)
from register.notice.notice import (
    CannotBeServed,
    Notice,
    NoticeEnded,
    NoticeKind,
    NoticeOutcome,
    StillTime,
    open_notice,
)
from register.notice.reminding import (
    expire_notices,
    overdue_notices,
    remind_of_notices,
)
from register.notice.removing import (
    UNDER_NOTICE,
    NoticeStands,
    NotOverdue,
    about_removal,
    drop,
    propose_notice_of_removal,
    propose_removal,
    propose_removal_at_once,
)
from register.notice.representation import (
    NoticeDocument,
    Representation,
    documents_of,
    represent,
    said_to,
    say_nothing,
    send,
)
from register.notice.service import ServiceMethod, deemed_on, last_day

__all__ = [
    "UNDER_NOTICE",
    "CannotBeServed",
    "NotOverdue",
    "Notice",
    "NoticeAct",
    "NoticeDocument",
    "NoticeEnded",
    "NoticeEvent",
    "NoticeKind",
    "NoticeOutcome",
    "NoticePage",
    "NoticeStands",
    "Representation",
    "ServiceMethod",
    "StillTime",
    "about_removal",
    "deemed_on",
    "documents_of",
    "drop",
    "expire_notices",
    "last_day",
    "notice_for",
    "open_notice",
    "open_notices",
    "overdue_notices",
    "own_notice",
    "own_notices",
    "propose_notice_of_removal",
    "propose_removal",
    "propose_removal_at_once",
    "remind_of_notices",
    "represent",
    "said_to",
    "say_nothing",
    "send",
]
