"""A list with one item of every kind, for tests of filling."""

from inspect_app.checklists.rules import Checklist, Choice, Field, Item, ListPart


def _item(code: str, question: str, title: str, **more: object) -> Item:
    values: dict[str, object] = {
        "code": code, "section": "每一种答法", "question": question, "look": "走近看一看，拿不准选看不准。", "title": title,
        "wordings": ("和要求不一样", "没有找到"), "advice": ("请店里改好",),
    }  # fmt: skip
    return Item(**(values | more))  # type: ignore[arg-type]


def every_kind() -> Checklist:
    """Judged, measured, chosen, counted by storey, written down, and advice; one asked only on high buildings."""
    items = (
        _item("T-JUDGE", "灭火器在有效期内", "灭火器过期"),
        _item("T-NUM", "软管长度合适", "软管过长", kind="number", unit="米", at_most=2),
        _item("T-CHOICE", "后门从里面能打开", "后门锁着", kind="choice", choices=(
            Choice("open", "一推就开"), Choice("key", "有人拿钥匙守着"), Choice("locked", "锁着", fails=True))),
        _item("T-COUNT", "每层灭火器够数", "灭火器数量不够", kind="count", unit="具", at_least=2, part=ListPart("楼层", "storeys")),
        _item("T-TEXT", "谁负责消防安全", "没有人负责消防", kind="text"),
        _item("T-ADVICE", "夜里有人巡查", "夜里没有人巡查", grade="advice"),
        _item("T-HIGH", "避难层没有堆放货物", "避难层堆放货物", section="高层", when={"fact": "high_rise", "eq": True}),
    )  # fmt: skip
    return Checklist("test-every-kind", "每一种答法的检查表", Field.FIRE, ("other",), items)
