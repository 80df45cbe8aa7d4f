"""What WeasyPrint leaves out of the tags of a PDF and a screen reader needs. Only the worker and commands import this."""

import re
from typing import Any

import pydyf  # type: ignore[import-untyped]

_REFERENCE = re.compile(rb"(\d+) 0 R")


def say_scope(document: Any, pdf: Any) -> None:
    """Give every heading of a table the Scope it has (ISO 32000-1, 14.8.5.7): a row of headings alone stands over its columns,
    a heading before other cells belongs to its row."""
    for row in (one for one in pdf.objects if _is(one, "/TR")):
        cells = [pdf.objects[number] for number in _kids(row)]
        headings = [cell for cell in cells if _is(cell, "/TH")]
        scope = "/Column" if len(headings) == len(cells) else "/Row"
        for cell in headings:
            cell["A"]["Scope"] = scope


def _is(one: Any, kind: str) -> bool:
    return isinstance(one, pydyf.Dictionary) and one.get("S") == kind


def _kids(row: Any) -> list[int]:
    return [int(found.group(1)) for kid in row["K"] if (found := _REFERENCE.fullmatch(bytes(kid)))]
