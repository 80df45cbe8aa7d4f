"""The register of places for the phone: whole once, in parts, and from then on what has changed. Docs: docs/decisions/0049."""

import gzip
import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, request

from inspect_app.intake.epochs import newest_epoch
from inspect_app.people.rules import Scope
from inspect_app.premises import carried, compact
from inspect_app.visits import doorstep

from ..access import Permission, allowed, scope
from .data import data_answer, pages

MOST_CHANGES = 1000  # more than that come as a whole anew
_KEPT = 4  # registers of so many areas are kept packed; a street's takes half a megabyte


@dataclass(frozen=True)
class PackedRegister:
    """The places of somebody's area as they were at a mark, packed part by part."""

    mark: int
    parts: Mapping[str, bytes]


@pages.get("/register")
@allowed(Permission.FIELD)
def register() -> Response:
    """What has changed since `since`, which an earlier answer gave. Without it, or where it does not fit any more (another
    area, another form, a database that was restored, too much at once), the names of all places."""
    me, prefix = scope(), _prefix(scope())
    known = _known(request.args.get("since", ""), prefix)
    mark = carried.next_mark()
    if known is not None and known <= mark:
        changes = carried.changes(me, known, MOST_CHANGES)
        if changes is not None:
            rows = [compact.row_of(place) for place in changes.rows]
            body = {"rows": rows, "gone": [str(one) for one in changes.gone], "cursor": f"{prefix}.{mark}"}
            return Response(json.dumps(body, ensure_ascii=False), mimetype="application/json")
    return _answer(_whole(me, prefix, mark).parts["names"])


@pages.get("/register/ids", defaults={"part": "ids"})
@pages.get("/register/more", defaults={"part": "more"})
@allowed(Permission.FIELD)
def register_part(part: str) -> Response:
    """The rest of the whole: `ids`, then `more`. It says in which order its places stand; a phone whose own stand in another
    one asks what has changed first."""
    me = scope()
    return _answer(_whole(me, _prefix(me), carried.next_mark()).parts[part])


@pages.get("/register/open")
@allowed(Permission.FIELD)
def register_open() -> Response:
    """The few places of the area where something is open: how much, how much waits to be verified, the nearest date."""
    found = doorstep.open_in(scope())
    there = {str(place): [number, waiting, due.isoformat() if due else None] for place, number, waiting, due in found}
    return data_answer({"open": there})


def _prefix(me: Scope) -> str:
    """What a mark counts within: form, database and area."""
    return f"{compact.FORM}.{newest_epoch() or ''}.{carried.area_key(me)}"


def _known(since: str, prefix: str) -> int | None:
    """The mark that a phone has, if it counts within the same."""
    before, _, mark = since.rpartition(".")
    return int(mark) if before == prefix and mark.isascii() and mark.isdigit() and len(mark) < 19 else None


def _whole(me: Scope, key: str, mark: int) -> PackedRegister:
    """The register of somebody's area: packed anew only where something has changed since it was packed last."""
    kept: OrderedDict[str, PackedRegister] = current_app.extensions.setdefault("registers", OrderedDict())
    found = kept.get(key)
    if found is None or carried.anything(me, found.mark):
        found = PackedRegister(mark, _packed(carried.whole(me), f"{key}.{mark}"))
        kept[key] = found
        while len(kept) > _KEPT:
            kept.popitem(last=False)
    return found


def _packed(rows: Sequence[compact.PlaceCarried], cursor: str) -> dict[str, bytes]:
    head = {"form": compact.FORM, "cursor": cursor, "order": compact.order_of(rows), "size": len(rows)}
    return {name: _gzipped(head | made(rows)) for name, made in compact.PARTS.items()}


def _gzipped(content: Mapping[str, Any]) -> bytes:
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(written.encode(), 6, mtime=0)


def _answer(packed: bytes) -> Response:
    plain = not request.accept_encodings["gzip"]
    answer = Response(gzip.decompress(packed) if plain else packed, mimetype="application/json")
    answer.headers["Vary"] = "Accept-Encoding"
    if not plain:
        answer.headers["Content-Encoding"] = "gzip"
    return answer
