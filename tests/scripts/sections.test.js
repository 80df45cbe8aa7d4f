// Where a visit opens: at the address, else where this tab was, else at the beginning.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import "./page_data.js";

const { opensAt } = await import("../../static/js/field/sections.js");
const { thisTab } = await import("../../static/js/field/journal.js");
const SECTIONS = ["A", "B", "C"].map((code) => ({ entries: [{ item: { code } }] }));

const at = (hash) => {
  globalThis.location = /** @type {any} */ ({ hash });
};

afterEach(() => at(""));

test("the address names a section, an item or the last page", () => {
  const opened = ["#s2", "#item-C", "#end"].map((hash) => {
    at(hash);
    return opensAt("v1", SECTIONS);
  });
  assert.deepEqual(opened, [1, 2, -1]);
});

test("a visit opens at its beginning where nothing is known of it, or nothing that it still has", () => {
  at("#item-gone");
  assert.equal(opensAt("v1", SECTIONS), 0);
  at("");
  assert.equal(opensAt("v2", SECTIONS), 0);
});

test("a tab goes on where it was", () => {
  at("");
  thisTab.set("section-v3", "s3");
  assert.equal(opensAt("v3", SECTIONS), 2);
  assert.equal(opensAt("v4", SECTIONS), 0);
});
