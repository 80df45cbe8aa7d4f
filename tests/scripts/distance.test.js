// How far from the place a photo was taken, and when that is worth a question.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import "./page_data.js";

const { isFar, metresFrom, whereWords } = await import("../../static/js/field/distance.js");
const { page } = await import("../../static/js/field/ledger.js");
const PLACE = { lon: 118.78, lat: 32.0481 };

afterEach(() => {
  page.visiting = {};
});

test("metres over the ground", () => {
  page.visiting = { place_position: PLACE };
  assert.ok(Math.abs(metresFrom("118.78,32.0481,5")) < 0.01);
  assert.ok(Math.abs(metresFrom("118.78,33.0481,5") - 111195) < 1); // a degree of latitude
  assert.ok(Math.abs(metresFrom("119.78,32.0481,5") - 94247) < 100); // one of longitude is shorter here
});

test("nobody is asked where the place, or the photo, is not known", () => {
  assert.equal(whereWords({ position: "118.78,32.04,20" }), "");
  assert.equal(whereWords({ position: "" }), "没有定位，照片照样能用。");
});

test("far is asked, but not what the accuracy of the phone explains", () => {
  page.visiting = { place_position: PLACE };
  assert.equal(whereWords({ position: "118.78,32.04,20" }), "拍摄地离场所约 900 米。");
  const asked = ["118.78,32.04,20", "118.78,32.04,700", "118.78,32.048,20", ""].map((position) => isFar({ position }));
  assert.deepEqual(asked, [true, false, false, false]);
  assert.equal(whereWords({ position: "118.78,32.1318,20" }), "拍摄地离场所约 9.3 公里。");
  assert.equal(whereWords({ position: "118.78,33.0481,20" }), "拍摄地离场所约 111 公里。");
  assert.equal(whereWords({ position: "118.78,32.04,700" }), "离场所约 900 米。");
  assert.equal(whereWords({ position: "118.78,32.048,20" }), "离场所约 11 米。");
});
