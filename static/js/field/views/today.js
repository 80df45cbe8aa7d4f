// 今日: what is begun, what is to do, what to look at again.

import { holds } from "../conditions.js";
import * as days from "../days.js";
import { dueTag, standingOf } from "../deadlines.js";
import { line, list, make, quiet } from "../dom.js";
import * as ledger from "../ledger.js";
import * as reference from "../reference.js";
import * as visits from "../visits.js";
import { isAnswered } from "../where_to.js";

const { page } = ledger;
const kindAndAddress = (place) => quiet(`${page.kinds[place.kind] ?? ""}，${place.address}`);

/** A visit that is begun: how far it has come, here or on another phone. */
function draftCard({ visit, place, titles, done, total, started, waiting }, first) {
  const kept = waiting
    ? `${days.clock(new Date(waiting))} 已存本机，等待发送`
    : `${days.dateWords(visits.dayOf(started))} ${days.clock(new Date(started))}开始`;
  const bar = make("progress", { max: total || 1, value: done });
  bar.setAttribute("aria-label", `${place.name}查了多少`);
  const card = make(
    "section",
    { className: "card" },
    make(
      "div",
      { className: "spread" },
      make("h2", { text: place.name }),
      make("span", { className: "tag tag-soon", text: "◐ 进行中" }),
    ),
    make(
      "p",
      { className: "quiet" },
      `${titles.join("、") || "没有检查表"}，`,
      make("span", { text: `已查 ${done} 项，还有 ${Math.max(0, total - done)} 项` }),
    ),
    bar,
    make("p", { className: "quiet", text: kept }),
    make("a", { className: `button ${first ? "main " : ""}wide`, href: `/field/visits/${visit}`, text: "继续检查" }),
  );
  card.dataset.draft = visit;
  return card;
}

/** Drafts of this phone and of the server, each once; what this phone knows of its own counts. */
async function drafts(data) {
  const found = new Map((data?.drafts ?? []).map((one) => [one.visit, { ...one, done: one.done.length }]));
  const gone = new Set((await ledger.ofKind("visit.submit", "waiting", "sent")).map((row) => row.payload.visit));
  for (const row of await visits.drafts()) {
    const given = await visits.answers(row);
    const answered = Object.values(given).filter(isAnswered);
    const known = found.get(row.id);
    const total =
      known?.total ??
      new Set(
        (row.lists ?? []).flatMap((one) =>
          one.items.filter((item) => holds(item.when ?? null, row.facts) !== false).map((item) => item.code),
        ),
      ).size;
    const waiting = (await ledger.operations("waiting"))
      .filter((one) => one.payload.visit === row.id)
      .at(-1)?.captured_at;
    found.set(row.id, {
      visit: row.id,
      place: row.place,
      titles: row.titles,
      done: Math.min(total, Math.max(answered.length, known?.done ?? 0)),
      total,
      started: row.started,
      waiting,
    });
  }
  return [...found.values()].filter(({ visit }) => !gone.has(visit)).sort((a, b) => (a.started < b.started ? 1 : -1));
}

export async function draw(main, { frame, signal }) {
  const now = new Date(days.now());
  frame({ title: "今日", line: `${now.getMonth() + 1}月${now.getDate()}日 星期${"日一二三四五六"[now.getDay()]}` });
  const show = async () => {
    const data = await reference.day();
    const waiting = data ? [] : await nothingYet();
    if (signal.aborted) return;
    if (!data) return main.replaceChildren(...waiting);
    const [begun, gone] = [await drafts(data), await visits.goneToday()];
    const assigned = data.assigned.map((place) => ({ ...place, visit: place.visit ?? gone.get(place.id) ?? null }));
    const open = new Set(begun.map((one) => one.visit));
    const left = assigned.filter((place) => !place.visit || open.has(place.visit));
    const head = left.length
      ? `今天还有 ${left.length} 家没走完`
      : assigned.length
        ? `今天的 ${assigned.length} 家都走完了`
        : "今天没有安排";
    const looked = new Map(
      (await ledger.ofKind("hazard.look_back", "waiting", "sent")).map(({ payload }) => [
        payload.hazard,
        payload.version,
      ]),
    );
    const asked = (one) => one.state === "awaiting_verification";
    // Seen as it stands now; the look itself is a step too. What has been reported mended since is asked anew.
    const again = data.to_look_at.filter((one) => !(looked.get(one.id) >= one.version - (asked(one) ? 0 : 1)));
    const due = again.filter(asked),
      pass = again.filter((one) => !asked(one));
    if (signal.aborted) return;
    main.replaceChildren(
      make("h1", { text: head }),
      ...begun.map((one, index) => draftCard(one, index === 0)),
      ...section(
        "上次没能检查，说好再去的",
        data.retries.map((place) =>
          line(
            `/field/places/${place.id}`,
            make("strong", { text: place.name }),
            make("br"),
            kindAndAddress(place),
            make("br"),
            `${days.dateWords(visits.dayOf(place.tried_at))}${page.outcomes[place.outcome] ?? ""}`,
          ),
        ),
      ),
      ...section(
        "今天要去",
        assigned.map((place) =>
          line(
            place.visit ? `/field/visits/${place.visit}` : `/field/places/${place.id}`,
            make("strong", { text: place.name }),
            ...tag(place, open),
            make("br"),
            kindAndAddress(place),
            make("br"),
            ...standingOf(place, page.outcomes),
          ),
        ),
      ),
      ...(assigned.length ? [] : [make("p", { text: "路过看到问题，也可以随时记。" })]),
      ...section(
        "请您看一眼改好没有",
        due.map((one) =>
          line(
            `/field/hazards/${one.id}/look-back`,
            make("strong", { text: one.title }),
            make("br"),
            quiet(`${one.place.name}，${days.dateWords(one.reported_on)}报改好`),
            make("br"),
            dueTag(one.due_on),
          ),
        ),
        SHOWN,
      ),
      ...section(
        "路过时看一看",
        pass.map((one) =>
          line(
            `/field/hazards/${one.id}/look-back`,
            make("strong", { text: one.title }),
            make("br"),
            quiet(`${one.place.name}，${one.place.address}`),
            make("br"),
            dueTag(one.due_on),
          ),
        ),
        SHOWN,
      ),
    );
    frame({
      title: "今日",
      line: `${now.getMonth() + 1}月${now.getDate()}日 星期${"日一二三四五六"[now.getDay()]}`,
      bottom: [
        make("a", {
          className: `button ${begun.length ? "" : "main "}wide`,
          href: "/field/places",
          text: "找一家，开始检查",
        }),
      ],
    });
  };
  await show();
  document.addEventListener("day-heard", show, { signal });
}

const SHOWN = 5;

/** A heading with its rows; what is more than so many is folded, none is left out. */
function section(title, rows, shown = Infinity) {
  if (rows.length <= shown) return rows.length ? [make("h2", { text: title }), list(rows)] : [];
  const rest = rows.slice(shown);
  return [
    make("h2", { text: title }),
    list(rows.slice(0, shown)),
    make("details", {}, make("summary", { text: `还有 ${rest.length} 处` }), list(rest)),
  ];
}

function tag(place, open) {
  if (!place.visit) return [];
  return [
    " ",
    open.has(place.visit)
      ? make("span", { className: "tag tag-soon", text: "◐ 进行中" })
      : make("span", { className: "tag tag-done", text: "✓ 去过了" }),
  ];
}

/** Never heard the server on this phone, or wiped: say so, and what still works. */
async function nothingYet() {
  const begun = await visits.drafts();
  return [
    make("h1", { text: "还没有取到今天的安排" }),
    make("p", {
      text: navigator.onLine
        ? "正在取，取到了会在这里出现。"
        : "连上网打开一次，名单和检查表就会存到手机里，以后没有信号也能用。",
    }),
    ...begun.map((row, index) =>
      draftCard(
        {
          visit: row.id,
          place: row.place,
          titles: row.titles,
          done: 0,
          total: 0,
          started: row.started,
          waiting: false,
        },
        index === 0,
      ),
    ),
  ];
}
