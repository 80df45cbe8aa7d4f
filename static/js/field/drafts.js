// What stands half written in a form of this phone: it is there again after the page was killed, until it is taken.

import * as journal from "./journal.js";
import { page } from "./ledger.js";
import { HALF_A_DAY } from "./reference.js";
import { whose } from "./session.js";

const key = (name) => `form:${page.account ?? whose()}:${name}`;

/** What was left of a form not long ago: {typed: [[name, value], …], and what came with it}; null where nothing was. */
export function draftOf(name, within = HALF_A_DAY) {
  const left = journal.get(key(name));
  return left && Date.now() - left.at < within ? left : null;
}

/** Keep what is typed and tapped in a form from now on, together with what `more()` says; put back what was `left` of it. */
export function keepDraft(form, name, left, more) {
  if (left) {
    putBack(form, left.typed);
    form.dispatchEvent(new Event("change")); // what depends on it; nothing is kept anew by that
  }
  const keep = () =>
    journal.set(key(name), {
      at: Date.now(),
      typed: [...new FormData(form)].filter(([, value]) => typeof value === "string"),
      ...more(),
    });
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  return keep;
}

export const dropDraft = (name) => journal.drop(key(name));

function putBack(form, typed) {
  for (const control of form.elements) {
    const values = typed.filter(([name]) => name === control.name).map(([, value]) => value);
    if (!control.name || control.type === "file") continue;
    if (control.type === "radio" || control.type === "checkbox") control.checked = values.includes(control.value);
    else if (values.length) [control.value] = values;
    if (values.length && control.value)
      for (let box = control.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  }
}
