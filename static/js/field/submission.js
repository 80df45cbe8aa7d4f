// What hands a visit in, as this phone wrote it down, and what the server knows of a visit.

import * as ledger from "./ledger.js";
import { ask, Halt } from "./request.js";

/** The operation that hands a visit in, if this phone made it. */
export async function submission(id) {
  return (await ledger.ofVisit(id, "waiting", "sent")).find((row) => row.kind === "visit.submit");
}

export async function refusal(id) {
  return (await ledger.ofVisit(id, "refused", "aside")).find((row) => row.kind === "visit.submit");
}

/** What the server knows of a visit now; null without an answer. */
export async function heard(id) {
  try {
    const { ok, body } = await ask(`/field/data/visits/${id}`, {}, 15);
    return ok ? body : null;
  } catch (fault) {
    if (!(fault instanceof Halt)) throw fault;
    if (fault.state === "signin") document.dispatchEvent(new Event("signed-out"));
    return null;
  }
}
