from datetime import UTC, datetime, timedelta

import pytest

from register.kit.security import totp

NOW = datetime(2027, 3, 10, 10, 0, 10, tzinfo=UTC)
STEP = int(NOW.timestamp()) // 30
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def accepted(code, now=NOW, last_step=None):
    return totp.accepted_step(SECRET, code, now=now, last_step=last_step)


def test_the_code_of_the_moment_is_accepted():
    assert accepted(totp.code_at(SECRET, NOW)) == STEP


def test_a_code_may_be_one_step_late_or_early():
    late, early = (
        totp.code_at(SECRET, NOW - timedelta(seconds=30)),
        totp.code_at(SECRET, NOW + timedelta(seconds=30)),
    )

    assert accepted(late) == STEP - 1
    assert accepted(early) == STEP + 1


def test_a_code_two_steps_away_is_refused():
    assert accepted(totp.code_at(SECRET, NOW - timedelta(seconds=60))) is None


def test_a_code_counts_once():
    code = totp.code_at(SECRET, NOW)

    assert accepted(code, last_step=STEP) is None
    assert accepted(code[:3] + " " + code[3:], last_step=STEP) is None


def test_an_older_code_is_refused_after_a_newer_one():
    assert (
        accepted(totp.code_at(SECRET, NOW - timedelta(seconds=30)), last_step=STEP)
        is None
    )


def test_spaces_are_forgiven():
    code = totp.code_at(SECRET, NOW)

    assert accepted(f" {code[:3]} {code[3:]}\t") == STEP


@pytest.mark.parametrize(
    "code",
    [
        "",
        "12345",
        "1234567",
        "abcdef",
        "１２３４５６",
        "٣٤٥٦٧٨",
        "-12345",
        "12345\u200b6",
    ],
)
def test_what_is_no_code_is_refused(code):
    assert accepted(code) is None


def test_secrets_are_long_and_differ():
    assert len(totp.new_secret()) == 32
    assert totp.new_secret() != totp.new_secret()
