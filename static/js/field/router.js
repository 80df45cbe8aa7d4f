// From view to view without loading: every address of the deputy's day is drawn from what lies on the phone.

import { make } from "./dom.js";
import { page } from "./ledger.js";

const ID = "([0-9a-f-]{36})";
/** Address → view, first match counts. What no view draws is a page of the server. */
/** @type {[string, string][]} */
const PATTERNS = [
  ["today", "/field/?"],
  ["new", "/field/places/new"],
  ["places", "/field/places"],
  ["place", `/field/places/${ID}`],
  ["door", "/field/door/(\\w+)"],
  ["visit", `/field/visits/${ID}`],
  ["lookBack", `/field/hazards/${ID}/look-back`],
  ["outbox", "/field/outbox"],
  ["mine", "/field/mine"],
  ["urgent", "/field/urgent"],
];
/** @type {[string, RegExp][]} */
const ROUTES = PATTERNS.map(([name, pattern]) => [name, new RegExp(`^${pattern}$`)]);
const main = document.getElementById("main");
let views = {},
  ready = null,
  leaving = new AbortController(),
  drawn = "",
  moved = false,
  turn = Promise.resolve();

const routeOf = (path) => {
  for (const [name, pattern] of ROUTES) {
    const match = pattern.exec(path);
    if (match) return { name, id: match[1] };
  }
  return null;
};

/** Is this an address that can be drawn here? */
const drawable = (address) => address.origin === location.origin && routeOf(address.pathname) !== null;

/** Begin with the views by name; each is an async function (main, about) that draws. `away` draws what could not be
 *  fetched. Until `known` resolves nobody knows whose page this is: only the view of a danger waits for nothing. */
export function wireRouter(named, known) {
  [views, ready] = [named, known];
  history.scrollRestoration = "manual";
  addEventListener("popstate", () => {
    if (location.pathname + location.search !== drawn) void open(history.state?.y ?? 0);
  });
  document.addEventListener("click", (event) => {
    const link = /** @type {Element} */ (event.target).closest?.("a[href]");
    if (
      !link ||
      event.defaultPrevented ||
      event.button ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      link.target
    )
      return;
    const address = new URL(link.href);
    if (address.pathname === location.pathname && address.hash) return;
    if (!drawable(address)) return;
    event.preventDefault();
    void go(address.pathname + address.search);
  });
  return open(history.state?.y ?? 0);
}

/** On to another address; `instead` leaves no way back to this one. */
export function go(path, { instead = false } = {}) {
  if (!drawable(new URL(path, location.href))) return location.assign(path);
  if (!instead) history.replaceState({ ...history.state, y: scrollY }, "");
  history[instead ? "replaceState" : "pushState"]({}, "", path);
  return open(0);
}

/** Draw the present address anew; the newest wins, and waits for none that is left: whatever a view waits for, it looks at
 *  its signal before it touches the page again. Never rejects: what goes wrong is said in place of the view. */
export function open(y = scrollY) {
  leaving.abort();
  const mine = (leaving = new AbortController()),
    left = new Promise((done) => {
      mine.signal.addEventListener("abort", done);
    });
  turn = turn
    .then(async () => {
      if (mine.signal.aborted) return;
      const route = routeOf(location.pathname) ?? { name: "away", id: undefined };
      drawn = location.pathname + location.search;
      frame({});
      main.dataset.view = route.name;
      if (route.name !== "urgent") await Promise.race([ready, left]);
      if (mine.signal.aborted) return;
      let used = false;
      for (const type of ["pointerdown", "keydown", "wheel"])
        addEventListener(
          type,
          () => {
            used = true;
          },
          { once: true, passive: true, signal: mine.signal },
        );
      const about = {
        id: route.id,
        query: new URLSearchParams(location.search),
        signal: mine.signal,
        frame: (bars) => mine.signal.aborted || frame(bars),
      };
      try {
        await Promise.race([views[route.name](main, about), left]);
      } catch (fault) {
        if (mine.signal.aborted) return;
        console.error(fault);
        main.replaceChildren(
          make("h1", { text: "这一页没有打开" }),
          make("p", { text: "您填的都还在，没有丢。请再试一次。" }),
          again(),
        );
      }
      if (mine.signal.aborted) return;
      // Who has begun before all was drawn is not moved, and what the address names stays in sight.
      if (!used && (y || !location.hash)) scrollTo(0, y);
      if (moved) focusHeading(); // a page opened anew begins at its beginning
      moved = true;
      document.dispatchEvent(new Event("view-drawn"));
    })
    .catch(console.error); // one that fails between the views leaves the way to the next one open
  return turn;
}

function again() {
  const button = make("button", { type: "button", className: "main wide", text: "再试一次" });
  button.onclick = () => open(0);
  return button;
}

function focusHeading() {
  if (location.hash || document.activeElement?.closest?.("main")) return;
  const heading = main.querySelector("h1");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

/** The bars around a view: title and line beneath, the way back, the tabs or a step's buttons, what stands above them. What is
 *  written down on it is `about` a place. */
export function frame({
  title = "",
  line = "",
  back = "",
  bottom = [],
  under = [],
  steps = /** @type {Node[] | null} */ (null),
  urgentAt = "",
  sos = true,
  about = title,
}) {
  const [strong, quiet] = document.querySelectorAll(".titles > *");
  strong.textContent = title;
  quiet.textContent = line;
  document.title = `${title || "今日"} – 隐患巡查`;
  page.about = about;
  const arrow = document.querySelector("[data-back]");
  arrow.classList.toggle("hidden", !back);
  document.querySelector("[data-seal]").classList.toggle("hidden", Boolean(back));
  if (back) arrow.href = back;
  document.querySelector("[data-bottom]").replaceChildren(...bottom);
  document.querySelector("[data-under-top]").replaceChildren(...under);
  document.querySelector(".tabbar").classList.toggle("hidden", Boolean(steps));
  document.querySelector(".bottombar > .steps")?.remove();
  if (steps) document.querySelector(".bottombar").append(make("div", { className: "steps" }, ...steps));
  const red = document.querySelector("[data-sos]");
  red.classList.toggle("hidden", !sos);
  red.href = urgentAt ? `/field/urgent?at=${urgentAt}` : "/field/urgent";
  for (const tab of document.querySelectorAll(".tabbar a")) {
    const current = new URL(tab.href).pathname === location.pathname;
    if (current) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
}

/** A view's fixed parts out of the shell. */
export const template = (name) => document.getElementById(`view-${name}`).content.cloneNode(true);
