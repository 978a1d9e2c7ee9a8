"""What is done about hearings. None of these processes tells anything of a person by itself."""

from enum import StrEnum


class HearingAct(StrEnum):
    APPLY = "hearing:apply"
    """For an interim order."""
    LIST = "hearing:list"
    EMPANEL = "hearing:empanel"
    RELEASE = "hearing:release"
    DIRECT = "hearing:direct"
    GIVE_NOTICE = "hearing:give_notice"
    BEGIN = "hearing:begin"
    ADJOURN = "hearing:adjourn"
    VACATE = "hearing:vacate"
    FIND = "hearing:find"
    DRAFT = "hearing:draft"
    SIGN = "hearing:sign"
    SERVE = "hearing:serve"
    """The decision."""
    EXTEND = "hearing:extend"
    """An interim order, as the court has ordered."""
