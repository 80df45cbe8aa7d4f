// inspect_app/checklists/walk.py once more: the zones of a short walk, and the items of its deep check, without a signal.
// tests/contracts/walk.json holds both to the same results.

import { holds } from "./conditions.js";
import { sha256 } from "./hash.js";

const DEEP = 2,
  NEVER = 999; // days since an item was really checked, where it never was; also the most that count

/** Whether these lists can be walked by zones: one that names no key item is filled whole, and so are those with it. */
export const canBeShort = (lists) => lists.length > 0 && lists.every(({ items }) => items.some((item) => item.key));

/** The zones of a place in the order they are walked: {code, name, keys, others, beyond}, each item once however many lists
 *  hold it. `items` are those of all lists in their order, `names` is [[code, name]] in walking order. */
export function zonesOf(items, facts, names) {
  const asked = items.filter((item) => holds(item.when, facts) !== false),
    keys = new Set(asked.filter((item) => item.key).map((item) => item.code)),
    found = new Map();
  for (const item of asked) if (!found.has(item.code)) found.set(item.code, item);
  const last = names.at(-1)[0];
  return names
    .map(([code, name]) => {
      const here = [...found.values()].filter((item) => (item.zone || last) === code),
        rest = here.filter((item) => !keys.has(item.code));
      return {
        code,
        name,
        keys: here.filter((item) => keys.has(item.code)),
        others: rest.filter((item) => !item.needs),
        beyond: rest.filter((item) => item.needs),
      };
    })
    .filter(({ keys: own, others, beyond }) => own.length + others.length + beyond.length);
}

/** Codes of the items that a deep check can fall on: asked here for certain, no key, and an eye alone can tell. */
export const mayBeDrawn = (zones, facts) =>
  zones.flatMap(({ others }) => others.filter((item) => holds(item.when, facts) === true).map((item) => item.code));

/** The items of a deep check: the same for everybody who walks this place under these versions on this day. */
export async function drawn(place, day, versions, candidates, weights, number = DEEP) {
  const seed = `${place}|${day}|${[...versions].sort().join("+")}`;
  const order = async (code) => {
    const weight = Math.min(Math.max(weights[code] ?? NEVER, 1), NEVER);
    return { code, rank: Math.floor(parseInt((await sha256(`${seed}|${code}`)).slice(0, 8), 16) / weight) };
  };
  const found = await Promise.all([...new Set(candidates)].map(order));
  found.sort((a, b) => a.rank - b.rank || (a.code < b.code ? -1 : 1));
  return found.slice(0, number).map(({ code }) => code);
}
