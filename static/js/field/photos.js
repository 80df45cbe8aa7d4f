// Photos: stored as taken before anything else happens, then made smaller; the bytes apart from what is known of them.

import { readExif } from "./exif.js";
import { sha256, uuid } from "./hash.js";
import * as ledger from "./ledger.js";
import { decoded, jpeg, LARGE, readThere, remade } from "./picture.js";
import { lastPosition } from "./position.js";
import { whose } from "./session.js";
import * as store from "./store.js";

const THUMB = 240,
  there = new Set(); // whose picture has come from the server
let queue = Promise.resolve();

const NO_ROOM = "手机存不下这张照片了。请先连上网发出一些，再拍一次。";
const EMPTY = "这张照片是空的，没有存下来。请再拍一张，或从相册另选一张。";
const UNREADABLE = "这张照片读不出来。存在云端的，请先在相册里打开看一下再选；还不行，请再拍一张。";

/** A photo that was not kept; the message says why and what to do. */
export class NotKept extends Error {}

async function bytesFrom(file) {
  try {
    return await file.arrayBuffer();
  } catch (fault) {
    console.error(fault);
    throw new NotKept(UNREADABLE); // gone meanwhile, or still in somebody's cloud
  }
}

/** Store a photo before anything else happens to it; resolves with its id once it is on disk. Throws NotKept where there
 *  is nothing in it, or no room for it. */
export async function keep(file, source, visit) {
  const bytes = await bytesFrom(file),
    exif = readExif(bytes);
  if (!bytes.byteLength) throw new NotKept(EMPTY);
  const now = new Date().toISOString(),
    camera = source === "camera";
  const position = camera ? lastPosition().header || exif.position : exif.position;
  const photo = {
    id: uuid(),
    account: ledger.page.account ?? whose() ?? "",
    who: ledger.page.name,
    state: "waiting",
    order: Date.now(),
    // A camera's photo was taken now. One from the album says itself when; a file's date is often that of its download.
    type: file.type,
    source,
    visit,
    captured_at: camera ? now : exif.taken,
    position,
    kept_at: now,
    times: ledger.clocks(),
    about: ledger.page.about ?? document.querySelector(".titles strong")?.textContent ?? "",
    size: bytes.byteLength,
    ready: false,
  };
  try {
    await store.write(["photos", "bytes", "notes"], async (stores, answered) => {
      stores.photos.put(photo);
      stores.bytes.put({ id: photo.id, data: bytes });
      await ledger.writes(photo.account, stores.notes, answered);
    });
  } catch (fault) {
    console.error(fault);
    throw new NotKept(NO_ROOM);
  }
  store.waits("photos", photo.account, photo.order);
  ledger.changed();
  return photo.id;
}

/** The bytes of a photo; a page before this one kept them in the row itself. Undefined once they had to make room. */
export const bytesOf = async (photo) => (await store.get("bytes", photo.id))?.data ?? photo.bytes;

/** The photo as it is sent: small enough, with the hash of its bytes and of the untouched original. One after another:
 *  a phone that decodes thirty pictures at once has no memory left for the page. */
export function prepared(id) {
  const mine = queue.then(() => prepare(id));
  queue = mine.catch(() => {});
  return mine;
}

async function prepare(id) {
  const photo = await store.get("photos", id);
  if (!photo || photo.ready) return photo;
  const whole = await bytesOf(photo);
  if (!whole) return photo; // said where it is sent
  const original_sha256 = await sha256(whole);
  const picture = await decoded(whole, photo.type);
  const smaller = picture && (whole.byteLength > LARGE || !readThere(whole)) ? await remade(picture, whole) : null;
  const thumb = picture ? await jpeg(picture, THUMB, 0.6) : null;
  picture?.close();
  const data = smaller ?? whole;
  const facts = {
    ready: true,
    original_sha256,
    sha256: smaller ? await sha256(data) : original_sha256,
    size: data.byteLength,
    thumb: thumb && (await thumb.arrayBuffer()),
  };
  const still = (now) => !now.ready;
  try {
    return await replace(id, data, smaller ? { ...facts, type: "image/jpeg" } : facts, still);
  } catch (fault) {
    console.error(fault); // no room for another copy: the one that is here is sent as it is
    return replace(id, null, { ready: true, original_sha256, sha256: original_sha256, size: whole.byteLength }, still);
  }
}

/** Other bytes for a photo, or the same, while `still(row)` holds: two tabs that prepare the same one must agree on what is sent. */
const replace = (id, data, facts, still) =>
  store.write(data ? ["photos", "bytes"] : ["photos"], async (stores, answered) => {
    const now = await answered(stores.photos.get(id));
    if (!now || !still(now)) return now;
    const done = { ...now, ...facts };
    if (data) {
      delete done.bytes;
      stores.bytes.put({ id, data });
    }
    stores.photos.put(done);
    return done;
  });

/** The server found it too large: smaller still, or null where this browser cannot. */
export async function pressed(photo) {
  if (photo.pressed) return null;
  const whole = await bytesOf(photo),
    picture = await decoded(whole, photo.type);
  const data = picture && (await remade(picture, whole, 1280, 0.7));
  picture?.close();
  if (!data) return null;
  const facts = {
    pressed: true,
    sha256: await sha256(data),
    size: data.byteLength,
    type: "image/jpeg",
    begun: false,
    words: "这张照片太大，正在压小重发。",
  };
  return replace(photo.id, data, facts, (now) => !now.pressed);
}

/** The address of a photo's picture: from this phone while it is here, else from the server. Whoever shows an address
 *  that begins with blob: lets it go (URL.revokeObjectURL) once the picture has loaded. */
export async function picture(id, small = false) {
  const photo = await store.get("photos", id);
  const data = photo && ((small && photo.thumb) || (await bytesOf(photo)));
  return data
    ? URL.createObjectURL(new Blob([data], { type: small && photo.thumb ? "image/jpeg" : photo.type }))
    : `/photos/${id}/thumb`;
}

/** Show a photo in an image element and let its memory go once it is drawn. Never rejects: one that cannot be read shows
 *  its words in place of the picture. */
export const show = (image, id, small = true) => shown(image, id, small).catch(console.error);

async function shown(image, id, small) {
  const address = await picture(id, small);
  image.addEventListener(
    "load",
    () => {
      if (address.startsWith("blob:")) return URL.revokeObjectURL(address);
      there.add(id);
      return ledger.changed();
    },
    { once: true },
  );
  image.src = address;
}

/** A photo nobody wants stays here for 30 days, is not sent, and is named by nothing any more. */
export async function putAside(id) {
  await store.write(["photos"], async ({ photos }, answered) => {
    const photo = await answered(photos.get(id));
    if (photo && photo.state !== "sent") photos.put({ ...photo, state: "aside", settled_at: Date.now() });
  });
  ledger.changed();
}

/** Where a photo is, in two or three characters: here, on its way, arrived, or in need of a person. */
export async function stateWords(id) {
  const photo = await store.get("photos", id);
  if (photo ? photo.state === "sent" : there.has(id)) return "✓ 已送达";
  if (!photo) return "还没有送到"; // it may wait on another phone
  return photo.state === "refused" ? "△ 请补拍" : "已存本机";
}

/** Why a photo is to be taken again; empty where it is not. */
export async function refusalOf(id) {
  const photo = await store.get("photos", id);
  return photo?.state === "refused" ? `△ 请补拍：${photo.words || "没有被接收。"}` : "";
}
