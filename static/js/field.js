// The field on the phone: whose phone it is, the view of this address, the sender, the worker that keeps the shell.

import { showBadge } from "./field/badge.js";
import { keepBarsSmall } from "./field/bars.js";
import { make } from "./field/dom.js";
import { isEmpty, KEPT, lasting } from "./field/journal.js";
import * as ledger from "./field/ledger.js";
import { noticeBox, sayAbove, tidyAbove } from "./field/notices.js";
import * as reference from "./field/reference.js";
import { go, wireRouter } from "./field/router.js";
import { send, status, wake } from "./field/sender.js";
import { hear, remember } from "./field/session.js";
import { askToKeep, makeRoom, warnings } from "./field/storage.js";
import * as store from "./field/store.js";
import { offer, whileFilling, wireUpdates } from "./field/update.js";
import * as visits from "./field/visits.js";
import { draw as today } from "./field/views/today.js";
import { draw as urgent } from "./field/views/urgent.js";

const { page } = ledger;
const MINUTES = 60000,
  WRONG_CLOCK = 5 * MINUTES,
  SLOW = 3000;
// What 今日 does without comes right after it, before it is needed; without a signal it is already here.
const filling = () => import("./field/views/visit.js");
const atPlaces = () => import("./field/views/at_places.js");
const ofPlaces = (name) => [name, async (...about) => (await atPlaces()).VIEWS[name](...about)];
const VIEWS = {
  ...Object.fromEntries(["away", "door", "lookBack", "new", "place", "places"].map(ofPlaces)),
  mine: async (...about) => (await import("./field/views/mine.js")).draw(...about),
  outbox: async (...about) => (await import("./field/views/outbox.js")).draw(...about),
  today,
  urgent,
  visit: async (...about) => (await filling()).draw(...about),
};
const isShell = document.body.querySelector("[data-shell-notices]") !== null;

/** A session that ended keeps everything and says so; signing in happens on the spot, and the sender goes on. */
function offerSignIn() {
  const area = document.getElementById("notice-area");
  const show = () => {
    const wanted = ["signin", "other_account"].includes(status.now) || area.dataset.out === "1";
    if (wanted === Boolean(area.querySelector("[data-sign-in]"))) return;
    area.querySelector("[data-sign-in]")?.remove();
    if (!wanted) return;
    const words =
      status.now === "other_account"
        ? `现在登录的是另一个账号。您填的都还在，要${page.name}本人登录才能发。`
        : page.account
          ? "登录已过期，请再登录一次。您填的都还在。"
          : "请先登录。";
    const link = make("a", {
      className: "button main",
      text: "登录",
      href: `/sign-in?next=${encodeURIComponent(location.pathname)}`,
    });
    const box = make("div", { className: "notice notice-warn" }, make("p", { text: words }), link);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      signInHere(box).catch((fault) => {
        console.warn(fault);
        location.href = link.href;
      });
    });
    box.dataset.signIn = "";
    area.append(box);
  };
  ledger.changes.addEventListener("change", show);
  document.addEventListener("signed-out", () => {
    area.dataset.out = "1";
    show();
  });
  document.addEventListener("signed-in", () => {
    delete area.dataset.out;
    show();
    void hearDay({ force: true });
  });
}

/** The sign-in form in place of the notice; without a connection the link's own page serves. */
const signInHere = async (box) => (await import("./field/sign_in.js")).signInHere(box);

/** The deputy's day from the server; what was said of signing in is no longer true. Never rejects: it is heard again soon. */
const hearDay = (options) =>
  hear(options).then((heard) => {
    if (heard) delete document.getElementById("notice-area").dataset.out;
  }, console.error);

/** The very first opening on this phone: the server says who is signed in. Without it there is nothing to be done yet. */
async function knowWhose() {
  while (!page.account) {
    if (await hear({ force: true })) return;
    const again = make("button", { type: "button", className: "main wide", text: "再试一次" });
    if (main().dataset.view !== "urgent")
      main().replaceChildren(
        make("h1", { text: "第一次用，要有信号" }),
        make("p", { text: "连上网打开一次，名单和检查表就会存到手机里，以后没有信号也能用。" }),
        again,
      );
    await Promise.race([
      new Promise((done) => {
        again.onclick = done;
      }),
      happens(window, "online"),
      happens(document, "signed-in"),
    ]);
  }
}

const happens = (target, type) =>
  new Promise((done) => {
    target.addEventListener(type, done, { once: true });
  });

/** Warnings stand above every view until they are no longer true. Never rejects: what cannot be counted warns of nothing. */
const warn = () => sayWarnings().catch(console.error);

async function sayWarnings() {
  const found =
    main().dataset.view === "outbox"
      ? []
      : (await warnings()).filter(([kind]) => kind === "bad" || main().dataset.view === "visit").slice(0, 1);
  sayAbove("warning", ...found.map(([kind, text]) => noticeBox(kind, text)));
}

const main = () => document.getElementById("main");

const say = (name, kind, text) => sayAbove(name, ...(text ? [noticeBox(kind, text)] : []));

/** What the server says of itself and of this phone at each contact, as far as it says it. */
async function listen({ epoch, at, rescue_key: key, version }) {
  await reference.heard();
  if (key) await store.put("notes", { key: "rescue", value: key }); // without a signal it could not be asked
  page.version ||= version;
  if (at) {
    page.ahead = Date.parse(at) - Date.now();
    await store.put("notes", { key: "clock", ahead: page.ahead });
    sayClock(-page.ahead);
  }
  const known = await ledger.note("epoch");
  if (!epoch || epoch === known) return;
  if (known) await (await import("./field/recovery.js")).offerAgain(); // noted after it: a page that dies between the two offers everything again
  await ledger.keepNote("epoch", epoch);
  if (known) void send();
}

function sayClock(gap) {
  say(
    "clock",
    "info",
    Math.abs(gap) > WRONG_CLOCK
      ? `这部手机的时间${gap < 0 ? "慢" : "快"}了 ${duration(Math.abs(gap))}，记录会以收到的时间为准。`
      : "",
  );
}

const duration = (time) =>
  time < 90 * MINUTES
    ? `${Math.round(time / MINUTES)} 分钟`
    : time < 36 * 60 * MINUTES
      ? `${Math.round(time / 60 / MINUTES)} 小时`
      : `${Math.round(time / 24 / 60 / MINUTES)} 天`;

/** Reported lost: what could be fetched again goes at once, unsent work never. */
async function lost() {
  await reference.wipe();
  say("lost", "bad", "这部手机报过丢失，名单和安排已经清掉。没发出的都还在，找回后请本人再登录一次。");
}

/** The term has ended: lists and places go, what was written down within it is still delivered. */
async function termOver(words) {
  await reference.wipeButWhose();
  if (["today", "places", "place"].includes(main().dataset.view)) await go("/field/outbox", { instead: true });
  say("ended", "bad", `${words}任期里记下的还会照常发出，可以在发件箱里看。`);
}

/** WeChat keeps a store of its own: before the first entry a browser is proposed, later it would only confuse. */
async function proposeBrowser() {
  if (!/MicroMessenger/i.test(navigator.userAgent) || (await ledger.deviceId())) return;
  say("wechat", "info", "建议点右上角“在浏览器打开”：在微信里也能用，但微信清缓存时会清掉没发出的内容。");
}

/** Right after the first view, in the order in which it may be needed. The worker keeps the whole shell; without one what is
 *  not here when the signal goes cannot be had any more. */
async function fetchRest(worker) {
  await atPlaces();
  await reference.register();
  const { prepare } = await filling();
  if (await worker) return;
  await prepare();
  await import("./field/uploads.js");
  await import("./field/views/outbox.js");
  await import("./field/memory_store.js");
  await import("./field/recovery.js");
  await import("./field/contested.js");
  if (!globalThis.isSecureContext) await import("./field/sha256.js");
}

/** The browser's stores that are refused, in words: what that means, and what to do. The gravest first. */
function refusals(worker) {
  const beside = store.refused();
  return [
    beside && ["bad", beside.words],
    !beside && !lasting() && ["info", "这个浏览器不让记草稿。打完字请等一下再离开这一页。"],
    navigator.cookieEnabled === false && [
      "bad",
      "这个浏览器关掉了 Cookie，登不进来，填的发不出去。请在浏览器设置里允许本站的 Cookie，或换一个浏览器。",
    ],
    worker === false &&
      globalThis.isSecureContext && [
        "info",
        "这个浏览器不让把这一页存在手机里：没有信号时打开着的页面照样能用，关掉后要有信号才能再打开。",
      ],
  ].filter(Boolean);
}

let worker;
const sayRefusals = () => {
  const calm = ["today", "outbox", "mine"].includes(main().dataset.view);
  sayAbove(
    "refused",
    ...refusals(worker)
      .filter(([kind]) => calm || kind === "bad")
      .map(([kind, text]) => noticeBox(kind, text)),
  );
};

/** What the page before died with comes home; what cannot come now stays in the journal. */
async function recover() {
  if (isEmpty(ledger.TAPPED, ledger.NOTED, KEPT)) return;
  try {
    await (await import("./field/recovery.js")).recover();
  } catch (fault) {
    console.error(fault);
  }
}

/** A page of the server's within the field only sends, counts and leads back. */
async function beginBeside() {
  await recover();
  wake();
}

async function begin() {
  showBadge();
  keepBarsSmall();
  offerSignIn();
  let heard = Promise.resolve();
  document.addEventListener("server-says", ({ detail }) => {
    heard = heard.then(() => listen(detail)).catch(console.error);
  });
  document.addEventListener("phone-lost", lost);
  document.addEventListener("term-over", ({ detail }) => termOver(detail));
  document.addEventListener("store-blocked", () =>
    say("blocked", "warn", "这部手机上还开着旧的一页，请把别的页面关掉，这一页就能接着用。"),
  );
  document.addEventListener("store-refused", sayRefusals);
  document.addEventListener("store-slow", () => {
    if (!lasting()) say("slow", "warn", "手机存得很慢，先别关这一页。");
  });
  ledger.changes.addEventListener("change", () => say("slow")); // something got through
  if (!isShell) return beginBeside();
  document.addEventListener("view-drawn", () => {
    tidyAbove();
    offer().catch(console.error);
    void warn();
    sayRefusals();
  });
  // Nothing is written down before it is known whose it is; only a danger waits for nobody, and for no store.
  /** @type {(value?: any) => void} */
  let known = /** @type {(value?: unknown) => void} */ (() => undefined);
  const drawn = wireRouter(
    VIEWS,
    new Promise((done) => {
      known = done;
    }),
  );
  const slow = setTimeout(() => say("stuck", "warn", "手机的存储还没有回应，正在等。遇险照样能报。"), SLOW);
  await remember();
  page.ahead = (await store.get("notes", "clock"))?.ahead ?? 0;
  clearTimeout(slow);
  say("stuck");
  sayRefusals();
  await recover();
  if (await reference.wipeIfSilent())
    say("silent", "info", "这部手机一个星期没有连过网，名单和安排已经清掉，连上网会再取。没发出的都还在。");
  document.addEventListener("filling", ({ detail }) => whileFilling(detail.signal));
  if (!page.account) await knowWhose();
  await ledger.adopt().catch(console.error);
  known();
  await drawn;
  const kept = wireUpdates().catch(console.warn);
  const rest = () =>
    fetchRest(kept).catch((fault) => {
      console.warn(fault); // without a signal what is not here is fetched when there is one
      addEventListener("online", rest, { once: true });
    });
  void rest();
  void kept.then((found) => {
    worker = found;
    sayRefusals();
  });
  void hearDay(); // unless knowWhose() has just heard it
  wake();
  proposeBrowser().catch(console.error);
  void warn();
  setInterval(warn, 5 * MINUTES);
  ledger.changes.addEventListener(
    "change",
    () => {
      if (navigator.onLine) void hearDay();
    },
    { passive: true },
  );
  addEventListener("online", () => hearDay({ force: true }));
  askToKeep().catch(console.error);
  await ledger.forgetOld();
  await visits.forgetOld();
  await makeRoom();
  return undefined;
}

/** What goes wrong at the beginning is said: nobody waits for a page that does not come. */
begin().catch((fault) => {
  console.error(fault);
  if (main().querySelector("[data-opening]")) {
    main().replaceChildren(
      make("h1", { text: "这一页没有打开" }),
      make("p", {
        text: "您填的都还在，没有丢。请再打开一次；还不行，请换一个浏览器。遇险请按上面的遇险，或直接打 119。",
      }),
    );
  }
});
