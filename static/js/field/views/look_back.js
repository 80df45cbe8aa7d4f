// 回访: is it mended? A photo from the same place, the result, submit: three taps.

import { dateWords } from "../days.js";
import { dueTag } from "../deadlines.js";
import { make } from "../dom.js";
import { wireForms } from "../forms.js";
import * as reference from "../reference.js";
import { template } from "../router.js";

export async function draw(main, { id, frame, signal }) {
  const day = await reference.day();
  const places = await Promise.all((day?.assigned ?? []).map((place) => reference.place(place.id)));
  const hazard = [...(day?.to_look_at ?? []), ...places.flatMap((place) => place?.hazards ?? [])].find(
    (one) => one.id === id,
  );
  if (signal.aborted) return;
  if (!hazard) return void location.replace(`/field/hazards/${id}`);
  const submit = make("button", { className: "main wide", type: "submit", text: "提交回访" });
  submit.setAttribute("form", "look-back");
  const { id: urgentAt, name: about } = hazard.place;
  frame({ title: "回访", line: about, back: "/field/", steps: [submit], urgentAt, about });
  const view = template("look-back"),
    part = (name) => view.querySelector(`[data-${name}]`);
  part("title").textContent = hazard.title;
  part("due").append(dueTag(hazard.due_on));
  part("facts").append(...facts(hazard));
  part("wordings").append(
    ...hazard.wordings.map((words) =>
      make("label", {}, make("input", { type: "checkbox", name: "left", value: words }), make("span", { text: words })),
    ),
  );
  const form = view.querySelector("form"),
    left = part("left"),
    strip = view.querySelector("[data-photos]");
  const missing = make("div", {
    className: "missing",
    text: hazard.before.length ? "照片还没有取到这部手机里" : "没有整改前的照片",
  });
  part("before").prepend(missing);
  form.addEventListener("change", () =>
    left.classList.toggle("hidden", !hazard.wordings.length || new FormData(form).get("mended") !== "no"),
  );
  main.replaceChildren(view);
  wireForms(main, { hazard, signal });
  // Nobody waits for the picture of how it was: it comes when it comes.
  if (hazard.before[0])
    reference.thumb(hazard.before[0]).then((bytes) => {
      if (!bytes || signal.aborted) return;
      // Kept for as long as the view is open: it lies over the camera's picture too.
      const address = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
      Object.assign(strip.dataset, { before: address, paired: "" });
      missing.replaceWith(make("img", { alt: `整改前：${hazard.title}`, src: address }));
      signal.addEventListener("abort", () => URL.revokeObjectURL(address));
    }, console.error);
}

function facts({ within, wordings, found_on: found, due_on: due, state, reported_on: reported, place }) {
  const rows = [
    ["问题", wordings.join("、")],
    ["位置", within],
    ["地址", place.address],
    ["发现", dateWords(found)],
    ["建议完成", due && dateWords(due)],
    ["报改好", state === "awaiting_verification" && dateWords(reported)],
  ];
  return rows
    .filter(([, words]) => words)
    .flatMap(([name, words]) => [make("dt", { text: name }), make("dd", { text: words })]);
}
