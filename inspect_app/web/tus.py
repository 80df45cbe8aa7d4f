"""Photos in parts by tus 1.0.0: core, creation, creation-with-upload. See docs/decisions/0011. One way for every door.

Bytes are added to their part as they arrive, between transactions: what came before a phone vanished, or before a
worker was killed, is there when it asks again. Whatever ends a request, the next HEAD or PATCH goes on from there, also
from whole bytes that had not become a photo yet.
"""

import hashlib
import json
import socket
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ClientDisconnected

from inspect_app.evidence.rules import MOST_BYTES, TOO_HEAVY, TooHeavy, said_before
from inspect_app.evidence.senders import Sender
from inspect_app.evidence.shapes import SaidOfPhoto
from inspect_app.evidence.storage import Storage
from inspect_app.intake import uploads
from inspect_app.intake.models import Upload, part_of
from inspect_app.kernel.database import db, end_reading, writing
from inspect_app.kernel.errors import Refused

from .fields import maybe_id

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

VERSION = "1.0.0"
BODY = "application/offset+octet-stream"
PIECE = 16 * 1024
PATIENCE = 60  # seconds without a byte after which a phone has vanished; its thread is needed by others


@dataclass(frozen=True)
class Door:
    """Who sends through it, and what differs there: what is known of a photo beside its bytes by what was announced, the
    lines under its copies, the address of one upload."""

    sender: Sender
    known: Callable[[Mapping[str, str]], SaidOfPhoto]
    lines: Callable[[SaidOfPhoto], Sequence[str]]
    address: Callable[[UUID], str]


class Unclear(Refused):
    """The request does not say what the protocol asks for."""

    status = 400


class NotThatFar(Refused):
    """The part is not as long as the phone thinks."""

    status = 409


class OtherKind(Refused):
    """The body is not what a part is sent as."""

    status = 415


def speaks_tus(view: View) -> View:
    """Refuse other versions of the protocol, and say ours in each answer."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if request.headers.get("Tus-Resumable") != VERSION:
            return Response(status=412, headers={"Tus-Version": VERSION})
        return view(*args, **kwargs)

    return cast(View, checked)


def say_version(response: Response) -> Response:
    """Our version of the protocol, said in each answer."""
    response.headers["Tus-Resumable"] = VERSION
    return response


def abilities() -> Response:
    """What this server can do, for a client that asks before it begins."""
    extensions = "creation,creation-with-upload"
    return Response(
        status=204, headers={"Tus-Version": VERSION, "Tus-Extension": extensions, "Tus-Max-Size": str(MOST_BYTES)}
    )


def create(door: Door) -> ResponseReturnValue:
    """Begin the upload of a photo, with its first bytes or none. The same photo again goes on where it stands."""
    meta = _metadata()
    photo_id, sha256 = maybe_id(meta.get("photo")), meta.get("sha256", "")
    if photo_id is None or len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        raise Unclear("没有说清是哪一张照片，已留在手机里。")
    length = _whole_number("Upload-Length")
    if length == 0:
        raise Unclear("这张照片是空的，请重新拍一张。")
    stands = uploads.standing(photo_id, door.sender, _storage())
    if stands.finished is not None:
        offset = stands.finished
    else:
        announced = _Announced(door, photo_id, length, sha256, door.known(meta))
        whole = request.mimetype == BODY and request.content_length == length and not stands.is_known
        offset = _come_at_once(announced) if whole else _begin(announced)
    return Response(status=201, headers={"Location": door.address(photo_id), "Upload-Offset": str(offset)})


@dataclass(frozen=True)
class _Announced:
    """A photo as the request that begins it announces it."""

    door: Door
    photo_id: UUID
    length: int
    sha256: str
    said: SaidOfPhoto


def _begin(one: _Announced) -> int:
    """How many bytes there are of a photo that is begun, or goes on, with some of them or none."""
    with writing():
        row = uploads.begin(
            one.photo_id, one.door.sender, length=one.length, sha256=one.sha256, said=one.said, storage=_storage()
        )
        part = row.part
    offset, came = _storage().part_size(part), ""
    if offset == 0 and request.mimetype == BODY:
        came = _append(part, 0, one.length)
    return _come_so_far(one.door, one.photo_id, part, one.length, came)


def _come_at_once(one: _Announced) -> int:
    """How many bytes there are of a photo whose first request brings all of them, as most do: nothing is written down before
    they are here, and then it is the photo at once. One whose phone vanished has begun with what came."""
    part, storage = part_of(one.photo_id, one.sha256), _storage()
    if one.length > MOST_BYTES:
        raise TooHeavy(TOO_HEAVY)
    if storage.part_size(part):  # of a process that was killed
        return _begin(one)
    lines = one.door.lines(one.said)
    end_reading()  # nothing of the database is held while bytes trickle in
    came = _append(part, 0, one.length)
    if not came:
        return _begin(one)
    try:
        stored = uploads.check(storage.part(part), one.sha256, came)
    except Refused:
        storage.drop(part)
        raise
    storage.adopt(part, one.sha256)
    with writing():
        uploads.finish_at_once(one.photo_id, one.door.sender, stored, one.said, lines)
    storage.drop(part)
    return one.length


def resource(door: Door, photo_id: UUID) -> ResponseReturnValue:
    """How far an upload has come (HEAD), and more of it (PATCH; or POST that says so, where a proxy knows no PATCH)."""
    method = request.headers.get("X-HTTP-Method-Override", request.method).upper()
    if method not in ("HEAD", "PATCH"):
        return Response(status=405, headers={"Allow": "HEAD, PATCH"})
    done = uploads.standing(photo_id, door.sender, _storage()).finished
    if done is not None and method == "HEAD":
        return Response(status=200, headers={"Upload-Offset": str(done), "Upload-Length": str(done)})
    if done is not None:
        _check_patch(done, done)
        return Response(status=204, headers={"Upload-Offset": str(done)})
    row = uploads.load(photo_id, door.sender)
    part, length = row.part, row.length
    end_reading()  # nothing of the database is held while bytes trickle in
    came = ""
    if method == "PATCH":
        came = _append(part, _check_patch(_storage().part_size(part), length), length)
    offset = _come_so_far(door, photo_id, part, length, came)
    if method == "HEAD":
        return Response(status=200, headers={"Upload-Offset": str(offset), "Upload-Length": str(length)})
    return Response(status=204, headers={"Upload-Offset": str(offset)})


def _check_patch(size: int, length: int) -> int:
    """The offset at which a PATCH goes on; raises what the protocol asks for where it does not fit."""
    if request.mimetype != BODY:
        raise OtherKind("没有收到可以读的内容，已留在手机里。")
    offset = _whole_number("Upload-Offset")
    if offset != size:
        raise NotThatFar("这张照片传到的地方对不上，会接着传。")
    if offset + (request.content_length or 0) > length:
        raise TooHeavy(TOO_HEAVY)
    return offset


def _append(part: str, offset: int, length: int) -> str:
    """Add the body to its part, piece by piece as it arrives. A phone that vanishes leaves what it has sent. Returns the hash
    of the part where all of it came here, from its first byte to its last; else nothing."""
    if (request.content_length or 0) > length - offset:
        raise TooHeavy(TOO_HEAVY)
    so_far = hashlib.sha256() if offset == 0 else None
    with _storage().adding(part, offset) as add:
        for piece in _pieces():
            if offset + len(piece) > length:
                raise TooHeavy(TOO_HEAVY)
            if not add(piece):
                raise NotThatFar("这张照片同时在传两遍，会接着传。")
            offset += len(piece)
            if so_far is not None:
                so_far.update(piece)
    return so_far.hexdigest() if so_far is not None and offset == length else ""


def _pieces() -> Iterator[bytes]:
    connection = request.environ.get("gunicorn.socket")
    if isinstance(connection, socket.socket):
        connection.settimeout(PATIENCE)  # for this body only: the server sets its own again for the next request
    while True:
        try:
            piece = request.stream.read(PIECE)
        except (ClientDisconnected, OSError):
            return  # nobody is left to hear an answer; what came is kept
        if not piece:
            return
        yield piece


def _come_so_far(door: Door, photo_id: UUID, part: str, length: int, came: str) -> int:
    """How many bytes there are; where that is all of them, they become the photo. `came` is their hash, if it is known."""
    size = _storage().part_size(part)
    if size == length:
        _finish(door, photo_id, part, came)
    elif size == 0 and (done := uploads.standing(photo_id, door.sender, _storage()).finished) is not None:
        return done  # another request finished it a moment ago
    return size


def _finish(door: Door, photo_id: UUID, part: str, came: str) -> None:
    """Checked and stored before the write lock is taken; the row is written in one short transaction."""
    storage = _storage()
    data = storage.part(part)
    row = uploads.load(photo_id, door.sender)
    declared = row.sha256
    lines = door.lines(said_before(row.meta))
    end_reading()
    try:
        stored = uploads.check(data, declared, came)
    except Refused:
        with writing():
            if (wrong := db.session.get(Upload, photo_id, with_for_update=True)) is not None and wrong.part == part:
                uploads.give_up(wrong, storage)
        raise
    storage.adopt(part, declared)
    with writing():
        if (whole := db.session.get(Upload, photo_id, with_for_update=True)) is not None and whole.part == part:
            uploads.finish(whole, stored, lines)
    storage.drop(part)


def _whole_number(header: str) -> int:
    text = request.headers.get(header, "")
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise Unclear("没有说清有多大、传到哪里，已留在手机里。")
    return int(text)


def _metadata() -> dict[str, str]:
    """`Upload-Metadata`: pairs of a name and its value in base64; raises Unclear where it cannot be read."""
    found = {}
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        name, _, value = pair.strip().partition(" ")
        try:
            found[name] = b64decode(value, validate=True).decode()
        except (NotBase64, UnicodeDecodeError):
            raise Unclear("照片的说明读不懂，已留在手机里。") from None
    return found


def json_of(text: str) -> Any:
    try:
        return json.loads(text) if len(text) < 500 else None
    except (ValueError, RecursionError):
        return None


def _storage() -> Storage:
    return cast(Storage, current_app.extensions["storage"])
