// Forms that write operations: a new place, a visit begun, one that could not be, a look-back.

import { dayAfter } from "./days.js";
import { make, painted } from "./dom.js";
import { draftOf, dropDraft, keepDraft } from "./drafts.js";
import { uuid } from "./hash.js";
import * as ledger from "./ledger.js";
import { notice } from "./notices.js";
import { factNumberOf } from "./numbers.js";
import { lastPosition, watchPosition } from "./position.js";
import * as reference from "./reference.js";
import { go } from "./router.js";
import { send } from "./sender.js";
import { Strip } from "./photo_strip.js";
import * as visits from "./visits.js";

// Fetched with the day, beside this: see field.js
const filling = () => import("./views/visit.js");
const filled = (entries) => Object.fromEntries(Object.entries(entries).filter(([, value]) => value));

/** Why something is not written down, in words for whoever pressed. */
class Lack extends Error {}

/** What was tapped or typed about the place; what nobody answered is left out. */
function factsOf(form) {
  const facts = {};
  for (const [field, value] of new FormData(form)) {
    const name = field.slice(5),
      about = field.startsWith("fact-") && ledger.page.facts[name],
      typed = String(value);
    if (!about || !typed.trim()) continue;
    const number = factNumberOf(typed);
    if (!about.choices && number === null) throw new Lack(`${about.label}的数字不对，请再看一下。`);
    facts[name] = about.choices ? ({ true: true, false: false }[typed] ?? typed) : number;
  }
  return facts;
}

/** A visit to this place, as it is written down and as this phone goes on with it. Throws where a list is not here. */
async function visitOf({ place, kind, day, assigned, visit }) {
  const form = document.getElementById("start"),
    data = new FormData(form);
  const companions = [...form.querySelectorAll("[name=companion]:checked")].map((box) => ({
    person_id: box.value,
    name: box.dataset.name,
  }));
  const lists = await Promise.all(kind.versions.map((version) => reference.list(version, dayAfter(0), 4000)));
  if (lists.includes(null))
    throw new Lack("这类场所的检查表还没有取到这部手机里。连上网打开一次就有了，您填的都还在。");
  const facts = factsOf(form),
    payload = {
      visit,
      premises: place.id,
      versions: kind.versions,
      how: data.get("how"),
      companions,
      facts,
      // Lists kept from an earlier day were chosen by its rules: the server asks by what was asked here.
      asked_on: Object.fromEntries(kind.versions.map((version, index) => [version, lists[index].on])),
      arranged_by: data.get("how") === "arranged" && assigned ? day.organisation : "",
    };
  const row = visits.begun(visit, place, {
    versions: kind.versions,
    titles: kind.titles,
    lists: lists.map(({ value }) => value),
    facts,
    mates: companions.map(({ name }) => name),
    failed: place.failed,
  });
  return { payload, row };
}

/** 今天晚些, 明天, a date, or null. */
function nextTry(data) {
  const chosen = data.get("next");
  return chosen === "pick" ? data.get("next_on") || null : chosen ? dayAfter(Number(chosen)) : null;
}

/** What a form still lacks, in words; empty when it is complete. */
const LACKS = {
  "visit.outcome": (data, photos) => {
    if (!data.get("outcome")) return "请选是什么情况。";
    if (!photos.length && !data.get("no_photo")) return "请拍一张门口的照片，拍不了的选个原因。";
    if (data.get("next") === null) return "请选打算什么时候再来。";
    if (data.get("next") === "pick" && !data.get("next_on")) return "请选哪一天再来。";
    const on = nextTry(data);
    return on && !(on >= dayAfter(0) && on <= dayAfter(3 * 365)) ? "再来的日期要从今天起，三年以内。" : "";
  },
  "hazard.look_back": (data, photos) => {
    if (!photos.length) return "请从同一位置拍一张照片。";
    return data.get("mended") ? "" : "请选改好了没有。";
  },
};

/** What each form writes down, all or none; resolves with where to go on. */
const TAKES = {
  async "premises.register"(data, photos, about) {
    const place = {
      id: about.premises,
      name: data.get("name").trim(),
      kind: data.get("kind"),
      address: data.get("address").trim(),
      facts: filled({ gas_kind: data.get("gas_kind") }),
    };
    const { id: premises, ...known } = place;
    await ledger.recordWith({ notes: [reference.ownPlaceRow({ ...place, made_at: Date.now() })] }, [
      "premises.register",
      { premises, ...known, position: lastPosition().place },
    ]);
    return `/field/places/${premises}`;
  },
  async "visit.start"(data, photos, about) {
    const { payload, row } = await visitOf(about),
      task = about.day?.assigned.find((one) => one.id === about.place.id);
    const begins = await (await filling()).beginning(row, data.get("depth") === "full", task);
    const { depth, deep } = begins;
    await ledger.recordWith({ visits: [{ ...row, depth, deep, zone_photos: task?.zone_photos ?? false }] }, [
      "visit.start",
      { ...payload, ...begins },
      undefined,
      2,
    ]);
    return `/field/visits/${row.id}`;
  },
  async "visit.outcome"(data, photos, about) {
    const { payload, row } = await visitOf(about);
    const visit = row.id,
      note = photos.length ? "" : `没有照片：${data.get("no_photo")}`;
    await ledger.recordWith(
      { visits: [{ ...row, lists: null, submitted: row.started }] },
      ["visit.start", payload],
      [
        "visit.outcome",
        { visit, outcome: data.get("outcome"), photos, next_try_on: nextTry(data), shown_on: dayAfter(0), note },
      ],
      ["visit.submit", { visit, text_sha256: "" }],
    );
    return `/field/visits/${visit}`;
  },
  async "hazard.look_back"(data, photos, { hazard }) {
    const mended = data.get("mended") === "yes",
      left = mended ? [] : data.getAll("left");
    const words = [left.length && `还差：${left.join("、")}`, data.get("words").trim()].filter(Boolean).join("。");
    await ledger.record(["hazard.look_back", { hazard: hazard.id, version: hazard.version, mended, photos, words }]);
    return "";
  },
};

/** What is asked before something is written down; true where an answer is still to be given. */
const ASKS = {
  async "premises.register"(form, data) {
    const known = await (await reference.register()).twin(data.get("name"), data.get("address"));
    if (!known || data.get("another") === known.id) return false;
    notice(form, `${known.name}（${known.address}）已经登记过了。是同一家，就打开那一家。`, "warn");
    // A box of its own: pressing twice is no answer.
    const box = make("input", { type: "checkbox", name: "another", value: known.id });
    form
      .querySelector("[data-notice] .notice")
      .append(
        make("a", { className: "button", href: `/field/places/${known.id}`, text: "打开那一家" }),
        make("label", { className: "inline" }, box, "看过了，是另一家"),
      );
    return true;
  },
};

async function take(form, photos, about) {
  const kind = form.dataset.operation,
    data = new FormData(form);
  const lack = LACKS[kind]?.(data, photos);
  if (lack) return notice(form, lack, "bad");
  if (await ASKS[kind]?.(form, data).catch(() => false)) return undefined; // a store that refuses asks nothing
  if (form.dataset.taken) return undefined; // pressed twice
  form.dataset.taken = "1";
  const button = document.querySelector(`button[form="${form.id}"]`);
  button?.setAttribute("aria-busy", "true");
  await painted(); // the tap shows before the work begins
  try {
    const on = await TAKES[kind](data, photos, about);
    about.drafts.forEach(dropDraft);
    void send();
    return on ? go(on, { instead: kind !== "visit.start" }) : done(form);
  } catch (fault) {
    delete form.dataset.taken;
    button?.removeAttribute("aria-busy");
    if (fault instanceof Lack) return notice(form, fault.message, "bad");
    console.error(fault);
    return notice(form, "手机没有存下来。请再按一次；还不行，请先连上网发出一些。", "bad");
  }
}

/** Nothing follows: say that it is kept, and lead back. */
function done(form) {
  form
    .closest("main")
    .replaceChildren(
      make("h1", { text: "记下了" }),
      make(
        "div",
        { className: "notice notice-ok", role: "status" },
        make("p", { text: "已存本机，有信号就发。谢谢您再去看一眼。" }),
      ),
      make("a", { className: "button main wide", href: "/field/", text: "回到今日" }),
    );
  document.querySelector(".bottombar > .steps")?.remove();
}

/** The list of colleagues: found by typing, and the fold tells how many are chosen. */
function wireMates(root) {
  const group = root.querySelector("[data-mates]");
  if (!group) return;
  const labels = [...group.querySelectorAll("[data-mate]")];
  group.querySelector("[data-find-mate]").addEventListener("input", (event) => {
    const typed = event.target.value.trim();
    for (const label of labels)
      label.classList.toggle("hidden", !label.textContent.includes(typed) && !label.querySelector("input").checked);
  });
  const show = () => {
    const chosen = [...group.querySelectorAll("details input:checked")].map((box) => box.dataset.name);
    group.querySelector("[data-chosen-mates]").textContent = chosen.length ? `：${chosen.join("、")}` : "";
  };
  group.addEventListener("change", show);
  show();
}

/** Make every form of a view write operations; `about` is what the view knows of its subject. */
export function wireForms(root, about) {
  watchPosition();
  const forms = [...root.querySelectorAll("form[data-operation]")];
  const drafts = forms.map((form) => [form.dataset.operation, about.place?.id ?? about.hazard?.id ?? ""].join());
  const ids = drafts.map((name) => draftOf(name)).find((left) => left?.ids)?.ids ?? { premises: uuid(), visit: uuid() };
  forms.forEach((form, at) => {
    const { operation } = form.dataset,
      element = (operation === "hazard.look_back" ? root : form).querySelector("[data-photos]");
    const strip =
      element &&
      new Strip(element, operation === "visit.outcome" ? ids.visit : null, () => {
        keep();
      });
    const pick = form.querySelector("[data-pick]");
    if (pick)
      form.addEventListener("change", () => pick.classList.toggle("hidden", new FormData(form).get("next") !== "pick"));
    const left = draftOf(drafts[at]),
      shown = strip?.showLeft(left?.photos);
    const keep = keepDraft(form, drafts[at], left, () => ({ ids, photos: strip?.named ?? [] }));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await shown;
      await take(form, strip?.ids ?? [], { ...about, ...ids, drafts });
    });
  });
  wireMates(root);
  const start = root.querySelector("#start");
  if (start && about.kind.versions.length)
    filling()
      .then(({ offerDepths }) => offerDepths(start, about))
      .catch(console.error);
}
