// What the phone keeps to work without a signal and could fetch again: the day, checklists, small pictures; the places are in
// register.js.
// This is the only store that is wiped: when the phone is reported lost, or has been silent for seven days.

import { Halt, ask } from "./request.js";
import * as journal from "./journal.js";
import * as ledger from "./ledger.js";
import * as store from "./store.js";

const { page } = ledger;
/** How long what is half written in a form counts. */
export const HALF_A_DAY = 12 * 3600 * 1000;
const SILENT_FOR = 7 * 24 * 3600 * 1000,
  FRESH_FOR = 5 * 60 * 1000,
  PATIENCE = 2500,
  AGAIN = 20 * 1000;
let running = null,
  refreshed = 0;

const key = (name) => `${name}:${page.account}`;
const kept = async (name) => (await store.get("reference", key(name)))?.value ?? null;

/** The deputy's day as it was last heard, or null. */
export const day = () => kept("day");

/** The places of the area: a file of its own, which today does without. */
export const register = () => import("./register.js");

const UNKNOWN = "这里上次的走访、没销号的隐患，还没取到这部手机里。连上网打开一次就有。";

/** What is open at a place, as the list of all such places says; where that has not come, what to say of it. */
async function openAt(id) {
  const list = await kept("open"),
    [open = 0, to_verify = 0, due_on = null] = list?.open[id] ?? [];
  return list ? { open, to_verify, due_on } : { waited: UNKNOWN };
}

/** Null also where that file cannot be had now. */
const registered = (id) =>
  register().then(
    ({ find }) => find(id),
    () => null,
  );

/** One place, from wherever it is known best: of today, of the register, made on this phone. Null where it is not known.
 *  `told`: whether this phone was ever told what a colleague would tell at its door. */
export async function place(id) {
  const today = await day(),
    detail = await kept(`place/${id}`);
  const listed = [...(today?.assigned ?? []), ...(today?.retries ?? [])].find((one) => one.id === id),
    known = listed ?? (await registered(id));
  // The register may have set right since what was typed here.
  if (detail || listed) return { ...detail, ...known, told: true };
  if (known) return { ...known, ...(await openAt(id)), told: false };
  const own = (await store.get("notes", ownPlaceRow({ id }).key))?.value;
  return own ? { ...own, told: true } : null;
}

/** A place made here stays with the work that needs it, not with what is wiped. */
export const ownPlaceRow = (value) => ({ key: `place:${page.account}:${value.id}`, value });

/** Places made on this phone. */
export async function ownPlaces() {
  return (await store.everything("notes", store.beginning(`place:${page.account}:`))).map((row) => row.value);
}

/** Everything of one place the server can add now; what is kept where it cannot be asked. */
export const placeDetail = (id) => fetched(`place/${id}`, `/field/data/places/${id}`, PATIENCE);

/** What a visit that was handed in left at its place, as it was last known here; null where it was not. */
export const leftBy = (visit) => kept(`left/${visit}`);
export const keepLeft = (visit, value) =>
  store.put("reference", { key: key(`left/${visit}`), account: page.account, at: Date.now(), value });

/** A checklist version as it was asked here on a day, {value, on}: on another day where this one's cannot be had; null
 *  where it is neither kept nor to be had. */
export async function list(version, on, patience = 15000) {
  const held = await store.get("reference", `list:${version}`);
  if (held?.on === on) return held;
  const found = await asked(`/field/lists/${version}?on=${on}`, held, patience);
  if (!found?.value) return held ?? null;
  const row = { key: `list:${version}`, ...found, on };
  await store.put("reference", row);
  return row;
}

/** A checklist version as it lies on this phone, {value, on}, of whatever day; undefined where it does not. */
export const keptList = (version) => store.get("reference", `list:${version}`);

/** JSON of the server kept under a name; what was kept before where there is no signal. */
async function fetched(name, address, patience) {
  const held = await store.get("reference", key(name));
  const found = await asked(address, held, patience);
  if (found?.value && found !== held)
    await store.put("reference", { key: key(name), account: page.account, at: Date.now(), ...found });
  return found?.value ?? held?.value ?? null;
}

/** {value, etag} of an address; `held` where nothing changed, null without an answer. A missing session is told to all. */
export async function asked(address, held, patience) {
  try {
    const headers = held?.etag ? { "If-None-Match": held.etag } : {};
    const { ok, status, body, headers: said } = await ask(address, { headers }, patience / 1000);
    if (status === 304) return held;
    if (body?.ended) document.dispatchEvent(new CustomEvent("term-over", { detail: body.error }));
    return ok ? { value: body, etag: said.get("ETag") } : null;
  } catch (fault) {
    if (!(fault instanceof Halt)) throw fault;
    if (fault.state === "signin") document.dispatchEvent(new Event("signed-out"));
    return null;
  }
}

/** Fetch the day and, one after another, what it needs; resolves with the day's data or null. Asked often, done seldom. */
export function refresh({ force = false } = {}) {
  if (!force && Date.now() - refreshed < FRESH_FOR) return Promise.resolve(null);
  running ??= whole().finally(() => {
    running = null;
  });
  return running;
}

async function whole() {
  const found = await asked("/field/data", await store.get("reference", key("day")), 30000);
  if (!found?.value) return null;
  const data = found.value;
  await store.put("reference", { key: `day:${data.account}`, account: data.account, ...found });
  await heard();
  if (data.account !== page.account) return data; // somebody else is signed in: whoever asked decides what that means
  refreshed = Date.now();
  gather(data).catch((fault) => {
    if (!(fault instanceof Halt)) console.error(fault);
  });
  return data;
}

let gathering = null,
  wanted = null;

/** One at a time; a day heard meanwhile is gathered after it, for what was fetched before may be older than what it tells. */
function gather(data) {
  wanted = data;
  return (gathering ??= gatherWanted());
}

async function gatherWanted() {
  try {
    while (wanted) {
      const data = wanted;
      wanted = null;
      await gatherAll(data);
    }
  } finally {
    gathering = null;
  }
}

/** Phones that fetch everything at once choke: one after another, today's first. */
async function gatherAll(data) {
  const kinds = [...new Set(data.assigned.map((one) => one.kind)), ...Object.keys(data.kinds)];
  const versions = [...new Set(kinds.flatMap((kind) => data.kinds[kind]?.versions ?? []))];
  const today = data.assigned.length ? Math.min(3, versions.length) : 0;
  for (const version of versions.slice(0, today)) await list(version, data.day, 30000);
  for (const { id } of data.assigned) await fetched(`place/${id}`, `/field/data/places/${id}`, 30000);
  let whole = await (await register()).refresh();
  whole = (await fetched("open", "/field/data/register/open", 30000)) !== null && whole;
  for (const version of versions.slice(today)) whole = (await list(version, data.day, 30000)) !== null && whole;
  if (!whole) refreshed = Date.now() - FRESH_FOR + AGAIN; // what is lacking here is not waited for as long as what is old
  for (const { before } of data.to_look_at) for (const id of before) await thumb(id);
  ledger.changed();
}

/** The small picture of a photo on the server, kept for the day; null where there is none. */
export async function thumb(id) {
  const stop = new AbortController(),
    clock = setTimeout(() => stop.abort(), 15000);
  try {
    const held = await store.get("reference", `thumb:${id}`);
    if (held) return held.value;
    const answer = await fetch(`/photos/${id}/thumb`, { cache: "no-store", signal: stop.signal });
    if (!answer.ok || answer.headers.get("Content-Type") !== "image/jpeg") return null; // still being made
    const value = await answer.arrayBuffer();
    await store.put("reference", { key: `thumb:${id}`, account: page.account, value, at: Date.now() });
    return value;
  } catch {
    return null;
  } finally {
    clearTimeout(clock);
  }
}

/** The server has been heard: the seven days begin anew. */
export const heard = () => store.put("notes", { key: "contact", at: Date.now() });

/** What is half written in forms goes: of one account or of all, and only what is older than this. */
function dropDrafts(account = "", age = 0) {
  for (const [form, { at }] of journal.entries(`form:${account}`)) if (!(Date.now() - at < age)) journal.drop(form);
}

/** What nobody asked for in a month can be fetched again. */
export async function forgetOld() {
  dropDrafts("", HALF_A_DAY);
  for (const start of ["place/", "left/", "thumb:"]) {
    for (const row of await store.everything("reference", store.beginning(start))) {
      if (!(Date.now() - row.at < ledger.KEPT_FOR)) await store.remove("reference", row.key);
    }
  }
}

/** A phone that was reported lost, or is signed out of: also what is half written goes, for names and addresses stand there. */
export function wipe(account) {
  dropDrafts(account);
  return emptied(account);
}

/** Take away what can be fetched again; what was tapped and photographed stays. With an account only what is that one's. */
const emptied = (account = null) =>
  store.write(["reference", "notes"], async ({ reference, notes }, answered) => {
    if (account === null) reference.clear();
    else for (const row of await answered(reference.getAll())) if (row.account === account) reference.delete(row.key);
    if (account === null || (await answered(notes.get("me")))?.account === account) notes.delete("me");
  });

/** A phone that has been silent for a week may not be its owner's any more. True where something was taken away. */
export async function wipeIfSilent() {
  const contact = await store.get("notes", "contact");
  if (!contact || Date.now() - contact.at < SILENT_FOR) return false;
  await wipeButWhose();
  return true;
}

/** Whose ledger this is stays known, what it is about does not. */
export async function wipeButWhose() {
  const me = await store.get("notes", "me");
  await emptied();
  if (me) await store.put("notes", me);
}
