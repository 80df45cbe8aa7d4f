// Reasons to tap. 其他 says nothing by itself: it asks for some words, which are kept instead.

import { make } from "./dom.js";
import { notice } from "./notices.js";

const OTHER = "其他",
  MOST = 60; // characters: one line of a paper

/** A field for the words of 其他, out of sight; `said()` are these, empty (and asked for) while there are none. */
function other(id) {
  const input = make("input", { id, maxLength: MOST, autocomplete: "off", enterKeyHint: "done" });
  const box = make(
    "div",
    { className: "why-other hidden" },
    make("label", { htmlFor: id, text: "是什么原因，写几个字" }),
    input,
  );
  const said = () => {
    const words = input.value.trim();
    if (words) return words;
    notice(box, "请写几个字，说清是什么原因。", "bad");
    input.focus();
    return "";
  };
  return { box, input, said };
}

/** Reasons of which a tap is all; each button tells its reason as data-`name`, that of 其他 once its words are there. */
export function tapped(name, texts, id) {
  const { box, input, said } = other(id);
  const chips = texts.map((text) => {
    const chip = make("button", { type: "button", className: "chip", text });
    if (text !== OTHER) chip.dataset[name] = text;
    else
      chip.addEventListener("click", () => {
        box.classList.remove("hidden");
        input.focus();
      });
    return chip;
  });
  const done = make("button", { type: "button", className: "wide", text: "就写这个原因" });
  done.addEventListener("click", () => {
    const reason = said();
    if (reason)
      done.dataset[name] = reason; // heard further out, as of the others
    else delete done.dataset[name];
  });
  box.append(done);
  return [make("div", { className: "chips" }, ...chips), box];
}

/** Reasons of which one is chosen before something else is pressed; `said()` as above, null where none is chosen. */
export function chosen(name, texts, id) {
  const { box, said } = other(id);
  const chips = make(
    "div",
    { className: "chips" },
    ...texts.map((value) =>
      make("label", {}, make("input", { type: "radio", name, value }), make("span", { text: value })),
    ),
  );
  const value = () => chips.querySelector(":checked")?.value ?? null;
  chips.addEventListener("change", () => box.classList.toggle("hidden", value() !== OTHER));
  return { parts: [chips, box], said: () => (value() === OTHER ? said() : value()) };
}
