// What an item asks beside the three answers: a number, one of several choices, a text, a number for every part.

import { make } from "./dom.js";
import { page } from "./ledger.js";
import { numberOf } from "./numbers.js";

const { measure: MOST, rows: MOST_ROWS } = page.limits;

/** A number beyond what is taken is said at once, beside its field. */
function heard({ target }) {
  target.setCustomValidity(Math.abs(Number(target.value)) > MOST ? "这个数太大，没有记下，请再看一下。" : "");
  target.reportValidity();
}

class Nothing {
  /** @returns {object} */
  read() {
    return {};
  }
  /** @type {(answer: object) => void} */
  show() {}
  /** @type {(control: any) => boolean} */
  owns() {
    return false;
  }
  missing() {
    return "";
  }
  get begun() {
    return false;
  }
}

class Measured {
  constructor(element) {
    this.input = element.querySelector("[name=number]");
    this.input.addEventListener("input", heard);
  }

  read() {
    return { number: numberOf(this.input.value) };
  }
  show({ number }) {
    this.input.value = number ?? "";
  }
  owns(control) {
    return control === this.input;
  }
  missing() {
    return numberOf(this.input.value) === null ? (this.begun ? "写的数要改一下" : "还没写量到多少") : "";
  }
  get begun() {
    return this.input.value.trim() !== "";
  }
}

class Written extends Nothing {
  constructor(element) {
    super();
    this.input = element.querySelector("[name=text]");
  }

  read() {
    return { text: this.input.value.trim() };
  }
  show({ text }) {
    this.input.value = text ?? "";
  }
  owns(control) {
    return control === this.input;
  }
  get begun() {
    return this.input.value.trim() !== "";
  }
}

class Chosen extends Nothing {
  constructor(element) {
    super();
    this.radios = [...element.querySelectorAll("[data-choice]")];
  }

  read() {
    return { choice: this.radios.find((radio) => radio.checked)?.value ?? "" };
  }
  show({ choice }) {
    for (const radio of this.radios) radio.checked = radio.value === choice;
  }
  owns(control) {
    return this.radios.includes(control);
  }
  missing() {
    return this.read().choice ? "" : "还没选";
  }
  get begun() {
    return this.read().choice !== "";
  }
}

/** One number for every part; what is known of the place says with how many to begin. */
class Counted {
  constructor(item, element, facts, changed) {
    this.item = item;
    this.changed = changed;
    this.box = element.querySelector("[data-rows]");
    this.code = element.dataset.item;
    this.drop = element.querySelector("[data-drop-row]");
    const known = Number(facts[item.part.fact]);
    this.fill(Array.from({ length: Math.min(MOST_ROWS, Math.max(1, known || 1)) }, () => null));
    element.querySelector("[data-add-row]").addEventListener("click", () => {
      if (this.inputs.length < MOST_ROWS) this.add(null);
      this.box.lastElementChild.querySelector("input").focus();
    });
    this.drop.addEventListener("click", () => {
      this.box.lastElementChild.remove();
      this.showDrop();
      changed();
    });
  }

  get inputs() {
    return [...this.box.querySelectorAll("input")];
  }

  fill(numbers) {
    this.box.replaceChildren();
    numbers.forEach((number) => this.add(number));
  }

  add(number) {
    const at = this.inputs.length + 1,
      name = `${this.item.part.name} ${at}`;
    const input = make("input", {
      id: `r-${this.code}-${at}`,
      name: "row",
      inputMode: "decimal",
      autocomplete: "off",
      value: number ?? "",
    });
    input.dataset.name = name;
    input.addEventListener("input", heard);
    const unit = make("span", { text: this.item.unit });
    unit.setAttribute("aria-hidden", "true");
    this.box.append(
      make(
        "div",
        {},
        make("label", { htmlFor: input.id, text: name }),
        make("div", { className: "measure" }, input, unit),
      ),
    );
    this.showDrop();
  }

  showDrop() {
    this.drop.classList.toggle("hidden", this.inputs.length < 2);
    this.full?.remove();
    this.full =
      this.inputs.length < MOST_ROWS
        ? null
        : make("p", { className: "hint", text: `最多写 ${MOST_ROWS} 处，再多的请写在说明里。` });
    if (this.full) this.box.after(this.full);
  }

  read() {
    return { rows: this.inputs.map((input) => ({ name: input.dataset.name, number: numberOf(input.value) })) };
  }
  show({ rows }) {
    if (rows?.length) this.fill(rows.map((row) => row.number));
  }
  owns(control) {
    return control.name === "row";
  }

  missing() {
    const empty = this.inputs.filter((input) => numberOf(input.value) === null).length;
    return empty ? `还有 ${empty} 处没写数` : "";
  }

  get begun() {
    return this.inputs.some((input) => input.value.trim() !== "");
  }
}

/** The measure of an item; one that is only judged has none. */
export function measurement(item, element, facts, changed) {
  if (item.kind === "number") return new Measured(element);
  if (item.kind === "choice") return new Chosen(element);
  if (item.kind === "text") return new Written(element);
  return item.kind === "count" ? new Counted(item, element, facts, changed) : new Nothing();
}
