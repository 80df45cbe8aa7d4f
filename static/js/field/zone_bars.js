// A short walk from zone to zone: the strip of bars above, the two buttons that close a zone, where one is.

import { make, quiet } from "./dom.js";
import * as journal from "./journal.js";
import * as ledger from "./ledger.js";
import { listen } from "./listen.js";
import { notKept } from "./notices.js";
import { Strip } from "./photo_strip.js";
import { send } from "./sender.js";

const remembered = (visit) => `section-${visit}`;

/** The buttons of a walk, below: {steps: what the frame takes, close, skip, left, on}. */
export function walkBar() {
  const close = make("button", { type: "button", className: "main" }),
    skip = make("button", { type: "button", text: "没看" }),
    left = quiet(""),
    leave = make("a", { href: "#leave", text: "提前结束" }),
    back = make("a", { className: "button calm hidden", text: "接着看" }),
    on = make("button", { type: "button", className: "main hidden", text: "提交检查" });
  [close.dataset.go, skip.dataset.go, on.dataset.go] = ["close", "skip", "on"];
  const two = make("div", { className: "two-ways" }, close, skip),
    more = make("p", { className: "left" }, left, leave);
  return { steps: [two, more, back, on], two, more, close, skip, left, back, on };
}

/** The strip: a bar for each zone, and beside them the way to the last page, which is none. */
export function drawStrip(nav, walk) {
  nav.className = "zones";
  nav.setAttribute("aria-label", "走过的地方");
  const link = (id, ...parts) => {
    const made = make("a", { href: `#${id}` }, ...parts);
    made.dataset.zoneLink = id;
    return made;
  };
  const bar = ({ code, name }) =>
    link(`z-${code}`, make("span", { className: "bar" }), make("span", { className: "visually-hidden", text: name }));
  const end = link("end", "提交");
  end.setAttribute("aria-label", "看一遍再提交");
  nav.replaceChildren(make("ol", {}, ...walk.zones.map((zone) => make("li", {}, bar(zone)))), end);
}

/** Shows one page of the walk at a time and closes zones. */
export class WalkPages {
  constructor(main, { walk, zones, bar, nav, signal }) {
    this.main = main;
    this.walk = walk;
    this.zones = zones;
    this.bar = bar;
    this.nav = nav;
    this.signal = signal;
    this.strips = new Map();
    this.since = 0;
    this.at = null;
    this.pages = /** @type {HTMLElement[]} */ ([]);
    this.closingNow = false;
    bar.close.addEventListener("click", () => this.close());
    bar.skip.addEventListener("click", () => this.askWhy());
    bar.on.addEventListener("click", () => this.at.dispatchEvent(new Event("handin")));
    main.addEventListener("click", ({ target }) => {
      const chip = target.closest("[data-reason]");
      if (chip) void this.record(false, chip.dataset.reason);
    });
  }

  /** Begin where the address says, else where this tab was, else at the first zone that is open. */
  begin() {
    this.pages = [...this.main.querySelectorAll("[data-section]")];
    listen(window, "hashchange", () => this.show(true), this.signal);
    listen(document, "visibilitychange", () => this.count(), this.signal);
    listen(window, "pagehide", () => this.count(), this.signal);
    this.signal?.addEventListener("abort", () => this.count());
    const id = location.hash.slice(1) || journal.thisTab.get(remembered(this.walk.visit));
    if (!id || !this.find(id)) history.replaceState(history.state, "", `#${this.firstOpen()}`);
    else if (!location.hash) history.replaceState(history.state, "", `#${id}`);
    this.show(false);
  }

  firstOpen() {
    const open = this.walk.walked.find((zone) => !this.walk.isClosed(zone));
    return open ? `z-${open.code}` : "end";
  }

  /** The element that an address's part names; a line that it names by its item is opened. */
  find(id) {
    const found = document.getElementById(id) ?? document.getElementById(id.replace(/^item-/, "line-"));
    return this.main.contains(found) ? found : null;
  }

  get zone() {
    return this.walk.zones.find(({ code }) => code === this.at?.dataset.section);
  }

  show(moved) {
    const id = location.hash.slice(1);
    let target = this.find(id) ?? this.pages[0];
    if (target.id === `line-${id.slice(5)}` && !target.classList.contains("opened")) {
      void this.zones.reveal(id.slice(5));
      target = this.find(id);
    }
    this.count();
    this.at = target.closest("[data-section]");
    for (const page of this.pages) page.classList.toggle("hidden", page !== this.at);
    this.main.dataset.at = this.at.id;
    journal.thisTab.set(remembered(this.walk.visit), this.at.id);
    this.since = performance.now();
    if (this.zone) void this.photos(this.zone);
    this.tell();
    this.at.dispatchEvent(new Event("shown", { bubbles: true }));
    if (!moved) return;
    if (target === this.at) {
      scrollTo(0, 0);
      target.querySelector("h1").focus({ preventScroll: true });
    } else target.scrollIntoView({ block: "start" });
  }

  /** Seconds go to the zone that shows, while somebody can see it. */
  count() {
    if (this.zone && this.since) this.walk.spend(this.zone.code, (performance.now() - this.since) / 1000);
    this.since = document.visibilityState === "visible" ? performance.now() : 0;
  }

  /** The bars above and the words below, as things stand. */
  tell() {
    if (!this.at) return;
    const { walk, zone, bar } = this,
      { walked } = walk;
    for (const link of this.nav.querySelectorAll("[data-zone-link]")) {
      const one = walk.zones.find(({ code }) => link.dataset.zoneLink === `z-${code}`),
        here = link.dataset.zoneLink === this.at.id;
      if (here) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
      if (!one) continue;
      link.parentElement.classList.toggle("hidden", !walked.includes(one));
      link.classList.toggle("full", walk.isClosed(one));
      link.classList.toggle("wrong", walk.hasFault(one));
      link.lastElementChild.textContent = this.barWords(one);
    }
    document.querySelector(".titles .quiet").textContent = zone
      ? `短查 ${walked.indexOf(zone) + 1} / ${walked.length}`
      : "短查";
    for (const part of [bar.two, bar.more]) part.classList.toggle("hidden", !zone);
    bar.on.classList.toggle("hidden", this.at.id !== "end");
    bar.back.classList.toggle("hidden", Boolean(zone) || this.at.id === "end");
    const open = this.firstOpen();
    bar.back.href = `#${this.was ?? open}`;
    if (!zone) return;
    this.was = this.at.id;
    const lacking = walk.lacking(zone).length,
      wide = this.lacksWide(zone);
    bar.close.textContent = lacking ? `还有 ${lacking} 样没点` : wide ? "还差一张全景" : "看了，没看到别的不对";
    bar.left.textContent = walk.leftWords(zone);
  }

  barWords(zone) {
    const looked = this.walk.closings.get(zone.code)?.looked ?? true,
      stand = this.walk.isClosed(zone) ? (looked ? "，看过" : "，没看") : "";
    return `${zone.name}${stand}${this.walk.hasFault(zone) ? "，有不对" : ""}`;
  }

  lacksWide(zone) {
    return this.walk.zonePhotos && zone.code !== "smell" && !this.strips.get(zone.code)?.ids.length;
  }

  async close() {
    const { zone, walk } = this,
      [first] = walk.lacking(zone);
    if (first) {
      const { element } = walk.cards.get(first.code);
      element.scrollIntoView({ block: "start" });
      element.querySelector("input, button").focus({ preventScroll: true });
      return;
    }
    if (this.lacksWide(zone)) return this.at.querySelector("[data-wide]").scrollIntoView({ block: "center" });
    await this.record(true, "");
  }

  askWhy() {
    const box = this.at.querySelector("[data-reasons]");
    box.classList.remove("hidden");
    box.scrollIntoView({ block: "center" });
    box.querySelector("button").focus({ preventScroll: true });
  }

  /** Write down that a zone was closed, and go on. Never rejects: what is not kept is said. */
  async record(looked, reason) {
    if (this.closingNow) return;
    const { zone, at, walk } = this;
    this.count();
    this.closingNow = true;
    const closing = walk.closing(zone, looked, reason, this.strips.get(zone.code)?.ids ?? []);
    try {
      await ledger.record(["visit.zone", closing]);
    } catch (fault) {
      return notKept(at, fault, "这一区");
    } finally {
      this.closingNow = false;
    }
    walk.closed(closing);
    at.querySelector("[data-reasons]").classList.add("hidden");
    this.zones.show();
    void send();
    const next = walk.after(zone);
    location.hash = next ? `z-${next.code}` : "end";
  }

  /** The strip of a zone's wide photo, made when the zone is opened. */
  async photos(zone) {
    if (this.strips.has(zone.code) || !this.at.querySelector("[data-wide]")) return;
    const { visit, closings } = this.walk,
      fold = this.at.querySelector("[data-wide]"),
      key = `sign:${visit}:wide:${zone.code}`;
    const strip = new Strip(fold.querySelector("[data-photos]"), visit, () => this.shot(zone, fold, key), this.signal);
    this.strips.set(zone.code, strip);
    const left = (await ledger.note(key)) ?? closings.get(zone.code)?.photos ?? [];
    if (!left.length) return;
    fold.open = true;
    strip.showAll(left);
    this.tell();
  }

  /** A wide photo was taken or thrown away: a zone that was closed before says so again. */
  async shot(zone, fold, key) {
    const { ids } = this.strips.get(zone.code),
      stood = this.walk.closings.get(zone.code);
    try {
      await ledger.keepNote(key, ids);
      if (stood) {
        const closing = this.walk.closing(zone, stood.looked, stood.reason, ids);
        await ledger.record(["visit.zone", closing]);
        this.walk.closed(closing);
      }
    } catch (fault) {
      notKept(fold, fault, "这张照片", "请再拍一次");
    }
    this.tell();
  }
}
