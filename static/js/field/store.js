// The phone's own database. Nothing is sent that does not stand here first; upgrades only add.

const VERSION = 3;
const KEYS = { operations: "id", photos: "id", bytes: "id", visits: "id", notes: "key", reference: "key", receipts: "id" };
// A month of visits is twenty thousand rows: what is asked often is never looked for among all of them.
const OWNED = { account: ["account", "state"], order: ["account", "state", "order"], settled: ["account", "state", "settled_at"] };
const INDEXES = {
  operations: { ...OWNED, visit: ["account", "payload.visit"], kind: ["account", "kind"] }, photos: OWNED, receipts: { kept: "kept_at" },
};
let opening = null;

function open() {
  opening ??= new Promise((done, failed) => {
    const request = indexedDB.open("field", VERSION);
    request.onupgradeneeded = () => {
      const { result: db, transaction } = request;
      for (const [name, keyPath] of Object.entries(KEYS)) {
        const store = db.objectStoreNames.contains(name) ? transaction.objectStore(name) : db.createObjectStore(name, { keyPath });
        for (const [index, path] of Object.entries(INDEXES[name] ?? {})) if (!store.indexNames.contains(index)) store.createIndex(index, path);
      }
    };
    // An older page in another tab is asked to let go, and does so between two writes; until then this one waits.
    request.onblocked = () => document.dispatchEvent(new Event("store-blocked"));
    request.onsuccess = () => {
      // An upgrade asked for by a newer page must not wait for this one.
      request.result.onversionchange = () => { request.result.close(); opening = null; };
      request.result.onclose = () => { opening = null; };
      done(request.result);
    };
    request.onerror = () => { opening = null; failed(request.error); };
  });
  return opening;
}

const answered = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

/** Run `work(stores, answered)` in one transaction over the named stores; resolves once everything is on disk. */
export async function write(names, work) {
  const transaction = (await open()).transaction(names, "readwrite", { durability: "strict" });
  const onDisk = new Promise((done, failed) => {
    transaction.oncomplete = done;
    transaction.onabort = transaction.onerror = () => failed(transaction.error);
  });
  const stores = Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)]));
  let result;
  try {
    result = await work(stores, answered);
  } catch (fault) {
    onDisk.catch(() => {}); // said once, by the fault itself
    throw fault;
  }
  await onDisk;
  return result;
}

async function reading(name) {
  return (await open()).transaction(name).objectStore(name);
}

export const get = async (name, id) => answered((await reading(name)).get(id));
export const put = (name, row) => write([name], (stores) => { stores[name].put(row); });
export const remove = (name, id) => write([name], (stores) => { stores[name].delete(id); });

// What was sent leaves traces in the index that the browser reads over at every look, thousands after a month. So a look
// for what waits begins where the last one found the first; once a minute at the start, for another tab may have put
// something further ahead.
const LOOK_AGAIN = 60000, firsts = new Map(); // store and account → {order, at: when it was looked for from the start}
let told = 0;

/** A row of this tab waits from now on at this place of the line; without a place, at any. */
export function waits(name, account, order = -Infinity) {
  const key = `${name}:${account}`, known = firsts.get(key);
  told += 1;
  if (known && order < known.order) firsts.set(key, { ...known, order });
}

/** Something may wait anywhere: a person asks, or comes back to the page. */
export function lookAgain() {
  told += 1;
  firsts.clear();
}

/** Look along the line of an account in a state; `look(index, range)` resolves with what is there, `first` names the place
 *  of the first of it, or infinity where there is none, or undefined where that cannot be said. */
async function along(name, account, state, look, first) {
  const key = `${name}:${account}`, waiting = state === "waiting";
  if (performance.now() - firsts.get(key)?.at > LOOK_AGAIN) firsts.delete(key);
  const known = waiting ? firsts.get(key) : undefined, before = told, at = known?.at ?? performance.now();
  const [index, range] = known ? ["order", IDBKeyRange.bound([account, state, known.order], [account, state, Infinity])] : ["account", [account, state]];
  const found = await answered(look((await reading(name)).index(index), range)), order = first(found);
  if (waiting && order !== undefined && told === before) firsts.set(key, { order, at });
  return found;
}

/** The place of the first of some rows; what has none, of a page before this one, is looked for from the start. */
function firstOf(all) {
  const order = all.reduce((least, row) => Math.min(least, row.order ?? NaN), Infinity);
  return Number.isNaN(order) ? undefined : order;
}

/** Rows of an account in one of the states, oldest first. */
export async function rows(name, account, ...states) {
  const found = await Promise.all(states.map((state) =>
    along(name, account, state, (index, range) => index.getAll(range), firstOf)));
  return found.flat().sort((a, b) => a.order - b.order);
}

export const count = (name, account, state) =>
  along(name, account, state, (index, range) => index.count(range), (sum) => (sum ? undefined : Infinity));

/** Rows by an index: those under a key, or in a range in its order; at most so many. */
export const under = async (name, index, query, most) => answered((await reading(name)).index(index).getAll(query, most));

/** Keys that begin so. */
export const beginning = (key) => IDBKeyRange.bound(key, `${key}\uffff`);

/** Rows of a store, whoever wrote them: all, or those in a range of keys. */
export const everything = async (name, range) => answered((await reading(name)).getAll(range));
