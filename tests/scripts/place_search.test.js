// Places are found by several words in any order, whatever width and case they are typed in; the last word typed counts.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const { folded, Search } = await import("../../static/js/field/place_search.js");
const { readIds, readMore, readNames } = await import("../../static/js/field/register_form.js");
const contract = JSON.parse(readFileSync(new URL("../contracts/register.json", import.meta.url), "utf8"));

/** A register of places by name and address. */
const of = (...places) => ({
  cursor: "",
  order: "",
  size: places.length,
  names: places.map(([name]) => name),
  addresses: places.map(([, address]) => address),
  kinds: places.map(() => "other"),
  statuses: places.map(() => "open"),
  ids: null,
  more: null,
});
const names = async (search, typed, most = 50) =>
  ((await search.find(typed, most)) ?? { places: [] }).places.map(({ name }) => name);

test("every word counts, in any order, in the name or the address", async () => {
  const search = new Search(
    of(["老王面馆", "柳荫街 3 号"], ["老李面馆", "柳荫街 5 号"], ["王记小炒", "铁作坊巷 3 号"]),
  );
  assert.deepEqual(await names(search, "面馆 王"), ["老王面馆"]);
  assert.deepEqual(await names(search, "3号 柳荫"), ["老王面馆"]);
  assert.deepEqual(await names(search, "面馆柳荫"), ["老李面馆", "老王面馆"], "also across name and address");
  assert.deepEqual(await names(search, "不在"), []);
  assert.equal((await names(search, "")).length, 3);
});

test("width, case, blanks and what cannot be seen make no difference", async () => {
  const search = new Search(
    of(["老李（柳荫店）ＣＡＦÉ", "５号"], ["买买提・艾力烤肉", "六号"], ["隐\u200b形 店", "七\n号"]),
  );
  for (const typed of ["老李(柳荫店)", "cafÉ", "5号"])
    assert.deepEqual(await names(search, typed), ["老李（柳荫店）ＣＡＦÉ"]);
  assert.deepEqual(await names(search, "买买提·艾力"), ["买买提・艾力烤肉"]);
  assert.deepEqual(await names(search, "隐形店七号"), ["隐\u200b形 店"]);
  assert.equal(folded("Ａ b\t\u00a0\u200fC\u0007"), "abc");
});

test("what begins with the word stands first, the rest by name; only so many are made", async () => {
  const search = new Search(of(["二面馆", ""], ["面馆乙", ""], ["阿面馆", ""], ["面馆甲", ""]));
  assert.deepEqual(await names(search, "面馆"), ["面馆甲", "面馆乙", "阿面馆", "二面馆"]);
  const found = await search.find("面馆", 2);
  assert.deepEqual([found.places.map(({ name }) => name), found.sum], [["面馆甲", "面馆乙"], 4]);
});

test("places made here are found with those of the register", async () => {
  const made = [{ id: "m", name: "新开的面馆", address: "桥头", kind: "other" }];
  const search = new Search(of(["老面馆", "桥头"]), made);
  assert.deepEqual((await search.find("桥头 新开", 9)).places, made);
});

test("a code finds its place, as it stands on the door", async () => {
  const register = { ...readNames(contract.names), ids: readIds(contract.ids), more: readMore(contract.more) },
    search = new Search(register);
  for (const [code, id] of [contract.codes[7], contract.door_codes[20]]) {
    assert.equal(search.byCode(code)?.id, id);
    assert.equal(search.byCode(` ${code.toLowerCase()} `)?.id, id);
    assert.deepEqual(
      (await search.find(code, 9)).places.map((place) => place.id),
      [id],
    );
  }
  assert.equal(search.byCode("CSZZZZZZZZ"), null);
  assert.equal(new Search(readNames(contract.names)).byCode(contract.codes[0][0]), null, "codes come last");
});

test("two places under one checksum are opened by nobody's guess", () => {
  const register = { ...readNames(contract.names), ids: readIds(contract.ids), more: readMore(contract.more) };
  register.more.codes[3] = register.more.codes[4];
  assert.equal(new Search(register).byCode(contract.codes[4][0]), null);
});

test("what is typed next takes the place of what is being looked for", async () => {
  const search = new Search(of(...Array.from({ length: 60000 }, (_, at) => [`第${at}家面馆`, "柳荫街"])));
  const [first, second] = await Promise.all([search.find("面馆 第", 5), search.find("第59999家", 5)]);
  assert.equal(first, null);
  assert.deepEqual([second.places[0].name, second.sum], ["第59999家面馆", 1]);
});

test("it finds what a look at every place finds", async () => {
  const letters = "王李面馆店街12 aＡ";
  let seed = 49;
  const lot = (n) => (seed = (seed * 48271) % 2147483647) % n;
  const word = (n) => Array.from({ length: 1 + lot(n) }, () => letters[lot(letters.length)]).join("");
  const places = Array.from({ length: 700 }, () => [`店${word(6)}`, word(6)]),
    search = new Search(of(...places));
  for (let round = 0; round < 60; round += 1) {
    const typed = Array.from({ length: 1 + lot(3) }, () => word(2)).join(" "),
      words = typed.trim().split(/\s+/).map(folded).filter(Boolean);
    const wanted = places.filter(([name, address]) => words.every((one) => folded(`${name} ${address}`).includes(one)));
    const found = await search.find(typed, 1000);
    assert.deepEqual(found.places.map(({ name }) => name).sort(), wanted.map(([name]) => name).sort(), typed);
    assert.equal(found.sum, wanted.length);
  }
});
