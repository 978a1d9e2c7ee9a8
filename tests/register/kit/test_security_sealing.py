import pytest

from register.kit.security import sealing
from register.kit.security.sealing import Unsealable, blind_index, seal, unseal

PLACE = {"table": "account", "column": "totp_sealed", "row": "1"}


def test_what_was_sealed_opens_in_its_place():
    assert unseal(seal(b"secret", **PLACE), **PLACE) == b"secret"


def test_the_same_value_is_never_sealed_the_same():
    assert seal(b"secret", **PLACE) != seal(b"secret", **PLACE)


def test_no_flipped_byte_opens():
    sealed = seal(b"secret", **PLACE)

    for n in range(len(sealed)):
        flipped = sealed[:n] + bytes([sealed[n] ^ 1]) + sealed[n + 1 :]
        with pytest.raises(Unsealable):
            unseal(flipped, **PLACE)


@pytest.mark.parametrize(
    "moved", [{"row": "2"}, {"column": "name"}, {"table": "person"}]
)
def test_a_sealed_value_does_not_open_elsewhere(moved):
    with pytest.raises(Unsealable):
        unseal(seal(b"secret", **PLACE), **(PLACE | moved))


@pytest.mark.parametrize("length", range(39))
def test_a_part_of_a_sealed_value_does_not_open(length):
    with pytest.raises(Unsealable):
        unseal(seal(b"secret", **PLACE)[:length], **PLACE)


def test_another_key_does_not_open(monkeypatch):
    sealed = seal(b"secret", **PLACE)

    monkeypatch.setattr(sealing, "lasting_key", lambda _: b"k" * 32)

    with pytest.raises(Unsealable):
        unseal(sealed, **PLACE)


def test_a_blind_index_finds_the_same_value_for_the_same_purpose_only():
    assert blind_index(" QQ123456c", purpose="ni") == blind_index(
        "QQ123456C", purpose="ni"
    )
    assert blind_index("QQ123456C", purpose="ni") != blind_index(
        "QQ123456C", purpose="email"
    )
