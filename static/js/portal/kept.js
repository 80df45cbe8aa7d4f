// What whoever holds a paper has chosen and written, on this phone until it has arrived: a reload loses nothing of it.

const NAME = "paper-answers",
  STORE = "answers";
const inMemory = new Map(); // where a browser keeps nothing, for as long as the page is open
let opened = null;

function open() {
  opened ??= new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "key" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  return opened;
}

/** One request to the store, in a transaction of its own; resolves once it is on disk. */
async function within(mode, act) {
  const database = await open();
  return new Promise((done, failed) => {
    const transaction = database.transaction(STORE, mode);
    const asked = act(transaction.objectStore(STORE));
    transaction.oncomplete = () => done(asked.result);
    transaction.onabort = () => failed(transaction.error);
  });
}

/** An answer by the address of its form; undefined where nothing of it is kept. */
export async function kept(key) {
  if (inMemory.has(key)) return inMemory.get(key);
  try {
    return await within("readonly", (store) => store.get(key));
  } catch (fault) {
    console.warn(fault);
    return undefined;
  }
}

/** Every answer that is kept under addresses that begin so. */
export async function keptUnder(beginning) {
  let found = [];
  try {
    found = await within("readonly", (store) => store.getAll());
  } catch (fault) {
    console.warn(fault);
  }
  return [...found, ...inMemory.values()].filter(({ key }) => key.startsWith(beginning));
}

/** Keep an answer as it is now. False where this browser keeps it only while the page is open. */
export async function keep(answer) {
  try {
    await within("readwrite", (store) => store.put(answer));
    inMemory.delete(answer.key);
    return true;
  } catch (fault) {
    console.warn(fault);
    inMemory.set(answer.key, answer);
    return false;
  }
}

/** It has arrived, or nobody wants it any more. */
export async function forget(key) {
  inMemory.delete(key);
  try {
    await within("readwrite", (store) => store.delete(key));
  } catch (fault) {
    console.warn(fault); // it was only in memory
  }
}
