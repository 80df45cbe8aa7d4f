// What stands in for the phone's database where the browser refuses it: tables in the page's memory that answer as the
// database would. What is small is written to the journal too, so that the next page finds it; photos live as long as the page.

import * as journal from "./journal.js";

const LASTS = ["operations", "photos", "notes", "visits"];
const OF_BYTES = ["ready", "sha256", "original_sha256", "size", "type", "pressed", "begun", "whole"];

const rank = (key) => (Array.isArray(key) ? 2 : typeof key === "string" ? 1 : 0);

/** As IndexedDB orders keys: numbers, texts, lists. */
function compare(a, b) {
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (!Array.isArray(a)) return a < b ? -1 : Number(a > b);
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const found = compare(a[at], b[at]);
    if (found) return found;
  }
  return a.length - b.length;
}

function within(query, key) {
  if (query === undefined) return true;
  if (Array.isArray(query) || typeof query !== "object") return compare(query, key) === 0;
  if (query.lower !== undefined && compare(key, query.lower) < 0) return false;
  const end = compare(key, query.upper);
  return query.open ? end < 0 : end <= 0;
}

const part = (row, path) => path.split(".").reduce((value, name) => value?.[name], row);
const keyOf = (row, path) => (Array.isArray(path) ? path.map((one) => part(row, one)) : part(row, path));
const isKey = (key) => (Array.isArray(key) ? key.every(isKey) : typeof key === "string" || typeof key === "number");

/** Rows of a table by what `path` says, in its order; what has no such key is not among them. */
function sorted(table, path, query, most = Infinity) {
  const found = [...table.values()]
    .map((row) => [keyOf(row, path), row])
    .filter(([key]) => isKey(key) && within(query, key));
  return found
    .sort(([a], [b]) => compare(a, b))
    .slice(0, most)
    .map(([, row]) => ({ ...row }));
}

const copy = (row) => row && { ...row };

export class Memory {
  constructor(keys, indexes) {
    this.keys = keys;
    this.indexes = indexes;
    this.db = null;
    this.turn = Promise.resolve();
    this.lasting = journal.lasting();
    this.tables = Object.fromEntries(Object.keys(keys).map((name) => [name, new Map()]));
  }

  /** What it means that the database is refused, and what to do. */
  get words() {
    return this.lasting
      ? "手机的存储用不了。您填的另外记了一份，照样会发；照片只留在这一页里，请连上网发完再关。以前存的要等存储好了才看得到：请关掉别的页面，把手机里不用的东西删掉一些，再打开一次。"
      : "这个浏览器不让存东西，关掉这一页，没发出的就没有了。遇险照样能报。请先连上网发完再关；下次请换一个浏览器，或在浏览器设置里允许本站存数据。";
  }

  /** Begin with what can still be read: of the database where it only takes nothing more, and of an earlier page like this
   *  one. The counter stays behind, two writers under one number would look like a loss; the place in the line goes on. */
  async begin(db) {
    this.db = db;
    for (const name of db ? Object.keys(this.keys).filter((one) => one !== "bytes") : []) {
      for (const row of await this.read(name, (store) => store.getAll()).catch(() => []))
        this.tables[name].set(row[this.keys[name]], row);
    }
    const { notes } = this.tables,
      counter = notes.get("device");
    if (counter) notes.set("device", { key: "device", seq: 0, order: counter.order ?? counter.seq });
    for (const [key, row] of journal.entries(journal.KEPT)) {
      const table = this.tables[key.split(":")[1]],
        id = row[this.keys[key.split(":")[1]]];
      table?.set(id, { ...table.get(id), ...row });
    }
  }

  read(name, ask) {
    return new Promise((done, failed) => {
      const request = ask(this.db.transaction(name).objectStore(name));
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
    });
  }

  /** One after another, all or nothing. */
  run(names, work, answered) {
    const mine = this.turn.then(async () => {
      const before = new Map(),
        stores = Object.fromEntries(names.map((name) => [name, this.store(name, before)]));
      try {
        const result = await work(stores, answered);
        for (const [at, [name, key]] of before) this.last(at, name, key);
        return result;
      } catch (fault) {
        for (const [name, key, row] of before.values()) this.set(name, key, row);
        throw fault;
      }
    });
    this.turn = mine.catch(() => {});
    return mine;
  }

  set(name, key, row) {
    if (row) this.tables[name].set(key, row);
    else this.tables[name].delete(key);
  }

  /** Into the journal; a checklist that is too large for it is fetched again. Of a photo nothing that is true of other bytes
   *  than the database has: those made here go with the page. */
  last(at, name, key) {
    if (!LASTS.includes(name)) return;
    const { thumb, bytes, ...row } = this.tables[name].get(key) ?? {};
    if (name === "photos") for (const fact of OF_BYTES) delete row[fact];
    if (row[this.keys[name]] === undefined) journal.drop(journal.KEPT + at);
    else
      this.lasting =
        (journal.set(journal.KEPT + at, row) ||
          (row.lists ? journal.set(journal.KEPT + at, { ...row, lists: undefined }) : false)) &&
        this.lasting;
  }

  /** The table as a store; what changes is noted in `before` as it was. */
  store(name, before = new Map()) {
    const table = this.tables[name],
      path = this.keys[name];
    const change = (key, row) => {
      const at = `${name}:${key}`;
      if (!before.has(at)) before.set(at, [name, key, table.get(key)]);
      this.set(name, key, row);
      return key;
    };
    const asked = (by) => ({
      getAll: (query, most) => Promise.resolve(sorted(table, by, query, most)),
      count: (query) => Promise.resolve(sorted(table, by, query).length),
    });
    return {
      ...asked(path),
      get: async (key) =>
        copy(table.get(key)) ?? (name === "bytes" && this.db ? this.read(name, (store) => store.get(key)) : undefined),
      put: async (row) => change(row[path], { ...row }),
      delete: (query) => {
        for (const key of [...table.keys()].filter((one) => within(query, one))) change(key, undefined);
      },
      clear: () => {
        for (const key of [...table.keys()]) change(key, undefined);
      },
      index: (index) => asked(this.indexes[name][index]),
    };
  }
}
