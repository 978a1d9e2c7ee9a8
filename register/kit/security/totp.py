"""Six-digit codes of an authenticator app (RFC 6238); a code counts once."""

import hmac
from datetime import datetime

import pyotp

STEP_SECONDS = 30
DRIFT_STEPS = 1
DIGITS = 6


def new_secret() -> str:
    return pyotp.random_base32()


def address(secret: str, *, name: str, issuer: str) -> str:
    """What the QR code says to the app."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def accepted_step(
    secret: str, code: str, *, now: datetime, last_step: int | None
) -> int | None:
    """The time step that the code proves, to be stored as the new `last_step`; None where it proves nothing.

    A step at or before the last is refused, so that a code read over a shoulder, spaced out or not, works once.
    """
    typed = "".join(code.split())
    if len(typed) != DIGITS or not (typed.isascii() and typed.isdigit()):
        return None
    current = int(now.timestamp()) // STEP_SECONDS
    steps = range(current - DRIFT_STEPS, current + DRIFT_STEPS + 1)
    fitting = [
        step for step in steps if hmac.compare_digest(_code(secret, step), typed)
    ]
    return next(
        (step for step in fitting if last_step is None or step > last_step), None
    )


def code_at(secret: str, now: datetime) -> str:
    """What the app shows at that moment."""
    return _code(secret, int(now.timestamp()) // STEP_SECONDS)


def _code(secret: str, step: int) -> str:
    return pyotp.TOTP(secret).generate_otp(step)
