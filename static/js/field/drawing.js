// Draws a visit's sections, items and last page from the templates of templates/field/_item.html and _end.html.

import { dateWords } from "./days.js";
import { make } from "./dom.js";

const CODE = "@"; // stands for the item's code in attributes of the templates
const shapeOf = (name) =>
  document.importNode(document.getElementById(`${name}-template`).content.firstElementChild, true);

/** What parts an item has: those marked data-only with one of these stay. */
function traits(item) {
  const advice = item.grade === "advice";
  return [
    item.kind,
    ["number", "choice", "count"].includes(item.kind) ? "measured" : "judged",
    ...(advice
      ? ["advice"]
      : ["hazard", item.grade === "suspected_major" ? "major" : "minor", item.on_the_spot ? "on_the_spot" : ""]),
  ];
}

/** An element with the places in it that differ from item to item, found once for all items of the same traits. */
class Shape {
  constructor(element, kept) {
    this.element = element;
    for (const part of this.element.querySelectorAll("[data-only]")) {
      if (kept.includes(part.dataset.only)) delete part.dataset.only;
      else part.remove();
    }
    this.coded = [];
    this.slots = [];
    this.parts(this.element).forEach((part, at) => {
      for (const { name, value } of part.attributes) if (value.includes(CODE)) this.coded.push([at, name, value]);
      if (part.dataset?.slot) this.slots.push([at, part.dataset.slot]);
      if (part.dataset) delete part.dataset.slot;
    });
  }

  parts(element) {
    return [element, ...element.querySelectorAll("*")];
  }

  /** A copy for an item, and its slots by name. */
  of(code) {
    const element = this.element.cloneNode(true),
      parts = this.parts(element);
    for (const [at, name, value] of this.coded) parts[at].setAttribute(name, value.replace(CODE, code));
    return [element, Object.fromEntries(this.slots.map(([at, name]) => [name, parts[at]]))];
  }
}

/** A radio or a box with its words beside it. */
function chip(shape, code, value, words, checked = false) {
  const [label] = shape.of(code);
  label.firstElementChild.setAttribute("value", value);
  if (checked) label.firstElementChild.setAttribute("checked", "");
  label.lastElementChild.textContent = words;
  return label;
}

function photoWords({ grade, photos, photo_hint: hint }) {
  if (grade === "advice" || !photos) return "可以不拍";
  return photos > 1 ? `要 ${photos} 张${hint ? `：${hint}` : ""}` : hint || "请拍一张看得清的";
}

/** A basis as kernel/citing.py names it: a standard by title and number. */
function basisWords({ document: name, number = "", article, mark, says }) {
  return `《${name}》${number && `（${number}）`}${article}${mark === "◐" ? "（依据待核实）" : ""}：${says}`;
}

/** Draws sections and items. `failedBefore` says when an item last failed here: {code: date}. */
export class Drawing {
  constructor(failedBefore = {}) {
    this.failedBefore = failedBefore;
    this.shapes = new Map();
    this.small = Object.fromEntries(["choice", "wording", "day"].map((name) => [name, new Shape(shapeOf(name), [])]));
  }

  /** A template with the parts that such an item has, made once. */
  shape(name, item) {
    const kept = traits(item),
      key = [name, ...kept].join();
    if (!this.shapes.has(key)) this.shapes.set(key, new Shape(shapeOf(name), kept));
    return this.shapes.get(key);
  }

  item({ number, item }) {
    const [element, slots] = this.shape("item", item).of(item.code);
    this.shape("panel", item); // a tap that needs it does not wait for it
    element.dataset.kind = item.kind;
    element.dataset.title = item.title;
    if (number === null) element.classList.add("hidden");
    slots.number.textContent = number ?? "";
    slots.question.append(` ${item.question}`);
    const failed = this.failedBefore[item.code];
    if (failed) slots.last.textContent = `上次（${dateWords(failed)}）不合格`;
    else slots.last.remove();
    slots.look.textContent = item.look;
    this.measure(item, slots);
    return element;
  }

  measure(item, slots) {
    if (slots.bounds) slots.bounds.textContent = item.bounds;
    if (slots.unit) slots.unit.textContent = item.unit;
    slots.choices?.append(...item.choices.map(({ value, label }) => chip(this.small.choice, item.code, value, label)));
    if (slots.each) slots.each.textContent = `一处写一个数，${item.bounds}`;
    if (slots.more) slots.more.textContent = `再加一处${item.part.name}`;
  }

  /** What is asked once an item fails: an element of its own, for most items are sound. */
  panel(item) {
    const [element, slots] = this.shape("panel", item).of(item.code);
    slots.photos.textContent = photoWords(item);
    slots.wordings.append(...item.wordings.map((words) => chip(this.small.wording, item.code, words, words)));
    slots.advice?.append(...item.advice.map((text) => make("li", { text })));
    slots.days?.prepend(
      ...item.days.map((days) => chip(this.small.day, item.code, days, `${days} 天`, days === item.mending_days)),
    );
    slots.why.textContent = item.grade === "suspected_major" ? "为什么，参考依据" : "参考依据";
    const bases = item.bases.map(basisWords);
    slots.bases.append(...(bases.length ? bases : ["这一项没有写依据。"]).map((text) => make("p", { text })));
    return element;
  }

  section({ name }, index) {
    const section = shapeOf("section");
    section.dataset.section = index + 1;
    section.id = `s${index + 1}`;
    section.querySelector("h1").textContent = name;
    return section;
  }

  *items(entries) {
    for (const entry of entries) yield this.item(entry);
  }

  /** The sections of lists.js, each as {section, items}: `items` draws one at each step and leaves it to whoever takes it
   * to put it into the section, so that the page can breathe in between. `shown` is the number of the one that shows. */
  *sections(found, shown = 0) {
    for (const [index, section] of found.entries()) {
      const element = this.section(section, index);
      if (index !== shown) element.classList.add("hidden");
      yield { section: element, items: this.items(section.entries) };
    }
  }
}

/** The links above the sections; one in which nothing is asked has none. `last` leads to the last page. */
export function drawLinks(nav, sections, last = false) {
  const links = sections.map(({ name, entries }, index) => {
    const asked = entries.filter((entry) => entry.number !== null).length;
    if (!asked) return "";
    const link = shapeOf("section-link");
    link.href = `#s${index + 1}`;
    link.dataset.sectionLink = index + 1;
    link.prepend(name);
    link.querySelector("[data-done]").textContent = `0/${asked}`;
    return link;
  });
  if (last) {
    const link = make("a", { href: "#end", text: "看一遍" }, make("span", { text: "提交" }));
    link.dataset.sectionLink = "end";
    links.push(link);
  }
  nav.replaceChildren(...links);
}

/** The last page, to be signed by `name`, by those who came along, and by the place. */
export function drawEnd(name, mates) {
  const end = shapeOf("end"),
    deputy = end.querySelector("[data-sign=deputy]");
  deputy.dataset.name = name;
  deputy.querySelector("h3").append(` ${name}`);
  deputy.after(
    ...mates.map((mate, index) => {
      const card = shapeOf("mate");
      card.id = `sign-companion-${index + 1}`;
      card.dataset.name = mate;
      card.querySelector("h3").append(` ${mate}`);
      card.querySelector("canvas").setAttribute("aria-label", `同行代表${mate}在这里签名`);
      return card;
    }),
  );
  return end;
}
