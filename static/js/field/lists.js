// Checklists as the server gives them, put together for one visit. Pure.

import { holds } from "./conditions.js";
import { canBeShort } from "./walk.js";

/** An item as it is judged and drawn: what the server left out because it is empty or usual stands again. */
const whole = (item, bases) => ({
  kind: "judge",
  grade: "general",
  look: "",
  wordings: [],
  advice: [],
  unit: "",
  bounds: "",
  photo_hint: "",
  on_the_spot: false,
  at_most: null,
  at_least: null,
  part: null,
  when: null,
  ...item,
  bases: (item.bases ?? []).map((id) => bases[id]),
  choices: (item.choices ?? []).map((choice) => ({ fails: false, ...choice })),
});

/** What is walked in one visit: {sections, items, rules, short, questions, factWords, valueWords}; `short` tells
 *  whether it can be walked by zones.
 *
 * Sections stand in the order in which they are met, {name, entries: [{number, item}]}; an item that several lists hold
 * comes once. Items that are not asked for these facts stay, without a number and not counted; sections that hold
 * nothing else come last.
 *
 * @returns {{ sections: any[], items: Record<string, any>, rules: any[], short: boolean, questions?: any, factWords?: any, valueWords?: any }}
 */
export function merged(lists, facts) {
  const all = lists.flatMap((list) => (list.items ?? []).map((item) => whole(item, list.bases)));
  const isAsked = (item) => holds(item.when, facts) !== false;
  const taken = new Map();
  for (const item of [...all.filter(isAsked), ...all]) if (!taken.has(item.code)) taken.set(item.code, item);
  let number = 0;
  const entries = all
    .filter((item) => taken.get(item.code) === item)
    .map((item) => ({ number: isAsked(item) ? (number += 1) : null, item }));
  /** @type {Map<string, unknown[]>} */
  const sections = new Map(
    [...entries.filter((entry) => entry.number), ...entries].map(({ item }) => [item.section, []]),
  );
  for (const entry of entries) sections.get(entry.item.section)?.push(entry);
  const rules = new Map(lists.flatMap((list) => list.rules ?? []).map((rule) => [rule.id, rule]));
  return {
    sections: [...sections].map(([name, found]) => ({ name, entries: found })),
    items: Object.fromEntries(entries.map(({ item }) => [item.code, item])),
    rules: [...rules.values()],
    short: canBeShort(lists.map((list) => ({ items: list.items ?? [] }))),
    ...Object.fromEntries(
      ["questions", "factWords", "valueWords"].map((name) => [
        name,
        Object.assign({}, ...lists.map((list) => list[name])),
      ]),
    ),
  };
}
