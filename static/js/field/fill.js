// Filling: every tap on an item becomes an answer at once; sections are pages; counts are kept as one goes.

import * as ledger from "./ledger.js";
import { Strip } from "./photos.js";
import { watchPosition } from "./position.js";
import { send } from "./sender.js";

const { page } = ledger;
const TYPING = 700;
const TEXTS = ["place", "note", "no_photo_reason", "suspected_reason"];
const DAY = 86400000;

/** One item of the checklist on the page. */
export class Item {
  constructor(element) {
    this.element = element;
    this.code = element.dataset.item;
    this.draft = `typing:${page.visit}:${this.code}`;
    this.panel = element.querySelector("[data-panel]");
    this.unsure = element.querySelector("[data-unsure]");
    this.strips = Object.fromEntries([...element.querySelectorAll("[data-photos]")].map((strip) =>
      [strip.dataset.photos, new Strip(strip, page.visit, () => this.save())]));
    element.addEventListener("change", (event) => this.changed(event.target));
    element.addEventListener("input", (event) => this.typed(event.target));
  }

  field(name) { return this.element.querySelector(`[name="${name}"]`); }

  get value() {
    if (this.unsure.checked) return "unsure";
    return this.element.querySelector(".answers input:checked")?.value ?? null;
  }

  set value(value) {
    this.unsure.checked = value === "unsure";
    for (const radio of this.element.querySelectorAll(".answers input")) radio.checked = radio.value === value;
  }

  get number() {
    const typed = this.field("number")?.value.trim().replace("，", ".").replace("。", ".");
    return typed && Number.isFinite(Number(typed)) ? Math.round(Number(typed) * 1000) / 1000 : null;
  }

  get days() {
    return Number(this.element.querySelector(`[name="days-${this.code}"]:checked`)?.value) || null;
  }

  /** The whole answer as it stands: every operation carries all of it, so the newest is enough. */
  payload() {
    const answer = {
      visit: page.visit, item: this.code, value: this.value, days: this.days, number: this.number,
      wordings: [...this.element.querySelectorAll("[name=wordings]:checked")].map((box) => box.value),
      photos: this.strips.photos.ids, after_photos: this.strips.after_photos?.ids ?? [],
      fixed_now: this.field("fixed_now")?.checked ?? false,
    };
    for (const name of TEXTS) answer[name] = this.field(name)?.value.trim() ?? "";
    return answer;
  }

  restore(answer) {
    this.value = answer.value;
    for (const name of [...TEXTS, "number"]) if (this.field(name)) this.field(name).value = answer[name] ?? "";
    if (this.field("fixed_now")) this.field("fixed_now").checked = Boolean(answer.fixed_now);
    for (const box of this.element.querySelectorAll("[name=wordings]")) box.checked = (answer.wordings ?? []).includes(box.value);
    for (const radio of this.element.querySelectorAll(`[name="days-${this.code}"]`)) {
      if (answer.days) radio.checked = Number(radio.value) === answer.days;
    }
    for (const [name, strip] of Object.entries(this.strips)) (answer[name] ?? []).forEach((id) => strip.show(id));
    this.show();
  }

  changed(control) {
    if (control === this.unsure && this.unsure.checked) this.value = "unsure";
    else if (control.closest(".answers")) this.value = control.value;
    this.save();
  }

  typed(control) {
    if (control.name === "number") this.judge();
    if (!control.matches("input:not([type]), textarea")) return;
    localStorage.setItem(this.draft, JSON.stringify(this.payload()));
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.save(), TYPING);
  }

  /** Words that were being typed when the tab was killed. */
  recover() {
    const typed = JSON.parse(localStorage.getItem(this.draft));
    if (!typed) return;
    for (const name of [...TEXTS, "number"]) if (this.field(name)) this.field(name).value = typed[name] ?? "";
    if (typed.value) this.value = typed.value;
    return this.save();
  }

  /** A measured number answers the question itself. */
  judge() {
    const most = Number(this.element.dataset.atMost);
    if (this.number !== null && Number.isFinite(most)) this.value = this.number > most ? "fail" : "pass";
    this.show();
  }

  flush() { if (this.typing) return this.save(); }

  async save() {
    clearTimeout(this.typing);
    this.typing = null;
    this.show();
    const answer = this.payload(), same = JSON.stringify(answer);
    if (this.value === null || same === this.saved) return;
    this.saved = same;
    await ledger.record(["visit.answer", answer]);
    if (JSON.stringify(this.payload()) === same) localStorage.removeItem(this.draft);
    this.element.dispatchEvent(new Event("answered", { bubbles: true }));
    send();
  }

  show() {
    const failed = this.value === "fail";
    this.element.classList.toggle("failed", failed);
    this.panel.classList.toggle("hidden", !failed);
    this.strips.after_photos?.element.classList.toggle("hidden", !this.field("fixed_now").checked);
    const kept = this.element.querySelector("[data-kept]");
    const photos = this.strips.photos.ids.length;
    kept.classList.toggle("hidden", failed || !photos);
    kept.textContent = `拍过 ${photos} 张照片，改回不合格还在。`;
    const by = this.element.querySelector("[data-by]");
    if (this.days) by.textContent = `${dayWords(this.days)}前。期限是建议，由接手的单位确定。`;
  }

  /** What this item still lacks, in words; empty when it is complete. */
  missing() {
    if (this.value === null) return "还没查";
    if (this.element.dataset.kind === "number" && this.number === null && this.value !== "na" && this.value !== "unsure") return "还没写量到多少";
    if (this.value !== "fail") return "";
    const answer = this.payload();
    if (!answer.photos.length && !answer.no_photo_reason) return "还差一张照片";
    if (!answer.wordings.length && !answer.note) return "还没选哪里不对";
    return answer.fixed_now && !answer.after_photos.length ? "还差一张改好后的照片" : "";
  }
}

/** 11月30日（星期一）, so many days after the page's today. */
export function dayWords(days) {
  const day = new Date(Date.parse(page.today) + days * DAY);
  return `${day.getUTCMonth() + 1}月${day.getUTCDate()}日（星期${"日一二三四五六"[day.getUTCDay()]}）`;
}

/** Sections as pages by the address's #part: the back key is harmless and a reload stays where it was. */
export function wireSections() {
  const sections = [...document.querySelectorAll("[data-section]")];
  const remembered = `section-${page.visit}`;
  const name = (section) => section.querySelector("h1").textContent;
  const [back, on] = ["back", "on"].map((way) => document.querySelector(`[data-go=${way}]`));
  let at = 0;

  function show(target, moved) {
    at = Math.max(0, sections.indexOf(target?.closest("[data-section]") ?? sections[0]));
    sections.forEach((section, index) => section.classList.toggle("hidden", index !== at));
    for (const link of document.querySelectorAll("[data-section-link]")) {
      const current = link.dataset.sectionLink === sections[at].dataset.section;
      link.removeAttribute("aria-current");
      if (!current) continue;
      link.setAttribute("aria-current", "step");
      link.scrollIntoView({ inline: "center", block: "nearest" });
    }
    back.classList.toggle("hidden", at === 0);
    if (at) back.textContent = name(sections[at - 1]);
    on.textContent = at === sections.length - 1 ? "提交检查" : at === sections.length - 2 ? "看一遍再提交" : `下一部分：${name(sections[at + 1])}`;
    sessionStorage.setItem(remembered, sections[at].id);
    sections[at].dispatchEvent(new Event("shown", { bubbles: true }));
    if (!moved) return;
    if (target === sections[at]) {
      scrollTo(0, 0);
      target.querySelector("h1").focus({ preventScroll: true });
    } else target.scrollIntoView({ block: "start" });
  }

  const here = () => document.getElementById(location.hash.slice(1));
  addEventListener("hashchange", () => show(here(), true));
  back.addEventListener("click", () => { location.hash = sections[at - 1].id; });
  on.addEventListener("click", () => {
    if (at < sections.length - 1) location.hash = sections[at + 1].id;
    else sections[at].dispatchEvent(new Event("handin"));
  });
  show(here() ?? document.getElementById(sessionStorage.getItem(remembered)), Boolean(here()));
}

function showCounts(items) {
  for (const section of document.querySelectorAll("[data-section]")) {
    const own = items.filter((item) => section.contains(item.element));
    if (!own.length) continue;
    const done = own.filter((item) => item.value !== null).length;
    const link = document.querySelector(`[data-section-link="${section.dataset.section}"]`);
    link.querySelector("[data-done]").textContent = `${done === own.length ? "✓ " : ""}${done}/${own.length}`;
    link.classList.toggle("full", done === own.length);
  }
}

/** Bring the fill page to life; resolves with its items once answers are back in place. */
export async function wireFilling() {
  const items = [...document.querySelectorAll("[data-item]")].map((element) => new Item(element));
  const answers = { ...page.answers, ...(await ledger.unsentAnswers(page.visit)) };
  for (const item of items) {
    if (answers[item.code]) item.restore(answers[item.code]);
    else item.show();
    item.recover();
  }
  watchPosition();
  const flush = () => Promise.all(items.map((item) => item.flush()));
  addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", flush);
  document.addEventListener("answered", () => showCounts(items));
  showCounts(items);
  return { items, flush };
}
