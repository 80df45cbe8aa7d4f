// What is left in a shop that has no printer beside it: the paper's code to scan, a link to send, its text in large letters.

import { make } from "../dom.js";
import { broughtTo } from "../elsewhere.js";
import * as ledger from "../ledger.js";
import { merged } from "../lists.js";
import * as reference from "../reference.js";
import { seenWords, tipLines, untilWords } from "../tip.js";
import * as visits from "../visits.js";

const SVG = "http://www.w3.org/2000/svg";
const READ = "#read"; // see handed_in.js

/** What a visit leaves: {papers, lines, arrived}. The papers as the server last said, and the lines as this phone says them from its own
 *  answers: both kept, for without a signal and without the lists they cannot be had again. */
export async function leftOf(id, { data, row }) {
  const kept = (await reference.leftBy(id)) ?? { papers: [], lines: [] };
  const now = { papers: data?.papers ?? kept.papers, lines: row?.lists ? await linesOf(row) : kept.lines };
  if (JSON.stringify(now) !== JSON.stringify(kept)) await reference.keepLeft(id, now).catch(console.error);
  return { papers: now.papers.filter((paper) => !paper.void), lines: now.lines, arrived: Boolean(data) };
}

async function linesOf(row) {
  const brought = await broughtTo({ visit: row.id, lists: row.lists, answers: row.answers });
  const { items } = merged([...row.lists, ...brought], row.facts);
  return tipLines(items, await visits.answers(row), visits.dayOf(row.submitted));
}

/** The cards of a page of what was handed in. */
export function leftCards(id, { papers, lines, arrived }) {
  if (papers.length) return papers.map((paper) => paperCard(id, paper));
  if (!lines.length) return [];
  const coming = make("p", { text: "提示单的编号和二维码，有信号时会在这里出现，店主扫一扫就能看。" });
  return [
    make(
      "section",
      { className: "card" },
      make("h2", { text: "留给店里的" }),
      ...(arrived ? [] : [coming]),
      readLink(id),
    ),
  ];
}

const link = (className, href, text) => make("p", {}, make("a", { className: `button wide ${className}`, href, text }));
const readLink = (id) => link("", `/field/visits/${id}${READ}`, "大字打开，给店主看");

function paperCard(id, paper) {
  return make(
    "section",
    { className: "card" },
    make("h2", { text: paper.title }),
    make("p", { className: "number", text: paper.number }),
    ...(paper.qr ? toScan(paper) : [make("p", { text: "二维码正在做，一会儿就在这里出现。" })]),
    ...(paper.says?.lines.length ? [readLink(id)] : []),
    paper.href
      ? link("calm", paper.href, "打开单子，打印")
      : make("p", { className: "quiet", text: "要打印的单子正在做，好了会在这里出现。" }),
  );
}

/** The code to scan with what is typed after it, and the link for who is not here. */
function toScan(paper) {
  const said = make("p", { className: "quiet" });
  said.setAttribute("role", "status");
  const send = make("button", { type: "button", className: "wide", text: "把链接发给店主" });
  send.addEventListener("click", () => sendLink(paper, said));
  return [
    make("p", { className: "scan" }, make("strong", { text: "请店主扫一扫" })),
    drawn(paper.qr),
    make("p", { className: "scan" }, "打开后输入 ", make("strong", { className: "code", text: paper.code })),
    send,
    said,
    make("p", {}, make("a", { className: "address", href: paper.address, text: paper.address })),
  ];
}

/** Black on white in every theme, with the white around it: phones read nothing else as surely. */
function drawn({ size, path }) {
  const svg = document.createElementNS(SVG, "svg");
  const put = (name, attributes) => {
    const made = name === "svg" ? svg : svg.appendChild(document.createElementNS(SVG, name));
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  };
  put("svg", {
    class: "qr",
    viewBox: `0 0 ${size} ${size}`,
    role: "img",
    "aria-label": "提示单的二维码",
    "shape-rendering": "crispEdges",
  });
  put("rect", { width: size, height: size, fill: "#FFFFFF" });
  put("path", { d: path, fill: "#000000" });
  return svg;
}

/** By the phone's own way of sending where it has one, else onto its clipboard; where neither goes, the address stands there to be
 *  copied by hand. */
async function sendLink({ title, number, code, address }, said) {
  const text = `${title} ${number}，打开后输入 ${code}`;
  try {
    if (navigator.share) return void (await navigator.share({ title, text, url: address }));
    await navigator.clipboard.writeText(`${text}\n${address}`);
    said.textContent = "复制好了，粘贴发给店主就行。";
  } catch (fault) {
    if (/** @type {Error} */ (fault).name === "AbortError") return; // looked at the choices and went back
    console.warn(fault);
    said.textContent = "没有复制成，请按住下面的网址，自己复制。";
  }
}

/** The tip over the whole page, to be handed to the owner, and the way back. */
export function showLarge(main, frame, { id, data, place, left }) {
  const back = `/field/visits/${id}`;
  frame({
    title: place,
    back,
    steps: [make("a", { className: "button main wide", href: back, text: "看完了" })],
    sos: false,
  });
  drawLarge(main, left, { place, by: visitor(data) });
  scrollTo(0, 0);
}

/** The tip in large letters, for the owner's eyes: what, what to do, until when. */
function drawLarge(main, { papers, lines }, { place, by }) {
  const [paper] = papers,
    shown = paper ? papers.flatMap(({ says }) => says?.lines ?? []) : lines;
  main.replaceChildren(
    make(
      "div",
      { className: "large" },
      make("h1", { text: shown.length ? `有 ${shown.length} 处请您看一看` : "没有要改的" }),
      make("p", { text: `${place}，${by}。` }),
      ...shown.map((one, index) =>
        make(
          "section",
          { className: "card" },
          make("h2", { text: `${index + 1}. ${one.title}` }),
          ...[seenWords(one), one.advice && `怎么改：${one.advice}`].filter(Boolean).map((text) => make("p", { text })),
          make("p", {}, make("strong", { text: untilWords(one) })),
        ),
      ),
      make("p", { text: "这是提醒和建议，不是处罚，不收任何费用。" }),
      ...(paper?.says?.phone
        ? [
            make("a", {
              className: "button wide",
              href: `tel:${paper.says.phone}`,
              text: `打电话问 ${paper.says.phone}`,
            }),
          ]
        : []),
      ...(paper?.qr ? toScan(paper) : []),
    ),
  );
}

/** Whose visit it was, for who reads the tip. */
const visitor = (data) => {
  const names = (data?.signers ?? []).filter((one) => one.part === "deputy" && one.name).map((one) => one.name);
  return `${data?.papers?.[0]?.says?.from || "人大"}的代表${names[0] ?? ledger.page.name ?? ""}来看过`;
};
