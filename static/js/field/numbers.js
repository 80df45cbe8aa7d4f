// Numbers as people type them, however the comma was written.

import { page } from "./ledger.js";

const FACTS_BELOW = 1000000; // the server takes no fact of a place as large

const number = (words) => (words.trim() ? Number(words.trim().replace(/[，。]/, ".")) : NaN);

/** A measure, to three decimals; null for anything that is no number or is beyond what is taken.
 *  @param {string} words */
export function numberOf(words) {
  const typed = number(words);
  return Math.abs(typed) <= page.limits.measure ? Math.round(typed * 1000) / 1000 : null;
}

/** A fact of a place (beds, storeys, square metres), to one decimal; null where the server would not take it.
 *  @param {string} words */
export function factNumberOf(words) {
  const typed = Math.round(number(words) * 10) / 10;
  return typed >= 0 && typed < FACTS_BELOW ? typed : null;
}
