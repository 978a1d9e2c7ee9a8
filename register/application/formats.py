"""The shapes that the numbers of other bodies have, as far as they are known."""

import re

from register.application.answers import Body

SHAPES = {
    Body.SWE: (re.compile(r"SW\d{1,7}"), "SW and up to 7 digits, like SW12345"),
    Body.HCPC: (
        re.compile(r"[A-Z]{2,3}\d{1,6}"),
        "2 or 3 letters and up to 6 digits, like PH123456",
    ),
    Body.NMC: (
        re.compile(r"\d{2}[A-Z]\d{4}[A-Z]"),
        "8 characters, like 99A9999A",
    ),
    Body.GMC: (re.compile(r"\d{7}"), "7 digits"),
    Body.TRA: (re.compile(r"\d{7}"), "7 digits"),
    Body.SCW: (re.compile(r"W/?\d{1,8}"), "W/ and digits, like W/1234567"),
    Body.SSSC: (re.compile(r"\d{7}"), "7 digits"),
    Body.NISCC: (re.compile(r"\d{7}"), "7 digits"),
}
"""A warning is all that may come of these: the bodies change them without telling us."""


def unlike(body: Body, number: str) -> str | None:
    """How numbers of that body usually look, if this one does not look so."""
    if body not in SHAPES:
        return None
    shape, usual = SHAPES[body]
    plain = re.sub(r"[\s.\-]", "", number.upper())
    return None if shape.fullmatch(plain) else usual


DBS_NUMBER = re.compile(r"[0-9]{12}")
ULN = re.compile(r"[0-9]{10}")
URN = re.compile(r"([A-Z]{2})?[0-9]{4,8}")


def plain_urn(typed: str) -> str:
    """Ofsted's number without spaces and in capitals."""
    return "".join(c for c in typed.upper() if c.isalnum())
