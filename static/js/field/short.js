// Filling a short walk: zone by zone, what kills one by one, the rest in passing.

import { GLANCES } from "./conditions.js";
import { make } from "./dom.js";
import { drawEnd } from "./drawing.js";
import { bring, itemsElsewhere } from "./elsewhere.js";
import { breath, live, opening, putBack, standing } from "./filling.js";
import { drawLeaving, sayEarly, whyEarly } from "./leaving.js";
import { page } from "./ledger.js";
import { drawStrip, walkBar, WalkPages } from "./zone_bars.js";
import { Zones } from "./zone_page.js";
import { drawSearch } from "./zone_search.js";
import { Walk } from "./zone_walk.js";

/** The buttons below, for the frame. */
export const shortBar = () => walkBar();

/** The last page counts six values, and never adds one to another. */
function shortEnd(mates) {
  const end = drawEnd(page.name, mates),
    none = end.querySelector("[data-count=none]").parentElement;
  const figure = (value, text, className = "") => {
    const count = make("strong", { text: "0" });
    count.dataset.count = value;
    return make("div", { className }, text, count);
  };
  none.firstChild.textContent = "还没看";
  none.before(figure("seen", "看过（未见异常）", "long"), figure("not_looked", "没看"));
  return end;
}

/** Open a short walk in `main`; resolves with its cards. `context` is that of openFilling(), `bar` what shortBar() made. */
export async function openShort(main, context, bar) {
  const { visit, signal } = context;
  const { own, heard, device, filling } = await opening(context);
  if (signal?.aborted) return [];
  for (const code of context.deep ?? []) {
    const about = filling.items[code];
    if (about) filling.items[code] = { ...about, deep: true, photos: Math.max(1, about.photos) };
  }
  const { items: abouts, facts } = filling,
    { lists, deep = [], facts: begun, zonePhotos } = context;
  const walk = new Walk({ visit, lists, items: abouts, facts, begun, deep, zonePhotos });
  walk.learn(context, own, (row) => !heard(row));
  walk.early = await whyEarly(visit);
  if (signal?.aborted) return [];
  main.classList.add("walking");
  signal?.addEventListener("abort", () => main.classList.remove("walking"));
  const items = [];
  const put = (item) => {
    items.push(item);
    const mine = own.answers.get(item.code),
      stood = standing(mine, context.answers?.[item.code], heard);
    putBack(item, mine, GLANCES.includes(stood.answer?.value) ? {} : stood, device);
  };
  const take = (item) => {
    items.splice(items.indexOf(item), 1);
    count();
  };
  const zones = new Zones(walk, filling, put, take),
    nav = document.querySelector("nav.sections"),
    pages = new WalkPages(main, { walk, zones, bar, nav, signal });
  Object.assign(filling, { walk, zones, leave: walk });
  drawStrip(nav, walk);
  main.querySelector("[data-opening]")?.remove();
  for (const zone of walk.zones) {
    const cards = zones.draw(zone);
    while (!cards.next().done);
    main.append(zones.pages.get(zone.code));
    await breath();
    if (signal?.aborted) return items;
  }
  for (const [code, answer] of answered(own, context.answers, heard)) if (abouts[code] && answer) zones.stand(code);
  const end = shortEnd(context.mates ?? []);
  const everything = async () => [...Object.values(abouts), ...(await itemsElsewhere(abouts))];
  const open = async ({ code, version }) => {
    if (!(await bring(filling, code, { version }))) return;
    await zones.find(code);
    location.hash = `item-${code}`;
  };
  zones.brought = async (code, answer) => {
    context.answers = { ...context.answers, [code]: answer };
    if (await bring(filling, code, answer).catch(console.warn)) zones.stand(code);
  };
  main.append(drawSearch(Object.values(abouts), open, everything), drawLeaving(walk, context.answers), end);
  const early = sayEarly(end, walk, () => {
    early();
    location.hash = pages.firstOpen();
  });
  const count = (/** @type {import("./item.js").Item | null} */ item = null) => {
    const zone = item && walk.zoneOf(item.code);
    zones.show(zone ? [zone] : undefined);
    pages.tell();
    early();
  };
  end.addEventListener("shown", early);
  live(main, items, filling, count);
  pages.begin();
  return items;
}

/** [code, value] of every item that somebody has answered by itself, as far as it stands. */
function* answered(own, known = {}, heard) {
  for (const code of new Set([...own.answers.keys(), ...Object.keys(known)])) {
    const { answer } = standing(own.answers.get(code), known[code], heard);
    if (!GLANCES.includes(answer?.value)) yield [code, answer?.value];
  }
}
