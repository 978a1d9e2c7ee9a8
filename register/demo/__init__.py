"""A register full of made-up people, in every state it knows: the same for the same seed and day."""

from register.demo.accounts import DemoAccount, keep_told, kept_told, told
from register.demo.applications import Approved, Fee
from register.demo.making import (
    NotEmpty,
    NotOnThatDay,
    TakeFees,
    is_demo,
    is_used,
    make_demo,
)

__all__ = [
    "Approved",
    "DemoAccount",
    "Fee",
    "NotEmpty",
    "NotOnThatDay",
    "TakeFees",
    "is_demo",
    "is_used",
    "keep_told",
    "kept_told",
    "make_demo",
    "told",
]
