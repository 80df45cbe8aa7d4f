"""The words of the product: full-width marks beside Chinese, no shouting, no orders where a deputy speaks (look.md 3, 10)."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
HAN = r"[㐀-鿿]"
# A half-width mark beside a Chinese character; a number or code may hold one of its own (12:30, HZ-1).
ASCII_MARK = re.compile(rf"{HAN}[,:;?()]|[,;?(]{HAN}|(?<!\d):{HAN}|\){HAN}")
FORBIDDEN = ("责令", "限期", "处罚", "执法", "查封", "停业", "违法")
ALLOWED = (
    "这是提醒和建议，不是处罚，不收任何费用",
    "是否构成违法、是否重大隐患，由主管部门依法认定",
    "（安全隐患提示告知，非行政执法文书）",
    "停业了",
)
SHOUTS = ("！", "请稍候", "温馨提示", "操作失败", "·")


def _seen(template: str) -> str:
    """What a reader may meet in a template: expressions keep their strings, tags and comments go."""
    text = re.sub(r"\{#.*?#\}", "", template, flags=re.S)
    strings = [
        part
        for code in re.findall(r"\{[{%](.*?)[%}]\}", text, flags=re.S)
        for part in re.findall(r"\"([^\"]*)\"|'([^']*)'", code)
        for part in part
    ]
    attributes = re.findall(r'(?:placeholder|aria-label|alt|title|content)="([^"]*)"', text)
    bare = re.sub(r"<[^>]*>", "\n", re.sub(r"\{[{%].*?[%}]\}", "", text, flags=re.S))
    return "\n".join([bare, *strings, *attributes])


def _markup(template: str) -> str:
    return re.sub(r"\{[{%#].*?[#%}]\}", "", template, flags=re.S)


def _templates(*folders: str) -> list[Path]:
    names = folders or ("",)
    return sorted(path for name in names for path in (ROOT / "templates" / name).rglob("*.html"))


def _python_words() -> list[tuple[str, str]]:
    found = []
    # The rules of line ends and of spelling are made of marks, not of words.
    rules = {ROOT / "inspect_app" / "papers" / "linebreaks.py", ROOT / "inspect_app" / "kernel" / "spelling.py"}
    for path in sorted(set((ROOT / "inspect_app").rglob("*.py")) - rules):
        tree = ast.parse(path.read_text())
        docs = {id(node.body[0].value) for node in ast.walk(tree)
                if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body
                and isinstance(node.body[0], ast.Expr)}  # fmt: skip
        patterns = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
                    and isinstance(node.func.value, ast.Name) and node.func.value.id == "re" for part in ast.walk(node)}  # fmt: skip
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs | patterns:
                found.append((f"{path.relative_to(ROOT)}:{node.lineno}", node.value))
    return found


def _checklist_words() -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []

    def walk(value: object, where: str) -> None:
        if isinstance(value, dict):
            for item in value.values():
                walk(item, where)
        elif isinstance(value, list):
            for item in value:
                walk(item, where)
        elif isinstance(value, str):
            found.append((where, value))

    for path in sorted((ROOT / "inspect_app" / "checklists" / "library").rglob("*.yaml")):
        walk(yaml.load(path.read_text(), Loader=yaml.CSafeLoader), path.name)
    return found


@cache
def _all_words() -> list[tuple[str, str]]:
    pages = [
        (str(path.relative_to(ROOT)), line) for path in _templates() for line in _seen(path.read_text()).split("\n")
    ]
    scripts = [
        (str(path.relative_to(ROOT)), words)
        for path in sorted((ROOT / "static" / "js").rglob("*.js"))
        for pair in re.findall(r"\"([^\"\n]*)\"|'([^'\n]*)'", path.read_text())
        for words in pair
    ]
    return [*pages, *scripts, *_python_words(), *_checklist_words()]


def test_marks_beside_chinese_are_full_width() -> None:
    wrong = [(where, words) for where, words in _all_words() if ASCII_MARK.search(words)]
    assert wrong == [], "use ，：；？（） beside Chinese"


def test_nobody_is_shouted_at() -> None:
    assert [(where, words) for where, words in _all_words() if any(shout in words for shout in SHOUTS)] == []


@pytest.mark.parametrize("word", FORBIDDEN)
def test_a_deputy_and_the_public_page_never_order(word: str) -> None:
    wrong = []
    for path in [*_templates("field", "portal", "layouts"), ROOT / "templates" / "papers" / "tip.html"]:
        words = _seen(path.read_text())
        for allowed in ALLOWED:
            words = words.replace(allowed, "")
        if word in words:
            wrong.append(path.name)
    assert wrong == [], f"{word} is for authorities; say what was seen and what is advised"


def test_a_button_says_what_it_does() -> None:
    empty = re.compile(r"<(?:button|a)[^>]*>\s*(确定|提交|取消|点击此处|更多|操作)\s*<")
    assert [path.name for path in _templates() if empty.search(path.read_text())] == []


def test_no_page_carries_style_or_script_of_its_own() -> None:
    inline = re.compile(r"<style|<script(?![^>]*(?:src=|application/json))|\sstyle=|\son[a-z]+=|hx-on|[\"']js:")
    pages = [path for path in _templates() if "papers" not in path.parts]
    assert [path.name for path in pages if inline.search(_markup(path.read_text()))] == []
