// How thoroughly a place is walked: what the page before a visit offers, and what is written down as it begins.

import { dayAfter } from "./days.js";
import * as ledger from "./ledger.js";
import { merged } from "./lists.js";
import * as reference from "./reference.js";
import { dayOf } from "./visits.js";
import { drawn, mayBeDrawn, zonesOf } from "./walk.js";

const { page } = ledger;
const DAY = 24 * 3600 * 1000;

/** Why everything is asked here, in words: what was arranged demands it, or a list names no 重点项. Empty where zones can be
 *  walked. Throws nothing: a list that is not here is said when the visit begins. */
async function whyFull({ place, kind, day }) {
  const task = day?.assigned.find((one) => one.id === place.id);
  if (task?.depth === "full") return "这次安排的是全查，每一项都要查。";
  const lists = await Promise.all(kind.versions.map((version) => reference.list(version, dayAfter(0), 4000)));
  if (lists.includes(null)) return "";
  const short = merged(
    lists.map(({ value }) => value),
    { ...place.facts, kind: place.kind },
  ).short;
  return short ? "" : "这类场所的检查表还没有选出重点，所以每一项都要查。";
}

/** Offer both depths in the form that begins a visit: 短查 unless somebody wants 全查. What only 全查 asks beforehand is
 *  asked only there; a short walk asks it where it is seen. */
export async function offerDepths(form, about) {
  const why = await whyFull(about).catch(() => ""),
    box = form.querySelector("[data-depth]"),
    full = box.querySelector("[name=depth]"),
    unknown = form.querySelector("[data-unknown]");
  const show = () => unknown.classList.toggle("hidden", !full.checked);
  box.querySelector("p").textContent =
    why || (about.place.full_due ? `短查：按走的顺序看重点。${about.place.full_due}` : "短查：按走的顺序看重点。");
  if (why) full.checked = true;
  full.closest("label").classList.toggle("hidden", Boolean(why));
  box.classList.remove("hidden");
  full.addEventListener("change", show);
  show();
}

/** Days since an item was really checked here, by code: only of days before today, so that a second visit of the same day
 *  draws the same. */
function weightsOf(checked, codes) {
  const today = dayAfter(0),
    days = (day) => Math.round((Date.parse(today) - Date.parse(day)) / DAY);
  const known = codes.filter((code) => checked?.[code] && checked[code] < today);
  return Object.fromEntries(known.map((code) => [code, days(checked[code])]));
}

/** What this phone wrote down when a short walk was begun here earlier today: the same is weighed again. */
async function begunToday({ place, versions }) {
  const rows = await ledger.ofKind("visit.start", "waiting", "sent"),
    today = dayAfter(0);
  return rows.find(
    ({ captured_at: at, payload }) =>
      payload.premises === place.id &&
      payload.depth === "short" &&
      dayOf(at) === today &&
      [...payload.versions].sort().join() === [...versions].sort().join(),
  )?.payload;
}

/** The depth of a visit that begins, the items of its deep check, and by what they were weighed. `row` is that of visits.js. */
export async function beginning(row, wantsFull, task) {
  const { lists, facts, place, versions } = row;
  if (wantsFull || task?.depth === "full" || !merged(lists, facts).short)
    return { depth: "full", deep: [], weights: {} };
  const zones = zonesOf(
    lists.flatMap((list) => list.items ?? []),
    facts,
    page.zones,
  );
  const candidates = mayBeDrawn(zones, facts),
    before = await begunToday(row),
    weights = before?.weights ?? weightsOf((await reference.place(place.id))?.checked, candidates);
  return { depth: "short", deep: await drawn(place.id, dayAfter(0), versions, candidates, weights), weights };
}
