"""Workbooks as somebody brings them to be imported."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from inspect_app.imports.kinds.registry import KINDS

# The first code is the one that the others are made of: GB 32100 asks for a check digit.
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code(number: int) -> str:
    """A code that holds, another one for each number."""
    body = f"91320199MA{number:07d}"
    total = sum(_ALPHABET.index(mark) * pow(3, at, 31) for at, mark in enumerate(body))
    return body + _ALPHABET[(31 - total % 31) % 31]


def place(number: int, **said: Any) -> dict[str, Any]:
    """A row that nothing is wrong with, unlike any other; `said` changes it, None leaves a cell empty."""
    usual = {
        "name": f"第{number}号示例铺", "kind": "小商店", "address": f"示例路 {number} 号", "area": "柳荫桥社区",
        "phone": f"139{number:08d}", "party": f"示例{number}经营部", "credit_code": credit_code(number), "floor_area": 60 + number % 40,
        "storeys": 1, "gas_kind": "不用气", "people_sleeping": "否",
    }  # fmt: skip
    return usual | said


def book(rows: Sequence[Mapping[str, Any]], kind: str = "places", *, title: str = "", above: int = 0) -> bytes:
    """A workbook with the columns of a kind; `above` empty rows stand before the heading."""
    columns = KINDS[kind].columns
    made = Workbook(write_only=True)
    page = made.create_sheet(title or KINDS[kind].register)
    for _ in range(above):
        page.append(["台账"])
    page.append([column.title for column in columns])
    for row in rows:
        page.append([row.get(column.name) for column in columns])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()
