// While filling: what is suspected beside which item, what is asked to be surer, and where that is answered.

import assert from "node:assert/strict";
import { test } from "node:test";
import "./page_data.js";
import { furnish, read } from "./fake_dom.js";

furnish();
const { wireSuspicion } = await import("../../static/js/field/suspicion.js");

const RULE = {
  id: "R1",
  title: "住人的地方用气",
  says: "合用场所不得使用",
  document: "某标准",
  edition: "2020",
  clause: "第 5 条",
  checked: false,
  if: {
    all: [
      { answer: "A", is: "fail" },
      { fact: "people_sleeping", eq: true },
      { fact: "beds", at_least: 10 },
    ],
  },
};
const FACTS = {
  people_sleeping: {
    label: "有人住吗",
    choices: [
      ["true", "是"],
      ["false", "不是"],
    ],
  },
  beds: { label: "床位" },
};

/** A visit with items A and B, both of which may be suspected; what was told of the place is kept. */
function visit(facts = {}, rule = RULE) {
  const told = [],
    items = ["A", "B"].map((code) => ({
      code,
      asked: true,
      value: "pass",
      about: { code, kind: "judge" },
      measure: { read: () => ({}) },
      element: read('<div><div class="hidden" data-suspicion></div><div data-own-grade></div></div>'),
    }));
  const look = wireSuspicion(
    items,
    {
      items: { A: { question: "通道堵了吗" }, B: { question: "门锁着吗" } },
      facts,
      rules: [rule],
      questions: FACTS,
      factWords: { people_sleeping: "有人住", beds: "床位" },
      valueWords: {},
    },
    (name, value) => told.push([name, value]),
  );
  const [a, b] = items;
  const answer = (item, value) => {
    item.value = value;
    look(item);
  };
  return { a, b, look, answer, told, box: a.element.querySelector("[data-suspicion]") };
}

test("nothing is said while what the rule speaks of is sound", () => {
  const { look, box } = visit({ people_sleeping: true, beds: 12 });
  look();
  assert.ok(box.classList.contains("hidden"));
  assert.equal(box.textContent, "");
});

test("once it fails and all is known, it may be major: why, by which text, and that somebody else determines it", () => {
  const { a, answer, box } = visit({ people_sleeping: true, beds: 12 });
  answer(a, "fail");
  assert.ok(!box.classList.contains("hidden"));
  assert.match(box.textContent, /可能是重大隐患.*由主管部门认定/s);
  assert.match(box.textContent, /某标准（2020）（依据待核实）：第 5 条/);
  assert.match(box.textContent, /通道堵了吗：不合格/);
  assert.match(box.textContent, /有人住：是/);
  assert.ok(a.element.querySelector("[data-own-grade]").classList.contains("hidden"), "its own grade says less");
});

test("what is not known is asked on the spot, each once, and told of the place", () => {
  const { a, answer, box, told } = visit();
  answer(a, "fail");
  assert.match(box.textContent, /可能要提请认定.*再知道 2 点/s);
  assert.ok(!a.element.querySelector("[data-own-grade]").classList.contains("hidden"));
  const [yes] = box.querySelectorAll(".chip");
  yes.click();
  const input = box.querySelector("input"),
    note = box.querySelectorAll("button").at(-1);
  input.value = "许多";
  note.click();
  assert.match(input.validity, /床位的数字不对/);
  input.value = "12";
  input.dispatchEvent(new Event("input"));
  note.click();
  assert.deepEqual(told, [
    ["people_sleeping", true],
    ["beds", 12],
  ]);
});

test("an item that is to be answered first is a link to where it stands; one that no list of the visit holds is no question", () => {
  const needed = {
    all: [
      { answer: "A", is: "fail" },
      { answer: "B", is: "fail" },
    ],
  };
  const asked = visit({}, { ...RULE, if: needed });
  asked.b.value = "";
  asked.answer(asked.b, "");
  asked.answer(asked.a, "fail");
  assert.equal(asked.box.querySelector("a").getAttribute("href"), "#item-B");
  const gone = visit(
    {},
    {
      ...RULE,
      if: {
        all: [
          { answer: "A", is: "fail" },
          { answer: "Z", is: "fail" },
        ],
      },
    },
  );
  gone.answer(gone.a, "fail");
  assert.ok(gone.box.classList.contains("hidden"));
});

test("what was said goes again when the item turns sound, or is asked no more", () => {
  for (const turn of [(item) => (item.value = "pass"), (item) => (item.asked = false)]) {
    const { a, answer, look, box } = visit({ people_sleeping: true, beds: 12 });
    answer(a, "fail");
    turn(a);
    look(a);
    assert.ok(box.classList.contains("hidden"));
    assert.ok(!a.element.querySelector("[data-own-grade]").classList.contains("hidden"));
  }
});

test("what did not change is not drawn again: an unfolded reason stays unfolded", () => {
  const { a, answer, look, box } = visit({ people_sleeping: true, beds: 12 });
  answer(a, "fail");
  const drawn = box.firstElementChild;
  look();
  assert.equal(box.firstElementChild, drawn);
});
