// The one sender: whatever ails the browser, a try that came to nothing is followed by another.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import "./page_data.js";

const { send, status } = await import("../../static/js/field/sender.js");

test("a lock that the browser breaks ends one try, never the sender", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  let tries = 0;
  const broken = async (name, work) => {
    tries += 1;
    await work();
    throw new Error("the lock was stolen");
  };
  Object.defineProperty(navigator, "locks", { value: { request: broken }, configurable: true });
  await send();
  assert.equal(status.now, "trouble");
  assert.ok(status.next > new Date());
  const before = tries;
  mock.timers.tick(5000);
  assert.ok(tries > before);
});
