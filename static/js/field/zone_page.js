// Draws one zone of a short walk: what is asked one by one, what is read in passing, the wide photo, and how it is closed.

import { GLANCES } from "./conditions.js";
import { make, quiet } from "./dom.js";
import { Item } from "./item.js";
import * as ledger from "./ledger.js";
import { tapped } from "./reasons.js";

const { page } = ledger;
const NOT_LOOKED = ["没让进", "锁着", "时间不够", "天黑看不清", "有危险没进去", "其他"];

/** 怎么看, with the accident behind the item, beside the question instead of beneath the answers: a third less high. What it
 *  opens stands above the answers, so that the button itself stays where it is. */
function brief(element, item) {
  const links = element.querySelector(".item-links"),
    fold = links.querySelector("details"),
    said = Boolean(item.look || item.why);
  const button = make("button", { type: "button", className: "link how", text: said ? "怎么看" : "看不准" });
  links.id = `how-${item.code}`;
  links.classList.add("help", "hidden");
  if (item.why) fold.append(make("p", { className: "quiet", text: `出过的事：${item.why}` }));
  button.setAttribute("aria-controls", links.id);
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => {
    fold.open = !links.classList.toggle("hidden");
    button.setAttribute("aria-expanded", String(fold.open));
  });
  element.classList.add("brief");
  element.querySelector("legend").after(button, links);
}

const ofPanel = (selector) => document.getElementById("panel-template").content.querySelector(selector).cloneNode(true);

/** Why there is no photo; advice has no such question of its own. */
function noPhoto(item) {
  const own = item.panel.querySelector("[data-no-photo]");
  if (own) return own;
  const copy = ofPanel("[data-no-photo]");
  for (const radio of copy.querySelectorAll("input")) radio.name = radio.name.replace("@", item.code);
  return copy;
}

/** The photo of a deep check is asked for whatever the answer is. */
function deepen(item) {
  item.open();
  const { panel } = item;
  const photos = make(
    "div",
    { className: "deep" },
    make("h2", {}, make("span", { className: "tag tag-grey", text: "这次抽到细看" }), " ", quiet("照着答的拍一张")),
    panel.querySelector("[data-photos=photos]"),
    noPhoto(item),
  );
  panel.querySelector("h2, h3").remove(); // that of its photos
  panel.before(photos);
  item.parts = item.found();
  item.show(); // folded away as long as nothing is wrong
}

/** A fact that decides what is asked here. */
function factCard(name, value) {
  const { label, choices } = page.facts[name],
    card = make("fieldset", { className: "card fact" }, make("legend", { text: label }));
  card.dataset.fact = name;
  card.append(
    make(
      "div",
      { className: "chips" },
      ...choices.map(([key, words]) =>
        make(
          "label",
          {},
          make("input", { type: "radio", name: `fact-${name}`, value: key, checked: key === String(value) }),
          make("span", { text: words }),
        ),
      ),
    ),
  );
  card.addEventListener("change", (event) => {
    const target = /** @type {HTMLInputElement} */ (event.target),
      told = { true: true, false: false }[target.value] ?? target.value;
    card.dispatchEvent(new CustomEvent("told", { bubbles: true, detail: { name, value: told, button: target } }));
  });
  return card;
}

/** The pages of the zones, and the cards in them: those asked one by one, and those that a tap on a line has opened. */
export class Zones {
  /** `put(item)` runs for every card that comes, `take(item)` for one that goes. */
  constructor(walk, filling, put, take) {
    this.walk = walk;
    this.filling = filling;
    this.put = put;
    this.take = take;
    this.pages = new Map();
    this.brought = null; // runs for an item of another list that a companion answered
  }

  /** The page of a zone, without the answers that stand. */
  *draw(zone) {
    const { filling } = this,
      section = make("section", { id: `z-${zone.code}`, className: "zone hidden" });
    section.dataset.section = zone.code;
    const heading = make("h1", { text: zone.name, tabIndex: -1 }),
      told = make("p", { className: "quiet", text: this.headWords(zone) });
    told.dataset.head = "";
    section.append(
      make("div", { className: "zone-head" }, heading, told),
      ...zone.asks.map((name) => factCard(name, filling.facts[name])),
    );
    this.pages.set(zone.code, section);
    for (const [at, item] of [...zone.keys, ...zone.deep].entries()) {
      const element = filling.drawing.item({ number: at + 1, item });
      if (element.querySelector(".answers")) brief(element, item);
      section.append(element);
      yield this.card(element);
    }
    this.lines(section, zone);
    section.append(this.foot(zone));
  }

  headWords(zone) {
    const count = [...zone.keys, ...zone.deep].filter((item) => this.walk.isAsked(item)).length;
    if (!count) return "这里没有要一样一样点的。";
    return count > 1 ? `先看这 ${count} 样，一样一样点。` : "先看这 1 样。";
  }

  card(element) {
    const item = new Item(element, this.filling);
    this.walk.cards.set(item.code, item);
    this.put(item);
    if (item.about.deep) deepen(item);
    return item;
  }

  lines(section, zone) {
    const frame = (items) => make("ul", { className: "list glances" }, ...items.map((item) => this.line(item)));
    const seen = make(
      "div",
      {},
      make(
        "div",
        { className: "zone-head" },
        make("h2", { text: "再看一眼这些" }),
        make("p", { className: "quiet", text: "有不对的点那一行。" }),
      ),
      frame(zone.lines),
    );
    const beyond = make(
      "details",
      { className: "beyond" },
      make("summary", { text: `要看证照、量一量的 ${zone.beyond.length} 项` }),
      make("p", { className: "quiet", text: "顺便看到就点，没点的记成没看。" }),
      frame(zone.beyond),
    );
    seen.dataset.lines = "";
    section.append(...(zone.lines.length ? [seen] : []), ...(zone.beyond.length ? [beyond] : []));
  }

  /** One item in words that can be read in passing; a tap says that it is not so. */
  line(item) {
    const button = make(
      "button",
      { type: "button", className: "glance" },
      make("span", { className: "grow", text: item.line || item.question }),
      make("span", { className: "wrong", text: "不对 ›" }),
    );
    const row = make("li", { id: `line-${item.code}` }, button);
    button.addEventListener("click", () => this.reveal(item.code, "fail"));
    return row;
  }

  /** The card of an item that stood as a line, in its place; with `value` it is answered so. Resolves once that is kept. */
  async reveal(code, value = "") {
    let item = this.walk.cards.get(code);
    if (!item) {
      const row = document.getElementById(`line-${code}`),
        fold = row.closest("details");
      const element = this.filling.drawing.item({ number: "", item: this.walk.items[code] });
      if (fold) fold.open = true;
      row.replaceChildren(element);
      row.classList.add("opened");
      item = this.card(element);
      element.querySelector(".item-links").append(this.takeBack(item, row));
    }
    if (value && item.value === null && item.element.querySelector(".answers")) {
      item.value = value;
      await item.save();
    }
    return item;
  }

  /** For a tap that fell on the wrong line: as if it had not been, unless a photo was taken already. */
  takeBack(item, row) {
    const button = make("button", { type: "button", className: "link", text: "点错了，收回" });
    button.addEventListener("click", async () => {
      item.value = null;
      await item.save();
      if (item.photos || (item.anyway && !item.about.version)) return;
      this.walk.cards.delete(item.code);
      this.walk.glances.delete(item.code);
      if (item.about.version) this.forget(item.about, row);
      else row.replaceWith(this.line(item.about));
      this.take(item);
    });
    return button;
  }

  /** An item that was brought along for nothing: it is no line of this walk. */
  forget(about, row) {
    for (const zone of this.walk.zones) zone.lines = zone.lines.filter((one) => one !== about);
    row.closest("ul").remove();
  }

  /** What somebody saw here although it is not asked by what is known of the place: a line of its own, and its card. */
  async add(code) {
    const item = this.walk.items[code],
      zone = this.walk.zones.find((one) => one.code === item.zone) ?? this.walk.zones.at(-1);
    if (!document.getElementById(`line-${code}`)) {
      zone.lines.push(item);
      const frame = make("ul", { className: "list glances" }, this.line(item));
      this.pages.get(zone.code).querySelector("[data-foot]").before(frame);
    }
    const card = await this.reveal(code);
    card.anyway = true;
    card.element.classList.remove("hidden");
    card.element.closest("li").classList.remove("hidden");
  }

  /** The card of any item, answered with 不合格: where it stands, or with what is not asked here. */
  async find(code) {
    if (!this.walk.zoneOf(code)) await this.add(code);
    await this.reveal(code, "fail");
  }

  /** What the server knows by now, but for what this phone has said since (`mine`). */
  heard(answers, mine) {
    for (const [code, answer] of Object.entries(answers)) {
      const { value } = answer;
      if (mine(code)) continue;
      if (!this.walk.items[code]) {
        if (value && answer.version) this.brought?.(code, answer);
        continue;
      }
      if (GLANCES.includes(value)) this.walk.glances.set(code, value);
      else if (value) this.stand(code);
    }
  }

  /** What another tab of this phone has said. */
  caughtUp(own) {
    this.walk.learnOwn(own);
    for (const [code, { payload }] of own.answers) if (payload.value && this.walk.items[code]) this.stand(code);
    return true;
  }

  /** A card for an item that somebody has answered by itself. */
  stand(code) {
    if (this.walk.cards.has(code)) return;
    if (this.walk.zoneOf(code)) void this.reveal(code);
    else void this.add(code);
  }

  /** Under the lines: another wrong thing, a wide photo, why it was not looked at. */
  foot(zone) {
    const wide = ofPanel("[data-photos=photos]");
    wide.dataset.photos = "zone";
    const asked = this.walk.zonePhotos;
    const fold = make(
      "details",
      { open: asked },
      make("summary", { text: asked ? "拍一张全景（这次要拍）" : "拍一张全景" }),
      wide,
    );
    fold.dataset.wide = "";
    const reasons = make(
      "fieldset",
      { className: "card hidden" },
      make("legend", { text: "这一区为什么没看" }),
      ...tapped("reason", NOT_LOOKED, `reason-${zone.code}`),
    );
    reasons.dataset.reasons = "";
    const smell = zone.code === "smell"; // one question, nothing else, and the way out beside it
    const foot = make(
      "div",
      {},
      smell
        ? make("a", { className: "button sos wide", href: this.filling.urgentAt, text: "闻到了：先出去，到外面打电话" })
        : make("a", { className: "search-link", href: "#search", text: "还看到别的不对" }),
      ...(smell ? [] : [fold]),
      make("p", { className: "quiet hidden", role: "status" }),
      reasons,
    );
    foot.className = "zone-foot";
    foot.dataset.foot = zone.code;
    foot.querySelector("[role=status]").dataset.closed = "";
    return foot;
  }

  /** What is asked by what is known now, and how these zones stand: all, or the one in which something was answered. */
  show(zones = this.walk.zones) {
    for (const zone of zones) {
      const section = this.pages.get(zone.code);
      if (!section) continue;
      section.querySelector("[data-head]").textContent = this.headWords(zone);
      for (const item of [...zone.lines, ...zone.beyond])
        if (!item.version)
          document.getElementById(`line-${item.code}`)?.classList.toggle("hidden", !this.walk.isAsked(item));
      const left = zone.lines.some((item) => this.walk.isAsked(item));
      section.querySelector("[data-lines]")?.classList.toggle("hidden", !left);
      const closing = this.walk.closings.get(zone.code),
        words = section.querySelector("[data-closed]");
      words.classList.toggle("hidden", !closing);
      const open = closing && !this.walk.isClosed(zone);
      const said = closing && (closing.looked ? "这一区看过了。" : `这一区记的是没看：${closing.reason}。`);
      words.textContent = said ? `${said}${open ? "后来有改动，请再点一次下面的按钮。" : ""}` : "";
    }
  }
}
