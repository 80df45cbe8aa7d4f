// What the page before left in the journal: taps that the database had not taken yet, and what a page without a database
// kept there. It goes to where it belongs, once, whatever a second tab does meanwhile. And what a restored server may lack.

import * as journal from "./journal.js";
import * as ledger from "./ledger.js";
import * as store from "./store.js";

/** What an operation speaks of: a later one of the same subject carries all that it says. Null where each counts. */
function subject({ kind, payload }) {
  if (kind === "visit.answer") return `${payload.visit} ${payload.item}`;
  if (kind === "visit.zone") return `${payload.visit} ${payload.zone}`;
  if (kind === "visit.facts") return `${payload.visit} ${Object.keys(payload.facts)}`;
  return kind === "photo.mark" ? payload.photo : null;
}

/** Bring everything home. To be awaited before anything is shown of what this phone knows. */
export async function recover() {
  if (!store.refused()) await movedIn();
  for (const [key, row] of journal.entries(ledger.NOTED)) {
    await store.put("notes", row);
    journal.drop(key);
  }
  const tapped = journal.entries(ledger.TAPPED).map(([, row]) => row);
  tapped.sort(
    (a, b) =>
      (a.order ?? 0) - (b.order ?? 0) ||
      (a.captured_at === b.captured_at ? a.at - b.at : a.captured_at < b.captured_at ? -1 : 1),
  );
  for (const { at, ...row } of tapped) {
    if (await overtaken(row)) journal.drop(ledger.TAPPED + row.id);
    else await ledger.stand([row]); // what is not taken now stays in the journal
  }
}

/** Said anew since, in another tab: the older tap must not speak against it. What came later the line says, not the clock,
 *  except of a tap of an older page, which had no place in it yet. */
async function overtaken(row) {
  if (subject(row) === null) return false;
  const { visit } = row.payload;
  const same = await store.under(
    "operations",
    ...(visit ? ["visit", [row.account, visit]] : ["kind", [row.account, row.kind]]),
  );
  const later = (one) => (row.order ? (one.tap ?? one.order) > row.order : one.captured_at > row.captured_at);
  return same.some((one) => one.id !== row.id && later(one) && one.kind === row.kind && subject(one) === subject(row));
}

/** A restored server may lack what it has given receipts for: everything this phone still keeps is offered once more. */
export async function offerAgain() {
  await store.write(["operations", "photos"], offered);
  store.lookAgain();
}

async function offered(stores, answered) {
  for (const row of await answered(stores.operations.index("account").getAll([ledger.page.account, "sent"]))) {
    stores.operations.put({ ...row, state: "waiting", words: "" });
  }
  for (const row of await answered(stores.photos.index("account").getAll([ledger.page.account, "sent"]))) {
    if (row.dropped) continue; // its bytes had to make room
    stores.photos.put({ ...row, state: "waiting", whole: row.ready, words: "" }); // asked first, sent only where it is missing
  }
}

/** The database serves again: what was kept beside it moves in. What it knows better, it keeps. */
async function movedIn() {
  for (const [key, row] of journal.entries(journal.KEPT)) {
    const [name, ...id] = key.slice(journal.KEPT.length).split(":");
    await store.write([name], async (stores, answered) => {
      const known = await answered(stores[name].get(id.join(":")));
      if (!known || (name !== "notes" && known.state === "waiting") || (name === "visits" && !known.submitted))
        stores[name].put({ ...known, ...row });
    });
    journal.drop(key);
  }
}
