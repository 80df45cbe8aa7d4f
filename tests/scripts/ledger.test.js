// The ledger of a phone whose database is refused: order, hashes and what a killed page left behind, without a browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import "./page_data.js";

const ledger = await import("../../static/js/field/ledger.js");
const journal = await import("../../static/js/field/journal.js");
const store = await import("../../static/js/field/store.js");
const recovery = await import("../../static/js/field/recovery.js");

const answer = (visit, item, value) => ["visit.answer", { visit, item, value }];

test("what is tapped stands in the order of the taps, under one phone, and waits", async () => {
  const [first] = await ledger.record(answer("v1", "A", "pass"));
  const [second, third] = await ledger.record(answer("v1", "B", "fail"), answer("v1", "A", "fail"));
  assert.ok(first.order < second.order && second.order < third.order);
  assert.equal(new Set([first, second, third].map((row) => row.device)).size, 1);
  assert.deepEqual(
    (await ledger.ofVisit("v1", "waiting")).map((row) => row.id),
    [first.id, second.id, third.id],
  );
  assert.deepEqual(Object.keys(await ledger.ownAnswers("v1")).sort(), ["A", "B"]);
  assert.equal((await ledger.ownAnswers("v1")).A.value, "fail");
  assert.equal((await ledger.tally()).waiting, 3);
});

test("half an emoji is no text for a server, and whatever else was typed stays", async () => {
  const [row] = await ledger.record(["visit.answer", { visit: "v2", item: "A", note: "门坏了\ud83d，快修👍" }]);
  assert.equal(row.payload.note, "门坏了，快修👍");
});

test("a receipt settles what it names and nothing else", async () => {
  const [sent, left] = await ledger.record(answer("v3", "A", "pass"), answer("v3", "B", "pass"));
  await ledger.settle([{ row: sent, state: "sent" }], { id: "r1", kept_at: Date.now() });
  assert.deepEqual(
    (await ledger.ofVisit("v3", "waiting")).map((row) => row.id),
    [left.id],
  );
  assert.equal((await store.get("operations", sent.id)).receipt, "r1");
  assert.equal(await ledger.visitIsThrough("v3"), false);
});

test("a tap that the page died with comes home, one said anew since does not speak against it", async () => {
  const [newer] = await ledger.record(answer("v4", "A", "fail"));
  const lost = { ...newer, id: "lost", payload: { visit: "v4", item: "A", value: "pass" }, order: newer.order - 0.5 };
  const other = { ...newer, id: "other", payload: { visit: "v4", item: "B", value: "pass" }, order: newer.order + 1 };
  for (const row of [lost, other]) journal.set(`${ledger.TAPPED}${row.id}`, row);
  await recovery.recover();
  assert.equal(await store.get("operations", "lost"), undefined);
  assert.equal((await store.get("operations", "other")).payload.item, "B");
  assert.equal((await ledger.ownAnswers("v4")).A.value, "fail");
  assert.deepEqual(journal.entries(ledger.TAPPED), []);
});

test("a server set back is offered again what it gave receipts for", async () => {
  const [row] = await ledger.record(answer("v5", "A", "pass"));
  await ledger.settle([{ row, state: "sent" }], { id: "r2", kept_at: Date.now() });
  await recovery.offerAgain();
  assert.equal((await store.get("operations", row.id)).state, "waiting");
});

test("numbers in a row are told as spans", () => {
  assert.deepEqual(ledger.ranges([3, 1, 2, 7, 7]), [
    [1, 3],
    [7, 7],
  ]);
  assert.deepEqual(ledger.ranges([]), []);
});
