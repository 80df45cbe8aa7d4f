// Numbers of slips as people type them, and which of them stand on a visit.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import "./page_data.js";

const { readNumber, standing } = await import("../../static/js/field/slips.js");
const vectors = JSON.parse(readFileSync(new URL("../contracts/slip_numbers.json", import.meta.url), "utf8"));
let settled = 0;
const said = (slip, state = "sent", more = {}) => ({
  kind: "visit.slip",
  state,
  words: state === "refused" ? "不行" : "",
  settled_at: ++settled,
  payload: { visit: "V", slip, ...more },
});
const shown = (rows, known = undefined) => standing(rows, known).map((one) => [one.number, one.state]);

test("a number is read as the server reads it", () => {
  for (const [text, year, serial, office] of vectors.reads)
    assert.deepEqual(readNumber(text), { year, serial, office });
  for (const text of vectors.none) assert.equal(readNumber(text), null, text);
});

test("what was taken off is gone, and may be written down again", () => {
  const rows = [
    said("2026-0001"),
    said("2026-0002", "waiting"),
    said("2026-1", "waiting", { off: "记错了", written: false }),
  ];
  assert.deepEqual(shown(rows), [["2026-0002", "waiting"]]);
  assert.deepEqual(shown([...rows, said("1", "waiting")]), [
    ["2026-0002", "waiting"],
    ["1", "waiting"],
  ]);
});

test("a refused one stays with its words, and the right one stands beside it", () => {
  const rows = [said("2026-0007", "refused"), said("2026-0008")];
  assert.deepEqual(shown(rows), [
    ["2026-0007", "refused"],
    ["2026-0008", "sent"],
  ]);
  assert.equal(standing(rows, undefined)[0].words, "不行");
});

test("a taking off that was refused is said beside the number, which stands", () => {
  const known = { left: ["柳荫空白单 2026-0003"], back: ["柳荫空白单 2026-0003"], heard: 0 };
  const [one] = standing([said("2026-0003", "refused", { off: "记错了" })], known);
  assert.deepEqual([one.state, one.words], ["back", "不行"]);
});

test("what had arrived before the server was heard is known from it alone", () => {
  const rows = [said("2026-0004"), said("2026-0005")];
  const known = { left: ["柳荫空白单 2026-0005"], back: [], heard: settled + 1 };
  assert.deepEqual(shown(rows, known), [["柳荫空白单 2026-0005", "there"]], "the desk took the other one off");
  assert.deepEqual(shown([...rows, said("2026-0006")], { ...known, heard: settled }), [
    ["柳荫空白单 2026-0005", "there"],
    ["2026-0006", "sent"],
  ]);
});
