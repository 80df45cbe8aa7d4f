// Two phones on one visit that differ on an item: 待商定 until a person chooses.

import { make } from "./dom.js";
import * as ledger from "./ledger.js";
import { notKept } from "./notices.js";
import { send } from "./sender.js";

const NAMES = { pass: "合格", fail: "不合格", na: "不适用", unsure: "看不准" };
const META = ["contested", "who", "by", "at", "others", "chosen"];

/** The answer alone, without what the server says about it. */
const bare = (answer) => Object.fromEntries(Object.entries(answer).filter(([name]) => !META.includes(name)));

/** Show who said what in an item, and let a tap settle it; `settled(answer, row)` puts the chosen answer in place. */
export function showContest(item, answer, device, settled) {
  const box = item.element.querySelector("[data-contested]");
  box.classList.toggle("hidden", !answer?.contested);
  if (!answer?.contested) return;
  const sides = [answer, ...answer.others];
  const said = (side) =>
    `${side.by === device ? "这部手机" : answer.who} ${side.at} 填的是${NAMES[side.value] ?? "没有选"}`;
  box.querySelector("[data-contested-words]").textContent =
    `待商定。${sides.map(said).join("，")}。现在按${NAMES[answer.value]}算。`;
  const values = [...new Set(sides.map((side) => side.value))].filter((value) => NAMES[value]);
  box.querySelector("[data-choices]").replaceChildren(
    ...values.map((value) => {
      const button = make("button", { type: "button", text: `就按${NAMES[value]}` });
      button.onclick = async () => {
        const chosen = {
          ...bare(sides.find((side) => side.value === value)),
          visit: item.filling.visit,
          item: item.code,
          chosen: true,
        };
        const [row] = await ledger.record(ledger.answering(chosen)).catch((fault) => [notKept(item.element, fault)]);
        if (!row) return;
        box.classList.add("hidden");
        settled(chosen, row);
        void send();
      };
      return button;
    }),
  );
}
