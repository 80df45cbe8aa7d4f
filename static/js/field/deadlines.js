// Where a place and its hazards stand, as a colleague would tell it at the door: last time, what waits, and until when in
// a deputy's words.

import { dateWords, daysUntil } from "./days.js";
import { make, quiet } from "./dom.js";

const clockIcon = () => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"),
    use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", document.querySelector(".tabbar use").getAttribute("href").replace(/#.*/, "#clock"));
  svg.append(use);
  return svg;
};

const soon = (text) => make("span", { className: "tag tag-soon" }, clockIcon(), text);

/** A deadline: 逾期 is a word between offices, a deputy reads 期限过了. */
export function dueTag(date) {
  if (!date) return quiet("未定");
  const left = daysUntil(date),
    [year, month, day] = date.split("-").map(Number);
  if (left < 0) return soon(`期限过了 ${-left} 天`);
  if (left === 0) return soon("今天到期");
  if (left <= 3) return soon(`还有 ${left} 天，${dateWords(date)}前`);
  return quiet(`${year === new Date().getFullYear() ? "" : `${year}年`}${month}月${day}日前`);
}

/** Last time, what waits, the nearest date. */
export function standingOf(place, outcomes) {
  const parts = [];
  // Of a place that was never opened here only what is open is known, as the list of all of them tells it.
  if (place.told === false) parts.push(quiet(place.waited ?? "上次的走访还没取到这部手机里，连上网打开一次就有。"));
  else if (!place.last_on) parts.push(quiet("第一次检查"));
  else if (place.last_outcome !== "inspected")
    parts.push(quiet(`上次 ${dateWords(place.last_on)}，${outcomes[place.last_outcome]}`));
  else
    parts.push(
      quiet(`上次 ${dateWords(place.last_on)}，${place.found_then ? `有 ${place.found_then} 处隐患` : "没有发现问题"}`),
    );
  if (place.open) {
    const waiting = place.to_verify
      ? make("span", { className: "tag tag-state", text: `◕ ${place.to_verify} 处待核验` })
      : make("span", { className: "tag tag-grey", text: `${place.open} 处没销号` });
    parts.push(make("span", { className: "tags" }, waiting, " ", place.due_on ? dueTag(place.due_on) : ""));
  }
  return parts;
}

const SHAPES = { found: "◌", rectifying: "◐", awaiting_verification: "◕", awaiting_closure: "●", closed: "✓" };
export const stateTag = (state, name) =>
  make("span", {
    className: `tag ${state === "closed" ? "tag-done" : ["void", "merged", "ended", "found"].includes(state) ? "tag-grey" : "tag-state"}`,
    text: `${SHAPES[state] ?? "✕"} ${name}`,
  });
