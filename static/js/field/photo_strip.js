// A strip of photos of one subject: taken, chosen, shown with where each one is and what is circled on it, taken away on
// the second tap.

import * as camera from "./camera.js";
import { isFar } from "./distance.js";
import { make } from "./dom.js";
import { hintOf } from "./hints.js";
import * as ledger from "./ledger.js";
import { listen } from "./listen.js";
import { layer, marksOf } from "./marks.js";
import { notice, notKept } from "./notices.js";
import * as photos from "./photos.js";
import * as store from "./store.js";

/** A strip that adds and takes away photos of one subject; `onChange` runs after each. `data-before` on its element is a
 *  photo or an address to take the new one like. */
export class Strip {
  constructor(element, visit, onChange, signal) {
    this.element = element;
    this.visit = visit;
    this.onChange = onChange;
    this.signal = signal;
    this.ids = [];
    this.left = [];
    this.replacing = null;
    this.system = false;
    this.hint = make("p", { className: "hint hidden" });
    this.hint.setAttribute("role", "status");
    this.back = make("button", { type: "button", className: "calm hidden", text: "换回这一页里的相机" });
    this.back.addEventListener("click", () => {
      camera.prefer("page");
      void this.showCamera();
      this.ending(this.shoot());
    });
    element.append(this.back, this.hint);
    element.addEventListener("change", (event) => {
      event.stopPropagation();
      this.ending(this.chosen(event.target));
    });
    element.addEventListener("click", (event) => this.clicked(event));
    this.cameraField?.addEventListener("cancel", () => {
      this.replacing = null;
      camera.forget().catch(console.error);
    });
    void this.showCamera();
  }

  get cameraField() {
    return this.element.querySelector("[data-source=camera]");
  }

  /** The photo to take the next one like: given with the strip, or the first one of the same item before it was mended. */
  get before() {
    const mending = this.element.dataset.photos === "after_photos";
    const first =
      mending && this.element.closest("[data-item]")?.querySelector("[data-photos=photos] figure[data-photo]");
    return this.element.dataset.before || (first ? first.dataset.photo : "");
  }

  /** Without a live camera the photo to compare with stands beside the strip, where it cannot lie over the picture; in a
   *  view that pairs them it stands there already. */
  showCamera() {
    this.back.classList.toggle("hidden", !camera.able() || camera.live());
    const given = this.element.dataset.before,
      shown = this.element.querySelector("[data-compare]");
    if (!given || camera.live() || this.element.dataset.paired !== undefined) return shown?.remove();
    if (shown) return undefined;
    const image = make("img", { alt: "整改前的照片" }),
      figure = make("figure", {}, image, make("figcaption", { text: "整改前" }));
    figure.dataset.compare = "";
    this.element.prepend(figure);
    return camera.showBefore(image, given);
  }

  clicked(event) {
    if (event.target.closest("[data-source]")) this.replacing = null; // another photo, unless shoot() says the next moment which
    if (event.target.closest("input[data-source=camera]")) this.shooting(event);
    const look = event.target.closest("[data-look]"),
      drop = event.target.closest("[data-drop]");
    if (look) this.look(look.closest("figure")).catch(console.error);
    if (drop) this.takeAway(drop).catch(console.error);
  }

  /** A tap on 拍照: the camera in the page where there is one, else the phone's own. */
  shooting(event) {
    if (this.system || !camera.live()) {
      this.system = false;
      camera.rememberOutside(this).catch(console.error);
    } else {
      event.preventDefault();
      this.ending(this.shoot());
    }
  }

  /** Take a photo, in place of another where one is named. */
  async shoot(replacing = null) {
    const live = camera.live();
    if (!live) this.cameraField?.click();
    this.replacing = replacing;
    if (!live) return undefined;
    await camera.open(this);
    this.replacing = null;
    return this.showCamera();
  }

  /** The phone's own camera, although there is one in the page. */
  shootOutside() {
    this.system = true;
    this.cameraField.click();
  }

  /** A photo that a fault nobody foresaw has cost is told where it was to stand. */
  ending(taken) {
    taken.catch((fault) => notKept(this.element.parentElement, fault, "这张照片", "请再拍一次"));
  }

  async chosen(input) {
    const files = [...input.files],
      source = input.dataset.source;
    if (files.length) await this.add(files, source);
    input.value = "";
  }

  /** Store files as photos of this strip; resolves with their ids once they are on disk. One that cannot be kept is said
   *  and does not stand in the way of the next. */
  async add(files, source) {
    const ids = [],
      faults = new Set(),
      replaced = this.replacing,
      most = ledger.page.limits.photos;
    this.replacing = null;
    for (const file of files) {
      try {
        if (this.ids.length >= most) throw new photos.NotKept(`一处最多 ${most} 张照片，多出来的没有存。`);
        ids.push(await photos.keep(file, source, this.visit));
        void this.show(ids.at(-1), true);
      } catch (fault) {
        if (!(fault instanceof photos.NotKept)) throw fault;
        faults.add(fault.message);
      }
    }
    this.fault = [...faults].join("");
    if (faults.size) notice(this.element.parentElement, this.fault, "bad");
    if (!ids.length) return ids;
    await this.onChange();
    if (replaced) await this.drop(replaced);
    if (source === "camera") await camera.forget();
    return ids;
  }

  /** Exactly these photos, in this order. */
  showAll(ids) {
    for (const figure of this.figures) {
      if (ids.includes(figure.dataset.photo)) continue;
      this.whereOf(figure.dataset.photo)?.remove();
      figure.remove();
    }
    this.ids = this.ids.filter((id) => ids.includes(id));
    for (const id of ids) if (!this.ids.includes(id)) void this.show(id);
    this.count();
  }

  /** Photos of a form that was left half written, as far as they are still here. */
  async showLeft(ids = []) {
    for (this.left = [...ids]; this.left.length; this.left.shift()) {
      if (await store.get("photos", this.left[0]).catch(() => true)) void this.show(this.left[0]);
    }
  }

  /** All photos that belong here, also those left that are still being looked for. */
  get named() {
    return [...new Set([...this.ids, ...this.left])];
  }

  get figures() {
    return [...this.element.querySelectorAll("figure[data-photo]")];
  }

  /** Which photo is which: told anew when one goes. */
  count() {
    this.figures.forEach((figure, index) => {
      figure.querySelector("img").alt = `第 ${index + 1} 张照片`;
      figure.querySelector("[data-drop]").setAttribute("aria-label", `不要第 ${index + 1} 张照片`);
    });
  }

  /** Show a photo that is on the phone. Never rejects: what ails it is told where it stands. */
  async show(id, fresh = false) {
    this.ids.push(id);
    const image = make("img"),
      state = make("figcaption", { text: "正在存" });
    const look = make("button", { type: "button", className: "look" }, image);
    const drop = make("button", { type: "button", className: "calm", text: "不要" });
    const figure = make("figure", {}, look, state, drop);
    figure.dataset.photo = drop.dataset.drop = look.dataset.look = id;
    look.setAttribute("aria-haspopup", "dialog");
    image.addEventListener("load", () => this.overlay(figure));
    this.element.insertBefore(figure, this.element.querySelector(".shoot"));
    this.count();
    await photos.prepared(id).catch(console.error); // it lies there whole: what ails it is told where it is sent
    void photos.show(image, id);
    const tell = async () => {
      if (figure.isConnected) await this.say(id, state);
      else ledger.changes.removeEventListener("change", tell);
    };
    listen(ledger.changes, "change", tell, this.signal);
    await this.say(id, state);
    if (fresh) this.tell(id, await hintOf(id).catch(console.error));
    await this.askWhere(id).catch(console.error);
  }

  /** Taken far from its place it is asked about, beneath the photos; asked anew where it was answered elsewhere. */
  async askWhere(id) {
    const photo = await store.get("photos", id);
    if (!photo || !isFar(photo)) return;
    const { whereTaken } = await import("./sheets.js"),
      which = `第 ${this.ids.indexOf(id) + 1} 张`;
    const asked = await whereTaken.whereAsked(photo, which, () => this.ending(this.shoot()));
    this.whereOf(id)?.remove();
    if (this.ids.includes(id)) this.element.append(asked);
  }

  whereOf(id) {
    return this.element.querySelector(`[data-where="${id}"]`);
  }

  /** Where it is, and if it has to be taken again, why. */
  async say(id, state) {
    try {
      state.textContent = await photos.stateWords(id);
      const why = await photos.refusalOf(id);
      if (why) this.tell(id, why);
    } catch (fault) {
      console.error(fault);
      state.textContent = "△ 没有存好";
      this.tell(id, "手机没有存好。请先别关这一页，连上网发出一些，再拍一张。");
    }
  }

  tell(id, words) {
    const number = this.ids.indexOf(id) + 1;
    this.hint.textContent = words && number ? `第 ${number} 张：${words}` : "";
    this.hint.classList.toggle("hidden", !this.hint.textContent);
  }

  /** What is circled, over the small picture, cut as it is. */
  async overlay(figure) {
    const image = figure.querySelector("img"),
      marks = await marksOf(figure.dataset.photo);
    figure.querySelector(".marks")?.remove();
    if (marks.length && image.naturalWidth) {
      image.after(layer(marks, image.naturalWidth, image.naturalHeight, { bold: true, crop: true }));
    }
  }

  async look(figure) {
    const id = figure.dataset.photo,
      sheets = await import("./sheets.js").catch(console.warn);
    if (!sheets) return notice(this.element.parentElement, "没有信号，大图现在打不开。照片存着，有信号再看。", "warn");
    const wish = await sheets.photoStep.openPhoto(id, this.ids.indexOf(id) + 1);
    if (wish === "again") return this.shoot(id);
    if (wish === "more") return this.shoot();
    if (wish === "drop") return this.drop(id);
    await this.askWhere(id).catch(console.error);
    return this.overlay(figure);
  }

  /** Thrown away on the second tap only. */
  async takeAway(button) {
    if (button.textContent === "不要") {
      button.textContent = "再点一下";
      setTimeout(() => {
        button.textContent = "不要";
      }, 4000);
      return;
    }
    await this.drop(button.dataset.drop);
  }

  async drop(id) {
    this.ids = this.ids.filter((known) => known !== id);
    this.element.querySelector(`figure[data-photo="${id}"]`)?.remove();
    this.whereOf(id)?.remove();
    this.tell(id, "");
    this.count();
    await this.onChange();
    await photos.putAside(id);
  }
}
