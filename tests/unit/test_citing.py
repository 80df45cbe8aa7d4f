"""A basis is named alike on papers, pages and phones."""

from datetime import date

from inspect_app.checklists.local import within
from inspect_app.checklists.rules import Basis, Checklist, Field, Item
from inspect_app.kernel.citing import citation
from inspect_app.web.phone.lists import phone_list

STANDARD = {
    "id": "x",
    "document": "建筑防火通用规范",
    "number": "GB 55037-2022",
    "edition": "2022",
    "article": "第7.1.7条",
    "since": None,
    "until": None,
    "issuer": "",
    "mark": "✔",
    "from": "domain.md 2.1",
    "says": "疏散出口的门从里面打得开",
}
LAW = STANDARD | {"id": "y", "document": "中华人民共和国消防法", "number": "", "article": "第二十八条"}


def test_a_standard_is_named_by_title_and_number_a_law_by_its_title() -> None:
    assert Basis.from_dict(STANDARD).cited == "《建筑防火通用规范》（GB 55037-2022）第 7.1.7 条"
    assert Basis.from_dict(LAW).cited == "《中华人民共和国消防法》第二十八条"
    assert citation("某办法", "应急管理部令第5号", "第十条") == "《某办法》第十条"
    assert (
        citation("某规范", "CJJ/T 146-2011", "第3.3.1条、第3.3.2条")
        == "《某规范》（CJJ/T 146-2011）第 3.3.1 条、第 3.3.2 条"
    )


def test_a_phone_gets_the_number_of_a_standard_and_of_nothing_else() -> None:
    bases = (Basis.from_dict(STANDARD), Basis.from_dict(LAW))
    item = Item("F-X-01", "一", "门打得开", "推一推", "门打不开", ("锁着",), ("打开",), bases=bases)
    sent = phone_list(Checklist("x", "表", Field.FIRE, ("other",), (item,)), ())["bases"]
    assert (sent["x"]["document"], sent["x"]["number"], sent["x"]["article"]) == (
        "建筑防火通用规范",
        "GB 55037-2022",
        "第 7.1.7 条",
    )
    assert "number" not in sent["y"]


def test_a_finding_cites_a_basis_only_where_it_binds() -> None:
    """人员密集场所 and 高层 have duties that others have not; where nobody knows, nothing is claimed."""
    high = Basis.from_dict(STANDARD | {"id": "z", "when": {"fact": "high_rise", "eq": True}})
    item = Item(
        "F-X-01", "一", "门打得开", "推一推", "门打不开", ("锁着",), ("打开",), bases=(Basis.from_dict(LAW), high)
    )
    for facts, ids in (({"high_rise": True}, ["y", "z"]), ({"high_rise": False}, ["y"]), ({}, ["y"])):
        assert [basis.id for basis in item.bases_at(facts)] == ids
    assert Basis.from_dict(high.to_dict()) == high
    assert "when" not in Basis.from_dict(LAW).to_dict()


def test_a_list_shows_no_basis_that_binds_none_of_its_kinds() -> None:
    inns = Basis.from_dict(STANDARD | {"id": "z", "when": {"fact": "kind", "in": ["small_inn"]}})
    item = Item("F-X-01", "一", "门打得开", "推一推", "门打不开", ("锁着",), ("打开",), bases=(inns,))
    for kind, shown in (("small_inn", (inns,)), ("residential", ())):
        asked = within(Checklist("x", "表", Field.FIRE, (kind,), (item,)), None, date(2026, 11, 30))
        assert asked.items[0].bases == shown


def test_a_basis_says_that_it_judges_only_where_it_does() -> None:
    """Versions from before keep the content they had."""
    assert "judges" not in Basis.from_dict(STANDARD).to_dict()
    judging = Basis.from_dict(STANDARD | {"judges": True})
    assert judging.to_dict()["judges"] is True
    assert Basis.from_dict(judging.to_dict()) == judging
