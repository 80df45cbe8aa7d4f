"""What is wrong with a list before it is published: faults as data, each with the item and the field it stands in.

Errors keep a list from being published; warnings are read by a person. Whoever edits a list elsewhere (a sheet, a form)
finds the place of a fault by its code and field.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from inspect_app.premises.rules import FACT_NAMES, KIND_NAMES, YES_NO

from .conditions import answers_named
from .faults import LintFault, Severity, warning
from .lint_conditions import faults_of_condition
from .lint_walk import faults_of_kinds, faults_of_walk
from .rules import ANSWER_KINDS, GRADES, Basis, Checklist, Field, Item
from .suspicion import SuspicionRule


@dataclass(frozen=True)
class LastPublished:
    """The version a list was last published as."""

    number: int
    checklist: Checklist


TEXTS = ("question", "look", "title", "wordings", "advice", "unit", "photo_hint", "line", "why")
COUNTED = set(FACT_NAMES) - YES_NO - {"gas_kind"}
LIKE_LIMIT = 0.85
_ASCII_BESIDE_CHINESE = re.compile(r"[一-鿿][,:;?!()]|[,:;?!()][一-鿿]")
_FILLING = re.compile(r"[\W_]|的|了|着|有没有|是否|是不是|应当|应该|应|要|已经|请|都|均")
# 可当场改正的八类 (消防监督检查 61 号令第三十一条, domain.md 2.2), by the words their items carry.
_ON_THE_SPOT = re.compile(
    r"危险品|明火|吸烟|抽烟|烟头|空烧|动火|艾灸|蜡烛|酒精炉|没有人看|守着|醒着|锁|遮挡|挡住|遮住|堆|堵住|压窄|占用"
    r"|消火栓|灭火器|防火门|楼梯间门|卷帘|脱岗|值班|关闭|断电|拔掉|停用"
)


def lint(
    checklist: Checklist,
    *,
    on: date,
    rules: Iterable[SuspicionRule] = (),
    bases: Mapping[str, Basis] | None = None,
    published: LastPublished | None = None,
    number: int | None = None,
) -> list[LintFault]:
    """Every fault of a list as it would be published on a day.

    `rules` are those of suspicion; `bases` the library's own, where a list comes from elsewhere; `published` the last
    version and `number` the version the list says it is, where it says one.
    """
    faults = [*_of_list(checklist), *_twice(checklist.items), *alike(checklist.items), *faults_of_walk(checklist)]
    named = {code for rule in rules for code in answers_named(rule.condition)}
    for item in checklist.items:
        faults += _of_item(item, checklist.kinds, named)
        faults += _of_bases(item, on, bases)
    if published is not None:
        faults += _of_version(checklist, published, number)
    return faults


def errors(faults: Iterable[LintFault]) -> list[LintFault]:
    """The faults that keep a list from being published."""
    return [fault for fault in faults if fault.severity is Severity.ERROR]


def _of_list(checklist: Checklist) -> Iterator[LintFault]:
    if not checklist.title.strip():
        yield LintFault(checklist.code, "title", "没有写检查表的名称")
    if not checklist.items:
        yield LintFault(checklist.code, "items", "一项也没有")
    if not checklist.kinds:
        yield LintFault(checklist.code, "kinds", "没有写用在哪一类场所")
    for kind in checklist.kinds:
        if kind not in KIND_NAMES:
            yield LintFault(checklist.code, "kinds", f"没有“{kind}”这一类场所")
    if checklist.field not in set(Field):
        yield LintFault(checklist.code, "field", f"没有“{checklist.field}”这个领域")


def _twice(items: Sequence[Item]) -> Iterator[LintFault]:
    seen: set[str] = set()
    for item in items:
        if item.code in seen:
            yield LintFault(item.code, "code", "编号用了两次")
        seen.add(item.code)


def _of_item(item: Item, kinds: Sequence[str], named: set[str]) -> Iterator[LintFault]:
    yield from _known_words(item)
    yield from _texts(item)
    yield from _answering(item)
    yield from _grading(item, named)
    for what in faults_of_condition(item.when, kinds=kinds):
        yield LintFault(item.code, "when", what)
    if item.when and answers_named(item.when):
        yield LintFault(item.code, "when", "什么时候问只能看场所的情况，不能看别的答案")


def _known_words(item: Item) -> Iterator[LintFault]:
    if item.kind not in ANSWER_KINDS:
        yield LintFault(item.code, "kind", f"没有“{item.kind}”这种答法")
    if item.grade not in GRADES:
        yield LintFault(item.code, "grade", f"没有“{item.grade}”这个级别")


def _texts(item: Item) -> Iterator[LintFault]:
    needed = {"question": "问什么", "look": "看什么、怎么看", "title": "不合格时的隐患名称"}
    for name, words in needed.items():
        if not getattr(item, name).strip():
            yield LintFault(item.code, name, f"没有写{words}")
    for name, words in {"wordings": "不合格时的说法", "advice": "整改建议"}.items():
        if not [text for text in getattr(item, name) if text.strip()]:
            yield LintFault(item.code, name, f"没有写{words}")
        if len(set(getattr(item, name))) < len(getattr(item, name)):
            yield LintFault(item.code, name, f"{words}里有两句一样")
    for name, text in words_of(item):
        if _ASCII_BESIDE_CHINESE.search(text):
            yield LintFault(item.code, name, f"中文旁边用了半角标点：{text}")


def words_of(item: Item) -> Iterator[tuple[str, str]]:
    """Every text of an item with the name of its field."""
    for name in TEXTS:
        value = getattr(item, name)
        yield from ((name, text) for text in (value if isinstance(value, tuple) else (value,)))
    yield from (("choices", choice.label) for choice in item.choices)
    if item.part:
        yield "part", item.part.name


def _answering(item: Item) -> Iterator[LintFault]:
    if item.kind in ("number", "count"):
        yield from _bounds(item)
    if item.kind == "choice":
        yield from _choices(item)
    if item.kind == "count" and item.part is None:
        yield LintFault(item.code, "part", "按部分数的，要写按什么数（楼层、气瓶组）")
    if item.part is not None and item.part.fact and item.part.fact not in COUNTED:
        yield LintFault(item.code, "part", f"“{item.part.fact}”不是一个数，说不出有几处")
    if item.mending_days < 1:
        yield LintFault(item.code, "mending_days", "建议的天数至少是 1 天")
    if item.photos < 0:
        yield LintFault(item.code, "photos", "照片张数不能小于 0")


def _bounds(item: Item) -> Iterator[LintFault]:
    if not item.unit.strip():
        yield LintFault(item.code, "unit", "写数字的要有单位")
    if item.at_most is None and item.at_least is None:
        yield LintFault(item.code, "at_most", "写数字的要有上限或下限")
    if item.at_most is not None and item.at_least is not None and item.at_least > item.at_most:
        yield LintFault(item.code, "at_least", "下限比上限大，怎么写都不合格")


def _choices(item: Item) -> Iterator[LintFault]:
    if len(item.choices) < 2:
        yield LintFault(item.code, "choices", "至少要有两个选项")
    if not any(choice.fails for choice in item.choices):
        yield LintFault(item.code, "choices", "没有一个选项算不合格")
    elif all(choice.fails for choice in item.choices):
        yield LintFault(item.code, "choices", "每个选项都算不合格")
    for name in ("value", "label"):
        if len({getattr(choice, name) for choice in item.choices}) < len(item.choices):
            yield LintFault(item.code, "choices", "有两个选项一样")


def _grading(item: Item, named: set[str]) -> Iterator[LintFault]:
    if item.grade == "suspected_major" and item.code not in named and not item.bases:
        yield LintFault(item.code, "grade", "写了疑似重大，却没有判断规则，也没有依据")
    words = "".join((item.question, item.title, *item.wordings))
    if item.on_the_spot and not _ON_THE_SPOT.search(words):
        yield warning(item.code, "on_the_spot", "不像可以当场改正的八类，请再看一下")


def _of_bases(item: Item, on: date, bases: Mapping[str, Basis] | None) -> Iterator[LintFault]:
    for basis in item.bases:
        for what in faults_of_condition(basis.when):
            yield LintFault(item.code, "basis", f"依据 {basis.id} 用在哪里：{what}")
        if basis.until is not None and basis.until < on:
            yield LintFault(item.code, "basis", f"依据 {basis.id} 到 {basis.until} 已经失效")
        elif basis.until is not None:
            yield warning(item.code, "basis", f"依据 {basis.id} 只到 {basis.until}，到时要换")
        if basis.since is not None and basis.since > on:
            yield LintFault(item.code, "basis", f"依据 {basis.id} 要到 {basis.since} 才施行")
        if bases is not None and basis.id not in bases:
            yield LintFault(item.code, "basis", f"没有 {basis.id} 这条依据")
        elif bases is not None and bases[basis.id] != basis:
            yield LintFault(item.code, "basis", f"依据 {basis.id} 和依据库里的不一样，依据只在依据库里改")


def _of_version(checklist: Checklist, published: LastPublished, number: int | None) -> Iterator[LintFault]:
    """What changed since the last version: a text under the same number, or another thing under an old code."""
    before = {item.code: item for item in published.checklist.items}
    for item in checklist.items:
        old = before.get(item.code)
        if old is None:
            continue
        changed = [name for name in item.__dataclass_fields__ if getattr(item, name) != getattr(old, name)]
        if number is not None and number <= published.number:
            yield from (LintFault(item.code, name, f"内容改了，版本还是第 {number} 版") for name in changed)
        if likeness(old.question + old.title, item.question + item.title) < 0.2:
            yield warning(item.code, "code", "和上一版问的像是两回事，新的事请用新的编号")


def alike(items: Sequence[Item]) -> list[LintFault]:
    """Items of different codes that differ only in wording, each named at the later one."""
    found: list[LintFault] = []
    texts = [(item.code, _pairs(item.question + item.title)) for item in items]
    for number, (code, pairs) in enumerate(texts):
        for other, others in texts[:number]:
            if code != other and _dice(pairs, others) >= LIKE_LIMIT:
                found.append(LintFault(code, "question", f"和 {other} 只是说法不同"))
    return found


def likeness(one: str, other: str) -> float:
    """How much two texts say the same, 0 to 1: pairs of characters that they share, filling words left out."""
    return _dice(_pairs(one), _pairs(other))


@lru_cache(maxsize=2048)  # the library has half as many texts, and each is held against all others
def _pairs(text: str) -> frozenset[str]:
    bare = _FILLING.sub("", text)
    return frozenset(bare[i : i + 2] for i in range(len(bare) - 1)) or frozenset({bare})


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other))


def lint_rules(rules: Iterable[SuspicionRule], items: Mapping[str, Item], *, on: date) -> list[LintFault]:
    """Every fault of the rules of suspicion: they ask what the library asks, and can hold at all."""
    faults: list[LintFault] = []
    for rule in rules:
        faults += [LintFault(rule.id, "if", what) for what in faults_of_condition(rule.condition, items=items)]
        faults += _of_rule(rule, items, on)
    return faults


def _of_rule(rule: SuspicionRule, items: Mapping[str, Item], on: date) -> Iterator[LintFault]:
    named = answers_named(rule.condition)
    if not any(code in items and items[code].grade != "advice" for code in named):
        yield LintFault(rule.id, "if", "没有一项能成为隐患，规则落不到哪一件上")
    if rule.field not in set(Field):
        yield LintFault(rule.id, "field", f"没有“{rule.field}”这个领域")
    if rule.clause and rule.basis is None:
        yield LintFault(rule.id, "basis", "写了条文，没有写出自哪条依据")
    if not rule.title.strip():
        yield LintFault(rule.id, "title", "没有写名称")
    ended = rule.basis is not None and rule.basis.until is not None and rule.basis.until < on
    if ended and (rule.until is None or rule.until >= on):
        yield LintFault(rule.id, "basis", "依据已经失效，规则还在用")
    for name, text in (("title", rule.title), ("clause", rule.clause), ("says", rule.says)):
        if _ASCII_BESIDE_CHINESE.search(text):
            yield LintFault(rule.id, name, f"中文旁边用了半角标点：{text}")


def lint_library(
    checklists: Collection[Checklist], items: Mapping[str, Item], rules: Sequence[SuspicionRule], *, on: date
) -> list[LintFault]:
    """Every fault of the whole library, each once however many lists hold the item."""
    faults = [fault for checklist in checklists for fault in lint(checklist, on=on, rules=rules)]
    faults += faults_of_kinds(list(checklists))
    faults += alike(list(items.values()))
    faults += lint_rules(rules, items, on=on)
    return list(dict.fromkeys(faults))
