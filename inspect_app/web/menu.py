"""The way around: the menu of each role."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from inspect_app.people.rules import Role


@dataclass(frozen=True)
class NavEntry:
    """One entry of the menu; `also` names the pages under it, which keep it marked."""

    label: str
    endpoint: str
    icon: str
    also: tuple[str, ...] = ()


_HAZARDS = NavEntry(
    "隐患",
    "desk.hazards",
    "shield",
    (
        "desk.hazard",
        "desk.hazard_map",
        "desk.new_hazard",
        "desk.registered",
        "desk.take_step",
        "desk.picked",
        "desk.take_for_many",
        "desk.print_papers",
        "desk.print_register",
        "desk.issue_papers",
        "desk.export_hazards",
    ),
)
_PLACES = NavEntry(
    "场所",
    "desk.places",
    "shop",
    (
        "desk.place",
        "desk.new_place",
        "desk.change_place",
        "desk.print_doors",
        "desk.export_places",
        "library.place_walk_sheet",
        "imports.places",
        "imports.bring_places",
    ),
)
_PAPERS = NavEntry(
    "文书",
    "printing.papers",
    "print",
    (
        "printing.print_papers",
        "printing.export_papers",
        "printing.jobs",
        "printing.job",
        "scans.tray",
        "scans.page",
        "slips.listed",
        "slips.slip",
        "slips.pads",
        "slips.void",
        "slips.bind",
        "printing.drafts",
        "printing.draft",
    ),
)
_VISITS = NavEntry("走访登记", "desk.visits", "person", ("desk.visit",))
_ACTS = NavEntry("管理记录", "admin.acts_log", "log")
_EXPORTS = NavEntry("导出记录", "exports.everybodys", "log", ("exports.mine",))
_MESSAGES = NavEntry("消息", "account.inbox", "bell")
_LIBRARY = NavEntry(
    "检查表",
    "library.index",
    "list",
    (
        "library.listed",
        "library.item",
        "library.bases",
        "library.basis",
        "library.versions",
        "library.blank",
        "library.walk_sheet",
        "library.to_review",
        "library.drafts",
        "library.draft",
    ),
)
_NAV: dict[Role, tuple[NavEntry, ...]] = {
    Role.SUPERVISOR: (
        NavEntry(
            "今日",
            "desk.today",
            "home",
            (
                "desk.take_many",
                "desk.print_picked",
                "desk.export_picked",
                "desk.phones",
                "desk.excuse_gap",
                "desk.waiting",
                "desk.decline",
                "desk.backups",
            ),
        ),
        _HAZARDS,
        NavEntry("检查任务", "desk.assignments", "list", ("desk.visits", "desk.visit")),
        _PAPERS,
        _PLACES,
        _LIBRARY,
        _MESSAGES,
    ),
    Role.LEADER: (_HAZARDS, _PAPERS, _VISITS, _PLACES, _LIBRARY, _MESSAGES),
    Role.AUDITOR: (_HAZARDS, _PAPERS, _VISITS, _ACTS, _EXPORTS, _LIBRARY, _MESSAGES),
    Role.HANDLER: (
        NavEntry(
            "交办给我们的",
            "responder.inbox",
            "shield",
            (
                "responder.take_many",
                "responder.listed",
                "responder.hazard",
                "responder.print_papers",
                "responder.export_hazards",
                "responder.issue_papers",
            ),
        ),
        _PAPERS,
        _LIBRARY,
        _MESSAGES,
    ),
    Role.ADMINISTRATOR: (
        NavEntry(
            "设置", "admin.overview", "gear", ("admin.second_factors", "admin.map_setting", "admin.bring_outlines")
        ),
        NavEntry(
            "账号",
            "admin.accounts",
            "person",
            (
                "admin.account",
                "admin.new_account",
                "admin.add_term",
                "imports.accounts",
                "imports.bring_accounts",
                "imports.slips",
            ),
        ),
        NavEntry(
            "单位",
            "admin.organisations",
            "list",
            ("admin.organisation", "admin.new_organisation", "admin.paper_settings_of"),
        ),
        NavEntry("片区", "admin.areas", "map", ("admin.area",)),
        NavEntry("家站点", "admin.stations", "home", ("admin.station",)),
        NavEntry("值班", "admin.duty", "clock"),
        NavEntry("回避", "admin.recusals", "apart"),
        NavEntry("登录记录", "admin.sign_ins", "log"),
        _ACTS,
        _EXPORTS,
        NavEntry("系统", "admin.system", "warn"),
        _PLACES,
        _LIBRARY,
        _MESSAGES,
    ),
    Role.DEPUTY: (
        NavEntry("今日", "field.today", "home"),
        NavEntry("场所", "field.places", "shop"),
        NavEntry("发件箱", "field.outbox", "outbox"),
        NavEntry("我的", "field.mine", "person"),
    ),
}


def nav_of(role: Role, *, marked: bool = True) -> list[dict[str, Any]]:
    """The menu of a role, the entry of the present page marked."""
    current = (request.endpoint or "") if marked else ""
    return [
        {"label": e.label, "href": url_for(e.endpoint), "icon": e.icon, "current": current in (e.endpoint, *e.also)}
        for e in _NAV[role]
    ]
