// Filling: every tap on an item becomes an answer at once; counts are kept as one goes.

import { showContest } from "./contested.js";
import { dayAfter, daysUntil, dayWords, isRest } from "./days.js";
import * as ledger from "./ledger.js";
import { Strip } from "./photos.js";
import { watchPosition } from "./position.js";
import { send } from "./sender.js";

const { page } = ledger;
const TYPING = 700, SHORT = 2500;
const TEXTS = ["place", "note", "suspected_reason"];

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
    element.addEventListener("click", (event) => this.tapped(event.target.closest("[data-place], [data-unsure]")));
  }

  field(name) { return this.element.querySelector(`[name="${name}"]`); }
  checked(name) { return this.element.querySelector(`[name="${name}-${this.code}"]:checked`)?.value ?? ""; }

  get value() {
    if (this.unsure.getAttribute("aria-pressed") === "true") return "unsure";
    return this.element.querySelector(".answers input:checked")?.value ?? null;
  }

  set value(value) {
    this.unsure.setAttribute("aria-pressed", String(value === "unsure"));
    for (const radio of this.element.querySelectorAll(".answers input")) radio.checked = radio.value === value;
  }

  get number() {
    const typed = this.field("number")?.value.trim().replace("，", ".").replace("。", ".");
    return typed && Number.isFinite(Number(typed)) ? Math.round(Number(typed) * 1000) / 1000 : null;
  }

  get days() {
    const chosen = this.checked("days");
    if (chosen !== "pick") return Number(chosen) || null;
    const days = this.field("day").value ? daysUntil(this.field("day").value) : 0;
    return days > 0 && days <= 365 ? days : null;
  }

  set days(days) {
    const radios = [...this.element.querySelectorAll(`[name="days-${this.code}"]`)];
    const known = radios.find((radio) => Number(radio.value) === days) ?? radios.find((radio) => radio.value === "pick");
    known.checked = true;
    if (known.value === "pick") this.field("day").value = dayAfter(days);
  }

  /** The whole answer as it stands: every operation carries all of it, so the newest is enough. */
  payload() {
    const answer = {
      visit: page.visit, item: this.code, value: this.value, days: this.days, number: this.number,
      wordings: [...this.element.querySelectorAll("[name=wordings]:checked")].map((box) => box.value),
      photos: this.strips.photos.ids, after_photos: this.strips.after_photos?.ids ?? [],
      fixed_now: this.checked("fixed") === "yes", no_photo_reason: this.checked("no-photo"),
    };
    if (this.chosen) answer.chosen = true; // what two people settled stays settled while it is only added to
    for (const name of TEXTS) answer[name] = this.field(name)?.value.trim() ?? "";
    return answer;
  }

  restore(answer) {
    this.value = answer.value;
    this.chosen = Boolean(answer.chosen);
    for (const name of [...TEXTS, "number"]) if (this.field(name)) this.field(name).value = answer[name] ?? "";
    for (const [name, value] of [["fixed", answer.fixed_now ? "yes" : ""], ["no-photo", answer.no_photo_reason ?? ""]]) {
      for (const radio of this.element.querySelectorAll(`[name="${name}-${this.code}"]`)) radio.checked = radio.value === value;
    }
    for (const box of this.element.querySelectorAll("[name=wordings]")) box.checked = (answer.wordings ?? []).includes(box.value);
    if (answer.days) this.days = answer.days;
    for (const [name, strip] of Object.entries(this.strips)) strip.showAll(answer[name] ?? []);
    this.saved = JSON.stringify(this.payload());
    this.show();
  }

  changed(control) {
    if (control.closest(".answers")) this.value = control.value;
    this.save();
  }

  tapped(button) {
    if (!button) return;
    if (button === this.unsure) this.value = this.value === "unsure" ? null : "unsure";
    else this.field("place").value = button.dataset.place;
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
    this.save();
  }

  /** A measured number answers the question itself. */
  judge() {
    const { atMost, atLeast } = this.element.dataset;
    if (this.number === null || (atMost === undefined && atLeast === undefined)) return this.show();
    this.value = this.number > Number(atMost ?? Infinity) || this.number < Number(atLeast ?? -Infinity) ? "fail" : "pass";
    this.show();
  }

  flush() { if (this.typing) return this.save(); }

  async save() {
    clearTimeout(this.typing);
    this.typing = null;
    this.show();
    const answer = this.payload(), same = JSON.stringify(answer);
    // An answer taken back is written down too, but one that was never given is none.
    if (same === this.saved || (this.value === null && this.saved === undefined)) return;
    this.saved = same;
    await ledger.record(["visit.answer", answer]);
    if (JSON.stringify(this.payload()) === same) localStorage.removeItem(this.draft);
    this.element.dispatchEvent(new Event("answered", { bubbles: true }));
    send();
  }

  show() {
    const failed = this.value === "fail", fixed = this.checked("fixed") === "yes";
    const toggle = (name, shown) => this.element.querySelector(name)?.classList.toggle("hidden", !shown);
    this.element.classList.toggle("failed", failed);
    this.panel.classList.toggle("hidden", !failed);
    toggle("[data-note]", failed || this.value === "unsure");
    toggle("[data-after]", fixed);
    toggle("[data-when]", !fixed);
    toggle("[data-pick]", this.checked("days") === "pick");
    toggle("[data-no-photo]", !this.strips.photos.ids.length);
    for (const spot of this.element.querySelectorAll("[data-place]")) {
      spot.setAttribute("aria-pressed", String(spot.dataset.place === this.field("place").value.trim()));
    }
    const kept = this.element.querySelector("[data-kept]");
    const photos = this.strips.photos.ids.length;
    kept.classList.toggle("hidden", failed || !photos);
    kept.textContent = `拍过 ${photos} 张照片，改回不合格还在。`;
    const by = this.element.querySelector("[data-by]");
    by.textContent = this.days
      ? `${dayWords(this.days)}前。${isRest(this.days) ? "这天是休息日。" : ""}期限是建议，由接手的单位确定。`
      : "请选一个今天以后的日期。";
  }

  /** What this item still lacks, in words; empty when it is complete. */
  missing() {
    if (this.value === null) return "还没查";
    if (this.element.dataset.kind === "number" && this.number === null && this.value !== "na" && this.value !== "unsure") return "还没写量到多少";
    if (this.value !== "fail") return "";
    const answer = this.payload();
    if (!answer.photos.length && !answer.no_photo_reason) return "还差一张照片";
    if (!answer.wordings.length && !answer.note) return "还没选哪里不对";
    if (answer.no_photo_reason === "其他" && !answer.photos.length && !answer.note) return "拍不了的原因还没写";
    if (!answer.place) return "还没选在哪个位置";
    if (!answer.fixed_now && !answer.days) return "还没选什么时候完成";
    return answer.fixed_now && !answer.after_photos.length ? "还差一张改好后的照片" : "";
  }
}

function showCounts(items) {
  for (const section of document.querySelectorAll("[data-section]")) {
    const own = items.filter((item) => section.contains(item.element));
    if (!own.length) continue;
    const done = own.filter((item) => item.value !== null).length;
    const link = document.querySelector(`[data-section-link="${section.dataset.section}"]`);
    link.querySelector("[data-done]").textContent = `${done === own.length ? "✓ " : ""}${done}/${own.length}`;
    link.classList.toggle("full", done === own.length);
    section.querySelector("[data-section-count]").textContent = `${own.length} 项，已查 ${done} 项`;
  }
}

/** What a colleague on the same visit has answered since: taken over where this phone has nothing of its own. */
async function refresh(items, device) {
  const stop = new AbortController(), clock = setTimeout(() => stop.abort(), SHORT);
  let answers;
  try {
    const answer = await fetch(page.answersAt, { cache: "no-store", signal: stop.signal });
    ({ answers } = await answer.json());
  } catch {
    return; // without a signal what is here stands
  } finally {
    clearTimeout(clock);
  }
  const waiting = await ledger.waitingItems(page.visit);
  for (const item of items) {
    const answer = answers?.[item.code];
    if (!answer || waiting.has(item.code)) continue;
    if (item.value === null) item.restore(answer);
    contest(item, answer, device);
  }
  showCounts(items);
}

const contest = (item, answer, device) =>
  showContest(item.element, answer, device, (chosen) => { item.restore(chosen); item.element.dispatchEvent(new Event("answered", { bubbles: true })); });

/** Bring the fill page to life; resolves with its items once answers are back in place. */
export async function wireFilling() {
  const items = [...document.querySelectorAll("[data-item]")].map((element) => new Item(element));
  const unsent = await ledger.unsentAnswers(page.visit), waiting = await ledger.waitingItems(page.visit);
  const device = await ledger.deviceId();
  for (const item of items) {
    const known = page.answers[item.code];
    // What phones differ on, or a person has settled, shows as the server has it, unless this phone has said more since.
    const differs = (known?.contested || known?.chosen) && !waiting.has(item.code);
    const answer = differs ? known : unsent[item.code] ?? known;
    if (answer) item.restore(answer);
    else item.show();
    if (differs) contest(item, known, device);
    item.recover();
  }
  watchPosition();
  const flush = () => Promise.all(items.map((item) => item.flush()));
  addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", flush);
  document.addEventListener("answered", () => showCounts(items));
  showCounts(items);
  return { items, flush, refresh: () => refresh(items, device) };
}
