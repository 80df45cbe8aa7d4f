// A short walk is the same on the phone and on the server.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { merged } from "../../static/js/field/lists.js";
import { canBeShort, drawn, mayBeDrawn, zonesOf } from "../../static/js/field/walk.js";

const contract = JSON.parse(readFileSync(new URL("../contracts/walk.json", import.meta.url), "utf8"));
const codes = (items) => items.map((item) => item.code);

test("the zones are those of the contract", () => {
  for (const [lists, facts, wanted] of contract.zones) {
    const zones = zonesOf(lists.flat(), facts, contract.names);
    const found = zones.map((zone) => [zone.code, codes(zone.keys), codes(zone.others), codes(zone.beyond)]);
    assert.deepEqual({ zones: found, drawable: mayBeDrawn(zones, facts) }, wanted);
  }
});

test("the deep check falls on the items of the contract", async () => {
  for (const [place, day, versions, candidates, weights, wanted] of contract.drawn)
    assert.deepEqual(await drawn(place, day, versions, candidates, weights), wanted);
});

test("a list without a key item is filled whole", () => {
  const keyed = { items: [{ code: "A", key: true }] },
    plain = { items: [{ code: "B" }] };
  assert.equal(canBeShort([keyed]), true);
  assert.equal(canBeShort([keyed, plain]), false);
  assert.equal(canBeShort([]), false);
  assert.ok(merged([keyed], {}).items.A.key);
});
