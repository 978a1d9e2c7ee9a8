"""What is done about the templates of notices, and the lines that it leaves. None is about a person."""

from enum import StrEnum


class TemplateAct(StrEnum):
    DRAFT = "notice_template:draft"
    DISCARD = "notice_template:discard"
    PROPOSE = "notice_template:propose"
    APPROVE = "notice_template:approve"
    RETURN = "notice_template:return"


class TemplateEvent(StrEnum):
    DRAFTED = "notice_template:drafted"
    DISCARDED = "notice_template:discarded"
    PUBLISHED = "notice_template:published"
