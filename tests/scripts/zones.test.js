// Zones of a short walk as they stand on the phone: what is open, what closing one says of its items, what an answer taken
// back leaves open; and the search by first letters.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import "./page_data.js";

const { page } = await import("../../static/js/field/ledger.js");
const { Walk } = await import("../../static/js/field/zone_walk.js");
const { SHOWN_OUT, Whole } = await import("../../static/js/field/early.js");
const { summary } = await import("../../static/js/field/signed_text.js");
const { found, initials } = await import("../../static/js/field/zone_search.js");

page.zones = [
  ["hall", "大厅和出口"],
  ["people", "问一问"],
];
page.facts.gas_kind = { label: "用什么气", choices: [["piped", "管道气"]] };
const ITEMS = [
  { code: "K", zone: "hall", key: true },
  { code: "L", zone: "hall" },
  { code: "P", zone: "hall", needs: "papers" },
  { code: "G", when: { fact: "gas_kind", eq: "piped" } },
];

function walk() {
  const items = Object.fromEntries(ITEMS.map((item) => [item.code, item]));
  const facts = {};
  return new Walk({ visit: "v1", lists: [{ items: ITEMS }], items, facts, begun: {}, deep: [], zonePhotos: false });
}

test("a zone is closed once its keys are answered and somebody said so of the rest", () => {
  const one = walk(),
    [hall] = one.zones;
  assert.deepEqual(
    one.lacking(hall).map(({ code }) => code),
    ["K"],
  );
  one.cards.set("K", /** @type {any} */ ({ value: "pass" }));
  const closing = one.closing(hall, true, "", []);
  assert.deepEqual([closing.items, closing.not_looked], [["L"], ["P"]]);
  assert.equal(one.isClosed(hall), false);
  one.closed(closing);
  assert.equal(one.isClosed(hall), true);
  assert.equal(one.tally().open.length, 1);
});

test("not looked at covers what was to be answered one by one, and 没看 is never 看过", () => {
  const one = walk(),
    closing = one.closing(one.zones[0], false, "锁着", []);
  assert.deepEqual([closing.items, closing.not_looked], [[], ["K", "L", "P"]]);
  one.closed(closing);
  assert.deepEqual(
    one.tally().not_looked.map(({ code }) => code),
    ["K", "L", "P"],
  );
});

test("an answer that was taken back after its zone was closed leaves the zone open", () => {
  const one = walk();
  const zones = [{ kind: "visit.zone", order: 1, payload: one.closing(one.zones[0], false, "锁着", []) }];
  const answers = new Map([["L", { kind: "visit.answer", order: 2, payload: { item: "L", value: null } }]]);
  one.learnOwn({ zones, answers });
  assert.equal(one.isClosed(one.zones[0]), false);
});

test("a fact is asked in the first zone whose items depend on it, and what it rules out is asked no more", () => {
  const one = walk();
  assert.deepEqual(
    one.zones.map(({ asks }) => asks),
    [[], ["gas_kind"]],
  );
  one.facts.gas_kind = "bottled";
  assert.deepEqual(
    one.walked.map(({ code }) => code),
    ["hall"],
  );
});

test("items are found by words and by the first letters of their pinyin", () => {
  assert.equal(initials("灭火器，2 米"), "mhq2m");
  const items = [{ question: "灭火器在有效期内" }, { question: "软管没有接头" }];
  assert.deepEqual(found(items, "mhq"), [items[0]]);
  assert.deepEqual(found(items, "软管 接头"), [items[1]]);
  assert.deepEqual(found(items, " "), []);
});

test("what was seen beside the lists of a visit is counted as the contract says, and nothing else of its list", () => {
  const { own, beside, cases } = JSON.parse(
    readFileSync(new URL("../contracts/elsewhere.json", import.meta.url), "utf8"),
  );
  page.zones = [
    ["hall", "大厅和出口"],
    ["people", "问一问"],
  ];
  for (const { name, facts, answers, wanted } of cases) {
    const codes = new Set(own.flat().map(({ code }) => code));
    const brought = beside.filter(({ code }) => code in answers && !codes.has(code));
    const all = [...own.flat(), ...brought.map((item) => ({ ...item, version: "w9" }))];
    const items = Object.fromEntries(all.map((item) => [item.code, item]));
    const lists = own.map((list) => ({ items: list }));
    const one = new Walk({ visit: "v1", lists, items, facts, begun: {}, deep: [], zonePhotos: false });
    for (const item of all.slice(own.flat().length)) one.zones.at(-1).lines.push(item); // as Zones.add() does
    for (const [code, value] of Object.entries(answers))
      one.cards.set(code, /** @type {any} */ ({ value, anyway: true }));
    const { open, ...tally } = Object.fromEntries(Object.entries(one.tally()).map(([key, of]) => [key, of.length]));
    assert.deepEqual({ ...tally, not_looked: tally.not_looked + open }, wanted, name);
    const closing = one.closing(one.zones.at(-1), false, "锁着", []);
    for (const { code } of brought) assert.equal(closing.not_looked.includes(code), false, name);
  }
});

test("a whole check that ends early says what nobody looked at, part by part, and who need not sign", () => {
  const item = (section, value) => ({ asked: true, value, about: { section, grade: "general" }, payload: () => ({}) });
  const all = [item("出口", "pass"), item("出口", null), item("用电", null), item("用电", null)];
  const whole = new Whole("v1", all);
  const lines = () => summary(all, "王记面馆", "2026-11-30", { depth: "full", leave: whole }).split("\n");
  assert.ok(lines()[1].startsWith("合格 1 项"), "what is not ended early says nothing of it");
  assert.deepEqual(whole.ending(), []);
  whole.early = SHOWN_OUT;
  const [, early, counts, ...rest] = lines();
  assert.equal(early, "提前结束：被请出。");
  assert.ok(counts.endsWith("，没看 3 项"));
  assert.deepEqual(rest, ["看到的地方没有发现问题。", "没看 3 项：", "出口 1 项", "用电 2 项"]);
  assert.equal(whole.shownOut, true);
  const [[kind, { outcome, note }, , version]] = whole.ending();
  assert.deepEqual([kind, outcome, note, version], ["visit.outcome", "ended_early", "被请出", 2]);
});
