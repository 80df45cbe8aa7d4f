// A strip of photos of one subject: taken, chosen, shown with where each one is, taken away on the second tap.

import * as ledger from "./ledger.js";
import { listen } from "./listen.js";
import * as photos from "./photos.js";
import { make, notice } from "./words.js";

/** A strip that adds and takes away photos of one subject; `onChange` runs after each. */
export class Strip {
  constructor(element, visit, onChange, signal) {
    Object.assign(this, { element, visit, onChange, signal, ids: [] });
    element.addEventListener("change", (event) => { event.stopPropagation(); this.add(event.target); });
    element.addEventListener("click", (event) => this.takeAway(event.target.closest("[data-drop]")));
  }

  async add(input) {
    const files = [...input.files];
    try {
      for (const file of files) this.show(await photos.keep(file, input.dataset.source, this.visit));
    } catch (fault) {
      notice(this.element.parentElement, "手机存不下这张照片了。请先连上网发出一些，再拍一次。", "bad");
      console.error(fault);
    }
    input.value = "";
    if (files.length) this.onChange();
  }

  /** Exactly these photos, in this order. */
  showAll(ids) {
    for (const figure of this.element.querySelectorAll("figure")) if (!ids.includes(figure.dataset.photo)) figure.remove();
    this.ids = this.ids.filter((id) => ids.includes(id));
    for (const id of ids) if (!this.ids.includes(id)) this.show(id);
  }

  async show(id) {
    this.ids.push(id);
    const number = this.ids.length;
    const image = make("img", { alt: `第 ${number} 张照片` });
    const state = make("figcaption", { text: "正在存" });
    const drop = make("button", { type: "button", className: "calm", text: "不要" });
    const figure = make("figure", {}, image, state, drop);
    figure.dataset.photo = drop.dataset.drop = id;
    drop.setAttribute("aria-label", `不要第 ${number} 张照片`);
    this.element.insertBefore(figure, this.element.querySelector(".shoot"));
    await photos.prepared(id);
    photos.show(image, id);
    const tell = async () => {
      if (figure.isConnected) state.textContent = await photos.stateWords(id);
      else ledger.changes.removeEventListener("change", tell);
    };
    listen(ledger.changes, "change", tell, this.signal);
    state.textContent = await photos.stateWords(id);
  }

  /** Thrown away on the second tap only. */
  async takeAway(button) {
    if (!button) return;
    if (button.textContent === "不要") {
      button.textContent = "再点一下";
      setTimeout(() => { button.textContent = "不要"; }, 4000);
      return;
    }
    const id = button.dataset.drop;
    this.ids = this.ids.filter((known) => known !== id);
    button.closest("figure").remove();
    await this.onChange();
    await photos.putAside(id);
  }
}
