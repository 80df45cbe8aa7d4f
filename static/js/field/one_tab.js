// Two tabs, one sender: a lock of the browser, or a lease in the phone's database where there are none.

import * as store from "./store.js";

const LEASE = 20000;
const me = `${Date.now()}-${Math.random()}`;

/** Run `work` while no other tab runs it under this name. Resolves with what it gives, or null where another tab is at it
 *  and only a lease could tell: then it is to be tried again. A lease that runs out is harmless: the server takes a second sending as the first. */
export async function alone(name, work) {
  let begun = false;
  try {
    if (navigator.locks)
      return await navigator.locks.request(name, () => {
        begun = true;
        return work();
      });
  } catch (fault) {
    if (begun) throw fault;
    console.warn(fault); // a browser that denies its stores denies its locks too
  }
  return leased(name, work);
}

async function leased(name, work) {
  if (!(await take(name))) return null;
  const renew = setInterval(() => take(name), LEASE / 3);
  try {
    return await work();
  } finally {
    clearInterval(renew);
    await store.write(["notes"], async ({ notes }, answered) => {
      if ((await answered(notes.get(`lease:${name}`)))?.holder === me) notes.delete(`lease:${name}`);
    });
  }
}

const take = (name) =>
  store.write(["notes"], async ({ notes }, answered) => {
    const held = await answered(notes.get(`lease:${name}`));
    if (held && held.holder !== me && held.until > Date.now() && held.until < Date.now() + LEASE * 2) return false;
    notes.put({ key: `lease:${name}`, holder: me, until: Date.now() + LEASE });
    return true;
  });
