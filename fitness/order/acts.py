"""What is done about the orders of a case. None of these processes tells anything of a person by itself."""

from enum import StrEnum


class OrderAct(StrEnum):
    MAKE = "order:make"
    TAKE_EFFECT = "order:take_effect"
    END = "order:end"
    LODGE_APPEAL = "order:lodge_appeal"
    END_APPEAL = "order:end_appeal"
