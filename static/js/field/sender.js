// The one sender: urgent calls, words, photos, handing in. What has no receipt stays in the ledger.

import { operationHash } from "./hash.js";
import * as ledger from "./ledger.js";
import { prepared, pressed } from "./photos.js";
import * as store from "./store.js";

const { page } = ledger;
const BATCH = 100;
const FIRST_WAIT = 5000, LONGEST_WAIT = 300000, PATIENCE = 600000;
const TRIES = 3;

/** What the last try came to: idle, sending, offline, signin, other_account, crowded, trouble; and when the next one is. */
export const status = { now: "idle", tried: null, next: null, receipt: "" };
let failures = 0, timer = null, running = null, again = false, asking = null;

class Halt extends Error {
  constructor(state, seconds = 0) { super(state); Object.assign(this, { state, seconds }); }
}

/** Send everything that waits. Resolves when this try is over, whatever came of it. */
export function send() {
  if (running) { again = true; return running; }
  running = (async () => {
    do again = false; while ((await alone(attempt)) && again);
  })().finally(() => { running = null; });
  return running;
}

// Two tabs, one sender. Without locks a double send is harmless: the server answers it with the same outcome.
const alone = (work) =>
  navigator.locks ? navigator.locks.request(`send-${page.account}`, work) : work();

/** One pass; true when the server was there for all of it. */
async function attempt() {
  if ((await ledger.tally()).waiting === 0) return rest();
  say("sending");
  try {
    const token = await freshToken();
    await sendOperations(token, (row) => row.kind === "urgent.call");
    await sendOperations(token, (row) => row.kind !== "visit.submit");
    await sendOperations(token, (row) => Date.now() - Date.parse(row.captured_at) > PATIENCE);
    await sendPhotos(token);
    await sendOperations(token, () => true);
    failures = 0;
    return again || !(await ledger.tally()).waiting ? rest() : later("idle");
  } catch (fault) {
    if (!(fault instanceof Halt)) console.error(fault);
    later(fault instanceof Halt ? fault.state : "trouble", fault.seconds);
    return fault.state === "reconnected";
  } finally {
    status.tried = new Date();
    ledger.changed();
  }
}

function say(now, next = null) {
  Object.assign(status, { now, next });
  ledger.changed();
}

function rest() {
  clearTimeout(timer);
  say("idle");
  return true;
}

function later(state, seconds = 0) {
  clearTimeout(timer);
  // Only tries made by this clock lengthen it: tapping on without a signal must not. A server that names a time is heard.
  const wait = Math.min(Math.max(FIRST_WAIT * 2 ** failures, seconds * 1000), LONGEST_WAIT);
  timer = setTimeout(() => { failures += 1; send(); }, wait);
  say(state, new Date(Date.now() + wait));
  return true;
}

/** Status and JSON of an answer. A sign-in page with status 200, half an answer, a 5xx page: none of them is a receipt. */
async function ask(address, options = {}, seconds = 30) {
  const stop = asking = new AbortController();
  let late = false;
  const clock = setTimeout(() => { late = true; stop.abort(); }, seconds * 1000);
  try {
    const answer = await fetch(address, { cache: "no-store", signal: stop.signal, ...options });
    if (answer.status === 401) throw new Halt("signin");
    if (answer.status === 429) throw new Halt("crowded", Number(answer.headers.get("Retry-After")) || 60);
    return { ok: answer.ok, status: answer.status, body: JSON.parse(await answer.text()) };
  } catch (fault) {
    if (fault instanceof Halt) throw fault;
    if (stop.signal.reason === "reconnected") throw new Halt("reconnected");
    // A server that does not answer is not the same as no signal: the words differ, what is kept does not.
    throw new Halt(late || fault instanceof SyntaxError ? "trouble" : "offline");
  } finally {
    clearTimeout(clock);
  }
}

async function freshToken() {
  const { ok, body: found } = await ask(page.token);
  if (!ok || !found.token) throw new Halt("trouble");
  if (found.account !== page.account) throw new Halt("other_account");
  return found.token;
}

async function sendOperations(token, chosen) {
  const rows = (await ledger.operations("waiting")).filter(chosen);
  for (let from = 0; from < rows.length; from += BATCH) await sendBatch(token, rows.slice(from, from + BATCH));
}

async function sendBatch(token, rows) {
  const operations = rows.map(({ id, kind, v, device, seq, captured_at, payload, times }) =>
    ({ id, kind, v, device, seq, captured_at, payload, times }));
  const { ok, status: code, body: receipt } = await ask(page.intake, {
    method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ operations }),
  });
  if (code === 422 || code === 413) return apart(token, rows, receipt);
  if (!ok || typeof receipt.document !== "string") throw new Halt("trouble");
  await settleAll(rows, JSON.parse(receipt.document));
}

/** One that the server cannot read must not hold up the others. */
async function apart(token, rows, refusal) {
  if (rows.length === 1) return ledger.settle({ row: rows[0], state: "refused", words: refusal.error });
  const half = Math.ceil(rows.length / 2);
  await sendBatch(token, rows.slice(0, half));
  await sendBatch(token, rows.slice(half));
}

async function settleAll(rows, document) {
  if (document.account !== page.account) return;
  const lines = new Map(document.operations.map((line) => [line.id, line]));
  const settled = [];
  for (const row of rows.filter(({ id }) => lines.has(id))) {
    settled.push(outcome(row, lines.get(row.id), await operationHash(row), document.receipt));
  }
  await ledger.settle(...settled);
  status.receipt = document.receipt;
  ledger.changed();
}

/** What a line of the receipt makes of an entry; a receipt for other content than the phone's is none. */
function outcome(row, line, hash, receipt) {
  if (hash !== line.hash) return { row, state: "refused", words: "收到的和手机里的不一样，已留在手机里，请告诉管理员。" };
  if (line.outcome === "later") return { row, state: "waiting", words: line.words };
  const arrived = line.outcome === "applied" || line.outcome === "waiting";
  return { row, state: arrived ? "sent" : "refused", words: line.words, receipt };
}

async function sendPhotos(token) {
  // The watermark names the place of the visit: a photo taken before its visit has arrived waits a little for it.
  const begun = new Set((await ledger.operations("sent")).map((row) => row.payload.visit));
  for (const { id, visit, order } of await ledger.photos("waiting")) {
    if (visit && !begun.has(visit) && Date.now() - order < PATIENCE) continue;
    const photo = await store.get("photos", id);
    if (photo) await sendPhoto(token, await prepared(photo));
    ledger.changed();
  }
}

async function sendPhoto(token, photo) {
  const headers = { "Content-Type": "application/octet-stream", "X-CSRFToken": token };
  const known = {
    "X-Sha256": photo.sha256, "X-Original-Sha256": photo.original_sha256, "X-Captured-At": photo.captured_at,
    "X-Source": photo.source, "X-Position": photo.position, "X-Visit": photo.visit,
  };
  for (const [name, value] of Object.entries(known)) if (value) headers[name] = value;
  const address = new URL(`photos/${photo.id}`, new URL(page.intake, location.href));
  const { ok, status: code, body: receipt } = await ask(address, { method: "PUT", headers, body: photo.bytes }, 180);
  if (ok && receipt.id === photo.id && receipt.sha256 === photo.sha256) {
    return store.remove("photos", photo.id);
  }
  if (code === 413 && (await pressed(photo))) return void (again = true);
  if (ok || [404, 413, 422].includes(code)) return refusePhoto(photo, receipt.error);
  throw new Halt("trouble");
}

/** One operation at once, past everything that waits: its line of the receipt, or null. Never throws. */
export async function sendAtOnce(row) {
  try {
    const token = await freshToken();
    const { id, kind, v, device, seq, captured_at, payload, times } = row;
    const { ok, body: receipt } = await ask(page.intake, {
      method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ operations: [{ id, kind, v, device, seq, captured_at, payload, times }] }),
    }, 15);
    if (!ok || typeof receipt.document !== "string") return null;
    const document = JSON.parse(receipt.document), line = document.operations.find((one) => one.id === id);
    return line && document.account === page.account ? outcome(row, line, await operationHash(row), document.receipt) : null;
  } catch (fault) {
    if (!(fault instanceof Halt)) console.error(fault);
    return { row, state: "waiting", why: fault.state ?? "trouble" };
  }
}

/** Bytes may be cut on the way: only a photo refused again and again needs a person. */
async function refusePhoto(photo, words = "收到的照片和手机里的不一样。") {
  const tries = (photo.tries ?? 0) + 1;
  await store.put("photos", { ...photo, tries, words, state: tries < TRIES ? "waiting" : "refused" });
}

/** Wake on a signal, on coming back to the page, and now. */
export function wake() {
  const now = () => { failures = 0; send(); };
  // A request begun on the old connection may hang until it times out.
  addEventListener("online", () => { asking?.abort("reconnected"); now(); });
  addEventListener("pageshow", now);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") now(); });
  now();
}
