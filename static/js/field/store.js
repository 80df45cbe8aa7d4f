// The phone's own database. Nothing is sent that does not stand here first; upgrades only add.

const VERSION = 3;
const KEYS = {
  operations: "id",
  photos: "id",
  bytes: "id",
  visits: "id",
  notes: "key",
  reference: "key",
  receipts: "id",
};
// A month of visits is twenty thousand rows: what is asked often is never looked for among all of them.
const OWNED = {
  account: ["account", "state"],
  order: ["account", "state", "order"],
  settled: ["account", "state", "settled_at"],
};
const INDEXES = {
  operations: { ...OWNED, visit: ["account", "payload.visit"], kind: ["account", "kind"] },
  photos: OWNED,
  receipts: { kept: "kept_at" },
};
const PATIENCE = 8000,
  TRIES = 3,
  AGAIN = 300;
// A fault of what is written, not of the store: elsewhere it would be none the better.
const OURS = ["DataCloneError", "DataError", "ConstraintError", "ReadOnlyError"];
let opening = null,
  instead = null,
  coming = null,
  relief = null,
  making = null;

/** The browser's database, or what stands in for it once that is absent, denied, silent or full. */
function database() {
  opening ??= (async () => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await opened();
      } catch (fault) {
        // Some browsers lose the connection and have it back at the second asking.
        if (tries >= TRIES || /** @type {Error} */ (fault).name === "TimeoutError" || !globalThis.indexedDB)
          return standIn(fault);
        await new Promise((done) => {
          setTimeout(done, AGAIN);
        });
      }
    }
  })().catch((fault) => {
    gone(); // not to be had now; the next to ask tries anew
    throw fault;
  });
  return opening;
}

const gone = () => {
  if (!instead) opening = null;
};

function opened() {
  return new Promise((done, failed) => {
    const late = setTimeout(() => failed(new DOMException("no answer", "TimeoutError")), PATIENCE);
    const request = globalThis.indexedDB.open("field", VERSION);
    request.onupgradeneeded = () => {
      const { result: db } = request,
        transaction = /** @type {IDBTransaction} */ (request.transaction);
      for (const [name, keyPath] of Object.entries(KEYS)) {
        const store = db.objectStoreNames.contains(name)
          ? transaction.objectStore(name)
          : db.createObjectStore(name, { keyPath });
        for (const [index, path] of Object.entries(INDEXES[name] ?? {}))
          if (!store.indexNames.contains(index)) store.createIndex(index, path);
      }
    };
    // An older page in another tab is asked to let go, and does so between two writes; until then this one waits.
    request.onblocked = () => {
      clearTimeout(late);
      document.dispatchEvent(new Event("store-blocked"));
    };
    request.onsuccess = () => {
      const { result: db } = request;
      // An upgrade asked for by a newer page must not wait for this one.
      db.onversionchange = () => {
        db.close();
        gone();
      };
      db.onclose = gone;
      // One that opens and then says nothing is none.
      answered(db.transaction("notes").objectStore("notes").get("device"))
        .then(() => done(db), failed)
        .finally(() => clearTimeout(late));
    };
    request.onerror = () => {
      clearTimeout(late);
      failed(request.error);
    };
  });
}

/** From now on the page's memory serves, with what can still be read of the database, and what the journal takes lasts.
 *  Once for all who ask meanwhile. */
function standIn(fault, db = null) {
  console.error(fault);
  coming ??= (async () => {
    const { Memory } = await import("./memory_store.js"),
      memory = new Memory(KEYS, INDEXES);
    await memory.begin(db);
    [instead, opening] = [memory, coming];
    document.dispatchEvent(new CustomEvent("store-refused", { detail: fault.name }));
    return memory;
  })().catch((found) => {
    coming = null;
    throw found;
  });
  return coming;
}

/** What stands in for the browser's database, with what that means in words; null while it serves. */
export const refused = () => instead;

/** Who makes room when the database is full: what has arrived goes first. */
export const onFull = (make) => {
  relief = make;
};

const answered = (request) =>
  request instanceof Promise
    ? request
    : new Promise((done, failed) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => failed(request.error);
      });

/** Run `work(stores, answered)` in one transaction over the named stores; resolves once everything is on disk. Where the
 *  browser refuses, room is made, unless this makes it (`own`); and what is small enough for the page's memory is kept there. */
export async function write(names, work, own = false, fresh = false) {
  const db = await database();
  try {
    return await attempt(db, names, work);
  } catch (fault) {
    if (db === instead || !(fault instanceof DOMException) || OURS.includes(fault.name)) throw fault;
    const full = fault.name === "QuotaExceededError";
    if (full && !own && (await roomMade())) return write(names, work, own, fresh);
    if (!full && !fresh) {
      // closed meanwhile, for a newer page or by the browser
      gone();
      return write(names, work, own, true);
    }
    if (full && (own || names.includes("bytes"))) throw fault;
    return attempt(await standIn(fault, db), names, work);
  }
}

/** Once for all who find the database full together. */
function roomMade() {
  making ??= (async () => {
    try {
      return await relief?.();
    } catch (fault) {
      return console.error(fault);
    } finally {
      making = null;
    }
  })();
  return making;
}

async function attempt(db, names, work) {
  if (db === instead) return instead.run(names, work, answered);
  const transaction = db.transaction(names, "readwrite", { durability: "strict" });
  const onDisk = new Promise((done, failed) => {
    transaction.oncomplete = done;
    // Only then it is known why: what fails within tells the transaction first, which has no error of its own yet.
    transaction.onabort = () => failed(transaction.error ?? new DOMException("", "AbortError"));
  });
  const stores = Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)]));
  onDisk.catch(() => {}); // said once, where it is waited for
  try {
    const result = await work(stores, answered);
    await onDisk;
    return result;
  } catch (fault) {
    throw transaction.error ?? fault; // one that fails takes the others along, which only say that they were
  }
}

async function reading(name) {
  const db = await database();
  return db === instead ? instead.store(name) : db.transaction(name).objectStore(name);
}

export const get = async (name, id) => answered((await reading(name)).get(id));
export const put = (name, row) =>
  write([name], (stores) => {
    stores[name].put(row);
  });
export const remove = (name, id) =>
  write([name], (stores) => {
    stores[name].delete(asked(id));
  });

/** Keys from one to another, the last left out where `open`; without a first, all up to the last. */
export const between = (lower, upper, open = false) => ({ lower, upper, open });
export const beginning = (key) => between(key, `${key}\uffff`);

/** What an index is asked for, in the words of the store that is asked. */
function asked(query) {
  if (instead || !query || Array.isArray(query) || typeof query !== "object") return query;
  const { lower, upper, open } = query;
  return lower === undefined ? IDBKeyRange.upperBound(upper, open) : IDBKeyRange.bound(lower, upper, false, open);
}

// What was sent leaves traces in the index that the browser reads over at every look, thousands after a month. So a look
// for what waits begins where the last one found the first; once a minute at the start, for another tab may have put
// something further ahead.
const LOOK_AGAIN = 60000,
  firsts = new Map(); // store and account → {order, at: when it was looked for from the start}
let told = 0;

/** A row of this tab waits from now on at this place of the line; without a place, at any. */
export function waits(name, account, order = -Infinity) {
  const key = `${name}:${account}`,
    known = firsts.get(key);
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
  const key = `${name}:${account}`,
    waiting = state === "waiting";
  if (performance.now() - firsts.get(key)?.at > LOOK_AGAIN) firsts.delete(key);
  const known = waiting ? firsts.get(key) : undefined,
    before = told,
    at = known?.at ?? performance.now();
  const [index, range] = known
    ? ["order", between([account, state, known.order], [account, state, Infinity])]
    : ["account", [account, state]];
  const store = await reading(name);
  const found = await answered(look(store.index(index), asked(range))),
    order = first(found);
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
  const found = await Promise.all(
    states.map((state) => along(name, account, state, (index, range) => index.getAll(range), firstOf)),
  );
  return found.flat().sort((a, b) => a.order - b.order);
}

export const count = (name, account, state) =>
  along(
    name,
    account,
    state,
    (index, range) => index.count(range),
    (sum) => (sum ? undefined : Infinity),
  );

/** Rows by an index: those under a key, or in a range in its order; at most so many. */
export async function under(name, index, query, most) {
  const store = await reading(name);
  return answered(store.index(index).getAll(asked(query), most));
}

/** Rows of a store, whoever wrote them: all, or those in a range of keys. */
export async function everything(name, range) {
  const store = await reading(name);
  return answered(store.getAll(asked(range)));
}
