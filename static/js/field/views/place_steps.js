// What is loud at the foot of a place's page: 开始检查; 继续 or 另开 where a visit is begun; 记下 at a locked door.

import { clock, dateWords } from "../days.js";
import { make } from "../dom.js";
import { dayOf } from "../visits.js";

/** What is known of the visit that is begun, so that 继续 or 另开 is a choice and not a guess. */
export function begunCard({ started, here }) {
  const when = `${dateWords(dayOf(started))} ${clock(new Date(started))}`;
  return make(
    "div",
    { className: "notice notice-info" },
    make("p", {}, make("strong", { text: "这里有一次没做完的检查" })),
    make("p", {
      text: `${when} 开始${here ? "，填的都在这部手机里" : "，是在另一部手机上"}。另开一次，那一次也留着。`,
    }),
  );
}

/** A button that hands in a form from the foot of the page. */
function submits(form, text) {
  const made = make("button", { className: "main wide", type: "submit", text });
  made.setAttribute("form", form);
  return made;
}

/** The buttons at the foot, anew at each choice; `show(buttons)` puts them there. At a door that does not open only what is
 *  written down of that is asked: what is asked before a walk goes out of sight, and comes back where the fold is closed. */
export function wireSteps(main, { begun, fillable }, show) {
  const start = main.querySelector("#start"),
    lists = main.querySelector("[data-lists]"),
    fold = main.querySelector("[data-not]");
  let again = !begun;
  const another = make("button", { className: "calm", type: "button", text: "另开一次" });
  const on =
    begun && make("a", { className: "button main", href: `/field/visits/${begun.visit}`, text: "继续上次的检查" });
  const choose = () => {
    const locked = fold.open;
    for (const part of [start, lists]) part?.classList.toggle("hidden", locked || !again);
    if (locked) return show([submits("outcome", "记下这次没能检查")]);
    if (!again) return show([another, on]);
    return show(fillable ? [submits("start", "开始检查")] : []);
  };
  another.addEventListener("click", () => {
    again = true;
    main.querySelector("[data-begun]").replaceChildren();
    choose();
    scrollTo(0, 0);
  });
  fold.addEventListener("toggle", choose);
  choose();
}
