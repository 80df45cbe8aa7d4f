// The last page of a visit: what is missing, the text that is signed, two signatures, handing in.

import { dayAfter, dayWords } from "./days.js";
import { make } from "./dom.js";
import { sha256 } from "./hash.js";
import * as ledger from "./ledger.js";
import { notice, notKept } from "./notices.js";
import { show as showPhoto } from "./photos.js";
import { send } from "./sender.js";
import * as visits from "./visits.js";

const NAMES = { pass: "合格", fail: "不合格", na: "不适用", unsure: "看不准" };
const MOST_IMAGE = 47000,
  MANY = 3;

const isAdvice = (item) => item.about.grade === "advice";

/** An item with what was seen, in one line. */
function said(item, name) {
  const { wordings, note } = item.payload();
  return [name, item.value === "fail" && measureWords(item), item.value === "fail" && wordings.join("、"), note]
    .filter(Boolean)
    .join("。");
}

/** What was measured, counted, chosen or written, in words. */
function measureWords(item) {
  const { number, rows, choice, text } = item.payload();
  const unit = (value) => `${value} ${item.about.unit}`.trim();
  if (rows)
    return rows
      .filter((row) => row.number !== null)
      .map((row) => `${row.name}：${unit(row.number)}`)
      .join("，");
  if (choice) return item.about.choices.find((one) => one.value === choice)?.label ?? "";
  return text || (number === null || number === undefined ? "" : unit(number));
}

/** The text that is shown and signed, of a day: it names the day itself. */
function summary(all, place, day) {
  const items = all.filter((item) => item.asked || item.value !== null);
  const of = (value) => items.filter((item) => item.value === value);
  const counts = Object.entries(NAMES).map(([value, name]) => `${name} ${of(value).length} 项`);
  const listed = (heading, found, line) =>
    found.length ? [heading, ...found.map((item, index) => `${index + 1}. ${line(item)}`)] : [];
  const fails = of("fail")
    .filter((item) => !isAdvice(item))
    .map((item, index) => {
      const { wordings, note, place: where, days, fixed_now: fixed } = item.payload();
      const what = [measureWords(item), wordings.join("、"), note, where && `位置：${where}`]
        .filter(Boolean)
        .join("。");
      const when = fixed ? "当场改好了" : days ? `建议 ${dayWords(days, day)}前完成` : "";
      return `${index + 1}. ${[item.element.dataset.title, what, when].filter(Boolean).join("。")}`;
    });
  return [
    `${place}，${dayWords(0, day)}检查`,
    counts.join("，"),
    ...(fails.length ? ["请您看一看："] : ["没有发现问题。"]),
    ...fails,
    ...listed("建议：", of("fail").filter(isAdvice), (item) => said(item, item.element.dataset.title)),
    ...listed("看不准，没有立隐患：", of("unsure"), (item) => said(item, item.about.question)),
  ].join("\n");
}

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

class Signing {
  constructor(element, visit) {
    this.element = element;
    this.visit = visit;
    this.part = element.dataset.sign;
    this.optional = this.part === "companion";
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
    if (this.optional) return "";
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

/** The summary and handing in. `settle(ask)` puts everything on disk and shows what stands by now; with `ask` the server
 * is asked too. */
export function wireEnd(main, items, { visit, place, signal }, settle) {
  const end = main.querySelector("#end");
  const signings = [...end.querySelectorAll("[data-sign]")].map((element) => new Signing(element, visit));
  const missing = end.querySelector("[data-missing]");
  const signed = end.querySelector("[data-summary]");
  let hash = "",
    day = "",
    taking = null,
    showing = 0;

  /** The day of what was signed here under these very words, so that midnight takes no signature back; else today. */
  async function dayOfText() {
    for (const signing of signings) {
      const kept = await ledger.note(signing.key);
      if (
        kept?.day &&
        (kept.strokes.length || kept.reason) &&
        kept.hash === (await sha256(summary(items, place.name, kept.day)))
      )
        return kept.day;
    }
    return dayAfter(0);
  }

  async function show() {
    const run = ++showing;
    await settle(true);
    const on = await dayOfText(),
      lines = summary(items, place.name, on),
      digest = await sha256(lines);
    if (run !== showing || signal?.aborted) return; // shown anew meanwhile: that one has the newest words
    const none = items.filter((item) => item.asked && item.value === null).length;
    for (const box of end.querySelectorAll("[data-count]")) {
      const value = box.dataset.count;
      box.textContent = value === "none" ? none : items.filter((item) => item.value === value).length;
    }
    showFails();
    showListed(
      "advice",
      items.filter((item) => item.value === "fail" && isAdvice(item)),
      (item) => item.element.dataset.title,
    );
    showListed(
      "unsure",
      items.filter((item) => item.value === "unsure"),
      (item) => item.about.question,
    );
    // What is hashed is what stands on the screen; the server keeps this very text under this hash.
    signed.textContent = lines;
    [hash, day] = [digest, on];
    for (const signing of signings) await signing.ready(hash, day);
    showMissing(faults(false));
  }

  /** Each failed item with its first photo and the way back to it. */
  function showFails() {
    const list = end.querySelector("[data-fails]");
    const failed = items.filter((item) => item.value === "fail" && !isAdvice(item));
    list.classList.toggle("hidden", !failed.length);
    list.replaceChildren(
      ...failed.map((item) => {
        const [first] = item.strips.photos.ids;
        const image = first ? make("img", { alt: "", width: 72, height: 54 }) : "";
        if (first) void showPhoto(image, first);
        const { wordings, place } = item.payload();
        const change = make("a", { className: "button calm", text: "改", href: `#${item.element.id}` });
        change.setAttribute("aria-label", `改：${item.element.dataset.title}`);
        const words = make(
          "div",
          { className: "grow" },
          make("strong", { text: item.element.dataset.title }),
          make("span", { className: "quiet", text: [wordings.join("、"), place].filter(Boolean).join("，") }),
        );
        return make("li", { className: "fail-row" }, image, words, change);
      }),
    );
  }

  /** What makes no hazard but is told: advice, and what somebody was not sure of. */
  function showListed(name, found, title) {
    const box = end.querySelector(`[data-listed=${name}]`);
    box.classList.toggle("hidden", !found.length);
    box.querySelector("ul").replaceChildren(
      ...found.map((item) => {
        const change = make("a", { className: "button calm", text: "改", href: `#${item.element.id}` });
        change.setAttribute("aria-label", `改：${title(item)}`);
        const { wordings, note } = item.payload();
        const more = [item.value === "fail" && wordings.join("、"), note].filter(Boolean).join("，");
        return make(
          "li",
          { className: "fail-row" },
          make(
            "div",
            { className: "grow" },
            make("strong", { text: title(item) }),
            make("span", { className: "quiet", text: more }),
          ),
          change,
        );
      }),
    );
  }

  /** [words, where to] of all that is missing; a section hardly begun is one line, not twenty. */
  function faults(all) {
    const found = [];
    for (const section of main.querySelectorAll("[data-section]")) {
      const own = items.filter((item) => item.asked && section.contains(item.element));
      const open = own.filter((item) => item.value === null);
      const folded = open.length > MANY;
      if (folded)
        found.push([
          `${section.querySelector("h1").textContent}：还有 ${open.length} 项没查`,
          open[0].element.id,
          open.length,
        ]);
      for (const item of own.filter((one) => one.missing() && !(folded && one.value === null))) {
        found.push([
          `${item.element.querySelector("legend").textContent.trim()}：${item.missing()}`,
          item.element.id,
          1,
        ]);
      }
    }
    if (all)
      found.push(
        ...signings.filter((signing) => signing.missing()).map((signing) => [signing.missing(), signing.element.id, 1]),
      );
    return found;
  }

  function showMissing(found) {
    missing.classList.toggle("hidden", !found.length);
    const links = found.map(([text, id]) => make("li", {}, make("a", { text, href: `#${id}` })));
    const count = found.reduce((sum, [, , places]) => sum + places, 0);
    missing.replaceChildren(make("h2", { text: `还差 ${count} 处，补上就能提交` }), make("ul", {}, ...links));
  }

  async function handIn() {
    await settle(false);
    if (summary(items, place.name, day) !== signed.textContent) {
      await show(); // signed is only what stands; strokes under other words do not count
      return notice(end, "内容刚刚改过，请看一遍再签。", "warn");
    }
    const found = faults(true);
    showMissing(found);
    if (found.length) return missing.focus();
    const row = await visits.handedIn(visit),
      before = await visits.stoodOn(visit),
      text = signed.textContent;
    await ledger.recordWith(
      row ? { visits: [row] } : {},
      ...signings.filter((signing) => signing.done).map((signing) => signing.operation()),
      [
        "visit.submit",
        (signatures) => ({ visit, text_sha256: hash, text, after: [...before, ...signatures.map(({ id }) => id)] }),
      ],
    );
    void send();
    // What was signed is not changed behind its back: the page of what was handed in takes this one's place.
    main.dispatchEvent(new Event("handed-in"));
    return undefined;
  }

  end.addEventListener("shown", show);
  end.addEventListener("handin", () => {
    taking ??= handIn()
      .catch((fault) => notKept(end, fault, "这次提交", "请再按一次"))
      .finally(() => {
        taking = null;
      });
  });
}
