// Looking through twenty thousand places while somebody types: in short turns, and only for what was typed last.

import { hashOf, placeAt } from "./register_form.js";

const TURN = 12, // ms: a key that is pressed meanwhile is not felt
  ROWS = 500,
  CODE = /^[0-9a-z]{10,12}$/;
const order = new Intl.Collator("zh-CN");

/** One width, one case, no blanks, nothing that cannot be seen: （ and ( are the same to whoever looks for a place. */
export const folded = (text) => foldedLines(text.replaceAll("\n", ""));

/** The same of many texts at once, one in each line. */
const foldedLines = (text) =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\S\n]|(?!\n)[\p{Cc}\p{Cf}]/gu, "")
    .replace(/[•‧・･∙⋅]/g, "\u00b7");

/** The others have their turn. */
const pause = () =>
  globalThis.scheduler?.yield?.() ??
  new Promise((done) => {
    setTimeout(done);
  });

/** The places of a register and those made on this phone, folded while nobody waits. */
export class Search {
  /** @param {import("./register_form.js").Register} register */
  constructor(register, made = []) {
    this.register = register;
    this.made = made;
    this.size = register.size + made.length;
    /** @type {string[]} */
    this.lines = [];
    this.began = 0;
  }

  name(at) {
    return at < this.register.size ? this.register.names[at] : this.made[at - this.register.size].name;
  }

  /** A place as it is shown. */
  place(at) {
    return at < this.register.size ? placeAt(this.register, at) : this.made[at - this.register.size];
  }

  /** Name and address of each as they are searched; what is not folded yet is. */
  fold(from, to) {
    if (this.lines.length >= to) return;
    const rows = [];
    for (let at = this.lines.length; at < to; at += 1) {
      const { name, address } =
        at < this.register.size
          ? { name: this.register.names[at], address: this.register.addresses[at] }
          : this.made[at - this.register.size];
      rows.push(`${name} ${address}`.replaceAll("\n", " "));
    }
    this.lines.push(...foldedLines(rows.join("\n")).split("\n"));
  }

  /** Where the places stand whose code this is. */
  coded(word) {
    const found = new Set(),
      { more } = this.register;
    if (!more || !CODE.test(word)) return found;
    const hash = hashOf(word.toUpperCase());
    for (const codes of [more.doors, more.codes])
      for (let at = codes.indexOf(hash); at >= 0; at = codes.indexOf(hash, at + 1)) found.add(at);
    return found;
  }

  /** The place behind a code; null where it is not known, or where two would answer to it. */
  byCode(code) {
    const [at, ...others] = this.coded(folded(code));
    return at === undefined || others.length ? null : placeAt(this.register, at);
  }

  /** Places whose name or address holds every word, or whose code it is; those that begin with the first before the others,
   *  the first so many of `sum`. Null where something else was typed meanwhile. */
  async find(typed, most) {
    const turn = (this.began += 1);
    const words = typed.trim().split(/\s+/).map(folded).filter(Boolean);
    const byWord = words.map((word) => this.coded(word)),
      whole = this.coded(folded(typed));
    const best = new Best(most, (at) => this.name(at));
    let until = performance.now() + TURN;
    for (let from = 0; from < this.size; from += ROWS) {
      const to = Math.min(from + ROWS, this.size);
      this.fold(from, to);
      for (let at = from; at < to; at += 1) {
        const line = this.lines[at];
        if (whole.has(at) || words.every((word, number) => line.includes(word) || byWord[number].has(at)))
          best.add(at, Boolean(words.length) && line.startsWith(words[0]));
      }
      if (performance.now() < until) continue;
      await pause();
      if (this.began !== turn) return null;
      until = performance.now() + TURN;
    }
    return { places: best.rows.map(({ at }) => this.place(at)), sum: best.sum };
  }
}

/** The first so many of rows that come in any order; the others are only counted. */
class Best {
  constructor(most, name) {
    this.most = most;
    this.name = name;
    this.sum = 0;
    /** @type {{at: number, begins: boolean, name: string}[]} */
    this.rows = [];
  }

  add(at, begins) {
    this.sum += 1;
    const row = { at, begins, name: this.name(at) },
      last = this.rows[this.most - 1];
    if (last && !before(row, last)) return;
    let low = 0,
      high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (before(row, this.rows[middle])) high = middle;
      else low = middle + 1;
    }
    this.rows.splice(low, 0, row);
    if (this.rows.length > this.most) this.rows.pop();
  }
}

const before = (a, b) => (a.begins === b.begins ? order.compare(a.name, b.name) < 0 : a.begins);
