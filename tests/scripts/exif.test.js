// When and where a camera says a photo was taken; what lies about its lengths says nothing and breaks nothing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { exifStart, readExif } from "../../static/js/field/exif.js";

/** A JPEG that holds nothing but what a camera writes of it: {taken, zone, lat, lon}, in either order of bytes. */
function jpeg({ taken = "", zone = "", lat = null, lon = null, south = false }, little = true) {
  const bytes = new Uint8Array(400),
    view = new DataView(bytes.buffer),
    start = 12;
  view.setUint16(0, 0xffd8);
  view.setUint16(2, 0xffe1);
  view.setUint16(4, 380);
  view.setUint32(6, 0x45786966);
  view.setUint16(start, little ? 0x4949 : 0x4d4d);
  view.setUint16(start + 2, 42, little);
  view.setUint32(start + 4, 8, little);
  const entry = (at, tag, type, count, value) => {
    view.setUint16(start + at, tag, little);
    view.setUint16(start + at + 2, type, little);
    view.setUint32(start + at + 4, count, little);
    view.setUint32(start + at + 8, value, little);
  };
  const text = (at, words) => bytes.set(Buffer.from(`${words}\0`), start + at);
  view.setUint16(start + 8, 2, little);
  entry(10, 0x8769, 4, 1, 50);
  entry(22, 0x8825, 4, 1, 90);
  view.setUint16(start + 50, 2, little);
  entry(52, 0x9003, 2, 20, 200);
  entry(64, 0x9011, 2, 7, 230);
  text(200, taken);
  text(230, zone);
  view.setUint16(start + 90, lat === null ? 0 : 3, little);
  entry(92, 1, 2, 2, 0);
  text(100, south ? "S" : "N");
  entry(104, 2, 5, 3, 250);
  entry(116, 4, 5, 3, 280);
  for (const [at, degrees] of [
    [250, lat],
    [280, lon],
  ])
    [Math.floor(degrees), 0, Math.round((degrees % 1) * 3600)].forEach((part, index) => {
      view.setUint32(start + at + 8 * index, part, little);
      view.setUint32(start + at + 8 * index + 4, 1, little);
    });
  return bytes.buffer;
}

test("a camera with a zone names an instant, one without was set to the time of the place", () => {
  assert.equal(readExif(jpeg({ taken: "2026:11:30 09:05:00", zone: "+09:00" })).taken, "2026-11-30T00:05:00.000Z");
  assert.equal(readExif(jpeg({ taken: "2026:11:30 09:05:00" })).taken, "2026-11-30T01:05:00.000Z");
});

test("both orders of bytes, and both halves of the earth", () => {
  for (const little of [true, false]) {
    assert.equal(readExif(jpeg({ lat: 32.05, lon: 118.75 }, little)).position, "118.750000,32.050000");
    assert.equal(readExif(jpeg({ lat: 32.05, lon: 118.75, south: true }, little)).position, "118.750000,-32.050000");
  }
});

test("a clock that was never set, or runs ahead, says nothing", () => {
  for (const taken of ["1999:01:01 00:00:00", "2999:01:01 00:00:00", "0000:00:00 00:00:00", "yesterday"])
    assert.equal(readExif(jpeg({ taken })).taken, "", taken);
});

test("what is no JPEG, or is cut short anywhere, is read as nothing", () => {
  assert.equal(exifStart(new DataView(new ArrayBuffer(3))), null);
  assert.deepEqual(readExif(new ArrayBuffer(0)), { taken: "", position: "" });
  const whole = jpeg({ taken: "2026:11:30 09:05:00", lat: 32.05, lon: 118.75 });
  for (let length = 0; length < whole.byteLength; length += 1) {
    const { taken, position } = readExif(whole.slice(0, length));
    assert.ok(["", "2026-11-30T01:05:00.000Z"].includes(taken), String(length));
    assert.ok(["", "118.750000,32.050000"].includes(position), String(length));
  }
});
