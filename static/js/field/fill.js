// Filling: every tap on an item becomes an answer at once; counts are kept as one goes.

import { wireEnd } from "./hand_in.js";
import { Item } from "./item.js";
import { drawEnd, Drawing, drawLinks } from "./drawing.js";
import * as ledger from "./ledger.js";
import { merged } from "./lists.js";
import { listen } from "./listen.js";
import { notKept } from "./notices.js";
import { watchPosition } from "./position.js";
import { goOn, opensAt, wireSections } from "./sections.js";
import { send } from "./sender.js";
import { wireSuspicion } from "./suspicion.js";
import { firstUnanswered } from "./where_to.js";

const { page } = ledger;
const SHORT = 2500,
  CLOCKS = 5000,
  OPENED = ledger.reached();
const AT_A_TIME = 8; // ms of drawing: also a slow phone hears a tap within a frame or two

/** How much of each section is done, in the section and in the links above; resolves with a function that counts anew:
 * the section of one item, or all. */
export function counting(root, items) {
  const sections = [...root.querySelectorAll("[data-section]:not([data-section=end])")].map((section) => ({
    section,
    own: items.filter((item) => section.contains(item.element)),
    words: section.querySelector("[data-section-count]"),
    link: document.querySelector(`[data-section-link="${section.dataset.section}"]`),
  }));
  return (changed = null) => {
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

/** What this phone itself has said on a visit: the newest operation of each item, and the facts told. */
async function ownWords(visit) {
  const rows = await ledger.ofVisit(visit, "waiting", "sent");
  const facts = rows.filter((row) => row.kind === "visit.facts").map((row) => row.payload.facts);
  const answers = new Map(rows.filter((row) => row.kind === "visit.answer").map((row) => [row.payload.item, row]));
  return { facts: Object.assign({}, ...facts), answers };
}

/** What an item shows when it is opened: what this phone said, unless the server has it and knows more. `heard` says of an
 *  own operation whether the server had it when it was asked. */
function standing(own, known, heard) {
  const mine = own && !heard(own);
  // What phones differ on, or a person has settled, shows as the server has it, unless this phone has said more since.
  if ((known?.contested || known?.chosen) && !mine) return { answer: known, contested: known };
  return { answer: mine || (own && !known) ? own.payload : known };
}

/** Whether the server had an operation of this phone when `asOf` it answered: the phone's line says so, which no clock moves.
 *  What was settled since the page was opened counts as new; what the server knows better it says at once. */
async function hearing(visit, asOf) {
  const key = `sign:${visit}:heard`; // goes with the strokes of its signatures
  let known = asOf && (await ledger.note(key));
  if (asOf && known?.asOf !== asOf) ledger.keepNote(key, (known = { asOf, from: OPENED })).catch(console.error);
  return ({ state, settled, settled_at: at }) =>
    state !== "waiting" && (known && settled ? settled <= known.from : at <= asOf - CLOCKS);
}

/** @param {{ answer?: any, contested?: any }} stood what stands of the item, and what phones differ on */
function putBack(item, mine, stood, device) {
  const { answer, contested } = stood;
  item.row = mine;
  if (answer) item.restore(answer);
  else item.show();
  if (contested) void contest(item, contested, device);
}

const payloads = (answers) => Object.fromEntries([...answers].map(([code, { payload }]) => [code, payload]));

/** Let the browser paint and hear taps before going on. */
const breath = () =>
  new Promise((done) => {
    setTimeout(done, 0);
  });

/** Two tabs, one phone: what the other one has written since is shown here too. */
async function catchUp(items, visit) {
  const { answers } = await ownWords(visit);
  let caught = false;
  for (const item of items) {
    const row = answers.get(item.code);
    if (!row || row.order <= item.row?.order || item.typing || item.saving) continue;
    item.row = row;
    if (JSON.stringify(row.payload) === item.saved) continue;
    item.restore(row.payload);
    caught = true;
  }
  return caught;
}

/** What a colleague on the same visit has answered since: taken over where this phone has nothing of its own. */
async function refresh(items, { visit, answersAt, device, signal }) {
  const stop = new AbortController(),
    clock = setTimeout(() => stop.abort(), SHORT);
  const before = await ledger.waitingItems(visit),
    changes = new Map(items.map((item) => [item, item.changes]));
  let answers, submitted;
  try {
    const answer = await fetch(answersAt, { cache: "no-store", signal: stop.signal });
    ({ answers, submitted_at: submitted } = await answer.json());
  } catch {
    return; // without a signal what is here stands
  } finally {
    clearTimeout(clock);
  }
  // Handed in on another phone: whoever shows the visit says so.
  if (submitted && !signal?.aborted)
    return items[0]?.element.dispatchEvent(new CustomEvent("handed-in", { bubbles: true, detail: submitted }));
  const after = await ledger.waitingItems(visit);
  // The server may have looked before this phone's newest answer reached it: of such an item it knows nothing here.
  const stale = (item) =>
    before.has(item.code) || after.has(item.code) || item.typing || item.changes !== changes.get(item);
  for (const item of signal?.aborted ? [] : items) {
    const answer = answers?.[item.code];
    if (!answer || stale(item)) continue;
    // What phones differ on, or a person has settled, shows as the server has it.
    if ((item.value === null && !item.measure.begun) || answer.contested || answer.chosen) item.restore(answer);
    void contest(item, answer, device);
  }
}

/** What phones differ on is seldom: what shows it is fetched for it. Never rejects: without a signal it shows at the next
 *  opening. */
async function contest(item, answer, device) {
  item.contest = answer;
  if (!answer.contested) return item.element.querySelector("[data-contested]").classList.add("hidden");
  const sheet = await import("./contested.js").catch(console.warn);
  if (sheet && item.contest === answer)
    sheet.showContest(item, answer, device, (chosen, row) => {
      item.row = row;
      item.restore(chosen);
      item.tell();
    });
}

/** Open a visit in `main` and bring it to life; resolves with its items once every answer is in its place.
 *
 * `context` is all that is known of the visit: {visit, place: {name, address, kind}, facts, answers, answersAt,
 * failedBefore: {code: date}, mates: [name], lists: [the JSON of lists.js], asOf, signal}. `asOf` is when `answers` came
 * from the server (ms since 1970, 0 where they never did); `signal` ends everything that listens here.
 * `nav.sections` and the buttons [data-go] stand in the page beside `main`.
 */
export async function openFilling(main, context) {
  const { visit, signal } = context;
  const own = await ownWords(visit),
    device = await ledger.deviceId();
  const heard = await hearing(visit, context.asOf);
  if (signal?.aborted) return [];
  const facts = { ...context.facts, ...own.facts };
  const together = merged(context.lists, facts),
    drawing = new Drawing(context.failedBefore);
  page.visiting.items = together.items;
  const filling = {
    ...together,
    drawing,
    visit,
    facts,
    signal,
    keep: async (answer, before) => (await ledger.record(["visit.answer", answer, before?.device]))[0],
  };

  goOn(visit, firstUnanswered(together.sections, { ...context.answers, ...payloads(own.answers) }));
  drawLinks(document.querySelector("nav.sections"), together.sections, true);
  main.querySelector("[data-opening]")?.remove();
  const items = [];
  let since = performance.now();
  for (const { section, items: drawn } of drawing.sections(together.sections, opensAt(visit, together.sections))) {
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
  main.append(drawEnd(page.name, context.mates ?? []));
  live(main, items, { ...filling, place: context.place, device, answersAt: context.answersAt });
  return items;
}

/** Counts, suspicions, sections and the last page; and what is heard from outside while the visit is open. */
function live(main, items, filling) {
  const { visit, facts, signal } = filling;
  const byElement = new Map(items.map((item) => [item.element, item]));
  const count = counting(main, items);
  const learned = () => {
    for (const item of items) item.element.classList.toggle("hidden", !item.asked);
    count();
  };
  const told = async (name, value, button) => {
    try {
      await ledger.record(["visit.facts", { visit, facts: { [name]: value } }]);
    } catch (fault) {
      return notKept(button.closest("[data-suspicion]"), fault);
    }
    facts[name] = value;
    learned();
    look();
    return send();
  };
  const look = wireSuspicion(items, filling, told);
  const all = () => {
    count();
    look();
  };
  listen(
    main,
    "answered",
    ({ target }) => {
      count(byElement.get(target));
      look(byElement.get(target));
      void send();
    },
    signal,
  );
  const flush = () => Promise.all(items.map((item) => item.flush()));
  const seen = async () => {
    if (document.visibilityState === "visible" && (await catchUp(items, visit))) all();
  };
  listen(window, "pagehide", flush, signal);
  listen(
    document,
    "visibilitychange",
    () => {
      void flush();
      seen().catch(console.error);
    },
    signal,
  );
  signal?.addEventListener("abort", flush);
  learned();
  look();
  for (const item of items) item.recover();
  watchPosition();
  const settle = async (ask) => {
    await flush();
    await catchUp(items, visit);
    if (ask) await refresh(items, filling);
    all();
  };
  wireEnd(main, items, filling, settle);
  wireSections(main, visit, signal);
  if (navigator.onLine) settle(true).catch((fault) => console.error(fault)); // what a second phone has said meanwhile
}
