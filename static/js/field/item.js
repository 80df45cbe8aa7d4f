// One item of the checklist as it is answered, and what its answer comes to. Nothing here is drawn: see drawing.js.

import { holds, verdict } from "./conditions.js";
import { dayAfter, daysUntil, dayWords, isRest } from "./days.js";
import * as journal from "./journal.js";
import { measurement } from "./measures.js";
import { notKept } from "./notices.js";
import { Strip } from "./photo_strip.js";

const TYPING = 700;
const TEXTS = ["place", "note", "suspected_reason"];
const VERDICTS = { pass: "✓ 合格", fail: "✕ 不合格", na: "– 不适用", unsure: "看不准", none: "" };

/** One item of a filling: {visit, items, facts, drawing, signal, keep}. `keep(answer, row)` resolves with the operation's row once
 * it is on disk, `row` being the one before; without it nothing is kept. The filling is the item's own for good: whatever is opened later, an answer
 * belongs to the visit in which it was given. */
export class Item {
  constructor(element, filling) {
    this.element = element;
    this.filling = filling;
    this.code = element.dataset.item;
    this.draft = `typing:${filling.visit}:${this.code}`;
    this.row = null; // this phone's newest operation that shows here
    this.changes = 0; // answers given while it is open
    this.saving = 0; // of these, not yet on disk
    this.anyway = false; // asked although what is known of the place says it is not: somebody saw it here
    this.panel = null; // what is asked once it fails: most items are sound, and a cheap phone feels every element
    this.strips = {};
    this.unsure = element.querySelector("[data-unsure]");
    this.na = element.querySelector("[data-na]"); // only where a measure takes the place of the three answers
    this.about = filling.items[this.code];
    this.measure = measurement(this.about, element, filling.facts, () => this.save());
    this.untold = untold(this.about);
    this.parts = this.found();
    element.addEventListener("change", (event) => this.changed(event.target));
    element.addEventListener("input", (event) => this.typed(event.target));
    element.addEventListener("click", (event) =>
      this.tapped(event.target.closest("[data-place], [data-unsure], [data-na]")),
    );
  }

  /** Draw what is asked once the item fails, if it is not there yet. */
  open() {
    if (this.panel) return;
    this.draw();
    this.parts = this.found();
  }

  draw() {
    this.panel = this.filling.drawing.panel(this.about);
    this.parts.note.before(this.panel);
    const { visit, signal } = this.filling;
    this.strips = Object.fromEntries(
      [...this.panel.querySelectorAll("[data-photos]")].map((strip) => [
        strip.dataset.photos,
        new Strip(strip, visit, () => this.save(), signal),
      ]),
    );
  }

  /** What show() touches at every tap, looked for once. */
  found() {
    const one = (selector) => this.element.querySelector(selector);
    return {
      note: one("[data-note]"),
      verdict: one("[data-verdict]"),
      kept: one("[data-kept]"),
      by: one("[data-by]"),
      after: one("[data-after]"),
      when: one("[data-when]"),
      pick: one("[data-pick]"),
      noPhoto: one("[data-no-photo]"),
      spots: [...this.element.querySelectorAll("[data-place]")],
    };
  }

  field(name) {
    return this.element.querySelector(`[name="${name}"]`);
  }
  checked(name) {
    return this.element.querySelector(`[name="${name}-${this.code}"]:checked`)?.value ?? "";
  }

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
  get asked() {
    return this.anyway || holds(this.about.when, this.filling.facts) !== false;
  }

  get days() {
    const chosen = this.checked("days");
    if (chosen !== "pick") return Number(chosen) || null;
    const days = this.field("day").value ? daysUntil(this.field("day").value) : 0;
    return days > 0 && days <= 365 ? days : null;
  }

  set days(days) {
    const radios = [...this.element.querySelectorAll(`[name="days-${this.code}"]`)];
    if (!radios.length) return;
    const known =
      radios.find((radio) => Number(radio.value) === days) ?? radios.find((radio) => radio.value === "pick");
    known.checked = true;
    // A date that was still to be chosen is still to be chosen.
    if (known.value === "pick") this.field("day").value = days ? dayAfter(days) : "";
  }

  /** The whole answer as it stands: every operation carries all of it, so the newest is enough. */
  payload() {
    const answer = {
      visit: this.filling.visit,
      item: this.code,
      value: this.value,
      ...this.measure.read(),
      ...(this.panel ? this.told() : this.untold),
      ...(this.about.version ? { version: this.about.version, asked_on: this.about.asked_on } : {}),
    };
    // What two people settled stays settled while it is only added to.
    return { ...answer, ...(this.chosen ? { chosen: true } : {}), note: this.field("note").value.trim() };
  }

  /** What was told about a failed item; names as in untold(). */
  told() {
    return {
      days: this.days,
      wordings: [...this.panel.querySelectorAll("[name=wordings]:checked")].map((box) => box.value),
      photos: this.strips.photos.ids,
      after_photos: this.strips.after_photos?.ids ?? [],
      fixed_now: this.checked("fixed") === "yes",
      no_photo_reason: this.checked("no-photo"),
      place: this.field("place")?.value.trim() ?? "",
      suspected_reason: this.field("suspected_reason")?.value.trim() ?? "",
    };
  }

  restore(answer) {
    const said = (name) => name in answer && JSON.stringify(answer[name]) !== JSON.stringify(this.untold[name]);
    if (Object.keys(this.untold).some(said)) this.open();
    this.value = answer.value;
    // Without its buttons an item keeps what another phone, or an older page, said of it in words only.
    if (this.na && ["pass", "fail"].includes(answer.value)) this.judged = answer.value;
    this.chosen = Boolean(answer.chosen);
    this.measure.show(answer);
    for (const name of TEXTS) if (this.field(name)) this.field(name).value = answer[name] ?? "";
    for (const [name, value] of [
      ["fixed", answer.fixed_now ? "yes" : ""],
      ["no-photo", answer.no_photo_reason ?? ""],
    ]) {
      for (const radio of this.element.querySelectorAll(`[name="${name}-${this.code}"]`))
        radio.checked = radio.value === value;
    }
    for (const box of this.element.querySelectorAll("[name=wordings]"))
      box.checked = (answer.wordings ?? []).includes(box.value);
    if (answer.days !== undefined) this.days = answer.days;
    for (const [name, strip] of Object.entries(this.strips)) strip.showAll(answer[name] ?? []);
    this.heard = JSON.stringify(this.measure.read());
    this.saved = JSON.stringify(this.payload());
    this.show();
  }

  changed(control) {
    this.measured(control);
    if (control.closest(".answers")) this.value = control.value;
    void this.save();
  }

  tapped(button) {
    if (!button) return;
    if (button === this.unsure) this.value = this.value === "unsure" ? null : "unsure";
    else if (button === this.na) this.value = this.value === "na" ? null : "na";
    else this.field("place").value = button.dataset.place;
    void this.save();
  }

  /** A measure given anew speaks for itself: what was tapped or judged before no longer does. A field that is left without
   * being changed says nothing new: some browsers report it long after another button was tapped. */
  measured(control) {
    if (!this.measure.owns(control)) return;
    const read = JSON.stringify(this.measure.read());
    if (read === this.heard) return;
    this.heard = read;
    if (this.na || this.value === "na" || this.value === "unsure") this.value = null;
    this.show();
  }

  typed(control) {
    this.measured(control);
    if (!control.matches("input:not([type]), textarea")) return;
    this.keepTyped(control);
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.save(), TYPING);
  }

  /** Words on their way, in case the tab is killed. Words only: what was tapped stands in the journal as the operation that
   * it is, and an older tap kept here would one day speak against a newer one. */
  keepTyped(control) {
    if (!this.filling.keep) return;
    const typed = this.measure.owns(control) ? this.measure.read() : { [control.name]: control.value };
    journal.set(this.draft, { ...journal.get(this.draft), ...typed });
  }

  /** Words that were being typed when the tab was killed. */
  recover() {
    const typed = journal.get(this.draft);
    if (!typed) return;
    if ("place" in typed || "suspected_reason" in typed) this.open();
    for (const name of TEXTS) if (name in typed && this.field(name)) this.field(name).value = typed[name];
    if ("number" in typed || "text" in typed || "rows" in typed) this.measure.show(typed);
    this.heard = JSON.stringify(this.measure.read());
    void this.save();
  }

  flush() {
    if (this.typing) return this.save();
  }

  /** Write the answer down as it stands. Never rejects: what is not kept is said beside the item. */
  async save() {
    clearTimeout(this.typing);
    this.typing = undefined;
    this.show();
    if (!this.filling.keep) return this.tell();
    const answer = this.payload(),
      same = JSON.stringify(answer),
      before = this.saved;
    if (same === before) return journal.drop(this.draft);
    // An answer taken back is written down too, but one that was never given is none.
    if (this.value === null && before === undefined && !this.measure.begun) return;
    this.saved = same;
    this.changes += 1;
    this.saving += 1;
    try {
      const row = await this.filling.keep(answer, this.row);
      if (!(row.order < this.row?.order)) this.row = row;
      this.chosen ||= row.payload.chosen;
    } catch (fault) {
      if (this.saved === same) this.saved = before; // not on disk: the next tap, even the same one, writes it again
      return notKept(this.element, fault);
    } finally {
      this.saving -= 1;
    }
    if (JSON.stringify(this.payload()) === same) journal.drop(this.draft);
    this.tell();
  }

  /** Everybody who counts hears that this item changed. */
  tell() {
    this.element.dispatchEvent(new Event("answered", { bubbles: true }));
  }

  show() {
    const value = this.value,
      failed = value === "fail";
    const toggle = (part, shown) => part?.classList.toggle("hidden", !shown);
    this.element.classList.toggle("failed", failed);
    if (failed) this.open();
    toggle(this.panel, failed);
    const { parts } = this;
    toggle(parts.note, failed || value === "unsure");
    if (value === "unsure" && !this.wasUnsure) parts.note.open = true;
    this.wasUnsure = value === "unsure";
    if (parts.verdict) {
      parts.verdict.dataset.verdict = value ?? "none";
      say(parts.verdict, VERDICTS[value ?? "none"]);
    }
    const photos = this.photos;
    toggle(parts.kept, !failed && photos && !this.about.deep);
    say(parts.kept, `拍过 ${photos} 张照片，改回不合格还在。`);
    if (failed) this.showPanel(this.checked("fixed") === "yes");
    else if (this.about.deep) toggle(parts.noPhoto, this.photosLacking > 0 || Boolean(this.checked("no-photo")));
  }

  /** What is asked of a failed item; folded away it needs no words. */
  showPanel(fixed) {
    const { parts } = this,
      place = this.field("place")?.value.trim();
    const toggle = (part, shown) => part?.classList.toggle("hidden", !shown);
    toggle(parts.after, fixed);
    toggle(parts.when, !fixed);
    toggle(parts.pick, this.checked("days") === "pick");
    toggle(parts.noPhoto, this.photosLacking > 0);
    for (const spot of parts.spots) spot.setAttribute("aria-pressed", String(spot.dataset.place === place));
    if (parts.by)
      say(
        parts.by,
        this.days
          ? `${dayWords(this.days)}前。${isRest(this.days) ? "这天是休息日。" : ""}期限是建议，由接手的单位确定。`
          : "请选一个今天以后的日期。",
      );
  }

  get photos() {
    return this.strips.photos?.ids.length ?? 0;
  }

  /** How many photos of those the item asks for are not there yet. */
  get photosLacking() {
    return Math.max(0, this.about.photos - this.photos);
  }

  /** What this item still lacks, in words; empty when it is complete. */
  missing() {
    if (!this.asked) return "";
    const lacks = ["na", "unsure"].includes(this.value) ? "" : this.measure.missing();
    if (lacks) return lacks;
    if (this.value === null) return "还没查";
    if (this.value === "pass" && this.about.deep && !this.photos && !this.checked("no-photo")) return "还差一张照片";
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

/** What a failed item says as long as nobody has told anything about it. */
function untold({ grade, days, mending_days: usual }) {
  return {
    days: grade !== "advice" && days.includes(usual) ? usual : null,
    wordings: [],
    photos: [],
    after_photos: [],
    fixed_now: false,
    no_photo_reason: "",
    place: "",
    suspected_reason: "",
  };
}

/** Words, changed only where they differ: a reader is not told the same again. */
function say(part, words) {
  if (part.textContent !== words) part.textContent = words;
}
