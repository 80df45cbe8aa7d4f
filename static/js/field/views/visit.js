// A visit: filling while it is begun, what became of it once it is handed in.

import { clock, dateWords } from "../days.js";
import { reopen } from "../camera.js";
import { stateTag } from "../deadlines.js";
import { line, list, make, quiet } from "../dom.js";
import { beginning as depthOf, offerDepths as offer } from "../depth.js";
import { openFilling } from "../fill.js";
import * as ledger from "../ledger.js";
import * as reference from "../reference.js";
import { listen } from "../listen.js";
import { ask, Halt } from "../request.js";
import { open } from "../router.js";
import { fetchDrawing } from "../signing.js";
import * as visits from "../visits.js";

const { page } = ledger;
const AGAIN = 3000,
  READ = "#read"; // the part of a visit's address under which its tip stands in large letters
const HEADINGS = { inspected: "检查做完了", ended_early: "提前结束了", void: "这次走访作废了" };
const PARTS = { deputy: "代表", companion: "同行代表", premises: "场所" };

export async function draw(main, about) {
  const row = await visits.get(about.id),
    sent = await submission(about.id);
  // Refused by the server it can be signed and handed in anew: nothing of it is lost.
  if (row?.lists && !sent && (!row.submitted || (await refusal(about.id)))) return fill(main, about, row);
  if (row?.submitted || sent) return handedIn(main, about, row);
  const data = await heard(about.id);
  if (data?.submitted_at) return handedIn(main, about, null, data);
  const fetched = data && (await visits.fetchVisit(about.id, data));
  return fetched ? fill(main, about, fetched) : absent(main, about);
}

const short = () => import("../short.js");

/** Fetched beforehand, so that a visit can be walked and signed, and something left, where there is no signal and no worker. */
export const prepare = () =>
  Promise.all([fetchDrawing(), short(), import("./left_at_shop.js"), import("../explained.js")]);

// The page before a visit needs of it how deep it goes.
export const beginning = depthOf;
export const offerDepths = offer;

/** The operation that hands a visit in, if this phone made it. */
async function submission(id) {
  return (await ledger.ofVisit(id, "waiting", "sent")).find((row) => row.kind === "visit.submit");
}

async function refusal(id) {
  return (await ledger.ofVisit(id, "refused", "aside")).find((row) => row.kind === "visit.submit");
}

/** What the server knows of a visit now; null without an answer. */
async function heard(id) {
  try {
    const { ok, body } = await ask(`/field/data/visits/${id}`, {}, 15);
    return ok ? body : null;
  } catch (fault) {
    if (!(fault instanceof Halt)) throw fault;
    if (fault.state === "signin") document.dispatchEvent(new Event("signed-out"));
    return null;
  }
}

function sectionBar() {
  const back = make("button", { className: "calm hidden", type: "button", text: "上一部分" }),
    on = make("button", { className: "main", type: "button", text: "下一部分" });
  [back.dataset.go, on.dataset.go] = ["back", "on"];
  const more = make("p", { className: "left" }, make("a", { href: "#leave", text: "提前结束" }));
  return { steps: [back, on, more] };
}

async function fill(main, { frame, signal }, row) {
  const day = await reference.day(),
    walks = row.depth === "short" ? await short() : null;
  if (signal.aborted) return;
  const bar = walks ? walks.shortBar() : sectionBar();
  const nav = make("nav", { className: "sections" });
  nav.setAttribute("aria-label", "检查表的部分");
  frame({
    title: row.place.name,
    line: row.titles.join("、"),
    back: "/field/",
    steps: bar.steps,
    under: [nav],
    urgentAt: row.place.id,
  });
  document.dispatchEvent(new CustomEvent("filling", { detail: { signal } }));
  whenLookedUp(main, signal);
  const visiting = (page.visiting = {
    place_position: position(row.place),
    marks: row.marks ?? {},
    rest: day?.rest ?? [],
  });
  signal.addEventListener("abort", () => {
    if (page.visiting === visiting) page.visiting = {};
  });
  main.addEventListener(
    "handed-in",
    async ({ detail }) => {
      if (detail) await visits.over(row.id, detail);
      if (!signal.aborted) void open(0);
    },
    { signal },
  );
  main.replaceChildren();
  const context = {
    visit: row.id,
    place: row.place,
    depth: row.depth,
    deep: row.deep,
    zones: row.zones,
    zonePhotos: row.zone_photos,
    facts: row.facts,
    answers: row.answers ?? {},
    asOf: row.heard_at ?? 0,
    answersAt: `/field/visits/${row.id}/answers`,
    failedBefore: row.failed,
    mates: row.mates,
    lists: row.lists,
    signal,
  };
  const items = await (walks ? walks.openShort(main, context, bar) : openFilling(main, context));
  if (signal.aborted) return;
  await reopen(row.id, items); // a photo that was lost with the page is asked for again
  const refused = await refusal(row.id);
  if (refused && !signal.aborted)
    main.prepend(
      make(
        "div",
        { className: "notice notice-bad", role: "alert" },
        make("p", { text: `上次提交没有被接收：${refused.words || "请看一遍，再签名提交。"}` }),
      ),
    );
}

/** Words that need a drawing are explained where 怎么看 is opened. */
function whenLookedUp(main, signal) {
  const opened = async ({ target }) => {
    if (!target.open || !target.matches(".item-links > details")) return;
    const { explain } = await import("../explained.js");
    await explain(target, page.visiting.items?.[target.closest("[data-item]").dataset.item]);
  };
  const heard = (event) => opened(event).catch(console.warn); // without a signal the words stand alone
  main.addEventListener("toggle", heard, true);
  signal.addEventListener("abort", () => main.removeEventListener("toggle", heard, true));
}

const position = ({ position: known }) => (known ? { lon: known[0], lat: known[1] } : null);

/** Handed in: on this phone, on its way, or there with what became of it. */
async function handedIn(main, { id, frame, signal }, row, known = null) {
  const day = await reference.day(),
    sent = await submission(id);
  let data = known;
  const show = async () => {
    const place = data?.place ?? row?.place ?? { name: "这次走访" },
      now = await submission(id),
      next = await nextPlace(day),
      ended = await outcomeOf(id, data),
      shop = await import("./left_at_shop.js").catch(() => null), // without it, without a signal, the rest shows
      left = shop && (await shop.leftOf(id, { data, row }));
    if (signal.aborted) return;
    if (shop && location.hash === READ) return void shop.showLarge(main, frame, { id, data, place: place.name, left });
    frame({
      title: place.name,
      line: line2(data, now),
      bottom: [
        next
          ? make("a", { className: "button main wide", href: `/field/places/${next.id}`, text: `下一家：${next.name}` })
          : make("a", { className: "button wide", href: "/field/", text: "回到今日" }),
      ],
    });
    main.replaceChildren(
      ...heading(data, row, now, ended),
      ...(shop ? shop.leftCards(id, left) : []),
      ...hazardsOf(data, now),
      ...signaturesOf(data),
    );
  };
  const fetchIt = async () => {
    if (signal.aborted || (await submission(id))?.state === "waiting") return;
    const found = await heard(id);
    if (found?.submitted_at) {
      data = found;
      await show();
    }
    if (!signal.aborted && (!found?.submitted_at || found.papers.some((paper) => !paper.href && !paper.void)))
      setTimeout(() => fetchIt().catch(console.error), AGAIN);
  };
  await show();
  listen(window, "hashchange", () => show().catch(console.error), signal);
  let state = sent?.state;
  ledger.changes.addEventListener(
    "change",
    async () => {
      const now = (await submission(id))?.state;
      if (now === state || signal.aborted) return;
      if (!now && !data) return void open(0); // refused: back to what can be signed anew
      state = now;
      await show();
      await fetchIt();
    },
    { signal },
  );
  fetchIt().catch(console.error);
}

const line2 = (data, now) => {
  const at = data?.submitted_at ?? now?.captured_at;
  return at
    ? `${dateWords(new Date(Date.parse(at) + 8 * 3600000).toISOString().slice(0, 10))} ${clock(new Date(at))} 提交`
    : "";
};

async function outcomeOf(id, data) {
  if (data) return { outcome: data.outcome, next_try_on: data.next_try_on };
  const said = (await ledger.ofVisit(id, "waiting", "sent")).filter((row) => row.kind === "visit.outcome").at(-1);
  return said?.payload ?? { outcome: "inspected" };
}

function heading(data, row, sent, { outcome, next_try_on: next }) {
  const there = data || sent?.state !== "waiting",
    elsewhere = row && !sent ? "是在另一部手机上提交的，这里填的照常发出。" : "";
  const state = there
    ? ["ok", `已送达${data ? `，${clock(new Date(data.submitted_at))}` : ""}。${elsewhere}`]
    : ["warn", "已存本机，有信号就发。您可以关掉这一页。"];
  if (HEADINGS[outcome]) return [make("h1", { text: HEADINGS[outcome] }), notice(...state)];
  return [
    make("h1", { text: "记下了" }),
    notice(
      state[0],
      `${page.outcomes[outcome] ?? ""}。${next ? `${dateWords(next)}会再提醒您。` : ""}${there ? "" : state[1]}`,
    ),
  ];
}

const notice = (kind, text) => make("div", { className: `notice notice-${kind}` }, make("p", { text }));

function hazardsOf(data, sent) {
  if (!data) return sent?.payload.text ? [make("p", { className: "signed-text card", text: sent.payload.text })] : [];
  if (!data.hazards.length) return data.outcome === "inspected" ? [make("p", { text: "没有发现问题。" })] : [];
  return [
    make("h2", { text: "发现的问题" }),
    list(
      data.hazards.map((one) =>
        line(
          `/field/hazards/${one.id}`,
          make("strong", { text: one.title }),
          ...(one.seen_before ? [" ", make("span", { className: "tag tag-grey", text: "以前就有，又看到一次" })] : []),
          make("br"),
          stateTag(one.state, one.state_name),
        ),
      ),
    ),
  ];
}

function signaturesOf(data) {
  if (!data?.signers.length) return [];
  const who = data.signers.map((one) =>
    make("p", { text: `${PARTS[one.part]}${one.name ? ` ${one.name}` : ""}：${one.signed ? "已签名" : one.reason}` }),
  );
  const signed = data.signed_text
    ? [
        make("p", { className: "signed-text", text: data.signed_text }),
        make("p", { className: "quiet" }, "这份内容的指纹：", make("code", { text: data.text_sha256 })),
      ]
    : [];
  return [make("details", { className: "card" }, make("summary", { text: "签名和签名时的内容" }), ...who, ...signed)];
}

async function nextPlace(day) {
  const gone = await visits.goneToday();
  return day?.assigned.find((place) => !place.visit && !gone.has(place.id)) ?? null;
}

function absent(main, { frame, signal }) {
  if (signal.aborted) return;
  frame({ title: "走访", back: "/field/" });
  main.replaceChildren(
    make("h1", { text: "这次走访不在这部手机里" }),
    make("p", { text: "它在别的手机上开始，或还没有取到。有信号时再打开一次。" }),
    make("a", { className: "button main wide", href: "/field/", text: "回到今日" }),
    quiet(""),
  );
}
