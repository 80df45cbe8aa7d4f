// When and where a JPEG was taken, as the camera wrote it: read before the photo is made smaller, which loses it.

const POINTERS = { camera: 0x8769, gps: 0x8825 };
const TAKEN = 0x9003,
  ZONE = 0x9011;

/** {taken: an instant with zone or "", position: "lon,lat" or ""}; whatever cannot be read is empty. */
export function readExif(bytes) {
  try {
    const view = new DataView(bytes),
      start = exifStart(view);
    if (start === null) return { taken: "", position: "" };
    const little = view.getUint16(start) === 0x4949;
    const first = directory(view, start, view.getUint32(start + 4, little), little);
    const camera = first[POINTERS.camera] ? directory(view, start, first[POINTERS.camera], little) : {};
    const gps = first[POINTERS.gps] ? directory(view, start, first[POINTERS.gps], little) : {};
    return { taken: instant(camera[TAKEN], camera[ZONE]), position: position(gps) };
  } catch (fault) {
    if (!(fault instanceof RangeError)) throw fault; // cut short or lying about its lengths
    return { taken: "", position: "" };
  }
}

/** Where the camera's words begin in a JPEG: its TIFF header, ten bytes after the mark of the segment; null without. */
export function exifStart(view) {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 10 < view.byteLength && view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
    if (view.getUint8(at + 1) === 0xda) return null;
    if (view.getUint8(at + 1) === 0xe1 && view.getUint32(at + 4) === 0x45786966) return at + 10;
  }
  return null;
}

/** Tag → value of one directory: text, a number, or a list of fractions. */
function directory(view, start, offset, little) {
  const tags = {},
    count = Math.min(view.getUint16(start + offset, little), 200);
  for (let index = 0; index < count; index += 1) {
    const at = start + offset + 2 + 12 * index;
    const type = view.getUint16(at + 2, little),
      length = Math.min(view.getUint32(at + 4, little), 64);
    const inline = at + 8,
      far = () => start + view.getUint32(inline, little);
    if (type === 2) tags[view.getUint16(at, little)] = text(view, length > 4 ? far() : inline, length);
    if (type === 4) tags[view.getUint16(at, little)] = view.getUint32(inline, little);
    if (type === 5) {
      tags[view.getUint16(at, little)] = Array.from(
        { length },
        (_, part) => view.getUint32(far() + 8 * part, little) / view.getUint32(far() + 8 * part + 4, little),
      );
    }
  }
  return tags;
}

function text(view, at, length) {
  let words = "";
  for (let index = 0; index < length && view.getUint8(at + index); index += 1)
    words += String.fromCharCode(view.getUint8(at + index));
  return words.trim();
}

/** A camera without a zone was set to the time of the place. */
function instant(words, zone) {
  const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)$/.exec(words ?? "");
  if (!parts) return "";
  const at = new Date(
    `${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}${/^[+-]\d\d:\d\d$/.test(zone ?? "") ? zone : "+08:00"}`,
  );
  return Number.isNaN(at.getTime()) || at.getFullYear() < 2000 || at.getTime() > Date.now() + 86400000
    ? ""
    : at.toISOString();
}

function position(gps) {
  const degrees = (parts) => (parts?.length === 3 ? parts[0] + parts[1] / 60 + parts[2] / 3600 : NaN);
  const lat = degrees(gps[2]),
    lon = degrees(gps[4]);
  if (!(lat > 0 && lat <= 90 && lon > 0 && lon <= 180)) return "";
  return `${(gps[3] === "W" ? -lon : lon).toFixed(6)},${(gps[1] === "S" ? -lat : lat).toFixed(6)}`;
}
