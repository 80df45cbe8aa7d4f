// 留了手写的空白单: numbers of slips that were filled in by hand and left at the place, written down with or without a signal, and
// taken off again.

import { make } from "./dom.js";
import * as ledger from "./ledger.js";
import { listen } from "./listen.js";
import { send } from "./sender.js";
import * as store from "./store.js";

const NUMBER = /^(?<words>\D*?)(?:(?<year>20\d\d)[-‐‑–—－_/]?)?(?<serial>\d{1,5})号?$/;
const NO_OFFICE = /(?:编号|号码|第|no|№|[.:：．#])+/gi;
const STATES = { waiting: "◐ 已存本机，有信号就发", sent: "✓ 记上了", there: "✓ 记上了", back: "✓ 填好的已经收回" };
// What takes a number off again: the reason as it is kept, and whether the sheet is no use any more.
const OFF = [
  ["编号记错了，单子还空着", false],
  ["单子写坏了，或没有留下", true],
];
const MOST = 200;

/** A number however it is written, as the server reads it (slips/rules.py); null for what is none.
 *  @param {string} text */
export function readNumber(text) {
  const found = NUMBER.exec(text.normalize("NFKC").replace(/\s+/gu, ""))?.groups;
  if (!found) return null;
  return {
    year: found.year ? Number(found.year) : null,
    serial: Number(found.serial),
    office: found.words.replace(NO_OFFICE, ""),
  };
}

const same = (a, b) =>
  Boolean(a && b) && a.serial === b.serial && (a.year === null || b.year === null || a.year === b.year);

/** The slips of a visit: {number, at, state, words, row}. `known` is what the server said, {left, back, heard}; what this phone wrote
 *  down, `rows`, counts over it unless it had arrived before. One that was refused stays, with its words. */
export function standing(rows, known) {
  const back = (known?.back ?? []).map(readNumber);
  const left = (known?.left ?? []).map((number) => {
    const at = readNumber(number);
    return { number, at, state: back.some((one) => same(one, at)) ? "back" : "there", words: "", row: null };
  });
  for (const row of rows) {
    if (row.kind !== "visit.slip" || (row.state === "sent" && row.settled_at < (known?.heard ?? 0))) continue;
    const number = row.payload.slip,
      at = readNumber(number),
      found = left.find((one) => one.state !== "refused" && same(one.at, at));
    if (row.state === "refused") {
      if (row.payload.off === undefined) left.push({ number, at, state: "refused", words: row.words, row });
      else if (found) Object.assign(found, { words: row.words, row });
    } else if (row.payload.off !== undefined) left.splice(0, left.length, ...left.filter((one) => one !== found));
    else if (!found) left.push({ number, at, state: row.state, words: "", row: null });
  }
  return left;
}

/** The fold of a visit's last page, and of the page of what was handed in. `about()` gives what the server said, see `standing`; `drawn`
 *  shows it anew once that has changed. */
export function slipFold(visit, signal, about = () => undefined) {
  const list = make("ul", { className: "list" }),
    input = make("input", { id: "slip-number", name: "slip", autocomplete: "off", maxLength: MOST }),
    said = make("p", { className: "fault hidden", id: "slip-fault" }),
    label = make("label", { htmlFor: "slip-number", text: "空白单的编号" }),
    down = make("button", { type: "button", text: "记下这一号" }),
    hint = make("p", { className: "hint", id: "slip-hint", text: "印在单子上面，例如 2026-0037。没有信号也能记。" }),
    fold = make("details", { className: "card" }, make("summary", { text: "留了手写的空白单" }));
  said.setAttribute("role", "alert");
  fold.append(list, label, hint, said, make("div", { className: "row" }, input, down));
  input.setAttribute("aria-describedby", "slip-hint");
  input.classList.add("grow");
  let shown = /** @type {ReturnType<typeof standing>} */ ([]);

  const drawn = async () => {
    const rows = await ledger.ofVisit(visit, "waiting", "sent", "refused");
    if (signal?.aborted) return;
    shown = standing(rows, about());
    list.replaceChildren(...shown.map((one) => lineOf(visit, one, refuse)));
    list.classList.toggle("hidden", !shown.length);
    if (shown.length) fold.open = true;
  };

  function refuse(words) {
    said.textContent = words && `△ ${words}`;
    said.classList.toggle("hidden", !words);
    input.setAttribute("aria-describedby", words ? "slip-fault" : "slip-hint");
    if (words) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  async function write() {
    const at = readNumber(input.value);
    if (!at) {
      refuse("读不懂这个编号。请照空白单上印的写，例如 2026-0037。");
      return input.focus();
    }
    if (shown.some((one) => one.state !== "refused" && same(one.at, at))) return refuse("这一号已经记下了。");
    if (await kept(refuse, ["visit.slip", { visit, slip: input.value.trim() }])) input.value = "";
    return undefined;
  }

  listen(down, "click", () => void write(), signal);
  listen(input, "keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    void write();
  }, signal); // prettier-ignore
  listen(ledger.changes, "change", () => drawn().catch(console.error), signal);
  drawn().catch(console.error);
  return { fold, drawn };
}

/** Write it down and send it; where it is not kept that is said, and it comes to false. */
async function kept(refuse, entry) {
  try {
    await ledger.record(entry);
  } catch (fault) {
    console.error(fault);
    refuse("手机没存下这一号。请再按一次，还不行就先连上网发出一些。");
    return false;
  }
  refuse("");
  void send();
  return true;
}

function lineOf(visit, one, refuse) {
  const words = one.words ? [make("p", { text: `△ ${one.words}` })] : [],
    state = STATES[one.state] ? [make("p", { className: "quiet", text: STATES[one.state] })] : [];
  return make(
    "li",
    { className: "line" },
    make("strong", { text: one.number }),
    ...state,
    ...words,
    ...wayOut(visit, one, refuse),
  );
}

/** What may be done about a number: one that was refused is put away, one that stands is taken off again with a reason. */
function wayOut(visit, one, refuse) {
  if (one.state === "back") return [];
  if (one.state === "refused") {
    const away = make("button", { type: "button", className: "calm", text: "知道了，收起来" });
    away.setAttribute("aria-label", `知道了，收起来：${one.number}`);
    away.onclick = async () => {
      await store.put("operations", { ...one.row, state: "aside", settled_at: Date.now() });
      ledger.changed();
    };
    return [make("div", { className: "row" }, away)];
  }
  const reasons = OFF.map(([off, written]) => {
    const button = make("button", { type: "button", className: "calm wide", text: off });
    button.onclick = () => kept(refuse, ["visit.slip", { visit, slip: one.number, off, written }]);
    return make("p", {}, button);
  });
  const told = make("p", { className: "quiet", text: "写坏的、没留下的这一号就作废；还空着的可以再用。" }),
    name = make(
      "summary",
      {},
      "记错了，拿下来",
      make("span", { className: "visually-hidden", text: `：${one.number}` }),
    );
  return [make("details", {}, name, ...reasons, told)];
}
