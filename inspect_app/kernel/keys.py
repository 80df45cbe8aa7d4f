"""Ed25519 keys that sign receipts, daily heads and papers, and the P-256 key that phones encrypt backup files for.

Private keys live in a folder outside the database. Each key has an id. Rotating adds a key; public signing keys and
private backup keys are kept for ever, so that old signatures stay checkable and old backups can be opened.
"""

from base64 import b64decode, b64encode
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)

from .clock import now
from .files import write_whole
from .hashing import sha256_hex


class KeyRing:
    """The signing keys of one installation, in one folder (0700, files 0600)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._private: tuple[str, Ed25519PrivateKey] | None = None
        self._public: dict[str, Ed25519PublicKey] = {}
        self._rescue: tuple[str, str] | None = None

    def rotate(self) -> str:
        """Make a new current key and return its id; older public keys stay."""
        key = Ed25519PrivateKey.generate()
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        key_id = f"{now():%Y%m%d%H%M%S}-{sha256_hex(public)[:8]}"
        # The public one first: no signature may be on the disk before what it is checked with.
        write_whole(self.folder / f"{key_id}.pub", b64encode(public))
        secret = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        write_whole(self.folder / f"{key_id}.key", b64encode(secret))
        self._private = (key_id, key)
        return key_id

    def sign(self, data: bytes) -> tuple[str, str]:
        """(key id, base64 signature) over the bytes, by the newest key; the first use makes one."""
        key_id, key = self._private or self._load()
        return key_id, b64encode(key.sign(data)).decode()

    def verify(self, key_id: str, signature: str, data: bytes) -> bool:
        """Whether the signature over the bytes was made by the key of that id; by one whose file is damaged it was not."""
        try:
            public = self._public.get(key_id)
            if public is None:
                path = self.folder / f"{key_id}.pub"
                if "/" in key_id or not path.is_file():
                    return False
                public = self._public[key_id] = Ed25519PublicKey.from_public_bytes(b64decode(path.read_bytes()))
            public.verify(b64decode(signature), data)
        except (InvalidSignature, ValueError):
            return False
        return True

    def rescue_key(self) -> tuple[str, str]:
        """(id, base64 of the public key as SPKI) that backup files of phones are encrypted for; the first use makes one."""
        if self._rescue is None:
            names = sorted(self.folder.glob("*.rescue"))
            self._rescue = self._read_rescue(names[-1].stem) if names else self.rotate_rescue()
        return self._rescue

    def rotate_rescue(self) -> tuple[str, str]:
        """Make a new current backup key; older ones stay, files made for them can still be opened."""
        key = ec.generate_private_key(ec.SECP256R1())
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        key_id = f"{now():%Y%m%d%H%M%S}-{sha256_hex(public)[:8]}"
        secret = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        write_whole(self.folder / f"{key_id}.rescue", b64encode(secret))
        self._rescue = (key_id, b64encode(public).decode())
        return self._rescue

    def agree(self, key_id: str, public: bytes) -> bytes | None:
        """The secret shared with the holder of a P-256 key given as SPKI; None where there is no such key of ours.

        Raises ValueError where the other key is none.
        """
        private = self._rescue_private(key_id)
        try:
            theirs = load_der_public_key(public)
        except UnsupportedAlgorithm:
            raise ValueError("not a P-256 key") from None
        if not isinstance(theirs, ec.EllipticCurvePublicKey) or not isinstance(theirs.curve, ec.SECP256R1):
            raise ValueError("not a P-256 key")
        return private.exchange(ec.ECDH(), theirs) if private else None

    def _rescue_private(self, key_id: str) -> ec.EllipticCurvePrivateKey | None:
        path = self.folder / f"{key_id}.rescue"
        if not key_id.isascii() or "/" in key_id or "\x00" in key_id or len(key_id) > 80 or not path.is_file():
            return None
        key = load_der_private_key(b64decode(path.read_bytes()), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key

    def _read_rescue(self, key_id: str) -> tuple[str, str]:
        key = self._rescue_private(key_id)
        assert key is not None
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return key_id, b64encode(public).decode()

    def _load(self) -> tuple[str, Ed25519PrivateKey]:
        names = sorted(self.folder.glob("*.key"))
        if not names:
            self.rotate()
            assert self._private is not None
            return self._private
        secret = b64decode(names[-1].read_bytes())
        self._private = (names[-1].stem, Ed25519PrivateKey.from_private_bytes(secret))
        return self._private
