// The ledger of one account on this phone: what was tapped, what has its receipt, what needs a person.

import { uuid } from "./hash.js";
import * as store from "./store.js";

const KEPT_FOR = 30 * 24 * 3600 * 1000;

export const page = JSON.parse(document.getElementById("page-data").textContent);
export const changes = new EventTarget();
export const changed = () => changes.dispatchEvent(new Event("change"));

/** The id under which this phone writes; undefined before its first entry. */
export const deviceId = async () => (await store.get("notes", "device"))?.id;

/** Write operations down, all or none; resolves once they are on disk. Each entry is [kind, payload]. */
export async function record(...entries) {
  const about = document.querySelector(".titles strong")?.textContent ?? "";
  const made = await store.write(async ({ operations, notes }, answered) => {
    const counter = (await answered(notes.get("device"))) ?? { key: "device", id: uuid(), seq: 0 };
    const rows = entries.map(([kind, payload]) => ({
      id: uuid(), kind, v: 1, device: counter.id, seq: ++counter.seq, order: counter.seq, account: page.account, who: page.name,
      captured_at: new Date().toISOString(), payload: wellFormed(payload), times: clocks(), state: "waiting", about,
    }));
    rows.forEach((row) => operations.put(row));
    notes.put(counter);
    return rows;
  });
  navigator.storage?.persist?.();
  changed();
  return made;
}

/** One operation made elsewhere (an urgent call that could not wait for its turn), kept until its receipt is here. */
export const keep = (row) => store.write(({ operations }) => { operations.put(row); }).then(changed);

export const clocks = () => ({
  mono_ms: Math.round(performance.now()), page_opened_ms: Math.round(performance.timeOrigin),
  zone_minutes: -new Date().getTimezoneOffset(),
});

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
  for (const row of await store.everything("operations")) {
    if (row.account !== page.account && row.state === "waiting") counts.set(row.who ?? "另一个账号", (counts.get(row.who ?? "另一个账号") ?? 0) + 1);
  }
  return counts;
}

export const operations = (...states) => store.rows("operations", page.account, ...states);
export const photos = (...states) => store.rows("photos", page.account, ...states);

/** The newest payload of each item of a visit that this page's server data cannot hold yet. */
export async function unsentAnswers(visit) {
  const rows = (await operations("waiting", "sent")).sort((a, b) => a.seq - b.seq);
  const newer = rows.filter((row) => row.kind === "visit.answer" && row.payload.visit === visit)
    .filter((row) => row.state === "waiting" || row.settled_at > performance.timeOrigin - 5000);
  return Object.fromEntries(newer.map((row) => [row.payload.item, row.payload]));
}

/** Items of a visit whose newest answer has no receipt yet. */
export async function waitingItems(visit) {
  const rows = await operations("waiting");
  return new Set(rows.filter((row) => row.kind === "visit.answer" && row.payload.visit === visit).map((row) => row.payload.item));
}

/** How much waits and how much a person must look at. */
export async function tally() {
  const [waiting, pictures, ...stuck] = await Promise.all([
    store.count("operations", page.account, "waiting"), store.count("photos", page.account, "waiting"),
    store.count("operations", page.account, "refused"), store.count("photos", page.account, "refused"),
  ]);
  return { waiting: waiting + pictures, pictures, stuck: stuck[0] + stuck[1] };
}

/** Outcomes of operations, all or none: `sent` and `refused` are settled, `waiting` stays in the queue. */
export const settle = (...outcomes) => store.write(({ operations }) => {
  for (const { row, state, words = "", receipt = "" } of outcomes) {
    operations.put({ ...row, state, words, receipt, settled_at: Date.now() });
  }
});

/** Sent entries, and what somebody put aside, stay readable for 30 days. */
export async function forgetOld() {
  const isOld = (row) => row.settled_at < Date.now() - KEPT_FOR;
  for (const row of (await operations("sent", "aside")).filter(isOld)) await store.remove("operations", row.id);
  for (const row of (await photos("aside")).filter(isOld)) await store.remove("photos", row.id);
}

/** Small things of this phone that are no operation: a signature half drawn. */
export const note = async (key) => (await store.get("notes", `${page.account}:${key}`))?.value;
export const keepNote = (key, value) => store.put("notes", { key: `${page.account}:${key}`, value });
