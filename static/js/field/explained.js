// Words that somebody who is no gas fitter or builder does not know, with a drawing each, shown under 怎么看 of an item that uses them.

import { make } from "./dom.js";
import { page } from "./ledger.js";

/** What is drawn: the file in static/drawings, the words that call for it, and what it shows, also for who cannot see it. Of an item the
 *  first two are shown. */
const DRAWN = [
  {
    file: "two-outlets",
    words: ["双嘴瓶", "双相瓶", "两个阀的大瓶"],
    says: "气液双相瓶：瓶上有两个阀。一个出气，另一个的管子插到瓶底，出来的是液体。餐饮店不用这种瓶。",
  },
  {
    file: "regulator",
    words: ["调压阀", "减压阀", "减压器", "中压阀", "灶前阀", "角阀"],
    says: "调压阀拧在瓶的角阀上，把瓶里的高压降下来，后面接软管。阀上有可以拧的旋钮的，是能调大压力的中压阀。灶前阀在软管那一头、灶的前面。",
  },
  {
    file: "hose",
    words: ["软管不超过", "软管多长", "软管长度"],
    says: "软管多长：顺着软管，从阀的接口量到灶的接口，弯的地方也要算进去。",
  },
  {
    file: "fire-door",
    words: ["保持常闭", "常闭门", "防火门", "闭门器"],
    says: "常闭式防火门：平时要关着，门上头有闭门器，推开以后会自己关上。用东西顶住、拆掉闭门器，都不行。",
  },
  {
    file: "clear-width",
    words: ["净宽", "净高"],
    says: "净宽是人真能走过去的最窄处：门开到最大，从门扇量到对面的门框。净高是从地面量到头顶最低的东西。",
  },
  {
    file: "edge",
    words: ["临边", "楼板上的洞口", "洞口、坑边", "预留洞"],
    says: "临边是楼板、平台没有墙的边，洞口是地上、墙上能让人掉下去的洞。边上要有护栏，洞上要盖牢或围起来。",
  },
];
const MOST = 2;

/** What an item's question and hint call for. */
export const drawingsFor = ({ question = "", look = "" } = {}) =>
  DRAWN.filter(({ words }) => words.some((word) => question.includes(word) || look.includes(word))).slice(0, MOST);

/** Put the drawings of an item into what was opened, once. A drawing is fetched when it is wanted; the worker keeps them all. */
export async function explain(details, item) {
  if (details.dataset.explained || !item) return;
  details.dataset.explained = "1";
  for (const { file, says } of drawingsFor(item)) {
    const drawing = await fetched(file);
    details.append(make("figure", { className: "explained" }, drawing, make("figcaption", { text: says })));
  }
}

/** The drawing in the letters' own colour: as a part of the page it follows the theme, as a picture it would not. */
async function fetched(file) {
  const answer = await fetch(`${page.drawings}${file}.svg`);
  if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
  const drawing = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
  drawing.setAttribute("aria-hidden", "true"); // the words beneath say the same
  return document.importNode(drawing, true);
}
