"""The signed document of what a paper said when it was drawn, and comparing a paper with it. Pure.

A fingerprint beside a content can be changed together with it. The seal is signed with a key outside the database, so
whoever changes content, lines, dates or code in the database is found, and what they changed is named.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from inspect_app.kernel.hashing import canonical_json

# What a seal holds, and how a change of it is called.
NAMES: Mapping[str, str] = {
    "kind": "文书种类",
    "number": "文号",
    "issuer": "出单的单位",
    "year": "年份",
    "serial": "序号",
    "premises": "场所",
    "visit": "走访",
    "issued_on": "成文日期",
    "mark": "核对网址",
    "code": "验证码",
    "content_sha256": "内容的指纹",
    "lines": "条目或它们的日期",
    "replaces": "代替的文书",
    "file_sha256": "做好的文件",
}


def document(facts: Mapping[str, Any]) -> str:
    """The text that is signed, of the facts named above. Raises KeyError where one is missing."""
    return canonical_json({name: facts[name] for name in NAMES}).decode()


def changed(sealed: Mapping[str, Any], now: Mapping[str, Any]) -> Sequence[str]:
    """The Chinese names of what is not as it was sealed. A fact that a seal of its time did not hold is not compared."""
    return [name for fact, name in NAMES.items() if fact in sealed and sealed[fact] != now[fact]]
