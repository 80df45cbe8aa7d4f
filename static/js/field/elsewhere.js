// 还看到别的: items of lists that a visit does not ask. Each is brought along alone, with what of its list draws and judges it;
// of the rest of that list nothing is asked. See docs/decisions/0033.

import { missing } from "./conditions.js";
import * as ledger from "./ledger.js";
import { merged } from "./lists.js";
import * as reference from "./reference.js";

const FIELDS = { F: "fire", G: "gas", S: "site" },
  PATIENCE = 2500;
const key = (visit, code) => `sign:${visit}:elsewhere:${code}`; // goes with the strokes of its signatures

const part = (whole = {}, names) => Object.fromEntries(names.map((name) => [name, whole[name]]));

/** Of a list {value, on} what one of its items needs to be drawn and judged; null where the list does not hold it. */
export function pieceOf({ value: list, on }, code, version) {
  const item = list.items.find((one) => one.code === code);
  if (!item) return null;
  const rules = (list.rules ?? []).filter((rule) => missing(rule.if, {}, {}).some((leaf) => leaf.name === code));
  const { questions, factWords, valueWords } = list;
  return {
    items: [{ ...item, version, asked_on: on }],
    bases: part(list.bases, item.bases ?? []),
    ...{ rules, questions, factWords, valueWords },
  };
}

/** Every item of the lists on this phone that `own` does not hold, each once: {…item, version, title of its list as `list`}.
 *  An item that several lists hold comes from one of its own field: it decides whose the finding will be. */
export async function itemsElsewhere(own) {
  const kinds = Object.values((await reference.day())?.kinds ?? {}),
    found = new Map();
  for (const version of new Set(kinds.flatMap(({ versions }) => versions))) {
    const list = (await reference.keptList(version))?.value,
      isOwn = ({ code }) => list.field === FIELDS[code.split("-")[0]];
    for (const item of list?.items ?? []) {
      if (own[item.code] || (found.has(item.code) && !(isOwn(item) && !found.get(item.code).isOwn))) continue;
      found.set(item.code, { ...item, version, list: list.title, isOwn: isOwn(item) });
    }
  }
  return [...found.values()];
}

/** What was brought along to a visit so far, here or on another phone, in pieces of lists. A piece that can be had neither
 *  here nor from the server is left out: its answer has been sent, and is judged there. */
export async function broughtTo({ visit, lists, answers = {} }) {
  const own = new Set(lists.flatMap((list) => (list.items ?? []).map(({ code }) => code)));
  const said = Object.entries({ ...answers, ...(await ledger.ownAnswers(visit)) });
  const wanted = said.filter(([code, { version }]) => version && !own.has(code));
  const pieces = await Promise.all(wanted.map(([code, answer]) => piece(visit, code, answer)));
  return pieces.filter(Boolean);
}

async function piece(visit, code, { version, asked_on: on }) {
  const kept = await ledger.note(key(visit, code));
  if (kept) return kept;
  const list = (on && (await reference.list(version, on, PATIENCE))) || (await reference.keptList(version));
  return list && pieceOf(list, code, version);
}

/** Bring an item along: from now on it is drawn, judged and suspected like those that are asked. False where its list is not
 *  to be had. */
export async function bring(filling, code, answer) {
  if (filling.items[code]) return true;
  const found = await piece(filling.visit, code, answer);
  if (!found) return false;
  await ledger.keepNote(key(filling.visit, code), found).catch(console.error); // its list lies here all the same
  const more = merged([found], filling.facts);
  Object.assign(filling.items, more.items);
  filling.rules.push(...more.rules.filter(({ id }) => !filling.rules.some((one) => one.id === id)));
  for (const name of ["questions", "factWords", "valueWords"])
    Object.assign(filling[name], { ...more[name], ...filling[name] });
  return true;
}
