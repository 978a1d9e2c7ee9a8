from datetime import UTC, datetime, timedelta

import pytest

from register.kit.errors import NotFound
from register.kit.security.links import LinkExpired, read, sign

NOW = datetime(2027, 3, 10, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
PURPOSES = ["reset_password", "change_email", "reference", "invitation"]


@pytest.mark.parametrize("made_for", PURPOSES)
@pytest.mark.parametrize("used_for", PURPOSES)
def test_a_link_is_good_for_its_own_purpose_only(made_for, used_for):
    token = sign(made_for, "account-1", until=NOW + HOUR)

    if made_for == used_for:
        assert read(used_for, token, now=NOW) == "account-1"
    else:
        with pytest.raises(NotFound):
            read(used_for, token, now=NOW)


def test_a_link_is_good_to_its_last_instant():
    token = sign("reset", "1", until=NOW)

    assert read("reset", token, now=NOW - timedelta(microseconds=1)) == "1"


def test_a_link_expires():
    token = sign("reset", "1", until=NOW)

    with pytest.raises(LinkExpired):
        read("reset", token, now=NOW)


def test_no_changed_character_is_accepted():
    token = sign("reset", "1", until=NOW + HOUR)

    for n, letter in enumerate(token):
        with pytest.raises(NotFound):
            read(
                "reset",
                token[:n] + ("A" if letter != "A" else "B") + token[n + 1 :],
                now=NOW,
            )


@pytest.mark.parametrize(
    "token", ["", "a", "é", "=", "%", "A" * 44, "A" * 5000, "\udcff"]
)
def test_what_is_no_token_is_not_found(token):
    with pytest.raises(NotFound):
        read("reset", token, now=NOW)


def test_the_same_token_spelt_another_way_is_not_found():
    token = sign("reset", "1", until=NOW + HOUR)

    for other in (token + "=", token + "\n", " " + token, token[:5] + "\n" + token[5:]):
        with pytest.raises(NotFound):
            read("reset", other, now=NOW)
