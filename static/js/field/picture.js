// Pictures before they are sent: small enough, of a kind that the server reads, and what is transparent on white paper.

export const LARGE = 1024 * 1024;
const LONGEST_SIDE = 1920,
  QUALITY = 0.85;
// How a JPEG, PNG, WebP or HEIC begins, in Latin-1. What begins otherwise only this browser may know how to read.
const READ_THERE = /^(?:\xff\xd8\xff|\x89PNG|RIFF[^]{4}WEBP|[^]{4}ftyp(?:hei[cxms]|hevc|m[is]f1))/;

/** Whether the server reads such a picture. */
export const readThere = (bytes) => READ_THERE.test(String.fromCharCode(...new Uint8Array(bytes.slice(0, 16))));

/** Null where the browser cannot decode it: then it goes as it is. */
export async function decoded(bytes, type) {
  try {
    return await createImageBitmap(new Blob([bytes], { type }), { imageOrientation: "from-image" });
  } catch {
    return null;
  }
}

export function jpeg(picture, side, quality) {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.fillStyle = "#FFFFFF";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
}

/** Other bytes for a picture: smaller, or of a kind the server reads; null where it goes as it is. */
export async function remade(picture, bytes, side = LONGEST_SIDE, quality = QUALITY) {
  const blob = await jpeg(picture, side, quality);
  return blob && (blob.size < bytes.byteLength || !readThere(bytes)) ? blob.arrayBuffer() : null;
}
