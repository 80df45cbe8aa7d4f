"""An XLSForm from ODK or Kobo as a draft. What cannot be carried is named line by line, never dropped in silence. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from inspect_app.kernel.hashing import sha256_hex
from inspect_app.sheets.workbook import Problem, Sheet
from inspect_app.sheets.workbook import read as read_workbook

from .columns import OF_THE_WALK
from .odk_columns import Columns, read_columns
from .parsed import ITEM_CODE, LIST_CODE, Parsed, cited
from .phrases import WORDED, YES, Vocabulary, read
from .rules import Basis, Checklist, Choice, Field, Item, ListPart
from .xlsform import CHOICES, COLUMNS, FACT_GROUP, JUDGE, NOTE, NUMBER, OWN, PHOTO, SETTINGS, SURVEY, WORDS

_KINDS = {"text": "text", "string": "text", "integer": "number", "decimal": "number", "int": "number"}
_NOT_CARRIED = {
    "calculate": "计算题", "hidden": "隐藏题", "geopoint": "定位题", "location": "定位题", "geotrace": "轨迹题", "geoshape": "范围题",
    "osm": "地图题", "audio": "录音", "video": "录像", "file": "附件", "barcode": "扫码", "rank": "排序题", "range": "滑块",
    "date": "日期", "time": "时间", "datetime": "日期时间", "acknowledge": "确认题", "trigger": "确认题", "background-audio": "后台录音",
    "xml-external": "外部数据", "csv-external": "外部数据", "select_one_from_file": "外部选项", "select_multiple_from_file": "外部选项",
    "select_one_external": "外部选项",
}  # fmt: skip
_RECORDED = {
    "start", "end", "today", "deviceid", "imei", "username", "phonenumber", "phone_number", "email", "audit", "start-geopoint",
    "background-geopoint", "simserial", "subscriberid",
}  # fmt: skip
# How a type may be written besides, the longer first.
_SPELT = (
    ("select all that apply from", "select_multiple"), ("select all that apply", "select_multiple"),
    ("select multiple from", "select_multiple"), ("select multiple", "select_multiple"), ("select one from", "select_one"),
    ("select one", "select_one"), ("select1", "select_one"), ("photo", "image"),
)  # fmt: skip
_OTHER = re.compile(r"\s+(or_other|or other|or specify other)$", re.IGNORECASE)
_COLUMNS = {
    "relevant": "显示条件", "constraint": "取值限制", "calculation": "计算", "choice_filter": "联动选项", "default": "默认值",
    "appearance": "外观", "repeat_count": "重复次数", "trigger": "触发", "read_only": "只读", "parameters": "参数",
}  # fmt: skip
_ASKED = ("type", "name", "label", "hint", "disabled", *_COLUMNS, *OWN)
_JUDGED = {"pass", "fail", "na", "unsure", "yes", "no", "ok", "合格", "不合格", "不适用", "看不准", "是", "否"}


@dataclass(frozen=True)
class Target:
    """What an XLSForm does not say: which list it becomes, of which field, for which places."""

    code: str
    title: str
    field: Field
    kinds: tuple[str, ...]


def parse(data: bytes, target: Target, bases: Mapping[str, Basis], words: Vocabulary) -> Parsed:
    """The list in an XLSForm as far as it goes. Raises Refused for what is no workbook."""
    sheets = {name.strip().lower(): sheet for name, sheet in read_workbook(data).items()}
    if SURVEY not in sheets:
        unknown = Problem(SURVEY, "缺“survey”这一页，这不是 XLSForm")
        return Parsed(None, (unknown,), code=target.code, title=target.title)
    unread = tuple(
        problem for name in (SURVEY, CHOICES, SETTINGS) if name in sheets for problem in sheets[name].problems
    )
    if unread:
        return Parsed(None, unread, code=target.code, title=target.title)
    form = _Form(sheets, target.code, bases, words)
    form.walk()
    if not form.items:
        lack = Problem(SURVEY, "没有读到能当检查项的题")
        return Parsed(None, (*form.problems, lack), tuple(form.notes), code=target.code, title=target.title)
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
    problems, notes = (*form.problems, *lacking), tuple(form.notes)
    absent = tuple(field for column, field in OWN.items() if field in OF_THE_WALK and not form.columns.has(column))
    return Parsed(checklist, problems, notes, form.cells, target.code, title, absent=absent)


class _Form:
    def __init__(self, sheets: Mapping[str, Sheet], code: str, bases: Mapping[str, Basis], words: Vocabulary) -> None:
        self.list_code, self.bases, self.words = code, bases, words
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.items: dict[str, Item] = {}
        self.cells: dict[str, str] = {}
        self.codes: dict[str, str] = {}  # name of a question → code of its item
        self.reminder = ""
        self.groups: list[tuple[str, str]] = []  # (kind, label) of what is open
        survey = sheets[SURVEY]
        self.ours = any(title in OWN for title in survey.rows.get(1, {}).values())
        self.settings = self._settings(sheets.get(SETTINGS))
        carried = {*_ASKED, *COLUMNS} if self.ours else set(_ASKED)
        self.columns = self._columns(survey, carried)
        self.choices = self._choices(sheets.get(CHOICES))
        for name, sheet in sheets.items():
            if name not in (SURVEY, CHOICES, SETTINGS) and (sheet.rows or sheet.problems):
                self.note(sheet.name, "这一页带不过来")
            self.notes += sheet.notes if name in (SURVEY, CHOICES, SETTINGS) else ()

    def setting(self, name: str) -> str:
        return self.settings.get(name, "")

    def note(self, where: str, text: str) -> None:
        self.notes.append(Problem(where, text))

    def _columns(self, sheet: Sheet, carried: set[str], otherwise: str = "") -> Columns:
        columns = read_columns(sheet, carried, self.setting("default_language"), otherwise)
        self.notes += columns.notes
        return columns

    def _settings(self, sheet: Sheet | None) -> dict[str, str]:
        """Title and language are taken; which list it becomes and its number are decided here, the rest is named."""
        if sheet is None or not sheet.rows:
            return {}
        taken = {"form_title", "default_language"}
        columns = read_columns(sheet, {*taken, "form_id", "version"} if self.ours else taken, otherwise="设置")
        self.notes += columns.notes
        return next((values for _, values in columns.lines()), {})

    def _choices(self, sheet: Sheet | None) -> dict[str, list[tuple[str, str, str]]]:
        """List name → (value, label, whether it fails, if our own column says so)."""
        found: dict[str, list[tuple[str, str, str]]] = {}
        if sheet is None:
            return found
        columns = self._columns(sheet, {"list_name", "name", "label", "inspect_fails"}, "联动选项")
        for row, line in columns.lines():
            value, label = line.get("name", ""), line.get("label", "")
            if not line.get("list_name") and (value or label):
                self.note(sheet.at(row, 1), f"选项“{label or value}”没有写是哪一组，没有读")
            elif value or label:
                said = (value or label, label or value, line.get("inspect_fails", ""))
                found.setdefault(line["list_name"], []).append(said)
        return found

    def walk(self) -> None:
        for row, values in self.columns.lines():
            if values.get("type"):
                self._row(row, values)
            elif any(values.values()):
                said = next(text for text in values.values() if text)
                self.note(self.columns.sheet.at(row, 1), f"这一行没有写题型，没有读：{said}")
        self.problems += [Problem(SURVEY, f"“{label}”这一组没有结束") for _, label in self.groups]

    def _row(self, row: int, values: dict[str, str]) -> None:
        where = self.columns.sheet.at(row, self.columns.numbers["type"][0])
        kind, listed, other = _type(values["type"])
        said = values.get("label") or values.get("name", "")
        if values.get("disabled", "").lower() in ("yes", "true", "1", "是"):
            self.note(where, f"停用的题“{said}”没有带过来")
        elif kind.startswith(("begin_", "end_")):
            self._group(where, kind, said, values)
        elif any(group in ("repeat", "loop") for group, _ in self.groups):
            self.note(where, f"“{said}”在重复组里，带不过来")
        elif any(label == FACT_GROUP for _, label in self.groups):
            return  # the facts of a place: asked of the place here, not of the list
        elif kind in _RECORDED:
            self.note(where, f"“{values['type']}”自动记录，我们另有记法，不带过来")
        elif kind in _NOT_CARRIED:
            self.note(where, f"{_NOT_CARRIED[kind]}“{said}”带不过来")
        else:
            if other:
                self.note(where, f"“{said}”的“其他”这一项（or_other）带不过来，要的话请在选项里写上")
            self._question(where, kind, listed, values)

    def _group(self, where: str, kind: str, said: str, values: dict[str, str]) -> None:
        verb, _, what = kind.partition("_")
        facts = self.ours and values.get("name") == FACT_GROUP
        if verb == "end":
            if self.groups and self.groups[-1][0] == what:
                self.groups.pop()
            else:
                self.problems.append(Problem(where, "这里结束的组没有开始"))
            return
        if what in ("repeat", "loop"):
            self.note(where, f"重复组“{said}”带不过来")
        elif self.groups and not facts:
            self.note(where, f"组里的组“{said}”带不过来，题目归到最里面的一组")
        self._conditions(where, values, said)
        self.groups.append((what, FACT_GROUP if facts else said))

    def _question(self, where: str, kind: str, listed: str, values: dict[str, str]) -> None:
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
            self._add(where, kind, listed, values)
        else:
            self.note(where, f"“{values['type']}”这种题带不过来：{values.get('label', name)}")

    def _owner(self, name: str) -> str:
        """The item a follow-up hangs on, by our own names: F_EXIT_01_wordings."""
        for end in (NUMBER, WORDS, NOTE, PHOTO):
            stem, found, _ = name.rpartition(end)
            if found and stem in self.codes:
                return self.codes[stem]
        return ""

    def _attach(self, where: str, kind: str, listed: str, code: str, values: dict[str, str]) -> None:
        item, name, said = self.items[code], values["name"], values.get("label") or values["name"]
        if name.endswith(WORDS) and kind == "select_multiple":
            self.items[code] = replace(item, wordings=tuple(label for _, label, _ in self.choices.get(listed, ())))
        elif PHOTO in name and kind == "image" and item.photos < 6:
            self.items[code] = replace(item, photos=item.photos + 1)
        elif name.endswith(NUMBER) and kind in _KINDS:
            self.items[code] = replace(item, kind="number")
        elif not (name.endswith(NOTE) and self.ours):
            self.note(where, f"“{said}”带不过来")
        if not self.ours:
            self._conditions(where, values, said)

    def _coded(self, where: str, name: str) -> str:
        """The code of a question's item: its name in capitals, or one made of it where that is none; the latter is told."""
        code = name.upper().replace("_", "-")
        if not ITEM_CODE.fullmatch(code):
            plain = re.sub(r"[^A-Z0-9]+", "-", code).strip("-") or f"N{sha256_hex(name.encode())[:4].upper()}"
            code = f"{self.list_code.upper()}-{plain}"
            self.note(where, f"题名“{name}”当不了编号，先编为 {code}，请在 Excel 里看一看。编号以后不再变")
        return code

    def _add(self, where: str, kind: str, listed: str, values: dict[str, str]) -> None:
        name, question = values.get("name", ""), values.get("label", "")
        code = self._coded(where, name)
        if code in self.items:
            self.problems.append(Problem(where, f"题名“{name}”和前面的重了，编号都是 {code}"))
            return
        choices = self.choices.get(listed, [])
        if kind == "select_one" and not choices:
            self.problems.append(Problem(where, f"没有“{listed}”这一组选项"))
        judged = listed == JUDGE or {value.lower() for value, _, _ in choices} <= _JUDGED
        own = self._own(where, values)
        own_kind = "judge" if judged else "choice"
        item = Item(
            code=code,
            section=next((label for _, label in reversed(self.groups)), "") or "检查",
            question=question,
            look=values.get("hint", ""),
            title=own.pop("title", ""),
            wordings=(),
            advice=own.pop("advice", ()),
            kind=own_kind if kind == "select_one" else "count" if own.get("part") else _KINDS[kind],
            choices=()
            if judged or kind != "select_one"
            else tuple(Choice(value, label, fails == YES) for value, label, fails in choices),
            photos=0,
            **own,
        )
        if item.choices and not any(choice.fails for choice in item.choices):
            self.note(where, f"“{question}”的选项里哪个算不合格，XLSForm 没有说，请在 Excel 里补")
        self.items[code], self.cells[code], self.codes[name] = item, where, code
        self._conditions(where, values, question)

    def _own(self, where: str, values: dict[str, str]) -> dict[str, Any]:
        """What our own columns carry; a form from elsewhere has none of them."""
        given = {field: values[column] for column, field in OWN.items() if values.get(column)}
        own: dict[str, Any] = {
            field: given[field] for field in ("title", "place", "unit", "photo_hint", "line", "why") if field in given
        }
        if "advice" in given:
            own["advice"] = tuple(given["advice"].splitlines())
        if "bases" in given:
            found, unknown = cited(given["bases"].split(), self.bases, where)
            own["bases"], self.problems = tuple(found), [*self.problems, *unknown]
        if "part" in given:
            name, _, fact = given["part"].partition("\n")
            own["part"] = ListPart(name, fact)
        own |= {field: given.get(field) == YES for field in ("on_the_spot", "key")}
        try:
            own |= {field: _coded_as(field, given[field]) for field in ("grade", "zone", "needs") if field in given}
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


def _type(text: str) -> tuple[str, str, bool]:
    """select_one exits or_other → select_one, exits, True; begin group → begin_group. `end` alone is when the form ended."""
    text = " ".join(text.split())
    plain = _OTHER.sub("", text)
    low = plain.lower()
    for spelt, kind in _SPELT:
        if low == spelt or low.startswith(f"{spelt} "):
            return kind, plain[len(spelt) :].strip(), plain != text
    kind, _, listed = plain.partition(" ")
    if kind.lower() in ("begin", "end") and listed:
        return (
            f"{kind}_{listed.partition(' ')[0]}".lower().replace("looped", "repeat").replace("lgroup", "repeat"),
            "",
            False,
        )
    return kind.lower(), listed.strip(), plain != text


def _coded_as(field: str, word: str) -> str:
    """The value of a field that is chosen from a few, by what it is called. Raises KeyError with the word."""
    return {label: value for value, label in WORDED[field].items()}[word]


def _number(text: str) -> float:
    number = float(text)
    return int(number) if number.is_integer() else number
