// While filling: what the rules suspect by now, why, and what would have to be known to be surer.

import { given, suspect } from "./conditions.js";
import { make } from "./dom.js";
import { factNumberOf } from "./numbers.js";

const NAMES = { pass: "合格", fail: "不合格", na: "不适用", unsure: "看不准", none: "还没查" };

/** Watch the answers; gives a function that looks again, after one item changed or (without one) everything.
 *
 * `filling` is what lists.js put together, with what is known of the place; `told(name, value, button)` runs when a fact
 * of the place is said here.
 *
 * @param {{ items: any, facts: any, rules: any[], questions?: any, factWords?: any, valueWords?: any }} filling
 */
export function wireSuspicion(items, filling, told) {
  const { items: abouts, facts, rules, questions, factWords, valueWords } = filling;
  const byCode = (code) => items.find((item) => item.code === code); // more come while a zone is walked
  const shown = new Map(),
    answers = {};

  const said = (value) => (value === true ? "是" : value === false ? "不是" : (valueWords[value] ?? String(value)));

  function reason({ kind, name }) {
    if (kind === "fact") return `${factWords[name]}：${said(facts[name])}`;
    return `${abouts[name].question}：${NAMES[answers[name].verdict]}`;
  }

  /** A fact is asked on the spot, an item is a link to where it stands. */
  function question({ kind, name }, at) {
    if (kind === "answer") return make("p", {}, make("a", { href: `#item-${name}`, text: abouts[name].question }));
    const { label, choices = [] } = questions[name];
    if (choices.length) {
      const chips = choices.map(([key, text]) => {
        const button = make("button", { type: "button", className: "chip", text });
        button.onclick = () => told(name, { true: true, false: false }[key] ?? key, button);
        return button;
      });
      const group = make("div", { className: "chips tight" }, ...chips);
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", label);
      return make("div", {}, make("p", { text: label }), group);
    }
    const input = make("input", { id: `f-${at}-${name}`, inputMode: "decimal", autocomplete: "off" });
    const button = make("button", { type: "button", text: "记下" });
    button.onclick = () => {
      const number = factNumberOf(input.value);
      input.setCustomValidity(number === null ? `${label}的数字不对，请再看一下。` : "");
      if (number === null) input.reportValidity();
      else told(name, number, button);
    };
    // The item takes what is typed in it for part of its answer; this is about the place.
    for (const type of ["input", "change"])
      input.addEventListener(type, (event) => {
        event.stopPropagation();
        input.setCustomValidity("");
      });
    return make(
      "div",
      {},
      make("label", { htmlFor: input.id, text: label }),
      make("div", { className: "row" }, input, button),
    );
  }

  function why(rule, found) {
    const source = rule.document
      ? `${rule.document}${rule.edition ? `（${rule.edition}）` : ""}${rule.checked ? "" : "（依据待核实）"}`
      : "";
    const clause = rule.clause ? [make("p", { text: source ? `${source}：${rule.clause}` : rule.clause })] : [];
    return [
      make("p", {}, make("strong", { text: rule.title })),
      make("p", { text: rule.says }),
      ...clause,
      make("ul", {}, ...found.because.map((leaf) => make("li", { text: reason(leaf) }))),
    ];
  }

  function fill(box, item, mine) {
    const stands = mine.some((found) => !found.missing.length);
    const asks = mine
      .flatMap((found) => found.missing)
      .filter((leaf, at, all) => all.findIndex((other) => other.kind === leaf.kind && other.name === leaf.name) === at);
    const spoken = mine.map((found) => [rules.find((rule) => rule.id === found.rule), found]);
    const opened = box.querySelector("details")?.open ?? false;
    const folded = make(
      "details",
      { open: opened },
      make("summary", { text: "为什么" }),
      ...spoken.flatMap(([rule, found]) => why(rule, found)),
    );
    const head = stands
      ? [
          make("p", {}, make("strong", { text: "可能是重大隐患" })),
          make("p", { text: "是不是重大，由主管部门认定。提交后会马上告诉督办员。" }),
        ]
      : [
          make("p", {}, make("strong", { text: "可能要提请认定" })),
          make("p", { text: "还差一点情况，是不是重大由主管部门认定。" }),
        ];
    const more = asks.length
      ? [
          make("p", { text: `再知道 ${asks.length} 点就能判断得更准` }),
          ...asks.map((leaf) => question(leaf, item.code)),
        ]
      : [];
    box.replaceChildren(...head, folded, ...more);
  }

  /** What an item says to the rules, kept so that a tap reads one item and not all of them. */
  function hear(item) {
    if (item.asked) answers[item.code] = given(item.about, { ...item.measure.read(), value: item.value });
    else delete answers[item.code];
  }

  function show(item, found) {
    const failed = answers[item.code]?.verdict === "fail";
    if (!failed && !shown.has(item)) return;
    const box = item.element.querySelector("[data-suspicion]"); // in what is drawn once the item fails
    if (!box) return;
    const mine = failed
      ? found.filter((one) => one.because.some((leaf) => leaf.kind === "answer" && leaf.name === item.code))
      : [];
    const key = JSON.stringify([mine, mine.flatMap((one) => one.because.map(reason))]);
    if (shown.get(item) === key) return;
    shown.set(item, key);
    box.classList.toggle("hidden", !mine.length);
    item.element.querySelector("[data-own-grade]")?.classList.toggle(
      "hidden",
      mine.some((one) => !one.missing.length),
    );
    if (mine.length) fill(box, item, mine);
  }

  return (/** @type {import("./item.js").Item | null} */ changed = null) => {
    (changed ? [changed] : items).forEach(hear);
    // What nobody can be asked here, because no list of this visit holds it, is no question.
    const askable = ({ kind, name }) => (kind === "answer" ? Boolean(byCode(name)?.asked) : name in questions);
    const found = suspect(rules, answers, facts).filter((one) => one.missing.every(askable));
    for (const item of items) show(item, found);
  };
}
