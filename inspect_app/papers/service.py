"""送达: in which ways, what makes each a fact, and what is none. Pure.

Somebody is served who was reached, with evidence of it. Nobody met is an attempt; shown and refused is 告知: it informs,
and no date runs from it (docs/decisions/0013). Which ways a kind of paper allows stands with the kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from inspect_app.kernel.errors import Refused


class Result(StrEnum):
    SERVED = "served"
    TOLD = "told"
    NOT_MET = "not_met"


@dataclass(frozen=True)
class ServiceWay:
    """A way of serving: what it is called, what it needs, and of what at least one is needed; field → its name."""

    name: str
    needs: Mapping[str, str]
    either: Mapping[str, str] | None = None


WAYS: Mapping[str, ServiceWay] = {
    "in_person": ServiceWay("当面送达", {"received_by": "签收人"}),
    "post": ServiceWay("邮寄送达", {"received_by": "回执上的签收人", "reference": "邮件单号"}),
    "forwarded": ServiceWay("转交送达", {"witness": "经谁转交", "received_by": "谁收到的"}),
    "scan": ServiceWay("扫码送达", {"received_by": "谁看的"}),
    "on_phone": ServiceWay("当场告知", {"signature_id": "签名"}),
    "left": ServiceWay(
        "留置送达",
        {"no_receipt_reason": "为什么没有签收", "place": "留在哪里"},
        {"witness": "见证人", "scans": "现场照片"},
    ),
    # 行政处罚法 第六十一条 ✔ in its field: only with the written consent of the one who is served.
    "electronic": ServiceWay("电子送达", {"received_by": "谁的哪个账号", "scans": "签过字的同意书照片"}),
}
WAY_NAMES: dict[str, str] = {code: way.name for code, way in WAYS.items()}
# How a phone's reason for no signature is meant: these were there and were shown the text. Any other reached nobody.
THERE_BUT_UNSIGNED = frozenset({"不愿签", "不会写", "拒签", "拒绝签名"})


@dataclass(frozen=True)
class Delivery:
    """What came of bringing a paper to somebody. `scans` are photos of the sheet, the place or the consent.

    `on_the_phone`: at the end of a visit, before there was a sheet. `witness` saw it left, or passed it on.
    """

    way: str
    served_at: datetime
    result: Result = Result.SERVED
    received_by: str = ""
    no_receipt_reason: str = ""
    witness: str = ""
    place: str = ""
    reference: str = ""
    signature_id: UUID | None = None
    scans: tuple[UUID, ...] = ()
    on_the_phone: bool = False

    @property
    def served(self) -> bool:
        return self.result is Result.SERVED


def check(title: str, ways: tuple[str, ...], tells: bool, said: Delivery) -> None:
    """Raises Refused naming what a delivery lacks. `ways` are those of the kind of paper; `tells`: it may be 告知."""
    if said.way not in ways:
        names = "、".join(WAY_NAMES[way] for way in ways if way != "on_phone")
        raise Refused(
            f"请选送达的方式：“{title}”可以{names}。" if ways else f"“{title}”直接交给对方，不用记送达。", field="way"
        )
    if said.served:
        _check_served(said)
        return
    if said.result is Result.TOLD and not tells:
        raise Refused("拒签不算送达。可以留置送达：请见证人在场，或拍下现场，写明留在哪里。", field="result")
    if not said.no_receipt_reason.strip():
        raise Refused("请写没有签收的原因。", field="no_receipt_reason")
    if said.received_by.strip():
        raise Refused("签收人和没有签收的原因只写一样。", field="no_receipt_reason")


def _check_served(said: Delivery) -> None:
    way = WAYS[said.way]
    for field, name in way.needs.items():
        if not _given(said, field):
            raise Refused(f"{way.name}还差{name}。", field=field)
    if way.either and not any(_given(said, field) for field in way.either):
        raise Refused(f"{way.name}还差{'或'.join(way.either.values())}，有一样就行。", field=next(iter(way.either)))
    if "no_receipt_reason" not in way.needs and said.no_receipt_reason.strip():
        raise Refused("没有签收就不算送达，请改记“没有送到”。", field="no_receipt_reason")


def _given(said: Delivery, field: str) -> bool:
    value = getattr(said, field)
    return bool(value.strip() if isinstance(value, str) else value)
