// Trial fill of a draft: the items behave as on a visit, with nothing behind them. No ledger, no sender; and the policy of the
// page forbids every connection, so that nothing of a trial can reach the intake.

import { Item } from "./fill.js";

const NO_PHOTOS = { ids: [], showAll() {} };

class TrialItem extends Item {
  constructor(element) {
    super(element);
    this.strips = { photos: NO_PHOTOS, after_photos: NO_PHOTOS };
    this.show();
  }

  typed(control) { if (control.name === "number") this.judge(); }

  save() {
    this.show();
    count();
  }
}

const items = [...document.querySelectorAll("[data-item]")].map((element) => new TrialItem(element));

function count() {
  for (const section of document.querySelectorAll("[data-section]")) {
    const own = items.filter((item) => section.contains(item.element));
    const done = own.filter((item) => item.value !== null).length;
    const link = document.querySelector(`[data-section-link="${section.dataset.section}"]`);
    link.querySelector("[data-done]").textContent = `${done === own.length ? "✓ " : ""}${done}/${own.length}`;
    link.classList.toggle("full", done === own.length);
  }
}
