// Forms that write operations: a new place, a visit begun, one that could not be.

import { dayAfter } from "./days.js";
import { uuid } from "./hash.js";
import * as ledger from "./ledger.js";
import { Strip } from "./strip.js";
import { lastPosition, watchPosition } from "./position.js";
import { send, status } from "./sender.js";
import { notice } from "./words.js";

const { page } = ledger;
const ids = { premises: uuid(), visit: uuid() };

const filled = (entries) => Object.fromEntries(Object.entries(entries).filter(([, value]) => value));

/** What was tapped or typed about the place; what nobody answered is left out. */
function factsOf(form) {
  const facts = {};
  for (const [name, typed] of new FormData(form)) {
    if (!name.startsWith("fact-") || !typed) continue;
    const number = Number(typed.replace("，", ".").replace("。", "."));
    const value = { true: true, false: false }[typed] ?? (Number.isFinite(number) ? Math.round(number * 10) / 10 : typed);
    facts[name.slice(5)] = value;
  }
  return facts;
}

function startPayload() {
  const form = document.getElementById("start");
  const data = new FormData(form);
  const companions = [...form.querySelectorAll("[name=companion]:checked")];
  return {
    visit: ids.visit, premises: page.premises, versions: page.versions, how: data.get("how"),
    arranged_by: data.get("how") === "arranged" ? page.arranged_by : "",
    companions: companions.map((box) => ({ person_id: box.value, name: box.dataset.name })),
    facts: factsOf(form),
  };
}

/** 今天晚些, 明天, a date, or null. */
function nextTry(data) {
  const chosen = data.get("next");
  return chosen === "pick" ? data.get("next_on") || null : chosen ? dayAfter(Number(chosen)) : null;
}

const MAKERS = {
  "premises.register": (data) => [["premises.register", {
    premises: ids.premises, name: data.get("name"), kind: data.get("kind"), address: data.get("address"),
    facts: filled({ gas_kind: data.get("gas_kind") }), position: lastPosition().place,
  }]],
  "visit.start": () => [["visit.start", startPayload()]],
  "visit.outcome": (data, photos) => [
    ["visit.start", startPayload()],
    ["visit.outcome", {
      visit: ids.visit, outcome: data.get("outcome"), photos, next_try_on: nextTry(data),
      note: photos.length ? "" : `没有照片：${data.get("no_photo")}`,
    }],
    ["visit.submit", { visit: ids.visit, text_sha256: "" }],
  ],
};

/** What a form still lacks, in words; empty when it is complete. */
const LACKS = {
  "visit.outcome": (data, photos) => {
    if (!data.get("outcome")) return "请选是什么情况。";
    if (!photos.length && !data.get("no_photo")) return "请拍一张门口的照片，拍不了的选个原因。";
    if (data.get("next") === null) return "请选打算什么时候再来。";
    return data.get("next") === "pick" && !data.get("next_on") ? "请选哪一天再来。" : "";
  },
};

const NEXT = {
  "premises.register": () => `/field/places/${ids.premises}`,
  "visit.start": () => `/field/visits/${ids.visit}`,
  "visit.outcome": () => `/field/visits/${ids.visit}`,
};

const KEPT = {
  "premises.register": "这一家已存本机，有信号会自动登记，登记好就能开始检查。",
  "visit.start": "这次走访已存本机，有信号会自动接着打开。",
  "visit.outcome": "这次的情况已存本机，有信号会自动发。",
};
const WHY = { offline: "没有信号。", trouble: "服务暂时没有回应。", crowded: "发得有点密，过一会儿会自动再试。", signin: "登录已过期。", other_account: "现在登录的是另一个账号，用您自己的账号登录后会接着发。" };

async function take(form, photos) {
  const kind = form.dataset.operation, data = new FormData(form);
  const lack = LACKS[kind]?.(data, photos);
  if (lack) return notice(form, lack, "bad");
  const made = await ledger.record(...MAKERS[kind](data, photos));
  form.dataset.recorded = made.at(-1).id;
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

/** The list of colleagues: found by typing, and the fold tells how many are chosen. */
function wireMates() {
  const group = document.querySelector("[data-mates]");
  if (!group) return;
  const labels = [...group.querySelectorAll("[data-mate]")];
  group.querySelector("[data-find-mate]")?.addEventListener("input", (event) => {
    const typed = event.target.value.trim();
    for (const label of labels) label.classList.toggle("hidden", !label.textContent.includes(typed) && !label.querySelector("input").checked);
  });
  group.addEventListener("change", () => {
    const chosen = [...group.querySelectorAll("details input:checked")].map((box) => box.dataset.name);
    const words = group.querySelector("[data-chosen-mates]");
    if (words) words.textContent = chosen.length ? `：${chosen.join("、")}` : "";
  });
}

/** Make every form of the page write operations. */
export function wireForms() {
  const forms = document.querySelectorAll("form[data-operation]:not(#urgent)");
  if (forms.length) watchPosition();
  wireMates();
  for (const form of forms) {
    const element = form.querySelector("[data-photos]");
    const strip = element && new Strip(element, ids.visit, () => {});
    const pick = form.querySelector("[data-pick]");
    if (pick) form.addEventListener("change", () => pick.classList.toggle("hidden", new FormData(form).get("next") !== "pick"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form.dataset.recorded) send();
      else take(form, strip?.ids ?? []);
    });
    if (form.dataset.pressed) form.requestSubmit();
  }
}
