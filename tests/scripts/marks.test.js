// Where something is circled, in the words that the server prints under the same picture.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import "./page_data.js";

const { mark, NINE, ninth, ninthOf, where } = await import("../../static/js/field/marks.js");
const contract = JSON.parse(readFileSync(new URL("../contracts/marks.json", import.meta.url), "utf8"));

test("marks are where the contract says", () => {
  for (const [marks, words] of contract) assert.equal(where(marks), words, JSON.stringify(marks));
});

test("each of the nine parts lies in itself", () => {
  assert.deepEqual(
    NINE.map((_, number) => ninthOf(ninth(number))),
    NINE.map((_, number) => number),
  );
});

test("a finger that leaves the picture stays at its edge, and three decimals are kept", () => {
  assert.deepEqual(mark("oval", -0.2, 0.12345, 1.7, 0.5), { shape: "oval", x: 0, y: 0.123, x2: 1, y2: 0.5 });
});
