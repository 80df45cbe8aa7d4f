// The ledger of one account on this phone: what was tapped, what has its receipt, what needs a person.

import { uuid } from "./hash.js";
import * as journal from "./journal.js";
import * as store from "./store.js";

const DAY = 24 * 3600 * 1000;
export const KEPT_FOR = 30 * DAY;
const SLOW = 4000;
/** In the journal: operations, and small things, on their way to the database. */
export const TAPPED = "tapped:";
export const NOTED = "noted:";
const HELD = ["waiting", "refused", "aside"]; // without a receipt, or with one that asks for a person

/** Whose page this is and where it sends. The shell learns the account from the phone; what it came with stays what it is
 *  through all views of a page's life. `visiting` is what the visit that is open knows, and is empty outside of one. */
export const page = JSON.parse(document.getElementById("page-data").textContent);
for (const name of ["facts", "kinds", "outcomes"])
  if (name in page) Object.defineProperty(page, name, { writable: false });
page.visiting = {};
export const changes = new EventTarget();
export const changed = () => changes.dispatchEvent(new Event("change"));

/** The id under which this phone writes; undefined before its first entry. */
export async function deviceId() {
  const known = await store.get("notes", "device");
  reached(known?.order ?? known?.seq);
  return known?.id;
}

/** The phone's id and counter, made at first need. */
export const device = () =>
  store.write(["notes"], async ({ notes }, answered) => {
    const known = await answered(notes.get("device"));
    if (known?.id) return known;
    const made = { key: "device", id: uuid(), seq: 0, ...known };
    notes.put(made);
    return made;
  });

let furthest = 0;

/** The furthest place in this phone's line, in whatever tab and under whatever id; further from now on where `order` is.
 *  Known at once, and also where the database is refused. Clocks are set back, the line is not. */
export function reached(order = 0) {
  const known = Number(journal.thisPhone.get("reached")) || 0;
  furthest = Math.max(furthest, known, order);
  if (furthest > known) journal.thisPhone.set("reached", furthest);
  return furthest;
}

/** Write operations down, all or none; resolves once they are on disk. Each entry is [kind, payload, device under which this
 *  phone said something else before, version of the payload where it is not the first]. They stand in the journal before this returns: what a thumb has tapped is not lost
 *  with the page, however long the database takes. Rejects where they are not written down: whoever calls says so. */
export async function record(...entries) {
  const rows = drawnUp(entries);
  for (const row of rows) {
    row.order = reached(reached() + 1);
    journal.set(`${TAPPED}${row.id}`, row);
  }
  try {
    return await stand(rows);
  } catch (fault) {
    for (const { id } of rows) journal.drop(`${TAPPED}${id}`);
    throw fault;
  }
}

/** The entry of an answer; one to an item of another list names that list, which an older server does not know. */
export const answering = (answer, before = undefined) => ["visit.answer", answer, before, answer.version ? 2 : 1];

/** Write them down together with rows of other stores ({visits: [row, …]}): a visit and its beginning stand or fall
 *  together. A payload may be a function of the rows before it. */
export const recordWith = (beside, ...entries) => stand(drawnUp(entries), beside);

function drawnUp(entries) {
  const about = page.about ?? document.querySelector(".titles strong")?.textContent ?? "";
  /** @type {Operation[]} */
  const rows = [];
  for (const [kind, payload, before, v = 1] of entries) {
    const said = typeof payload === "function" ? payload(rows) : payload;
    rows.push({
      id: uuid(),
      kind,
      v,
      account: page.account,
      who: page.name,
      before,
      captured_at: new Date().toISOString(),
      payload: wellFormed(said),
      times: clocks(),
      state: "waiting",
      about,
    });
  }
  return rows;
}

/** Give each its number and place in the line; one that stands already keeps its own. A phone whose database was refused
 *  writes under another id: what it says anew is no second opinion, and is marked as the one that was chosen. */
export async function stand(rows, beside = {}) {
  const slow = setTimeout(() => document.dispatchEvent(new Event("store-slow")), SLOW);
  try {
    const names = ["operations", "notes", ...Object.keys(beside).filter((name) => name !== "notes")];
    const standing = await store.write(names, async (stores, answered) => {
      const { operations, notes } = stores;
      for (const [name, more] of Object.entries(beside)) more.forEach((row) => stores[name].put(row));
      const counter = { key: "device", id: uuid(), seq: 0, ...(await answered(notes.get("device"))) };
      counter.order ??= counter.seq;
      for (const account of new Set(rows.map((row) => row.account))) await writes(account, notes, answered);
      const found = [];
      for (const { before, ...row } of rows) {
        let known = await answered(operations.get(row.id)); // another tab found it in the journal and was quicker
        if (!known) {
          counter.order = Math.max(row.order ?? reached() + 1, counter.order + 1);
          reached(counter.order);
          known = { ...row, tap: row.order, device: counter.id, seq: ++counter.seq, order: counter.order };
          if (before && before !== counter.id) known.payload = { ...row.payload, chosen: true };
          operations.put(known);
        }
        found.push(known);
      }
      notes.put(counter);
      return found;
    });
    for (const row of standing) {
      store.waits("operations", row.account, row.order);
      journal.drop(`${TAPPED}${row.id}`);
    }
    changed();
    return standing;
  } finally {
    clearTimeout(slow);
  }
}

/** Note that an account writes on this phone, inside the transaction of what it writes. */
export async function writes(account, notes, answered) {
  const known = (await answered(notes.get("writers"))) ?? { key: "writers", accounts: [] };
  if (!known.accounts.includes(account)) notes.put({ ...known, accounts: [...known.accounts, account] });
}

/** One operation made elsewhere (an urgent call that could not wait for its turn), kept until its receipt is here. */
export async function keep(row) {
  row.account ??= "";
  await store.put("operations", row);
  store.waits("operations", row.account, row.order);
  changed();
}

/** What was written down before anybody was known here, as a danger may be, is whose page this is now. */
export async function adopt() {
  for (const name of ["operations", "photos"])
    for (const row of await store.rows(name, "", "waiting"))
      await again(name, { ...row, account: page.account, who: page.name });
}

/** What needed a person is sent once more, by a person's wish. */
export async function again(name, row) {
  await store.put(name, { ...row, state: "waiting", tries: 0 });
  store.waits(name, row.account, row.order);
  changed();
}

export const clocks = () => ({
  mono_ms: Math.round(performance.now()),
  page_opened_ms: Math.round(performance.timeOrigin),
  zone_minutes: -new Date().getTimezoneOffset(),
});

/** What this phone's clocks show as a request leaves. */
export const wall = () => ({ sent_at: new Date().toISOString(), ...clocks() });

/** Half an emoji, as some keyboards leave it behind, is no text for a server. */
function wellFormed(value) {
  if (typeof value === "string") return value.replace(/\p{Surrogate}/gu, "");
  if (Array.isArray(value)) return value.map(wellFormed);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, wellFormed(part)]));
}

/** Names of others whose entries wait on this phone, with how many each: they are sent only by their owner. */
export async function ofOthers() {
  const counts = new Map();
  for (const account of await writers()) {
    if (account === page.account) continue;
    for (const name of ["operations", "photos"]) {
      for (const row of await store.rows(name, account, "waiting")) {
        const who = row.who ?? "另一个账号";
        counts.set(who, (counts.get(who) ?? 0) + 1);
      }
    }
  }
  return counts;
}

/** Accounts that ever wrote here; an older page kept no list of them, so its rows are asked. */
async function writers() {
  const noted = (await store.get("notes", "writers"))?.accounts;
  return noted ?? [...new Set((await store.everything("operations")).map((row) => row.account))];
}

/** What this phone says of itself with each request: see ADR 11. */
export async function says() {
  const { id, seq } = await device();
  const held = [],
    pictures = [],
    since = [];
  for (const account of new Set([...(await writers()), page.account].filter(Boolean))) {
    for (const row of await store.rows("operations", account, ...HELD)) {
      if (row.device === id) held.push(row.seq);
      if (row.state === "waiting") since.push(row.captured_at);
    }
    pictures.push(...(await store.rows("photos", account, "waiting")));
  }
  return {
    device: id,
    ...wall(),
    counter: seq,
    held: ranges(held),
    photos: pictures.length,
    oldest_at: [...since, ...pictures.map((row) => row.kept_at ?? row.captured_at)].filter(Boolean).sort()[0] ?? null,
    version: page.version ?? "",
  };
}

/** 1, 2, 3, 7 as [[1, 3], [7, 7]]. */
export function ranges(numbers) {
  const found = /** @type {[number, number][]} */ ([]);
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
    const last = found.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  return found;
}

const own = (name, states) => (page.account ? store.rows(name, page.account, ...states) : Promise.resolve([]));
export const operations = (...states) => own("operations", states);
export const photos = (...states) => own("photos", states);

async function listed(index, key, states) {
  const rows = page.account ? await store.under("operations", index, [page.account, key]) : [];
  return rows.filter((row) => states.includes(row.state)).sort((a, b) => a.order - b.order);
}

/** Operations about a visit, or of a kind, in one of the states, as they were written down. */
export const ofVisit = (visit, ...states) => listed("visit", visit, states);
export const ofKind = (kind, ...states) => listed("kind", kind, states);

/** Rows of a store in a state that were settled within a time (ms since 1970, `to` left out), the oldest first; at most so many. */
export function settled(name, state, from, to, most) {
  return store.under(
    name,
    "settled",
    store.between([page.account ?? "", state, from], [page.account ?? "", state, to], true),
    most,
  );
}

/** The newest payload of each item of a visit that this phone ever wrote and still keeps. */
export async function ownAnswers(visit) {
  const rows = await ofVisit(visit, "waiting", "sent", "refused");
  return Object.fromEntries(
    rows.filter((row) => row.kind === "visit.answer").map((row) => [row.payload.item, row.payload]),
  );
}

/** Items of a visit whose newest answer has no receipt yet. */
export async function waitingItems(visit) {
  const rows = await operations("waiting");
  return new Set(
    rows.filter((row) => row.kind === "visit.answer" && row.payload.visit === visit).map((row) => row.payload.item),
  );
}

/** Whether nothing of a visit waits any more, and its handing in was not refused: then it may have to be signed anew. */
export async function visitIsThrough(visit) {
  const rows = await ofVisit(visit, "waiting", "refused", "aside");
  return !rows.some((row) => row.state === "waiting" || row.kind === "visit.submit");
}

/** How much waits and how much a person must look at. */
export async function tally() {
  if (!page.account) return { waiting: 0, pictures: 0, stuck: 0 };
  const [waiting, pictures, ...stuck] = await Promise.all([
    store.count("operations", page.account, "waiting"),
    store.count("photos", page.account, "waiting"),
    store.count("operations", page.account, "refused"),
    store.count("photos", page.account, "refused"),
  ]);
  return { waiting: waiting + pictures, pictures, stuck: stuck[0] + stuck[1] };
}

/** Outcomes of operations with the receipt that says so, all or none: `sent` and `refused` are settled, `waiting` goes on. */
export const settle = (outcomes, receipt) =>
  store.write(["operations", "receipts"], ({ operations: rows, receipts }) => {
    const settled = reached(reached() + 1);
    if (receipt) receipts.put(receipt);
    for (const { row, state, words = "" } of outcomes) {
      rows.put({ ...row, state, words, receipt: receipt?.id ?? "", settled_at: Date.now(), settled });
    }
  });

/** What was sent or put aside stays readable for 30 days; then it goes, and with it the receipts nothing names. */
export async function forgetOld() {
  const before = Date.now() - KEPT_FOR;
  for (const state of ["sent", "aside"]) {
    for (const row of await settled("operations", state, 0, before)) await store.remove("operations", row.id);
    for (const row of await settled("photos", state, 0, before)) {
      await store.write(["photos", "bytes"], (stores) => {
        stores.photos.delete(row.id);
        stores.bytes.delete(row.id);
      });
    }
  }
  for (const { id } of await store.under("receipts", "kept", store.between(undefined, before - DAY)))
    await store.remove("receipts", id);
}

/** Keep a small thing of this phone that is no operation, in the journal at once: a stroke of a signature is seen as it is
 *  drawn. */
export async function keepNote(key, value) {
  const row = { key: `${page.account}:${key}`, value, at: uuid() },
    noted = NOTED + row.key;
  journal.set(noted, row);
  await store.put("notes", row);
  if (journal.get(noted)?.at === row.at) journal.drop(noted); // else a newer one is on its way
}

/** Such small things. */
export const note = async (key) => (await store.get("notes", `${page.account}:${key}`))?.value;
export async function dropNotes(start) {
  for (const [key] of journal.entries(`${NOTED}${page.account}:${start}`)) journal.drop(key);
  await store.remove("notes", store.beginning(`${page.account}:${start}`));
}
export const dropNote = dropNotes; // one whose key begins no other's
