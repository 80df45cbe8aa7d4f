// Whose phone this is now: remembered here, corrected by the server, never mixed.

import * as ledger from "./ledger.js";
import * as reference from "./reference.js";
import * as store from "./store.js";

const { page } = ledger;

function adopt({ account, name }) {
  Object.assign(page, { account, name });
  document.querySelector("meta[name=account]").content = account;
}

/** The account of the newest sign-in, as the server left it beside the session. It opens nothing and names nobody. */
export function whose() {
  try {
    return /(?:^|; )whose=([0-9a-f-]{36})/.exec(document.cookie)?.[1];
  } catch {
    return undefined; // a browser that denies its cookies
  }
}

/** Who is signed in here, as far as this phone can know by itself. */
export async function remember() {
  const me = await store.get("notes", "me"),
    signedIn = whose();
  if (me && (!signedIn || signedIn === me.account)) adopt(me);
  // Somebody else has signed in since: their name is here if they were here before, else the server says it.
  else if (signedIn) await recall(signedIn);
}

async function recall(account) {
  const name = (await store.get("reference", `day:${account}`))?.value.name;
  if (!name) return;
  adopt({ account, name });
  await store.put("notes", { key: "me", account, name });
}

/** Hear the day. A page that knows nobody yet learns whose it is; one that does stays theirs, whoever signs in next door:
 *  what is being written belongs to who began it. True where this page's own day was heard. */
export async function hear(options) {
  const data = await reference.refresh(options);
  if (!data) return false;
  if (!page.account) {
    adopt(data);
    await store.put("notes", { key: "me", account: data.account, name: data.name });
  }
  if (data.account !== page.account) return false;
  document.dispatchEvent(new CustomEvent("server-says", { detail: { epoch: data.epoch } }));
  document.dispatchEvent(new Event("day-heard"));
  return true;
}
