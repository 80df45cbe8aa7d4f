"""An XLSForm from ODK or Kobo as a draft. What cannot be carried is named line by line, never dropped in silence. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .excel import ITEM_CODE, LIST_CODE
from .parsed import Parsed, cited
from .phrases import GRADES, YES, Vocabulary, read
from .rules import Basis, Checklist, Choice, Field, Item, Part
from .workbook import Problem, Sheet
from .workbook import read as read_workbook
from .xlsform import CHOICES, FACT_GROUP, JUDGE, NOTE, NUMBER, OWN, PHOTO, SETTINGS, SURVEY, WORDS

_KINDS = {"text": "text", "string": "text", "integer": "number", "decimal": "number", "int": "number"}
_NOT_CARRIED = {
    "calculate": "计算题", "hidden": "隐藏题", "geopoint": "定位题", "geotrace": "轨迹题", "geoshape": "范围题", "audio": "录音",
    "video": "录像", "file": "附件", "barcode": "扫码", "rank": "排序题", "range": "滑块", "date": "日期", "time": "时间",
    "datetime": "日期时间", "acknowledge": "确认题", "background-audio": "后台录音", "xml-external": "外部数据",
    "csv-external": "外部数据", "select_one_from_file": "外部选项", "select_multiple_from_file": "外部选项", "select_one_external": "外部选项",
}  # fmt: skip
_RECORDED = {
    "start",
    "end",
    "today",
    "deviceid",
    "username",
    "phonenumber",
    "email",
    "audit",
    "start-geopoint",
    "simserial",
    "subscriberid",
}
_COLUMNS = {
    "relevant": "显示条件", "constraint": "取值限制", "calculation": "计算", "choice_filter": "联动选项", "default": "默认值",
    "appearance": "外观", "repeat_count": "重复次数", "trigger": "触发", "read_only": "只读", "readonly": "只读", "parameters": "参数",
}  # fmt: skip
_JUDGED = {"pass", "fail", "na", "unsure", "yes", "no", "ok", "合格", "不合格", "不适用", "看不准", "是", "否"}
_CHINESE = re.compile(r"chinese|中文|zh", re.IGNORECASE)


@dataclass(frozen=True)
class Target:
    """What an XLSForm does not say: which list it becomes, of which field, for which places."""

    code: str
    title: str
    field: Field
    kinds: tuple[str, ...]


def parse(data: bytes, target: Target, bases: Mapping[str, Basis], words: Vocabulary) -> Parsed:
    """The list in an XLSForm as far as it goes. Raises Refused for what is no workbook."""
    sheets, problems = read_workbook(data)
    if problems or SURVEY not in sheets:
        lack = [] if SURVEY in sheets else [Problem(SURVEY, "缺“survey”这一页，这不是 XLSForm")]
        return Parsed(None, (*problems, *lack), code=target.code, title=target.title)
    form = _Form(sheets, bases, words)
    form.walk()
    if not form.items:
        lack = [Problem(SURVEY, "没有读到能当检查项的题")]
        return Parsed(None, (*form.problems, *lack), tuple(form.notes), code=target.code, title=target.title)
    title = target.title or form.setting("form_title") or target.code
    checklist = Checklist(target.code, title, target.field, target.kinds, tuple(form.items.values()), form.reminder)
    lacking = [] if LIST_CODE.fullmatch(target.code) else [Problem(SETTINGS, "代码只用小写字母、数字和横线")]
    lacking += [
        Problem(form.cells[item.code], f"缺“{label}”，XLSForm 里没有。请下载成 Excel 补上再上传")
        for item in checklist.items
        for label, value in (
            ("隐患名称", item.title),
            ("标准描述", item.wordings),
            ("整改建议", item.advice),
            ("怎么看", item.look),
        )
        if not value
    ]
    return Parsed(checklist, (*form.problems, *lacking), tuple(form.notes), form.cells, target.code, title)


class _Form:
    def __init__(self, sheets: Mapping[str, Sheet], bases: Mapping[str, Basis], words: Vocabulary) -> None:
        self.sheet, self.bases, self.words = sheets[SURVEY], bases, words
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.items: dict[str, Item] = {}
        self.cells: dict[str, str] = {}
        self.reminder = ""
        self.groups: list[tuple[str, str]] = []  # (kind, label) of what is open
        self.columns = self._columns(self.sheet)
        self.settings = self._first_row(sheets.get(SETTINGS))
        self.choices = self._choices(sheets.get(CHOICES))
        for name in sorted(set(sheets) - {SURVEY, CHOICES, SETTINGS}):
            self.note(name, "这一页带不过来")

    def setting(self, name: str) -> str:
        return self.settings.get(name, "")

    def note(self, where: str, text: str) -> None:
        self.notes.append(Problem(where, text))

    def _columns(self, sheet: Sheet) -> dict[str, int]:
        """Where each column stands; of several languages the Chinese one, else the plain or the first."""
        found: dict[str, int] = {}
        spoken: dict[str, list[tuple[int, str]]] = {}
        for place, title in sheet.rows.get(1, {}).items():
            name, _, language = title.partition("::")
            name = name.strip().lower()
            if name in ("media", "image", "audio", "video", "big-image"):
                self.note(sheet.at(1, place), f"“{title}”这一列的媒体文件带不过来")
            elif name in ("label", "hint"):
                spoken.setdefault(name, []).append((place, language.strip()))
            elif language and name in ("constraint_message", "required_message", "guidance_hint"):
                self.note(sheet.at(1, place), f"“{title}”这一列带不过来")
            else:
                found[name] = place
        for name, places in spoken.items():
            chosen = min(places, key=lambda one: (not _CHINESE.search(one[1]), bool(one[1])))
            found[name] = chosen[0]
            for place, language in places:
                if place != chosen[0]:
                    self.note(sheet.at(1, place), f"另一种语言“{language or name}”带不过来，只取一种")
        return found

    def _first_row(self, sheet: Sheet | None) -> dict[str, str]:
        if sheet is None:
            return {}
        values = sheet.rows.get(2, {})
        return {title.lower(): values.get(place, "") for place, title in sheet.rows.get(1, {}).items()}

    def _choices(self, sheet: Sheet | None) -> dict[str, list[tuple[str, str, str]]]:
        """List name → (value, label, whether it fails, if our own column says so)."""
        found: dict[str, list[tuple[str, str, str]]] = {}
        if sheet is None:
            return found
        places = self._columns(sheet)
        known = {"list_name", "list name", "name", "label", "inspect_fails"}
        for title, place in places.items():
            if title not in known:
                self.note(sheet.at(1, place), f"选项的“{title}”这一列带不过来（联动选项）")
        listed = places.get("list_name", places.get("list name", 0))
        for row, line in sheet.rows.items():
            if row > 1:
                value, label = (line.get(places.get(name, 0), "") for name in ("name", "label"))
                found.setdefault(line.get(listed, ""), []).append(
                    (value, label or value, line.get(places.get("inspect_fails", 0), ""))
                )
        return found

    def walk(self) -> None:
        for row, line in self.sheet.rows.items():
            if row > 1:
                values = {name: line.get(place, "") for name, place in self.columns.items()}
                if values.get("type"):
                    self._row(row, values)
        self.problems += [Problem(SURVEY, f"“{label}”这一组没有结束") for _, label in self.groups]

    def _row(self, row: int, values: dict[str, str]) -> None:
        where = self.sheet.at(row, self.columns["type"])
        kind, _, listed = values["type"].strip().partition(" ")
        kind = kind.lower()
        if kind in ("begin", "end"):
            kind, listed = f"{kind}_{listed.strip().lower()}", ""
        said = values.get("label") or values.get("name", "")
        if kind.startswith(("begin_", "end_")):
            self._group(where, kind, said, values)
        elif any(group == "repeat" for group, _ in self.groups):
            self.note(where, f"“{said}”在重复组里，带不过来")
        elif any(label == FACT_GROUP for _, label in self.groups):
            return  # the facts of a place: asked of the place here, not of the list
        elif kind in _RECORDED:
            self.note(where, f"“{values['type']}”自动记录，我们另有记法，不带过来")
        elif kind in _NOT_CARRIED:
            self.note(where, f"{_NOT_CARRIED[kind]}“{said}”带不过来")
        else:
            self._question(row, where, kind, listed.strip(), values)

    def _group(self, where: str, kind: str, said: str, values: dict[str, str]) -> None:
        verb, _, what = kind.partition("_")
        if verb == "end":
            if self.groups and self.groups[-1][0] == what:
                self.groups.pop()
            else:
                self.problems.append(Problem(where, "这里结束的组没有开始"))
            return
        if what == "repeat":
            self.note(where, f"重复组“{said}”带不过来")
        elif self.groups and values.get("name") != FACT_GROUP:
            self.note(where, f"组里的组“{said}”带不过来，题目归到最里面的一组")
        self._conditions(where, values, said)
        self.groups.append((what, FACT_GROUP if values.get("name") == FACT_GROUP else said))

    def _question(self, row: int, where: str, kind: str, listed: str, values: dict[str, str]) -> None:
        name = values.get("name", "")
        owner = self._owner(name)
        if kind == "note":
            if name == "reminder":
                self.reminder = values.get("label", "")
            else:
                self.note(where, f"说明文字“{values.get('label', '')}”带不过来")
        elif owner:
            self._attach(where, kind, listed, owner, values)
        elif kind == "image":
            self.note(where, f"照片题“{values.get('label', name)}”带不过来：照片随不合格的检查项一起拍")
        elif kind == "select_multiple":
            self.note(where, f"多选题“{values.get('label', name)}”带不过来：没有哪一项检查项在它前面")
        elif kind == "select_one" or kind in _KINDS:
            self._add(row, where, kind, listed, values)
        else:
            self.note(where, f"“{values['type']}”这种题带不过来：{values.get('label', name)}")

    def _owner(self, name: str) -> str:
        """The item a follow-up hangs on, by our own names: F_EXIT_01_wordings."""
        for end in (NUMBER, WORDS, NOTE, PHOTO):
            stem, found, _ = name.rpartition(end)
            if found and _code(stem) in self.items:
                return _code(stem)
        return ""

    def _attach(self, where: str, kind: str, listed: str, code: str, values: dict[str, str]) -> None:
        item, name = self.items[code], values["name"]
        if name.endswith(WORDS) and kind == "select_multiple":
            self.items[code] = replace(item, wordings=tuple(label for _, label, _ in self.choices.get(listed, ())))
        elif PHOTO in name and kind == "image":
            self.items[code] = replace(item, photos=min(item.photos + 1, 6))
        elif name.endswith(NUMBER) and kind in _KINDS:
            self.items[code] = replace(item, kind="number")
        elif not name.endswith(NOTE):
            self.note(where, f"“{values.get('label', name)}”带不过来")

    def _add(self, row: int, where: str, kind: str, listed: str, values: dict[str, str]) -> None:
        code, question = _code(values.get("name", "")), values.get("label", "")
        if not ITEM_CODE.fullmatch(code):
            self.problems.append(Problem(where, f"题名“{values.get('name', '')}”当不了编号，请改成像 F_EXIT_01 这样"))
        if code in self.items:
            self.problems.append(Problem(where, f"题名“{values.get('name')}”用过了"))
            return
        choices = self.choices.get(listed, [])
        if kind == "select_one" and not choices:
            self.problems.append(Problem(where, f"没有“{listed}”这一组选项"))
        judged = listed == JUDGE or {value.lower() for value, _, _ in choices} <= _JUDGED
        own = self._own(where, values)
        own_kind = "judge" if judged else "choice"
        item = Item(
            code=code, section=next((label for _, label in reversed(self.groups)), "") or "检查", question=question,
            look=values.get("hint", ""), title=own.pop("title", ""), wordings=(), advice=own.pop("advice", ()),
            kind=own_kind if kind == "select_one" else "count" if own.get("part") else _KINDS[kind],
            choices=() if judged or kind != "select_one" else tuple(Choice(value, label, fails == YES) for value, label, fails in choices),
            photos=0, **own,
        )  # fmt: skip
        if item.choices and not any(choice.fails for choice in item.choices):
            self.note(where, f"“{question}”的选项里哪个算不合格，XLSForm 没有说，请在 Excel 里补")
        self.items[code], self.cells[code] = item, where
        self._conditions(where, values, question)

    def _own(self, where: str, values: dict[str, str]) -> dict[str, Any]:
        """What our own columns carry; a form from elsewhere has none of them."""
        given = {field: values[column] for column, field in OWN.items() if values.get(column)}
        own: dict[str, Any] = {
            field: given[field] for field in ("title", "place", "unit", "photo_hint") if field in given
        }
        if "advice" in given:
            own["advice"] = tuple(given["advice"].splitlines())
        if "bases" in given:
            found, unknown = cited(given["bases"].split(), self.bases, where)
            own["bases"], self.problems = tuple(found), [*self.problems, *unknown]
        if "part" in given:
            name, _, fact = given["part"].partition("\n")
            own["part"] = Part(name, fact)
        own |= {"on_the_spot": given.get("on_the_spot") == YES}
        grades = {label: grade for grade, label in GRADES.items()}
        try:
            own |= {"grade": grades[given["grade"]]} if "grade" in given else {}
            own |= {"mending_days": int(given["mending_days"])} if "mending_days" in given else {}
            own |= {field: _number(given[field]) for field in ("at_most", "at_least") if field in given}
            own |= {"when": read(given["when"], self.words)} if "when" in given else {}
        except (ValueError, KeyError) as fault:
            self.problems.append(Problem(where, f"inspect_ 开头的列里有看不懂的：{fault.args[0]}"))
        return own

    def _conditions(self, where: str, values: dict[str, str], said: str) -> None:
        """What stands in other columns and is no part of an item of ours."""
        if any(values.get(column) for column in OWN):
            return
        for column, label in _COLUMNS.items():
            if values.get(column):
                self.note(where, f"“{said}”的{label}带不过来：{values[column]}")


def _code(name: str) -> str:
    return name.upper().replace("_", "-")


def _number(text: str) -> float:
    number = float(text)
    return int(number) if number.is_integer() else number
