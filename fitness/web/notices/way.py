"""How a notice is sent, as every form asks it."""

from register.kit import forms

EMAIL, POST = "email", "post"
NO_ADDRESS = (
    "There is no address to which it can be sent in this way. Choose the other way, "
    "or ask a caseworker to record an address on the page of the person"
)


def how_sent() -> forms.Radios:
    """A field, in the place in which a form has it."""
    return forms.Radios(
        "How is it sent?",
        what="how it is sent",
        choices=[(EMAIL, EMAIL), (POST, POST)],
    )


class WayForm(forms.Form):
    way = how_sent()
