"""Particulars: what the register knows of a person, changed after they have applied."""

from register.particulars.acts import ParticularsAct, ParticularsEvent
from register.particulars.change import (
    AskedAlready,
    ChangeEnded,
    ChangeKind,
    ChangeReason,
    ChangeState,
    NewName,
    NothingNew,
    ParticularsChange,
    change_for,
    changes_asked,
    changes_of,
)
from register.particulars.standing import InApplication, may_change, own_person

__all__ = [
    "AskedAlready",
    "ChangeEnded",
    "ChangeKind",
    "ChangeReason",
    "ChangeState",
    "InApplication",
    "NewName",
    "NothingNew",
    "ParticularsAct",
    "ParticularsChange",
    "ParticularsEvent",
    "change_for",
    "changes_asked",
    "changes_of",
    "may_change",
    "own_person",
]
