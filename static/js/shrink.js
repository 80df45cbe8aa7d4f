// Photos of a form in a page, made smaller as the phone does it. What the camera wrote of time and place goes along: the
// office reads it from the picture.

import { exifStart } from "./field/exif.js";
import { decoded, LARGE, readThere, remade } from "./field/picture.js";

const ORIENTATION = 0x0112,
  UPRIGHT = 1,
  SHORT = 3;

/** The file as it is sent: itself where it is small, where this browser cannot read it, or where nothing is gained. */
export async function smaller(file) {
  const bytes = await file.arrayBuffer();
  if (bytes.byteLength <= LARGE && readThere(bytes)) return file;
  const picture = await decoded(bytes, file.type);
  if (!picture) return file;
  const made = await remade(picture, bytes);
  picture.close();
  if (!made) return file;
  const name = `${file.name.replace(/\.[^.]*$/, "")}.jpg`;
  return new File([carried(bytes, made)], name, { type: "image/jpeg", lastModified: file.lastModified });
}

/** What the camera wrote into the one, in the other: the pixels are upright by now, and it says so. */
export function carried(from, to) {
  const view = new DataView(from),
    tiff = exifStart(view);
  if (tiff === null) return new Blob([to]);
  const start = tiff - 10,
    segment = from.slice(start, start + 2 + view.getUint16(start + 2));
  upright(new DataView(segment, 10));
  return new Blob([to.slice(0, 2), segment, to.slice(2)]);
}

function upright(view) {
  const little = view.getUint16(0) === 0x4949,
    first = view.getUint32(4, little);
  for (let index = 0; index < view.getUint16(first, little); index += 1) {
    const at = first + 2 + 12 * index;
    if (view.getUint16(at, little) === ORIENTATION && view.getUint16(at + 2, little) === SHORT)
      view.setUint16(at + 8, UPRIGHT, little);
  }
}
