"""XLSForm out, as pyxform and so ODK and Kobo take it; and in, with everything that cannot be carried named by its line."""

import io
import re

import pytest
from openpyxl import Workbook
from pyxform.xls2xform import convert

from inspect_app.checklists import library, odk, xlsform
from inspect_app.checklists.parsed import Parsed
from inspect_app.checklists.rules import Checklist, Field, holds
from inspect_app.web.library.pages import WORDS
from tests.unit.test_excel import RICH

LISTS = [*library.load().values(), RICH]
TARGET = odk.Target("fire-market", "", Field.FIRE, ("small_shop",))


@pytest.mark.parametrize("checklist", LISTS, ids=lambda one: one.title + str(len(one.reminder)))
def test_pyxform_converts_every_list(checklist: Checklist) -> None:
    warnings: list[str] = []
    form = convert(io.BytesIO(xlsform.export(checklist, WORDS, "3")), warnings=warnings, file_type=".xlsx").xform
    assert warnings == []
    assert 'version="3"' in form
    for item in checklist.items:
        name = item.code.replace("-", "_")
        assert f"/{name}" in form, item.code
        if item.kind == "judge":
            assert form.count(f"{name}_photo_") >= item.photos


@pytest.mark.parametrize("checklist", LISTS, ids=lambda one: one.title + str(len(one.reminder)))
def test_our_own_form_comes_back_whole(checklist: Checklist) -> None:
    target = odk.Target(checklist.code, checklist.title, checklist.field, checklist.kinds)
    parsed = odk.parse(xlsform.export(checklist, WORDS, "1"), target, library.bases(), WORDS)
    assert (parsed.problems, parsed.notes) == ((), ())
    assert parsed.checklist == checklist


def test_a_number_beyond_the_limit_can_be_written_down_but_not_under_pass() -> None:
    gas = next(one for one in LISTS if one.code == "gas-kitchen")
    form = convert(io.BytesIO(xlsform.export(gas, WORDS, "1")), file_type=".xlsx").xform
    bind = re.search(r'<bind[^>]*G_HOSE_01_number"[^>]*>', form)
    assert bind is not None
    assert "= 'fail' or (. &lt;= 2)" in bind.group()


CONDITIONS = [
    {"fact": "storeys", "at_least": 3}, {"not": {"fact": "storeys", "at_least": 3}},
    {"any": [{"fact": "storeys", "at_most": 2}, {"fact": "gas_kind", "in": ["piped", "bottled"]}]},
    {"all": [{"fact": "storeys", "eq": 4}, {"not": {"fact": "gas_kind", "eq": "none"}}]},
]  # fmt: skip
FACTS = [
    {},
    {"storeys": 2},
    {"storeys": 4},
    {"gas_kind": "none"},
    {"gas_kind": "piped"},
    {"storeys": 4, "gas_kind": "none"},
]


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("facts", FACTS, ids=str)
def test_an_item_shows_in_the_form_where_it_is_asked_here(
    condition: dict[str, object], facts: dict[str, object]
) -> None:
    """The XPath, read as Python: equal to our rule, unknown facts hiding nothing."""
    text = xlsform._relevant(condition)
    for name in ("storeys", "gas_kind"):
        text = text.replace(f"${{{name}}}", repr(facts.get(name, "")))
    text = re.sub(r"(?<![<>!])=", "==", text).replace("not(", "not (")
    shown = eval(re.sub(r"'' (>=|<=)", "0 \\1", text))  # an empty answer is guarded before it is compared
    assert shown is (holds(condition, facts) is not False)


def _form(survey: list[list[str]], choices: list[list[str]] | None = None) -> Parsed:
    book, out = Workbook(), io.BytesIO()
    page = book.active
    assert page is not None
    page.title = "survey"
    for row in survey:
        page.append(row)
    listed = book.create_sheet("choices")
    for row in choices or [["list_name", "name", "label"], ["yn", "yes", "是"], ["yn", "no", "否"]]:
        listed.append(row)
    book.create_sheet("settings").append(["form_title"])
    book["settings"].append(["菜场检查"])
    book.save(out)
    return odk.parse(out.getvalue(), TARGET, library.bases(), WORDS)


HEAD = ["type", "name", "label", "relevant", "calculation", "choice_filter"]
# a row of somebody's form → words of the note that names it
NOT_CARRIED = {
    "repeat": (["begin_repeat", "floors", "每层"], "重复组“每层”"),
    "calculation": (["calculate", "total", "", "", "1+1"], "计算题“total”"),
    "cascade": (["select_one yn", "fire_city", "城市", "", "", "state=${x}"], "联动选项带不过来：state=${x}"),
    "relevant": (["text", "fire_other", "其他", "${fire_a} = 'no'"], "显示条件带不过来：${fire_a} = 'no'"),
    "audio": (["audio", "sound", "录一段"], "录音“录一段”"),
    "position": (["geopoint", "where", "位置"], "定位题“位置”"),
    "photo": (["image", "pic", "拍一张"], "照片题“拍一张”"),
    "start": (["start", "start"], "自动记录"),
    "several": (["select_multiple yn", "fire_many", "多选"], "多选题“多选”"),
    "unheard of": (["hologram", "holo", "全息"], "“hologram”这种题"),
}


@pytest.mark.parametrize("what", NOT_CARRIED)
def test_what_cannot_be_carried_is_named_by_its_line(what: str) -> None:
    row, words = NOT_CARRIED[what]
    tail = [["end_repeat"]] if what == "repeat" else []
    parsed = _form([HEAD, ["select_one yn", "fire_a", "出口没有锁"], row, *tail])
    notes = {note.where: note.text for note in parsed.notes}
    assert words in notes.get("survey!A3", ""), notes


def test_questions_in_a_repeat_other_languages_and_media_are_named() -> None:
    parsed = _form(
        [
            ["type", "name", "label::English (en)", "label::中文 (zh)", "media::image"],
            ["begin_group", "g", "Exits", "出口"],
            ["select_one yn", "fire_a", "No lock", "没有锁", "a.png"],
            ["begin_repeat", "r", "Floors", "每层"],
            ["text", "inside", "Inside", "里面"],
            ["end_repeat"],
            ["end_group"],
        ]
    )
    notes = {note.where: note.text for note in parsed.notes}
    assert "English (en)" in notes["survey!C1"]
    assert "媒体文件" in notes["survey!E1"]
    assert "“里面”在重复组里" in notes["survey!A5"]
    assert parsed.checklist is not None
    item = parsed.checklist.items[0]
    assert (item.code, item.question, item.section, item.kind) == ("FIRE-A", "没有锁", "出口", "judge")
    assert parsed.checklist.title == "菜场检查"


def test_what_an_xlsform_never_says_keeps_the_draft_from_being_published() -> None:
    parsed = _form([HEAD, ["select_one yn", "fire_a", "出口没有锁"]])
    lacking = " ".join(problem.text for problem in parsed.problems if problem.where == "survey!A2")
    assert all(word in lacking for word in ("隐患名称", "标准描述", "整改建议"))


def test_a_group_that_never_ends_and_a_list_that_is_not_there_are_problems() -> None:
    parsed = _form([HEAD, ["begin_group", "g", "出口"], ["select_one gone", "fire_a", "出口没有锁"]])
    texts = [problem.text for problem in parsed.problems]
    assert any("没有结束" in text for text in texts)
    assert any("没有“gone”这一组选项" in text for text in texts)
