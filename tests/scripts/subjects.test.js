// Under which name an entry stands in 发件箱, and with which others.

import assert from "node:assert/strict";
import { test } from "node:test";
import "./page_data.js";

const { subjectOf } = await import("../../static/js/field/subjects.js");
const visits = new Map([["v1", "王记面馆"]]);
const known = (...owners) => ({ visits, owners: new Map(owners) });

test("all of a visit stands under its place, whatever its page was called", () => {
  const said = [
    { kind: "visit.answer", about: "看一遍再提交", payload: { visit: "v1" } },
    { id: "p1", about: "走访", visit: "v1" },
  ];
  assert.deepEqual(
    said.map((row) => subjectOf(row, known())),
    [
      { key: "v1", name: "王记面馆" },
      { key: "v1", name: "王记面馆" },
    ],
  );
  const mark = { kind: "photo.mark", about: "走访", payload: { photo: "p1" } };
  assert.deepEqual(subjectOf(mark, known(["p1", said[1]])), { key: "v1", name: "王记面馆" });
});

test("of a visit that is not here any more the name stands that was written down", () => {
  assert.deepEqual(subjectOf({ about: "李家小炒", payload: { visit: "v2" } }, known()), {
    key: "v2",
    name: "李家小炒",
  });
});

test("a new place, a look and a call have names of their own, and their photos with them", () => {
  const made = { kind: "premises.register", about: "新登记一家", payload: { premises: "s1", name: "小卖部" } };
  assert.deepEqual(subjectOf(made, known()), { key: "s1", name: "新登记：小卖部" });
  const look = { id: "o1", kind: "hazard.look_back", about: "王记面馆", payload: { hazard: "h1", photos: ["p2"] } };
  const photo = { id: "p2", about: "回访", visit: null };
  assert.deepEqual(subjectOf(photo, known(["p2", look])), { key: "h1", name: "王记面馆" });
  const call = { id: "o2", kind: "urgent.call", about: "遇险", payload: { photos: [] } };
  assert.deepEqual(subjectOf(call, known()), { key: "o2", name: "遇险报告" });
});
