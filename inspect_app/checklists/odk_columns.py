"""The columns of an XLSForm as the XLSForm reference and its older spellings name them: read, or named as not carried. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from inspect_app.sheets.workbook import Problem, Sheet

# Older and other spellings, as pyxform takes them.
_ALIASES = {
    "caption": "label", "command": "type", "tag": "name", "value": "name", "relevance": "relevant", "readonly": "read_only",
    "calculate": "calculation", "constraining_message": "constraint_message", "constraint_msg": "constraint_message",
    "requiredmsg": "required_message", "noapperrorstring": "no_app_error_string", "count": "repeat_count",
    "bind::relevant": "relevant", "bind::required": "required", "bind::constraint": "constraint", "bind::readonly": "read_only",
    "bind::calculate": "calculation", "body::appearance": "appearance", "jr::count": "repeat_count",
    "set_form_title": "form_title", "title": "form_title", "set_form_id": "form_id",
}  # fmt: skip
_MEDIA = dict.fromkeys(("media", "image", "audio", "video", "big_image"), "媒体文件")
# What stands in a column that is not carried; an unknown one is named by its title alone.
_MEANT = _MEDIA | {
    "guidance_hint": "更多说明",
    "required": "是否必答：我们每一项都问",
    "required_message": "必答的提示",
    "constraint_message": "取值限制的提示",
    "autoplay": "自动播放",
    "no_app_error_string": "外部应用",
    "bind": "另加的 XML",
    "body": "另加的 XML",
    "control": "另加的 XML",
    "instance": "另加的 XML",
    "save_to": "存进实体",
    "rows": "行数",
    "compact_tag": "短信",
    "sms_field": "短信",
    "query": "外部选项",
}
_SPOKEN = ("label", "hint")
_CHINESE = re.compile(r"chinese|中文|汉语|普通话|\bzh\b|zh[-_]", re.IGNORECASE)


@dataclass(frozen=True)
class Columns:
    """Where each column that is read stands (of several languages the preferred first), under which row, and what is not read."""

    sheet: Sheet
    heading: int
    numbers: Mapping[str, tuple[int, ...]]
    notes: tuple[Problem, ...]

    def lines(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Each row beneath the heading: column → what it says, empty where it says nothing."""
        for row, line in self.sheet.rows.items():
            if row > self.heading:
                yield row, {name: _first(line, numbers) for name, numbers in self.numbers.items()}

    def has(self, name: str) -> bool:
        """Whether the sheet has a column of that name."""
        return name in self.numbers


def _first(line: Mapping[int, str], numbers: tuple[int, ...]) -> str:
    return next((line[number] for number in numbers if line.get(number)), "")


def read_columns(sheet: Sheet, carried: Collection[str], language: str = "", otherwise: str = "") -> Columns:
    """The columns of a sheet; `otherwise` says what an unknown column is (of choices: a filter)."""
    heading = min(sheet.rows, default=1)
    numbers: dict[str, list[int]] = {}
    spoken: dict[str, list[tuple[int, str]]] = {}
    notes = []
    for number, title in sheet.rows.get(heading, {}).items():
        name, spoken_in = _named(title)
        if name in _SPOKEN and name in carried:
            spoken.setdefault(name, []).append((number, spoken_in))
        elif name in carried and not spoken_in and name not in numbers:
            numbers[name] = [number]
        elif any(number in line for row, line in sheet.rows.items() if row > heading):
            meant = _MEANT.get(name, "短信" if name.startswith("sms_") else otherwise)
            said = f"这一列带不过来（{meant}）" if meant else "这一列带不过来"
            notes.append(Problem(sheet.at(heading, number), f"“{title}”{said}"))
    for name, said_in in spoken.items():
        ordered = sorted(said_in, key=lambda one: _rank(one[1], language))
        numbers[name] = [number for number, _ in ordered]
        notes += [
            Problem(sheet.at(heading, number), f"另一种语言“{tongue or name}”带不过来，只取一种；没写的那一格才用它")
            for number, tongue in ordered[1:]
        ]
    return Columns(sheet, heading, {name: tuple(found) for name, found in numbers.items()}, tuple(notes))


def _named(title: str) -> tuple[str, str]:
    """label::English (en) → label, English (en); a single colon is how old forms wrote it."""
    parts = [part.strip() for part in re.split(r"::?", title)]
    name = re.sub(r"[\s-]+", "_", parts[0].lower())
    both = f"{name}::{parts[1].lower()}" if len(parts) > 1 else name
    if both in _ALIASES:
        return _ALIASES[both], ""
    return _ALIASES.get(name, name), "::".join(parts[1:])


def _rank(tongue: str, language: str) -> tuple[bool, bool, bool]:
    """Chinese first, then what the form calls its own language, then the column without one."""
    own = bool(language) and tongue.casefold() == language.casefold()
    return not _CHINESE.search(tongue), not own, bool(tongue)
