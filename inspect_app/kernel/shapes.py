"""JSON from outside as typed values, by msgspec: all of it or none of it; or, where nobody can be asked again, what of it
can be read. See docs/decisions/0021. Pure.
"""

import re
from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import msgspec

from .errors import Refused

Shape = TypeVar("Shape", bound=msgspec.Struct)


class Misfit(Refused):
    """What came does not fit its shape: `where` is the place in it, as `rows[0].number`; `most` how long it may be, where
    it is only too long."""

    def __init__(self, where: str, most: int | None = None) -> None:
        super().__init__("里面有读不懂的内容。", field=re.split(r"[.\[]", where)[0])
        self.where, self.most = where, most


def read(raw: Any, shape: type[Shape]) -> Shape:
    """All that the shape names, with its types and bounds; what it does not name stays unread. Raises Misfit."""
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as fault:
        raise _misfit(str(fault)) from None
    except (ValueError, RecursionError):  # half an emoji where an id or a day should be; nesting without end
        raise Misfit("") from None


def _misfit(fault: str) -> Misfit:
    """msgspec says “Expected …, got … - at `$.rows[0].number`”; what it says of the value itself is not handed on."""
    _, at, path = fault.rpartition(" - at `$")
    longest = re.search(r"of length <= (\d+)", fault)
    return Misfit(path.rstrip("`").lstrip(".") if at else "", int(longest[1]) if longest else None)


def read_what_fits(raw: Any, shape: type[Shape]) -> Shape:
    """What of it fits: each field on its own, and of a list each member. What does not fit is as if it had not been said.

    For a danger that is reported, for what a phone says of itself, and for what was stored before shapes were checked.
    """
    if type(raw) is not dict and not isinstance(raw, Mapping):
        return shape()
    try:
        return read(raw, shape)
    except Misfit:
        types = _types(shape)
        said = {name: value for name, value in raw.items() if name in types}
        return shape(**{name: found for name, value in said.items() for found in _fitting(value, types[name])})


@cache
def _types(shape: type[msgspec.Struct]) -> dict[str, Any]:
    return {field.encode_name: field.type for field in msgspec.structs.fields(shape)}


def _fitting(value: Any, wanted: Any) -> list[Any]:
    """The value as its type in a list of one; an empty list where nothing of it fits."""
    try:
        return [msgspec.convert(value, wanted)]
    except (ValueError, RecursionError):
        if (member := _member(wanted)) is None or not isinstance(value, list):
            return []
        return [tuple(found for one in value for found in _fitting(one, member))]


def _member(wanted: Any) -> Any:
    """The type of the members of a list; None for what is none."""
    plain = get_args(wanted)[0] if get_origin(wanted) is Annotated else wanted
    return get_args(plain)[0] if get_origin(plain) is tuple and get_args(plain)[-1] is Ellipsis else None


def without_misfits(raw: Any, shape: type[msgspec.Struct]) -> dict[str, Any]:
    """A stored object as it is, without the fields, and of lists without the members, that are of another type by now.

    Bounds do not matter here: what was taken once is shown whole, however long. What the shape does not name stays.
    """
    try:
        read(raw, shape)
    except Misfit:
        return _object(raw, shape) if isinstance(raw, dict) else {}
    return dict(raw)


def stored(value: Any, wanted: Any) -> Any:
    """A stored object or list as pages may rely on: the same, and every object inside it has all the fields of its shape."""
    if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
        return _object(value, wanted) if isinstance(value, dict) else {}
    return next(iter(_fields(value, wanted)), [])


def _object(raw: dict[str, Any], shape: type[msgspec.Struct]) -> dict[str, Any]:
    types = _types(shape)
    kept = {name: _fields(value, types[name]) if name in types else [value] for name, value in raw.items()}
    return {name: value[0] for name, value in kept.items() if value}


def _fields(value: Any, wanted: Any) -> list[Any]:
    """A stored value in a list of one; an empty list where it is of another type."""
    there = _without_none(wanted)
    if (member := _member(there)) is not None and isinstance(value, list):
        return [[found for one in value for found in _fields(one, member)]]
    if isinstance(there, type) and issubclass(there, msgspec.Struct) and isinstance(value, dict):
        return [_defaults(there) | _object(value, there)]
    try:
        msgspec.convert(value, wanted)
        return [value]
    except (ValueError, RecursionError) as fault:
        return [value] if _OUT_OF_BOUNDS.search(str(fault)) else []


def _without_none(wanted: Any) -> Any:
    parts = [part for part in get_args(wanted) if part is not type(None)]
    return parts[0] if get_origin(wanted) in (Union, UnionType) and len(parts) == 1 else wanted


def _defaults(shape: type[msgspec.Struct]) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(shape()))
    return found


_OUT_OF_BOUNDS = re.compile(r"^Expected `\w+( \| null)?`( of length)? [<>]")
