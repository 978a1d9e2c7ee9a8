"""One key a purpose, drawn from the two secrets of the settings, so that no token or cipher fits another lock."""

import hashlib
import hmac
from functools import cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from register.kit.settings import settings


def signing_key(purpose: str) -> bytes:
    """For marks that may be made anew when the secret changes: links, tokens, limits."""
    return _derived(settings().secret_key.get_secret_value(), purpose)


def lasting_key(purpose: str) -> bytes:
    """For what is kept in the database: losing the secret loses it."""
    return _derived(settings().encryption_key.get_secret_value(), purpose)


def keyed_hash(key: bytes, *parts: str | bytes) -> bytes:
    """An HMAC over the parts, each with its length before it, so that ("ab", "c") is not ("a", "bc")."""
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        piece = part.encode() if isinstance(part, str) else part
        mac.update(len(piece).to_bytes(4) + piece)
    return mac.digest()


@cache
def _derived(secret: str, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(secret.encode())
