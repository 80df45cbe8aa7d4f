// A place before the visit: what is open here, how the visit is started, or why it could not be. And a new place.

import { dateWords, dayAfter } from "../days.js";
import { dueTag, standingOf, stateTag } from "../deadlines.js";
import { line, list, make, quiet } from "../dom.js";
import { wireForms } from "../forms.js";
import * as ledger from "../ledger.js";
import * as reference from "../reference.js";
import { open, template } from "../router.js";
import * as visits from "../visits.js";
import { begunCard, wireSteps } from "./place_steps.js";

const { page } = ledger;

export async function draw(main, { id, frame, signal }) {
  const place = await reference.place(id),
    day = await reference.day();
  if (signal.aborted) return undefined;
  if (!place) return unknown(main, id, frame, signal);
  if (!day) document.addEventListener("day-heard", () => open(0), { once: true, signal }); // with it come the lists to fill
  const kind = day?.kinds[place.kind] ?? { versions: [], titles: [], needs: [] };
  const begun = await visits.begunAt(id, day);
  if (signal.aborted) return undefined;
  const view = template("place"),
    part = (name) => view.querySelector(`[data-${name}]`);
  part("name").textContent = place.name;
  const assigned = day?.assigned.some((one) => one.id === id);
  view.querySelector(`[name=how][value=${assigned ? "arranged" : "with_card"}]`).checked = true;
  view.querySelector("#next-on").min = dayAfter(0);
  mates(view, day?.mates ?? []);
  facts(view, place, kind.needs);
  const lists = part("lists");
  if (kind.versions.length) lists.textContent = `要填：${kind.titles.join("、")}`;
  else
    lists.replaceWith(
      make(
        "div",
        { className: "notice notice-warn" },
        make("p", {
          text: day
            ? "这一类场所的检查表还没有发布。看到危险请按上面的遇险。"
            : "检查表还没有取到这部手机里，连上网打开一次就有了。",
        }),
      ),
    );
  known(
    { open: part("open"), told: part("told"), over: part("over") },
    navigator.onLine ? { ...place, waited: "正在取上次的走访。" } : place,
  );
  if (place.phone)
    part("told").after(
      make("p", {}, make("a", { className: "button calm", href: `tel:${place.phone}`, text: `打电话 ${place.phone}` })),
    );
  if (begun) part("begun").append(begunCard(begun));
  main.replaceChildren(view);
  wireSteps(main, { begun, fillable: kind.versions.length > 0 }, (steps) =>
    frame({ title: place.name, line: place.address, back: "/field/places", steps, urgentAt: id }),
  );
  wireForms(main, { place, kind, day, assigned, signal });
  // What the server adds comes when it comes; nobody waits for it.
  const boxes = {
    open: main.querySelector("[data-open]"),
    told: main.querySelector("[data-told]"),
    over: main.querySelector("[data-over]"),
  };
  reference.placeDetail(id).then((detail) => {
    if (!signal.aborted) known(boxes, detail ? { ...place, ...detail, told: true } : place);
  }, console.error);
}

/** What is open here, what was last time, where the size does not fit the kind. */
function known({ open, told: words, over }, place) {
  open.replaceChildren(
    ...(place.hazards?.length ? [make("h2", { text: "这里还没有销号的" }), list(place.hazards.map(openHazard))] : []),
  );
  words.replaceChildren(...standingOf(place, page.outcomes));
  over.replaceChildren(
    ...(place.over ?? []).map((one) =>
      make("p", {
        className: "quiet",
        text: `${page.facts[one.fact].label}${one.per_storey ? "平均每层" : ""}超过 ${one.at_most}，按${one.province}的界限（${one.source}${one.mark === "◐" ? "，依据待核实" : ""}）可能不算${page.kinds[place.kind]}。请告诉督办员核对类别。`,
      }),
    ),
  );
}

function openHazard(one) {
  const more = [`${dateWords(one.found_on)}发现`, one.within, one.reply_on && `${dateWords(one.reply_on)}前答复`]
    .filter(Boolean)
    .join("，");
  return line(
    `/field/hazards/${one.id}`,
    make("strong", { text: one.title }),
    make("br"),
    quiet(more),
    make("br"),
    stateTag(one.state, one.state_name),
    " ",
    dueTag(one.due_on),
  );
}

function mates(view, people) {
  if (!people.length) return;
  const group = view.querySelector("[data-mates]");
  group.classList.remove("hidden");
  const chip = ({ id, name }) => {
    const box = make("input", { type: "checkbox", name: "companion", value: id });
    box.dataset.name = name;
    const label = make("label", {}, box, make("span", { text: name }));
    label.dataset.mate = "";
    return label;
  };
  const recent = people.filter((one) => one.recent),
    others = people.filter((one) => !one.recent);
  group.querySelector("[data-recent]").append(...recent.map(chip));
  group.querySelector("[data-recent]").classList.toggle("hidden", !recent.length);
  group.querySelector("[data-others]").append(...others.map(chip));
  group.querySelector("details").classList.toggle("hidden", !others.length);
  group.querySelector("[data-finder]").classList.toggle("hidden", others.length <= 8);
}

/** The facts that the lists ask for and those that are known: known ones folded, choices open, numbers folded. */
function facts(view, place, needs) {
  const asked = Object.keys(page.facts).filter((name) => needs.includes(name) || place.facts?.[name] !== undefined);
  const here = asked.filter((name) => place.facts?.[name] !== undefined),
    not = asked.filter((name) => place.facts?.[name] === undefined);
  const choices = not.filter((name) => page.facts[name].choices),
    numbers = not.filter((name) => !page.facts[name].choices);
  const fold = (box, names, words) => {
    box.classList.toggle("hidden", !names.length);
    box.querySelector("summary").textContent = words;
    box.append(...names.map((name) => ask(name, place.facts?.[name])));
  };
  fold(
    view.querySelector("[data-known]"),
    here,
    `店里的情况：${here.map((name) => factWords(name, place.facts[name])).join("，")}`,
  );
  view.querySelector("[data-unknown]").append(...choices.map((name) => ask(name)));
  fold(
    view.querySelector("[data-numbers]"),
    numbers,
    `还不知道：${numbers.map((name) => page.facts[name].label).join("、")}`,
  );
}

function factWords(name, value) {
  const fact = page.facts[name];
  return fact.choices
    ? (fact.choices.find(([key]) => key === String(value))?.[1] ?? "")
    : fact.words.replace("{}", value);
}

function ask(name, value) {
  const fact = page.facts[name];
  if (!fact.choices) {
    const box = make("input", {
      className: "measure",
      id: `fact-${name}`,
      name: `fact-${name}`,
      inputMode: "decimal",
      autocomplete: "off",
      value: value ?? "",
    });
    return make("div", {}, make("label", { htmlFor: `fact-${name}`, text: fact.label }), box);
  }
  const chips = fact.choices.map(([key, words]) =>
    make(
      "label",
      {},
      make("input", { type: "radio", name: `fact-${name}`, value: key, checked: key === String(value) }),
      make("span", { text: words }),
    ),
  );
  return make("fieldset", {}, make("legend", { text: fact.label }), make("div", { className: "chips" }, ...chips));
}

/** Not on this phone: of another area, or the list has not come yet. */
async function unknown(main, id, frame, signal) {
  frame({ title: "场所", back: "/field/places" });
  const found = await reference.placeDetail(id);
  if (signal.aborted) return;
  if (found) return void open(0);
  ledger.changes.addEventListener(
    "change",
    async () => {
      if ((await reference.place(id)) && !signal.aborted) void open(0);
    },
    { signal },
  );
  main.replaceChildren(
    make("h1", { text: "这一家不在这部手机里" }),
    make("p", {
      text: "名单还没有取到，或这一家不在您的片区。连上网再打开一次；急着查，可以先新登记一家，督办员会合并。",
    }),
    make("a", { className: "button main wide", href: "/field/places/new", text: "新登记一家" }),
  );
}

/** 新登记一家. */
export async function drawNew(main, { frame, signal }) {
  const on = make("button", { className: "main wide", type: "submit", text: "登记，去检查" });
  on.setAttribute("form", "new-place");
  frame({ title: "新登记一家", back: "/field/places", steps: [on] });
  main.replaceChildren(template("new"));
  wireForms(main, { signal });
}
