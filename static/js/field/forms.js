// Forms that write operations: a new place, a visit begun, one that could not be, an urgent call.

import { uuid } from "./hash.js";
import * as ledger from "./ledger.js";
import { Strip } from "./photos.js";
import { lastPosition, watchPosition } from "./position.js";
import { send, status } from "./sender.js";
import { clock, notice } from "./words.js";

const { page } = ledger;
const ids = { premises: uuid(), visit: uuid() };

const filled = (entries) => Object.fromEntries(Object.entries(entries).filter(([, value]) => value));

function startPayload() {
  const form = document.getElementById("start");
  const data = new FormData(form);
  const companions = [...form.querySelectorAll("[name=companion]:checked")];
  return {
    visit: ids.visit, premises: page.premises, versions: page.versions, how: data.get("how"),
    companions: companions.map((box) => ({ person_id: box.value, name: box.dataset.name })),
    facts: filled({ gas_kind: data.get("gas_kind") }),
  };
}

const MAKERS = {
  "premises.register": (data) => [["premises.register", {
    premises: ids.premises, name: data.get("name"), kind: data.get("kind"), address: data.get("address"),
    facts: filled({ gas_kind: data.get("gas_kind") }), position: lastPosition().place,
  }]],
  "visit.start": () => [["visit.start", startPayload()]],
  "visit.outcome": (data, photos) => [
    ["visit.start", startPayload()],
    ["visit.outcome", { visit: ids.visit, outcome: data.get("outcome"), photos, next_try_on: data.get("next_try_on") || null, note: data.get("note") ?? "" }],
    ["visit.submit", { visit: ids.visit, text_sha256: "" }],
  ],
  "urgent.call": (data) => [["urgent.call", { danger: data.get("danger"), where: data.get("where"), place: lastPosition().place }]],
};

const NEXT = {
  "premises.register": () => `/field/places/${ids.premises}`,
  "visit.start": () => `/field/visits/${ids.visit}`,
  "visit.outcome": () => "/field/",
};

const KEPT = {
  "premises.register": "这一家已存本机，有信号会自动登记，登记好就能开始检查。",
  "visit.start": "这次走访已存本机，有信号会自动接着打开。",
  "visit.outcome": "这次的情况已存本机，有信号会自动发。",
};
const WHY = { offline: "没有信号。", signin: "登录已过期。", other_account: "现在登录的是另一个账号，用您自己的账号登录后会接着发。" };

async function take(form, photos) {
  const kind = form.dataset.operation;
  const made = await ledger.record(...MAKERS[kind](new FormData(form), photos));
  form.dataset.recorded = made.at(-1).id;
  if (kind === "urgent.call") return callDuty(form, made[0]);
  await send();
  if (await follow(form)) return;
  notice(form, (WHY[status.now] ?? "") + KEPT[kind], "warn");
  ledger.changes.addEventListener("change", () => follow(form));
}

/** Go on once the last operation of this form has its receipt; say why where it was refused. */
async function follow(form) {
  const [row] = (await ledger.operations("sent", "refused")).filter(({ id }) => id === form.dataset.recorded);
  if (!row) return false;
  if (row.state === "sent") location.href = NEXT[form.dataset.operation]();
  else {
    delete form.dataset.recorded;
    notice(form, row.words, "bad");
  }
  return true;
}

/** Say plainly whether this very call arrived; an earlier one that did must never speak for it. */
async function callDuty(form, { id }) {
  form.dataset.call = id;
  delete form.dataset.recorded;
  let told = "";
  const tell = async (give_up) => {
    const arrived = (await ledger.operations("sent")).find((row) => row.id === id);
    const now = arrived ? "ok" : "bad";
    if (form.dataset.call !== id || told === now || !(arrived || give_up)) return;
    told = now;
    if (arrived) notice(form, `已送达，${clock(new Date(arrived.settled_at))}。值班的人马上会看到。人在外面等，别回去。`, "ok");
    else notice(form, "还没有送到。请马上打上面的电话。这一条已存本机，有信号会最先发。", "bad");
  };
  notice(form, "正在发。等的时候先打电话。", "warn");
  setTimeout(() => tell(true), 6000);
  ledger.changes.addEventListener("change", () => tell(false));
  await send();
  await tell(true);
}

/** Make every form of the page write operations. */
export function wireForms() {
  const forms = document.querySelectorAll("form[data-operation]");
  if (forms.length) watchPosition();
  for (const form of forms) {
    const element = form.querySelector("[data-photos]");
    const strip = element && new Strip(element, ids.visit, () => {});
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form.dataset.recorded) send();
      else take(form, strip?.ids ?? []);
    });
    if (form.dataset.pressed) form.requestSubmit();
  }
}
