// Ids and hashes: what a phone proves must be, byte for byte, what the server counts.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { canonical, operationHash, sha256, uuid } from "../../static/js/field/hash.js";
import { digestOf } from "../../static/js/field/sha256.js";

const contract = JSON.parse(readFileSync(new URL("../contracts/hashes.json", import.meta.url), "utf8"));
const hex = (buffer) => Buffer.from(buffer).toString("hex");

test("values are written as in the contract", async () => {
  for (const [value, text, digest] of contract.canonical) {
    assert.equal(canonical(value), text);
    assert.equal(await sha256(text), digest);
  }
});

test("the hash of an operation is that of the contract, whatever else its row says", async () => {
  for (const [operation, digest] of contract.operations)
    assert.equal(await operationHash({ ...operation, state: "waiting", words: "", order: 7 }), digest);
});

test("the page's own SHA-256 is everybody's, at every length around a block", () => {
  for (let length = 0; length < 200; length += 1) {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 7 + length) % 256);
    assert.equal(hex(digestOf(bytes)), createHash("sha256").update(bytes).digest("hex"), String(length));
  }
  const large = new Uint8Array(1000003).fill(0xa5);
  assert.equal(hex(digestOf(large)), createHash("sha256").update(large).digest("hex"));
});

test("ids are of version 7: none twice, those of a later moment after those of an earlier one, whatever the clock shows", (t) => {
  const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  const made = Array.from({ length: 500 }, uuid);
  made.forEach((one) => assert.match(one, pattern));
  assert.equal(new Set(made).size, 500);
  const at = [-1, 0, 1_700_000_000_000, 1_700_000_000_001, 8.64e15].map((moment) => {
    t.mock.method(Date, "now", () => moment);
    return uuid();
  });
  at.forEach((one) => assert.match(one, pattern));
  assert.equal(at[2].slice(0, 13), "018bcfe5-6800");
  assert.ok(at[2] < at[3]);
});
