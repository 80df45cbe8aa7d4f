// Trial fill of a draft: the items behave as on a visit, with nothing behind them. Nothing is kept and nothing is sent; and
// the policy of the page forbids every connection, so that nothing of a trial can reach the intake.

import { counting } from "./fill.js";
import { Item } from "./item.js";
import { Drawing, drawLinks } from "./drawing.js";
import { page } from "./ledger.js";
import { merged } from "./lists.js";
import { wireSuspicion } from "./suspicion.js";

const NO_PHOTOS = { ids: [], showAll() {} };
const main = document.getElementById("main");
const together = merged(page.lists, page.facts);
const drawing = new Drawing();
const filling = { ...together, drawing, visit: page.visit, facts: page.facts };

class TrialItem extends Item {
  constructor(element) {
    super(element, filling);
    this.show();
  }

  draw() {
    super.draw();
    this.strips = { photos: NO_PHOTOS, after_photos: NO_PHOTOS };
  }
}

for (const { section, items } of drawing.sections(together.sections)) {
  section.append(...items);
  section.classList.remove("hidden"); // one page, all of it
  main.querySelector("[data-trial-end]").before(section);
}
drawLinks(document.querySelector("nav.sections"), together.sections);
const items = [...main.querySelectorAll("[data-item]")].map((element) => new TrialItem(element));

const count = counting(main, items);
const look = wireSuspicion(items, filling, (name, value) => {
  page.facts[name] = value;
  learned();
});

function learned() {
  for (const item of items) item.element.classList.toggle("hidden", !item.asked);
  count();
  look();
}

main.addEventListener("answered", ({ target }) => {
  const changed = items.find((item) => item.element === target);
  count(changed);
  look(changed);
});
learned();
