"""送达 beside a paper: the small forms, one for each way and outcome, and what was recorded in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from inspect_app.kernel.spoken_dates import datetime_cn
from inspect_app.papers.kinds import KINDS
from inspect_app.papers.models import Paper, Service
from inspect_app.papers.service import WAY_NAMES, Result

Field = tuple[str, str, str]  # name, label, hint


@dataclass(frozen=True)
class ServiceForm:
    """One way in which a paper came to somebody, or did not, with what has to be written for it."""

    way: str
    result: Result
    name: str
    fields: tuple[Field, ...]
    scans: str  # label of the photos; empty: none are asked
    about: str = ""

    @property
    def key(self) -> str:
        return f"{self.way}-{self.result}"


_SIGNED = "签收后的单子，拍照（可不传）"
_SERVED: Mapping[str, ServiceForm] = {
    form.way: form
    for form in (
        ServiceForm("in_person", Result.SERVED, "当面送，签收了", (("received_by", "谁签收的", ""),), _SIGNED),
        ServiceForm(
            "post",
            Result.SERVED,
            "邮寄，收到回执",
            (("received_by", "回执上谁签收的", ""), ("reference", "邮件单号", "")),
            "回执，拍照（可不传）",
        ),
        ServiceForm(
            "forwarded",
            Result.SERVED,
            "转交，收到了",
            (("witness", "经谁转交", "例如：社区网格员、物业"), ("received_by", "谁收到的", "")),
            _SIGNED,
        ),
        ServiceForm("scan", Result.SERVED, "扫码看过", (("received_by", "谁看的", ""),), ""),
        ServiceForm(
            "left",
            Result.SERVED,
            "拒签，留置送达",
            (
                ("no_receipt_reason", "为什么没有签收", ""),
                ("place", "留在哪里", ""),
                ("witness", "见证人", "没有见证人的，下面拍现场"),
            ),
            "现场照片",
        ),
        ServiceForm(
            "electronic",
            Result.SERVED,
            "电子送达，有同意书",
            (("received_by", "谁的哪个账号", ""),),
            "签过字的同意书照片",
        ),
    )
}
_TOLD = ServiceForm(
    "in_person",
    Result.TOLD,
    "当面看过，不签收",
    (("no_receipt_reason", "为什么没有签收", ""),),
    "",
    "记作告知，不是送达：期限不从这天算，还可以邮寄或转交。",
)
_NOT_MET = ServiceForm(
    "in_person",
    Result.NOT_MET,
    "没有送到",
    (("no_receipt_reason", "什么原因", "例如：不在场、关门、退信"),),
    "",
    "记下来有据可查，单子还要再送。",
)


def forms(paper: Paper) -> list[ServiceForm]:
    """What may be recorded of a paper of this kind."""
    spec = KINDS[paper.kind]
    served = [_SERVED[way] for way in spec.ways if way in _SERVED]
    return [*served, *([_TOLD] if spec.tells else []), _NOT_MET] if served else []


def said(service: Service) -> str:
    """One record in words, as an officer would say it."""
    at, why = datetime_cn(service.served_at), service.no_receipt_reason
    if service.result == Result.NOT_MET:
        return f"{at} 没有送到（{why}）"
    if service.result == Result.TOLD:
        return f"{at} 告知，没有签收（{why}）"
    parts = [f"{at} {WAY_NAMES[service.way]}"]
    parts += [_received(service)] if service.received_by or service.way == "on_phone" else []
    parts += [f"没有签收（{why}）"] if why else []
    parts += [f"留在{service.place}"] if service.place else []
    parts += [f"{'经手人' if service.way == 'forwarded' else '见证人'}{service.witness}"] if service.witness else []
    parts += [f"邮件单号{service.reference}"] if service.reference else []
    return "，".join(parts) + ("。后来更正：不算送达" if service.corrected_at else "")


def _received(service: Service) -> str:
    """Who, and what they did."""
    if service.way == "on_phone":
        return f"{service.received_by or '负责人'}在手机上看过并签字"
    return service.received_by + ("" if service.way in ("scan", "electronic") else "签收")


def is_served(paper: Paper, services: Mapping[UUID, list[Service]]) -> bool:
    return any(service.counts for service in services.get(paper.id, ()))


def unserved(papers: Sequence[Paper], services: Mapping[UUID, list[Service]]) -> bool:
    """Whether the newest paper from whose service dates run is still to be served: what the walk of life says at 送达."""
    newest = next((paper for paper in papers if paper.state != "void" and KINDS[paper.kind].must_be_served), None)
    return newest is not None and not is_served(newest, services)
