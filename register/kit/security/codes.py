"""Codes that a person can read out and type: Crockford's base 32, in groups of four."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No I, L, O (read as 1, 1, 0) and no U."""
ALIKE = str.maketrans("ILO", "110")


def draw(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def read(typed: str, length: int) -> str | None:
    """The code somebody typed, however grouped; None when it can be none of ours."""
    plain = "".join(c for c in typed.upper() if c not in " -\N{EN DASH}\t")
    plain = plain.translate(ALIKE)
    if len(plain) == length and set(plain) <= set(ALPHABET):
        return plain
    return None


def grouped(code: str) -> str:
    """As it is printed: ABCD-EFGH-JKMN."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))
