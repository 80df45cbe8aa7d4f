"""Ed25519 keys that sign receipts, daily heads and papers. Private keys live in a folder outside the database.

Each key has an id. Rotating adds a key; public keys are kept for ever, so that old signatures stay checkable.
"""

import os
from base64 import b64decode, b64encode
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from .clock import now
from .hashing import sha256_hex


class KeyRing:
    """The signing keys of one installation, in one folder (0700, files 0600)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._private: tuple[str, Ed25519PrivateKey] | None = None
        self._public: dict[str, Ed25519PublicKey] = {}

    def rotate(self) -> str:
        """Make a new current key and return its id; older public keys stay."""
        key = Ed25519PrivateKey.generate()
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        key_id = f"{now():%Y%m%d%H%M%S}-{sha256_hex(public)[:8]}"
        (self.folder / f"{key_id}.pub").write_bytes(b64encode(public))
        secret = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        handle = os.open(self.folder / f"{key_id}.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(b64encode(secret))
        self._private = (key_id, key)
        return key_id

    def sign(self, data: bytes) -> tuple[str, str]:
        """(key id, base64 signature) over the bytes, by the newest key; the first use makes one."""
        key_id, key = self._private or self._load()
        return key_id, b64encode(key.sign(data)).decode()

    def verify(self, key_id: str, signature: str, data: bytes) -> bool:
        """Whether the signature over the bytes was made by the key of that id."""
        public = self._public.get(key_id)
        if public is None:
            path = self.folder / f"{key_id}.pub"
            if "/" in key_id or not path.is_file():
                return False
            public = self._public[key_id] = Ed25519PublicKey.from_public_bytes(b64decode(path.read_bytes()))
        try:
            public.verify(b64decode(signature), data)
        except (InvalidSignature, ValueError):
            return False
        return True

    def _load(self) -> tuple[str, Ed25519PrivateKey]:
        names = sorted(self.folder.glob("*.key"))
        if not names:
            self.rotate()
            assert self._private is not None
            return self._private
        secret = b64decode(names[-1].read_bytes())
        self._private = (names[-1].stem, Ed25519PrivateKey.from_private_bytes(secret))
        return self._private
