"""Serials: sixteen random characters that a person can read out and type."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O (read as 1, 1, 0) and no U."""
LENGTH = 16
ALIKE = str.maketrans("ILO", "110")


def draw_serial() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_serial(typed: str) -> str | None:
    """The serial somebody typed, however grouped; None when it can be none of ours."""
    plain = "".join(c for c in typed.upper() if c not in " -\N{EN DASH}\t")
    plain = plain.translate(ALIKE)
    if len(plain) == LENGTH and set(plain) <= set(ALPHABET):
        return plain
    return None


def grouped(serial: str) -> str:
    """As it is printed: ABCD-EFGH-JKMN-PQRS."""
    return "-".join(serial[at : at + 4] for at in range(0, LENGTH, 4))
