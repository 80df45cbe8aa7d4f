"""Checking every receipt: its signature, and that what is kept with it is what it names."""

import json
from typing import Any

from sqlalchemy import select

from inspect_app.kernel.database import db
from inspect_app.kernel.hashing import content_hash
from inspect_app.kernel.keys import KeyRing

from .models import Receipt
from .receipts import lines_of, receipt_holds

_BESIDE = ("times", "estimate")  # kept with an operation and not part of its hash


def verify(keys: KeyRing) -> tuple[list[str], int]:
    """(faults in words, the oldest first; how many receipts were checked). Receipts for photos are of the same kind."""
    faults, checked = [], 0
    for receipt in db.session.scalars(
        select(Receipt).order_by(Receipt.made_at, Receipt.id).execution_options(yield_per=500)
    ):
        checked += 1
        if fault := _fault(receipt, keys):
            faults.append(f"回执 {receipt.id}（{receipt.made_at:%Y-%m-%d %H:%M} UTC）：{fault}")
    return faults, checked


def _fault(receipt: Receipt, keys: KeyRing) -> str:
    if not receipt_holds(receipt, keys):
        return "签名对不上，内容或签名改过，或者签名的公钥不在了。"
    document = json.loads(receipt.document)
    if document["account"] != str(receipt.account_id):
        return "写的账号不是签名时的账号。"
    named = lines_of(document)
    for operation in receipt.operations:
        if named.get(operation["id"], {}).get("hash") != content_hash(_said(operation)):
            return f"记录 {operation['id']} 和签名时的内容不一样。"
    return ""


def _said(operation: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in operation.items() if name not in _BESIDE}
