// Items of lists that a visit does not ask: found among what lies on the phone, brought along alone, there again when the visit
// is opened anew and on what is left in the shop.

import assert from "node:assert/strict";
import { test } from "node:test";
import "./page_data.js";

const ledger = await import("../../static/js/field/ledger.js");
const store = await import("../../static/js/field/store.js");
const { bring, broughtTo, itemsElsewhere, pieceOf } = await import("../../static/js/field/elsewhere.js");
const { leftOf } = await import("../../static/js/field/views/left_at_shop.js");

const ON = "2026-11-30";
const item = (code, more = {}) => ({
  code,
  question: code,
  title: `${code}不对`,
  section: "院子",
  days: [1],
  mending_days: 1,
  ...more,
});
const LISTS = {
  w1: { title: "本店的表", field: "fire", items: [item("F-1")] },
  w2: { title: "消防的表", field: "fire", items: [item("F-1"), item("S-1"), item("F-2")] },
  w3: {
    title: "工地的表",
    field: "site",
    items: [item("S-1", { bases: ["b1"] }), item("S-2")],
    bases: { b1: { document: "一" }, b2: { document: "二" } },
    rules: [{ id: "r1", if: { answer: "S-1", is: "fail" } }],
  },
};
for (const [version, value] of Object.entries(LISTS))
  await store.put("reference", { key: `list:${version}`, value, on: ON });
const kinds = { shop: { versions: ["w1"] }, other: { versions: ["w2"] }, site: { versions: ["w2", "w3", "lost"] } };
await store.put("reference", { key: "day:a1", value: { kinds } });

test("of another list comes one item with what draws and judges it, and its version", () => {
  const rule = (code) => ({ id: `r-${code}`, if: { any: [{ answer: code, is: "fail" }] } });
  const list = {
    items: [
      { code: "X", bases: ["b1"] },
      { code: "Y", bases: ["b2"] },
    ],
    bases: { b1: { document: "一" }, b2: { document: "二" } },
    rules: [rule("X"), rule("Y")],
  };
  const piece = pieceOf({ value: list, on: "2026-11-30" }, "X", "w9");
  assert.deepEqual(piece.items, [{ code: "X", bases: ["b1"], version: "w9", asked_on: "2026-11-30" }]);
  assert.deepEqual(Object.keys(piece.bases), ["b1"]);
  assert.deepEqual(
    piece.rules.map(({ id }) => id),
    ["r-X"],
  );
  assert.equal(pieceOf({ value: list, on: "2026-11-30" }, "Z", "w9"), null);
});

test("what lies on the phone and is not asked here is offered once, by a list of its own field", async () => {
  const found = await itemsElsewhere({ "F-1": {} });
  assert.deepEqual(found.map(({ code, version, list }) => [code, version, list]).sort(), [
    ["F-2", "w2", "消防的表"],
    ["S-1", "w3", "工地的表"],
    ["S-2", "w3", "工地的表"],
  ]);
});

test("brought along it is judged and suspected like what is asked, and comes once", async () => {
  const filling = { visit: "v1", items: {}, facts: {}, rules: [], questions: {}, factWords: {}, valueWords: {} };
  assert.equal(await bring(filling, "S-1", { version: "w3" }), true);
  assert.equal(await bring(filling, "S-1", { version: "w3" }), true);
  assert.deepEqual(Object.keys(filling.items), ["S-1"]);
  assert.equal(filling.items["S-1"].version, "w3");
  assert.deepEqual(
    filling.rules.map(({ id }) => id),
    ["r1"],
  );
  assert.equal(await bring(filling, "X-1", { version: "w3" }), false, "its list does not hold it");
});

test("opened anew the visit has it again, of this phone and of another, and the shop reads it too", async () => {
  const [entry] = [
    ledger.answering({ visit: "v1", item: "S-1", value: "fail", wordings: [], version: "w3", asked_on: ON }),
  ];
  assert.equal(entry[3], 2);
  await ledger.record(entry, ledger.answering({ visit: "v1", item: "F-1", value: "pass" }));
  await store.put("reference", { key: "list:w3", value: { ...LISTS.w3, items: [] }, on: ON }); // what was kept with the visit stays
  const lists = [LISTS.w1],
    answers = { "F-2": { value: "fail", version: "w2", asked_on: ON } };
  const brought = await broughtTo({ visit: "v1", lists, answers });
  assert.deepEqual(brought.map(({ items: [one] }) => one.code).sort(), ["F-2", "S-1"]);
  const row = { id: "v1", lists, answers, facts: {}, submitted: "2026-11-30T02:00:00Z" };
  const { lines } = await leftOf("v1", { data: null, row });
  assert.deepEqual(lines.map(({ title }) => title).sort(), ["F-2不对", "S-1不对"]);
});
