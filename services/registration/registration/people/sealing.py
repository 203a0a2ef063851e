"""
Personal data at rest: sealed with AES-256-GCM, found again by keyed hashes.

A sealed value says nothing without DATA_KEY, and two seals of the same text differ, so equality cannot be asked of
them. What must be looked up (is this person registered already?) is kept beside it as HMAC-SHA256 of the normalised
text under a second key: equal texts give equal hashes, and without the key nobody can try out names or numbers.
"""

import base64
import binascii
import hashlib
import hmac
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
_FORMAT: Final = b"\x01"
_NONCE_BYTES: Final = 12


class BadDataKey(ValueError):
    """DATA_KEY must be 32 random bytes, in base64 (`openssl rand -base64 32`) or as 64 hexadecimal digits."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


class SealBroken(Exception):
    """A sealed value cannot be opened: another key, another place, or somebody changed it."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


class Sealing:
    """Seals, opens and hashes personal data under one data key; three keys are derived from it, one for each use."""

    def __init__(self, data_key: str) -> None:
        """Take DATA_KEY as it stands in the settings; raises BadDataKey."""
        key = _read(data_key.strip())
        self._aead = AESGCM(_derived(key, b"ieum registration: seal"))
        self._lookup_key = _derived(key, b"ieum registration: lookup")
        self.look_key = _derived(key, b"ieum registration: record looks")

    def seal(self, text: str, place: str) -> bytes:
        """Seal `text` for one place (such as "person.name:<id>"); it opens nowhere else."""
        nonce = os.urandom(_NONCE_BYTES)
        return _FORMAT + nonce + self._aead.encrypt(nonce, text.encode(), place.encode())

    def open(self, sealed: bytes, place: str) -> str:
        """The text sealed for this place; raises SealBroken."""
        nonce, rest = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        if sealed[:1] != _FORMAT or len(nonce) != _NONCE_BYTES:
            raise SealBroken
        try:
            return self._aead.decrypt(nonce, rest, place.encode()).decode()
        except InvalidTag:
            raise SealBroken from None

    def lookup(self, kind: str, normalised: str) -> bytes:
        """The keyed hash by which an equal text of the same kind ("name", "phone", …) is found again."""
        return hmac.digest(self._lookup_key, f"{kind}\x00{normalised}".encode(), hashlib.sha256)


def _read(text: str) -> bytes:
    try:
        # Digits first: 64 of them are base64, too, of another length.
        key = bytes.fromhex(text) if len(text) == 2 * KEY_BYTES else base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadDataKey from None
    if len(key) != KEY_BYTES:
        raise BadDataKey
    return key


def _derived(key: bytes, use: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=use).derive(key)
