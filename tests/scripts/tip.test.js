// What a tip says before any paper is made.

import assert from "node:assert/strict";
import { test } from "node:test";
import "./page_data.js";

const { seenWords, tipLines, untilWords } = await import("../../static/js/field/tip.js");
const ITEMS = {
  A: { code: "A", title: "通道堵了", advice: ["搬开", "划线"], grade: "general" },
  B: { code: "B", title: "可以贴个牌子", grade: "advice" },
  C: { code: "C", title: "没有灭火器", grade: "suspected_major" },
};
const DAY = "2026-11-30";

test("one line for each fault, none for advice, for what is sound, for what nobody answered", () => {
  const answers = {
    A: { value: "fail", wordings: ["堆了纸箱", "堆了凳子"], note: "两米高", place: "后门", days: 3 },
    B: { value: "fail", wordings: ["没有牌子"] },
    C: { value: "pass" },
  };
  assert.deepEqual(tipLines(ITEMS, answers, DAY), [
    {
      title: "通道堵了",
      place: "后门",
      words: "堆了纸箱；堆了凳子；两米高",
      advice: "搬开；划线",
      due_on: "2026-12-03",
      fixed: false,
    },
  ]);
  assert.deepEqual(tipLines(ITEMS, {}, DAY), []);
});

test("until when: the date with its weekday, the spot where it was mended there, nothing where nobody said", () => {
  assert.equal(untilWords({ due_on: "2026-12-03" }), "建议 12月3日（星期四）前改好。");
  const [line] = tipLines(ITEMS, { C: { value: "fail", days: 7, fixed_now: true } }, DAY);
  assert.equal(untilWords(line), "当场改好了。");
  assert.equal(untilWords({ due_on: "" }), "");
});

test("a title is not said twice", () => {
  assert.equal(seenWords({ title: "通道堵了", words: "通道堵了", place: "后门" }), "在后门");
  assert.equal(seenWords({ title: "通道堵了", words: "堆了纸箱", place: "" }), "堆了纸箱");
});
