"""Sending a proposal back to whoever made it."""

from register.kit import forms


class ReturnForm(forms.Form):
    words = forms.LongText(
        "What is still to be done",
        what="what is still to be done",
        hint="Whoever proposed it reads this, and nobody outside.",
        longest=2000,
    )
