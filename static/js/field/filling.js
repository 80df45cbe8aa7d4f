// What fillings of both depths share: what is known of a visit when it is opened, and what is heard while it is open.

import { GLANCES } from "./conditions.js";
import { Drawing } from "./drawing.js";
import { broughtTo } from "./elsewhere.js";
import * as ledger from "./ledger.js";
import { merged } from "./lists.js";
import { listen } from "./listen.js";
import { noticeBox, notKept, sayAbove } from "./notices.js";
import { watchPosition } from "./position.js";
import { send } from "./sender.js";
import { wireSuspicion } from "./suspicion.js";

const { page } = ledger;
const SHORT = 2500,
  CLOCKS = 5000,
  OPENED = ledger.reached();

/** What this phone itself has said on a visit: the newest operation of each item, the facts told, the zones closed. */
async function ownWords(visit) {
  const rows = await ledger.ofVisit(visit, "waiting", "sent"),
    of = (kind) => rows.filter((row) => row.kind === kind);
  const facts = of("visit.facts").map((row) => row.payload.facts);
  const answers = new Map(of("visit.answer").map((row) => [row.payload.item, row]));
  return { facts: Object.assign({}, ...facts), answers, zones: of("visit.zone") };
}

/** What an item shows when it is opened: what this phone said, unless the server has it and knows more. `heard` says of an
 *  own operation whether the server had it when it was asked. */
export function standing(own, known, heard) {
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
export function putBack(item, mine, stood, device) {
  const { answer, contested } = stood;
  item.row = mine;
  if (answer) item.restore(answer);
  else item.show();
  if (contested) void contest(item, contested, device);
}

/** Let the browser paint and hear taps before going on. */
export const breath = () =>
  new Promise((done) => {
    setTimeout(done, 0);
  });

/** Two tabs, one phone: what the other one has written since is shown here too. */
async function catchUp(items, { visit, zones }) {
  const own = await ownWords(visit),
    { answers } = own;
  let caught = zones?.caughtUp(own) ?? false;
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
async function refresh(items, { visit, answersAt, device, signal, zones }) {
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
  if (!signal?.aborted) zones?.heard(answers ?? {}, (code) => before.has(code) || after.has(code));
  for (const item of signal?.aborted ? [] : items) {
    const answer = answers?.[item.code];
    if (!answer || GLANCES.includes(answer.value) || stale(item)) continue;
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

/** All that is known of a visit as it is opened, {own, heard, device, filling}; see openFilling() for `context`. */
export async function opening(context) {
  const { visit, signal } = context;
  const own = await ownWords(visit),
    device = await ledger.deviceId(),
    heard = await hearing(visit, context.asOf);
  const facts = { ...context.facts, ...own.facts };
  const together = merged([...context.lists, ...(await broughtTo(context))], facts);
  page.visiting.items = together.items;
  const filling = {
    ...together,
    drawing: new Drawing(context.failedBefore),
    visit,
    facts,
    signal,
    device,
    walk: null, // what stands of the zones, and
    zones: null, // their pages, where it is a short one
    leave: /** @type {import("./early.js").Whole | null} */ (null), // what may end early: the walk, or a whole check
    depth: context.depth ?? "",
    place: context.place,
    answersAt: context.answersAt,
    urgentAt: `/field/urgent?at=${context.place.id}`,
    keep: async (answer, before) => (await ledger.record(ledger.answering(answer, before?.device)))[0],
  };
  return { own, heard, device, filling };
}

/** The last page is needed last: its file comes once the rest stands, or as soon as there is a signal again. Never rejects. */
async function bringEnd(main, items, filling, settle) {
  const { signal } = filling;
  try {
    const { wireEnd } = await import("./hand_in.js");
    if (signal?.aborted) return;
    wireEnd(main, items, filling, settle);
    sayAbove("end");
  } catch (fault) {
    console.warn(fault);
    sayAbove("end", noticeBox("info", "提交的那一页还没有取到。点过的都存好了，有信号就会取来。"));
    const retry = new AbortController();
    const again = () => {
      retry.abort();
      void bringEnd(main, items, filling, settle);
    };
    signal?.addEventListener("abort", () => retry.abort());
    listen(window, "online", again, retry.signal);
    listen(main, "shown", ({ target }) => target.id === "end" && again(), retry.signal);
  }
}

/** Suspicions and the last page; and what is heard from outside while the visit is open. `count(item)` counts anew, all
 *  items without one; `items` may grow. */
export function live(main, items, filling, count) {
  const { visit, facts, signal } = filling;
  const learned = () => {
    for (const item of items) item.element.classList.toggle("hidden", !item.asked);
    count();
  };
  const told = async (name, value, button) => {
    try {
      await ledger.record(["visit.facts", { visit, facts: { [name]: value } }]);
    } catch (fault) {
      return notKept(button.closest("[data-suspicion], [data-fact]"), fault);
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
      const item = items.find((one) => one.element === target);
      count(item);
      look(item);
      void send();
    },
    signal,
  );
  listen(main, "told", ({ detail }) => void told(detail.name, detail.value, detail.button), signal);
  const flush = () => Promise.all(items.map((item) => item.flush()));
  const seen = async () => {
    if (document.visibilityState === "visible" && (await catchUp(items, filling))) all();
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
    await catchUp(items, filling);
    if (ask) await refresh(items, filling);
    all();
  };
  void bringEnd(main, items, filling, settle);
  if (navigator.onLine) settle(true).catch((fault) => console.error(fault)); // what a second phone has said meanwhile
}
