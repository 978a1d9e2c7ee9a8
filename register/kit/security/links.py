"""Signed, expiring links; one made for a purpose is worth nothing for another."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from datetime import UTC, datetime

from register.kit.errors import NotFound, Refused
from register.kit.security.keys import keyed_hash, signing_key

MAC_BYTES = 32
TIME_BYTES = 8


class LinkExpired(Refused):
    """The link was ours, but its time has passed."""

    def __init__(self) -> None:
        super().__init__("This link has expired. Ask for a new one.")


def sign(purpose: str, subject: str, *, until: datetime) -> str:
    """A token that says `subject` until a moment, for this purpose only."""
    body = int(until.timestamp()).to_bytes(TIME_BYTES) + subject.encode()
    return urlsafe_b64encode(_mac(purpose, body) + body).rstrip(b"=").decode()


def read(purpose: str, token: str, *, now: datetime) -> str:
    """The subject; NotFound for what we never signed for this purpose, LinkExpired once its time has passed."""
    signed = _bytes_of(token)
    mac, body = signed[:MAC_BYTES], signed[MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(purpose, body)):
        raise NotFound
    if now >= datetime.fromtimestamp(int.from_bytes(body[:TIME_BYTES]), UTC):
        raise LinkExpired
    return body[TIME_BYTES:].decode()


def _mac(purpose: str, body: bytes) -> bytes:
    return keyed_hash(signing_key("link"), purpose, body)


def _bytes_of(token: str) -> bytes:
    try:
        signed = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (NotBase64, ValueError):
        raise NotFound from None
    if urlsafe_b64encode(signed).rstrip(b"=").decode() != token:
        raise NotFound  # the same bytes spelt another way would let a used link look unused
    return signed
