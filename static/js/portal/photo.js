// A photo as it is sent: read at once, while its file is there, and made smaller. The phone's own pictures do the work.

import { readExif } from "../field/exif.js";
import { sha256, uuid } from "../field/hash.js";
import { LARGE, decoded, readThere, remade } from "../field/picture.js";

/** A file that is no photo; the message says what to do. */
export class NoPhoto extends Error {}

const UNREADABLE = "这张照片读不出来。存在云端的，请先在相册里打开看一下再选；还不行，请再拍一张。";

/** The id, the bytes and the hash of a chosen file. Throws NoPhoto. */
export async function photoOf(file) {
  let whole;
  try {
    whole = await file.arrayBuffer();
  } catch (fault) {
    console.warn(fault);
    throw new NoPhoto(UNREADABLE);
  }
  if (!whole.byteLength) throw new NoPhoto("这张照片是空的，没有收下。请重新拍一张。");
  const picture = await decoded(whole, file.type);
  if (!picture && !readThere(whole)) throw new NoPhoto("这不是照片，没有收下。请重新拍一张。");
  const smaller = picture && (whole.byteLength > LARGE || !readThere(whole)) ? await remade(picture, whole) : null;
  picture?.close();
  const data = smaller ?? whole,
    exif = readExif(whole); // being made smaller loses what the camera wrote
  const original = await sha256(whole);
  return {
    id: uuid(),
    data,
    type: smaller ? "image/jpeg" : file.type,
    sha256: smaller ? await sha256(data) : original,
    original_sha256: original,
    captured_at: exif.taken,
    position: exif.position,
  };
}
