"""The log of administrators: what was changed in the pages of 设置, by whom, from what to what.

One listener writes it for every table named here, so that no page can forget to. It only watches while an administrator's
request runs: `watch` says whose. Mergings of places are noted beside (`note`), whoever did them. Docs: docs/decisions/0024-one-form-of-a-name.md.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, ForeignKey, Index, event, insert, inspect, select
from sqlalchemy.orm import InstanceState, Mapped, Session, UOWTransaction, mapped_column

from inspect_app.kernel import clock
from inspect_app.kernel.database import Model, db
from inspect_app.kernel.ids import new_id

from .models import Area, Organisation, Person, Station
from .rules import LAW_FIELD_NAMES, POWER_NAMES, ROLE_NAMES, SIDE_NAMES

_ACTING = "acting administrator"
VERBS = {"made": "新建", "changed": "改", "removed": "删", "merged": "合并", "undone": "撤回合并"}
SUBJECTS = {
    "account": "账号", "person": "人员", "term": "任期", "organisation": "单位", "organisation_power": "职权",
    "organisation_officer": "执法人员", "area": "片区", "station": "家站点", "duty": "值班", "recusal": "回避", "desk_term": "办理时限",
    "second_factor_rule": "第二步验证的要求", "organisation_signatory": "签发人", "paper_setting": "文书设置",
    "map_setting": "地图", "map_outlines": "街道轮廓", "premises": "场所",
}  # fmt: skip
LABELS = {
    "login": "账号", "mobile": "手机号", "password": "密码", "active": "能登录", "must_change_password": "下次要换密码",
    "tf_totp_secret": "第二步验证", "fs_uniquifier": "所有登录", "name": "名称", "phone": "电话", "role": "角色",
    "organisation_id": "单位", "area_id": "片区", "station_id": "家站点", "person_id": "人员", "parent_id": "上级", "level": "哪一级",
    "congress_term": "第几届", "since": "从哪天起", "until": "到哪天止", "short_name": "简称", "side": "哪一侧",
    "letter_code": "机关代字", "is_desk": "区级督办", "order_title": "文书名称", "section": "承办机构", "address": "地址",
    "consequence": "逾期不改正的后果", "review_body": "复议机关", "court": "人民法院", "close_unopposed_days": "到期自动销号（工作日）",
    "power": "职权", "field": "领域", "document": "依据", "article": "第几条", "source": "出处", "card_number": "执法证号",
    "confirmed_by_person_id": "确认的人", "code": "代码", "code_year": "代码年份", "kind": "种类", "valid_from": "从哪天起",
    "valid_to": "到哪天止", "successor_id": "由哪里接替", "duty_phone": "值班电话", "gas_phone": "燃气公司电话", "reason": "理由",
    "premises_id": "场所", "party_id": "责任主体", "amount": "多久", "unit": "按什么算", "demanded": "要不要",
    "letterhead": "发文机关标志", "seal_place": "标出盖章的地方", "duty": "职务", "letter": "文种代字", "signed_off": "须经签发",
    "map_source": "底图", "map_key": "地图密钥", "map_address": "底图地址", "map_system": "底图坐标系", "map_credit": "图上注明",
    "sha256": "内容的指纹", "number": "几块", "merged_into": "并到",
}  # fmt: skip
# Of what nobody may read it says that it was done.
_SECRET = {"password": "重设了", "tf_totp_secret": "重设了", "fs_uniquifier": "结束了", "map_key": "重设了"}
_NAMED_BY: Mapping[str, Any] = {
    "organisation_id": Organisation, "area_id": Area, "successor_id": Area, "station_id": Station, "person_id": Person,
    "confirmed_by_person_id": Person,
}  # fmt: skip
_WORDS: Mapping[str, Mapping[Any, str]] = {
    "role": ROLE_NAMES, "side": SIDE_NAMES, "power": POWER_NAMES, "field": LAW_FIELD_NAMES,
}  # fmt: skip


class AdministratorAct(Model):
    """What an administrator changed in the pages of 设置: one row of one table, with before and after. Never changed."""

    __tablename__ = "administrator_act"
    __table_args__ = (Index("ix_administrator_act_at", "at", "id"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    subject_kind: Mapped[str]  # the table
    subject_id: Mapped[str] = mapped_column(index=True)
    subject_name: Mapped[str] = mapped_column(default="")  # as it was called then
    verb: Mapped[str]  # a key of VERBS
    changes: Mapped[dict[str, Any]]  # column: [before, after], in words; of a secret only that it was set


def watch(person_id: UUID) -> None:
    """Log what this session changes from now on as acts of this administrator."""
    db.session.info[_ACTING] = person_id


def stop_watching() -> None:
    """Note no more acts in this session: nobody stands behind what comes now."""
    db.session.info.pop(_ACTING, None)


@event.listens_for(Session, "after_flush")
def _write_down(session: Session, context: UOWTransaction) -> None:
    person_id = session.info.get(_ACTING)
    if person_id is None:
        return
    connection = session.connection()
    found = [
        act
        for verb, rows in (("made", session.new), ("changed", session.dirty), ("removed", session.deleted))
        for row in rows
        if (act := _act(connection, row, verb)) is not None
    ]
    for act in found:
        connection.execute(insert(AdministratorAct).values(id=new_id(), at=clock.now(), person_id=person_id, **act))


def _act(connection: Connection, row: Model, verb: str) -> dict[str, Any] | None:
    state: InstanceState[Any] = inspect(row)
    kind = str(state.mapper.local_table)
    if kind not in SUBJECTS:
        return None
    changes = {
        name: pair
        for name in state.mapper.columns.keys()  # noqa: SIM118  # columns is no dict
        if name in LABELS and (pair := _pair(connection, kind, state, name, verb)) is not None
    }
    if not changes:
        return None
    values = state.dict
    subject = values.get("name") or values.get("login") or _said(connection, kind, "person_id", values.get("person_id"))
    identity = state.identity or tuple(state.mapper.primary_key_from_instance(row))
    return {
        "subject_kind": kind,
        "subject_id": str(identity[0]),
        "subject_name": subject or "",
        "verb": verb,
        "changes": changes,
    }


def made(by: UUID, kind: str, row: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The line of the log for a row of a table of SUBJECTS that is made by a statement past the session, which the listener does
    not see: to be written with it. `name` is what it is called."""
    connection = db.session.connection()
    said = {
        column: _said(connection, kind, column, value)
        for column, value in row.items()
        if column in LABELS and column not in _SECRET and value not in (None, "", False)
    }
    return {
        "id": new_id(),
        "at": clock.now(),
        "person_id": by,
        "subject_kind": kind,
        "subject_id": str(row["id"]),
        "subject_name": name,
        "verb": "made",
        "changes": {label: [None, words] for label, words in said.items() if words is not None},
    }


def note(by: UUID, kind: str, subject_id: UUID, name: str, verb: str, changes: Mapping[str, list[str | None]]) -> None:
    """An act in a line of its own, whoever did it and in whatever page: one that says more than which columns changed. `name` is
    what it is called; `changes` are labels of LABELS with before and after."""
    db.session.add(
        AdministratorAct(
            at=clock.now(),
            person_id=by,
            subject_kind=kind,
            subject_id=str(subject_id),
            subject_name=name,
            verb=verb,
            changes=dict(changes),
        )
    )


def _pair(connection: Connection, kind: str, state: InstanceState[Any], name: str, verb: str) -> list[Any] | None:
    """[before, after] of a column in words; None where nothing changed."""
    history = state.attrs[name].history
    now = state.dict.get(name)
    if verb == "changed":
        if not history.has_changes() or (history.deleted and history.deleted[0] == now):
            return None
        before, after = (history.deleted[0] if history.deleted else None), now
    else:
        before, after = (None, now) if verb == "made" else (now, None)
        if now in (None, "", False):
            return None
    if name in _SECRET:
        return [None, _SECRET[name]] if verb == "changed" else None
    return [_said(connection, kind, name, before), _said(connection, kind, name, after)]


def _said(connection: Connection, kind: str, name: str, value: Any) -> str | None:
    """A value as a person reads it, as things were called on the day."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime | date):
        return value.isoformat()[:16]
    if value in (words := _WORDS.get(name, {})):
        return words[value]
    named_by = (Area if kind == "area" else Organisation) if name == "parent_id" else _NAMED_BY.get(name)
    if named_by is not None and isinstance(value, UUID):
        return connection.scalar(select(named_by.name).where(named_by.id == value))
    return str(value)
