// Where a walk goes on after its page was killed.

import assert from "node:assert/strict";
import { test } from "node:test";

const { firstUnanswered, isAnswered } = await import("../../static/js/field/where_to.js");
const section = (...codes) => ({
  entries: codes.map((code) => ({ number: code === "hidden" ? null : 1, item: { code } })),
});
const SECTIONS = [section("A", "hidden", "B"), section("C", "D")];
const pass = { value: "pass" };

test("on at the first question without an answer, wherever others were answered", () => {
  assert.deepEqual(firstUnanswered(SECTIONS, { A: pass }), { at: 0, code: "B" });
  assert.deepEqual(firstUnanswered(SECTIONS, { A: pass, B: pass, D: pass }), { at: 1, code: "C" });
});

test("what is not asked here holds nobody up", () => {
  assert.deepEqual(firstUnanswered(SECTIONS, { A: pass, B: pass, C: pass }), { at: 1, code: "D" });
});

test("nothing answered is a beginning, everything answered an end", () => {
  assert.equal(firstUnanswered(SECTIONS, {}), null);
  assert.equal(firstUnanswered(SECTIONS, { A: pass, B: pass, C: pass, D: pass }), null);
});

test("an answer taken back is none; a measure, a choice, words are one", () => {
  assert.deepEqual(firstUnanswered(SECTIONS, { A: { value: null }, B: pass }), { at: 0, code: "A" });
  const said = [
    { number: 0 },
    { choice: "x" },
    { text: "x" },
    { rows: [{}] },
    { number: null },
    { rows: [] },
    undefined,
  ];
  assert.deepEqual(said.map(isAnswered), [true, true, true, true, false, false, false]);
});
