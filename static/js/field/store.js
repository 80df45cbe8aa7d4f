// The phone's own database: operations, photos, drafts and the counter. Nothing is sent that does not stand here first.

const STORES = ["operations", "photos", "notes"];
let opening = null;

function open() {
  opening ??= new Promise((done, failed) => {
    const request = indexedDB.open("field", 1);
    request.onupgradeneeded = () => {
      const db = request.result;
      for (const name of ["operations", "photos"]) {
        db.createObjectStore(name, { keyPath: "id" }).createIndex("account", ["account", "state"]);
      }
      db.createObjectStore("notes", { keyPath: "key" });
    };
    request.onsuccess = () => {
      // An upgrade asked for by a newer page must not wait for this one.
      request.result.onversionchange = () => { request.result.close(); opening = null; };
      done(request.result);
    };
    request.onerror = () => failed(request.error);
  });
  return opening;
}

const answered = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

/** Run `work(stores)` in one transaction; resolves with its result once everything is on disk. */
export async function write(work) {
  const transaction = (await open()).transaction(STORES, "readwrite", { durability: "strict" });
  const onDisk = new Promise((done, failed) => {
    transaction.oncomplete = done;
    transaction.onabort = transaction.onerror = () => failed(transaction.error);
  });
  const stores = Object.fromEntries(STORES.map((name) => [name, transaction.objectStore(name)]));
  const result = await work(stores, answered);
  await onDisk;
  return result;
}

async function reading(name) {
  return (await open()).transaction(name).objectStore(name);
}

export const get = async (name, id) => answered((await reading(name)).get(id));
export const put = (name, row) => write((stores) => { stores[name].put(row); });
export const remove = (name, id) => write((stores) => { stores[name].delete(id); });

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
