// The text of a visit that is shown and signed.

import { dayWords } from "./days.js";

const NAMES = { pass: "合格", fail: "不合格", na: "不适用", unsure: "看不准" };
export const isAdvice = (item) => item.about.grade === "advice";

/** An item with what was seen, in one line. */
function said(item, name) {
  const { wordings, note } = item.payload();
  return [name, item.value === "fail" && measureWords(item), item.value === "fail" && wordings.join("、"), note]
    .filter(Boolean)
    .join("。");
}

/** What was measured, counted, chosen or written, in words. */
function measureWords(item) {
  const { number, rows, choice, text } = item.payload();
  const unit = (value) => `${value} ${item.about.unit}`.trim();
  if (rows)
    return rows
      .filter((row) => row.number !== null)
      .map((row) => `${row.name}：${unit(row.number)}`)
      .join("，");
  if (choice) return item.about.choices.find((one) => one.value === choice)?.label ?? "";
  return text || (number === null || number === undefined ? "" : unit(number));
}

/** What a short walk adds: how it went, what was only seen, what was not looked at and why; what an eye alone cannot tell
 *  is one line, however many zones it stands in. */
function walkedLines(walk) {
  const { seen, not_looked: not, open } = walk.tally(),
    left = [...not, ...open],
    beyond = [],
    zones = [];
  for (const zone of walk.walked) {
    const items = walk.all(zone).filter((item) => left.includes(item)),
      closing = walk.closings.get(zone.code);
    if (walk.isClosed(zone) && (closing?.looked ?? true)) beyond.push(...items);
    else if (items.length)
      zones.push(`${zone.name} ${items.length} 项（${closing?.reason || walk.early || "还没看"}）`);
  }
  const lines = beyond.length ? [`要看证照、要量或要动手的 ${beyond.length} 项`, ...zones] : zones;
  return {
    counts: [`看过（未见异常） ${seen.length} 项`, `没看 ${left.length} 项`],
    left: lines.length ? [`没看 ${left.length} 项：`, ...lines] : [],
    early: walk.early ? [`提前结束：${walk.early}。`] : [],
  };
}

/** What a whole check says that ended early: nobody looked at what nobody answered, part by part of the list. */
function wholeLines(whole) {
  const { open } = whole.tally(),
    parts = new Map();
  for (const { about } of open) parts.set(about.section, (parts.get(about.section) ?? 0) + 1);
  const lines = [...parts].map(([name, count]) => `${name} ${count} 项`);
  return {
    counts: [`没看 ${open.length} 项`],
    left: lines.length ? [`没看 ${open.length} 项：`, ...lines] : [],
    early: [`提前结束：${whole.early}。`],
  };
}

const DEPTHS = { short: "检查（短查）", full: "检查（全查）" };

/** The text that is shown and signed, of a day: it names the day itself. `walk` is there where zones were walked, `leave`
 *  says why it ended early; `depth` is empty on visits that began before there were two. */
export function summary(
  all,
  place,
  day,
  { depth = "", walk = null, leave = /** @type {import("./early.js").Whole | null} */ (null) } = {},
) {
  const items = all.filter((item) => item.asked || item.value !== null);
  const of = (value) => items.filter((item) => item.value === value);
  const counts = Object.entries(NAMES).map(([value, name]) => `${name} ${of(value).length} 项`);
  const listed = (heading, found, line) =>
    found.length ? [heading, ...found.map((item, index) => `${index + 1}. ${line(item)}`)] : [];
  const fails = of("fail")
    .filter((item) => !isAdvice(item))
    .map((item, index) => {
      const { wordings, note, place: where, days, fixed_now: fixed } = item.payload();
      const what = [measureWords(item), wordings.join("、"), note, where && `位置：${where}`]
        .filter(Boolean)
        .join("。");
      const when = fixed ? "当场改好了" : days ? `建议 ${dayWords(days, day)}前完成` : "";
      return `${index + 1}. ${[item.element.dataset.title, what, when].filter(Boolean).join("。")}`;
    });
  const walked = walk ? walkedLines(walk) : leave?.early ? wholeLines(leave) : null;
  return [
    `${place}，${dayWords(0, day)}${DEPTHS[depth] ?? "检查"}`,
    ...(walked?.early ?? []),
    [...counts, ...(walked?.counts ?? [])].join("，"),
    ...(fails.length ? ["请您看一看："] : [walked ? "看到的地方没有发现问题。" : "没有发现问题。"]),
    ...fails,
    ...listed("建议：", of("fail").filter(isAdvice), (item) => said(item, item.element.dataset.title)),
    ...listed("看不准，没有立隐患：", of("unsure"), (item) => said(item, item.about.question)),
    ...(walked?.left ?? []),
  ].join("\n");
}
