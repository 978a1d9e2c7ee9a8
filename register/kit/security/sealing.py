"""Seals single fields so that a stolen dump, or a value moved to another row, does not open."""

import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from register.kit.security.keys import keyed_hash, lasting_key

FORMAT = b"\x01"
KEY_ID_BYTES = 4
NONCE_BYTES = 12


class Unsealable(Exception):
    """The sealed value was altered, moved from its row, or sealed under another key."""


def seal(plain: bytes, *, table: str, column: str, row: str) -> bytes:
    """AES-256-GCM as format (1) | key id (4) | nonce (12) | ciphertext and tag."""
    key = lasting_key("seal")
    nonce = secrets.token_bytes(NONCE_BYTES)
    head = FORMAT + _id_of(key)
    return (
        head
        + nonce
        + AESGCM(key).encrypt(nonce, plain, _place(head, table, column, row))
    )


def unseal(sealed: bytes, *, table: str, column: str, row: str) -> bytes:
    key = lasting_key("seal")
    head = FORMAT + _id_of(key)
    nonce, cipher = (
        sealed[len(head) : len(head) + NONCE_BYTES],
        sealed[len(head) + NONCE_BYTES :],
    )
    if not sealed.startswith(head) or len(nonce) < NONCE_BYTES:
        raise Unsealable("unknown format or key")
    try:
        return AESGCM(key).decrypt(nonce, cipher, _place(head, table, column, row))
    except InvalidTag:
        raise Unsealable("altered, or moved from where it was sealed") from None


def blind_index(value: str, *, purpose: str) -> bytes:
    """A keyed hash by which a sealed value can be looked up, and only looked up."""
    return keyed_hash(lasting_key(f"blind index {purpose}"), value.strip().casefold())


def _id_of(key: bytes) -> bytes:
    return hashlib.sha256(b"key id" + key).digest()[:KEY_ID_BYTES]


def _place(head: bytes, table: str, column: str, row: str) -> bytes:
    return head + f"{table}\0{column}\0{row}".encode()
