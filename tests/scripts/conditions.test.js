// The phone finds what the server finds: every line of the contract that both sides read.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { holds, suspect, verdict } from "../../static/js/field/conditions.js";
import { merged } from "../../static/js/field/lists.js";

const contract = JSON.parse(readFileSync(new URL("../contracts/conditions.json", import.meta.url), "utf8"));

/** An item as the phone completes what the server left out of it. */
const itemOf = (raw) => merged([{ items: [{ code: "A", section: "", ...raw }] }], {}).items.A;

function suspected(condition, facts, answers) {
  const [found] = suspect([{ id: "r", if: condition }], answers, facts);
  return found ? { because: found.because, missing: found.missing } : null;
}

test("conditions hold as in the contract", () => {
  for (const [condition, facts, answers, wanted] of contract.conditions)
    assert.equal(holds(condition, facts, answers), wanted, JSON.stringify([condition, facts, answers]));
});

test("answers come to the verdicts of the contract", () => {
  for (const [raw, body, wanted] of contract.verdicts)
    assert.equal(verdict(itemOf(raw), body), wanted, JSON.stringify([raw, body]));
});

test("the rules suspect what the contract says, for its reasons", () => {
  for (const [condition, facts, answers, wanted] of contract.suspicions)
    assert.deepEqual(suspected(condition, facts, answers), wanted, JSON.stringify([condition, facts, answers]));
});

test("a name that every object has is no fact and no answer", () => {
  assert.equal(holds({ fact: "toString", eq: "x" }, {}), null);
  assert.equal(holds({ answer: "constructor", is: "pass" }, {}, {}), null);
});

test("what is neither of these is refused, not taken for true", () => {
  assert.throws(() => holds({ unheard: "of" }, {}), /no condition/);
});
