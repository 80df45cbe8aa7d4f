"""Passwords: too easy to guess or not, and hashing, which is slow by design and therefore bounded."""

import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask_security.utils import hash_password, verify_password

from inspect_app.kernel.errors import Crowded, Refused
from inspect_app.kernel.ids import CODE_ALPHABET, new_code

from .rules import DEMO_PASSWORD

SHORTEST, LONGEST = 10, 200
# zxcvbn's third step: more than a hundred million guesses. Its list of common passwords is the one that is shipped.
STRONG_ENOUGH = 3
LOOKED_AT = 72  # what the library takes; a longer one is not easier
# One hash takes about 64 MB and a tenth of a second. So many at once in a process; who comes then waits a little.
AT_ONCE = 4
PATIENCE = 8.0
_seats = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def _seat() -> Iterator[None]:
    """One of the few places for hashing; raises Crowded where none comes free in time."""
    if not _seats.acquire(timeout=PATIENCE):
        raise Crowded("现在登录的人很多，请过一会儿再试。")
    try:
        yield
    finally:
        _seats.release()


def hashed(password: str) -> str:
    """The argon2 hash that is kept of a password; waits for a place, because each takes much memory."""
    with _seat():
        return str(hash_password(password))


def matches(password: str, known: str) -> bool:
    """Whether it is the password behind a hash."""
    with _seat():
        return bool(verify_password(password, known))


def first_password() -> str:
    """One that is read out to somebody and changed at once."""
    return f"{new_code(4)}-{new_code(4)}-{new_code(4)}"


def first_password_of(secret: str, about: str) -> str:
    """A first password that is worked out again as often as it is wanted, and kept nowhere: for slips that are printed for many.
    Whoever does not know the server's secret cannot tell it."""
    digest = hmac.new(secret.encode(), f"first password {about}".encode(), "sha256").digest()
    marks = [CODE_ALPHABET[byte % len(CODE_ALPHABET)] for byte in digest[:12]]
    return "-".join("".join(marks[at : at + 4]) for at in (0, 4, 8))


def check_new_password(password: str, *known: str) -> None:
    """Raises Refused with what to do when a password is too easy to guess; `known` is what is known of its owner."""
    if len(password) < SHORTEST:
        raise Refused(f"密码至少 {SHORTEST} 位，可以用一句好记的话。", field="new")
    if len(password) > LONGEST:
        raise Refused(f"密码太长了，{LONGEST} 位以内就好。", field="new")
    low = password.lower()
    personal = [word.lower() for word in known if len(word) > 2]
    if any(word in low for word in (*personal, DEMO_PASSWORD)) or _guessed(password, personal):
        raise Refused("这个密码太好猜了，或是很多人在用，请换一个。可以用一句只有您想得到的话。", field="new")


def _guessed(password: str, personal: list[str]) -> bool:
    from zxcvbn import zxcvbn  # its lists weigh, and few processes ever need them

    return int(zxcvbn(password[:LOOKED_AT], user_inputs=personal)["score"]) < STRONG_ENOUGH
