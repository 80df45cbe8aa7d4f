// Sections of the checklist as pages by the address's #part: the back key is harmless and a reload stays where it was.

import { page } from "./ledger.js";

/** Show one section at a time; the buttons below name the neighbours. */
export function wireSections() {
  const sections = [...document.querySelectorAll("[data-section]")];
  const remembered = `section-${page.visit}`;
  const name = (section) => section.querySelector("h1").textContent;
  const [back, on] = ["back", "on"].map((way) => document.querySelector(`[data-go=${way}]`));
  let at = 0;

  function show(target, moved) {
    at = Math.max(0, sections.indexOf(target?.closest("[data-section]") ?? sections[0]));
    sections.forEach((section, index) => section.classList.toggle("hidden", index !== at));
    for (const link of document.querySelectorAll("[data-section-link]")) {
      const current = link.dataset.sectionLink === sections[at].dataset.section;
      link.removeAttribute("aria-current");
      if (!current) continue;
      link.setAttribute("aria-current", "step");
      link.scrollIntoView({ inline: "center", block: "nearest" });
    }
    back.classList.toggle("hidden", at === 0);
    if (at) back.textContent = name(sections[at - 1]);
    on.textContent = at === sections.length - 1 ? "提交检查" : at === sections.length - 2 ? "看一遍再提交" : `下一部分：${name(sections[at + 1])}`;
    sessionStorage.setItem(remembered, sections[at].id);
    sections[at].dispatchEvent(new Event("shown", { bubbles: true }));
    if (!moved) return;
    if (target === sections[at]) {
      scrollTo(0, 0);
      target.querySelector("h1").focus({ preventScroll: true });
    } else target.scrollIntoView({ block: "start" });
  }

  const here = () => document.getElementById(location.hash.slice(1));
  addEventListener("hashchange", () => show(here(), true));
  back.addEventListener("click", () => { location.hash = sections[at - 1].id; });
  on.addEventListener("click", () => {
    if (at < sections.length - 1) location.hash = sections[at + 1].id;
    else sections[at].dispatchEvent(new Event("handin"));
  });
  show(here() ?? document.getElementById(sessionStorage.getItem(remembered)), Boolean(here()));
}
