"""The phone's evaluator gives what the server's gives: the same contract, and whatever else can be thought of."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from inspect_app.checklists.answers import verdict
from inspect_app.checklists.conditions import holds
from tests.contracts.reading import CONTRACT, answers_of, item_of, suspected

pytestmark = pytest.mark.journey
LOAD = """async () => {
  const { holds, suspect, verdict } = await import("/static/js/field/conditions.js");
  window.holds = ([condition, facts, answers]) => holds(condition, facts, answers);
  window.verdictOf = ([item, body]) => verdict(item, body);
  window.suspected = ([condition, facts, answers]) => {
    const [found] = suspect([{ id: "r", if: condition }], answers, facts);
    return found ? { because: found.because, missing: found.missing } : null;
  };
}"""


@pytest.fixture(scope="module")
def page(server: str, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=server)
    opened = context.new_page()
    opened.goto("/sign-in")
    opened.evaluate(LOAD)
    yield opened
    context.close()


def _item(raw: dict[str, Any]) -> dict[str, Any]:
    """An item as the page hands it to the script."""
    item = item_of(raw).to_dict()
    return {name: item[name] for name in ("kind", "at_most", "at_least", "choices")}


def test_every_line_of_the_contract_comes_out_alike_in_the_browser(page: Page) -> None:
    conditions, verdicts, suspicions = (CONTRACT[name] for name in ("conditions", "verdicts", "suspicions"))
    assert page.evaluate("rows => rows.map(holds)", [row[:3] for row in conditions]) == [row[3] for row in conditions]
    shown = [[_item(row[0]), row[1]] for row in verdicts]
    assert page.evaluate("rows => rows.map(verdictOf)", shown) == [row[2] for row in verdicts]
    found = page.evaluate("rows => rows.map(suspected)", [row[:3] for row in suspicions])
    assert found == [row[3] for row in suspicions]


_NUMBERS = st.integers(-3, 1000) | st.floats(-3, 1000, allow_nan=False, width=32)
_NAMES = st.sampled_from(["gas_kind", "people_sleeping", "beds", "floor_area", "toString", "__proto__"])
_VALUES = st.sampled_from(["piped", "bottled", True, False, 0, 1]) | _NUMBERS
_CODES = st.sampled_from(["A", "B", "constructor"])
_LEAVES = st.one_of(
    st.builds(lambda name, value: {"fact": name, "eq": value}, _NAMES, _VALUES),
    st.builds(lambda name, values: {"fact": name, "in": values}, _NAMES, st.lists(_VALUES, max_size=3)),
    st.builds(lambda name, operator, mark: {"fact": name, operator: mark}, _NAMES, st.sampled_from(["at_least", "at_most"]), _NUMBERS),
    st.builds(lambda code, value: {"answer": code, "is": value}, _CODES, st.sampled_from(["pass", "fail", "na", "unsure"])),
    st.builds(lambda code, operator, mark: {"answer": code, operator: mark}, _CODES, st.sampled_from(["at_least", "at_most"]), _NUMBERS),
)  # fmt: skip
_CONDITIONS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda part: {"not": part}, inner),
        st.builds(lambda head, parts: {head: parts}, st.sampled_from(["all", "any"]), st.lists(inner, max_size=3)),
    ),
    max_leaves=8,
)
_GIVEN = st.fixed_dictionaries(
    {
        "verdict": st.sampled_from(["pass", "fail", "na", "unsure", "none"]),
        "numbers": st.lists(st.none() | _NUMBERS, max_size=3),
    }
)
_FACTS = st.dictionaries(_NAMES.filter(lambda name: name != "__proto__"), st.none() | _VALUES, max_size=4)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(condition=_CONDITIONS, facts=_FACTS, answers=st.dictionaries(_CODES, _GIVEN, max_size=3))
def test_any_condition_comes_out_alike_on_both_sides(
    page: Page, condition: dict[str, Any], facts: dict[str, Any], answers: dict[str, Any]
) -> None:
    theirs = page.evaluate("row => [holds(row), suspected(row)]", [condition, facts, answers])
    assert theirs == [holds(condition, facts, answers_of(answers)), suspected(condition, facts, answers)]


_BODIES = st.fixed_dictionaries(
    {},
    optional={
        "value": st.sampled_from(["pass", "fail", "na", "unsure", None, "none", "other"]),
        "number": st.none() | _NUMBERS | st.booleans() | st.text(max_size=3),
        "choice": st.sampled_from(["y", "n", "", None]),
        "text": st.none() | st.sampled_from(["", " ", "看过"]),
        "rows": st.none() | st.lists(st.fixed_dictionaries({"number": st.none() | _NUMBERS}), max_size=3),
    },
)
_ITEMS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["judge", "number", "choice", "text", "count"]),
        "at_least": st.none() | st.integers(0, 5),
        "at_most": st.none() | st.integers(0, 9),
        "choices": st.just([{"value": "y", "label": "有"}, {"value": "n", "label": "没有", "fails": True}]),
    }
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=_ITEMS, body=_BODIES)
def test_any_answer_comes_to_the_same_on_both_sides(page: Page, raw: dict[str, Any], body: dict[str, Any]) -> None:
    assert page.evaluate("row => verdictOf(row)", [_item(raw), body]) == verdict(item_of(raw), body)
