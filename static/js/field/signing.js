// Signatures at the end of a visit: drawn by a finger under the very text that is shown, or a reason why not.

import { make } from "./dom.js";
import * as ledger from "./ledger.js";
import { notice } from "./notices.js";

const MOST_IMAGE = 47000;

/** Drawing is fetched when there is something to sign, not before; null where it is not to be had now. */
let drawing = null;
export const fetchDrawing = async () => {
  try {
    drawing ??= (await import("../../vendor/signature_pad-5.1.4.min.js")).default;
  } catch (fault) {
    console.error(fault);
  }
  return drawing;
};

/** One signature: `asked` is false where nobody can be asked for it any more. */
export class Signing {
  constructor(element, visit) {
    this.element = element;
    this.visit = visit;
    this.part = element.dataset.sign;
    this.asked = this.part !== "companion";
    this.canvas = element.querySelector("canvas");
    this.pad = null;
    this.key = `sign:${visit}:${element.id}`;
    element.querySelector("[data-clear]").addEventListener("click", () => {
      this.pad?.clear();
      for (const choice of element.querySelectorAll("[name=reason]")) choice.checked = false;
      void this.keep();
    });
    element.addEventListener("change", () => this.keep());
  }

  get name() {
    return this.element.querySelector("[name=name]")?.value.trim() ?? this.element.dataset.name;
  }
  get reason() {
    return this.element.querySelector("[name=reason]:checked")?.value ?? "";
  }
  get drawn() {
    return Boolean(this.pad && !this.pad.isEmpty());
  }
  get done() {
    return this.drawn || this.reason !== "";
  }

  /** For a page that dies before the visit is handed in. Never rejects: what is signed is on the page and in the journal. */
  keep() {
    return ledger
      .keepNote(this.key, {
        strokes: this.pad?.toData() ?? [],
        name: this.name,
        reason: this.reason,
        hash: this.hash,
        day: this.day,
      })
      .catch(console.error);
  }

  /** Open for signing once what was signed under this very text is back: a stroke made earlier would be wiped. */
  async ready(hash, day) {
    this.day = day;
    const Pad = await fetchDrawing();
    if (!this.pad && Pad) {
      this.pad = new Pad(this.canvas, { penColor: "#12171C", minWidth: 1, maxWidth: 3 });
      this.pad.addEventListener("endStroke", () => this.keep());
    }
    this.pad?.off();
    delete this.element.dataset.ready;
    await this.restore(hash);
    if (!this.pad) return notice(this.element, "签名的画板没有取到。有信号了再打开这一部分，就能签。", "warn");
    this.pad.on();
    this.element.dataset.ready = "";
  }

  /** Fit the drawing surface to the page and bring back the strokes of this very text, and only of this. */
  async restore(hash) {
    const scale = Math.min(2, devicePixelRatio || 1);
    this.canvas.width = this.canvas.offsetWidth * scale;
    this.canvas.height = this.canvas.offsetHeight * scale;
    this.canvas.getContext("2d").scale(scale, scale);
    this.pad?.clear();
    this.hash = hash;
    const kept = await ledger.note(this.key);
    if (!kept) return;
    const name = this.element.querySelector("[name=name]");
    if (name) name.value ||= kept.name;
    if (kept.hash !== hash) {
      if (kept.strokes.length) notice(this.element, "内容改过了，请再签一次。", "warn");
      return;
    }
    this.pad?.fromData(kept.strokes);
    for (const choice of this.element.querySelectorAll("[name=reason]")) {
      choice.checked = choice.value === kept.reason;
      if (choice.checked) choice.closest("details").open = true;
    }
  }

  missing() {
    if (!this.asked && !this.drawn) return "";
    if (!this.done) return this.part === "deputy" ? "代表还没签名" : "场所负责人还没签名，也没选原因";
    return this.drawn && !this.name ? "场所负责人的姓名还没写" : "";
  }

  image() {
    if (!this.drawn) return "";
    let picture = this.canvas,
      data = encoded(picture);
    while (data.length > MOST_IMAGE) {
      const smaller = make("canvas", { width: picture.width / 2, height: picture.height / 2 });
      smaller.getContext("2d").drawImage(picture, 0, 0, smaller.width, smaller.height);
      [picture, data] = [smaller, encoded(smaller)];
    }
    return data;
  }

  operation() {
    const image = this.image();
    return [
      "visit.sign",
      {
        visit: this.visit,
        part: this.part,
        name: this.name,
        image,
        reason: image ? "" : this.reason,
        text_sha256: this.hash,
        shown_on: this.day,
      },
    ];
  }
}

const encoded = (canvas) => canvas.toDataURL("image/png").split(",")[1];
