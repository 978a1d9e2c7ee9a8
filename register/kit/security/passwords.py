"""Passwords: hashed with argon2id off the event loop, never changed on the way, refused where everybody guesses them."""

from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from anyio import CapacityLimiter, to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from register.kit.settings import Environment, settings

SHORTEST = 12
SHORTEST_FOR_STAFF = 15
LONGEST = 128
SHORTEST_CONTEXT_WORD = 4


class Cost(NamedTuple):
    """What one guess costs."""

    time: int
    memory_kib: int
    lanes: int


PRODUCTION_COST = Cost(time=1, memory_kib=47_104, lanes=1)
TEST_COST = Cost(time=1, memory_kib=8, lanes=1)


class Weakness(StrEnum):
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"
    ABOUT_YOU = "about_you"


def weakness(
    password: str, *, shortest: int = SHORTEST, about: Iterable[str] = ()
) -> Weakness | None:
    """Why a password may not be chosen; `about` holds words that everybody who knows the account would try."""
    if len(password) < shortest:
        return Weakness.TOO_SHORT
    if len(password) > LONGEST:
        return Weakness.TOO_LONG
    plain = _bare(password)
    if (
        plain in _common()
        or _is_padding_of_a_common_one(plain)
        or len(set(password)) <= 3
    ):
        return Weakness.COMMON
    return Weakness.ABOUT_YOU if any(word in plain for word in _words(about)) else None


async def hashed(password: str) -> str:
    return await to_thread.run_sync(_hasher().hash, password, limiter=_limiter())


async def matches(stored: str | None, password: str) -> bool:
    """Whether it is the one; without a stored hash as much work is done, so that timing tells nobody which accounts exist."""
    return await to_thread.run_sync(_verify, stored, password, limiter=_limiter())


def needs_rehash(stored: str) -> bool:
    return _hasher().check_needs_rehash(stored)


def _verify(stored: str | None, password: str) -> bool:
    try:
        return _hasher().verify(stored or _nobodys(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    cost = TEST_COST if settings().environment is Environment.TEST else PRODUCTION_COST
    return PasswordHasher(
        cost.time, cost.memory_kib, cost.lanes, hash_len=32, salt_len=16, type=Type.ID
    )


@cache
def _limiter() -> CapacityLimiter:
    """Its own two threads: a storm of sign-ins must not take those that others wait for."""
    return CapacityLimiter(2)


@cache
def _nobodys() -> str:
    return _hasher().hash("the password of no account")


@cache
def _common() -> frozenset[str]:
    lines = (
        files(__package__)
        .joinpath("common_passwords.txt")
        .read_text("utf-8")
        .splitlines()
    )
    return frozenset(_bare(line) for line in lines if line and not line.startswith("#"))


def _is_padding_of_a_common_one(plain: str) -> bool:
    """ "password2027!!" and "qwertyqwerty" are what guessing programs try next."""
    core = plain.strip("0123456789!?.*#-_ ")
    halves = plain[: len(plain) // 2], plain[len(plain) // 2 :]
    return (
        core in _common()
        or core == ""
        or (halves[0] == halves[1] and halves[0] in _common())
    )


def _bare(text: str) -> str:
    return text.casefold().replace(" ", "")


def _words(about: Iterable[str]) -> Iterable[str]:
    return (bare for word in about if len(bare := _bare(word)) >= SHORTEST_CONTEXT_WORD)
