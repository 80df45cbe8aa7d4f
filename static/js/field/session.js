// Whose phone this is now: remembered here, corrected by the server, never mixed.

import * as ledger from "./ledger.js";
import * as reference from "./reference.js";
import * as store from "./store.js";

const { page } = ledger;
const PATIENCE = 3000;

function adopt({ account, name }) {
  Object.assign(page, { account, name });
  document.querySelector("meta[name=account]").content = account;
}

/** Who was signed in here last; true where the phone's database answered at all. */
export async function remember() {
  const late = new Promise((done) => { setTimeout(() => done("late"), PATIENCE); });
  const me = await Promise.race([store.get("notes", "me"), late]);
  if (me === "late") return false;
  if (me) adopt(me);
  return true;
}

/** Hear the day; where somebody else has signed in on this phone, it is theirs from now on. "changed", "same" or null. */
export async function hear(options) {
  const data = await reference.refresh(options);
  if (!data) return null;
  const same = data.account === page.account;
  if (!same) {
    adopt(data);
    await store.put("notes", { key: "me", account: data.account, name: data.name });
    await reference.refresh({ force: true });
  }
  document.dispatchEvent(new Event("day-heard"));
  return same ? "same" : "changed";
}
