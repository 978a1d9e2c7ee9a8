"""What is done about publications. None of these processes tells anything of a person by itself."""

from enum import StrEnum


class PublicationAct(StrEnum):
    WRITE = "publication:write"
    PROPOSE = "publication:propose"
    APPROVE = "publication:approve"
    RETURN = "publication:return"
    WITHDRAW = "publication:withdraw"
    FOLLOW = "publication:follow"
    """What became of an order that is published, or of an appeal against it."""
