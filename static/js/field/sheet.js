// A dialog that fills the screen, over a page that stays as it is beneath.

import { make } from "./dom.js";

/** Open one; `closed` resolves once it is gone. Browsers without dialogs (Safari before 15.4) get the same, without the
 *  page beneath being made unreachable. */
export function openSheet(label, className, ...children) {
  const sheet = make("dialog", { className: `sheet ${className}` }, ...children),
    before = /** @type {HTMLElement} */ (document.activeElement);
  sheet.setAttribute("aria-label", label);
  document.body.append(sheet);
  /** @type {Promise<void>} */
  const closed = new Promise((done) => {
    sheet.addEventListener(
      "close",
      () => {
        sheet.remove();
        if (before?.isConnected) before.focus({ preventScroll: true });
        done();
      },
      { once: true },
    );
  });
  const close = () => (sheet.showModal ? sheet.close() : sheet.dispatchEvent(new Event("close")));
  if (sheet.showModal) sheet.showModal();
  else {
    sheet.setAttribute("open", "");
    sheet.setAttribute("role", "dialog");
    sheet.setAttribute("aria-modal", "true");
    sheet.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
    });
    sheet.querySelector("button")?.focus();
  }
  return { sheet, close, closed };
}

/** A button with words and what it does; `calm` for what is not the main thing. */
export const button = (text, act, className = "") => {
  const made = make("button", { type: "button", text, className });
  made.addEventListener("click", act);
  return made;
};
