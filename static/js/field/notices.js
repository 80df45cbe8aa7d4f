// What is said to whoever holds the phone: above the view of the shell, or in the form that it is about.

import { make } from "./dom.js";

// Above the view: while a visit is filled nothing moves, a thumb on its way down would meet another answer. What is no longer
// true leaves its place empty until another view is drawn, and what is new stands out of sight above; where a page is
// scrolled most browsers see to that themselves.

const area = () => document.querySelector("[data-shell-notices]") ?? document.getElementById("notice-area");
const main = () => document.getElementById("main");

export const noticeBox = (kind, text, ...more) =>
  make("div", { className: `notice notice-${kind}`, role: "status" }, make("p", { text }), ...more);

/** Show these boxes, or none, in place of those said under this name before. */
export function sayAbove(name, ...boxes) {
  const old = [...area().querySelectorAll(`[data-said-of="${name}"]`)],
    words = (all) => all.map((one) => one.textContent).join("\n");
  if (words(old) === words(boxes)) return;
  const filling = main().dataset.view === "visit",
    before = main().getBoundingClientRect().top;
  for (const one of old) {
    if (!filling) one.remove();
    delete one.dataset.saidOf;
    one.classList.add("gone");
  }
  for (const one of boxes) one.dataset.saidOf = name;
  area().prepend(...boxes);
  if (filling && !(scrollY && CSS.supports("overflow-anchor: auto")))
    scrollBy(0, main().getBoundingClientRect().top - before);
}

/** Another view is drawn: the empty places go. */
export const tidyAbove = () =>
  area()
    .querySelectorAll(".gone")
    .forEach((one) => one.remove());

/** Say something in a form's own notice, where readers hear it. */
export function notice(form, text, kind) {
  let area = form.querySelector("[data-notice]");
  if (!area) {
    area = make("div", { role: "alert" });
    area.dataset.notice = "";
    form.prepend(area);
  }
  area.replaceChildren(make("div", { className: `notice notice-${kind}` }, make("p", { text })));
  area.scrollIntoView({ block: "center" });
}

/** What was tapped is not on the phone, said where it was tapped. */
export function notKept(element, fault, what = "这一项", again = "请再点一次") {
  console.error(fault);
  notice(element, `手机没存下${what}。${again}，还不行就先连上网发出一些。`, "bad");
}
