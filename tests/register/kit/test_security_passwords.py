import asyncio
import time
import unicodedata

import pytest

from register.kit.security import passwords
from register.kit.security.passwords import (
    Weakness,
    hashed,
    matches,
    needs_rehash,
    weakness,
)


async def test_a_password_matches_its_hash_and_no_other():
    stored = await hashed("a fine long passphrase")

    assert await matches(stored, "a fine long passphrase")
    assert not await matches(stored, "A fine long passphrase")
    assert not await matches(stored, "a fine long passphrase ")


async def test_a_password_is_taken_as_it_was_sent():
    composed, decomposed = (
        unicodedata.normalize(form, "Zoë and Chloë went") for form in ("NFC", "NFD")
    )

    assert not await matches(await hashed(composed), decomposed)


async def test_nobody_has_a_password():
    assert not await matches(None, "the password of no account")


@pytest.mark.parametrize("stored", ["", "plain", "$argon2id$v=19$broken"])
async def test_a_broken_hash_matches_nothing(stored):
    assert not await matches(stored, "anything")


def test_production_hashes_as_decided():
    assert passwords.PRODUCTION_COST == (1, 47_104, 1)


async def test_a_hash_of_other_cost_is_made_anew():
    cheap = await hashed("a fine long passphrase")
    dear = "$argon2id$v=19$m=47104,t=1,p=1$MTIzNDU2NzgxMjM0NTY3OA$y0Ymvkyb7XWmYDbHMhWSLoxJkrAD7LB0SxAV4yfTAiQ"

    assert not needs_rehash(cheap)
    assert needs_rehash(dear)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("a" * 11, Weakness.TOO_SHORT),
        ("correct staple batter", None),
        ("x1" * 64, Weakness.COMMON),
        ("q7" + "xk3m" * 31 + "zz", None),
        ("q7" + "xk3m" * 31 + "zzz", Weakness.TOO_LONG),
        ("childrenshome", Weakness.COMMON),
        ("Children's home", None),
        ("PASSWORD2027!", Weakness.COMMON),
        ("123456789012", Weakness.COMMON),
        ("qwertyuiopas", Weakness.COMMON),
        ("password password", Weakness.COMMON),
        ("aaaaaaaaaaaaaaa", Weakness.COMMON),
        ("alice.example likes tea", Weakness.ABOUT_YOU),
        ("привет как дела", None),
    ],
)
def test_what_everybody_would_guess_is_refused(password, why):
    assert weakness(password, about=["alice.example", "bob"]) == why


def test_staff_choose_longer_ones():
    assert (
        weakness("kettle-rain-17", shortest=passwords.SHORTEST_FOR_STAFF)
        is Weakness.TOO_SHORT
    )


async def test_hashing_does_not_hold_up_others(monkeypatch):
    dear = passwords.PasswordHasher(*passwords.PRODUCTION_COST)
    monkeypatch.setattr(passwords, "_hasher", lambda: dear)
    lags = []

    async def watch():
        while True:
            start = time.perf_counter()
            await asyncio.sleep(0.001)
            lags.append(time.perf_counter() - start)

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(hashed("a fine long passphrase") for _ in range(6)))
    watching.cancel()

    assert sorted(lags)[len(lags) // 2] < 0.05
    assert len(lags) > 6
