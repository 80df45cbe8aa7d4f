// The register of places: what the server writes is read here as it was meant, and what has changed is put in its place.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const { changed, hashOf, idAt, indexOf, orderOf, placeAt, readIds, readMore, readNames } =
  await import("../../static/js/field/register_form.js");
const contract = JSON.parse(readFileSync(new URL("../contracts/register.json", import.meta.url), "utf8"));

const whole = ({ names, ids, more }) => ({ ...readNames(names), ids: readIds(ids), more: readMore(more) });
const all = (register) => Array.from({ length: register.size }, (_, at) => placeAt(register, at));

test("every place reads as it was written, and its parts lie side by side", () => {
  const register = whole(contract);
  assert.deepEqual(all(register), contract.before);
  assert.equal(orderOf(register.ids), register.order);
  for (const [at, { id }] of contract.before.entries()) assert.equal(indexOf(register, id), at);
  assert.equal(indexOf(register, "00000000-0000-0000-0000-000000000000"), -1);
  assert.equal(indexOf(register, "ffffffff-ffff-ffff-ffff-ffffffffffff"), -1);
});

test("names alone are read, and cannot be opened yet", () => {
  const register = readNames(contract.names);
  assert.equal(register.size, contract.before.length);
  assert.equal(indexOf(register, contract.before[0].id), -1);
  assert.deepEqual(Object.keys(placeAt(register, 0)), ["name", "address", "kind", "status"]);
});

test("a register without a place is one", () => {
  const register = whole(contract.empty);
  assert.deepEqual([register.size, all(register), orderOf(register.ids)], [0, [], register.order]);
  assert.deepEqual(all(changed(register, { ...contract.changes, gone: [] })).length, contract.changes.rows.length);
});

test("changes make of it what would be sent anew", () => {
  const after = changed(whole(contract), contract.changes);
  assert.deepEqual(all(after), contract.after);
  assert.deepEqual([after.order, after.cursor], [contract.after_order, contract.changes.cursor]);
  assert.deepEqual(all(changed(after, contract.changes)), contract.after, "told twice is told once");
  const before = whole(contract);
  assert.deepEqual(all(before), contract.before, "what was there before is another one");
  assert.deepEqual(all(changed(before, { rows: [], gone: [], cursor: "x" })), contract.before);
});

test("changes before the rest has come leave the rest to come", () => {
  const { more, ...known } = whole(contract);
  const after = changed({ ...known, more: null }, contract.changes);
  assert.ok(more);
  assert.equal(after.more, null);
  assert.deepEqual(
    all(after).map(({ id, name }) => [id, name]),
    contract.after.map(({ id, name }) => [id, name]),
  );
});

test("a code is known by its checksum", () => {
  const register = whole(contract);
  for (const [codes, pairs] of [
    [register.more.doors, contract.door_codes],
    [register.more.codes, contract.codes],
  ])
    for (const [code, id] of pairs) assert.equal(idAt(register.ids, codes.indexOf(hashOf(code))), id);
});
