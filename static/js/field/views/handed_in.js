// A visit that is handed in: what became of it, and what is left at the shop.

import { clock, dateWords } from "../days.js";
import { stateTag } from "../deadlines.js";
import { line, list, make } from "../dom.js";
import { leftCards, leftOf, showLarge } from "./left_at_shop.js";
import * as ledger from "../ledger.js";
import { listen } from "../listen.js";
import * as reference from "../reference.js";
import { open } from "../router.js";
import { heard, submission } from "../submission.js";
import * as visits from "../visits.js";

const { page } = ledger;
const AGAIN = 3000,
  READ = "#read"; // the part of a visit's address under which its tip stands in large letters
const HEADINGS = { inspected: "检查做完了", ended_early: "提前结束了", void: "这次走访作废了" };
const PARTS = { deputy: "代表", companion: "同行代表", premises: "场所" };

/** Handed in: on this phone, on its way, or there with what became of it. */
export async function draw(
  main,
  { id, frame, signal },
  row,
  /** @type {{ place: { name: string }, slips?: string[], slips_back?: string[] } | null} */ known = null,
) {
  const day = await reference.day(),
    sent = await submission(id);
  let data = known,
    heardAt = known ? Date.now() : 0;
  const slips = await slipsOf(id, signal, () => data && { left: data.slips, back: data.slips_back, heard: heardAt });
  const show = async () => {
    const place = data?.place ?? row?.place ?? { name: "这次走访" },
      now = await submission(id),
      next = await nextPlace(day),
      ended = await outcomeOf(id, data),
      left = await leftOf(id, { data, row });
    if (signal.aborted) return;
    if (location.hash === READ) return void showLarge(main, frame, { id, data, place: place.name, left });
    frame({
      title: place.name,
      line: line2(data, now),
      bottom: [
        next
          ? make("a", { className: "button main wide", href: `/field/places/${next.id}`, text: `下一家：${next.name}` })
          : make("a", { className: "button wide", href: "/field/", text: "回到今日" }),
      ],
    });
    const typing = slips?.fold.contains(document.activeElement) ? document.activeElement : null;
    main.replaceChildren(
      ...heading(data, row, now, ended),
      ...leftCards(id, left),
      ...(slips ? [slips.fold] : []),
      ...hazardsOf(data, now),
      ...signaturesOf(data),
    );
    if (typing instanceof HTMLElement) typing.focus({ preventScroll: true });
  };
  const fetchIt = async () => {
    if (signal.aborted || (await submission(id))?.state === "waiting") return;
    const found = await heard(id);
    if (found?.submitted_at) {
      [data, heardAt] = [found, Date.now()];
      await show();
      await slips?.drawn();
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

/** Slips that were written by hand: the fold is made once, so that a number being typed outlives what arrives meanwhile. */
async function slipsOf(id, signal, about) {
  try {
    const { slipFold } = await import("../slips.js");
    return slipFold(id, signal, about);
  } catch (fault) {
    console.warn(fault); // an older page without a signal: the rest of it stands
    return null;
  }
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
