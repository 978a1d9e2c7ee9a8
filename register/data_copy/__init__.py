"""A copy of what we hold about somebody, for them: asked for, made by the worker, kept for a week."""

from register.data_copy.copy import (
    KEPT_FOR,
    DataCopy,
    DataCopyAct,
    DataCopyEvent,
    Form,
    copies_of,
)
from register.data_copy.gathering import Shelf, gathered, holds
from register.data_copy.held import HISTORY
from register.data_copy.making import make_data_copy, sweep_data_copies

__all__ = [
    "HISTORY",
    "KEPT_FOR",
    "DataCopy",
    "DataCopyAct",
    "DataCopyEvent",
    "Form",
    "Shelf",
    "copies_of",
    "gathered",
    "holds",
    "make_data_copy",
    "sweep_data_copies",
]
