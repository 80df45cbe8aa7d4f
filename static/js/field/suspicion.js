// While filling: what the rules suspect by now, why, and what would have to be known to be surer.

import { given, suspect } from "./conditions.js";
import * as ledger from "./ledger.js";
import { numberOf } from "./measures.js";
import { send } from "./sender.js";
import { make } from "./words.js";

const { page } = ledger;
const NAMES = { pass: "合格", fail: "不合格", na: "不适用", unsure: "看不准", none: "还没查" };

/** Facts told on this phone that the page of the server does not know yet. */
async function recoverFacts() {
  const rows = (await ledger.operations("waiting", "sent")).sort((a, b) => a.seq - b.seq);
  for (const row of rows) if (row.kind === "visit.facts" && row.payload.visit === page.visit) Object.assign(page.facts, row.payload.facts);
}

const said = (value) => (value === true ? "是" : value === false ? "不是" : page.valueWords[value] ?? String(value));

function reason({ kind, name }, answers) {
  if (kind === "fact") return `${page.factWords[name]}：${said(page.facts[name])}`;
  return `${page.items[name].question}：${NAMES[answers[name].verdict]}`;
}

/** Watch the answers; resolves with a function that looks again. `learned` runs when more is known of the place. */
export async function wireSuspicion(items, learned) {
  await recoverFacts();
  const byCode = new Map(items.map((item) => [item.code, item]));
  const shown = new Map();

  async function tell(name, value) {
    page.facts[name] = value;
    await ledger.record(["visit.facts", { visit: page.visit, facts: { [name]: value } }]);
    learned();
    look();
    send();
  }

  /** A fact is asked on the spot, an item is a link to where it stands. */
  function question({ kind, name }, at) {
    if (kind === "answer") return make("p", {}, make("a", { href: `#item-${name}`, text: page.items[name].question }));
    const { label, choices } = page.questions[name];
    if (choices.length) {
      const chips = choices.map(([key, text]) => {
        const button = make("button", { type: "button", className: "chip", text });
        button.onclick = () => tell(name, { true: true, false: false }[key] ?? key);
        return button;
      });
      const group = make("div", { className: "chips tight" }, ...chips);
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", label);
      return make("div", {}, make("p", { text: label }), group);
    }
    const input = make("input", { id: `f-${at}-${name}`, inputMode: "decimal", autocomplete: "off" });
    const button = make("button", { type: "button", text: "记下" });
    button.onclick = () => { if (numberOf(input.value) !== null) tell(name, numberOf(input.value)); };
    // The item takes what is typed in it for part of its answer; this is about the place.
    for (const type of ["input", "change"]) input.addEventListener(type, (event) => event.stopPropagation());
    return make("div", {}, make("label", { htmlFor: input.id, text: label }), make("div", { className: "row" }, input, button));
  }

  function why(rule, found, answers) {
    const source = rule.document ? `${rule.document}${rule.edition ? `（${rule.edition}）` : ""}${rule.checked ? "" : "（依据待核实）"}` : "";
    const clause = rule.clause ? [make("p", { text: source ? `${source}：${rule.clause}` : rule.clause })] : [];
    return [make("p", {}, make("strong", { text: rule.title })), make("p", { text: rule.says }), ...clause,
      make("ul", {}, ...found.because.map((leaf) => make("li", { text: reason(leaf, answers) })))];
  }

  function fill(box, item, mine, answers) {
    const stands = mine.some((found) => !found.missing.length);
    const asks = mine.flatMap((found) => found.missing)
      .filter((leaf, at, all) => all.findIndex((other) => other.kind === leaf.kind && other.name === leaf.name) === at);
    const rules = mine.map((found) => [page.rules.find((rule) => rule.id === found.rule), found]);
    const opened = box.querySelector("details")?.open ?? false;
    const folded = make("details", { open: opened }, make("summary", { text: "为什么" }), ...rules.flatMap(([rule, found]) => why(rule, found, answers)));
    const head = stands ? [make("p", {}, make("strong", { text: "可能是重大隐患" })), make("p", { text: "是不是重大，由主管部门认定。提交后会马上告诉督办员。" })]
      : [make("p", {}, make("strong", { text: "可能要提请认定" })), make("p", { text: "还差一点情况，是不是重大由主管部门认定。" })];
    const more = asks.length ? [make("p", { text: `再知道 ${asks.length} 点就能判断得更准` }), ...asks.map((leaf) => question(leaf, item.code))] : [];
    box.replaceChildren(...head, folded, ...more);
  }

  function look() {
    const answers = Object.fromEntries(items.filter((item) => item.asked).map((item) => [item.code, given(item.about, item.payload())]));
    // What nobody can be asked here, because no list of this visit holds it, is no question.
    const askable = ({ kind, name }) => (kind === "answer" ? Boolean(byCode.get(name)?.asked) : name in page.questions);
    const found = suspect(page.rules, answers, page.facts).filter((one) => one.missing.every(askable));
    for (const item of items) {
      const box = item.element.querySelector("[data-suspicion]");
      if (!box) continue;
      const mine = item.value === "fail" ? found.filter((one) => one.because.some((leaf) => leaf.kind === "answer" && leaf.name === item.code)) : [];
      const key = JSON.stringify([mine, mine.flatMap((one) => one.because.map((leaf) => reason(leaf, answers)))]);
      if (shown.get(item.code) === key) continue;
      shown.set(item.code, key);
      box.classList.toggle("hidden", !mine.length);
      item.element.querySelector("[data-own-grade]")?.classList.toggle("hidden", mine.some((one) => !one.missing.length));
      if (mine.length) fill(box, item, mine, answers);
    }
  }

  learned();
  look();
  return look;
}
