"""What the pages have in common on which somebody outside answers us: a referee, an employer."""

from typing import TypeVar

import msgspec

from register.kit import forms

LONGEST = 2000
UNSEEN = {"cache-control": "no-store"}
"""The pages name somebody: no browser that others use may keep them."""

Said = TypeVar("Said", bound=msgspec.Struct)


def anything_else(label: str, *, what: str) -> forms.LongText:
    return forms.LongText(label, what=what, longest=LONGEST, optional=True)


def said_in(form: forms.Form, kind: type[Said]) -> Said:
    """What a sound form says: what was left empty is left out."""
    said = {
        name: value
        for name, value in form.data.items()
        if name in kind.__struct_fields__ and value not in (None, "")
    }
    return msgspec.convert(said, kind)
