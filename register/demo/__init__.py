"""A register full of made-up people, in every state it knows: the same for the same seed and day."""

from register.demo.accounts import DemoAccount
from register.demo.applications import Approved, Fee
from register.demo.making import (
    NotEmpty,
    NotOnThatDay,
    TakeFees,
    make_demo,
    steps_of,
)

__all__ = [
    "Approved",
    "DemoAccount",
    "Fee",
    "NotEmpty",
    "NotOnThatDay",
    "TakeFees",
    "make_demo",
    "steps_of",
]
