// Which drawings an item calls for, and that each of them can be shown in any theme.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import "./page_data.js";

const { drawingsFor } = await import("../../static/js/field/explained.js");
const FOLDER = new URL("../../static/drawings/", import.meta.url);
const files = (item) => drawingsFor(item).map(({ file }) => file);

test("a word in the question or in its hint calls for its drawing", () => {
  assert.deepEqual(files({ question: "没有用两个阀门的气液双相瓶" }), ["two-outlets"]);
  assert.deepEqual(files({ question: "气瓶上的", look: "看瓶口的调压阀上有没有旋钮" }), ["regulator"]);
  assert.deepEqual(files({ question: "软管不超过 2 米" }), ["hose"]);
  assert.deepEqual(files({ look: "门上写着保持常闭的要关上" }), ["fire-door"]);
  assert.deepEqual(files({ question: "安全出口净宽不小于 1.4 米" }), ["clear-width"]);
  assert.deepEqual(files({ question: "楼板上的洞口盖住了，盖得稳" }), ["edge"]);
});

test("another sense of a word, or no word at all, calls for none; of many the first two show", () => {
  assert.deepEqual(files({ look: "只在洞口外问值班的人，不进洞。" }), []);
  assert.deepEqual(files({ question: "疏散通道没有堵" }), []);
  assert.deepEqual(files(undefined), []);
  assert.equal(files({ question: "双相瓶、调压阀、软管不超过、防火门" }).length, 2);
});

test("every drawing named is there, of one colour, which is that of the letters around it", () => {
  const named = "双相瓶 调压阀 软管不超过 防火门 净宽 临边".split(" ").flatMap((question) => files({ question }));
  assert.deepEqual(named.map((file) => `${file}.svg`).sort(), readdirSync(FOLDER).sort());
  for (const file of named) {
    const drawn = readFileSync(new URL(`${file}.svg`, FOLDER), "utf8");
    const colours = [...drawn.matchAll(/(?:fill|stroke)="([^"]+)"/g)].map(([, colour]) => colour);
    assert.deepEqual([...new Set(colours)].sort(), ["currentColor", "none"], file);
    assert.match(drawn, /^<svg [^>]*viewBox="0 0 \d+ \d+"/);
    assert.doesNotMatch(drawn, /style|script|href/, file);
  }
});
