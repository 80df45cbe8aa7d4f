// Whether a photo may be too dark or blurred, judged by its small copy. A hint never stands in the way of a photo.

import * as store from "./store.js";

const DARK = "照片有点暗，看得清就用这张。",
  BLURRED = "照片可能糊了。";
const NEAR = 1,
  FAR = 4; // pixels of the small copy between which an edge is looked for
const said = new Map();

/** The hint for a photo that lies on the phone, in words; empty where there is nothing to say. Each is judged once. */
export async function hintOf(id) {
  if (said.has(id)) return said.get(id);
  const photo = await store.get("photos", id);
  if (!photo?.ready) return "";
  said.set(id, photo.thumb ? judge(await greys(photo.thumb)) : "");
  return said.get(id);
}

async function greys(thumb) {
  const picture = await createImageBitmap(new Blob([thumb], { type: "image/jpeg" })),
    { width, height } = picture;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.drawImage(picture, 0, 0);
  const { data } = pen.getImageData(0, 0, width, height);
  picture.close();
  canvas.width = canvas.height = 0;
  const grey = new Uint8Array(width * height);
  for (let at = 0; at < grey.length; at += 1)
    grey[at] = (data[4 * at] * 77 + data[4 * at + 1] * 150 + data[4 * at + 2] * 29) >> 8;
  return { grey, width, height };
}

/** The value below which so many of the entries of a histogram lie. */
function quantile(counts, part) {
  let left = counts.reduce((sum, count) => sum + count, 0) * part;
  return counts.findIndex((count) => (left -= count) < 0);
}

function judge(picture) {
  const light = new Array(256).fill(0);
  for (const value of picture.grey) light[value] += 1;
  if (quantile(light, 0.5) < 28 && quantile(light, 0.95) < 90) return DARK;
  // An edge in focus is as high between neighbours as over some pixels; out of focus it climbs slowly. A plain wall has no
  // edges at all, and nothing is said of it.
  const near = steepest(picture, NEAR),
    far = steepest(picture, FAR);
  return far >= 24 && far > 2 * near ? BLURRED : "";
}

/** How high the steepest edges of a picture are over so many pixels. */
function steepest({ grey, width, height }, apart) {
  const steps = new Array(256).fill(0);
  for (let y = 0; y + apart < height; y += 1) {
    for (let x = 0; x + apart < width; x += 1) {
      const here = grey[y * width + x];
      steps[Math.max(Math.abs(grey[y * width + x + apart] - here), Math.abs(grey[(y + apart) * width + x] - here))] +=
        1;
    }
  }
  return quantile(steps, 1 - (0.005 * apart) / FAR); // a sharp edge is crossed in as many places as pixels lie between
}
