// The register of places on this phone: fetched whole once, then only what has changed, kept in one piece, looked through by
// words and codes. It can be fetched again: it goes with what is wiped. Docs: docs/decisions/0049.

import * as ledger from "./ledger.js";
import { Search } from "./place_search.js";
import * as reference from "./reference.js";
import * as form from "./register_form.js";
import { whose } from "./session.js";
import * as store from "./store.js";

const { page } = ledger;
const ADDRESS = "/field/data/register",
  PATIENCE = 60000;
const EMPTY = {
  cursor: "",
  order: "",
  size: 0,
  names: [],
  addresses: [],
  kinds: [],
  statuses: [],
  ids: null,
  more: null,
};
/** What was read last, so that twenty thousand places are not read at every tap. @type {{stamp: string, register: form.Register, search: Search | null} | null} */
let held = null;

const headOf = (account) => `register-at:${account}`;
const bodyOf = (account) => `register:${account}`;

/** What this phone carries for its account.
 *  @returns {Promise<form.Register | null>} */
async function carried() {
  const account = page.account,
    head = await store.get("reference", headOf(account));
  if (!head) return old(account);
  const stamp = `${account} ${head.stamp}`;
  if (held?.stamp === stamp) return held.register;
  const row = await store.get("reference", bodyOf(account));
  return row ? hold(`${account} ${row.stamp}`, opened(row)) : null;
}

function hold(stamp, register) {
  held = { stamp, register, search: null };
  return register;
}

const opened = ({ names, addresses, kinds, statuses, size, cursor, order, ids, more }) => ({
  cursor,
  order,
  size,
  names: size ? names.split("\n") : [],
  addresses: size ? addresses.split("\n") : [],
  kinds,
  statuses,
  ids,
  more,
});

/** What an earlier version of this page kept, until the register has come; null where there is none. */
async function old(account) {
  const row = await store.get("reference", `places:${account}`),
    stamp = `${account} old ${row?.at}`;
  if (!row) return null;
  if (held?.stamp === stamp) return held.register;
  const register = { ...EMPTY, ids: new Uint8Array(), more: { lon: [], lat: [], facts: {}, codes: [], doors: [] } };
  const rows = row.value.places.map((one) => {
    const there = one.position?.map((degrees) => Math.round(degrees * 100000)) ?? null;
    const codes = [one.code, one.door_code].map((code) => (code ? form.hashOf(code) : 0));
    return [one.id, one.name, one.address ?? "", one.kind, "open", there, one.facts ?? {}, ...codes];
  });
  return hold(stamp, form.changed(/** @type {any} */ (register), { rows, gone: [], cursor: "" }));
}

/** Put a register in the place of the one before, in one piece: whoever reads finds either.
 *  @param {form.Register} register */
async function keep(account, register) {
  const { names, addresses, ...rest } = register,
    parts = Number(Boolean(register.ids)) + Number(Boolean(register.more)),
    stamp = `${register.cursor} ${register.order} ${parts}`;
  const row = { ...rest, names: names.join("\n"), addresses: addresses.join("\n") };
  await store.write(["reference"], ({ reference: rows }) => {
    rows.put({ key: headOf(account), account, stamp, at: Date.now() });
    rows.put({ key: bodyOf(account), account, stamp, ...row });
    rows.delete(`places:${account}`);
  });
  if (page.account === account) hold(`${account} ${stamp}`, register);
  ledger.changed();
}

/** Hear what has changed and fetch what is lacking. False where something still is: it is asked for again soon. */
export async function refresh() {
  const account = page.account;
  /** What the server says now, to whoever is signed in: it is kept only for the account that it was said to. */
  const heard = async (address) => {
    const found = await reference.asked(address, null, PATIENCE);
    return found && page.account === account && (whose() ?? account) === account ? found.value : null;
  };
  const here = await carried(),
    since = here?.ids && here.cursor ? `?since=${encodeURIComponent(here.cursor)}` : "";
  const said = await heard(`${ADDRESS}${since}`);
  if (!said) return false;
  let register = said.rows ? form.changed(/** @type {form.Register} */ (here), said) : read(said);
  if (!register) return true; // written by a newer server for a newer page, which is on its way here
  // Until all of a new one can be opened, the one before serves.
  if (register.ids ? register.cursor !== here?.cursor : !here?.ids) await keep(account, register);
  for (const [part, made] of /** @type {[string, (body: any) => any][]} */ ([
    ["ids", form.readIds],
    ["more", form.readMore],
  ])) {
    if (register[part]) continue;
    const rest = await heard(`${ADDRESS}/${part}`);
    if (rest?.order !== register.order) return false; // somebody has registered a place in between
    register = { ...register, [part]: made(rest) };
    await keep(account, register);
  }
  return true;
}

const read = (said) => (said.form === form.FORM ? form.readNames(said) : null);

/** One place, or null. */
export async function find(id) {
  const register = await carried(),
    at = register ? form.indexOf(register, id) : -1;
  return register && at >= 0 ? form.placeAt(register, at) : null;
}

/** All there is to look through: the register, and places made on this phone that it does not hold yet. The same as before
 *  where nothing has changed. */
export async function search() {
  const register = (await carried()) ?? EMPTY,
    made = (await reference.ownPlaces()).filter(({ id }) => form.indexOf(register, id) < 0);
  const before = held?.register === register ? held.search : null,
    same = before?.made.map(({ id }) => id).join() === made.map(({ id }) => id).join();
  if (before && same) return before;
  const found = new Search(register, made);
  if (held?.register === register) held.search = found;
  return found;
}

/** The place behind a code, or null. */
export async function byCode(code) {
  return new Search((await carried()) ?? EMPTY).byCode(code);
}

const bare = (text) =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");

/** A place that this phone knows under the same name and address, as the register folds them; undefined where none is. */
export async function twin(name, address) {
  const [wanted, where] = [bare(name), bare(address)];
  const same = (one, there) => bare(one) === wanted && bare(there) === where;
  const own = (await reference.ownPlaces()).find((place) => same(place.name, place.address));
  const register = (await carried()) ?? EMPTY;
  const at = own ? -1 : register.names.findIndex((one, spot) => same(one, register.addresses[spot]));
  return own ?? (at >= 0 && register.ids ? form.placeAt(register, at) : undefined);
}
