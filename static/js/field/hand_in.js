// The last page of a visit: what is missing, the text that is signed, two signatures, handing in.

import { dayAfter } from "./days.js";
import { make } from "./dom.js";
import { sha256 } from "./hash.js";
import * as ledger from "./ledger.js";
import { notice, notKept } from "./notices.js";
import { show as showPhoto } from "./photos.js";
import { send } from "./sender.js";
import { isAdvice, summary } from "./signed_text.js";
import { fetchDrawing, Signing } from "./signing.js";
import * as visits from "./visits.js";

const MANY = 3;

/** What is signed with comes after this file. */
export const prepare = fetchDrawing;

/** The summary and handing in. `settle(ask)` puts everything on disk and shows what stands by now; with `ask` the server
 * is asked too. */
export function wireEnd(main, items, filling, settle) {
  const { visit, place, signal, walk, leave } = filling;
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
        kept.hash === (await sha256(summary(items, place.name, kept.day, filling)))
      )
        return kept.day;
    }
    return dayAfter(0);
  }

  async function show() {
    const run = ++showing;
    await settle(true);
    const on = await dayOfText(),
      lines = summary(items, place.name, on, filling),
      digest = await sha256(lines);
    if (run !== showing || signal?.aborted) return; // shown anew meanwhile: that one has the newest words
    const stand = walk?.tally(),
      none = stand?.open.length ?? items.filter((item) => item.asked && item.value === null).length;
    for (const box of end.querySelectorAll("[data-count]")) {
      const value = box.dataset.count;
      box.textContent =
        value === "none" ? none : (stand?.[value]?.length ?? items.filter((item) => item.value === value).length);
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

  /** [words, where to, how many] of all that is missing; a section hardly begun is one line, not twenty. */
  function faults(all) {
    const found = walk ? walk.gaps() : [];
    for (const section of main.querySelectorAll("[data-section]")) {
      const own = items.filter(
        (item) =>
          item.asked &&
          section.contains(item.element) &&
          !((walk || leave?.early) && item.value === null && !item.measure.begun),
      );
      const open = own.filter((item) => item.value === null);
      const folded = open.length > MANY;
      if (folded)
        found.push([
          `${section.querySelector("h1").textContent}：还有 ${open.length} 项没查`,
          open[0].element.id,
          open.length,
        ]);
      for (const item of own.filter((one) => one.missing() && !(folded && one.value === null))) {
        found.push([`${item.about.question}：${item.missing()}`, item.element.id, 1]);
      }
    }
    for (const signing of signings) if (signing.part !== "companion") signing.asked = !leave?.shownOut;
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
    if (summary(items, place.name, day, filling) !== signed.textContent) {
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
      ...(leave?.ending() ?? []),
      ...signings.filter((signing) => signing.done).map((signing) => signing.operation()),
      ["visit.submit", (rows) => ({ visit, text_sha256: hash, text, after: [...before, ...rows.map(({ id }) => id)] })],
    );
    void send();
    // What was signed is not changed behind its back: the page of what was handed in takes this one's place.
    main.dispatchEvent(new Event("handed-in"));
    return undefined;
  }

  void bringSlips(end, filling);
  end.addEventListener("shown", show);
  end.addEventListener("handin", () => {
    taking ??= handIn()
      .catch((fault) => notKept(end, fault, "这次提交", "请再按一次"))
      .finally(() => {
        taking = null;
      });
  });
  if (!end.matches(".hidden")) void show(); // it was opened before this was here
}

/** Where a slip that was filled in by hand is written down. Never rejects: without it there is the page of what was handed in. */
async function bringSlips(end, { visit, signal }) {
  try {
    const { slipFold } = await import("./slips.js");
    end.querySelector("[data-slips]").replaceChildren(slipFold(visit, signal).fold);
  } catch (fault) {
    console.warn(fault);
  }
}
