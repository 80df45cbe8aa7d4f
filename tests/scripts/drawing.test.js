// Sections, items and the last page, drawn from the templates of the shell: what stays of an item, and what stands in it.

import assert from "node:assert/strict";
import { test } from "node:test";
import "./page_data.js";
import { furnish } from "./fake_dom.js";

furnish({
  "choice-template": '<label><input type="radio" name="c-@" data-choice><span></span></label>',
  "wording-template": '<label><input type="checkbox" name="wordings"><span></span></label>',
  "day-template": '<label><input type="radio" name="days-@"><span></span></label>',
  "item-template":
    '<fieldset class="item" id="item-@" data-item="@"><legend data-slot="question"><span data-slot="number"></span></legend>' +
    '<p data-slot="last"></p><label for="n-@" data-only="number"><span data-slot="bounds"></span></label>' +
    '<span data-only="number" data-slot="unit"></span><div data-only="choice" data-slot="choices"></div>' +
    '<p data-only="count" data-slot="each"></p><button data-only="count" data-slot="more"></button>' +
    '<div data-only="judged"></div><div data-only="measured"></div><p data-slot="look"></p></fieldset>',
  "panel-template":
    '<div data-panel><p data-only="advice"></p><h2><span data-slot="photos"></span></h2><div data-slot="wordings"></div>' +
    '<ul data-only="advice" data-slot="advice"></ul><div data-only="on_the_spot"></div><b data-only="major"></b>' +
    '<div data-only="hazard" data-slot="days"><input type="date"></div><summary data-slot="why"></summary>' +
    '<div data-slot="bases"></div></div>',
  "section-template": "<section data-section><h1></h1></section>",
  "section-link-template": "<a data-section-link><span data-done></span></a>",
  "end-template":
    '<section><article data-sign="deputy"><h3>代表</h3></article><article data-sign="premises"><h3>场所</h3></article></section>',
  "mate-template": '<article data-sign="companion"><h3>同行代表</h3><canvas></canvas></article>',
});
const { Drawing, drawEnd, drawLinks } = await import("../../static/js/field/drawing.js");

const ITEM = {
  code: "A-1", kind: "judge", grade: "general", title: "通道堵了", question: "通道堵了吗", look: "走一遍", bounds: "", unit: "",
  choices: [], part: null, photos: 1, photo_hint: "", wordings: [], advice: [], days: [3, 7], mending_days: 7, bases: [],
}; // prettier-ignore
const item = (more = {}, number = 4) => new Drawing().item({ number, item: { ...ITEM, ...more } });
const panel = (more = {}) => new Drawing().panel({ ...ITEM, ...more });
const kept = (element) => ["judged", "measured"].filter((_, at) => element.querySelectorAll("div").length > at);

test("an item stands under its code, number and question; one that is not asked has no number and is hidden", () => {
  const element = item();
  assert.deepEqual([element.id, element.dataset.item, element.dataset.kind, element.dataset.title], ["item-A-1", "A-1", "judge", "通道堵了"]); // prettier-ignore
  assert.match(element.querySelector("legend").textContent, /^4.*通道堵了吗$/);
  assert.ok(!element.classList.contains("hidden"));
  const silent = item({}, null);
  assert.ok(silent.classList.contains("hidden"));
  assert.equal(silent.querySelector("legend").textContent, " 通道堵了吗");
});

test("only the parts of its kind stay, and nothing of a template is left to be found", () => {
  for (const [more, number, choices] of [
    [{}, false, false],
    [{ kind: "number", bounds: "不超过 2", unit: "米" }, true, false],
    [
      {
        kind: "choice",
        choices: [
          { value: "s", label: "小" },
          { value: "m", label: "中" },
        ],
      },
      false,
      true,
    ],
  ]) {
    const element = item(more);
    assert.equal(Boolean(element.querySelector("label[for=n-A-1]")), number);
    assert.equal(element.querySelectorAll("[data-choice]").length, choices ? 2 : 0);
    assert.deepEqual([element.querySelectorAll("[data-only]"), element.querySelectorAll("[data-slot]")], [[], []]);
    assert.ok(kept(element).length);
  }
  const [first] = item({ kind: "choice", choices: [{ value: "s", label: "小" }] }).querySelectorAll("[data-choice]");
  assert.deepEqual([first.name, first.value], ["c-A-1", "s"]);
});

test("a measure says its unit, its bounds, and of what one more is added", () => {
  const number = item({ kind: "number", bounds: "不超过 2", unit: "米" });
  assert.match(number.textContent, /不超过 2.*米/);
  const count = item({ kind: "count", bounds: "不少于 2", part: { name: "楼层" } });
  assert.match(count.textContent, /一处写一个数，不少于 2.*再加一处楼层/);
});

test("when it last failed here is said with its day; otherwise nothing stands there", () => {
  const drawing = new Drawing({ "A-1": "2001-05-06" });
  assert.match(drawing.item({ number: 1, item: ITEM }).textContent, /上次（2001年5月6日）不合格/);
  assert.doesNotMatch(item().textContent, /上次/);
});

test("two items of the same kind are drawn apart: what is put into one is not in the other", () => {
  const drawing = new Drawing();
  const [one, other] = ["A", "B"].map((code) =>
    drawing.item({ number: 1, item: { ...ITEM, code, question: `${code}？` } }),
  );
  assert.deepEqual([one.id, other.id], ["item-A", "item-B"]);
  assert.doesNotMatch(other.textContent, /A？/);
});

test("which photos are asked for, by grade and number", () => {
  const words = (more) => panel(more).querySelector("h2").textContent;
  assert.equal(words({}), "请拍一张看得清的");
  assert.equal(words({ photo_hint: "拍到门牌" }), "拍到门牌");
  assert.equal(words({ photos: 2, photo_hint: "前后各一张" }), "要 2 张：前后各一张");
  assert.equal(words({ photos: 0 }), "可以不拍");
  assert.equal(words({ grade: "advice" }), "可以不拍");
});

test("an advice has no days to mend, a suspected major hazard says why, only some are mended on the spot", () => {
  const advice = panel({ grade: "advice", advice: ["贴个牌子"] });
  assert.equal(advice.querySelector("li").textContent, "贴个牌子");
  assert.equal(advice.querySelectorAll("input").length, 0);
  const plain = panel();
  assert.deepEqual(plain.querySelectorAll("input").map((input) => [input.value, input.checked]).slice(0, 2), [["3", false], ["7", true]]); // prettier-ignore
  assert.equal(plain.querySelector("summary").textContent, "参考依据");
  assert.equal(panel({ grade: "suspected_major" }).querySelector("summary").textContent, "为什么，参考依据");
  assert.deepEqual([plain, panel({ on_the_spot: true })].map((one) => one.querySelectorAll("div").length), [3, 4]); // prettier-ignore
});

test("a basis is named by title, number and article; one not yet compared says so, and none is said too", () => {
  const basis = { document: "某规范", number: "GB 1", article: "第 3 条", mark: "◐", says: "应当畅通" };
  assert.match(panel({ bases: [basis] }).textContent, /《某规范》（GB 1）第 3 条（依据待核实）：应当畅通/);
  assert.match(
    panel({ bases: [{ ...basis, number: undefined, mark: "✔" }] }).textContent,
    /《某规范》第 3 条：应当畅通/,
  );
  assert.match(panel().textContent, /这一项没有写依据/);
});

test("one section shows, the others wait; items are drawn one at a step", () => {
  const entries = [{ number: 1, item: ITEM }];
  const drawn = [
    ...new Drawing().sections(
      [
        { name: "厨房", entries },
        { name: "大厅", entries: [] },
      ],
      1,
    ),
  ];
  assert.deepEqual(drawn.map(({ section }) => [section.id, section.dataset.section, section.classList.contains("hidden")]), [["s1", "1", true], ["s2", "2", false]]); // prettier-ignore
  assert.equal(drawn[0].section.querySelector("h1").textContent, "厨房");
  const { value, done } = drawn[0].items.next();
  assert.deepEqual([value.id, done, drawn[0].items.next().done], ["item-A-1", false, true]);
});

test("the links leave out a section in which nothing is asked, and count what is", () => {
  const nav = globalThis.document.createElement("nav");
  const asked = { number: 1, item: ITEM };
  drawLinks(
    nav,
    [
      { name: "厨房", entries: [asked, { number: null }] },
      { name: "空的", entries: [{ number: null }] },
    ],
    true,
  );
  const links = nav.querySelectorAll("a");
  assert.deepEqual(
    [...links].map((link) => link.textContent),
    ["厨房0/1", "看一遍提交"],
  );
  assert.deepEqual(
    [...links].map((link) => link.dataset.sectionLink),
    ["1", "end"],
  );
});

test("everybody who came along signs under their own name, between the deputy and the place", () => {
  const cards = drawEnd("王代表", ["李代表", "赵代表"]).querySelectorAll("article");
  assert.deepEqual(
    cards.map((card) => card.textContent),
    ["代表 王代表", "同行代表 李代表", "同行代表 赵代表", "场所"],
  );
  assert.deepEqual(
    cards.map((card) => card.dataset.name),
    ["王代表", "李代表", "赵代表", undefined],
  );
  assert.equal(cards[2].id, "sign-companion-2");
  assert.match(cards[2].querySelector("canvas").getAttribute("aria-label"), /赵代表/);
});
