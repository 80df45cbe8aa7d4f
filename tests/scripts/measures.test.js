// What an item asks beside the three answers: what is read, put back, and said to be missing.

import assert from "node:assert/strict";
import { test } from "node:test";
import "./page_data.js";
import { furnish, read } from "./fake_dom.js";

furnish();
const { measurement } = await import("../../static/js/field/measures.js");

const ITEM = '<fieldset data-item="A">';
const NUMBER = `${ITEM}<input name="number"></fieldset>`;
const TEXT = `${ITEM}<textarea name="text"></textarea></fieldset>`;
const CHOICES = `${ITEM}${["s", "m", "l"].map((value) => `<input type="radio" value="${value}" data-choice>`).join("")}</fieldset>`;
const ROWS = `${ITEM}<div data-rows></div><button data-add-row></button><button class="hidden" data-drop-row></button></fieldset>`;
const counted = (facts = {}, changed = () => {}) => {
  const element = read(ROWS);
  return [
    measurement({ kind: "count", unit: "具", part: { name: "楼层", fact: "storeys" } }, element, facts, changed),
    element,
  ];
};
const type = (input, words) => {
  input.value = words;
  input.dispatchEvent(new Event("input"));
};

test("an item that is only judged asks nothing more", () => {
  const nothing = measurement({ kind: "judge" }, read(`${ITEM}</fieldset>`), {}, () => {});
  assert.deepEqual([nothing.read(), nothing.missing(), nothing.begun, nothing.owns({})], [{}, "", false, false]);
});

test("a number is missing while nothing is written, wrong while what is written is none", () => {
  const element = read(NUMBER),
    measured = measurement({ kind: "number" }, element, {}, () => {}),
    input = element.querySelector("input");
  assert.deepEqual([measured.read(), measured.missing(), measured.begun], [{ number: null }, "还没写量到多少", false]);
  type(input, "一米");
  assert.deepEqual([measured.read(), measured.missing(), measured.begun], [{ number: null }, "写的数要改一下", true]);
  type(input, "1，25");
  assert.deepEqual([measured.read(), measured.missing()], [{ number: 1.25 }, ""]);
  assert.ok(measured.owns(input) && !measured.owns({}));
});

test("a number beyond what the server takes is refused beside its field, and heard again once it is mended", () => {
  const element = read(NUMBER),
    input = element.querySelector("input");
  measurement({ kind: "number" }, element, {}, () => {});
  type(input, "1000000001");
  assert.match(input.validity, /太大/);
  type(input, "1000000000");
  assert.equal(input.validity, "");
});

test("what was written down is put back, and what was not leaves the field empty", () => {
  for (const [html, kind, answer, empty] of [
    [NUMBER, "number", { number: 0 }, { number: null }],
    [TEXT, "text", { text: "后门" }, { text: "" }],
    [CHOICES, "choice", { choice: "m" }, { choice: "" }],
  ]) {
    const measure = measurement({ kind }, read(html), {}, () => {});
    measure.show(answer);
    assert.deepEqual([measure.read(), measure.begun], [answer, true], kind);
    measure.show({});
    assert.deepEqual([measure.read(), measure.begun], [empty, false], kind);
  }
});

test("a choice is missing until one is chosen; a text never is", () => {
  const element = read(CHOICES),
    chosen = measurement({ kind: "choice" }, element, {}, () => {});
  assert.equal(chosen.missing(), "还没选");
  element.querySelectorAll("[data-choice]")[2].checked = true;
  assert.deepEqual([chosen.missing(), chosen.read()], ["", { choice: "l" }]);
  assert.equal(measurement({ kind: "text" }, read(TEXT), {}, () => {}).missing(), "");
});

test("as many parts are asked as the place is known to have, at least one, at most what the server takes", () => {
  for (const [storeys, asked] of [
    [undefined, 1],
    [0, 1],
    ["x", 1],
    [3, 3],
    [400, 20],
  ])
    assert.equal(counted({ storeys })[0].inputs.length, asked, String(storeys));
});

test("every part has its name and its number; those without one are counted as missing", () => {
  const [parts] = counted({ storeys: 2 });
  assert.equal(parts.missing(), "还有 2 处没写数");
  type(parts.inputs[1], "4");
  assert.deepEqual(parts.read(), {
    rows: [
      { name: "楼层 1", number: null },
      { name: "楼层 2", number: 4 },
    ],
  });
  assert.deepEqual([parts.missing(), parts.begun], ["还有 1 处没写数", true]);
});

test("a part is added up to the most that is taken, which is then said; only the last is dropped, and never the only one", () => {
  let told = 0;
  const [parts, element] = counted({ storeys: 19 }, () => (told += 1)),
    [add, drop] = element.querySelectorAll("button");
  add.click();
  add.click();
  assert.equal(parts.inputs.length, 20);
  assert.match(element.querySelector(".hint").textContent, /最多写 20 处/);
  drop.click();
  assert.deepEqual([parts.inputs.length, told, element.querySelector(".hint")], [19, 1, null]);
  while (parts.inputs.length > 1) drop.click();
  assert.ok(drop.classList.contains("hidden"));
});

test("parts that were written down replace those that were guessed; without any the guess stays", () => {
  const [parts] = counted({ storeys: 3 });
  parts.show({ rows: [] });
  assert.equal(parts.inputs.length, 3);
  parts.show({ rows: [{ name: "楼层 1", number: 7 }] });
  assert.deepEqual(parts.read(), { rows: [{ name: "楼层 1", number: 7 }] });
});
