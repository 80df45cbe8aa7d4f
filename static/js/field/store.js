// The phone's own database. Nothing is sent that does not stand here first; upgrades only add.

const VERSION = 2;
const KEYS = { operations: "id", photos: "id", bytes: "id", visits: "id", notes: "key", reference: "key", receipts: "id" };
const OWNED = ["operations", "photos"]; // rows of an account in a state
let opening = null;

function open() {
  opening ??= new Promise((done, failed) => {
    const request = indexedDB.open("field", VERSION);
    request.onupgradeneeded = () => {
      const db = request.result;
      for (const [name, keyPath] of Object.entries(KEYS)) {
        if (db.objectStoreNames.contains(name)) continue;
        const store = db.createObjectStore(name, { keyPath });
        if (OWNED.includes(name)) store.createIndex("account", ["account", "state"]);
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

/** Rows of an account in one of the states, oldest first. */
export async function rows(name, account, ...states) {
  const index = (await reading(name)).index("account");
  const found = await Promise.all(states.map((state) => answered(index.getAll([account, state]))));
  return found.flat().sort((a, b) => a.order - b.order);
}

export async function count(name, account, state) {
  return answered((await reading(name)).index("account").count([account, state]));
}

/** Every row of a store, whoever wrote it. */
export const everything = async (name) => answered((await reading(name)).getAll());
