// What stands of a short walk: its zones, the cards in them, and what closing a zone has said of the items without one.

import { GLANCES, holds, missing } from "./conditions.js";
import { Endable } from "./early.js";
import * as journal from "./journal.js";
import { page } from "./ledger.js";
import { zonesOf } from "./walk.js";

const PER_CARD = 7,
  PER_LINE = 3,
  PER_ZONE = 20; // seconds, for a word about how long it still takes

/** The facts to be tapped that decide what is asked in a zone, each in the first zone whose items depend on it. */
function asksOf(zones, facts) {
  const told = new Set();
  return zones.map(({ keys, others, beyond }) => {
    const leaves = [...keys, ...others, ...beyond].flatMap((item) => missing(item.when, facts, {}));
    const names = leaves.filter(({ kind, name }) => kind === "fact" && page.facts[name]?.choices && !told.has(name));
    const own = [...new Set(names.map(({ name }) => name))];
    own.forEach((name) => told.add(name));
    return own;
  });
}

/** One short walk as it stands on this phone. `items` are the codes' items as they are drawn and judged, `deep` the codes
 *  of the deep check, `begun` the facts known when it began: what is told later takes items out, and out of sight only. */
export class Walk extends Endable {
  constructor({ visit, lists, items, facts, begun, deep, zonePhotos }) {
    super(visit);
    this.items = items;
    this.facts = facts;
    this.zonePhotos = Boolean(zonePhotos);
    const found = zonesOf(
      lists.flatMap((list) => list.items ?? []),
      begun,
      page.zones,
    );
    const asks = asksOf(found, begun),
      mine = (all) => all.map(({ code }) => items[code]);
    this.zones = found.map(({ code, name, keys, others, beyond }, at) => ({
      code,
      name,
      asks: asks[at],
      keys: mine(keys),
      deep: mine(others.filter((item) => deep.includes(item.code))),
      lines: mine(others.filter((item) => !deep.includes(item.code))),
      beyond: mine(beyond),
    }));
    this.cards = new Map(); // code → Item
    this.glances = new Map(); // code → 看过 or 没看
    this.closings = new Map(); // zone → {looked, reason, photos}
    this.spent = `seconds-${visit}`;
  }

  /** Take over what this phone has said of it, and what the server knew when it was asked. `newer(row)`: the server had not
   *  heard an operation yet. */
  learn({ answers = {}, zones = {} }, own, newer) {
    for (const [code, { value }] of Object.entries(answers)) if (GLANCES.includes(value)) this.glances.set(code, value);
    for (const [zone, closing] of Object.entries(zones)) this.closings.set(zone, closing);
    this.learnOwn(own, newer);
  }

  /** What this phone has said, in its order: an answer taken back leaves an item open until its zone is closed anew. */
  learnOwn({ answers, zones }, newer = () => true) {
    const rows = [...zones, ...answers.values()].filter(newer).sort((a, b) => a.order - b.order);
    for (const { kind, payload } of rows) {
      if (kind === "visit.answer") this.glances.delete(payload.item);
      else this.closed(payload);
    }
  }

  closed({ zone, looked, items, not_looked: not, reason, photos }) {
    this.closings.set(zone, { looked, reason, photos });
    for (const code of items) this.glances.set(code, "seen");
    for (const code of not) this.glances.set(code, "not_looked");
  }

  isAsked(item) {
    if (item.version) return Boolean(this.cards.get(item.code)?.value); // no list that is walked here asks it
    return this.cards.get(item.code)?.anyway || holds(item.when, this.facts) !== false;
  }

  all({ keys, deep, lines, beyond }) {
    return [...keys, ...deep, ...lines, ...beyond].filter((item) => this.isAsked(item));
  }

  /** The zones in which something is asked by what is known now. */
  get walked() {
    return this.zones.filter((zone) => this.all(zone).length);
  }

  zoneOf(code) {
    return this.zones.find((zone) => this.all(zone).some((item) => item.code === code));
  }

  /** What stands of an item: its own answer, or what closing its zone said; null while there is neither. */
  value({ code }) {
    return this.cards.get(code)?.value ?? this.glances.get(code) ?? null;
  }

  /** What has to be answered one by one before a zone can be closed as looked at. */
  lacking(zone) {
    return [...zone.keys, ...zone.deep].filter((item) => this.isAsked(item) && !this.cards.get(item.code)?.value);
  }

  /** Whether something stands of everything that is asked in a zone, and somebody said so of the zone: here, or on another
   *  phone that is known by what it said of the items. */
  isClosed(zone) {
    const all = this.all(zone),
      said = this.closings.has(zone.code) || all.some((item) => this.glances.has(item.code));
    return said && all.every((item) => this.value(item) !== null);
  }

  hasFault(zone) {
    return this.all(zone).some((item) => this.value(item) === "fail");
  }

  /** Where to go on from a zone: the next that is open, else the first that is; undefined once all are closed. */
  after(zone) {
    const at = this.walked.indexOf(zone);
    return [...this.walked.slice(at + 1), ...this.walked.slice(0, at + 1)].find((one) => !this.isClosed(one));
  }

  /** {pass: [items], …, seen, not_looked, open: those of which nothing stands}. */
  tally() {
    const found = { pass: [], fail: [], na: [], unsure: [], seen: [], not_looked: [], open: [] };
    for (const item of this.walked.flatMap((zone) => this.all(zone))) found[this.value(item) ?? "open"].push(item);
    return found;
  }

  /** 还有 4 区，大约 5 分钟, counted from this zone on. */
  leftWords(zone) {
    const left = this.walked.filter((one) => one !== zone && !this.isClosed(one));
    if (!left.length) return "这是最后一区";
    const seconds = left.map(
      ({ keys, deep, lines }) => PER_ZONE + (keys.length + deep.length) * PER_CARD + lines.length * PER_LINE,
    );
    return `还有 ${left.length} 区，大约 ${Math.ceil(seconds.reduce((sum, one) => sum + one, 0) / 60)} 分钟`;
  }

  /** The operation that closes a zone over every asked item without an answer of its own. */
  closing(zone, looked, reason, photos) {
    const open = this.all(zone).filter((item) => !this.cards.get(item.code)?.value);
    const passed = looked ? open.filter((item) => !item.needs || zone.keys.includes(item)) : [];
    return {
      visit: this.visit,
      zone: zone.code,
      looked,
      items: passed.map(({ code }) => code),
      not_looked: open.filter((item) => !passed.includes(item)).map(({ code }) => code),
      reason,
      seconds: Math.round((this.seconds()[zone.code] ?? 0) * 10) / 10,
      photos,
    };
  }

  /** Seconds in each zone while it could be seen, also over a page that is loaded anew. */
  seconds() {
    return JSON.parse(journal.thisTab.get(this.spent) ?? "{}");
  }

  spend(zone, seconds) {
    const all = this.seconds();
    journal.thisTab.set(this.spent, JSON.stringify({ ...all, [zone]: (all[zone] ?? 0) + seconds }));
  }

  /** [words, where to, how many] of what stands between this walk and its end: zones that nobody closed. */
  gaps() {
    if (this.early) return [];
    return this.walked
      .filter((zone) => !this.isClosed(zone))
      .map((zone) => {
        const [first, ...more] = this.lacking(zone);
        if (!first) return [`${zone.name}：看完了没有，还没点`, `z-${zone.code}`, 1];
        return [`${zone.name}：还有 ${more.length + 1} 样没点`, `item-${first.code}`, more.length + 1];
      });
  }

  /** The entries that say that it ended early: what nobody looked at, zone by zone, and why. */
  ending() {
    if (!this.early) return [];
    const open = this.walked.filter((zone) => !this.isClosed(zone));
    return [
      ...open.map((zone) => ["visit.zone", this.closing(zone, false, `提前结束：${this.early}`, [])]),
      ...super.ending(),
    ];
  }
}
