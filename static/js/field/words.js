// What the phone says: the badge of every page, times, notices, and the names of what waits.

import * as ledger from "./ledger.js";
import { status } from "./sender.js";

export const clock = (when) => when.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });

const KINDS = {
  "urgent.call": "遇险报告",
  "premises.register": "新登记的场所",
  "visit.start": "走访开始",
  "visit.answer": "检查项",
  "visit.facts": "场所情况",
  "visit.outcome": "没能检查的情况",
  "photo.mark": "照片上的圈注",
  "visit.sign": "签名",
  "visit.submit": "提交",
  "hazard.look_back": "回访",
};
export const kindName = (kind) => KINDS[kind] ?? "一条记录";

/** An element with a class, text and children.
 *  @param {string} tag
 *  @param {Record<string, any>} about its text and its properties
 *  @param {...(Node | string)} children */
export function make(tag, { text, ...properties } = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  if (text) element.append(text);
  element.append(...children);
  return element;
}

/** Say something in a form's own notice, where readers hear it. */
export function notice(form, text, kind) {
  let area = form.querySelector("[data-notice]");
  if (!area) {
    area = make("div", { role: "alert" });
    area.dataset.notice = "";
    form.prepend(area);
  }
  area.replaceChildren(make("div", { className: `notice notice-${kind}` }, make("p", { text })));
  area.scrollIntoView({ block: "center" });
}

/** What was tapped is not on the phone, said where it was tapped. */
export function notKept(element, fault, what = "这一项", again = "请再点一次") {
  console.error(fault);
  notice(element, `手机没存下${what}。${again}，还不行就先连上网发出一些。`, "bad");
}

/** The badge: is what I tapped still here, or has it arrived. */
export function badgeWords({ waiting, stuck }) {
  if (stuck) return ["bad", `${stuck} 项请看`];
  if (!waiting) return ["ok", "全部送达"];
  if (status.now === "signin" || status.now === "other_account") return ["bad", "请登录"];
  if (status.now === "offline" || !navigator.onLine) return ["here", "已存本机"];
  return ["going", `${waiting} 项待发`];
}

export function showBadge() {
  const badge = document.querySelector("[data-sync]");
  const show = async () => {
    const [shape, words] = badgeWords(await ledger.tally());
    badge.parentElement.dataset.shape = shape;
    if (badge.textContent !== words) badge.textContent = words;
  };
  const showAgain = () => show().catch(console.error);
  ledger.changes.addEventListener("change", showAgain);
  void showAgain();
}
