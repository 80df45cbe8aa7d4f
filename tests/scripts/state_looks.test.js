// Where a hazard stands looks on the phone as it does on every other page: inspect_app/web/looks.py is held to the same rows.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import "./page_data.js";
import { furnish } from "./fake_dom.js";

furnish();
const { stateTag } = await import("../../static/js/field/deadlines.js");
const LOOKS = JSON.parse(readFileSync(new URL("../contracts/state_looks.json", import.meta.url), "utf8"));

test("every state has the tint and the mark that it has at the desk", () => {
  for (const [state, [tint, mark]] of Object.entries(LOOKS)) {
    const tag = stateTag(state, "名称");
    assert.deepEqual([tag.className, tag.textContent], [`tag tag-${tint}`, `${mark} 名称`], state);
  }
});
