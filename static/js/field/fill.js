// Filling a whole list: every tap on an item becomes an answer at once; counts are kept as one goes.

import { drawEnd, drawLinks } from "./drawing.js";
import { Whole } from "./early.js";
import { breath, live, opening, putBack, standing } from "./filling.js";
import { Item } from "./item.js";
import { drawLeaving, sayEarly, whyEarly } from "./leaving.js";
import { page } from "./ledger.js";
import { goOn, opensAt, wireSections } from "./sections.js";
import { firstUnanswered } from "./where_to.js";

const payloads = (answers) => Object.fromEntries([...answers].map(([code, { payload }]) => [code, payload]));
const AT_A_TIME = 8; // ms of drawing: also a slow phone hears a tap within a frame or two

/** How much of each section is done, in the section and in the links above; resolves with a function that counts anew:
 * the section of one item, or all. */
export function counting(root, items) {
  const counted = [...root.querySelectorAll("[data-section]")].filter((one) =>
    one.querySelector("[data-section-count]"),
  );
  const sections = counted.map((section) => ({
    section,
    own: items.filter((item) => section.contains(item.element)),
    words: section.querySelector("[data-section-count]"),
    link: document.querySelector(`[data-section-link="${section.dataset.section}"]`),
  }));
  return (/** @type {import("./item.js").Item | null} */ changed = null) => {
    for (const { own, words, link } of sections) {
      if (changed && !own.includes(changed)) continue;
      const asked = own.filter((item) => item.asked),
        done = asked.filter((item) => item.value !== null).length;
      words.textContent = asked.length ? `${asked.length} 项，已查 ${done} 项` : "这一部分在这里不用查。";
      if (!link) continue;
      link.querySelector("[data-done]").textContent = `${done === asked.length ? "✓ " : ""}${done}/${asked.length}`;
      link.classList.toggle("full", done === asked.length);
    }
  };
}

/** Open a visit in `main` and bring it to life; resolves with its items once every answer is in its place.
 *
 * `context` is all that is known of the visit: {visit, place: {name, address, kind}, depth, deep: [codes], facts, answers,
 * zones, answersAt, failedBefore: {code: date}, mates: [name], lists: [the JSON of lists.js], asOf, signal}. `asOf` is when
 * `answers` came from the server (ms since 1970, 0 where they never did); `signal` ends everything that listens here.
 * `nav.sections` and the buttons [data-go] stand in the page beside `main`.
 */
export async function openFilling(main, context) {
  const { visit, signal } = context;
  const { own, heard, device, filling } = await opening(context),
    { drawing, sections: parts } = filling;
  if (signal?.aborted) return [];

  goOn(visit, firstUnanswered(parts, { ...context.answers, ...payloads(own.answers) }));
  drawLinks(document.querySelector("nav.sections"), parts, true);
  main.querySelector("[data-opening]")?.remove();
  const items = [];
  let since = performance.now();
  for (const { section, items: drawn } of drawing.sections(parts, opensAt(visit, parts))) {
    if (!section.matches(".hidden")) main.append(section); // what shows is there as it comes
    for (const element of drawn) {
      // What comes to the page can be tapped at once, so it already is what it will be: its answer is back in its place.
      const item = new Item(element, filling),
        mine = own.answers.get(item.code);
      items.push(item);
      putBack(item, mine, standing(mine, context.answers?.[item.code], heard), device);
      section.append(element);
      if (performance.now() - since < AT_A_TIME) continue;
      await breath();
      if (signal?.aborted) return items;
      since = performance.now();
    }
    if (!section.isConnected) main.append(section); // out of sight it comes whole
  }
  const leave = (filling.leave = new Whole(visit, items));
  leave.early = await whyEarly(visit);
  if (signal?.aborted) return items;
  const end = drawEnd(page.name, context.mates ?? []);
  main.append(drawLeaving(leave, context.answers), end);
  const early = sayEarly(end, leave, () => {
    early();
    location.hash = `item-${leave.tally().open[0]?.code ?? ""}`;
  });
  end.addEventListener("shown", early);
  const count = counting(main, items);
  live(main, items, filling, (item) => {
    count(item);
    early();
  });
  wireSections(main, visit, signal);
  return items;
}
