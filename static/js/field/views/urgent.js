// 遇险: first outside, then call, then three taps. The numbers are on the phone; 119 is on the page itself.

import { make } from "../dom.js";
import * as reference from "../reference.js";
import { template } from "../router.js";
import { wireUrgent } from "../urgent.js";

export async function draw(main, { frame, query, signal }) {
  const report = make("button", { className: "main wide", type: "submit", text: "报告值班的人" });
  report.setAttribute("form", "urgent");
  frame({ title: "遇险", back: "/field/", steps: [report], sos: false });
  const view = template("urgent"),
    calls = view.querySelector("[data-calls]"),
    pattern = calls.firstElementChild;
  // The page may have come with numbers in its text: they stay until the phone knows better.
  const given = [...main.querySelectorAll("[data-calls] a")].filter((call) => !call.matches("[href='tel:119']"));
  calls.append(...given);
  main.replaceChildren(view);
  wireUrgent(main, signal);
  // The phone's database may hang: neither the page nor the call waits for it; the numbers do not wait for the place.
  if (query.get("at")) fillWhere(main, query.get("at"), signal).catch(console.error);
  const day = await reference.day();
  if (signal.aborted) return;
  if (day) given.forEach((call) => call.remove());
  for (const [name, number] of day?.numbers ?? []) {
    if (number === "119") continue;
    const call = pattern.cloneNode(true),
      [words, digits] = call.querySelectorAll("span");
    call.className = "button wide call";
    call.href = `tel:${number}`;
    words.textContent = name;
    digits.textContent = number;
    calls.append(call);
  }
  if (!day && !given.length)
    calls.append(make("p", { className: "quiet", text: "值班电话还没有取到这部手机里，先打 119。" }));
}

async function fillWhere(main, id, signal) {
  const place = await reference.place(id),
    where = main.querySelector("#where");
  if (place && !signal.aborted && !where.value) where.value = `${place.name}，${place.address}`;
}
