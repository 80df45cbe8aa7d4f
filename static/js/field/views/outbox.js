// 发件箱: whether it is safe, what waits, what needs a person, what arrived and under which receipt.

import { make } from "../dom.js";
import * as ledger from "../ledger.js";
import { clock, dateWords, now } from "../days.js";
import * as photos from "../photos.js";
import { template } from "../router.js";
import { sendNow, status } from "../sender.js";
import { warnings } from "../storage.js";
import * as store from "../store.js";
import { subjects } from "../subjects.js";

const KINDS = {
  "urgent.call": "遇险报告",
  "premises.register": "新登记的场所",
  "visit.start": "走访开始",
  "visit.answer": "检查项",
  "visit.facts": "场所情况",
  "visit.zone": "走过的一区",
  "visit.outcome": "没能检查的情况",
  "photo.mark": "照片上的圈注",
  "visit.slip": "空白单编号",
  "visit.sign": "签名",
  "visit.submit": "提交",
  "hazard.look_back": "回访",
};
const kindName = (kind) => KINDS[kind] ?? "一条记录";

const dayOf = (at) => new Date(at + now() - Date.now() + 8 * 3600000).toISOString().slice(0, 10);
const FEW = 3;
const receiptName = (receipt) => (receipt ? `，回执 ${receipt.slice(-8)}` : "");

function headWords({ waiting, pictures, stuck }) {
  const next = status.next ? `${clock(status.next)} 会自动再试，您可以继续检查。` : "";
  const tried = status.tried ? `${clock(status.tried)} 试过一次。` : "";
  if (!waiting)
    return [
      stuck ? "别的都送达了" : "都送达了",
      status.tried ? `最近一次 ${clock(status.tried)}${receiptName(status.receipt)}。` : "",
    ];
  return {
    signin: ["登录已过期，请再登录一次", "您填的都还在，登录后接着发。"],
    other_account: ["现在登录的是另一个账号", "您填的都还在，用您自己的账号登录后接着发。"],
    sending: [pictures ? `正在发，还有 ${pictures} 张照片` : "正在发", "请先别关这一页。关了也没事，都存好了。"],
    offline: [`${waiting} 项都存好了，有信号就发`, `${tried}没有信号。您填的都存好了，${next || "有信号会自动发。"}`],
    crowded: [`${waiting} 项都存好了`, `发得有点密，${next}`],
    trouble: [`${waiting} 项都存好了`, `服务暂时没有回应。您填的都存好了，${next}`],
    idle: [`${waiting} 项都存好了，有信号就发`, next],
  }[status.now];
}

function grouped(rows, by) {
  const groups = new Map();
  for (const row of rows) {
    const name = by(row);
    if (groups.has(name)) groups.get(name).push(row);
    else groups.set(name, [row]);
  }
  return [...groups];
}

const isPhoto = (row) => row.kind === undefined;
const counted = (rows) => {
  const pictures = rows.filter(isPhoto).length;
  return [rows.length - pictures && `${rows.length - pictures} 项记录`, pictures && `${pictures} 张照片`]
    .filter(Boolean)
    .join("，");
};

/** Rows by what they are about, each with its name: one visit is one entry, whatever page its operations were written on. */
function bySubject(rows, subject) {
  const names = new Map(rows.map((row) => [subject(row).key, subject(row).name]));
  return grouped(rows, (row) => subject(row).key).map(([key, some]) => ({
    key,
    name: names.get(key) || "其他",
    rows: some,
  }));
}

/** What an entry is made of, kind by kind. */
const kindsOf = (rows) =>
  grouped(rows, (row) => (isPhoto(row) ? "照片" : kindName(row.kind))).map(([kind, some]) =>
    make("p", { className: "quiet", text: `${kind} ${some.length}` }),
  );

/** What an entry says when it is asked; `key` tells it from others when the list is drawn anew. */
function folded(key, name, ...more) {
  const made = make("details", {}, make("summary", { text: name }), ...more);
  made.dataset.entry = key;
  return made;
}

/** What waits, one entry for each subject: its words, its photos with what has a receipt, and why something still waits. */
function waitingRow({ key, name, rows }, arrived) {
  const words = rows.filter((row) => !isPhoto(row)),
    pictures = rows.filter(isPhoto);
  const going = status.now === "sending";
  const why = [...new Set(rows.map((row) => row.words).filter(Boolean))];
  const lines = [
    words.length
      ? `${going ? "↑ 正在发" : "◐ 已存本机，等待发送"}：${words.length} 项记录`
      : pictures.length
        ? "✓ 文字已送达。"
        : "",
    pictures.length
      ? `${going && !words.length ? "↑ 正在发。" : ""}照片送达 ${arrived} 张，还有 ${pictures.length} 张。`
      : "",
  ].filter(Boolean);
  const bar = pictures.length ? make("progress", { max: arrived + pictures.length, value: arrived }) : "";
  if (bar) bar.setAttribute("aria-label", `${name}的照片，送达 ${arrived} 张，共 ${arrived + pictures.length} 张`);
  return make(
    "li",
    { className: "line" },
    folded(key, name, ...kindsOf(rows)),
    bar,
    ...lines.map((text) => make("p", { text })),
    ...why.map((text) => make("p", { className: "quiet", text })),
  );
}

/** One that needs a person: what it is, why, and every way out. */
function stuckRow(row, about) {
  const name = isPhoto(row) ? "photos" : "operations",
    photo = isPhoto(row),
    image = photo ? make("img", { alt: "没有被接收的照片" }) : "";
  if (photo) void photos.show(image, row.id);
  const again = make("button", { type: "button", text: "再发一次" });
  const aside = make("button", { type: "button", className: "calm", text: photo ? "不要这张" : "知道了，收起来" });
  again.onclick = async () => {
    await ledger.again(name, row);
    void sendNow();
  };
  aside.onclick = async () => {
    if (photo && aside.textContent === "不要这张") {
      aside.textContent = "再点一下就收起，留 30 天";
      return;
    }
    await store.put(name, { ...row, state: "aside", settled_at: Date.now() });
    ledger.changed();
  };
  const back = row.payload?.visit ?? row.visit;
  const there = back
    ? make("a", { className: "button calm", href: `/field/visits/${back}`, text: photo ? "去补拍" : "回到这次走访" })
    : "";
  return make(
    "li",
    { className: "line" },
    make("strong", { text: `△ ${about} ${photo ? "照片" : kindName(row.kind)}` }),
    make("p", { text: row.words || "没有被接收，已留在手机里。" }),
    image,
    make("div", { className: "row" }, again, there, aside),
  );
}

/** The receipts by the ends of their names; many of them are a wall that nobody reads, and fold. */
function receiptsOf(receipts) {
  const names = make("p", {
    className: "quiet number",
    text: receipts.map((one) => one.slice(-8)).join("、") || "没有",
  });
  if (receipts.length <= FEW) names.prepend("回执：");
  return receipts.length <= FEW
    ? names
    : make("details", {}, make("summary", { text: `回执 ${receipts.length} 份` }), names);
}

/** What has arrived on a day, one entry for each subject: how much, when, under which receipts. */
function sentRow({ key, name, rows }) {
  const last = rows.reduce((a, b) => (a.settled_at > b.settled_at ? a : b)),
    receipts = [...new Set(rows.map((row) => row.receipt).filter(Boolean))];
  return make(
    "li",
    { className: "line" },
    folded(`sent ${key}`, name, ...kindsOf(rows), receiptsOf(receipts)),
    make("p", { text: `✓ ${counted(rows)}，${clock(new Date(last.settled_at))} 送达` }),
  );
}

/** 今天记录 14 项，收到回执 11 份: the sentence of the end of the day. */
function balance(rows) {
  const today = dayOf(Date.now()),
    made = rows.filter((row) => dayOf(Date.parse(row.kept_at ?? row.captured_at)) === today);
  const proved = made.filter((row) => row.state === "sent").length;
  if (!made.length) return "";
  return made.length === proved
    ? `今天记录 ${made.length} 项，回执 ${proved} 份，齐了。`
    : `今天记录 ${made.length} 项，收到回执 ${proved} 份，还差 ${made.length - proved} 份。`;
}

function section(title, rows, count = "") {
  return rows.length
    ? [
        make("h2", {}, title, count ? make("span", { className: "quiet", text: `\u3000${count}` }) : ""),
        make("ul", { className: "list" }, ...rows),
      ]
    : [];
}

async function show(main, signal) {
  const [head, line] = headWords(await ledger.tally());
  if (signal.aborted) return;
  main.querySelector("[data-outbox-head]").textContent = head;
  const words = main.querySelector("[data-outbox-line]");
  words.textContent = line;
  if (["signin", "other_account"].includes(status.now))
    words.append(make("a", { className: "button main wide", href: "/sign-in?next=/field/outbox", text: "登录" }));
  const all = async (...states) => [...(await ledger.operations(...states)), ...(await ledger.photos(...states))];
  const waiting = await all("waiting"),
    refused = await all("refused"),
    begun = Math.min(midnight(), ...waiting.map(since).filter(Number.isFinite));
  const sent = await arrived(begun, Infinity),
    today = sent.filter((row) => row.settled_at >= midnight()),
    subject = await subjects([...waiting, ...refused, ...sent]),
    there = new Map(bySubject(sent, subject).map(({ key, rows }) => [key, rows.filter(isPhoto).length]));
  const box = main.querySelector("[data-outbox-list]"),
    open = new Set([...box.querySelectorAll("[data-entry][open]")].map((one) => one.dataset.entry));
  box.replaceChildren(
    ...(await warnings()).map(([kind, text]) =>
      make("div", { className: `notice notice-${kind}` }, make("p", { text })),
    ),
    ...[...(await ledger.ofOthers())].map(([who, count]) =>
      make(
        "div",
        { className: "notice notice-info" },
        make("p", {
          text: `这部手机里还有${who}的 ${count} 项没发出，要${who === "另一个账号" ? "那个账号" : "本人"}登录才能发。`,
        }),
      ),
    ),
    ...section(
      "请您看一下",
      refused.map((row) => stuckRow(row, subject(row).name)),
    ),
    ...section(
      "等待发送",
      bySubject(waiting, subject).map((group) => waitingRow(group, there.get(group.key) ?? 0)),
    ),
    ...section("今天已送达", bySubject(today, subject).map(sentRow), today.length ? `${today.length} 项` : ""),
    make("p", { className: "quiet", text: balance([...waiting, ...sent, ...refused]) }),
  );
  for (const one of box.querySelectorAll("[data-entry]")) one.open = open.has(one.dataset.entry);
}

const DAY = 24 * 3600000,
  EAST = 8 * 3600000;
const midnight = () => Math.floor((Date.now() + EAST) / DAY) * DAY - EAST;
const since = (row) => Date.parse(row.kept_at ?? row.captured_at);

/** What arrived within a time, the newest first. */
async function arrived(from, to) {
  const rows = [
    ...(await ledger.settled("operations", "sent", from, to)),
    ...(await ledger.settled("photos", "sent", from, to)),
  ];
  return rows.sort((a, b) => b.settled_at - a.settled_at);
}

/** The days before today, looked up when somebody wants to see them. */
async function showEarlier(box) {
  const before = await arrived(0, midnight()),
    subject = await subjects(before),
    days = grouped(before, (row) => dayOf(row.settled_at));
  box.replaceChildren(
    ...(days.length
      ? days.map(([day, rows]) =>
          make(
            "div",
            {},
            make("h2", { text: `${dateWords(day)}，${counted(rows)}` }),
            make("ul", { className: "list" }, ...bySubject(rows, subject).map(sentRow)),
          ),
        )
      : [make("p", { text: "还没有。" })]),
  );
}

async function exportRescue(area) {
  try {
    await (await import("./outbox_more.js")).exportRescue(area);
  } catch (fault) {
    console.error(fault);
    area.replaceChildren(
      make(
        "div",
        { className: "notice notice-warn" },
        make("p", { text: "现在导不出来：要在加密的网址上，并且连上网打开过一次。没发出的都还在手机里。" }),
      ),
    );
  }
}

export async function draw(main, { frame, signal }) {
  frame({ title: "发件箱" });
  main.replaceChildren(template("outbox"));
  main.querySelector("[data-send-now]").addEventListener("click", sendNow);
  const earlier = main.querySelector("[data-earlier]");
  earlier.addEventListener("toggle", () => {
    if (earlier.open) showEarlier(earlier.querySelector("div")).catch(console.error);
  });
  main
    .querySelector("[data-export]")
    .addEventListener("click", () => exportRescue(main.querySelector("[data-exported]")));
  let last = Promise.resolve(),
    queued = false;
  const queue = () => {
    if (queued) return;
    queued = true;
    last = last.then(() => {
      queued = false;
      return show(main, signal);
    });
  };
  ledger.changes.addEventListener("change", queue, { signal });
  const area = main.querySelector("[data-storage]");
  // Seldom wanted, so fetched when the fold is opened; in the fold it stands until then that this takes a signal.
  area.parentElement.addEventListener("toggle", async () => {
    const more = await import("./outbox_more.js").catch(console.warn);
    if (more) await more.showStorage(area);
  });
  await show(main, signal);
}
