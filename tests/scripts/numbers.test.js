// Numbers as thumbs type them.

import assert from "node:assert/strict";
import { test } from "node:test";
import "./page_data.js";

const { factNumberOf, numberOf } = await import("../../static/js/field/numbers.js");

test("a full-width comma or stop is a decimal point", () => {
  assert.equal(numberOf(" 1。25 "), 1.25);
  assert.equal(numberOf("0，5"), 0.5);
});

test("what is no number is none, and an empty field is not nought", () => {
  for (const words of ["", "  ", "两米", "1.2.3", "Infinity", "NaN"]) assert.equal(numberOf(words), null, words);
  assert.equal(numberOf("0"), 0);
});

test("measures are rounded to three decimals, facts to one", () => {
  assert.equal(numberOf("1.23456"), 1.235);
  assert.equal(factNumberOf("120.26"), 120.3);
});

test("what is larger than the server takes is not written down", () => {
  assert.equal(numberOf("1000000000"), 1000000000);
  assert.equal(numberOf("-1000000001"), null);
  assert.equal(factNumberOf("999999.9"), 999999.9);
  for (const words of ["1000000", "999999.99", "-1", ""]) assert.equal(factNumberOf(words), null, words);
});
