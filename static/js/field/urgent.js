// An urgent call waits for nothing: not for the queue, not for photos on their way, not for the phone's own database.

import { draftOf, dropDraft, keepDraft } from "./drafts.js";
import { uuid } from "./hash.js";
import * as ledger from "./ledger.js";
import { notice } from "./notices.js";
import { Strip } from "./photo_strip.js";
import { lastPosition, watchPosition } from "./position.js";
import { send, sendAtOnce } from "./sender.js";
import { whose } from "./session.js";

const DRAFT = "urgent",
  HOUR = 3600000; // an older danger is another one
const PATIENCE = 6000,
  AGAIN = 4000;
const WHY = {
  signin: "登录已过期。",
  other_account: "现在登录的是另一个账号。",
  offline: "没有信号。",
  trouble: "服务没有回应。",
  crowded: "服务正忙。",
};

/** A device of its own, so that the call needs no counter of the ledger; its id is the key of everything. */
const entry = (payload) => ({
  id: uuid(),
  kind: "urgent.call",
  v: 1,
  device: `urgent-${uuid()}`,
  seq: 1,
  order: 0,
  account: ledger.page.account ?? whose(),
  who: ledger.page.name,
  captured_at: new Date().toISOString(),
  payload: JSON.parse(JSON.stringify(payload)),
  times: ledger.clocks(),
  state: "waiting",
  about: "遇险报告",
});

const pause = (time) =>
  new Promise((done) => {
    setTimeout(done, time);
  });

async function report(form, strip) {
  const data = new FormData(form);
  if (!data.get("danger")) return notice(form, "请先点一下是什么危险。", "bad");
  // A second press says nothing new: what is on its way is not sent a second time, and rings nobody twice.
  const said = JSON.stringify([data.get("danger"), data.get("where"), strip.named]);
  if (form.dataset.said === said) return notice(form, "正在发，没有再发一条。等的时候先打电话。", "warn");
  const row = entry({
    danger: data.get("danger"),
    where: data.get("where") ?? "",
    place: lastPosition().place,
    photos: strip.named,
  });
  Object.assign(form.dataset, { call: row.id, said });
  notice(form, "正在发。等的时候先打电话。", "warn");
  const warning = setTimeout(() => alarm(form, row, ""), PATIENCE);
  // Kept too, so that a dead signal or a closed page loses nothing; a database that hangs holds up nobody.
  const kept = ledger.keep(row).then(
    () => true,
    () => false,
  );
  for (;;) {
    const settled = await sendAtOnce(row);
    if (form.dataset.call !== row.id) return clearTimeout(warning);
    if (settled && settled.state !== "waiting") {
      clearTimeout(warning);
      await Promise.race([kept.then(() => ledger.settle([settled], settled.proof)), pause(1500)]);
      void send();
      if (settled.state === "sent") {
        dropDraft(DRAFT);
        return location.assign(`/field/urgent/${row.id}`);
      }
      form.dataset.said = "";
      return notice(form, settled.words, "bad");
    }
    clearTimeout(warning);
    alarm(form, row, WHY[settled?.why] ?? "");
    await pause(AGAIN);
  }
}

/** Say plainly that nobody knows yet; an earlier call that arrived must never speak for this one. */
function alarm(form, row, why) {
  if (form.dataset.call === row.id)
    notice(form, `${why}还没有送到。请马上打上面的电话。这一条记着，有信号会最先发。`, "bad");
}

/** The red page's form; leaving the page ends only the showing, the call itself waits in the ledger. */
export function wireUrgent(root, signal) {
  const form = root.querySelector("#urgent");
  watchPosition();
  const strip = new Strip(form.querySelector("[data-photos]"), null, () => {
    keep();
  });
  const left = draftOf(DRAFT, HOUR),
    keep = keepDraft(form, DRAFT, left, () => ({ photos: strip.named }));
  void strip.showLeft(left?.photos);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    report(form, strip).catch((fault) => {
      console.error(fault);
      form.dataset.said = ""; // pressed again it is sent again
      notice(form, "没有发出去。请马上打上面的电话，再按一次。", "bad");
    });
  });
  signal.addEventListener("abort", () => {
    Object.assign(form.dataset, { call: "", said: "" });
  });
}
