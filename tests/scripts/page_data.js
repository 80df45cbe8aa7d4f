// What a page gives the modules before the first of them is imported: the data that the shell hands them, and a document
// that is heard and spoken to. There is no database of the phone here, so that what stands in for one is at work.

const DATA = {
  account: "a1",
  name: "王代表",
  limits: { measure: 1000000000, rows: 20, photos: 9 },
  facts: {},
  kinds: {},
  outcomes: {},
};

class Page extends EventTarget {
  getElementById(id) {
    return id === "page-data" ? { textContent: JSON.stringify(DATA) } : null;
  }

  querySelector() {
    return null;
  }
}

globalThis.document = /** @type {any} */ (new Page());
