"""Serials: sixteen random characters that a person can read out and type."""

from register.kit.security import codes

LENGTH = 16


def draw_serial() -> str:
    return codes.draw(LENGTH)


def read_serial(typed: str) -> str | None:
    """The serial somebody typed, however grouped; None when it can be none of ours."""
    return codes.read(typed, LENGTH)


def grouped(serial: str) -> str:
    """As it is printed: ABCD-EFGH-JKMN-PQRS."""
    return codes.grouped(serial)
