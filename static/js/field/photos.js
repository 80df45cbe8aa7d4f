// Photos: stored as taken before anything else happens, made smaller on the way out, shown as a strip of thumbnails.

import { readExif } from "./exif.js";
import { sha256, uuid } from "./hash.js";
import * as ledger from "./ledger.js";
import { lastPosition } from "./position.js";
import * as store from "./store.js";
import { make, notice } from "./words.js";

const LARGE = 1024 * 1024, LONGEST_SIDE = 1920, QUALITY = 0.85;
const SMALLER = { side: 1280, quality: 0.7 };

/** Store a photo before anything else happens to it; resolves with its id. */
async function keep(file, source, visit) {
  const bytes = await file.arrayBuffer(), exif = readExif(bytes);
  const now = new Date().toISOString(), camera = source === "camera";
  const position = camera ? lastPosition().header || exif.position : exif.position;
  const photo = {
    id: uuid(), account: ledger.page.account, who: ledger.page.name, state: "waiting", order: Date.now(), bytes,
    // A camera's photo was taken now. One from the album says itself when; a file's date is often that of its download.
    type: file.type, source, visit, captured_at: camera ? now : exif.taken, position,
    about: document.querySelector(".titles strong")?.textContent ?? "", ready: false,
  };
  await store.put("photos", photo);
  ledger.changed();
  return photo.id;
}

/** The photo as it is sent: small enough, with the hash of its bytes and of the untouched original. */
export async function prepared(photo) {
  if (photo.ready) return photo;
  const original = await sha256(photo.bytes);
  const smaller = photo.bytes.byteLength > LARGE ? await shrunk(photo, LONGEST_SIDE, QUALITY) : null;
  const bytes = smaller ?? photo.bytes;
  const done = { ...photo, bytes, ready: true, original_sha256: original, sha256: smaller ? await sha256(bytes) : original };
  await store.put("photos", done);
  return done;
}

/** The server found it too large: smaller still, or null where this browser cannot. */
export async function pressed(photo) {
  const bytes = photo.pressed ? null : await shrunk(photo, SMALLER.side, SMALLER.quality);
  if (!bytes) return null;
  const done = { ...photo, bytes, pressed: true, sha256: await sha256(bytes), words: "这张照片太大，正在压小重发。" };
  await store.put("photos", done);
  return done;
}

/** Null where the browser cannot decode it (HEIC) or shrinking gains nothing: then it goes as it is. */
async function shrunk(photo, side, quality) {
  let picture;
  try {
    picture = await createImageBitmap(new Blob([photo.bytes], { type: photo.type }), { imageOrientation: "from-image" });
  } catch {
    return null;
  }
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
  return blob && blob.size < photo.bytes.byteLength ? blob.arrayBuffer() : null;
}

/** A strip that adds and takes away photos of one subject; `onChange` runs after each. */
export class Strip {
  constructor(element, visit, onChange) {
    Object.assign(this, { element, visit, onChange, ids: [] });
    element.addEventListener("change", (event) => { event.stopPropagation(); this.add(event.target); });
    element.addEventListener("click", (event) => this.takeAway(event.target.closest("[data-drop]")));
  }

  async add(input) {
    const files = [...input.files];
    try {
      for (const file of files) this.show(await keep(file, input.dataset.source, this.visit));
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
    image.src = await picture(id);
    const tell = async () => { state.textContent = await stateWords(id); };
    ledger.changes.addEventListener("change", tell);
    await tell();
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
    await store.remove("photos", id);
    ledger.changed();
  }
}

/** Where a photo is, in two or three characters: here, on its way, arrived, or in need of a person. */
async function stateWords(id) {
  const photo = await store.get("photos", id);
  if (!photo) return "✓ 已送达";
  return photo.state === "refused" ? "△ 请补拍" : "已存本机";
}

/** The picture of a photo: from this phone while it is here, else from the server. */
export async function picture(id) {
  const photo = await store.get("photos", id);
  return photo ? URL.createObjectURL(new Blob([photo.bytes], { type: photo.type })) : `/photos/${id}/thumb`;
}
