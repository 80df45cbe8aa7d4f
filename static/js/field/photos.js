// Photos: stored as taken before anything else happens, made smaller on the way out, shown as a strip of thumbnails.

import { sha256, uuid } from "./hash.js";
import * as ledger from "./ledger.js";
import { lastPosition } from "./position.js";
import * as store from "./store.js";

const LARGE = 2 * 1024 * 1024, LONGEST_SIDE = 2560, QUALITY = 0.85;

async function keep(file, source, visit) {
  const taken = source === "album" && file.lastModified ? new Date(file.lastModified) : new Date();
  const photo = {
    id: uuid(), account: ledger.page.account, state: "waiting", order: Date.now(), bytes: await file.arrayBuffer(),
    type: file.type, source, visit, captured_at: taken.toISOString(), position: source === "camera" ? lastPosition().header : "",
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
  const smaller = photo.bytes.byteLength > LARGE ? await shrunk(photo) : null;
  const bytes = smaller ?? photo.bytes;
  const done = { ...photo, bytes, ready: true, original_sha256: original, sha256: smaller ? await sha256(bytes) : original };
  await store.put("photos", done);
  return done;
}

/** Null where the browser cannot decode it (HEIC) or shrinking gains nothing: then it goes as it is. */
async function shrunk(photo) {
  let picture;
  try {
    picture = await createImageBitmap(new Blob([photo.bytes], { type: photo.type }), { imageOrientation: "from-image" });
  } catch {
    return null;
  }
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
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
    for (const file of files) this.show(await keep(file, input.dataset.source, this.visit));
    input.value = "";
    if (files.length) this.onChange();
  }

  async show(id) {
    this.ids.push(id);
    const figure = document.createElement("figure");
    const image = document.createElement("img");
    const drop = document.createElement("button");
    figure.dataset.photo = id;
    image.alt = `第 ${this.ids.length} 张照片`;
    Object.assign(drop, { type: "button", className: "calm", textContent: "不要" });
    drop.dataset.drop = id;
    drop.setAttribute("aria-label", `不要第 ${this.ids.length} 张照片`);
    figure.append(image, drop);
    this.element.insertBefore(figure, this.element.querySelector(".shoot"));
    image.src = await picture(id);
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

async function picture(id) {
  const photo = await store.get("photos", id);
  return photo ? URL.createObjectURL(new Blob([photo.bytes], { type: photo.type })) : `/photos/${id}/thumb`;
}
