// The page 发件箱: whether it is safe, what waits, what needs a person, what arrived today.

import * as ledger from "./ledger.js";
import { send, status } from "./sender.js";
import * as store from "./store.js";
import { clock, kindName, make } from "./words.js";

const SIGN_IN = "/sign-in?next=/field/outbox";

function headWords({ waiting, pictures, stuck }) {
  const next = status.next ? `${clock(status.next)} 会自动再试，您可以继续检查。` : "";
  const tried = status.tried ? `${clock(status.tried)} 试过一次。` : "";
  if (!waiting) return [stuck ? "别的都送达了" : "都送达了", status.tried ? `最近一次 ${clock(status.tried)}。` : ""];
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

/** What waits, one line for each place. */
function waitingRows(operations, photos) {
  return [...grouped([...operations, ...photos])].map(([about, rows]) => {
    const pictures = rows.filter((row) => row.bytes).length;
    const parts = [rows.length - pictures && `${rows.length - pictures} 项记录`, pictures && `${pictures} 张照片`].filter(Boolean);
    const why = [...new Set(rows.map((row) => row.words).filter(Boolean))];
    return make("li", { className: "line" }, make("strong", { text: about || "其他" }), make("br"),
      `已存本机，等待发送：${parts.join("，")}`, ...why.map((text) => make("p", { className: "quiet", text })));
  });
}

function grouped(rows) {
  const groups = new Map();
  for (const row of rows) groups.set(row.about, [...(groups.get(row.about) ?? []), row]);
  return groups;
}

function stuckRow(name, row) {
  const photo = name === "photos";
  const shown = photo ? make("img", { alt: "没有被接收的照片", src: URL.createObjectURL(new Blob([row.bytes], { type: row.type })) }) : "";
  const again = make("button", { type: "button", text: "再发一次" });
  const aside = make("button", { type: "button", className: "calm", text: "知道了，收起来" });
  again.onclick = async () => { await store.put(name, { ...row, state: "waiting", tries: 0 }); send(); };
  aside.onclick = async () => { await store.put(name, { ...row, state: "aside", settled_at: Date.now() }); ledger.changed(); };
  return make("li", { className: "line" }, make("strong", { text: `△ ${row.about} ${photo ? "照片" : kindName(row.kind)}` }),
    make("p", { text: row.words || "没有被接收，已留在手机里。" }), shown, make("div", { className: "row" }, again, aside));
}

function section(title, rows) {
  return rows.length ? [make("h2", { text: title }), make("ul", { className: "list" }, ...rows)] : [];
}

async function show() {
  const [head, line] = headWords(await ledger.tally());
  document.querySelector("[data-outbox-head]").textContent = head;
  const words = document.querySelector("[data-outbox-line]");
  words.textContent = line;
  if (["signin", "other_account"].includes(status.now)) words.append(make("a", { className: "button main wide", href: SIGN_IN, text: "登录" }));
  const stuck = [
    ...(await ledger.operations("refused")).map((row) => stuckRow("operations", row)),
    ...(await ledger.photos("refused")).map((row) => stuckRow("photos", row)),
  ];
  const midnight = new Date().setHours(0, 0, 0, 0);
  const today = (await ledger.operations("sent")).filter((row) => row.settled_at >= midnight);
  document.querySelector("[data-outbox-list]").replaceChildren(
    ...[...(await ledger.ofOthers())].map(([who, count]) => make("div", { className: "notice notice-info" },
      make("p", { text: `这部手机里还有${who}的 ${count} 项没发出，要${who === "另一个账号" ? "那个账号" : "本人"}登录才能发。` }))),
    ...section("请您看一下", stuck),
    ...section("等待发送", waitingRows(await ledger.operations("waiting"), await ledger.photos("waiting"))),
    make("p", { className: "quiet", text: today.length ? `今天已送达 ${today.length} 项。` : "" }),
  );
}

export function wireOutbox() {
  document.querySelector("[data-send-now]").addEventListener("click", send);
  let last = Promise.resolve();
  const queue = () => { last = last.then(show); };
  ledger.changes.addEventListener("change", queue);
  queue();
}
