// Sections of the checklist as pages by the address's #part: the back key is harmless and a reload stays where it was.

import { thisTab } from "./journal.js";
import { listen } from "./listen.js";

const remembered = (visit) => `section-${visit}`;

/** The number of the section that a visit opens at: that of the address, else where this tab was; -1 for the last page. */
export function opensAt(visit, sections) {
  const id = location.hash.slice(1) || thisTab.get(remembered(visit));
  if (id === "end") return -1;
  const at = sections.findIndex(
    ({ entries }, index) => id === `s${index + 1}` || entries.some(({ item }) => id === `item-${item.code}`),
  );
  return Math.max(0, at);
}

/** A tab that knows nothing of a visit, its page having been killed, goes on at the first question without an answer. */
export function goOn(visit, open) {
  if (!open || location.hash || thisTab.get(remembered(visit))) return;
  history.replaceState(history.state, "", `#item-${open.code}`);
}

/** Show one section at a time, of those that have a link above; the buttons below name the neighbours. */
export function wireSections(main, visit, signal) {
  const links = [...document.querySelectorAll("[data-section-link]")],
    walked = new Set(links.map((link) => link.dataset.sectionLink));
  const sections = [...main.querySelectorAll("[data-section]")].filter((section) =>
    walked.has(section.dataset.section),
  );
  const name = (section) => section.querySelector("h1").textContent;
  const [back, on] = ["back", "on"].map((way) => document.querySelector(`[data-go=${way}]`));
  const leave = main.querySelector("#leave"); // a page beside them, to which a link of its own leads
  let at = 0,
    away = false;

  function show(target, moved) {
    away = Boolean(leave?.contains(target));
    leave?.classList.toggle("hidden", !away);
    if (away) {
      for (const section of sections) section.classList.add("hidden");
      back.classList.add("hidden");
      on.textContent = "接着查";
      leave.dispatchEvent(new Event("shown", { bubbles: true }));
      scrollTo(0, 0);
      return leave.querySelector("h1").focus({ preventScroll: true });
    }
    at = Math.max(0, sections.indexOf(target?.closest("[data-section]") ?? sections[0]));
    sections.forEach((section, index) => section.classList.toggle("hidden", index !== at));
    for (const link of links) {
      const current = link.dataset.sectionLink === sections[at].dataset.section;
      link.removeAttribute("aria-current");
      if (!current) continue;
      link.setAttribute("aria-current", "step");
      link.scrollIntoView({ inline: "center", block: "nearest" });
    }
    back.classList.toggle("hidden", at === 0);
    if (at) back.textContent = name(sections[at - 1]);
    on.textContent =
      at === sections.length - 1
        ? "提交检查"
        : at === sections.length - 2
          ? "看一遍再提交"
          : `下一部分：${name(sections[at + 1])}`;
    thisTab.set(remembered(visit), sections[at].id);
    sections[at].dispatchEvent(new Event("shown", { bubbles: true }));
    if (!moved) return undefined;
    if (target !== sections[at]) return target?.scrollIntoView({ block: "start" });
    scrollTo(0, 0);
    return target.querySelector("h1").focus({ preventScroll: true });
  }

  const here = () => document.getElementById(location.hash.slice(1));
  listen(window, "hashchange", () => show(here(), true), signal);
  listen(
    back,
    "click",
    () => {
      location.hash = sections[at - 1].id;
    },
    signal,
  );
  listen(
    on,
    "click",
    () => {
      if (away) location.hash = sections[at].id;
      else if (at < sections.length - 1) location.hash = sections[at + 1].id;
      else sections[at].dispatchEvent(new Event("handin"));
    },
    signal,
  );
  show(here() ?? document.getElementById(thisTab.get(remembered(visit))), Boolean(here()));
}
