"""A register full of made-up people, in every state it knows: the same for the same seed and day."""

from register.demo.accounts import DemoAccount
from register.demo.applications import Approved, Fee, TakeFees
from register.demo.draw import Draw
from register.demo.making import NotEmpty, NotOnThatDay, make_demo, steps_of
from register.demo.staff import Office

__all__ = [
    "Approved",
    "DemoAccount",
    "Draw",
    "Fee",
    "NotEmpty",
    "NotOnThatDay",
    "Office",
    "TakeFees",
    "make_demo",
    "steps_of",
]
