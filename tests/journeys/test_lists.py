"""The phone puts lists together as the house says: the same sections, numbers, items and rules on both sides."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from inspect_app.checklists import library
from inspect_app.checklists.rules import Checklist
from inspect_app.checklists.suspicion import on_day
from inspect_app.kernel import clock
from inspect_app.kernel.spoken_dates import date_cn
from inspect_app.web.phone.lists import phone_list
from tests.contracts.lists import every_kind
from tests.contracts.merging import judged, walked

pytestmark = [pytest.mark.journey, pytest.mark.long]
RULES = on_day(library.suspicion_rules(), date(2026, 11, 26))
SHIPPED = list(library.load().values())
KITCHEN = [library.load()[code] for code in ("fire-small-restaurant", "gas-kitchen", "fire-crowded")]
TOGETHER = [SHIPPED, *([one] for one in SHIPPED), [every_kind()], *map(list, permutations(KITCHEN))]
FACTS: list[dict[str, Any]] = [
    {},
    {"gas_kind": "bottled", "kind": "small_restaurant", "storeys": 2},
    {"gas_kind": "piped", "people_sleeping": True, "high_rise": True, "below_ground": False},
    {"gas_kind": "none", "people_sleeping": False, "high_rise": False, "kind": "residential"},
]
MERGE = """async (cases) => {
  const { merged } = await import("/static/js/field/lists.js");
  return cases.map(([lists, facts]) => {
    const { sections, items, rules, questions, factWords } = merged(lists, facts);
    return {
      sections: sections.map(({ name, entries }) => [name, entries.map(({ number, item }) => [number, item.code])]),
      items, rules: Object.fromEntries(rules.map((rule) => [rule.id, rule])), facts: Object.keys(factWords).sort(),
      asked: Object.keys(questions),
    };
  });
}"""


@pytest.fixture(scope="module")
def page(server: str, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=server, timezone_id="America/New_York")
    opened = context.new_page()
    opened.goto("/sign-in")
    yield opened
    context.close()


@pytest.mark.parametrize("facts", FACTS, ids=lambda facts: ",".join(facts) or "nothing known")
def test_lists_come_together_alike_on_both_sides(page: Page, facts: dict[str, Any]) -> None:
    found = page.evaluate(MERGE, [[[phone_list(one, RULES) for one in lists], facts] for lists in TOGETHER])
    for lists, theirs in zip(TOGETHER, found, strict=True):
        names = [one.code for one in lists]
        assert theirs["sections"] == _plain(walked(lists, facts)), names
        ours = judged(lists, facts, RULES)
        for code, item in ours["items"].items():
            assert {name: theirs["items"][code][name] for name in item} == item, (names, code)
        assert theirs["items"].keys() == ours["items"].keys(), names
        assert (theirs["rules"], theirs["facts"]) == (ours["rules"], ours["facts"]), names
        assert set(theirs["asked"]) <= set(ours["facts"]), names


def test_what_is_not_asked_stays_out_of_the_numbers(page: Page) -> None:
    """The statement above is itself held to an example: bottles are not asked where gas is piped."""
    lists: list[Checklist] = [library.load()["gas-kitchen"]]
    entries = [entry for _, found in walked(lists, {"gas_kind": "piped"}) for entry in found]
    numbers = [number for number, _ in entries if number is not None]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert (None, "G-CYL-06") in entries
    assert len(entries) == len(lists[0].items)


def test_days_are_said_as_the_server_says_them(page: Page) -> None:
    """Whatever zone the phone thinks it is in."""
    days = [clock.today() + timedelta(days=n) for n in (-800, -366, -40, -2, -1, 0, 1, 2, 40, 366)]
    said = page.evaluate(
        """async (days) => {
          document.body.insertAdjacentHTML("beforeend", '<script type="application/json" id="page-data">{}</script>');
          const { dateWords } = await import("/static/js/field/days.js");
          return days.map(dateWords);
        }""",
        [day.isoformat() for day in days],
    )
    assert said == [date_cn(day) for day in days]


def _plain(sections: list[tuple[str, list[tuple[int | None, str]]]]) -> list[list[Any]]:
    return [[name, [list(entry) for entry in entries]] for name, entries in sections]
