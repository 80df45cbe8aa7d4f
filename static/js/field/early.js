// A visit that ends before everything was looked at (提前结束), or is thrown away (作废): what is said of it, and when it may be.

import { dayAfter } from "./days.js";
import * as ledger from "./ledger.js";

/** The reason of a visit that ended early after which nobody is asked to sign. */
export const SHOWN_OUT = "被请出";

/** The entry that says how a visit ended, and why. */
export const ended = (visit, outcome, note) => [
  "visit.outcome",
  { visit, outcome, photos: [], next_try_on: null, shown_on: dayAfter(0), note },
  undefined,
  2,
];

/** What may end early. Whoever extends it knows its `visit` and its tally(): items by what they are, `open` those of which
 *  nothing stands. */
export class Endable {
  constructor(visit) {
    this.visit = visit;
    /** @type {string | null} why it ends here, once somebody said so */
    this.early = null;
  }

  /** @returns {Record<string, any[]>} */
  tally() {
    throw new Error("whoever is walked counts");
  }

  /** Whether nobody there can be asked to sign any more. */
  get shownOut() {
    return this.early === SHOWN_OUT;
  }

  /** The entries that say that it ended early. */
  ending() {
    return this.early ? [ended(this.visit, "ended_early", this.early)] : [];
  }

  /** What was found, photographed or said by somebody else is not thrown away with the visit. */
  async holdsSomething(answers = {}) {
    const device = await ledger.deviceId();
    const others = Object.values(answers).some(({ by, value }) => by && by !== device && value);
    const taken = (await ledger.photos("waiting", "sent")).some((photo) => photo.visit === this.visit);
    const { fail, unsure } = this.tally();
    return others || taken || fail.length + unsure.length > 0;
  }
}

/** A whole check (全查): what nobody answered was not looked at. */
export class Whole extends Endable {
  constructor(visit, items) {
    super(visit);
    this.items = items;
  }

  tally() {
    const of = (value) => this.items.filter((item) => (item.asked || value) && item.value === value);
    return { fail: of("fail"), unsure: of("unsure"), not_looked: [], open: of(null) };
  }
}
