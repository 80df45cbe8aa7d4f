"""XLSForm out, as pyxform and so ODK and Kobo take it; and in, with everything that cannot be carried named by its line."""

import io
import re

import pytest
from openpyxl import Workbook, load_workbook
from pyxform.xls2xform import convert

from inspect_app.checklists import library, odk, xlsform
from inspect_app.checklists.parsed import Parsed, completed
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


YES_NO = [["list_name", "name", "label"], ["yn", "yes", "是"], ["yn", "no", "否"]]


def _form(
    survey: list[list[str]], choices: list[list[str]] | None = None, settings: list[list[str]] | None = None,
    names: tuple[str, str, str] = ("survey", "choices", "settings"), **more: list[list[str]],
) -> Parsed:  # fmt: skip
    book, out = Workbook(), io.BytesIO()
    book.remove(book.active)  # type: ignore[arg-type]
    sheets = (survey, choices or YES_NO, settings or [["form_title"], ["菜场检查"]])
    for name, rows in [*zip(names, sheets, strict=True), *more.items()]:
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(out)
    return odk.parse(out.getvalue(), TARGET, library.bases(), WORDS)


def _notes(parsed: Parsed) -> dict[str, str]:
    return {note.where: note.text for note in parsed.notes}


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
    "the end of the form": (["end", "end"], "自动记录"),
    "the day": (["today", "today"], "自动记录"),
    "an older name of the device": (["imei", "imei"], "自动记录"),
    "or other": (["select_one yn or_other", "fire_b", "哪一种"], "“其他”这一项（or_other）带不过来"),
    "or other, as it was": (
        ["select one from yn or specify other", "fire_b", "哪一种"],
        "“其他”这一项（or_other）带不过来",
    ),
    "loop": (["begin loop over yn", "floors", "每层"], "重复组“每层”"),
    "looped group": (["begin looped group", "floors", "每层"], "重复组“每层”"),
    "a row without a type": (["", "", "只是一句话"], "没有写题型，没有读：只是一句话"),
    "map": (["osm tags", "where", "画一画"], "地图题“画一画”"),
    "outside file": (["select_one_from_file shops.csv", "shop", "哪一家"], "外部选项“哪一家”"),
    "a note of its own": (["text", "fire_a_note", "说一说"], "“说一说”带不过来"),
    "several": (["select_multiple yn", "fire_many", "多选"], "多选题“多选”"),
    "unheard of": (["hologram", "holo", "全息"], "“hologram”这种题"),
}


@pytest.mark.parametrize("what", NOT_CARRIED)
def test_what_cannot_be_carried_is_named_by_its_line(what: str) -> None:
    row, words = NOT_CARRIED[what]
    tail = {"repeat": [["end_repeat"]], "loop": [["end loop"]], "looped group": [["end looped group"]]}.get(what, [])
    parsed = _form([HEAD, ["select_one yn", "fire_a", "出口没有锁"], row, *tail])
    notes = _notes(parsed)
    assert words in notes.get("survey!A3", ""), notes
    assert not [problem for problem in parsed.problems if "组" in problem.text]


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


def test_sheets_are_found_in_any_capitals_and_a_blank_row_above_the_titles() -> None:
    survey = [[], ["Type", "Name", "Label"], ["select_one yn", "fire_a", "出口没有锁"]]
    parsed = _form(survey, names=("Survey ", "CHOICES", "Settings"))
    assert parsed.checklist is not None
    assert [item.question for item in parsed.checklist.items] == ["出口没有锁"]
    assert parsed.checklist.title == "菜场检查"


def test_older_spellings_are_read_as_the_new_ones() -> None:
    parsed = _form(
        [
            ["command", "tag", "caption", "relevance"],
            ["begin group", "g", "出口"],
            ["select one from yn", "fire_a", "出口没有锁", "${x} = 1"],
            ["SELECT_ONE yn", "fire_b", "灯亮着"],
            ["end group"],
        ],
        [["list name", "value", "caption"], ["yn", "yes", "是"], ["yn", "no", "否"]],
    )
    assert parsed.checklist is not None
    assert [(item.code, item.section, item.kind) for item in parsed.checklist.items] == [
        ("FIRE-A", "出口", "judge"), ("FIRE-B", "出口", "judge"),
    ]  # fmt: skip
    assert "显示条件带不过来：${x} = 1" in _notes(parsed)["survey!A3"]


# every column of the XLSForm reference that is not read (xlsform.org, reference table) → what it is called
REFERENCE = {
    "guidance_hint": "更多说明", "constraint_message": "取值限制的提示", "required": "是否必答", "required_message::中文 (zh)": "必答的提示",
    "requiredMsg": "必答的提示", "media::image": "媒体文件", "media::audio::English (en)": "媒体文件", "video": "媒体文件",
    "big-image::中文 (zh)": "媒体文件", "autoplay": "自动播放", "noAppErrorString": "外部应用", "bind::jr:preload": "另加的 XML",
    "body::accuracyThreshold": "另加的 XML", "instance::odk:tag": "另加的 XML", "save_to": "存进实体", "sms_option": "短信",
    "whatever": "这一列带不过来",
}  # fmt: skip
# and every one that is told line by line
TOLD = {
    "relevant": "显示条件", "constraint": "取值限制", "calculation": "计算", "choice_filter": "联动选项", "default": "默认值",
    "appearance": "外观", "trigger": "触发", "read_only": "只读", "readonly": "只读", "bind::readonly": "只读", "parameters": "参数",
    "jr:count": "重复次数", "repeat-count": "重复次数",
}  # fmt: skip


def test_every_column_of_the_reference_is_carried_or_named() -> None:
    head = [
        "type",
        "name",
        "label",
        "hint",
        *REFERENCE,
        *(name for name in TOLD if name not in ("readonly", "bind::readonly", "repeat-count")),
    ]
    parsed = _form([head, ["select_one yn", "fire_a", "出口没有锁", "看门", *("填了" for _ in head[4:])]])
    said = [note.text for note in parsed.notes]
    for title, words in REFERENCE.items():
        assert any(f"“{title}”" in text and words in text for text in said), (title, said)
    for words in set(TOLD.values()):
        assert any(f"“出口没有锁”的{words}带不过来：填了" in text for text in said), (words, said)
    assert parsed.checklist is not None
    assert parsed.checklist.items[0].look == "看门"


@pytest.mark.parametrize("title", TOLD)
def test_a_column_is_told_under_every_spelling(title: str) -> None:
    parsed = _form([["type", "name", "label", title], ["select_one yn", "fire_a", "出口没有锁", "填了"]])
    assert f"“出口没有锁”的{TOLD[title]}带不过来：填了" in [note.text for note in parsed.notes]


def test_a_column_that_says_nothing_is_not_worth_a_word() -> None:
    parsed = _form([["type", "name", "label", "guidance_hint", "required"], ["select_one yn", "fire_a", "出口没有锁"]])
    assert parsed.notes == ()


def test_settings_and_other_sheets_are_named_too() -> None:
    parsed = _form(
        [HEAD, ["select_one yn", "fire_a", "出口没有锁"]],
        settings=[["form_title", "form_id", "public_key", "style"], ["菜场检查", "market", "abc", "pages"]],
        entities=[["list_name"], ["shops"]], empty=[],
    )  # fmt: skip
    notes = _notes(parsed)
    assert all(
        words in notes[where] for where, words in {"settings!B1": "form_id", "settings!C1": "public_key"}.items()
    )
    assert notes["entities"] == "这一页带不过来"
    assert "empty" not in notes


def test_names_that_can_be_no_code_are_given_one_that_stays_the_same() -> None:
    rows = [["select_one yn", name, "出口没有锁"] for name in ("q1", "exitDoor", "出口")]
    parsed = _form([HEAD, *rows])
    assert parsed.checklist is not None
    codes = [item.code for item in parsed.checklist.items]
    assert codes == ["FIRE-MARKET-Q1", "FIRE-MARKET-EXITDOOR", "FIRE-MARKET-N7016"]
    moved = _form([HEAD, rows[1], rows[0]]).checklist
    assert moved is not None
    assert [item.code for item in moved.items] == codes[1::-1], "by the name, wherever it stands"
    assert "先编为 FIRE-MARKET-Q1" in _notes(parsed)["survey!A2"]


def test_a_form_in_several_languages_says_what_one_of_them_says() -> None:
    survey = [
        ["type", "name", "label::English (en)", "label::中文 (zh)", "label:french"],
        ["select_one yn", "fire_a", "No lock", "没有锁", "x"], ["select_one yn", "fire_b", "A light", "", "y"],
    ]  # fmt: skip
    parsed = _form(survey, settings=[["default_language"], ["English (en)"]])
    assert parsed.checklist is not None
    assert [item.question for item in parsed.checklist.items] == ["没有锁", "A light"]
    assert {"survey!C1", "survey!E1"} <= set(_notes(parsed)), "and no other language is a cascade"


def test_a_setting_that_is_worked_out_is_taken_as_it_shows() -> None:
    """=NOW() in the settings refused a whole form."""
    from tests.unit.test_workbooks import _replaced

    form = _form_bytes()
    shown = _replaced("sheet3.xml", "<f>NOW()</f><v></v>", "<f>NOW()</f><v>46000.5</v>", form)
    assert odk.parse(shown, TARGET, library.bases(), WORDS).checklist is not None
    bare = odk.parse(form, TARGET, library.bases(), WORDS)
    assert [problem.where for problem in bare.problems] == ["settings!A2"]


def _form_bytes() -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in {
        "survey": [HEAD, ["select_one yn", "fire_a", "没有锁"]],
        "choices": YES_NO,
        "settings": [["version"], ["=NOW()"]],
    }.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(out)
    return out.getvalue()


def test_a_form_that_another_tool_wrote_anew_takes_no_key_away() -> None:
    target = odk.Target(RICH.code, RICH.title, RICH.field, RICH.kinds)
    book, out = load_workbook(io.BytesIO(xlsform.export(RICH, WORDS, "1"))), io.BytesIO()
    page = book["survey"]
    gone = [
        cell.column
        for cell in page[1]
        if cell.value in ("inspect_key", "inspect_zone", "inspect_why", "inspect_line", "inspect_needs")
    ]
    for place in sorted(gone, reverse=True):
        page.delete_cols(place)
    book.save(out)
    parsed = odk.parse(out.getvalue(), target, library.bases(), WORDS)
    assert parsed.checklist is not None
    assert parsed.checklist != RICH
    assert completed(parsed, RICH).checklist == RICH
