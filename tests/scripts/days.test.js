// Days are Shanghai's, by the server's clock, wherever the phone thinks it is.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import "./page_data.js";

const { dateWords, dayAfter, daysUntil, dayWords, isRest, now } = await import("../../static/js/field/days.js");
const { page } = await import("../../static/js/field/ledger.js");

beforeEach(() => mock.timers.enable({ apis: ["Date"], now: Date.parse("2026-11-30T16:30:00Z") })); // half past midnight there
afterEach(() => {
  mock.timers.reset();
  page.ahead = 0;
  page.visiting = {};
});

test("the day begins at midnight in Shanghai", () => {
  assert.equal(dayAfter(0), "2026-12-01");
  mock.timers.setTime(Date.parse("2026-11-30T15:59:59Z"));
  assert.equal(dayAfter(0), "2026-11-30");
});

test("a phone of another year counts by the server's clock", () => {
  page.ahead = Date.parse("2027-12-31T20:00:00Z") - Date.now();
  assert.equal(now(), Date.parse("2027-12-31T20:00:00Z"));
  assert.equal(dayAfter(0), "2028-01-01");
});

test("days to a date, over months and a leap day", () => {
  assert.equal(daysUntil("2026-12-01"), 0);
  assert.equal(daysUntil("2026-11-30"), -1);
  assert.equal(daysUntil("2027-12-01"), 365);
  assert.equal(dayAfter(455), "2028-02-29");
});

test("near days have names, others their date, with the year when it is another one", () => {
  assert.deepEqual(["2026-11-30", "2026-12-01", "2026-12-02"].map(dateWords), ["昨天", "今天", "明天"]);
  assert.equal(dateWords("2026-12-09"), "12月9日");
  assert.equal(dateWords("2027-01-09"), "2027年1月9日");
});

test("a day with the day of its week", () => {
  assert.equal(dayWords(0), "12月1日（星期二）");
  assert.equal(dayWords(5), "12月6日（星期日）");
  assert.equal(dayWords(1, "2026-12-31"), "1月1日（星期五）");
});

test("a day of rest is one of the published table, not just a Sunday", () => {
  page.visiting = { rest: ["2026-12-03"] };
  assert.equal(isRest(2), true);
  assert.equal(isRest(5), false);
});
