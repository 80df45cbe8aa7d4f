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

/** The account of the newest sign-in, as the server left it beside the session. It opens nothing and names nobody. */
export const whose = () => /(?:^|; )whose=([0-9a-f-]{36})/.exec(document.cookie)?.[1];

/** Who is signed in here, as far as this phone can know by itself; true where its database answered at all. */
export async function remember() {
  const late = new Promise((done) => { setTimeout(() => done("late"), PATIENCE); });
  const me = await Promise.race([store.get("notes", "me"), late]);
  if (me === "late") return false;
  const signedIn = whose();
  if (me && (!signedIn || signedIn === me.account)) adopt(me);
  // Somebody else has signed in since: their name is here if they were here before, else the server says it.
  else if (signedIn) await recall(signedIn);
  return true;
}

async function recall(account) {
  const name = (await store.get("reference", `day:${account}`))?.value.name;
  if (!name) return;
  adopt({ account, name });
  await store.put("notes", { key: "me", account, name });
}

/** Hear the day; where somebody else has signed in on this phone, it is theirs from now on. "changed", "same" or null. */
export async function hear(options) {
  const data = await reference.refresh(options);
  if (!data) return null;
  const same = data.account === page.account;
  if (!same) {
    adopt(data);
    await store.put("notes", { key: "me", account: data.account, name: data.name });
  }
  document.dispatchEvent(new Event("day-heard"));
  return same ? "same" : "changed";
}
