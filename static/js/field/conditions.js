// inspect_app/checklists/{conditions,answers,suspicion}.py once more, so that a phone knows without a signal what the
// server will find. tests/contracts/conditions.json holds both to the same results; the server's verdict counts.

const isNumber = (value) => typeof value === "number";
const NOTHING = { verdict: "none", numbers: [], choice: "" };
const own = (object, name) => (object && Object.prototype.hasOwnProperty.call(object, name) ? object[name] : undefined);

/** Whether a condition holds; null while something it needs is not known. */
export function holds(condition, facts, answers = {}) {
  if (condition === null || condition === undefined) return true;
  if (condition.all)
    return fold(
      condition.all.map((part) => holds(part, facts, answers)),
      false,
    );
  if (condition.any)
    return fold(
      condition.any.map((part) => holds(part, facts, answers)),
      true,
    );
  if (condition.not) {
    const inner = holds(condition.not, facts, answers);
    return inner === null ? null : !inner;
  }
  if ("fact" in condition) return ofFact(condition, own(facts, condition.fact));
  if ("answer" in condition) return ofAnswer(condition, own(answers, condition.answer) ?? NOTHING);
  throw new Error(`no condition: ${JSON.stringify(condition)}`);
}

function fold(results, stop) {
  if (results.includes(stop)) return stop;
  return results.includes(null) ? null : !stop;
}

function ofFact(condition, value) {
  if (value === null || value === undefined) return null;
  if ("eq" in condition) return value === condition.eq;
  if ("in" in condition) return condition.in.includes(value);
  return isNumber(value) ? bounded(condition, value) : null;
}

/** 看不准 says nothing about right and wrong; for a number of several parts one part that fits is enough. */
function ofAnswer(condition, { verdict: given, numbers, choice = "" }) {
  if (given === "none" && !numbers.length) return null;
  if ("is" in condition) {
    if (given === "none" || (given === "unsure" && condition.is !== "unsure")) return null;
    return given === condition.is;
  }
  if ("judged" in condition) return ["none", "unsure"].includes(given) ? null : !choice && given === condition.judged;
  if (given === "na") return false;
  // What was judged without choosing says nothing of it.
  if ("chosen" in condition) return choice && ["pass", "fail"].includes(given) ? choice === condition.chosen : null;
  return numbers.length
    ? fold(
        numbers.map((number) => (number === null ? null : bounded(condition, number))),
        true,
      )
    : null;
}

function bounded(condition, number) {
  if ("at_least" in condition) return number >= condition.at_least;
  if ("at_most" in condition) return number <= condition.at_most;
  throw new Error(`no operator: ${JSON.stringify(condition)}`);
}

const parts = (condition) => [
  ...(condition.all ?? []),
  ...(condition.any ?? []),
  ...(condition.not ? [condition.not] : []),
];

function leaf(condition) {
  if ("fact" in condition) return [{ kind: "fact", name: condition.fact }];
  return "answer" in condition ? [{ kind: "answer", name: condition.answer }] : [];
}

const once = (found) =>
  found.filter((one, at) => found.findIndex((other) => other.kind === one.kind && other.name === one.name) === at);

/** The facts and answers that make a condition hold, or that speak for it while it is undecided. */
export const reasons = (condition, facts, answers) => once(speaking(condition, facts, answers, true));

/** The facts and answers that are not known and whose value would decide an undecided condition. */
export const missing = (condition, facts, answers) => once(lacking(condition, facts, answers));

function speaking(condition, facts, answers, wanted) {
  const result = holds(condition, facts, answers);
  if (result === !wanted) return [];
  if (condition.not) return speaking(condition.not, facts, answers, !wanted);
  const inner = parts(condition);
  if (!inner.length) return result === wanted ? leaf(condition) : [];
  return inner
    .filter((part) => result === null || holds(part, facts, answers) === wanted)
    .flatMap((part) => speaking(part, facts, answers, wanted));
}

function lacking(condition, facts, answers) {
  if (holds(condition, facts, answers) !== null) return [];
  const inner = parts(condition);
  return inner.length ? inner.flatMap((part) => lacking(part, facts, answers)) : leaf(condition);
}

/** What the rules suspect, and what they would if more were known; facts alone are no suspicion. */
export function suspect(rules, answers, facts) {
  const found = [];
  for (const rule of rules) {
    const result = holds(rule.if, facts, answers);
    if (result === false) continue;
    const because = reasons(rule.if, facts, answers);
    const failed = because.some(({ kind, name }) => kind === "answer" && own(answers, name)?.verdict === "fail");
    if (result === null && !failed) continue;
    found.push({ rule: rule.id, because, missing: missing(rule.if, facts, answers) });
  }
  return found;
}

/** What only says that a zone was closed over an item: 看过 and 没看. */
export const GLANCES = ["seen", "not_looked"];
const BY_HAND = ["na", "unsure", ...GLANCES];

/** 合格, 不合格, 不适用, 看不准, 看过, 没看 or none yet: what was measured, counted or chosen judges itself. */
export function verdict(item, body) {
  if (BY_HAND.includes(body.value)) return body.value;
  const judged = ["pass", "fail"].includes(body.value) ? body.value : "none";
  if (item.kind === "choice") {
    const chosen = item.choices.find((choice) => choice.value === body.choice);
    return chosen ? (chosen.fails ? "fail" : "pass") : judged;
  }
  if (item.kind === "number" || item.kind === "count") {
    const written = numbers(item, body);
    if (written.some((number) => number !== null && outside(item, number))) return "fail";
    if (written.includes(null)) return "none";
    const bound = item.at_least !== null || item.at_most !== null;
    return written.length && (bound || judged === "none") ? "pass" : judged;
  }
  if (item.kind === "text" && judged === "none") return String(body.text ?? "").trim() ? "pass" : "none";
  return judged;
}

/** The number of a number item, or those of the parts of a count, null for a part still empty. */
export function numbers(item, body) {
  if (item.kind === "number") return isNumber(body.number) ? [body.number] : [];
  if (item.kind !== "count" || !Array.isArray(body.rows)) return [];
  return body.rows.map((row) => (isNumber(row.number) ? row.number : null));
}

/** Whether a number breaks the bounds of its item. */
export const outside = (item, number) =>
  (item.at_least !== null && number < item.at_least) || (item.at_most !== null && number > item.at_most);

/** The value that was chosen; empty for another kind of item, and for a value that it does not offer. */
function choiceOf(item, body) {
  const offered = item.kind === "choice" ? item.choices : [];
  return offered.find((one) => one.value === body.choice)?.value ?? "";
}

/** An answer as conditions see it: of a zone that was closed they know nothing. */
export function given(item, body) {
  const found = verdict(item, body);
  return GLANCES.includes(found)
    ? NOTHING
    : { verdict: found, numbers: numbers(item, body), choice: choiceOf(item, body) };
}
