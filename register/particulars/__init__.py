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
from register.particulars.contact import (
    ContactDetails,
    change_contact,
    contact_of,
    contacts_of,
    know_address,
    record_address,
    take_contact,
)
from register.particulars.posts import (
    EndsBeforeItBegan,
    PostEnded,
    begin_post,
    end_post,
    post_of,
    posts_of,
)
from register.particulars.standing import InApplication, may_change, own_person

__all__ = [
    "AskedAlready",
    "ChangeEnded",
    "ChangeKind",
    "ChangeReason",
    "ChangeState",
    "ContactDetails",
    "EndsBeforeItBegan",
    "InApplication",
    "NewName",
    "NothingNew",
    "ParticularsAct",
    "ParticularsChange",
    "ParticularsEvent",
    "PostEnded",
    "begin_post",
    "change_contact",
    "change_for",
    "changes_asked",
    "changes_of",
    "contact_of",
    "contacts_of",
    "end_post",
    "know_address",
    "may_change",
    "own_person",
    "post_of",
    "posts_of",
    "record_address",
    "take_contact",
]
