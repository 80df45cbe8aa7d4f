// Visits on this phone: begun here or opened here, each with its own copy of what it is filled under.

import { now } from "./days.js";
import * as journal from "./journal.js";
import * as ledger from "./ledger.js";
import * as reference from "./reference.js";
import * as store from "./store.js";

const { page } = ledger;

/** The day in Shanghai on which an instant fell, 2026-11-30. */
export const dayOf = (instant) => new Date(Date.parse(instant) + 8 * 3600000).toISOString().slice(0, 10);

/** A visit on this phone; undefined where it was neither begun nor opened here. */
export async function get(id) {
  const row = await store.get("visits", id);
  return row?.account === page.account ? row : undefined;
}

/** Visits of this account that were begun or opened here and not handed in, the newest first. */
export async function drafts() {
  const rows = (await store.everything("visits")).filter((row) => row.account === page.account && !row.submitted);
  return rows.sort((a, b) => (a.started < b.started ? 1 : -1));
}

/** The newest visit of this account at a place that was begun and not handed in: {visit, started, here}, `here` where it lies
 *  on this phone, else it is one that the day names. Null where none is. */
export async function begunAt(place, day) {
  const [kept] = (await drafts()).filter((row) => row.place.id === place);
  if (kept) return { visit: kept.id, started: kept.started, here: true };
  const gone = new Set((await ledger.ofKind("visit.submit", "waiting", "sent")).map((row) => row.payload.visit));
  const named = (day?.drafts ?? []).find((one) => one.place.id === place && !gone.has(one.visit));
  return named ? { visit: named.visit, started: named.started, here: false } : null;
}

/** Places where a visit of today was begun on this phone: place → visit. */
export async function goneToday() {
  const rows = await ledger.ofKind("visit.start", "waiting", "sent"),
    today = dayOf(new Date().toISOString());
  return new Map(
    rows.filter((row) => dayOf(row.captured_at) === today).map((row) => [row.payload.premises, row.payload.visit]),
  );
}

/** The row of a visit that begins now at a place. */
export function begun(id, place, { versions, titles, lists, facts, mates, failed }) {
  return {
    id,
    account: page.account,
    place: { id: place.id, name: place.name, address: place.address, kind: place.kind, position: place.position },
    versions,
    titles,
    lists,
    facts: { ...place.facts, ...facts, kind: place.kind },
    mates,
    failed: failed ?? {},
    started: new Date(now()).toISOString(),
    submitted: "",
  };
}

/** What an operation stands for on its visit: the newest answer to an item says all that the ones before it said. */
const STOOD_ON = {
  "visit.answer": (row) => row.payload.item,
  "visit.facts": (row) => row.id,
  "visit.zone": (row) => row.payload.zone,
  "visit.outcome": (row) => row.id,
  "visit.sign": (row) => row.id,
};

/** Ids of what handing in stands on: the newest answers, the facts and the signatures that this phone wrote down on a visit. */
export async function stoodOn(id) {
  const rows = (await ledger.ofVisit(id, "waiting", "sent")).filter((row) => row.kind in STOOD_ON);
  return [...new Map(rows.map((row) => [STOOD_ON[row.kind](row), row.id])).values()];
}

/** Note that a visit was handed in, in the transaction that writes it down. */
export async function handedIn(id) {
  const row = await get(id);
  return row ? { ...row, submitted: new Date().toISOString() } : null;
}

/** Note that a visit was handed in on another phone: what was filled here is still sent, and nothing is signed here any more. */
export async function over(id, submitted) {
  const row = await get(id); // none where it is a companion's on the same phone
  if (row) await store.put("visits", { ...row, submitted, lists: null });
  await ledger.dropNotes(`sign:${id}:`);
}

/** A visit of the server's, kept here from now on: of a second phone, of a companion, of a phone that was emptied. */
export async function fetchVisit(id, data) {
  const lists = [];
  for (const version of data.versions)
    lists.push((await reference.list(version, data.asked_on?.[version] ?? dayOf(data.started)))?.value ?? null);
  if (lists.includes(null)) return null;
  const row = {
    id,
    account: page.account,
    place: data.place,
    versions: data.versions,
    titles: lists.map((list) => list.title),
    lists,
    facts: data.facts,
    depth: data.depth ?? "",
    deep: data.deep ?? [],
    zones: data.zones ?? {},
    zone_photos: data.zone_photos ?? false,
    mates: data.mates.filter((mate) => mate.name !== page.name).map((mate) => mate.name),
    failed: data.failed,
    started: data.started,
    submitted: data.submitted_at ?? "",
    answers: data.answers,
    marks: data.marks,
    heard_at: Date.now(),
  };
  // A companion's own on this phone, not handed in yet, stays theirs: of it they alone can sign.
  const held = await store.get("visits", id);
  if (!held || held.submitted || held.account === page.account) await store.put("visits", row);
  return row;
}

/** Answers as this phone knows them: the server's when it was last heard, and over them its own, the newest last. */
export async function answers(row) {
  return { ...row.answers, ...(await ledger.ownAnswers(row.id)) };
}

/** Copies of lists and strokes of signatures go once a visit has arrived; what it was about goes with the rest after 30 days. */
export async function forgetOld() {
  await reference.forgetOld();
  // Words that were being typed on a visit that is over: where the database is refused nobody knows which one is.
  for (const [typed] of store.refused() ? [] : journal.entries("typing:")) {
    const row = await store.get("visits", typed.split(":")[1]);
    if (!row || (row.submitted && !row.lists)) journal.drop(typed);
  }
  for (const row of await store.everything("visits")) {
    if (!row.submitted) continue;
    const old = Date.now() - Date.parse(row.submitted) > ledger.KEPT_FOR;
    if (old) await store.remove("visits", row.id);
    else if (row.account === page.account && row.lists && (await ledger.visitIsThrough(row.id))) {
      await store.put("visits", { ...row, lists: null });
      await ledger.dropNotes(`sign:${row.id}:`);
    }
  }
}
