// Filling: every tap on an item becomes an answer at once; counts are kept as one goes.

import { holds, verdict } from "./conditions.js";
import { showContest } from "./contested.js";
import { dayAfter, daysUntil, dayWords, isRest } from "./days.js";
import * as ledger from "./ledger.js";
import { measurement } from "./measures.js";
import { Strip } from "./strip.js";
import { watchPosition } from "./position.js";
import { send } from "./sender.js";
import { wireSuspicion } from "./suspicion.js";

const { page } = ledger;
const TYPING = 700, SHORT = 2500;
const TEXTS = ["place", "note", "suspected_reason"];
const VERDICTS = { pass: "✓ 合格", fail: "✕ 不合格", na: "– 不适用", unsure: "看不准", none: "" };

/** One item of the checklist on the page. */
export class Item {
  constructor(element) {
    this.element = element;
    this.code = element.dataset.item;
    this.draft = `typing:${page.visit}:${this.code}`;
    this.panel = element.querySelector("[data-panel]");
    this.unsure = element.querySelector("[data-unsure]");
    this.na = element.querySelector("[data-na]"); // only where a measure takes the place of the three answers
    this.about = page.items[this.code];
    this.measure = measurement(this.about, element, page.facts, () => this.save());
    this.strips = Object.fromEntries([...element.querySelectorAll("[data-photos]")].map((strip) =>
      [strip.dataset.photos, new Strip(strip, page.visit, () => this.save())]));
    element.addEventListener("change", (event) => this.changed(event.target));
    element.addEventListener("input", (event) => this.typed(event.target));
    element.addEventListener("click", (event) => this.tapped(event.target.closest("[data-place], [data-unsure], [data-na]")));
  }

  field(name) { return this.element.querySelector(`[name="${name}"]`); }
  checked(name) { return this.element.querySelector(`[name="${name}-${this.code}"]:checked`)?.value ?? ""; }

  /** What a thumb said, before a measure has its say. */
  get tapped_value() {
    if (this.unsure.getAttribute("aria-pressed") === "true") return "unsure";
    if (this.na?.getAttribute("aria-pressed") === "true") return "na";
    return this.element.querySelector(".answers input:checked")?.value ?? this.judged;
  }

  /** What the answer comes to: pass, fail, na, unsure, or null while there is none. */
  get value() {
    const found = verdict(this.about, { ...this.measure.read(), value: this.tapped_value });
    return found === "none" ? null : found;
  }

  set value(value) {
    this.unsure.setAttribute("aria-pressed", String(value === "unsure"));
    this.na?.setAttribute("aria-pressed", String(value === "na"));
    for (const radio of this.element.querySelectorAll(".answers input")) radio.checked = radio.value === value;
    this.judged = null;
  }

  /** Whether the item is asked here, by what is known of the place now. */
  get asked() { return holds(this.about.when, page.facts) !== false; }

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
      visit: page.visit, item: this.code, value: this.value, days: this.days, ...this.measure.read(),
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
    // Without its buttons an item keeps what another phone, or an older page, said of it in words only.
    if (this.na && ["pass", "fail"].includes(answer.value)) this.judged = answer.value;
    this.chosen = Boolean(answer.chosen);
    this.measure.show(answer);
    for (const name of TEXTS) if (this.field(name)) this.field(name).value = answer[name] ?? "";
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
    this.measured(control);
    if (control.closest(".answers")) this.value = control.value;
    this.save();
  }

  tapped(button) {
    if (!button) return;
    if (button === this.unsure) this.value = this.value === "unsure" ? null : "unsure";
    else if (button === this.na) this.value = this.value === "na" ? null : "na";
    else this.field("place").value = button.dataset.place;
    this.save();
  }

  /** A measure given anew speaks for itself: what was tapped or judged before no longer does. */
  measured(control) {
    if (!this.measure.owns(control)) return;
    if (this.na || this.value === "na" || this.value === "unsure") this.value = null;
    this.show();
  }

  typed(control) {
    this.measured(control);
    if (!control.matches("input:not([type]), textarea")) return;
    localStorage.setItem(this.draft, JSON.stringify(this.payload()));
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.save(), TYPING);
  }

  /** Words that were being typed when the tab was killed. */
  recover() {
    const typed = JSON.parse(localStorage.getItem(this.draft));
    if (!typed) return;
    for (const name of TEXTS) if (this.field(name)) this.field(name).value = typed[name] ?? "";
    if (typed.value) this.value = typed.value;
    this.measure.show(typed);
    this.save();
  }

  flush() { if (this.typing) return this.save(); }

  async save() {
    clearTimeout(this.typing);
    this.typing = null;
    this.show();
    const answer = this.payload(), same = JSON.stringify(answer);
    // An answer taken back is written down too, but one that was never given is none.
    if (same === this.saved || (this.value === null && this.saved === undefined && !this.measure.begun)) return;
    this.saved = same;
    await ledger.record(["visit.answer", answer]);
    if (JSON.stringify(this.payload()) === same) localStorage.removeItem(this.draft);
    this.element.dispatchEvent(new Event("answered", { bubbles: true }));
    send();
  }

  show() {
    const value = this.value, failed = value === "fail", fixed = this.checked("fixed") === "yes";
    const toggle = (name, shown) => this.element.querySelector(name)?.classList.toggle("hidden", !shown);
    this.element.classList.toggle("failed", failed);
    this.panel.classList.toggle("hidden", !failed);
    toggle("[data-note]", failed || value === "unsure");
    const note = this.element.querySelector("[data-note]");
    if (value === "unsure" && !this.wasUnsure) note.open = true;
    this.wasUnsure = value === "unsure";
    const verdictLine = this.element.querySelector("[data-verdict]");
    if (verdictLine) {
      verdictLine.dataset.verdict = value ?? "none";
      verdictLine.textContent = VERDICTS[value ?? "none"];
    }
    toggle("[data-after]", fixed);
    toggle("[data-when]", !fixed);
    toggle("[data-pick]", this.checked("days") === "pick");
    toggle("[data-no-photo]", this.photosLacking > 0);
    for (const spot of this.element.querySelectorAll("[data-place]")) {
      spot.setAttribute("aria-pressed", String(spot.dataset.place === this.field("place")?.value.trim()));
    }
    const kept = this.element.querySelector("[data-kept]");
    const photos = this.strips.photos.ids.length;
    kept.classList.toggle("hidden", failed || !photos);
    kept.textContent = `拍过 ${photos} 张照片，改回不合格还在。`;
    const by = this.element.querySelector("[data-by]");
    if (by) by.textContent = this.days
      ? `${dayWords(this.days)}前。${isRest(this.days) ? "这天是休息日。" : ""}期限是建议，由接手的单位确定。`
      : "请选一个今天以后的日期。";
  }

  /** How many photos of those the item asks for are not there yet. */
  get photosLacking() { return Math.max(0, this.about.photos - this.strips.photos.ids.length); }

  /** What this item still lacks, in words; empty when it is complete. */
  missing() {
    if (!this.asked) return "";
    const lacks = ["na", "unsure"].includes(this.value) ? "" : this.measure.missing();
    if (lacks) return lacks;
    if (this.value === null) return "还没查";
    if (this.value !== "fail") return "";
    const answer = this.payload();
    if (this.about.grade === "advice") return "";
    if (this.photosLacking && !answer.no_photo_reason) return `还差 ${this.photosLacking} 张照片`;
    if (!answer.wordings.length && !answer.note) return "还没选哪里不对";
    if (answer.no_photo_reason === "其他" && !answer.photos.length && !answer.note) return "拍不了的原因还没写";
    if (!answer.place) return "还没选在哪个位置";
    if (!answer.fixed_now && !answer.days) return "还没选什么时候完成";
    return answer.fixed_now && !answer.after_photos.length ? "还差一张改好后的照片" : "";
  }
}

function showCounts(items) {
  for (const section of document.querySelectorAll("[data-section]")) {
    const own = items.filter((item) => item.asked && section.contains(item.element));
    const done = own.filter((item) => item.value !== null).length;
    const link = document.querySelector(`[data-section-link="${section.dataset.section}"]`);
    if (section.dataset.section === "end") continue;
    link.querySelector("[data-done]").textContent = `${done === own.length ? "✓ " : ""}${done}/${own.length}`;
    link.classList.toggle("full", done === own.length);
    section.querySelector("[data-section-count]").textContent = own.length ? `${own.length} 项，已查 ${done} 项` : "这一部分在这里不用查。";
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
  document.dispatchEvent(new Event("answered"));
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
  const suspicion = await wireSuspicion(items, () => {
    for (const item of items) item.element.classList.toggle("hidden", !item.asked);
    showCounts(items);
  });
  const flush = () => Promise.all(items.map((item) => item.flush()));
  addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", flush);
  document.addEventListener("answered", () => {
    showCounts(items);
    suspicion();
  });
  showCounts(items);
  return { items, flush, refresh: () => refresh(items, device) };
}
